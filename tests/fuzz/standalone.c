/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over files, for compilers without libFuzzer.  Each
 * argument is a file, or a folder of which every file is run, at any depth.
 * Prints one TAP line an argument: SKIP where it does not exist, "not ok"
 * and exit status 1 where it cannot be read.
 */
#include "tests/fuzz/target.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Exactly as many bytes as the file has, so that ASan sees the end. */
static uint8_t *read_file(const char *path, size_t n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(n > 0 ? n : 1);

	if (f == NULL || p == NULL || fread(p, 1, n, f) != n) {
		free(p);
		p = NULL;
	}
	if (f != NULL)
		fclose(f);
	return p;
}

static bool run_file(const char *path, size_t n)
{
	uint8_t *p = read_file(path, n);

	if (p == NULL)
		return false;
	LLVMFuzzerTestOneInput(p, n);
	free(p);
	return true;
}

static bool run_path(const char *path)
{
	struct dirent **entries = NULL;
	struct stat st;
	bool good;
	int n;

	if (stat(path, &st) != 0)
		return false;
	if (!S_ISDIR(st.st_mode))
		return run_file(path, (size_t)st.st_size);
	n = scandir(path, &entries, NULL, alphasort);
	good = n >= 0;
	for (int i = 0; i < n; i++) {
		char *inner = NULL;

		if (asprintf(&inner, "%s/%s", path, entries[i]->d_name) < 0)
			abort();
		if (entries[i]->d_name[0] != '.' && !run_path(inner))
			good = false;
		free(inner);
		free(entries[i]);
	}
	free(entries);
	return good;
}

int main(int argc, char **argv)
{
	int status = 0;

	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		if (access(argv[i], F_OK) != 0) {
			printf("ok %d - %s # SKIP absent\n", i, argv[i]);
			continue;
		}
		if (run_path(argv[i])) {
			printf("ok %d - %s\n", i, argv[i]);
		} else {
			printf("not ok %d - %s\n", i, argv[i]);
			status = 1;
		}
		fflush(stdout);
	}
	return status;
}
