/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of ecart audit; each returns enum cli_exit and has said why where
 * it is not CLI_PASS. */
#ifndef AU_CMD_AUDIT_H
#define AU_CMD_AUDIT_H

#include "audit/references/place.h"
#include "cli.h"

/* argv[0] is "reference". */
int au_cmd_reference(int argc, char **argv);
/* ecart audit reference add; argv[0] is "add". */
int au_cmd_reference_add(int argc, char **argv);
/* ecart audit reference signer; argv[0] is "signer". */
int au_cmd_reference_signer(int argc, char **argv);
/* ecart audit reference history; argv[0] is "history". */
int au_cmd_reference_history(int argc, char **argv);
struct au_addition;
/* Register and value of the one series of igvmfilegen's identity document at
 * path; hex is where the value is kept.  A debug build is no good reference:
 * its state must have been given. */
int au_cmd_read_identity(const char *path, struct au_addition *add,
			 char hex[2 * AU_VALUE_MAX + 1]);

/* ecart audit corim; argv[0] is "corim". */
int au_cmd_corim(int argc, char **argv);

/* ecart audit explain; argv[0] is "explain". */
int au_cmd_explain(int argc, char **argv);

/* ecart audit measure; argv[0] is "measure". */
int au_cmd_measure(int argc, char **argv);

/* ecart audit diff; argv[0] is "diff". */
int au_cmd_diff(int argc, char **argv);

/* ecart audit history; argv[0] is "history". */
int au_cmd_history(int argc, char **argv);

/* The last part of a path: the rest is nobody's business elsewhere. */
const char *au_cmd_base_name(const char *path);

/* "unreadable" or "trouble" for a refusal of what stands at name. */
int au_cmd_refused(const char *name, const struct ev_error *err);

/* The same of an image; with json what was refused goes to stdout too. */
int au_cmd_refused_image(const char *name, const struct ev_error *err,
			 bool json);

extern const struct cli_command au_command_corim;
extern const struct cli_command au_command_explain;
extern const struct cli_command au_command_history;
extern const struct cli_command au_command_measure;
extern const struct cli_command au_command_diff;
extern const struct cli_command au_command_reference;
extern const struct cli_command au_command_reference_add;
extern const struct cli_command au_command_reference_signer;
extern const struct cli_command au_command_reference_history;

#endif
