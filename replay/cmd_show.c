/* SPDX-License-Identifier: Apache-2.0 */
/* ecart show: every parsed field of every item; nothing is judged. */
#include "replay/cmd_inputs.h"
#include "replay/cmd_show_cite.h"
#include "replay/cmd_show_privacy.h"

#include "cli_archive.h"
#include "cli_kind.h"
#include "commands.h"
#include "evidence/base/hex.h"
#include "evidence/base/json.h"
#include "evidence/base/time.h"

#include <getopt.h>
#include <inttypes.h>

static const char help[] =
	"Usage: ecart show [OPTION...] [KIND=]FILE\n"
	"Print what an archive, or one bare piece of evidence, says.  Nothing is\n"
	"judged: 'ecart replay' does that.  What a file is follows from its\n"
	"content; KIND= overrides ('ecart kinds' lists the words).\n"
	"\n"
	"  --item PATH       this item only\n"
	"  --json            every field with its byte offset, canonical JSON\n"
	"  --full            values in full\n"
	"  --privacy         what names somebody or some machine, where it stands,\n"
	"                    and whether 'ecart redact' can withhold it\n"
	"  --cite            how to cite the archive: id, versions, command lines\n"
	"  --limit SIZE      refuse larger archives (default 64GiB)\n"
	"\n"
	"Example: ecart show run-07.ecart --item items/tdx-quote/0000.bin\n";

struct options {
	const char *item;
	bool json, full, privacy, cite;
	uint64_t limit;
};

enum {
	OPT_ITEM = 256,
	OPT_JSON,
	OPT_FULL,
	OPT_PRIVACY,
	OPT_CITE,
	OPT_LIMIT,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "item", required_argument, NULL, OPT_ITEM },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "full", no_argument, NULL, OPT_FULL },
	{ "privacy", no_argument, NULL, OPT_PRIVACY },
	{ "cite", no_argument, NULL, OPT_CITE },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

/* The item's fields, or the refusal; an opaque kind has neither.  The parser
 * is tried first without a writer, so that no object is left half full. */
static void write_fields(struct ev_writer *w, const struct ev_kind *kind,
			 struct ev_span bytes)
{
	struct ev_error err = { 0 };
	char line[400];

	if (kind == NULL || kind->show == NULL)
		return;
	if (kind->show(bytes, NULL, &err) != EV_OK) {
		ev_error_format(&err, line, sizeof(line));
		ev_write_shown(w, "refused", line);
		return;
	}
	ev_write_object(w, "fields");
	kind->show(bytes, w, &err);
	ev_write_end(w);
}

static void write_item(struct ev_writer *w, const char *name,
		       const char *kind_name, const struct ev_kind *kind,
		       struct ev_span bytes, const char *fault)
{
	ev_write_object(w, NULL);
	ev_write_foreign(w, "name", ev_span_str(name));
	ev_write_foreign(w, "kind", ev_span_str(kind_name));
	if (fault != NULL)
		ev_write_str(w, "fault", fault);
	/* What is not there has no size and no fields. */
	if (bytes.p != NULL) {
		ev_write_int(w, "size", (int64_t)bytes.n);
		write_fields(w, kind, bytes);
	}
	ev_write_end(w);
}

/* The text form is made from the JSON: one line a member, indented. */
static void print_value(const json_t *v, const char *name, unsigned int depth,
			bool full, struct ev_buffer *out);

static void print_members(const json_t *v, unsigned int depth, bool full,
			  struct ev_buffer *out)
{
	const char *name;
	json_t *member;
	size_t i;

	json_object_foreach ((json_t *)(uintptr_t)v, name, member)
		print_value(member, name, depth, full, out);
	if (json_is_array(v))
		json_array_foreach (v, i, member)
			print_value(member, "-", depth, full, out);
}

static void print_text(const json_t *v, bool full, struct ev_buffer *out)
{
	const char *text = json_string_value(v);

	if (!full && strlen(text) > 64)
		ev_buffer_printf(out, " %.61s...\n", text);
	else
		ev_buffer_printf(out, " %s\n", text);
}

