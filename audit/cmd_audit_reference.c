/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit reference: list and check the references of a repository. */
#include "audit/cmd_audit.h"

#include "audit/cmd_audit_reference_key.h"
#include "audit/cmd_references.h"
#include "evidence/base/hex.h"
#include "evidence/base/time.h"

#include <getopt.h>
#include <stdio.h>

static const char help[] =
	"Usage: ecart audit reference list REPO[@REV]\n"
	"       ecart audit reference check REPO[@REV] [--provenance-key PUB.pem]\n"
	"       ecart audit reference add REPO --product P --version V ...\n"
	"       ecart audit reference signer KEY.pem.pub --principal NAME\n"
	"       ecart audit reference history REPO[@REV] [PRODUCT[@VERSION]] ...\n"
	"\n"
	"  list    every measurement: state, product, version, register, value,\n"
	"          and the parameters that made it\n"
	"  check   read every manifest, and in the same commit the recipes and who\n"
	"          built it; report each fault with file and field (exit 1)\n"
	"          --provenance-key PUB.pem, each: one of these must have signed that\n"
	"  add     write and commit a reference, signed or not (see 'add --help')\n"
	"  history when each came, changed and went, and who signed that (see\n"
	"          'history --help')\n"
	"  signer  print a public key as a line of git's allowed signers\n"
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

/* As the report has them. */
static void list_parameters(const json_t *parameters, struct ev_buffer *out)
{
	ev_auto_free char *text = NULL;

	if (parameters == NULL)
		return;
	text = json_dumps(parameters, JSON_SORT_KEYS | JSON_COMPACT);
	if (text != NULL)
		ev_buffer_printf(out, " %s", text);
	else
		out->failed = true;
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
		ev_buffer_printf(out, "%s %s %.*s %.*s %s.%s %s%s",
				 au_state_name(last->state), since,
				 (int)ref->product.n, ref->product.p,
				 (int)ref->version.n, ref->version.p,
				 m->reg->platform_name, m->reg->name, hex,
				 m->is_default ? "" : " variant");
		list_parameters(m->parameters, out);
		ev_buffer_printf(out, "\n");
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

#define KEYS_MAX 16

struct options {
	const char *place;
	const char *key[KEYS_MAX];
	size_t n_keys;
	bool checks, help;
};

static void add_notes(const struct au_references *refs, size_t *n,
		      struct ev_buffer *out)
{
	for (size_t i = 0; i < refs->n; i++) {
		const struct au_reference *ref = &refs->listed[i].reference;

		for (size_t k = 0; k < ref->n_notes && k < AU_NOTES_MAX; k++)
			ev_buffer_printf(out, "note %s: %s\n",
					 refs->listed[i].path, ref->note[k]);
		*n += ref->n_notes;
	}
}

/* How many say who built them, and what was asked of that. */
static void add_provenance(const struct au_references *refs, bool verified,
			   struct ev_buffer *out)
{
	size_t n = 0;

	for (size_t i = 0; i < refs->n; i++)
		n += refs->listed[i].reference.provenance_path.n > 0;
	if (n > 0)
		ev_buffer_printf(out,
				 "%zu with provenance, its signatures %s\n", n,
				 verified ? "held against the keys given"
					  : "not looked at");
}

static int report(const struct options *o, const struct au_references *refs)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	size_t n_notes = 0;
	int exit;

	add_notes(refs, &n_notes, &out);
	print_origin(refs, &out);
	add_provenance(refs, o->n_keys > 0, &out);
	ev_buffer_printf(&out, "%zu fault%s, %zu note%s\n", refs->n_faults,
			 refs->n_faults == 1 ? "" : "s", n_notes,
			 n_notes == 1 ? "" : "s");
	au_cmd_say_faults(refs);
	exit = deliver(&out);
	return exit == CLI_PASS && refs->n_faults > 0 ? CLI_FAIL : exit;
}

static int check_files(const struct options *o, struct ev_crypto *crypto,
		       const struct au_builder_keys *keys,
		       struct au_references *refs)
{
	struct au_place place = { 0 };
	struct ev_error err = { 0 };
	int exit = CLI_PASS;

	if (au_place_parse(o->place, &place, &err) != EV_OK ||
	    au_place_check_files(&place, crypto, keys, refs, &err) != EV_OK)
		exit = au_cmd_refused(o->place, &err);
	au_place_free(&place);
	return exit == CLI_PASS ? report(o, refs) : exit;
}

static int check(const struct options *o, struct ev_crypto *crypto,
		 struct au_references *refs)
{
	struct reference_key key[KEYS_MAX] = { 0 };
	struct ev_span spki[KEYS_MAX];
	const struct au_builder_keys keys = { spki, o->n_keys };
	int exit = CLI_PASS;

	for (size_t i = 0; i < o->n_keys && exit == CLI_PASS; i++) {
		exit = reference_key_read(crypto, o->key[i], &key[i]);
		spki[i] = key[i].spki;
	}
	if (exit == CLI_PASS)
		exit = check_files(o, crypto, &keys, refs);
	for (size_t i = 0; i < o->n_keys; i++)
		reference_key_free(&key[i]);
	return exit;
}

static int list_or_check(const struct options *o)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct au_references refs = { 0 };
	int exit;

	if (crypto == NULL)
		return cli_trouble("libcrypto does not start");
	exit = au_cmd_read_references(o->place, crypto, &refs);
	if (exit == CLI_PASS)
		exit = o->checks ? check(o, crypto, &refs) : list(&refs);
	au_references_free(&refs);
	return exit;
}

static int take(struct options *o, int opt)
{
	if (opt == 'h') {
		o->help = true;
		return CLI_PASS;
	}
	if (opt != 'p')
		return cli_usage(&au_command_reference, "see the options");
	if (!o->checks)
		return cli_usage(&au_command_reference,
				 "--provenance-key belongs to check");
	if (o->n_keys == KEYS_MAX)
		return cli_usage(&au_command_reference,
				 "at most %d times --provenance-key", KEYS_MAX);
	o->key[o->n_keys++] = optarg;
	return CLI_PASS;
}

/* argv[0] is "list" or "check". */
static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "provenance-key", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int opt, exit = CLI_PASS;

	o->checks = strcmp(argv[0], "check") == 0;
	while (exit == CLI_PASS && !o->help &&
	       (opt = getopt_long(argc, argv, "", longs, NULL)) != -1)
		exit = take(o, opt);
	if (exit != CLI_PASS || o->help)
		return exit;
	if (optind + 1 != argc)
		return cli_usage(&au_command_reference,
				 "%s wants one REPO[@REV] or folder", argv[0]);
	o->place = argv[optind];
	return CLI_PASS;
}

int au_cmd_reference(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	struct options o = { 0 };
	int exit;

	if (strcmp(word, "--help") == 0)
		return cli_help(&au_command_reference);
	if (strcmp(word, "add") == 0)
		return au_cmd_reference_add(argc - 1, argv + 1);
	if (strcmp(word, "signer") == 0)
		return au_cmd_reference_signer(argc - 1, argv + 1);
	if (strcmp(word, "history") == 0)
		return au_cmd_reference_history(argc - 1, argv + 1);
	if (strcmp(word, "check") != 0 && strcmp(word, "list") != 0)
		return cli_usage(
			&au_command_reference,
			"add, list, check, history or signer is wanted");
	exit = parse_options(argc - 1, argv + 1, &o);
	if (exit != CLI_PASS)
		return exit;
	return o.help ? cli_help(&au_command_reference) : list_or_check(&o);
}
