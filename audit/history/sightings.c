/* SPDX-License-Identifier: Apache-2.0 */
/* Public sightings of launch measurements, read strictly. */
#include "audit/history/sightings.h"

#include "audit/references/reference_text.h"
#include "evidence/base/hex.h"

#include <stdio.h>
#include <stdlib.h>

static const char object[] = "sightings";
static const char format[] = "ecart-sightings/1";

/* A member and what it holds. */
struct member {
	const char *name, *field; /* field: for refusals */
	bool optional;
};

enum { PLATFORM, REGISTER, VALUE, PLACE, SOURCE, TIME, REMARKS, N_MEMBERS };

static const struct member members[N_MEMBERS] = {
	[PLATFORM] = { "platform", "list.platform", false },
	[REGISTER] = { "register", "list.register", false },
	[VALUE] = { "value", "list.value", false },
	[PLACE] = { "place", "list.place", false },
	[SOURCE] = { "source", "list.source", false },
	[TIME] = { "time", "list.time", true },
	[REMARKS] = { "remarks", "list.remarks", true },
};

static enum ev_code no_memory(struct ev_error *err)
{
	return ev_fail_trouble(err, object, "out of memory");
}

static enum ev_code refuse(struct ev_error *err, const struct member *m,
			   const struct ev_node *at, const char *want)
{
	return ev_fail_text(err, EV_VALUE, object, m->field, at->at, want,
			    at->text);
}

/* The strings of an entry in the order of the table; absent ones are NULL. */
static enum ev_code read_members(const struct ev_node *entry,
				 const struct ev_node *found[N_MEMBERS],
				 struct ev_error *err)
{
	const struct ev_node *v = ev_node_inside(entry);

	if (entry->type != EV_NODE_OBJECT)
		return ev_fail(err, EV_SYNTAX, object, "list", entry->at,
			       "an object", ev_node_type_word(entry));
	for (uint32_t i = 0; i < entry->n; i++, v = ev_node_next(v)) {
		size_t k = 0;

		while (k < N_MEMBERS &&
		       !ev_span_eq(v->name, ev_span_str(members[k].name)))
			k++;
		if (k == N_MEMBERS)
			return ev_fail_text(err, EV_VALUE, object, "list",
					    v->at, "no other member", v->name);
		if (v->type != EV_NODE_STRING)
			return ev_fail(err, EV_SYNTAX, object, members[k].field,
				       v->at, "a string", ev_node_type_word(v));
		found[k] = v;
	}
	for (size_t k = 0; k < N_MEMBERS; k++) {
		if (found[k] == NULL && !members[k].optional)
			return ev_fail(err, EV_MISSING, object,
				       members[k].field, entry->at, "a string",
				       "nothing");
	}
	return EV_OK;
}

static enum ev_code read_register(const struct ev_node *const found[N_MEMBERS],
				  struct au_sighting *s, struct ev_error *err)
{
	bool has_platform = false;

	for (size_t i = 0; i < au_n_registers; i++) {
		const struct au_register *reg = &au_registers[i];

		if (!ev_span_eq(found[PLATFORM]->text,
				ev_span_str(reg->platform_name)))
			continue;
		has_platform = true;
		if (ev_span_eq(found[REGISTER]->text, ev_span_str(reg->name)))
			s->reg = reg;
	}
	if (!has_platform)
		return refuse(err, &members[PLATFORM], found[PLATFORM],
			      "tdx, snp or vbs");
	if (s->reg == NULL)
		return refuse(err, &members[REGISTER], found[REGISTER],
			      "a launch register of the platform");
	return EV_OK;
}

/* Lower case: one spelling for one value. */
static enum ev_code read_value(const struct ev_node *v, struct au_sighting *s,
			       struct ev_error *err)
{
	char want[48];

	snprintf(want, sizeof(want), "%zu lower-case hex digits",
		 2 * s->reg->size);
	for (size_t i = 0; i < v->text.n; i++) {
		if (v->text.p[i] >= 'A' && v->text.p[i] <= 'F')
			return refuse(err, &members[VALUE], v, want);
	}
	if (!ev_hex_decode(v->text, s->value, s->reg->size))
		return refuse(err, &members[VALUE], v, want);
	return EV_OK;
}

/* A terminal obeys control characters, C1 (U+0080 to U+009F) among them. */
static bool has_controls(struct ev_span text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c < ' ' || c == 0x7f ||
		    (c == 0xc2 && i + 1 < text.n && text.p[i + 1] < 0xa0))
			return true;
	}
	return false;
}

static enum ev_code read_prose(const struct ev_node *const found[N_MEMBERS],
			       size_t k, struct ev_span *out,
			       struct ev_error *err)
{
	if (found[k] == NULL)
		return EV_OK;
	if (!au_text_is(AU_PROSE, found[k]->text) ||
	    has_controls(found[k]->text))
		return refuse(err, &members[k], found[k],
			      "1 to 1024 bytes of text without controls");
	*out = found[k]->text;
	return EV_OK;
}

