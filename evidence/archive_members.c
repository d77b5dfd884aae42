/* SPDX-License-Identifier: Apache-2.0 */
/* Every member of the tar matched with the manifest. */
#include "evidence/archive_members.h"

#include "evidence/archive_path.h"
#include "evidence/lockstep.h"

#include <stdlib.h>

static const char object[] = "archive";

/* In the order in which they must stand. */
enum group { GROUP_MANIFEST, GROUP_SIG, GROUP_ITEMS, GROUP_NONE };

/* What the walk knows beside the archive itself. */
struct walk {
	struct ev_archive *archive;
	enum group group;	 /* of the members so far */
	char last[EV_PATH_TEXT]; /* name of the member before */
	uint64_t sigs_size;	 /* of the sig/ files so far */
	size_t sigs_room;	 /* in the archive's list of them */
	struct archive *reader;	 /* libarchive's, in step with the walk */
	struct ev_error apart;	 /* where it was not, and at which member */
	char apart_name[EV_PATH_TEXT];
	struct ev_error *err;
};

/* The first note is enough: a tar by another program has one per member. */
static bool noted(const struct ev_archive *a)
{
	for (size_t i = 0; i < a->n_problems; i++) {
		if (a->problem[i].code == EV_ARCHIVE_NONCANONICAL)
			return true;
	}
	return false;
}

void ev_archive_add_problem(struct ev_archive *a, enum ev_archive_code code,
			    const char *name, const struct ev_error *err)
{
	struct ev_archive_problem *p;

	if (code == EV_ARCHIVE_NONCANONICAL && noted(a))
		return;
	if (a->n_problems == EV_ARCHIVE_PROBLEMS_MAX) {
		a->more_problems = true;
		return;
	}
	if (a->problem == NULL)
		a->problem = calloc(EV_ARCHIVE_PROBLEMS_MAX, sizeof(*p));
	if (a->problem == NULL) {
		a->no_memory = true;
		return;
	}
	p = &a->problem[a->n_problems++];
	p->code = code;
	memcpy(p->name, name, strlen(name) + 1);
	p->err = *err;
}

static void add_fault(struct walk *w, enum ev_archive_code code,
		      const struct ev_tar_member *m, const char *field,
		      const char *want, const char *found)
{
	struct ev_error err = { 0 };

	ev_fail(&err, EV_VALUE, object, field, m->header_offset, want, found);
	ev_archive_add_problem(w->archive, code, m->name, &err);
}

static enum group group_of(const char *name)
{
	if (strcmp(name, "manifest.json") == 0)
		return GROUP_MANIFEST;
	if (strncmp(name, "sig/", 4) == 0)
		return GROUP_SIG;
	return strncmp(name, "items/", 6) == 0 ? GROUP_ITEMS : GROUP_NONE;
}

static void check_order(struct walk *w, const struct ev_tar_member *m,
			enum group group)
{
	if (group < w->group)
		add_fault(w, EV_ARCHIVE_CONTAINER, m, "order",
			  "manifest.json, sig/, items/", "another order");
	else if (group == w->group && strcmp(w->last, m->name) > 0)
		add_fault(w, EV_ARCHIVE_NONCANONICAL, m, "order",
			  "bytewise order", "another order");
	if (group > w->group)
		w->group = group;
	memcpy(w->last, m->name, sizeof(w->last));
}

/* Room for one more; most archives have one or two, and none many. */
static bool reserve_sig(struct walk *w)
{
	struct ev_archive *a = w->archive;
	size_t room = w->sigs_room > 0 ? 2 * w->sigs_room : 4;
	struct ev_member *p = a->sigs;

	if (a->n_sigs < w->sigs_room)
		return true;
	p = reallocarray(p, room, sizeof(*p));
	if (p == NULL)
		return false;
	memset(p + a->n_sigs, 0, (room - a->n_sigs) * sizeof(*p));
	a->sigs = p;
	w->sigs_room = room;
	return true;
}

static enum ev_code take_sig(struct walk *w, const struct ev_tar_member *m)
{
	struct ev_archive *a = w->archive;
	uint64_t max = ev_archive_sig_max(m->name);
	struct ev_member *sig;

	if (a->n_sigs == EV_SIG_FILES_MAX)
		return ev_fail_u64(w->err, EV_LIMIT, object, "sig/ files",
				   m->header_offset, EV_SIG_FILES_MAX,
				   a->n_sigs + 1);
	if (m->size > max)
		return ev_fail_u64(w->err, EV_LIMIT, object, "sig/ file",
				   m->header_offset, max, m->size);
	w->sigs_size += m->size;
	if (w->sigs_size > EV_SIG_ALL_MAX)
		return ev_fail_u64(w->err, EV_LIMIT, object, "sig/ files",
				   m->header_offset, EV_SIG_ALL_MAX,
				   w->sigs_size);
	if (!reserve_sig(w))
		return ev_fail_trouble(w->err, object, "out of memory");
	sig = &a->sigs[a->n_sigs++];
	memcpy(sig->name, m->name, sizeof(sig->name));
	sig->data = m->data;
	sig->tar_offset = m->header_offset + EV_TAR_BLOCK;
	return EV_OK;
}

