/* SPDX-License-Identifier: Apache-2.0 */
/* Tagged events of boot loaders, kernels, and agents. */
#include "evidence/event_tag.h"

#include "evidence/base/reader.h"
#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/sipa.h"

struct row {
	uint32_t tag;
	const char *name;
};

static const struct row rows[] = {
	/* Linux, drivers/firmware/efi/libstub/efistub.h */
	{ 0x8f3b22ec, "Linux initrd" },
	{ EV_TAG_LOAD_OPTIONS, "Linux load options" },
	/* systemd, src/boot: loader.conf */
	{ 0xf5bc582a, "systemd loader.conf" },
	/* Confidential Containers: "LEAA", domain, operation, content */
	{ 0x4141454c, "CoCo runtime event" },
};

static const char *name_of(uint32_t tag)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].tag == tag)
			return rows[i].name;
	return NULL;
}

struct tagged {
	uint32_t tag;
	uint64_t offset;
	struct ev_span payload;
};

static bool next(struct ev_reader *r, struct tagged *out)
{
	if (!ev_reader_ok(r) || r->left.n == 0)
		return false;
	out->offset = ev_reader_offset(r);
	out->tag = ev_read_u32le(r, "taggedEventID");
	out->payload = ev_read_span(r, ev_read_u32le(r, "taggedEventDataSize"),
				    "taggedEventData");
	return ev_reader_ok(r);
}

bool ev_event_tag_is(const struct ev_tcg_event *e, uint32_t tag)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_event_reader(e, "event-tag", &err);
	struct tagged t;

	return next(&r, &t) && t.tag == tag;
}

/* Early kernels wrote the text without a tag. */
static bool is_tagged(const struct ev_tcg_event *e)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_event_reader(e, "event-tag", &err);
	struct tagged t;

	while (next(&r, &t))
		;
	return err.code == EV_OK && e->data.n > 0;
}

static void write_tags(const struct ev_tcg_event *e, struct ev_writer *w)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_event_reader(e, "event-tag", &err);
	struct tagged t;
	uint64_t n = 0;

	ev_write_array(w, "tags");
	for (; next(&r, &t); n++) {
		if (n >= EV_EVENT_LIST_MAX)
			continue;
		ev_write_object(w, NULL);
		ev_show_number(w, "tag", t.offset, 4, t.tag);
		if (name_of(t.tag) != NULL)
			ev_write_str(w, "name", name_of(t.tag));
		ev_event_write_loose(w, t.offset + 8, t.payload);
		ev_write_end(w);
	}
	ev_write_end(w);
	ev_event_left_out(w, n);
}

void ev_event_tag_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	if (ev_sipa_is(e->data))
		ev_sipa_write(w, e->data, ev_event_data_offset(e));
	else if (is_tagged(e))
		write_tags(e, w);
	else
		ev_event_write_text(e, w);
}

static void describe_tags(const struct ev_tcg_event *e, struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_event_reader(e, "event-tag", &err);
	struct tagged t = { 0 };

	next(&r, &t);
	if (name_of(t.tag) != NULL)
		ev_buffer_add_str(out, name_of(t.tag));
	else
		ev_buffer_printf(out, "tag 0x%08x", t.tag);
	ev_buffer_add_str(out, ": ");
	ev_event_describe_loose(t.payload, out);
}

void ev_event_tag_describe(const struct ev_tcg_event *e, struct ev_buffer *out)
{
	if (ev_sipa_is(e->data))
		ev_sipa_describe(e->data, out);
	else if (is_tagged(e))
		describe_tags(e, out);
	else
		ev_event_describe_text(e, out);
}
