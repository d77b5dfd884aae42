/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The references of a command: --references, and with --allowed-signers and
 * --known whom they are believed.
 */
#ifndef AU_CMD_REFERENCES_H
#define AU_CMD_REFERENCES_H

#include "audit/origin.h"
#include "audit/ssh/allowed_signers.h"
#include "cli.h"

#include <getopt.h>

struct au_cmd_references {
	/* The options, NULL where not given. */
	const char *text, *signers_path, *known;
	struct au_place place;
	struct au_references all; /* every one sound */
	struct au_allowed_signers *signers;
	struct au_vouching *vouching;
	struct au_origins origins; /* borrows from this struct */
};

/* Values of the options below; a command's own begin at 256. */
enum au_cmd_references_option {
	AU_OPT_REFERENCES = 704,
	AU_OPT_ALLOWED_SIGNERS,
	AU_OPT_KNOWN,
};

/* Rows for a command's table of long options. */
#define AU_CMD_REFERENCES_OPTIONS                                              \
	{ "references", required_argument, NULL, AU_OPT_REFERENCES },          \
		{ "allowed-signers", required_argument, NULL,                  \
		  AU_OPT_ALLOWED_SIGNERS },                                    \
	{                                                                      \
		"known", required_argument, NULL, AU_OPT_KNOWN                 \
	}

/* Whether opt is one of the rows above; takes it with its optarg. */
bool au_cmd_references_take(struct au_cmd_references *r, int opt);

/* Refuses signers or a known commit without references, as usage. */
int au_cmd_references_check(const struct au_cmd_references *r,
			    const struct cli_command *cmd);

/* Reads all, where references were given; refuses them where one cannot be
 * read: it may be the one that withdraws.  Free in any case. */
int au_cmd_references_open(struct au_cmd_references *r,
			   struct ev_crypto *crypto);
void au_cmd_references_free(struct au_cmd_references *r);

/* All references of "REPO[@REV]" or a folder, faults among them. */
int au_cmd_read_references(const char *text, struct ev_crypto *crypto,
			   struct au_references *out);

/* Prints each refused manifest to stderr: file, field, want, found. */
void au_cmd_say_faults(const struct au_references *refs);

/* The file of allowed signers at path; lines that were passed over are told
 * to stderr.  The caller frees *out. */
int au_cmd_read_signers(const char *path, struct ev_crypto *crypto,
			struct au_allowed_signers **out);

#endif
