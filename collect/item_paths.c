/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of items: made from kind and number, never from a file's name. */
#include "collect/item_paths.h"

#include "evidence/base/cleanup.h"
#include "evidence/limits.h"

#include <stdio.h>
#include <stdlib.h>

static const char object[] = "item";

static enum ev_code check_item(const struct co_item *item,
			       const struct ev_kind **kind,
			       struct ev_error *err)
{
	*kind = ev_kind_find(ev_span_str(item->kind));
	if (*kind == NULL)
		return ev_fail(err, EV_VALUE, object, "kind", 0,
			       "a kind of the table (ecart kinds)", item->kind);
	if (item->bytes.n > (*kind)->max_size)
		return ev_fail_u64(err, EV_LIMIT, object, item->kind, 0,
				   (*kind)->max_size, item->bytes.n);
	return EV_OK;
}

/* How many items of the same kind stand before item i, from the count that
 * the last of them was given. */
static size_t number_of(const struct co_item *items, const size_t *numbers,
			size_t i)
{
	for (size_t j = i; j > 0; j--) {
		if (strcmp(items[j - 1].kind, items[i].kind) == 0)
			return numbers[j - 1] + 1;
	}
	return 0;
}

static bool is_word(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789");

	return n > 0 && text[n] == 0;
}

static enum ev_code make_path(const struct co_item *item,
			      const struct ev_kind *kind, size_t number,
			      char out[EV_PATH_TEXT], struct ev_error *err)
{
	bool hint = item->hint != NULL;
	const char *extension =
		item->extension != NULL ? item->extension : kind->extension;
	int n = snprintf(out, EV_PATH_TEXT, "items/%s/%04zu%s%s.%s", item->kind,
			 number, hint ? "-" : "", hint ? item->hint : "",
			 extension);

	if (hint && !is_word(item->hint))
		return ev_fail(err, EV_VALUE, object, "hint", 0,
			       "a word of a-z and 0-9", item->hint);
	if (n < 0 || n >= EV_PATH_TEXT || !ev_archive_path_ok(ev_span_str(out)))
		return ev_fail(err, EV_VALUE, object, "path", 0,
			       "a path of the archive format", extension);
	return EV_OK;
}

enum ev_code co_item_path(const struct co_item *item, size_t number,
			  char out[EV_PATH_TEXT], struct ev_error *err)
{
	const struct ev_kind *kind;

	if (check_item(item, &kind, err) != EV_OK)
		return err->code;
	return make_path(item, kind, number, out, err);
}

static enum ev_code make_paths(const struct co_item *items, size_t n,
			       size_t *numbers, char (*paths)[EV_PATH_TEXT],
			       struct ev_error *err)
{
	for (size_t i = 0; i < n; i++) {
		numbers[i] = number_of(items, numbers, i);
		if (co_item_path(&items[i], numbers[i], paths[i], err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}

enum ev_code co_item_paths(const struct co_item *items, size_t n,
			   char (**out)[EV_PATH_TEXT], struct ev_error *err)
{
	ev_auto_free size_t *numbers = NULL;
	ev_auto_free char(*paths)[EV_PATH_TEXT] = NULL;

	if (n > EV_ITEMS_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "number", 0,
				   EV_ITEMS_MAX, n);
	numbers = calloc(n + 1, sizeof(*numbers));
	paths = calloc(n + 1, sizeof(*paths));
	if (numbers == NULL || paths == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (make_paths(items, n, numbers, paths, err) != EV_OK)
		return err->code;
	*out = paths;
	paths = NULL;
	return EV_OK;
}
