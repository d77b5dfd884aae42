/* SPDX-License-Identifier: Apache-2.0 */
/* A list of items that owns what it holds. */
#include "collect/gathering.h"

#include "evidence/limits.h"

#include <stdlib.h>

static const char object[] = "collection";

static void gathered_free(struct co_gathered *one)
{
	if (one == NULL)
		return;
	free((void *)(uintptr_t)one->item.bytes.p);
	free((void *)(uintptr_t)one->item.nonce.p);
	free((void *)(uintptr_t)one->item.source_detail);
	free((void *)(uintptr_t)one->item.source_uri);
	free(one);
}

/* False is lack of memory; the empty span becomes a byte that is not seen. */
static bool copy_span(struct ev_span *span)
{
	uint8_t *copy = malloc(span->n + 1);

	if (copy == NULL) {
		*span = (struct ev_span){ 0 };
		return false;
	}
	if (span->n > 0)
		memcpy(copy, span->p, span->n);
	copy[span->n] = 0;
	span->p = copy;
	return true;
}

static bool copy_text(const char **text)
{
	if (*text == NULL)
		return true;
	*text = strdup(*text);
	return *text != NULL;
}

/* All four are tried, so that none is left borrowed. */
static bool own(struct co_gathered *one)
{
	bool bytes = copy_span(&one->item.bytes);
	bool nonce = copy_span(&one->item.nonce);
	bool detail = copy_text(&one->item.source_detail);
	bool uri = copy_text(&one->item.source_uri);

	return bytes && nonce && detail && uri;
}

static bool reserve(struct co_gathering *g)
{
	size_t room = g->room == 0 ? 32 : 2 * g->room;
	struct co_gathered **more;

	if (g->n < g->room)
		return true;
	more = reallocarray(g->item, room, sizeof(struct co_gathered *));
	if (more == NULL)
		return false;
	g->item = more;
	g->room = room;
	return true;
}

static size_t number_of(const struct co_gathering *g, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += strcmp(g->item[i]->item.kind, kind) == 0;
	return n;
}

enum ev_code co_gather(struct co_gathering *g, const struct co_item *item,
		       size_t *index, struct ev_error *err)
{
	struct co_gathered *one;

	assert(item->n_relates <= CO_RELATIONS_MAX);
	if (g->n >= EV_ITEMS_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "items", 0,
				   EV_ITEMS_MAX, g->n + 1);
	one = calloc(1, sizeof(*one));
	if (one == NULL || !reserve(g)) {
		free(one);
		return ev_fail_trouble(err, object, "out of memory");
	}
	if (co_item_path(item, number_of(g, item->kind), one->path, err) !=
	    EV_OK) {
		free(one);
		return err->code;
	}
	one->item = *item;
	for (size_t i = 0; i < item->n_relates; i++)
		one->relates[i] = item->relates[i];
	one->item.relates = one->relates;
	if (!own(one)) {
		gathered_free(one);
		return ev_fail_trouble(err, object, "out of memory");
	}
	if (index != NULL)
		*index = g->n;
	g->item[g->n++] = one;
	return EV_OK;
}

void co_gathering_cut(struct co_gathering *g, size_t n)
{
	while (g->n > n)
		gathered_free(g->item[--g->n]);
}

void co_gathering_free(struct co_gathering *g)
{
	co_gathering_cut(g, 0);
	free(g->item);
	*g = (struct co_gathering){ 0 };
}

const struct co_gathered *co_gathering_last(const struct co_gathering *g,
					    const char *kind)
{
	for (size_t i = g->n; i > 0; i--) {
		if (strcmp(g->item[i - 1]->item.kind, kind) == 0)
			return g->item[i - 1];
	}
	return NULL;
}

bool co_gathering_items(const struct co_gathering *g, struct co_item **out)
{
	struct co_item *items = calloc(g->n + 1, sizeof(*items));

	if (items == NULL)
		return false;
	for (size_t i = 0; i < g->n; i++)
		items[i] = g->item[i]->item;
	*out = items;
	return true;
}
