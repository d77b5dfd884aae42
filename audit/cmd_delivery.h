/* SPDX-License-Identifier: Apache-2.0 */
/* How a command tells what it found: in which format, how fully, and where. */
#ifndef AU_CMD_DELIVERY_H
#define AU_CMD_DELIVERY_H

#include "cli.h"
#include "evidence/base/buffer.h"

#include <getopt.h>

/* Each command writes those up to one of them. */
enum au_format { AU_TEXT_FORMAT, AU_JSON_FORMAT, AU_HTML_FORMAT };

struct au_cmd_delivery {
	enum au_format format;
	bool full;
	const char *output; /* NULL: standard output */
};

/* Values of the options below; a command's own begin at 256. */
enum au_cmd_delivery_option { AU_OPT_FORMAT = 640, AU_OPT_FULL };

/* Rows for a command's table of long options; -o stands among the short. */
#define AU_CMD_FORMAT_OPTION                                                   \
	{                                                                      \
		"format", required_argument, NULL, AU_OPT_FORMAT               \
	}
#define AU_CMD_FULL_OPTION                                                     \
	{                                                                      \
		"full", no_argument, NULL, AU_OPT_FULL                         \
	}

/* Whether opt is one of the rows above or 'o'. */
bool au_cmd_delivery_has(int opt);
/* Takes it with its optarg; last is the last format that the command writes. */
int au_cmd_delivery_take(const struct cli_command *cmd,
			 struct au_cmd_delivery *d, enum au_format last,
			 int opt);

/* CLI_PASS, or CLI_TROUBLE with a word about why. */
int au_cmd_deliver(const struct au_cmd_delivery *d, struct ev_span out);

#endif
