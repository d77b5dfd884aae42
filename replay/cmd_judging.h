/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that every command that judges archives has: as of when, under
 * which policy and anchors, with which further collateral, up to which size.
 */
#ifndef RP_CMD_JUDGING_H
#define RP_CMD_JUDGING_H

#include "replay/cmd_inputs.h"

#include <getopt.h>

#define CMD_COLLATERAL_MAX 64

struct cmd_judging {
	struct cmd_when when;
	const char *policy, *anchors; /* NULL: default-1, the installed ones */
	const char *collateral[CMD_COLLATERAL_MAX];
	size_t n_collateral;
	/* --hindsight, --hindsight-at: of replay alone */
	const char *hindsight[CMD_COLLATERAL_MAX];
	size_t n_hindsight;
	struct cmd_when later;
	uint64_t limit;
};

/* Values of the options below; a command's own begin at 256. */
enum cmd_judging_option {
	CMD_OPT_AT = 512,
	CMD_OPT_POLICY,
	CMD_OPT_ANCHORS,
	CMD_OPT_COLLATERAL,
	CMD_OPT_LIMIT,
	CMD_OPT_NONCE,
};

/* Rows for a command's table of long options. */
#define CMD_JUDGING_OPTIONS                                                    \
	{ "at", required_argument, NULL, CMD_OPT_AT },                         \
		{ "policy", required_argument, NULL, CMD_OPT_POLICY },         \
		{ "anchors", required_argument, NULL, CMD_OPT_ANCHORS },       \
		{ "collateral", required_argument, NULL, CMD_OPT_COLLATERAL }, \
		{ "nonce", required_argument, NULL, CMD_OPT_NONCE },           \
	{                                                                      \
		"limit", required_argument, NULL, CMD_OPT_LIMIT                \
	}

/* Takes one of the rows above with its optarg; any other is CLI_USAGE. */
int cmd_judging_take(const struct cli_command *cmd, struct cmd_judging *j,
		     int opt);

/* Opens crypto and reads anchors, policy and collateral. */
int cmd_judging_prepare(const struct cmd_judging *j, struct cmd_inputs *in);

#endif
