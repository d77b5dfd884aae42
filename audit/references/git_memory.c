/* SPDX-License-Identifier: Apache-2.0 */
/* libgit2's allocator, bounded. */
#include "audit/references/git_memory.h"

#include <git2.h>
#include <git2/sys/alloc.h>

#include <stdlib.h>

/* libgit2 has one allocator a process and gives it no argument. */
static _Thread_local size_t refused;

static void *checked(void *p)
{
	if (p == NULL)
		git_error_set_oom();
	return p;
}

static bool is_over(size_t n)
{
	if (n <= AU_GIT_MEMORY_MAX)
		return false;
	refused = n;
	git_error_set_oom();
	return true;
}

static void *bounded_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return is_over(n) ? NULL : checked(realloc(p, n));
}

static void *bounded_malloc(size_t n, const char *file, int line)
{
	return bounded_realloc(NULL, n, file, line);
}

#ifdef AU_GIT_ALLOCATOR_OF_NINE
static bool is_product_over(size_t n, size_t size)
{
	size_t whole;

	return is_over(__builtin_mul_overflow(n, size, &whole) ? SIZE_MAX
							       : whole);
}

static void *bounded_calloc(size_t n, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return is_product_over(n, size) ? NULL : checked(calloc(n, size));
}

static void *bounded_reallocarray(void *p, size_t n, size_t size,
				  const char *file, int line)
{
	(void)file;
	(void)line;
	return is_product_over(n, size) ? NULL
					: checked(reallocarray(p, n, size));
}

static void *bounded_mallocarray(size_t n, size_t size, const char *file,
				 int line)
{
	return bounded_reallocarray(NULL, n, size, file, line);
}

static char *bounded_substrdup(const char *text, size_t n, const char *file,
			       int line)
{
	char *copy = n < SIZE_MAX ? bounded_malloc(n + 1, file, line) : NULL;

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

static char *bounded_strndup(const char *text, size_t n, const char *file,
			     int line)
{
	return bounded_substrdup(text, strnlen(text, n), file, line);
}

static char *bounded_strdup(const char *text, const char *file, int line)
{
	return bounded_substrdup(text, strlen(text), file, line);
}

#endif /* AU_GIT_ALLOCATOR_OF_NINE */

bool au_git_memory_bound(void)
{
	/* What was allocated before this call came from malloc, too. */
	git_allocator allocator = {
		.gmalloc = bounded_malloc,
		.grealloc = bounded_realloc,
		.gfree = free,
#ifdef AU_GIT_ALLOCATOR_OF_NINE
		.gcalloc = bounded_calloc,
		.gstrdup = bounded_strdup,
		.gstrndup = bounded_strndup,
		.gsubstrdup = bounded_substrdup,
		.greallocarray = bounded_reallocarray,
		.gmallocarray = bounded_mallocarray,
#endif
	};

	refused = 0;
	return git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator) == 0;
}

size_t au_git_memory_refused(void)
{
	size_t n = refused;

	refused = 0;
	return n;
}
