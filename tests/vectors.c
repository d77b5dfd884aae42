/* SPDX-License-Identifier: Apache-2.0 */
/* Reading vectors, and keeping what was read until the program ends. */
#include "tests/vectors.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

struct kept {
	struct kept *next;
	void *p;
};

static struct kept *all_kept;

static void free_all(void)
{
	while (all_kept != NULL) {
		struct kept *next = all_kept->next;

		free(all_kept->p);
		free(all_kept);
		all_kept = next;
	}
}

static void *keep(void *p)
{
	struct kept *k = malloc(sizeof(*k));

	if (p == NULL || k == NULL)
		abort();
	if (all_kept == NULL)
		atexit(free_all);
	*k = (struct kept){ .next = all_kept, .p = p };
	all_kept = k;
	return p;
}

const char *vectors_join(const char *folder, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		abort();
	return keep(path);
}

/* As the environment names it; NULL where it does not, or says "". */
static const char *named_root(void)
{
	const char *root = getenv("ECART_VECTORS");

	return root != NULL && *root != '\0' ? root : NULL;
}

static const char *vectors_root(void)
{
	const char *source = getenv("ECART_SOURCE_ROOT");

	if (named_root() != NULL)
		return named_root();
	return vectors_join(source != NULL ? source : ".", "../shared/vectors");
}

bool vectors_present(void)
{
	struct stat st;

	if (stat(vectors_root(), &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	if (named_root() != NULL)
		fail_msg("ECART_VECTORS is no folder: %s", named_root());
	printf("# vectors absent\n");
	return false;
}

void vectors_need(void)
{
	if (!vectors_present())
		skip();
}

const char *vectors_path(const char *rel)
{
	return vectors_join(vectors_root(), rel);
}

static uint8_t *read_all(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *p;

	if (f == NULL || fstat(fileno(f), &st) != 0) {
		fail_msg("cannot open %s", path);
		abort(); /* not reached: fail_msg jumps */
	}
	*n = (size_t)st.st_size;
	p = keep(calloc(1, *n + 1));
	if (fread(p, 1, *n, f) != *n)
		fail_msg("cannot read %s", path);
	fclose(f);
	return p;
}

bool vectors_read(const char *rel, struct ev_span *out)
{
	const uint8_t *p;
	size_t n = 0;

	if (!vectors_present())
		return false;
	p = read_all(vectors_path(rel), &n);
	*out = ev_span_of(p, n);
	return true;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

bool vectors_list(const char *rel, const char *const **names, size_t *n)
{
	struct dirent **entries = NULL;
	const char **list;
	int count;

	if (!vectors_present())
		return false;
	count = scandir(vectors_path(rel), &entries, visible, by_bytes);
	if (count < 0) {
		fail_msg("cannot list %s", vectors_path(rel));
		abort();
	}
	list = keep(calloc((size_t)count + 1, sizeof(*list)));
	for (int i = 0; i < count; i++) {
		list[i] = keep(strdup(entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	*names = list;
	*n = (size_t)count;
	return true;
}
