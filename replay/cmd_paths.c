/* SPDX-License-Identifier: Apache-2.0 */
/* File arguments: folders and lists become paths, in a fixed order. */
#include "replay/cmd_inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static bool add(struct cmd_paths *out, char *owned)
{
	if (owned == NULL)
		return false;
	if (out->n == out->room) {
		size_t room = out->room == 0 ? 64 : 2 * out->room;
		char **more = reallocarray(out->path, room, sizeof(*more));

		if (more == NULL) {
			free(owned);
			return false;
		}
		out->path = more;
		out->room = room;
	}
	out->path[out->n++] = owned;
	return true;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_folder(const char *path, struct cmd_paths *out)
{
	DIR *dir = opendir(path);
	size_t first = out->n;
	const struct dirent *e;
	bool ok = true;

	if (dir == NULL)
		return cli_unreadable("%s: %s", path, strerror(errno));
	while (ok && (e = readdir(dir)) != NULL) {
		struct stat st;
		char *name;

		if (e->d_name[0] == '.')
			continue;
		if (asprintf(&name, "%s/%s", path, e->d_name) < 0)
			name = NULL;
		if (name != NULL && stat(name, &st) == 0 &&
		    !S_ISREG(st.st_mode))
			free(name);
		else
			ok = add(out, name);
	}
	closedir(dir);
	if (!ok)
		return cli_trouble("out of memory");
	if (out->n > first)
		qsort(out->path + first, out->n - first, sizeof(*out->path),
		      by_bytes);
	return CLI_PASS;
}

static int add_list(const char *path, struct cmd_paths *out)
{
	struct cli_file file = { 0 };
	int exit = cli_file_read(path, UINT64_C(64) << 20, &file);
	size_t at = 0;

	while (exit == CLI_PASS && at < file.bytes.n) {
		const uint8_t *line = file.bytes.p + at;
		const uint8_t *nl = memchr(line, '\n', file.bytes.n - at);
		size_t n = nl != NULL ? (size_t)(nl - line) : file.bytes.n - at;

		if (n > 0 && !add(out, strndup((const char *)line, n)))
			exit = cli_trouble("out of memory");
		at += n + 1;
	}
	cli_file_free(&file);
	return exit;
}

int cmd_paths_expand(char *const *args, size_t n_args, struct cmd_paths *out)
{
	for (size_t i = 0; i < n_args; i++) {
		struct stat st;
		int exit = CLI_PASS;

		if (args[i][0] == '@')
			exit = add_list(args[i] + 1, out);
		else if (stat(args[i], &st) == 0 && S_ISDIR(st.st_mode))
			exit = add_folder(args[i], out);
		else if (!add(out, strdup(args[i])))
			exit = cli_trouble("out of memory");
		if (exit != CLI_PASS)
			return exit;
	}
	return CLI_PASS;
}

void cmd_paths_free(struct cmd_paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		free(paths->path[i]);
	free(paths->path);
	*paths = (struct cmd_paths){ 0 };
}

int cmd_exit_of_many(int a, int b)
{
	static const int order[] = { CLI_TROUBLE, CLI_UNREADABLE, CLI_USAGE,
				     CLI_FAIL, CLI_INCOMPLETE };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return CLI_PASS;
}