static enum ev_code read_entry(const struct ev_node *entry,
			       struct au_sighting *s, struct ev_error *err)
{
	const struct ev_node *found[N_MEMBERS] = { NULL };

	if (read_members(entry, found, err) != EV_OK ||
	    read_register(found, s, err) != EV_OK ||
	    read_value(found[VALUE], s, err) != EV_OK ||
	    read_prose(found, PLACE, &s->place, err) != EV_OK ||
	    read_prose(found, SOURCE, &s->source, err) != EV_OK ||
	    read_prose(found, REMARKS, &s->remarks, err) != EV_OK)
		return err->code;
	s->at = entry->at;
	s->has_time = found[TIME] != NULL;
	if (s->has_time && !au_stated_time_parse(found[TIME]->text, &s->time))
		return refuse(err, &members[TIME], found[TIME],
			      "YYYY, YYYY-MM, YYYY-MM-DD or RFC 3339 with Z");
	return EV_OK;
}

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_content(const struct au_sighting *a, const struct au_sighting *b)
{
	int by = by_number(a->reg - au_registers, b->reg - au_registers);

	if (by == 0)
		by = memcmp(a->value, b->value, a->reg->size);
	if (by == 0)
		by = b->has_time - a->has_time;
	if (by == 0)
		by = by_number(a->time.first, b->time.first);
	if (by == 0)
		by = by_number(a->time.last, b->time.last);
	if (by == 0)
		by = ev_span_cmp(a->place, b->place);
	if (by == 0)
		by = ev_span_cmp(a->source, b->source);
	return by != 0 ? by : ev_span_cmp(a->remarks, b->remarks);
}

static int order(const void *left, const void *right)
{
	const struct au_sighting *a = left, *b = right;
	int by = by_content(a, b);

	return by != 0 ? by : by_number(a->at, b->at);
}

static enum ev_code settle(struct au_sightings *s, struct ev_error *err)
{
	if (s->n > 1)
		qsort(s->item, s->n, sizeof(*s->item), order);
	for (size_t i = 1; i < s->n; i++) {
		if (by_content(&s->item[i - 1], &s->item[i]) == 0)
			return ev_fail_text(err, EV_DUPLICATE, object, "list",
					    s->item[i].at, "each sighting once",
					    s->item[i].source);
	}
	return EV_OK;
}

/* A refusal of a member of the document, with where it stands. */
static enum ev_code refused_at(const struct ev_node *root, const char *member,
			       struct ev_error *err)
{
	const struct ev_node *v = ev_node_member(root, member);

	err->offset = v != NULL ? v->at : root->at;
	return err->code;
}

static enum ev_code read_list(struct au_sightings *s, struct ev_error *err)
{
	const struct ev_node *root = s->document.root, *list = NULL, *v;

	if (ev_node_get_array(root, object, "list", AU_SIGHTINGS_MAX, &list,
			      err) != EV_OK)
		return refused_at(root, "list", err);
	s->item = calloc(list->n > 0 ? list->n : 1, sizeof(*s->item));
	if (s->item == NULL)
		return no_memory(err);
	v = ev_node_inside(list);
	for (uint32_t i = 0; i < list->n; i++, v = ev_node_next(v)) {
		if (read_entry(v, &s->item[s->n++], err) != EV_OK)
			return err->code;
	}
	return settle(s, err);
}

/* "sightings" and "list", and nothing else. */
static enum ev_code read_document(struct au_sightings *s, struct ev_error *err)
{
	const struct ev_node *root = s->document.root, *v;
	struct ev_span word = { NULL, 0 };

	if (ev_node_get_str(root, object, "sightings", &word, err) == EV_OK &&
	    !ev_span_eq(word, ev_span_str(format)))
		ev_fail_text(err, EV_VALUE, object, "sightings", 0, format,
			     word);
	if (err->code != EV_OK)
		return refused_at(root, "sightings", err);
	v = ev_node_inside(root);
	for (uint32_t i = 0; i < root->n; i++, v = ev_node_next(v)) {
		if (!ev_span_eq(v->name, ev_span_str("sightings")) &&
		    !ev_span_eq(v->name, ev_span_str("list")))
			return ev_fail_text(err, EV_VALUE, object, "document",
					    v->at, "no other member", v->name);
	}
	return read_list(s, err);
}

enum ev_code au_sightings_parse(struct ev_span text, struct au_sightings *out,
				struct ev_error *err)
{
	struct au_sightings s = { 0 };

	if (ev_nodes_parse(text, AU_SIGHTINGS_BYTES_MAX, object, &s.document,
			   err) != EV_OK)
		return err->code;
	if (read_document(&s, err) != EV_OK) {
		au_sightings_free(&s);
		return err->code;
	}
	*out = s;
	return EV_OK;
}

void au_sightings_free(struct au_sightings *sightings)
{
	free(sightings->item);
	ev_nodes_free(&sightings->document);
	*sightings = (struct au_sightings){ 0 };
}
