/* SPDX-License-Identifier: Apache-2.0 */
/* Paths by number, each once: in the order in which they came, and bytewise
 * after au_path_table_sort. */
#ifndef AU_PATH_TABLE_H
#define AU_PATH_TABLE_H

#include "evidence/base/error.h"

/* Paths that ever were; AU_REFERENCES_MAX of them can be there at once. */
static const size_t AU_CHANGED_PATHS_MAX = 65536;

struct au_path_table {
	char **path; /* owned */
	size_t n;
	size_t *slot; /* owned; open hashing: number + 1, 0: free */
};

/* The path's number, added where it is new.  Refuses beyond
 * AU_CHANGED_PATHS_MAX (EV_LIMIT), and lack of memory. */
enum ev_code au_path_table_add(struct au_path_table *table, const char *path,
			       size_t *number, struct ev_error *err);

/* Orders them and ends adding; *renumbered is owned by the caller (free): the
 * new number by the old one. */
enum ev_code au_path_table_sort(struct au_path_table *table,
				size_t **renumbered, struct ev_error *err);

/* In a sorted table; SIZE_MAX where it is not there. */
size_t au_path_table_find(const struct au_path_table *table, const char *path);

void au_path_table_free(struct au_path_table *table);

#endif
