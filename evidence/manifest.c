/* SPDX-License-Identifier: Apache-2.0 */
/* The Statement of an archive: parsed strictly, borrowed from JSON. */
#include "evidence/manifest.h"

#include "evidence/archive_path.h"
#include "evidence/base/json.h"
#include "evidence/base/time.h"
#include "evidence/limits.h"
#include "evidence/manifest_digests.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char object[] = "manifest";

static const char statement_type[] = "https://in-toto.io/Statement/v1";
static const char predicate_type[] =
	"https://w3id.org/ecart/evidence-archive/v1";

/* A refusal of text that came with the evidence. */
static enum ev_code refuse_text(struct ev_error *err, enum ev_code code,
				const char *field, const char *want,
				struct ev_span found)
{
	ev_auto_buffer struct ev_buffer shown = { 0 };
	const char *text;

	if (found.n > EV_TEXT_MAX)
		found.n = EV_TEXT_MAX;
	ev_escape_foreign(found, &shown);
	ev_buffer_add_byte(&shown, 0);
	text = ev_buffer_ok(&shown) ? (const char *)shown.p : "";
	return ev_fail(err, code, object, field, 0, want, text);
}

/* A string member that may be absent: NULL then. */
static enum ev_code get_optional(const struct ev_node *obj, const char *name,
				 const char **out, struct ev_error *err)
{
	const struct ev_node *v = ev_node_member(obj, name);

	*out = NULL;
	if (v == NULL)
		return EV_OK;
	*out = ev_node_text(v);
	if (*out == NULL)
		return refuse_text(err, EV_SYNTAX, "item", "a string in member",
				   ev_span_str(name));
	return EV_OK;
}

/* A type that must be exactly this one; a later version is named as such. */
static enum ev_code check_type(const struct ev_node *obj, const char *name,
			       const char *want, const char *hint,
			       struct ev_error *err)
{
	struct ev_span text;

	if (ev_node_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	if (ev_span_eq(text, ev_span_str(want)))
		return EV_OK;
	return refuse_text(err, EV_VALUE, name, hint, text);
}

static enum ev_code check_types(const struct ev_node *statement,
				const struct ev_node **predicate,
				struct ev_error *err)
{
	if (check_type(statement, "_type", statement_type, statement_type,
		       err) != EV_OK ||
	    check_type(statement, "predicateType", predicate_type,
		       "an ecart evidence archive; this build reads up to "
		       "version 1",
		       err) != EV_OK ||
	    ev_node_get_object(statement, object, "predicate", predicate,
			       err) != EV_OK)
		return err->code;
	return check_type(*predicate, "format", EV_ARCHIVE_FORMAT,
			  EV_ARCHIVE_FORMAT
			  ", the latest format that this build reads",
			  err);
}

static enum ev_code parse_relates(const struct ev_node *entry,
				  struct ev_manifest_item *item,
				  struct ev_error *err)
{
	const struct ev_node *list, *pair;
	size_t n;

	if (ev_node_member(entry, "relates") == NULL)
		return EV_OK;
	if (ev_node_get_array(entry, object, "relates", EV_ITEMS_MAX, &list,
			      err) != EV_OK)
		return err->code;
	n = list->n;
	if (n == 0)
		return EV_OK;
	item->relates = calloc(n, sizeof(*item->relates));
	if (item->relates == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	item->n_relates = n;
	pair = ev_node_inside(list);
	for (size_t i = 0; i < n; i++, pair = ev_node_next(pair)) {
		struct ev_relation *r = &item->relates[i];

		r->rel = ev_node_text(ev_node_member(pair, "rel"));
		r->name = ev_node_text(ev_node_member(pair, "name"));
		if (r->rel == NULL || r->name == NULL)
			return refuse_text(err, EV_SYNTAX, "relates",
					   "objects with rel and name",
					   ev_span_str(item->name));
	}
	return EV_OK;
}

static enum ev_code parse_source(const struct ev_node *entry,
				 struct ev_manifest_item *item,
				 struct ev_error *err)
{
	const char *nonce = NULL;
	const struct ev_node *source;

