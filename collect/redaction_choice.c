/* SPDX-License-Identifier: Apache-2.0 */
/* From names to the items that go. */
#include "collect/redaction_choice.h"

#include "evidence/base/cleanup.h"
#include "evidence/session.h"

#include <stdio.h>
#include <stdlib.h>

static const char object[] = "redact";

static enum ev_code no_memory(struct ev_error *err)
{
	return ev_fail_trouble(err, object, "out of memory");
}

static enum ev_code refuse(struct ev_error *err, const char *want,
			   const char *name)
{
	return ev_fail_text(err, EV_VALUE, object, "item", 0, want,
			    ev_span_str(name));
}

/* One of another size is none: bytes could move between it and the item. */
static bool is_salt(const struct ev_manifest_item *item)
{
	return strcmp(item->kind_name, "salt") == 0 &&
	       item->size == EV_SESSION_SALT_SIZE;
}

/* --- relations --- */

/* The next item that this one has the relation to, from *at on. */
static const struct ev_manifest_item *
next_related(const struct ev_manifest *m, const struct ev_manifest_item *item,
	     const char *rel, size_t *at)
{
	while (*at < item->n_relates) {
		const struct ev_relation *r = &item->relates[(*at)++];
		const struct ev_manifest_item *other =
			strcmp(r->rel, rel) == 0 ? ev_manifest_find(m, r->name)
						 : NULL;

		if (other != NULL)
			return other;
	}
	return NULL;
}

/* Each salt says whose it is; of several the first counts, as in bind.*. */
static void find_salts(const struct ev_manifest *m,
		       struct co_redaction_choice *c)
{
	for (size_t i = 0; i < m->n_items; i++)
		c->salt[i] = CO_NO_SALT;
	for (size_t i = 0; i < m->n_items; i++) {
		const struct ev_manifest_item *of;
		size_t at = 0;

		if (!is_salt(&m->items[i]))
			continue;
		while ((of = next_related(m, &m->items[i], "salt-of", &at)) !=
		       NULL)
			if (c->salt[of - m->items] == CO_NO_SALT)
				c->salt[of - m->items] = i;
	}
}

/* --- what is named --- */

static enum ev_code mark(const struct ev_manifest *m, const char *name,
			 struct co_redaction_choice *c, struct ev_error *err)
{
	const struct ev_manifest_item *item = ev_manifest_find(m, name);

	if (item == NULL && ev_redactions_find(&m->redactions, name) != NULL)
		return refuse(err, "an item that is not withheld already",
			      name);
	if (item == NULL)
		return refuse(err,
			      "an item of the archive (ecart show "
			      "lists them)",
			      name);
	if (is_salt(item))
		return refuse(err, "an item; a salt goes with its item", name);
	c->withheld[item - m->items] = true;
	return EV_OK;
}

/* A salt is withheld with what it is of; without it, an item that is kept
 * would not have the digest that a nonce commits to. */
static enum ev_code mark_salts(const struct ev_manifest *m,
			       struct co_redaction_choice *c,
			       struct ev_error *err)
{
	for (size_t i = 0; i < m->n_items; i++) {
		const struct ev_manifest_item *of, *kept = NULL;
		size_t at = 0;

		if (!is_salt(&m->items[i]))
			continue;
		while ((of = next_related(m, &m->items[i], "salt-of", &at)) !=
		       NULL) {
			if (c->withheld[of - m->items])
				c->withheld[i] = true;
			else
				kept = of;
		}
		if (c->withheld[i] && kept != NULL)
			return refuse(err,
				      "--item for it too: it shares a salt "
				      "with one that is withheld",
				      kept->name);
	}
	return EV_OK;
}

/* --- what is kept --- */

static enum ev_code check_decoded(const struct ev_manifest *m,
				  const struct co_redaction_choice *c,
				  struct ev_error *err)
{
	for (size_t i = 0; i < m->n_items; i++) {
		const struct ev_manifest_item *from;
		size_t at = 0;

		if (!c->withheld[i])
			continue;
		while ((from = next_related(m, &m->items[i], "decoded-from",
					    &at)) != NULL)
			if (!c->withheld[from - m->items])
				return refuse(err,
					      "--item for it too: one that is "
					      "withheld was decoded from it",
					      from->name);
	}
	return EV_OK;
}

static int by_digest(const void *a, const void *b)
{
	const struct ev_manifest_item *const *x = a, *const *y = b;

	return memcmp((*x)->sha256, (*y)->sha256, sizeof((*x)->sha256));
}

static enum ev_code check_equal(const struct ev_manifest *m,
				const struct co_redaction_choice *c,
				struct ev_error *err)
{
	ev_auto_free const struct ev_manifest_item **gone =
		calloc(c->n_withheld + 1, sizeof(*gone));
	size_t n = 0;

	if (gone == NULL)
		return no_memory(err);
	for (size_t i = 0; i < m->n_items; i++)
		if (c->withheld[i])
			gone[n++] = &m->items[i];
	qsort(gone, n, sizeof(*gone), by_digest);
	for (size_t i = 0; i < m->n_items; i++) {
		const struct ev_manifest_item *kept = &m->items[i];

		if (!c->withheld[i] &&
		    bsearch(&kept, gone, n, sizeof(*gone), by_digest) != NULL)
			return refuse(err,
				      "--item for it too: it has the bytes of "
				      "one that is withheld",
				      kept->name);
	}
	return EV_OK;
}

static enum ev_code count(const struct ev_manifest *m,
			  struct co_redaction_choice *c, struct ev_error *err)
{
	for (size_t i = 0; i < m->n_items; i++) {
		c->n_withheld += c->withheld[i];
		c->n_bare += c->withheld[i] && c->salt[i] == CO_NO_SALT &&
			     !is_salt(&m->items[i]);
	}
	if (c->n_withheld < m->n_items)
		return EV_OK;
	return refuse(err, "an item that is not: nothing would be kept",
		      m->n_items > 0 ? m->items[0].name : "");
}

enum ev_code co_redaction_choose(const struct ev_manifest *manifest,
				 const char *const *names, size_t n_names,
				 struct co_redaction_choice *out,
				 struct ev_error *err)
{
	*out = (struct co_redaction_choice){
		.withheld = calloc(manifest->n_items + 1, sizeof(bool)),
		.salt = calloc(manifest->n_items + 1, sizeof(size_t)),
	};
	if (out->withheld == NULL || out->salt == NULL)
		return no_memory(err);
	find_salts(manifest, out);
	for (size_t i = 0; i < n_names; i++)
		if (mark(manifest, names[i], out, err) != EV_OK)
			return err->code;
	if (mark_salts(manifest, out, err) != EV_OK ||
	    count(manifest, out, err) != EV_OK ||
	    check_decoded(manifest, out, err) != EV_OK)
		return err->code;
	return check_equal(manifest, out, err);
}

void co_redaction_choice_free(struct co_redaction_choice *choice)
{
	free(choice->withheld);
	free(choice->salt);
	*choice = (struct co_redaction_choice){ 0 };
}
