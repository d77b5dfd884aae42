/* SPDX-License-Identifier: Apache-2.0 */
/* ecart pack: files captured by other means become an archive. */
#include "commands.h"

#include "cli_outfile.h"
#include "collect/cmd_inputs.h"
#include "collect/import.h"
#include "collect/write.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"
#include "evidence/base/time.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

/* A sentence or two; it is repeated in every item's entry. */
#define SOURCE_NOTE_MAX 1024
/* The largest private key that is taken, RSA aside, is 400 bytes of PEM. */
#define KEY_FILE_MAX 65536

struct options {
	const char *output, *note, *key;
	bool has_time, zstd, force, help;
	int64_t time;
};

/* What is between the arguments and the archive. */
struct packing {
	struct options options;
	struct co_inputs inputs;
	struct co_parts parts;
	struct co_item *items; /* owned; parallel to parts.part */
	char **details;	       /* owned; of items */
	struct ev_crypto *crypto;
	struct co_key *key;
	uint64_t size;
	uint8_t id[32];
};

static void packing_free(struct packing *p)
{
	for (size_t i = 0; p->details != NULL && i < p->parts.n; i++)
		free(p->details[i]);
	free(p->details);
	free(p->items);
	co_parts_free(&p->parts);
	co_inputs_free(&p->inputs);
	if (p->key != NULL)
		co_key_free(p->key);
	if (p->crypto != NULL)
		ev_crypto_free(p->crypto);
}

static int take_option(int c, struct options *o)
{
	switch (c) {
	case 'o':
		o->output = optarg;
		return CLI_PASS;
	case 'k':
		o->key = optarg;
		return CLI_PASS;
	case 'n':
		o->note = optarg;
		if (strlen(optarg) <= SOURCE_NOTE_MAX)
			return CLI_PASS;
		return cli_usage(&cmd_pack, "--source-note: more than %d bytes",
				 SOURCE_NOTE_MAX);
	case 't':
		o->has_time = cli_parse_time(optarg, &o->time);
		if (o->has_time)
			return CLI_PASS;
		return cli_usage(&cmd_pack,
				 "--time %s: want 2026-06-08T12:42:41Z or "
				 "@SECONDS",
				 optarg);
	case 'z':
		o->zstd = true;
		return CLI_PASS;
	case 'f':
		o->force = true;
		return CLI_PASS;
	case 'h':
		o->help = true;
		return CLI_PASS;
	default:
		/* getopt_long has said which. */
		return cli_usage(&cmd_pack, "an option is wrong");
	}
}

static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "time", required_argument, NULL, 't' },
		{ "source-note", required_argument, NULL, 'n' },
		{ "key", required_argument, NULL, 'k' },
		{ "zstd", no_argument, NULL, 'z' },
		{ "force", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c, status;

	optind = 1;
	while ((c = getopt_long(argc, argv, "o:h", table, NULL)) != -1) {
		status = take_option(c, o);
		if (status != CLI_PASS)
			return status;
	}
	if (o->help)
		return CLI_PASS;
	if (o->output == NULL)
		return cli_usage(&cmd_pack, "no -o FILE to write to");
	if (strcmp(o->output, "-") == 0)
		return cli_usage(&cmd_pack, "-o -: an archive goes to a file");
	if (optind >= argc)
		return cli_usage(&cmd_pack, "nothing to pack");
	return CLI_PASS;
}

static int read_key(struct packing *p)
{
	struct ev_error err = { 0 };
	char why[CLI_WHY_MAX];
	struct cli_file file;
	int status;

	if (p->options.key == NULL)
		return CLI_PASS;
	status = cli_file_read(p->options.key, KEY_FILE_MAX, &file);
	if (status != CLI_PASS)
		return status;
	co_key_read(p->crypto, file.bytes, &p->key, &err);
	cli_file_free(&file);
	if (err.code == EV_OK)
		return CLI_PASS;
	ev_error_format(&err, why, sizeof(why));
	if (err.code == EV_TROUBLE)
		return cli_trouble("%s", why);
	return cli_unreadable("%s: %s", p->options.key, why);
}