static void print_value(const json_t *v, const char *name, unsigned int depth,
			bool full, struct ev_buffer *out)
{
	const char *line = json_string_value(json_object_get(v, "line"));
	const json_t *value = json_object_get(v, "value");

	/* What says itself in one line, as events of logs do. */
	if (line != NULL && !full) {
		ev_buffer_printf(out, "%*s%s\n", (int)(2 * depth), "", line);
		return;
	}

	/* A field with its place prints as its value. */
	if (value != NULL && json_object_get(v, "offset") != NULL)
		v = value;
	ev_buffer_printf(out, "%*s%s", (int)(2 * depth), "", name);
	if (json_is_string(v))
		print_text(v, full, out);
	else if (json_is_integer(v))
		ev_buffer_printf(out, " %" JSON_INTEGER_FORMAT "\n",
				 json_integer_value(v));
	else if (json_is_boolean(v))
		ev_buffer_printf(out, " %s\n", json_is_true(v) ? "yes" : "no");
	else
		ev_buffer_add_str(out, "\n");
	print_members(v, depth + 1, full, out);
}

static int deliver(const struct options *o, struct ev_writer *w)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_error err = { 0 };
	ev_auto_json json_t *r = NULL;
	size_t n = 0;
	char *text = ev_writer_finish(w, &n);
	int exit = CLI_PASS;

	if (text == NULL)
		return cli_trouble("out of memory");
	if (o->json)
		ev_buffer_add(&out, ev_span_of(text, n));
	else if (ev_json_parse(ev_span_of(text, n), n, "show", &r, &err) ==
		 EV_OK)
		print_members(r, 0, o->full, &out);
	free(text);
	if (!ev_buffer_ok(&out) || (!o->json && r == NULL))
		exit = cli_trouble("the fields cannot be printed");
	else if (!cli_print(ev_buffer_span(&out)))
		exit = CLI_TROUBLE;
	return exit;
}

/* How item i is not what the manifest says, in *fault; NULL: it is. */
static enum ev_verified find_fault(struct ev_crypto *crypto,
				   const struct ev_archive *archive, size_t i,
				   const char **fault)
{
	struct ev_error err = { 0 };
	enum ev_verified v;

	*fault = NULL;
	if (archive->items[i].name[0] == '\0') {
		*fault = ev_archive_code_word(EV_ARCHIVE_MISSING_ITEM);
		return EV_VERIFIED_NO;
	}
	v = ev_archive_digest(crypto, archive, i, NULL, &err);
	if (v == EV_VERIFIED_NO)
		*fault = ev_archive_code_word(EV_ARCHIVE_DIGEST);
	return v;
}

/* The items that were asked for; false is trouble. */
static bool write_items(const struct options *o, struct ev_crypto *crypto,
			const struct ev_archive *archive, bool *found,
			struct ev_writer *w)
{
	const struct ev_manifest *m = &archive->manifest;

	ev_write_array(w, "items");
	for (size_t i = 0; i < m->n_items; i++) {
		const char *fault;

		if (o->item != NULL && strcmp(o->item, m->items[i].name) != 0)
			continue;
		*found = true;
		if (find_fault(crypto, archive, i, &fault) ==
		    EV_VERIFIED_TROUBLE)
			return false;
		write_item(w, m->items[i].name, m->items[i].kind_name,
			   m->items[i].kind, archive->items[i].data, fault);
	}
	ev_write_end(w);
	return true;
}

static int show_archive(const struct options *o, struct ev_crypto *crypto,
			const char *path, const struct ev_archive *archive)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	const struct ev_manifest *m = &archive->manifest;
	struct ev_archive_problem first = { 0 };
	enum ev_verified sound = ev_archive_sound(crypto, archive, &first);
	bool found = false;

	if (w == NULL || sound == EV_VERIFIED_TROUBLE)
		return cli_trouble("out of memory or libcrypto");
	ev_write_object(w, NULL);
	ev_write_hex(w, "id", EV_SPAN(archive->id));
	if (m->has_time)
		ev_write_time(w, "claimedTime", m->time);
	if (m->verb != NULL)
		ev_write_foreign(w, "verb", ev_span_str(m->verb));
	ev_write_bool(w, "damaged", sound == EV_VERIFIED_NO);
	if (sound == EV_VERIFIED_NO)
		ev_write_str(w, "fault", ev_archive_code_word(first.code));
	ev_write_int(w, "signatureFiles", (int64_t)archive->n_sigs);
	if (!write_items(o, crypto, archive, &found, w))
		return cli_trouble("libcrypto");
	ev_write_end(w);
	if (o->item != NULL && !found)
		return cli_unreadable("%s: no item is called %s", path,
				      o->item);
	return deliver(o, w);
}

