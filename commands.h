/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands: each cmd_*.c defines one row, ecart.c puts them into THE
 * table.  A new command is one row there, one line here and one file.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "cli.h"

/* collect/ */
extern const struct cli_command cmd_collect;
extern const struct cli_command cmd_doctor;
extern const struct cli_command cmd_keygen;
extern const struct cli_command cmd_pack;
extern const struct cli_command cmd_redact;
extern const struct cli_command cmd_sign;
extern const struct cli_command cmd_sources;
extern const struct cli_command cmd_stamp;

/* replay/ */
extern const struct cli_command cmd_checks;
extern const struct cli_command cmd_explain;
extern const struct cli_command cmd_kinds;
extern const struct cli_command cmd_policy;
extern const struct cli_command cmd_replay;
extern const struct cli_command cmd_show;
extern const struct cli_command cmd_unpack;
extern const struct cli_command cmd_verify;

/* audit/ */
extern const struct cli_command cmd_audit;

#endif