static int refused(const struct co_input *in, const struct ev_error *err)
{
	char why[CLI_WHY_MAX];

	if (err->code == EV_VALUE && strcmp(err->object, "pack") == 0)
		return cli_unreadable(
			"%s: not recognised; %s %s; say KIND=%s", in->path,
			in->file.bytes.n > 0 ? "first bytes" : "it is empty",
			err->found, in->path);
	ev_error_format(err, why, sizeof(why));
	if (err->code == EV_TROUBLE)
		return cli_trouble("%s: %s", in->path, why);
	return cli_unreadable("%s: %s", in->path, why);
}

static int import_one(struct packing *p, const struct co_input *in)
{
	struct ev_error err = { 0 };

	if (co_import(in->file.bytes, in->kind, &p->parts, &err) == EV_OK)
		return CLI_PASS;
	return refused(in, &err);
}

/* The row of a file's format; co_n_formats for a file that is no wrapper. */
static size_t row_of(const struct co_input *in)
{
	const struct co_format *format;

	format = in->kind == NULL ? co_format_recognise(in->file.bytes) : NULL;
	return format != NULL ? (size_t)(format - co_formats) : co_n_formats;
}

/*
 * By rows of the table of formats, then in the order of the arguments, so
 * that evidence and its collateral give one archive in whichever order they
 * are named.  Every file is tried: a person sees all refusals at once.
 */
static int import_all(struct packing *p)
{
	ev_auto_free size_t *rows = calloc(p->inputs.n + 1, sizeof(*rows));
	int status = CLI_PASS, one;

	if (rows == NULL)
		return cli_trouble("out of memory");
	if (p->inputs.n == 0)
		return cli_unreadable("nothing to pack: no files there");
	for (size_t i = 0; i < p->inputs.n; i++)
		rows[i] = row_of(&p->inputs.input[i]);
	for (size_t row = 0; row <= co_n_formats; row++) {
		for (size_t i = 0; i < p->inputs.n; i++) {
			one = rows[i] == row
				      ? import_one(p, &p->inputs.input[i])
				      : CLI_PASS;
			status = one > status ? one : status;
		}
	}
	return status;
}

/* "NOTE; how it was decoded", either or both; false is lack of memory. */
static bool make_detail(const char *note, const char *detail, char **out)
{
	if (note == NULL && detail == NULL)
		return true;
	if (note != NULL && detail != NULL) {
		if (asprintf(out, "%s; %s", note, detail) >= 0)
			return true;
		*out = NULL;
		return false;
	}
	*out = strdup(note != NULL ? note : detail);
	return *out != NULL;
}

static bool make_items(struct packing *p)
{
	p->items = calloc(p->parts.n, sizeof(*p->items));
	p->details = calloc(p->parts.n, sizeof(*p->details));
	if (p->items == NULL || p->details == NULL)
		return false;
	for (size_t i = 0; i < p->parts.n; i++) {
		const struct co_part *part = &p->parts.part[i];

		if (!make_detail(p->options.note, part->detail, &p->details[i]))
			return false;
		p->items[i] = (struct co_item){
			.kind = part->kind,
			.bytes = ev_span_of(part->bytes, part->n),
			.media_type = part->media_type,
			.extension = part->extension,
			.source_type = "file",
			.source_detail = p->details[i],
			.scheme = part->scheme,
			.relates = part->relates,
			.n_relates = part->n_relates,
		};
	}
	return true;
}

static enum ev_code put_archive(void *context, struct ev_sink out,
				struct ev_error *err)
{
	struct packing *p = context;
	const struct co_archive_options options = {
		.claims = { .verb = "pack",
			    .has_time = p->options.has_time,
			    .time = p->options.time },
		.key = p->key,
		.zstd = p->options.zstd,
	};

	return co_archive_make(p->crypto, p->items, p->parts.n, &options, out,
			       p->id, err);
}

static int write_archive(struct packing *p)
{
	const struct options *o = &p->options;
	char why[CLI_WHY_MAX];

	switch (cli_outfile_make(o->output, 0666,
				 o->force ? CLI_OUTFILE_REPLACE
					  : CLI_OUTFILE_NEW,
				 put_archive, p, &p->size, why)) {
	case CLI_OUTFILE_OK:
		return CLI_PASS;
	case CLI_OUTFILE_REFUSED:
		return cli_unreadable("%s", why);
	case CLI_OUTFILE_EXISTS:
		return cli_usage(&cmd_pack,
				 "%s exists already; --force replaces it",
				 o->output);
	case CLI_OUTFILE_TROUBLE:
		break;
	}
	return cli_trouble("%s", why);
}

