/* SPDX-License-Identifier: Apache-2.0 */
/* Paths by number, each once. */
#include "audit/references/path_table.h"

#include "evidence/base/cleanup.h"

#include <stdlib.h>

static const char object[] = "repository";

/* Four times AU_CHANGED_PATHS_MAX, so that a free slot is near. */
#define AU_PATH_SLOTS ((size_t)1 << 18)

/* FNV-1a, 64 bits. */
static size_t hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static size_t slot_of(const struct au_path_table *t, const char *path)
{
	size_t at = hash(path) % AU_PATH_SLOTS;

	while (t->slot[at] != 0 && strcmp(t->path[t->slot[at] - 1], path) != 0)
		at = (at + 1) % AU_PATH_SLOTS;
	return at;
}

enum ev_code au_path_table_add(struct au_path_table *table, const char *path,
			       size_t *number, struct ev_error *err)
{
	size_t at;

	if (table->slot == NULL) {
		table->slot = calloc(AU_PATH_SLOTS, sizeof(*table->slot));
		table->path =
			calloc(AU_CHANGED_PATHS_MAX, sizeof(*table->path));
	}
	if (table->slot == NULL || table->path == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	at = slot_of(table, path);
	if (table->slot[at] == 0) {
		if (table->n == AU_CHANGED_PATHS_MAX)
			return ev_fail_u64(err, EV_LIMIT, object, "paths", 0,
					   AU_CHANGED_PATHS_MAX, table->n + 1);
		table->path[table->n] = strdup(path);
		if (table->path[table->n] == NULL)
			return ev_fail_trouble(err, object, "out of memory");
		table->slot[at] = ++table->n;
	}
	*number = table->slot[at] - 1;
	return EV_OK;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum ev_code au_path_table_sort(struct au_path_table *table,
				size_t **renumbered, struct ev_error *err)
{
	ev_auto_free char **old = calloc(table->n + 1, sizeof(*old));
	size_t *by_old = calloc(table->n + 1, sizeof(*by_old));

	if (old == NULL || by_old == NULL) {
		free(by_old);
		return ev_fail_trouble(err, object, "out of memory");
	}
	if (table->n > 0) {
		memcpy(old, table->path, table->n * sizeof(*old));
		qsort(table->path, table->n, sizeof(*table->path), by_path);
	}
	for (size_t i = 0; i < table->n; i++)
		by_old[i] = au_path_table_find(table, old[i]);
	*renumbered = by_old;
	return EV_OK;
}

size_t au_path_table_find(const struct au_path_table *table, const char *path)
{
	char *const *found = NULL;

	if (table->n > 0)
		found = bsearch(&path, table->path, table->n,
				sizeof(*table->path), by_path);
	return found != NULL ? (size_t)(found - table->path) : SIZE_MAX;
}

void au_path_table_free(struct au_path_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		free(table->path[i]);
	free(table->path);
	free(table->slot);
	memset(table, 0, sizeof(*table));
}
