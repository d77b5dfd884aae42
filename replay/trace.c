/* SPDX-License-Identifier: Apache-2.0 */
/* A list of traces, and the places of what was decoded. */
#include "replay/trace.h"

#include <stdlib.h>

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The index in text of its character number `count`, white space left out;
 * text.n where there are not so many. */
static size_t index_of(struct ev_span text, size_t count)
{
	size_t at = 0;

	for (; at < text.n; at++) {
		if (is_space(text.p[at]))
			continue;
		if (count-- == 0)
			break;
	}
	return at;
}

/* Three bytes are four characters (RFC 4648, 4). */
static void place_encoded(const struct rp_layer *layer, struct ev_span part,
			  struct rp_trace *t)
{
	size_t from = (size_t)(part.p - layer->bytes.p);
	size_t to = from + part.n;
	size_t first = index_of(layer->text, from / 3 * 4);
	size_t last = index_of(layer->text, (to + 2) / 3 * 4 - 1);

	if (last == layer->text.n) /* a last group without its padding */
		last--;
	while (last > first && is_space(layer->text.p[last]))
		last--;
	t->offset = (uint64_t)(layer->text.p - layer->item.p) + first;
	t->length = last + 1 - first;
	t->within = layer->within;
}

static void place(const struct rp_layer *layer, struct ev_span part,
		  struct rp_trace *t)
{
	t->length = part.n;
	if (part.n == 0)
		return;
	if (layer->text.n > 0)
		place_encoded(layer, part, t);
	else
		t->offset = (uint64_t)(part.p - layer->item.p);
}

static bool reserve(struct rp_traces *traces)
{
	size_t room = traces->room == 0 ? 32 : 2 * traces->room;
	struct rp_trace *list;

	if (traces->n < traces->room)
		return true;
	list = reallocarray(traces->list, room, sizeof(*list));
	if (list == NULL)
		return false;
	traces->list = list;
	traces->room = room;
	return true;
}

static void append(struct rp_traces *traces, struct rp_trace t,
		   struct ev_span value)
{
	t.value = malloc(value.n + 1);
	if (t.value == NULL || !reserve(traces)) {
		free(t.value);
		traces->no_memory = true;
		return;
	}
	if (value.n > 0)
		memcpy(t.value, value.p, value.n);
	t.n = value.n;
	traces->list[traces->n++] = t;
}

void rp_trace_add(struct rp_traces *traces, const struct rp_trace *as,
		  const struct rp_layer *layer, struct ev_span part,
		  enum rp_trace_form form)
{
	struct rp_trace t = *as;

	t.form = form;
	place(layer, part, &t);
	append(traces, t, part);
}

void rp_trace_about(struct rp_traces *traces, const struct rp_trace *as,
		    const struct rp_layer *layer, struct ev_span part,
		    const char *words)
{
	struct rp_trace t = *as;

	t.form = RP_TRACE_ABOUT;
	place(layer, part, &t);
	append(traces, t, ev_span_str(words));
}

void rp_traces_free(struct rp_traces *traces)
{
	for (size_t i = 0; i < traces->n; i++)
		free(traces->list[i].value);
	free(traces->list);
	*traces = (struct rp_traces){ 0 };
}

static void write_value(const struct rp_trace *t, struct ev_writer *w)
{
	static const char *const words[] = { [RP_TRACE_HEX] = "hex",
					     [RP_TRACE_TEXT] = "text",
					     [RP_TRACE_ABOUT] = "about" };
	struct ev_span value = ev_span_of(t->value, t->n);

	ev_write_str(w, "form", words[t->form]);
	if (t->form == RP_TRACE_HEX)
		ev_write_hex(w, "value", value);
	else
		ev_write_foreign(w, "value", value);
}

void rp_traces_write(const struct rp_traces *traces, struct ev_writer *w)
{
	for (size_t i = 0; i < traces->n; i++) {
		const struct rp_trace *t = &traces->list[i];

		ev_write_object(w, NULL);
		ev_write_foreign(w, "item", ev_span_str(t->item));
		ev_write_foreign(w, "kind", ev_span_str(t->kind));
		ev_write_str(w, "what", t->what);
		ev_write_int(w, "offset", (int64_t)t->offset);
		ev_write_int(w, "length", (int64_t)t->length);
		write_value(t, w);
		if (t->within != NULL)
			ev_write_str(w, "within", t->within);
		ev_write_str(w, "withhold", t->withhold);
		ev_write_end(w);
	}
}