static void list_notes(const struct co_parts *parts, struct ev_buffer *out)
{
	for (size_t i = 0; i < parts->n_notes; i++)
		ev_buffer_printf(out, "note: %s\n", parts->note[i]);
	if (parts->more_notes)
		ev_buffer_add_str(out, "note: more members were not decoded\n");
}

static void list_seal(const struct packing *p, struct ev_buffer *out)
{
	char id[65], time[EV_TIME_TEXT];

	ev_hex_encode(EV_SPAN(p->id), id);
	ev_buffer_printf(out, "archive %s: %" PRIu64 " bytes, id %s\n",
			 p->options.output, p->size, id);
	if (p->key != NULL)
		ev_buffer_printf(out, "signed by %s key %s\n",
				 co_key_algorithm(p->key), co_key_id(p->key));
	else
		ev_buffer_add_str(out,
				  "unsigned: nobody vouches that nothing was "
				  "changed (use --key)\n");
	if (p->options.has_time) {
		ev_time_format(p->options.time, time);
		ev_buffer_printf(out, "claimed time %s\n", time);
	} else {
		ev_buffer_add_str(out, "no time claimed: replay needs --at\n");
	}
}

static int report(const struct packing *p)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	ev_auto_free char(*paths)[EV_PATH_TEXT] = NULL;
	ev_auto_free size_t *order = NULL;
	struct ev_error err = { 0 };

	if (co_item_paths(p->items, p->parts.n, &paths, &err) != EV_OK ||
	    !co_item_order((const char(*)[EV_PATH_TEXT])paths, p->parts.n,
			   &order))
		return cli_trouble("out of memory");
	for (size_t i = 0; i < p->parts.n; i++) {
		const struct co_part *part = &p->parts.part[order[i]];

		ev_buffer_printf(&out, "%-22s %9zu  %s\n", part->kind, part->n,
				 paths[order[i]]);
	}
	list_notes(&p->parts, &out);
	list_seal(p, &out);
	if (!ev_buffer_ok(&out))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static int pack(struct packing *p, int argc, char **argv)
{
	int status = CLI_PASS;

	p->inputs.leave_out = p->options.output;
	p->crypto = ev_crypto_new();
	if (p->crypto == NULL)
		return cli_trouble("libcrypto does not start");
	status = read_key(p);
	for (int i = optind; status == CLI_PASS && i < argc; i++)
		status = co_inputs_add(&p->inputs, &cmd_pack, argv[i]);
	if (status == CLI_PASS)
		status = import_all(p);
	if (status != CLI_PASS)
		return status;
	if (!make_items(p))
		return cli_trouble("out of memory");
	status = write_archive(p);
	return status == CLI_PASS ? report(p) : status;
}

static int run(int argc, char **argv)
{
	struct packing p = { 0 };
	int status = parse_options(argc, argv, &p.options);

	if (status != CLI_PASS)
		return status;
	if (p.options.help)
		return cli_help(&cmd_pack);
	status = pack(&p, argc, argv);
	packing_free(&p);
	return status;
}

const struct cli_command cmd_pack = {
	.name = "pack",
	.group = "Making archives",
	.summary = "files captured by other means -> an archive",
	.help = "usage: ecart pack -o FILE [options] [KIND=]PATH...\n"
		"\n"
		"Archives files byte for byte, with what is decoded from them. "
		"What a file is\n"
		"follows from its content, never from its name; KIND= "
		"overrides. A folder means\n"
		"all its files. Read are raw quotes, reports, certificates, "
		"CRLs, collateral,\n"
		"and the evidence files of attested-tls, trustee and "
		"dcap-qvl. What is not\n"
		"recognised is refused, and then nothing is written.\n"
		"\n"
		"  -o FILE             the archive\n"
		"  --time T            when the evidence was captured: "
		"2026-06-08T12:42:41Z or\n"
		"                      @SECONDS; without it replay needs --at\n"
		"  --source-note TEXT  where the files come from, kept with "
		"every item\n"
		"  --key KEY.pem       sign with this key (ecart keygen makes "
		"one)\n"
		"  --zstd              compress the file; its id stays the "
		"same\n"
		"  --force             replace FILE where it exists\n"
		"\n"
		"`ecart kinds` lists the words for KIND.\n"
		"example: ecart pack -o run.ecart --key K.pem --time "
		"@1780922561 EVIDENCE/\n",
	.run = run,
};
