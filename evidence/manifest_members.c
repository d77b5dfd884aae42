/* SPDX-License-Identifier: Apache-2.0 */
/* A table of the members that the format has, and what is not in it. */
#include "evidence/manifest_members.h"

#include <stdio.h>

static const char object[] = "manifest";

#define MEMBERS_MAX 12

static const char *const statement[MEMBERS_MAX] = { "_type", "predicateType",
						    "subject", "predicate" };
static const char *const predicate[MEMBERS_MAX] = {
	"format",	 "items",    "time",   "collector",  "binding",
	"subjectSystem", "previous", "series", "redactions",
};
static const char *const collector[MEMBERS_MAX] = {
	"name", "version", "verb", "digest", "clock", "root", "steps",
};
static const char *const item[MEMBERS_MAX] = {
	"name",	  "size",  "kind",    "mediaType", "collected",
	"source", "nonce", "relates", "scheme",
};

/* What was found so far. */
struct search {
	const char *where, *name; /* of the first */
	size_t n;
};

static bool is_known(const char *const known[MEMBERS_MAX], const char *name)
{
	for (size_t i = 0; i < MEMBERS_MAX && known[i] != NULL; i++)
		if (strcmp(known[i], name) == 0)
			return true;
	return false;
}

/* Not an object, or absent: nothing in it. */
static void look(struct search *s, const struct ev_node *obj, const char *where,
		 const char *const known[MEMBERS_MAX])
{
	const struct ev_node *v;

	if (obj == NULL || obj->type != EV_NODE_OBJECT)
		return;
	v = ev_node_inside(obj);
	for (uint32_t i = 0; i < obj->n; i++, v = ev_node_next(v)) {
		const char *name = (const char *)v->name.p;

		if (is_known(known, name) || s->n++ > 0)
			continue;
		s->where = where;
		s->name = name;
	}
}

bool ev_manifest_has_unknown(const struct ev_manifest *m, struct ev_error *note)
{
	struct search s = { .n = 0 };
	char name[64], found[EV_TEXT_MAX];

	look(&s, m->nodes.root, "statement", statement);
	look(&s, m->predicate, "predicate", predicate);
	look(&s, ev_node_member(m->predicate, "collector"), "collector",
	     collector);
	for (size_t i = 0; i < m->n_items; i++)
		look(&s, m->items[i].entry, "items", item);
	if (s.n == 0)
		return false;
	ev_show(ev_span_str(s.name), name, sizeof(name));
	if (s.n == 1)
		snprintf(found, sizeof(found), "%s: %s", s.where, name);
	else
		snprintf(found, sizeof(found), "%s: %s, and %zu more", s.where,
			 name, s.n - 1);
	ev_fail(note, EV_VALUE, object, "member", 0,
		"members of " EV_ARCHIVE_FORMAT, found);
	return true;
}
