/* SPDX-License-Identifier: Apache-2.0 */
/* How a command tells what it found. */
#include "audit/cmd_delivery.h"

#include <string.h>

static const char *const words[] = { "text", "json", "html" };
static const char *const wants[] = { "text", "text or json",
				     "text, json or html" };

bool au_cmd_delivery_has(int opt)
{
	return opt == AU_OPT_FORMAT || opt == AU_OPT_FULL || opt == 'o';
}

static int take_format(const struct cli_command *cmd, struct au_cmd_delivery *d,
		       enum au_format last)
{
	for (enum au_format f = AU_TEXT_FORMAT; f <= last; f++) {
		if (strcmp(optarg, words[f]) == 0) {
			d->format = f;
			return CLI_PASS;
		}
	}
	return cli_usage(cmd, "--format %s: want %s", optarg, wants[last]);
}

int au_cmd_delivery_take(const struct cli_command *cmd,
			 struct au_cmd_delivery *d, enum au_format last,
			 int opt)
{
	if (opt == AU_OPT_FORMAT)
		return take_format(cmd, d, last);
	if (opt == AU_OPT_FULL)
		d->full = true;
	else
		d->output = optarg;
	return CLI_PASS;
}

int au_cmd_deliver(const struct au_cmd_delivery *d, struct ev_span out)
{
	bool done = d->output == NULL ? cli_print(out)
				      : cli_write_file(d->output, out, 0644);

	return done ? CLI_PASS : CLI_TROUBLE;
}