	if (get_optional(entry, "scheme", &item->scheme, err) != EV_OK ||
	    get_optional(entry, "nonce", &nonce, err) != EV_OK)
		return err->code;
	if (nonce != NULL)
		item->nonce = ev_span_str(nonce);
	if (ev_node_member(entry, "source") == NULL)
		return EV_OK;
	if (ev_node_get_object(entry, object, "source", &source, err) !=
		    EV_OK ||
	    get_optional(source, "type", &item->source_type, err) != EV_OK ||
	    get_optional(source, "detail", &item->source_detail, err) !=
		    EV_OK ||
	    get_optional(source, "uri", &item->source_uri, err) != EV_OK)
		return err->code;
	return EV_OK;
}

static enum ev_code parse_kind(const struct ev_node *entry,
			       struct ev_manifest_item *item,
			       struct ev_error *err)
{
	struct ev_span kind;

	if (ev_node_get_str(entry, object, "kind", &kind, err) != EV_OK ||
	    ev_node_get_u64(entry, object, "size", EV_ITEM_MAX, &item->size,
			    err) != EV_OK)
		return err->code;
	item->kind_name = ev_node_text(ev_node_member(entry, "kind"));
	item->kind = ev_kind_find(kind);
	if (item->kind != NULL && item->size > item->kind->max_size)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   item->kind->max_size, item->size);
	return EV_OK;
}

/* The subject says name and digests, the predicate's entry all else. */
static enum ev_code parse_item(const struct ev_node *subject,
			       const struct ev_node *entry,
			       const struct ev_manifest_item *before,
			       struct ev_manifest_item *item,
			       struct ev_error *err)
{
	struct ev_span name, again;

	if (ev_node_get_str(subject, object, "name", &name, err) != EV_OK ||
	    ev_node_get_str(entry, object, "name", &again, err) != EV_OK)
		return err->code;
	if (!ev_span_eq(name, again))
		return refuse_text(err, EV_VALUE, "items",
				   "the same names as subject", again);
	if (!ev_item_path_ok(name))
		return refuse_text(err, EV_VALUE, "name",
				   "items/ and a path of the archive format",
				   name);
	item->name = ev_node_text(ev_node_member(subject, "name"));
	if (before != NULL && strcmp(before->name, item->name) >= 0)
		return refuse_text(err, EV_VALUE, "subject",
				   "names in bytewise order, each once", name);
	item->entry = entry;
	if (parse_kind(entry, item, err) != EV_OK ||
	    ev_manifest_digests_parse(subject, item, err) != EV_OK ||
	    parse_relates(entry, item, err) != EV_OK)
		return err->code;
	return parse_source(entry, item, err);
}

static enum ev_code parse_items(struct ev_manifest *m, struct ev_error *err)
{
	const struct ev_node *subjects, *entries, *s, *e;
	size_t n;

	if (ev_node_get_array(m->nodes.root, object, "subject", EV_ITEMS_MAX,
			      &subjects, err) != EV_OK ||
	    ev_node_get_array(m->predicate, object, "items", EV_ITEMS_MAX,
			      &entries, err) != EV_OK)
		return err->code;
	n = subjects->n;
	if (entries->n != n)
		return ev_fail_u64(err, EV_VALUE, object, "items", 0, n,
				   entries->n);
	m->items = calloc(n > 0 ? n : 1, sizeof(*m->items));
	if (m->items == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	m->n_items = n;
	s = ev_node_inside(subjects);
	e = ev_node_inside(entries);
	for (size_t i = 0; i < n; i++) {
		if (parse_item(s, e, i > 0 ? &m->items[i - 1] : NULL,
			       &m->items[i], err) != EV_OK)
			return err->code;
		s = ev_node_next(s);
		e = ev_node_next(e);
	}
	return EV_OK;
}

static enum ev_code check_collisions(const struct ev_manifest *m,
				     struct ev_error *err)
{
	const char **names =
		calloc(m->n_items > 0 ? m->n_items : 1, sizeof(*names));
	const char *clash;