static int show_loose(const struct options *o, const char *path,
		      const struct ev_kind *kind, struct ev_span bytes)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return cli_trouble("out of memory");
	ev_write_object(w, NULL);
	ev_write_array(w, "items");
	write_item(w, path, kind->kind, kind, bytes, NULL);
	ev_write_end(w);
	ev_write_end(w);
	return deliver(o, w);
}

static struct cmd_show_privacy privacy_options(const struct options *o,
					       const char *path)
{
	return (struct cmd_show_privacy){
		.path = path, .item = o->item, .json = o->json, .full = o->full
	};
}

/* What is asked of an archive. */
static int answer(const struct options *o, struct ev_crypto *crypto,
		  const char *path, const struct ev_archive *archive)
{
	const struct cmd_show_privacy privacy = privacy_options(o, path);

	if (o->cite)
		return cmd_show_cite(path, archive, o->json);
	if (o->privacy)
		return cmd_show_privacy(&privacy, archive);
	return show_archive(o, crypto, path, archive);
}

static int answer_loose(const struct options *o, const char *path,
			const struct ev_kind *kind, struct ev_span bytes)
{
	const struct cmd_show_privacy privacy = privacy_options(o, path);

	if (o->cite)
		return cli_unreadable("%s: a bare piece of evidence has no id; "
				      "wrap it with ecart pack",
				      path);
	if (o->privacy)
		return cmd_show_privacy_loose(&privacy, kind, bytes);
	return show_loose(o, path, kind, bytes);
}

/* kind: as given, or NULL. */
static int show(const struct options *o, const struct ev_kind *kind,
		const char *path)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct ev_archive archive = { 0 };
	struct cli_file file = { 0 };
	struct ev_error err = { 0 };
	char line[400];
	int exit;

	if (crypto == NULL)
		return cli_trouble("libcrypto's default provider cannot be "
				   "loaded");
	exit = cli_file_read(path, o->limit, &file);
	if (exit == CLI_PASS && kind == NULL)
		kind = ev_kind_recognise(file.bytes);
	if (exit != CLI_PASS) {
		ev_crypto_free(crypto);
		return exit;
	}
	if (kind != NULL) {
		exit = answer_loose(o, path, kind, file.bytes);
	} else if (cli_archive_open(crypto, file.bytes, o->limit, &archive,
				    &err) == EV_OK) {
		exit = answer(o, crypto, path, &archive);
	} else {
		ev_error_format(&err, line, sizeof(line));
		exit = err.code == EV_TROUBLE
			       ? cli_trouble("%s: %s", path, line)
			       : cli_unreadable("%s: %s", path, line);
	}
	ev_archive_free(&archive);
	cli_file_free(&file);
	ev_crypto_free(crypto);
	return exit;
}

static int run(int argc, char **argv)
{
	struct options o = { .limit = EV_ARCHIVE_MAX };
	const struct ev_kind *kind;
	const char *path;
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (opt == OPT_HELP)
			return cli_help(&cmd_show);
		if (opt == OPT_ITEM)
			o.item = optarg;
		else if (opt == OPT_JSON)
			o.json = true;
		else if (opt == OPT_FULL)
			o.full = true;
		else if (opt == OPT_PRIVACY)
			o.privacy = true;
		else if (opt == OPT_CITE)
			o.cite = true;
		else if (opt != OPT_LIMIT || !cli_parse_size(optarg, &o.limit))
			return cli_usage(&cmd_show, "see the options");
	}
	if (optind + 1 != argc)
		return cli_usage(&cmd_show, "give one file");
	exit = cli_kind_split(&cmd_show, argv[optind], &kind, &path);
	return exit == CLI_PASS ? show(&o, kind, path) : exit;
}

const struct cli_command cmd_show = {
	.name = "show",
	.group = "Reading archives",
	.summary = "every parsed field of every item",
	.help = help,
	.run = run,
};
