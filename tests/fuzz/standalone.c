/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives a fuzz target without libFuzzer, so that any compiler replays the
 * corpora in the ordinary test run: each file as it is, cut, and changed by a
 * generator that always gives the same numbers.
 * usage: fuzz_NAME FILE|FOLDER...
 */
#include "evidence/base/bytes.h"
#include "tests/fuzz/target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const size_t FILE_SIZE_MAX = (size_t)1 << 20;
static const unsigned int CUTS = 64, CHANGES = 192;

static unsigned long n_inputs;

/* On the heap at its exact size: a read behind the end is then seen. */
static void give(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	n_inputs++;
}

static uint32_t next_number(uint32_t *state)
{
	*state = *state * 1664525U + 1013904223U;
	return *state >> 8;
}

/* Three of four changes are taken back, so that damage grows slowly. */
static void give_variants(uint8_t *bytes, size_t n)
{
	uint32_t state = (uint32_t)n;

	give(bytes, n);
	for (unsigned int i = 0; i < CUTS && n > 0; i++)
		give(bytes, n * i / CUTS);
	for (unsigned int i = 0; i < CHANGES && n > 0; i++) {
		size_t at = next_number(&state) % n;
		uint8_t before = bytes[at];

		bytes[at] = (uint8_t)next_number(&state);
		give(bytes, n);
		if (i % 4 != 0)
			bytes[at] = before;
	}
}

static void give_file(const char *path)
{
	uint8_t *bytes = malloc(FILE_SIZE_MAX);
	FILE *file = fopen(path, "rb");

	if (bytes == NULL || file == NULL)
		abort();
	give_variants(bytes, fread(bytes, 1, FILE_SIZE_MAX, file));
	fclose(file);
	free(bytes);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void give_path(const char *path)
{
	struct dirent **entry;
	struct stat st;
	char inside[4096];
	int n;

	if (stat(path, &st) != 0)
		return; /* not every target has a folder of its own */
	if (!S_ISDIR(st.st_mode)) {
		give_file(path);
		return;
	}
	n = scandir(path, &entry, is_visible, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(inside, sizeof(inside), "%s/%s", path,
			 entry[i]->d_name);
		give_path(inside);
		free(entry[i]);
	}
	if (n >= 0)
		free(entry);
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');

	for (int i = 1; i < argc; i++)
		give_path(argv[i]);
	printf("%s 1 - %s: %lu inputs\n1..1\n", n_inputs > 0 ? "ok" : "not ok",
	       name != NULL ? name + 1 : argv[0], n_inputs);
	return n_inputs > 0 ? 0 : 1;
}
