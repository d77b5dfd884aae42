/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit reference: list and check the references of a repository. */
#include "audit/cmd_audit.h"

#include "evidence/base/hex.h"
#include "evidence/base/time.h"

#include <stdio.h>

static const char help[] =
	"Usage: ecart audit reference list REPO[@REV]\n"
	"       ecart audit reference check REPO[@REV]\n"
	"       ecart audit reference add REPO --product P --version V ...\n"
	"\n"
	"  list   every measurement: state, product, version, register, value\n"
	"  check  read every manifest, compare the recipes in the same commit with\n"
	"         their digests, report each fault with file and field (exit 1)\n"
	"  add    write and commit a reference (see 'add --help')\n"
	"\n"
	"REPO is a git repository, bare or not (REV: commit, tag or branch, HEAD if\n"
	"none is given; the working tree is never read), or a plain folder with\n"
	"references/PRODUCT/VERSION.json in it.  The format: ecart-reference(5).\n"
	"\n"
	"Example: ecart audit reference check refs.git@main\n";

const struct cli_command au_command_reference = {
	.name = "audit reference",
	.group = "Auditing",
	.summary = "add, list and check references",
	.help = help,
	.run = au_cmd_reference,
};

/* "at commit ..." or "not in git". */
static void print_origin(const struct au_references *refs,
			 struct ev_buffer *out)
{
	char hex[65];

	ev_hex_encode(EV_SPAN(refs->sha256), hex);
	ev_buffer_printf(out, "%zu reference%s%s%s\nsha256 %s\n", refs->n,
			 refs->n == 1 ? "" : "s",
			 refs->commit[0] != '\0' ? " at commit "
						 : ", not in git",
			 refs->commit, hex);
}

static int deliver(struct ev_buffer *out)
{
	if (!ev_buffer_ok(out))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(out)) ? CLI_PASS : CLI_TROUBLE;
}

static void list_one(const struct au_reference *ref, struct ev_buffer *out)
{
	const struct au_status *last = &ref->status[ref->n_status - 1];

	for (size_t i = 0; i < ref->n_measurements; i++) {
		const struct au_measurement *m = &ref->measurement[i];
		char hex[2 * AU_VALUE_MAX + 1], since[EV_TIME_TEXT];

		if (m->reg == NULL)
			continue;
		ev_hex_encode(ev_span_of(m->value, m->reg->size), hex);
		ev_time_format(last->since, since);
		ev_buffer_printf(out, "%s %s %.*s %.*s %s.%s %s%s\n",
				 au_state_name(last->state), since,
				 (int)ref->product.n, ref->product.p,
				 (int)ref->version.n, ref->version.p,
				 m->reg->platform_name, m->reg->name, hex,
				 m->is_default ? "" : " variant");
	}
}

static int list(const struct au_references *refs)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	int exit;

	for (size_t i = 0; i < refs->n; i++)
		list_one(&refs->listed[i].reference, &out);
	print_origin(refs, &out);
	exit = deliver(&out);
	if (exit != CLI_PASS || refs->n_faults == 0)
		return exit;
	au_cmd_say_faults(refs);
	return CLI_FAIL;
}

static int check(const char *text, struct ev_crypto *crypto,
		 struct au_references *refs)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct au_place place = { 0 };
	struct ev_error err = { 0 };
	size_t n_notes = 0;
	int exit = CLI_PASS;

	if (au_place_parse(text, &place, &err) != EV_OK ||
	    au_place_check_recipes(&place, crypto, refs, &err) != EV_OK)
		exit = au_cmd_refused(text, &err);
	au_place_free(&place);
	if (exit != CLI_PASS)
		return exit;
	for (size_t i = 0; i < refs->n; i++) {
		const struct au_reference *ref = &refs->listed[i].reference;

		for (size_t k = 0; k < ref->n_notes && k < AU_NOTES_MAX; k++)
			ev_buffer_printf(&out, "note %s: %s\n",
					 refs->listed[i].path, ref->note[k]);
		n_notes += ref->n_notes;
	}
	print_origin(refs, &out);
	ev_buffer_printf(&out, "%zu fault%s, %zu note%s\n", refs->n_faults,
			 refs->n_faults == 1 ? "" : "s", n_notes,
			 n_notes == 1 ? "" : "s");
	au_cmd_say_faults(refs);
	exit = deliver(&out);
	return exit == CLI_PASS && refs->n_faults > 0 ? CLI_FAIL : exit;
}

static int list_or_check(bool checks, const char *text)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	int exit;

	if (crypto == NULL)
		return cli_trouble("libcrypto does not start");
	exit = au_cmd_read_references(text, crypto, &refs);
	if (exit == CLI_PASS)
		exit = checks ? check(text, crypto, &refs) : list(&refs);
	au_references_free(&refs);
	return exit;
}

int au_cmd_reference(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	bool checks = strcmp(word, "check") == 0;

	if (strcmp(word, "--help") == 0)
		return cli_help(&au_command_reference);
	if (strcmp(word, "add") == 0)
		return au_cmd_reference_add(argc - 1, argv + 1);
	if (!checks && strcmp(word, "list") != 0)
		return cli_usage(&au_command_reference,
				 "add, list or check is wanted");
	if (argc == 3 && strcmp(argv[2], "--help") == 0)
		return cli_help(&au_command_reference);
	if (argc != 3 || argv[2][0] == '-')
		return cli_usage(&au_command_reference,
				 "%s wants one REPO[@REV] or folder", word);
	return list_or_check(checks, argv[2]);
}
