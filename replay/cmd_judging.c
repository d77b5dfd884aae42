/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the commands that judge, taken once for all of them. */
#include "replay/cmd_judging.h"

#include "evidence/base/hex.h"

static int take_collateral(const struct cli_command *cmd, struct cmd_judging *j)
{
	if (j->n_collateral == CMD_COLLATERAL_MAX)
		return cli_usage(cmd,
				 "--collateral: at most %d times; give a "
				 "folder",
				 CMD_COLLATERAL_MAX);
	j->collateral[j->n_collateral++] = optarg;
	return CLI_PASS;
}

/* The challenge that a verifier gave to the collector. */
static int take_nonce(const struct cli_command *cmd, struct cmd_when *when)
{
	struct ev_span text = ev_span_str(optarg);

	when->has_nonce = true;
	when->nonce_size = text.n / 2;
	if (text.n >= 2 && when->nonce_size <= sizeof(when->nonce) &&
	    ev_hex_decode(text, when->nonce, when->nonce_size))
		return CLI_PASS;
	return cli_usage(cmd,
			 "--nonce %s: want the challenge as 2 to %zu hex "
			 "digits",
			 optarg, 2 * sizeof(when->nonce));
}

int cmd_judging_take(const struct cli_command *cmd, struct cmd_judging *j,
		     int opt)
{
	switch (opt) {
	case CMD_OPT_AT:
		j->when.has_at = true;
		if (cli_parse_time(optarg, &j->when.at))
			return CLI_PASS;
		return cli_usage(cmd,
				 "--at %s: want 2026-06-08T12:42:41Z or "
				 "@SECONDS",
				 optarg);
	case CMD_OPT_POLICY:
		j->policy = optarg;
		return CLI_PASS;
	case CMD_OPT_ANCHORS:
		j->anchors = optarg;
		return CLI_PASS;
	case CMD_OPT_COLLATERAL:
		return take_collateral(cmd, j);
	case CMD_OPT_NONCE:
		return take_nonce(cmd, &j->when);
	case CMD_OPT_LIMIT:
		if (cli_parse_size(optarg, &j->limit))
			return CLI_PASS;
		return cli_usage(cmd, "--limit %s: want a size such as 64GiB",
				 optarg);
	default:
		return cli_usage(cmd, "see the options");
	}
}

int cmd_judging_prepare(const struct cmd_judging *j, struct cmd_inputs *in)
{
	int exit = cmd_inputs_open(in);

	if (exit == CLI_PASS)
		exit = cmd_inputs_anchors(in, j->anchors);
	if (exit == CLI_PASS)
		exit = cmd_inputs_policy(in, j->policy);
	for (size_t i = 0; i < j->n_collateral && exit == CLI_PASS; i++)
		exit = cmd_inputs_collateral(in, j->collateral[i]);
	for (size_t i = 0; i < j->n_hindsight && exit == CLI_PASS; i++)
		exit = cmd_inputs_hindsight(in, j->hindsight[i]);
	if (exit == CLI_PASS)
		cmd_inputs_settle(in);
	return exit;
}
