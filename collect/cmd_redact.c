/* SPDX-License-Identifier: Apache-2.0 */
/* ecart redact: an archive without some items, which it names by digest. */
#include "cli_outfile.h"
#include "collect/cmd_key.h"
#include "collect/cmd_whole.h"
#include "collect/redaction.h"
#include "collect/stop.h"
#include "commands.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"

#include <getopt.h>

/* A line for a reader of the report. */
#define REASON_MAX 256

struct options {
	const char *path, *output;
	struct co_redaction_request request;
	const char **names; /* owned: of request */
	uint64_t limit;
	bool zstd, force, help;
};

/* What is between the arguments and the archive. */
struct redacting {
	struct options options;
	struct ev_crypto *crypto;
	struct cmd_whole whole;
	struct cmd_key key;
	struct co_redaction redaction;
	struct ev_buffer file;
	uint8_t id[32];
};

static void redacting_free(struct redacting *r)
{
	ev_buffer_free(&r->file);
	co_redaction_free(&r->redaction);
	cmd_key_free(&r->key);
	cmd_whole_free(&r->whole);
	if (r->crypto != NULL)
		ev_crypto_free(r->crypto);
	free(r->options.names);
}

/* --- options --- */

/* Options that are one text each. */
static const char **text_option(int c, struct redacting *r)
{
	switch (c) {
	case 'o':
		return &r->options.output;
	case 'r':
		return &r->options.request.reason;
	case 'k':
		return &r->key.name;
	case 't':
		return &r->key.tcti;
	case '2':
		return &r->key.tpm2_tools;
	default:
		return NULL;
	}
}

static bool *flag_option(int c, struct redacting *r)
{
	switch (c) {
	case 'l':
		return &r->options.request.link_source;
	case 'z':
		return &r->options.zstd;
	case 'f':
		return &r->options.force;
	case 'h':
		return &r->options.help;
	default:
		return NULL;
	}
}

static int take_option(int c, struct redacting *r)
{
	const char **text = text_option(c, r);
	bool *flag = flag_option(c, r);

	if (text != NULL)
		*text = optarg;
	else if (flag != NULL)
		*flag = true;
	else if (c == 'i')
		r->options.names[r->options.request.n_names++] = optarg;
	else if (c != 'm' || !cli_parse_size(optarg, &r->options.limit))
		return cli_usage(&cmd_redact, "see the options");
	return CLI_PASS;
}

static int check_options(int argc, struct options *o)
{
	if (optind + 1 != argc)
		return cli_usage(&cmd_redact, "one FILE is wanted");
	if (o->output == NULL || strcmp(o->output, "-") == 0)
		return cli_usage(&cmd_redact, "-o FILE: where to write it");
	if (o->request.n_names == 0)
		return cli_usage(&cmd_redact,
				 "no --item PATH to withhold (ecart show "
				 "--privacy says what names somebody)");
	if (strlen(o->request.reason) > REASON_MAX)
		return cli_usage(&cmd_redact, "--reason: more than %d bytes",
				 REASON_MAX);
	return CLI_PASS;
}