	if (names == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < m->n_items; i++)
		names[i] = m->items[i].name;
	clash = ev_archive_paths_clash(names, m->n_items);
	free(names);
	if (clash == NULL)
		return EV_OK;
	return refuse_text(err, EV_DUPLICATE, "subject",
			   "paths that differ on every disk",
			   ev_span_str(clash));
}

/* Archive format, JSON: 1 to 9 digits of a fraction may follow, the last not
 * 0; whole seconds are what is judged by. */
static enum ev_code parse_time(const struct ev_node *predicate, int64_t *out,
			       struct ev_error *err)
{
	struct ev_span text;

	if (ev_node_get_str(predicate, object, "time", &text, err) != EV_OK)
		return err->code;
	if (ev_time_parse_fraction(text, out) &&
	    (text.n == 20 || text.p[text.n - 2] != '0'))
		return EV_OK;
	return refuse_text(err, EV_SYNTAX, "time",
			   "YYYY-MM-DDTHH:MM:SS[.s...]Z", text);
}

static int compare_item(const void *key, const void *item)
{
	return strcmp(key, ((const struct ev_manifest_item *)item)->name);
}

const struct ev_manifest_item *
ev_manifest_find(const struct ev_manifest *manifest, const char *name)
{
	if (manifest->n_items == 0)
		return NULL;
	return bsearch(name, manifest->items, manifest->n_items,
		       sizeof(*manifest->items), compare_item);
}

/* What was withheld is not there. */
static enum ev_code parse_redactions(struct ev_manifest *m,
				     struct ev_error *err)
{
	if (ev_redactions_parse(m->predicate, &m->redactions, err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < m->redactions.n; i++) {
		const char *name = m->redactions.list[i].name;

		if (ev_manifest_find(m, name) != NULL)
			return refuse_text(err, EV_DUPLICATE, "redactions",
					   "items that are not there",
					   ev_span_str(name));
	}
	return EV_OK;
}

static enum ev_code parse_claims(struct ev_manifest *m, struct ev_error *err)
{
	const struct ev_node *collector =
		ev_node_member(m->predicate, "collector");

	if (get_optional(collector, "verb", &m->verb, err) != EV_OK)
		return err->code;
	if (ev_node_member(m->predicate, "time") == NULL)
		return EV_OK;
	m->has_time = true;
	return parse_time(m->predicate, &m->time, err);
}

static enum ev_code parse_statement(struct ev_span text, struct ev_manifest *m,
				    struct ev_error *err)
{
	const struct ev_node *predicate = NULL;

	if (ev_nodes_parse(text, EV_MANIFEST_MAX, object, &m->nodes, err) !=
		    EV_OK ||
	    check_types(m->nodes.root, &predicate, err) != EV_OK)
		return err->code;
	m->predicate = predicate;
	if (parse_items(m, err) != EV_OK || parse_redactions(m, err) != EV_OK ||
	    parse_claims(m, err) != EV_OK)
		return err->code;
	return check_collisions(m, err);
}

enum ev_code ev_manifest_parse(struct ev_span text, struct ev_manifest *out,
			       struct ev_error *err)
{
	struct ev_manifest m = { 0 };
	enum ev_code code = parse_statement(text, &m, err);

	if (code == EV_OK) {
		code = ev_json_check_canonical(text, NULL, object,
					       &m.not_canonical);
		if (code == EV_OK)
			code = ev_manifest_digests_check_spelling(
				&m, &m.not_canonical);
		m.canonical = code == EV_OK;
		if (code == EV_TROUBLE)
			*err = m.not_canonical;
		else
			code = EV_OK;
	}
	if (code != EV_OK) {
		ev_manifest_free(&m);
		return code;
	}
	*out = m;
	return EV_OK;
}

void ev_manifest_free(struct ev_manifest *manifest)
{
	for (size_t i = 0; i < manifest->n_items; i++)
		free(manifest->items[i].relates);
	free(manifest->items);
	ev_redactions_free(&manifest->redactions);
	ev_nodes_free(&manifest->nodes);
	*manifest = (struct ev_manifest){ 0 };
}
