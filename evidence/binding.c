/* SPDX-License-Identifier: Apache-2.0 */
/* The binding of a manifest: parsed strictly, borrowed from JSON. */
#include "evidence/binding.h"

#include "evidence/limits.h"
#include "evidence/manifest.h"
#include "evidence/session.h"

#include <stdlib.h>

static const char object[] = "binding";

static const char *const use_words[EV_N_USES] = {
	[EV_USE_HCL] = "hcl",
	[EV_USE_REPORT_DATA] = "report-data",
	[EV_USE_TPM_QUOTE] = "tpm-quote",
	[EV_USE_IMDS] = "imds",
	[EV_USE_MAA] = "maa",
	[EV_USE_ITA] = "ita",
	[EV_USE_TLS] = "tls",
};

const char *ev_use_word(enum ev_use use)
{
	return use_words[use];
}

/* --- paths --- */

static enum ev_code get_path(const struct ev_node *obj, const char *name,
			     const char **out, struct ev_error *err)
{
	struct ev_span path;

	if (ev_node_get_str(obj, object, name, &path, err) != EV_OK)
		return err->code;
	if (!ev_item_path_ok(path))
		return ev_fail_text(err, EV_VALUE, object, name, 0,
				    "the path of an item", path);
	*out = ev_node_text(ev_node_member(obj, name));
	return EV_OK;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the texts; one that stands there twice, or NULL. */
static const char *repeated(const char **texts, size_t n)
{
	qsort(texts, n, sizeof(*texts), compare_texts);
	for (size_t i = 1; i < n; i++)
		if (strcmp(texts[i - 1], texts[i]) == 0)
			return texts[i];
	return NULL;
}

static enum ev_code check_unique(const char **texts, size_t n,
				 const char *field, struct ev_error *err)
{
	const char *twice = repeated(texts, n);

	if (twice == NULL)
		return EV_OK;
	return ev_fail_text(err, EV_DUPLICATE, object, field, 0,
			    "each item once", ev_span_str(twice));
}

/* --- T --- */

static enum ev_code check_after(const struct ev_node *list, const char *own,
				struct ev_error *err)
{
	size_t n = list->n;
	ev_auto_free const char **paths = calloc(n + 1, sizeof(*paths));
	const struct ev_node *v = ev_node_inside(list);

	if (paths == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < n; i++, v = ev_node_next(v)) {
		struct ev_span path = v->text;

		if (v->type != EV_NODE_STRING)
			return ev_fail(err, EV_SYNTAX, object, "after", 0,
				       "a string", ev_node_type_word(v));
		if (!ev_item_path_ok(path) ||
		    ev_span_eq(path, ev_span_str(own)))
			return ev_fail_text(err, EV_VALUE, object, "after", 0,
					    "the path of another item", path);
		paths[i] = ev_node_text(v);
	}
	return check_unique(paths, n, "after", err);
}

static enum ev_code parse_after(const struct ev_node *entry,
				struct ev_nonce_use *u, struct ev_error *err)
{
	const struct ev_node *list;

	if (u->use != EV_USE_TPM_QUOTE) {
		if (ev_node_member(entry, "after") == NULL)
			return EV_OK;
		return ev_fail(err, EV_VALUE, object, "after", 0,
			       "no such member with this use", "one");
	}
	if (ev_node_get_array(entry, object, "after", EV_ITEMS_MAX, &list,
			      err) != EV_OK ||
	    check_after(list, u->item, err) != EV_OK)
		return err->code;
	u->after = list;
	return EV_OK;
}

/* --- entries --- */

static enum ev_code parse_use(const struct ev_node *entry, enum ev_use *out,
			      struct ev_error *err)
{
	struct ev_span word;

	if (ev_node_get_str(entry, object, "use", &word, err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < EV_N_USES; i++) {
		if (!ev_span_eq(word, ev_span_str(use_words[i])))
			continue;
		*out = (enum ev_use)i;
		return EV_OK;
	}
	return ev_fail_text(err, EV_VALUE, object, "use", 0,
			    "a use that " EV_SESSION_RECIPE " knows", word);
}

static enum ev_code parse_nonce(const struct ev_node *entry,
				struct ev_nonce_use *u, struct ev_error *err)
{
	uint64_t round = 0;

	if (entry->type != EV_NODE_OBJECT)
		return ev_fail(err, EV_SYNTAX, object, "nonces", 0, "objects",
			       ev_node_type_word(entry));
	if (parse_use(entry, &u->use, err) != EV_OK ||
	    ev_node_get_u64(entry, object, "round", EV_ROUNDS_MAX, &round,
			    err) != EV_OK)
		return err->code;
	if (round == 0)
		return ev_fail_u64(err, EV_VALUE, object, "round", 0, 1, 0);
	u->round = (unsigned int)round;
	if (get_path(entry, "item", &u->item, err) != EV_OK ||
	    parse_after(entry, u, err) != EV_OK)
		return err->code;
	if (u->use != EV_USE_TLS)
		return EV_OK;
	return ev_node_get_u64(entry, object, "index", UINT32_MAX, &u->index,
			       err);
}

/* One item holds one nonce, but for the tries of a TLS transcript. */
static enum ev_code check_items(const struct ev_binding *b,
				struct ev_error *err)
{
	ev_auto_free const char **items =
		calloc(b->n_nonces + 1, sizeof(*items));
	size_t n = 0;

	if (items == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < b->n_nonces; i++)
		if (b->nonces[i].use != EV_USE_TLS)
			items[n++] = b->nonces[i].item;
	return check_unique(items, n, "item", err);
}

static enum ev_code parse_nonces(const struct ev_node *binding,
				 struct ev_binding *b, struct ev_error *err)
{
	const struct ev_node *list, *v;
	size_t n;

	if (get_path(binding, "session", &b->session, err) != EV_OK ||
	    ev_node_get_array(binding, object, "nonces", EV_NONCES_MAX, &list,
			      err) != EV_OK)
		return err->code;
	n = list->n;
	b->nonces = calloc(n + 1, sizeof(*b->nonces));
	if (b->nonces == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	b->n_nonces = n;
	v = ev_node_inside(list);
	for (size_t i = 0; i < n; i++, v = ev_node_next(v))
		if (parse_nonce(v, &b->nonces[i], err) != EV_OK)
			return err->code;
	return check_items(b, err);
}

static enum ev_code parse(const struct ev_node *predicate, struct ev_binding *b,
			  struct ev_error *err)
{
	struct ev_span recipe;
	const struct ev_node *binding;

	if (ev_node_member(predicate, "binding") == NULL)
		return EV_OK;
	if (ev_node_get_object(predicate, object, "binding", &binding, err) !=
		    EV_OK ||
	    ev_node_get_str(binding, object, "recipe", &recipe, err) != EV_OK)
		return err->code;
	b->present = true;
	b->recipe = ev_node_text(ev_node_member(binding, "recipe"));
	b->recipe_known =
		ev_span_eq(recipe, EV_SPAN_LITERAL(EV_SESSION_RECIPE));
	if (!b->recipe_known)
		return EV_OK;
	return parse_nonces(binding, b, err);
}

enum ev_code ev_binding_parse(const struct ev_node *predicate,
			      struct ev_binding *out, struct ev_error *err)
{
	struct ev_binding b = { .present = false };

	if (parse(predicate, &b, err) != EV_OK) {
		ev_binding_free(&b);
		return err->code;
	}
	*out = b;
	return EV_OK;
}

void ev_binding_free(struct ev_binding *binding)
{
	free(binding->nonces);
	*binding = (struct ev_binding){ .present = false };
}

const struct ev_nonce_use *ev_binding_find(const struct ev_binding *binding,
					   const char *item)
{
	for (size_t i = 0; i < binding->n_nonces; i++)
		if (strcmp(binding->nonces[i].item, item) == 0)
			return &binding->nonces[i];
	return NULL;
}