static int parse_options(int argc, char **argv, struct redacting *r)
{
	static const struct option table[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "item", required_argument, NULL, 'i' },
		{ "reason", required_argument, NULL, 'r' },
		{ "link-source", no_argument, NULL, 'l' },
		{ "key", required_argument, NULL, 'k' },
		{ "tcti", required_argument, NULL, 't' },
		{ "tpm2-tools", required_argument, NULL, '2' },
		{ "limit", required_argument, NULL, 'm' },
		{ "zstd", no_argument, NULL, 'z' },
		{ "force", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct options *o = &r->options;
	int c, status;

	/* Each name takes at least an argument. */
	o->names = calloc((size_t)argc + 1, sizeof(*o->names));
	if (o->names == NULL)
		return cli_trouble("out of memory");
	o->request.names = o->names;
	optind = 1;
	while ((c = getopt_long(argc, argv, "o:h", table, NULL)) != -1) {
		status = take_option(c, r);
		if (status != CLI_PASS)
			return status;
	}
	if (o->help)
		return CLI_PASS;
	status = check_options(argc, o);
	o->path = status == CLI_PASS ? argv[optind] : NULL;
	return status;
}

/* --- making it --- */

static int refused(const struct redacting *r, const struct ev_error *err)
{
	if (err->code != EV_TROUBLE && strcmp(err->object, "redact") == 0)
		return cli_usage(&cmd_redact, "%s: want %s", err->found,
				 err->want);
	return cmd_refused(r->options.path, err);
}

static int make(struct redacting *r)
{
	const struct ev_archive *source = &r->whole.archive;
	struct ev_error err = { 0 };

	if (co_redaction_make(r->crypto, source, &r->options.request,
			      &r->redaction, &err) != EV_OK ||
	    co_redaction_write(source, &r->redaction, r->key.key,
			       r->options.zstd, ev_sink_buffer(&r->file),
			       &err) != EV_OK)
		return refused(r, &err);
	if (!ev_digest(r->crypto, EV_SHA256,
		       ev_buffer_span(&r->redaction.manifest), r->id))
		return cli_trouble("libcrypto");
	return CLI_PASS;
}

static int write_file(const struct redacting *r)
{
	const struct options *o = &r->options;
	char why[CLI_WHY_MAX];
	enum cli_outfile_result result = cli_outfile_write(
		o->output, ev_buffer_span(&r->file), 0666,
		o->force ? CLI_OUTFILE_REPLACE : CLI_OUTFILE_NEW, why);

	if (result == CLI_OUTFILE_OK)
		return CLI_PASS;
	if (result == CLI_OUTFILE_EXISTS)
		return cli_usage(&cmd_redact,
				 "%s exists already; --force replaces it",
				 o->output);
	return cli_trouble("%s", why);
}

/* --- what is said --- */

static void list_withheld(const struct redacting *r, struct ev_buffer *out)
{
	const struct ev_manifest *m = &r->whole.archive.manifest;

	for (size_t i = 0; i < m->n_items; i++)
		if (r->redaction.withheld[i])
			ev_buffer_printf(out, "withheld %s\n",
					 m->items[i].name);
	ev_buffer_printf(out, "kept %zu of %zu items\n",
			 m->n_items - r->redaction.n_withheld, m->n_items);
	if (r->redaction.n_bare > 0)
		ev_buffer_printf(out,
				 "%zu without a salt: whoever guesses the "
				 "bytes of one can confirm it by its digest\n",
				 r->redaction.n_bare);
}

/* Signatures and tokens are over the manifest that was. */
static void list_dropped(const struct redacting *r, struct ev_buffer *out)
{
	const struct ev_archive *a = &r->whole.archive;

	for (size_t i = 0; i < a->n_sigs; i++)
		ev_buffer_printf(out,
				 "dropped %s: it is over the manifest of the "
				 "archive before\n",
				 a->sigs[i].name);
}

static int report(const struct redacting *r)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	char id[65];

	ev_hex_encode(EV_SPAN(r->id), id);
	list_withheld(r, &out);
	list_dropped(r, &out);
	if (r->key.key != NULL)
		ev_buffer_printf(&out, "signed by %s key %s\n",
				 co_key_algorithm(r->key.key),
				 co_key_id(r->key.key));
	else
		ev_buffer_add_str(&out,
				  "unsigned: nobody vouches that nothing was "
				  "changed (use --key)\n");
	ev_buffer_printf(&out, "wrote %s   %zu bytes   id %s\n",
			 r->options.output, r->file.n, id);
	if (!ev_buffer_ok(&out))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static int redact(struct redacting *r)
{
	int status;

	r->crypto = ev_crypto_new();
	if (r->crypto == NULL)
		return cli_trouble("libcrypto does not start");
	status = cmd_whole_read(r->crypto, r->options.path, r->options.limit,
				"not redacted", &r->whole);
	if (status == CLI_PASS)
		status = cmd_key_open(r->crypto, &cmd_redact, &r->key);
	if (status == CLI_PASS)
		status = make(r);
	if (status == CLI_PASS)
		status = write_file(r);
	return status == CLI_PASS ? report(r) : status;
}

static int run(int argc, char **argv)
{
	struct redacting r = { .options = {
				       .limit = EV_ARCHIVE_MAX,
				       .request = { .reason = "withheld" } } };
	int status = parse_options(argc, argv, &r);

	if (status == CLI_PASS && r.options.help)
		status = cli_help(&cmd_redact);
	else if (status == CLI_PASS)
		status = redact(&r);
	redacting_free(&r);
	co_stop_die();
	return status;
}

const struct cli_command cmd_redact = {
	.name = "redact",
	.group = "Making archives",
	.summary = "an archive with some items withheld",
	.help = "usage: ecart redact FILE -o FILE --item PATH [--item PATH...] "
		"[options]\n"
		"\n"
		"Writes a new archive without these items. It names each with "
		"a digest, so that\n"
		"what was computed over them still can be; `ecart replay` then "
		"says which checks\n"
		"went with them. What is kept is kept byte for byte. Old "
		"signatures and stamps\n"
		"are over the archive before, and are dropped.\n"
		"\n"
		"  -o FILE           the new archive\n"
		"  --item PATH       an item to withhold (ecart show --privacy); "
		"with its salt\n"
		"  --reason TEXT     why, for who reads the report\n"
		"  --link-source     name the id of the archive it is made "
		"from\n"
		"  --key KEY.pem, --key tpm:HANDLE     sign the new one\n"
		"  --tcti STR, --tpm2-tools DIR        where that TPM and its "
		"tools are\n"
		"  --zstd, --force, --limit SIZE\n"
		"\n"
		"example: ecart redact run.ecart -o public.ecart "
		"--reason tenant \\\n"
		"           --item items/azure-imds-attested/0000.json\n",
	.run = run,
};
