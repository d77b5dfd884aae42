/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that cite an archive. */
#include "replay/cmd_show_cite.h"

#include "evidence/base/hex.h"
#include "evidence/base/time.h"

#include <stdio.h>
#include <stdlib.h>

#define COMMAND_TEXT 400

struct citation {
	const struct ev_archive *archive;
	const char *file; /* as the command lines name it */
	char id[65];
	char verify[COMMAND_TEXT], replay[COMMAND_TEXT];
	size_t n_signatures, n_tokens;
};

/* The last part of the path, where a shell takes it as it is. */
static const char *file_name(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789._-+";
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	size_t n = strspn(name, plain);

	return n > 0 && n < COMMAND_TEXT / 2 && name[n] == 0 && name[0] != '-'
		       ? name
		       : "FILE";
}

static size_t count_files(const struct ev_archive *a, const char *ending)
{
	size_t n = 0, k = strlen(ending);

	for (size_t i = 0; i < a->n_sigs; i++) {
		size_t size = strlen(a->sigs[i].name);

		n += size > k &&
		     strcmp(a->sigs[i].name + size - k, ending) == 0;
	}
	return n;
}

/* Keys and authorities are for the reader to have from elsewhere. */
static void write_commands(struct citation *c)
{
	const struct ev_manifest *m = &c->archive->manifest;
	char time[EV_TIME_TEXT] = "TIME";

	snprintf(c->verify, sizeof(c->verify), "ecart verify %s%s%s", c->file,
		 c->n_signatures > 0 ? " --key KEY.pem" : "",
		 c->n_tokens > 0 ? " --tsa-root TSA.pem" : "");
	if (m->has_time)
		ev_time_format(m->time, time);
	snprintf(c->replay, sizeof(c->replay), "ecart replay %s --at %s",
		 c->file, time);
}

static const char *collector_text(const struct citation *c, const char *name)
{
	const struct ev_node *collector =
		ev_node_member(c->archive->manifest.predicate, "collector");

	return ev_node_text(ev_node_member(collector, name));
}

static void write_line(struct ev_buffer *out, const char *name,
		       const char *text)
{
	if (text == NULL)
		return;
	ev_buffer_printf(out, "%-9s", name);
	ev_escape_foreign(ev_span_str(text), out);
	ev_buffer_add_byte(out, '\n');
}

static void print_text(const struct citation *c, struct ev_buffer *out)
{
	const struct ev_manifest *m = &c->archive->manifest;
	char time[EV_TIME_TEXT], made[200];
	const char *version = collector_text(c, "version");

	ev_buffer_printf(out, "%-9ssha256:%s\n", "archive", c->id);
	write_line(out, "format", EV_ARCHIVE_FORMAT);
	snprintf(made, sizeof(made), "ecart %.60s%s%.60s",
		 version != NULL ? version : "of no version",
		 m->verb != NULL ? ", by ecart " : "",
		 m->verb != NULL ? m->verb : "");
	write_line(out, "made", made);
	if (m->has_time) {
		ev_time_format(m->time, time);
		write_line(out, "claimed", time);
	}
	ev_buffer_printf(out, "%-9s%zu, %zu withheld\n", "items", m->n_items,
			 m->redactions.n);
	ev_buffer_printf(out, "%-9s%zu signature%s, %zu time-stamp%s\n", "seal",
			 c->n_signatures, c->n_signatures == 1 ? "" : "s",
			 c->n_tokens, c->n_tokens == 1 ? "" : "s");
	write_line(out, "cited", "with ecart " ECART_VERSION);
	write_line(out, "verify", c->verify);
	write_line(out, "replay", c->replay);
}

static void write_json(const struct citation *c, struct ev_writer *w)
{
	const struct ev_manifest *m = &c->archive->manifest;
	const char *version = collector_text(c, "version");

	ev_write_object(w, NULL);
	ev_write_str(w, "id", c->id);
	ev_write_str(w, "format", EV_ARCHIVE_FORMAT);
	ev_write_str(w, "ecart", ECART_VERSION);
	if (version != NULL)
		ev_write_foreign(w, "madeWith", ev_span_str(version));
	if (m->verb != NULL)
		ev_write_foreign(w, "verb", ev_span_str(m->verb));
	if (m->has_time)
		ev_write_time(w, "claimedTime", m->time);
	ev_write_int(w, "items", (int64_t)m->n_items);
	ev_write_int(w, "withheld", (int64_t)m->redactions.n);
	ev_write_int(w, "signatures", (int64_t)c->n_signatures);
	ev_write_int(w, "timeStamps", (int64_t)c->n_tokens);
	ev_write_str(w, "verify", c->verify);
	ev_write_str(w, "replay", c->replay);
	ev_write_end(w);
}

static void print_json(const struct citation *c, struct ev_buffer *out)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	char *text;
	size_t n;

	if (w == NULL)
		return;
	write_json(c, w);
	text = ev_writer_finish(w, &n);
	if (text != NULL)
		ev_buffer_add(out, ev_span_of(text, n));
	free(text);
}

int cmd_show_cite(const char *path, const struct ev_archive *archive, bool json)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct citation c = { .archive = archive, .file = file_name(path) };

	ev_hex_encode(EV_SPAN(archive->id), c.id);
	c.n_signatures = count_files(archive, ".dsse.json");
	c.n_tokens = count_files(archive, ".tsr");
	write_commands(&c);
	if (json)
		print_json(&c, &out);
	else
		print_text(&c, &out);
	if (!ev_buffer_ok(&out) || out.n == 0)
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}
