/* SPDX-License-Identifier: Apache-2.0 */
/* The rules for paths inside an archive. */
#include "evidence/archive_path.h"

#include "evidence/limits.h"

#include <stdlib.h>

static const size_t path_max = 100;
static const size_t segment_max = 64;
static const size_t depth_max = 6;

static bool is_path_byte(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/* "." and ".." are among the segments that begin with a dot. */
static bool segment_ok(struct ev_span s)
{
	if (s.n == 0 || s.n > segment_max || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_path_byte(s.p[i]))
			return false;
	}
	return true;
}

bool ev_archive_path_ok(struct ev_span path)
{
	size_t begin = 0, depth = 0;

	if (path.n == 0 || path.n > path_max)
		return false;
	for (size_t i = 0; i <= path.n; i++) {
		if (i < path.n && path.p[i] != '/')
			continue;
		if (!segment_ok(ev_span_sub(path, begin, i - begin)))
			return false;
		begin = i + 1;
		depth++;
	}
	return depth <= depth_max;
}

bool ev_item_path_ok(struct ev_span path)
{
	static const char prefix[] = "items/";

	return path.n >= sizeof(prefix) &&
	       memcmp(path.p, prefix, sizeof(prefix) - 1) == 0 &&
	       ev_archive_path_ok(path);
}

/* Folded, and '/' before every other byte, so that what lies in a directory
 * follows the directory's name without anything in between. */
static int rank(char c)
{
	if (c == '/')
		return 1;
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int compare_folded(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	while (*x != 0 && rank(*x) == rank(*y)) {
		x++;
		y++;
	}
	return rank(*x) - rank(*y);
}

static bool clashes(const char *path, const char *next)
{
	while (*path != 0 && rank(*path) == rank(*next)) {
		path++;
		next++;
	}
	return *path == 0 && (*next == 0 || *next == '/');
}

const char *ev_archive_paths_clash(const char **paths, size_t n)
{
	if (n < 2)
		return NULL;
	qsort(paths, n, sizeof(*paths), compare_folded);
	for (size_t i = 1; i < n; i++) {
		if (clashes(paths[i - 1], paths[i]))
			return paths[i];
	}
	return NULL;
}

uint64_t ev_archive_sig_max(const char *name)
{
	static const char envelope[] = ".dsse.json";
	size_t n = strlen(name), tail = sizeof(envelope) - 1;

	return n >= tail && strcmp(name + n - tail, envelope) == 0
		       ? EV_DSSE_MAX
		       : EV_SIG_FILE_MAX;
}
