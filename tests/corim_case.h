/* SPDX-License-Identifier: Apache-2.0 */
/* testdata/corim: manifests and signatures that tests/forge/corim.py made with
 * python3-cbor2, and the lines that say what each must be. */
#ifndef TESTS_CORIM_CASE_H
#define TESTS_CORIM_CASE_H

#include "evidence/base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CORIM_COLUMNS 8

/* A file of the folder, owned by the caller (free p). */
static inline struct ev_span corim_read(const char *name)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	size_t room = 1 << 20;
	uint8_t *bytes = malloc(room);
	char path[512];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/testdata/corim/%s",
		 root != NULL ? root : ".", name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s: no such file", path);
	assert_non_null(bytes);
	n = fread(bytes, 1, room, file);
	assert_true(n < room);
	fclose(file);
	bytes[n] = '\0';
	return ev_span_of(bytes, n);
}

static inline void corim_free(struct ev_span bytes)
{
	free((void *)(uintptr_t)bytes.p);
}

/* Cuts a line of the text at its tabs; NULL columns behind the last; false at
 * the end.  *at moves on. */
static inline bool corim_line(char **at, char *column[CORIM_COLUMNS])
{
	char *line = *at, *end = strchr(line, '\n');
	size_t n = 0;

	if (end == NULL)
		return false;
	*end = '\0';
	*at = end + 1;
	memset(column, 0, CORIM_COLUMNS * sizeof(*column));
	while (line != NULL && n < CORIM_COLUMNS) {
		char *tab = strchr(line, '\t');

		column[n++] = line;
		if (tab != NULL)
			*tab++ = '\0';
		line = tab;
	}
	return true;
}

#endif
