/* SPDX-License-Identifier: Apache-2.0 */
/* What names somebody, for a person who wants to publish. */
#include "replay/cmd_show_privacy.h"

#include "replay/privacy.h"

#include <inttypes.h>
#include <stdlib.h>

static const size_t VALUE_SHOWN = 64;

static void print_value(const struct rp_trace *t, bool full,
			struct ev_buffer *out)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct ev_span value = ev_span_of(t->value, t->n);

	if (t->form == RP_TRACE_HEX) {
		for (size_t i = 0; i < value.n; i++)
			ev_buffer_printf(&text, "%02x", value.p[i]);
	} else {
		ev_escape_foreign(value, &text);
	}
	value = ev_buffer_span(&text);
	if (full || value.n <= VALUE_SHOWN) {
		ev_buffer_add(out, value);
		return;
	}
	ev_buffer_add(out, ev_span_sub(value, 0, VALUE_SHOWN - 3));
	ev_buffer_add_str(out, "...");
}

static void print_trace(const struct rp_trace *t, bool full,
			struct ev_buffer *out)
{
	ev_buffer_printf(out, "  %s: ", t->what);
	print_value(t, full, out);
	ev_buffer_printf(out,
			 "\n    at byte %" PRIu64 ", %" PRIu64 " bytes%s%s; "
			 "can be withheld: %s\n",
			 t->offset, t->length, t->within != NULL ? " of " : "",
			 t->within != NULL ? t->within : "", t->withhold);
}

static void print_text(const struct cmd_show_privacy *o,
		       const struct rp_traces *traces, struct ev_buffer *out)
{
	const char *item = "";

	for (size_t i = 0; i < traces->n; i++) {
		const struct rp_trace *t = &traces->list[i];

		if (strcmp(item, t->item) != 0)
			ev_buffer_printf(out, "%s (%s)\n", t->item, t->kind);
		item = t->item;
		print_trace(t, o->full, out);
	}
	ev_buffer_add_str(
		out,
		"Nothing is searched for by guess: other texts in logs and "
		"wrappers are not read.\n"
		"`ecart redact` withholds whole items; what is inside "
		"a signed chain goes only\n"
		"with its whole item, and with that what it proves.\n");
}

static void print_json(const struct ev_archive *archive,
		       const struct rp_traces *traces, struct ev_buffer *out)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	char *text;
	size_t n;

	if (w == NULL)
		return;
	ev_write_object(w, NULL);
	if (archive != NULL)
		ev_write_hex(w, "id", EV_SPAN(archive->id));
	ev_write_array(w, "traces");
	rp_traces_write(traces, w);
	ev_write_end(w);
	ev_write_end(w);
	text = ev_writer_finish(w, &n);
	if (text != NULL)
		ev_buffer_add(out, ev_span_of(text, n));
	free(text);
}

static int deliver(const struct cmd_show_privacy *o,
		   const struct ev_archive *archive,
		   const struct rp_traces *traces)
{
	ev_auto_buffer struct ev_buffer out = { 0 };

	if (!traces->no_memory && o->json)
		print_json(archive, traces, &out);
	else if (!traces->no_memory)
		print_text(o, traces, &out);
	if (!ev_buffer_ok(&out) || out.n == 0)
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static bool search_item(const struct ev_archive *archive, const char *name,
			struct rp_traces *traces)
{
	const struct ev_manifest *m = &archive->manifest;
	const struct ev_manifest_item *item = ev_manifest_find(m, name);

	if (item != NULL)
		rp_privacy_item(name, item->kind_name,
				archive->items[item - m->items].data, traces);
	return item != NULL;
}

int cmd_show_privacy(const struct cmd_show_privacy *o,
		     const struct ev_archive *archive)
{
	struct rp_traces traces = { 0 };
	int status;

	if (o->item == NULL)
		rp_privacy_archive(archive, &traces);
	else if (!search_item(archive, o->item, &traces))
		return cli_unreadable("%s: no item is called %s", o->path,
				      o->item);
	status = deliver(o, archive, &traces);
	rp_traces_free(&traces);
	return status;
}

int cmd_show_privacy_loose(const struct cmd_show_privacy *o,
			   const struct ev_kind *kind, struct ev_span bytes)
{
	struct rp_traces traces = { 0 };
	int status;

	rp_privacy_item(o->path, kind->kind, bytes, &traces);
	status = deliver(o, NULL, &traces);
	rp_traces_free(&traces);
	return status;
}
