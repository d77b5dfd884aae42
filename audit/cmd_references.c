/* SPDX-License-Identifier: Apache-2.0 */
/* The references of a command, and whom they are believed. */
#include "audit/cmd_references.h"

#include "audit/cmd_audit.h"
#include "audit/references/reference_text.h"

#include <stdio.h>

static int read_place(const char *text, struct ev_crypto *crypto,
		      struct au_place *place, struct au_references *out)
{
	struct ev_error err = { 0 };

	if (au_place_parse(text, place, &err) != EV_OK ||
	    au_place_read(place, crypto, out, &err) != EV_OK)
		return au_cmd_refused(text, &err);
	return CLI_PASS;
}

int au_cmd_read_references(const char *text, struct ev_crypto *crypto,
			   struct au_references *out)
{
	struct au_place place = { 0 };
	int exit = read_place(text, crypto, &place, out);

	au_place_free(&place);
	return exit;
}

void au_cmd_say_faults(const struct au_references *refs)
{
	for (size_t i = 0; i < refs->n_faults; i++) {
		char path[300], line[400];

		ev_show(ev_span_str(refs->fault[i].path), path, sizeof(path));
		ev_error_format(&refs->fault[i].error, line, sizeof(line));
		fprintf(stderr, "%s: %s\n", path, line);
	}
}

int au_cmd_read_signers(const char *path, struct ev_crypto *crypto,
			struct au_allowed_signers **out)
{
	struct cli_file file = { 0 };
	struct ev_error err = { 0 };
	const char *reason = "";
	size_t n, line = 0;
	int exit = cli_file_read(path, AU_ALLOWED_SIGNERS_MAX, &file);

	if (exit != CLI_PASS)
		return exit;
	if (au_allowed_signers_parse(crypto, file.bytes, out, &err) != EV_OK)
		exit = au_cmd_refused(path, &err);
	cli_file_free(&file);
	if (exit != CLI_PASS)
		return exit;
	n = au_allowed_signers_unread(*out, &line, &reason);
	if (n > 0)
		cli_note("%s: %zu line%s passed over, the first is %zu: %s",
			 path, n, n == 1 ? "" : "s", line, reason);
	return CLI_PASS;
}

bool au_cmd_references_take(struct au_cmd_references *r, int opt)
{
	if (opt == AU_OPT_REFERENCES)
		r->text = optarg;
	else if (opt == AU_OPT_ALLOWED_SIGNERS)
		r->signers_path = optarg;
	else if (opt == AU_OPT_KNOWN)
		r->known = optarg;
	else
		return false;
	return true;
}

int au_cmd_references_check(const struct au_cmd_references *r,
			    const struct cli_command *cmd)
{
	if (r->text == NULL && (r->signers_path != NULL || r->known != NULL))
		return cli_usage(cmd, "--allowed-signers and --known belong to "
				      "--references");
	if (r->known != NULL && !au_text_is(AU_COMMIT, ev_span_str(r->known)))
		return cli_usage(cmd,
				 "--known %s: want the 40 hex digits of a "
				 "commit",
				 r->known);
	return CLI_PASS;
}

static int open_vouching(struct au_cmd_references *r, struct ev_crypto *crypto)
{
	const struct au_vouching_request request = {
		.place = &r->place,
		.commit = r->all.commit,
		.crypto = crypto,
		.signers = r->signers,
		.known = r->known,
	};
	struct ev_error err = { 0 };

	if (au_vouching_open(&request, &r->vouching, &err) != EV_OK)
		return au_cmd_refused(r->text, &err);
	r->origins = (struct au_origins){
		.vouching = r->vouching,
		.must = r->signers != NULL || r->known != NULL,
		.known = r->known,
		.place = &r->place,
		.references = &r->all,
		.crypto = crypto,
	};
	return CLI_PASS;
}

int au_cmd_references_open(struct au_cmd_references *r,
			   struct ev_crypto *crypto)
{
	int exit;

	if (r->text == NULL)
		return CLI_PASS;
	exit = read_place(r->text, crypto, &r->place, &r->all);
	if (exit == CLI_PASS && r->all.n_faults > 0) {
		au_cmd_say_faults(&r->all);
		exit = cli_unreadable(
			"%s: %zu of its references cannot be read; "
			"'ecart audit reference check' tells more",
			r->text, r->all.n_faults);
	}
	if (exit == CLI_PASS && r->signers_path != NULL)
		exit = au_cmd_read_signers(r->signers_path, crypto,
					   &r->signers);
	return exit == CLI_PASS ? open_vouching(r, crypto) : exit;
}

void au_cmd_references_free(struct au_cmd_references *r)
{
	au_vouching_free(r->vouching);
	au_allowed_signers_free(r->signers);
	au_references_free(&r->all);
	au_place_free(&r->place);
}
