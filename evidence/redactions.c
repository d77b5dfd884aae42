/* SPDX-License-Identifier: Apache-2.0 */
/* The withheld items of a manifest, by name. */
#include "evidence/redactions.h"

#include "evidence/limits.h"
#include "evidence/manifest.h"

#include <stdlib.h>

static const char object[] = "redactions";

static enum ev_code parse_digest(const struct ev_node *entry,
				 struct ev_redaction *r, struct ev_error *err)
{
	bool plain = ev_node_member(entry, "digest") != NULL;
	const struct ev_node *digest;

	r->salted = ev_node_member(entry, "salted") != NULL;
	if (plain == r->salted)
		return ev_fail(err, plain ? EV_DUPLICATE : EV_MISSING, object,
			       "digest", 0, "digest or salted, one of them",
			       plain ? "both" : "neither");
	if (ev_node_get_object(entry, object, plain ? "digest" : "salted",
			       &digest, err) != EV_OK ||
	    ev_node_get_hex(digest, object, "sha256", r->sha256,
			    sizeof(r->sha256), err) != EV_OK)
		return err->code;
	r->has_sha384 = plain && ev_node_member(digest, "sha384") != NULL;
	if (!r->has_sha384)
		return EV_OK;
	return ev_node_get_hex(digest, object, "sha384", r->sha384,
			       sizeof(r->sha384), err);
}

/* Text that may be of any length up to max. */
static enum ev_code get_text(const struct ev_node *entry, const char *name,
			     size_t max, const char **out, struct ev_error *err)
{
	struct ev_span text;

	if (ev_node_get_str(entry, object, name, &text, err) != EV_OK)
		return err->code;
	if (text.n > max)
		return ev_fail_u64(err, EV_LIMIT, object, name, 0, max, text.n);
	*out = ev_node_text(ev_node_member(entry, name));
	return EV_OK;
}

static enum ev_code parse_entry(const struct ev_node *entry,
				struct ev_redaction *r, struct ev_error *err)
{
	if (entry->type != EV_NODE_OBJECT)
		return ev_fail(err, EV_SYNTAX, object, "entry", 0, "an object",
			       ev_node_type_word(entry));
	if (get_text(entry, "name", EV_PATH_TEXT - 1, &r->name, err) != EV_OK)
		return err->code;
	if (!ev_item_path_ok(ev_span_str(r->name)))
		return ev_fail_text(err, EV_VALUE, object, "name", 0,
				    "the path of an item",
				    ev_span_str(r->name));
	if (get_text(entry, "kind", EV_REDACTION_TEXT_MAX, &r->kind, err) !=
		    EV_OK ||
	    get_text(entry, "reason", EV_REDACTION_TEXT_MAX, &r->reason, err) !=
		    EV_OK ||
	    ev_node_get_u64(entry, object, "size", EV_ITEM_MAX, &r->size,
			    err) != EV_OK)
		return err->code;
	return parse_digest(entry, r, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct ev_redaction *)a)->name,
		      ((const struct ev_redaction *)b)->name);
}

static enum ev_code parse(const struct ev_node *list, struct ev_redactions *r,
			  struct ev_error *err)
{
	const struct ev_node *v = ev_node_inside(list);

	for (size_t i = 0; i < r->n; i++, v = ev_node_next(v))
		if (parse_entry(v, &r->list[i], err) != EV_OK)
			return err->code;
	qsort(r->list, r->n, sizeof(*r->list), by_name);
	for (size_t i = 1; i < r->n; i++)
		if (by_name(&r->list[i - 1], &r->list[i]) == 0)
			return ev_fail_text(err, EV_DUPLICATE, object, "name",
					    0, "each name once",
					    ev_span_str(r->list[i].name));
	return EV_OK;
}

enum ev_code ev_redactions_parse(const struct ev_node *predicate,
				 struct ev_redactions *out,
				 struct ev_error *err)
{
	struct ev_redactions r = { .n = 0 };
	const struct ev_node *list;

	if (ev_node_member(predicate, "redactions") == NULL) {
		*out = r;
		return EV_OK;
	}
	if (ev_node_get_array(predicate, object, "redactions", EV_ITEMS_MAX,
			      &list, err) != EV_OK)
		return err->code;
	r.n = list->n;
	r.list = calloc(r.n + 1, sizeof(*r.list));
	if (r.list == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (parse(list, &r, err) != EV_OK) {
		ev_redactions_free(&r);
		return err->code;
	}
	*out = r;
	return EV_OK;
}

void ev_redactions_free(struct ev_redactions *redactions)
{
	free(redactions->list);
	*redactions = (struct ev_redactions){ .n = 0 };
}

static int compare_name(const void *key, const void *redaction)
{
	return strcmp(key, ((const struct ev_redaction *)redaction)->name);
}

const struct ev_redaction *
ev_redactions_find(const struct ev_redactions *redactions, const char *name)
{
	if (redactions->n == 0)
		return NULL;
	return bsearch(name, redactions->list, redactions->n,
		       sizeof(*redactions->list), compare_name);
}