static void take_item(struct walk *w, const struct ev_tar_member *m)
{
	struct ev_archive *a = w->archive;
	const struct ev_manifest_item *entry =
		ev_manifest_find(&a->manifest, m->name);
	struct ev_member *item;
	struct ev_error err = { 0 };

	if (entry == NULL) {
		add_fault(w, EV_ARCHIVE_EXTRA_ITEM, m, "item",
			  "a member that the manifest names", "another");
		return;
	}
	item = &a->items[entry - a->manifest.items];
	if (item->name[0] != 0) {
		add_fault(w, EV_ARCHIVE_CONTAINER, m, "name",
			  "each member once", "the same name again");
		return;
	}
	memcpy(item->name, m->name, sizeof(item->name));
	item->data = m->data;
	item->tar_offset = m->header_offset + EV_TAR_BLOCK;
	if (m->size == entry->size)
		return;
	ev_fail_u64(&err, EV_VALUE, object, "size", m->header_offset,
		    entry->size, m->size);
	ev_archive_add_problem(a, EV_ARCHIVE_SIZE, m->name, &err);
}

static enum ev_code take_member(struct walk *w, const struct ev_tar_member *m,
				bool first)
{
	enum group group = group_of(m->name);

	if (group == GROUP_NONE || !ev_archive_path_ok(ev_span_str(m->name))) {
		struct ev_tar_member unnamed = *m;

		unnamed.name[0] = 0; /* it may be anything */
		add_fault(w, EV_ARCHIVE_CONTAINER, &unnamed, "name",
			  "a path of the archive format", "another");
		return EV_OK;
	}
	check_order(w, m, group);
	if (group == GROUP_SIG)
		return take_sig(w, m);
	if (group == GROUP_ITEMS)
		take_item(w, m);
	else if (!first)
		add_fault(w, EV_ARCHIVE_CONTAINER, m, "name",
			  "each member once", "the same name again");
	return EV_OK;
}

/* What libarchive sees there; behind the first difference, nothing. */
static void keep_step(struct walk *w, const struct ev_tar_member *m)
{
	if (w->apart.code == EV_OK &&
	    ev_lockstep_member(w->reader, m, &w->apart) != EV_OK &&
	    ev_archive_path_ok(ev_span_str(m->name)))
		memcpy(w->apart_name, m->name, sizeof(w->apart_name));
}

/* Walks to the end blocks or to the first broken header, where *whole stays
 * false: behind that nothing can be told apart. */
static enum ev_code walk_members(struct walk *w, bool *whole)
{
	struct ev_tar tar = { .in = w->archive->tar };
	struct ev_tar_member m = { 0 };
	bool end = false;

	for (;;) {
		struct ev_error note = { 0 }, err = { 0 };
		bool first = tar.at == 0;

		if (ev_tar_next(&tar, &m, &end, &note, &err) != EV_OK) {
			ev_archive_add_problem(w->archive, EV_ARCHIVE_CONTAINER,
					       "", &err);
			return EV_OK;
		}
		if (note.code != EV_OK)
			ev_archive_add_problem(w->archive,
					       EV_ARCHIVE_NONCANONICAL,
					       end ? "" : m.name, &note);
		if (end)
			break;
		keep_step(w, &m);
		if (take_member(w, &m, first) != EV_OK)
			return w->err->code;
	}
	if (w->apart.code == EV_OK)
		ev_lockstep_end(w->reader, tar.at, &w->apart);
	*whole = true;
	return EV_OK;
}

static int compare_sigs(const void *a, const void *b)
{
	const struct ev_member *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	return (x->tar_offset > y->tar_offset) -
	       (x->tar_offset < y->tar_offset);
}

static void check_sigs(struct ev_archive *a)
{
	const char *names[256];
	const char *clash;
	struct ev_error err = { 0 };

	_Static_assert(sizeof(names) / sizeof(*names) >= 256,
		       "as many as EV_SIG_FILES_MAX");
	if (a->n_sigs == 0)
		return;
	qsort(a->sigs, a->n_sigs, sizeof(*a->sigs), compare_sigs);
	for (size_t i = 0; i < a->n_sigs; i++)
		names[i] = a->sigs[i].name;
	clash = ev_archive_paths_clash(names, a->n_sigs);
	if (clash == NULL)
		return;
	ev_fail(&err, EV_DUPLICATE, object, "name", 0,
		"paths that differ on every disk", clash);
	ev_archive_add_problem(a, EV_ARCHIVE_CONTAINER, clash, &err);
}

/* Only of a whole tar: in a broken one, absence says nothing. */
static void check_missing(struct ev_archive *a)
{
	for (size_t i = 0; i < a->manifest.n_items; i++) {
		struct ev_error err = { 0 };

		if (a->items[i].name[0] != 0)
			continue;
		ev_fail(&err, EV_MISSING, object, "item", 0,
			"a member for every subject", "none");
		ev_archive_add_problem(a, EV_ARCHIVE_MISSING_ITEM,
				       a->manifest.items[i].name, &err);
	}
}

static enum ev_code check_step(struct walk *w)
{
	if (w->apart.code == EV_TROUBLE)
		*w->err = w->apart;
	else if (w->apart.code != EV_OK)
		ev_archive_add_problem(w->archive, EV_ARCHIVE_CONTAINER,
				       w->apart_name, &w->apart);
	return w->err->code;
}

static enum ev_code read_members(struct walk *w)
{
	bool whole = false;

	if (walk_members(w, &whole) != EV_OK)
		return w->err->code;
	check_sigs(w->archive);
	if (!whole)
		return EV_OK;
	check_missing(w->archive);
	return check_step(w);
}

enum ev_code ev_archive_read_members(struct ev_archive *archive,
				     struct ev_error *err)
{
	struct walk w = { .archive = archive, .err = err };
	size_t n = archive->manifest.n_items;
	enum ev_code code;

	archive->items = calloc(n > 0 ? n : 1, sizeof(*archive->items));
	if (archive->items == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	ev_lockstep_begin(archive->tar, &w.reader, &w.apart);
	code = read_members(&w);
	ev_lockstep_free(w.reader);
	return code;
}
