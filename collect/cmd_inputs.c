/* SPDX-License-Identifier: Apache-2.0 */
/* From arguments to files in memory. */
#include "collect/cmd_inputs.h"

#include "cli_kind.h"
#include "evidence/base/cleanup.h"
#include "evidence/limits.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

void co_inputs_free(struct co_inputs *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->input[i].path);
		cli_file_free(&list->input[i].file);
	}
	free(list->input);
	*list = (struct co_inputs){ 0 };
}

static const struct co_input *find_equal(const struct co_inputs *list,
					 const struct ev_kind *kind,
					 struct ev_span bytes)
{
	for (size_t i = 0; i < list->n; i++) {
		if (list->input[i].kind == kind &&
		    ev_span_eq(list->input[i].file.bytes, bytes))
			return &list->input[i];
	}
	return NULL;
}

static int add_file(struct co_inputs *list, const struct ev_kind *kind,
		    const char *path)
{
	struct co_input in = { .kind = kind };
	const struct co_input *equal;
	struct co_input *p;
	int status;

	if (list->n >= CO_INPUTS_MAX)
		return cli_unreadable("%s: more than %d files", path,
				      CO_INPUTS_MAX);
	status = cli_file_read(path, EV_ITEM_MAX, &in.file);
	if (status != CLI_PASS)
		return status;
	equal = find_equal(list, kind, in.file.bytes);
	if (equal != NULL) {
		cli_note("%s: the same bytes as %s, packed once", path,
			 equal->path);
		cli_file_free(&in.file);
		return CLI_PASS;
	}
	p = reallocarray(list->input, list->n + 1, sizeof(*p));
	in.path = p != NULL ? strdup(path) : NULL;
	if (p != NULL)
		list->input = p;
	if (in.path == NULL) {
		cli_file_free(&in.file);
		return cli_trouble("out of memory");
	}
	list->input[list->n++] = in;
	return CLI_PASS;
}

static int is_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

/* Not alphasort: that one follows the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_left_out(const struct co_inputs *list, const struct stat *st)
{
	struct stat other;

	return list->leave_out != NULL && stat(list->leave_out, &other) == 0 &&
	       other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

/* Paths of what a folder holds, sorted; freed with free_paths. */
static int open_folder(const char *path, int depth, char ***paths, int *n)
{
	struct dirent **entry = NULL;
	int status = CLI_PASS;

	if (depth >= CO_INPUTS_DEPTH_MAX)
		return cli_unreadable("%s: folders nested deeper than %d", path,
				      CO_INPUTS_DEPTH_MAX);
	*n = scandir(path, &entry, is_entry, by_bytes);
	if (*n < 0)
		return cli_unreadable("%s: %s", path, strerror(errno));
	*paths = calloc((size_t)*n + 1, sizeof(**paths));
	for (int i = 0; i < *n; i++) {
		if (*paths != NULL && asprintf(&(*paths)[i], "%s/%s", path,
					       entry[i]->d_name) < 0) {
			(*paths)[i] = NULL;
			status = CLI_TROUBLE;
		}
		free(entry[i]);
	}
	free(entry);
	if (*paths == NULL || status != CLI_PASS)
		return cli_trouble("out of memory");
	return CLI_PASS;
}

static void free_paths(char **paths, int n)
{
	for (int i = 0; paths != NULL && i < n; i++)
		free(paths[i]);
	free(paths);
}

/* Why what was found in a folder is not taken, or NULL: a link may lead
 * anywhere, and the folder may be somebody else's. */
static const char *why_not(const char *path, const struct stat *st)
{
	if (strrchr(path, '/')[1] == '.')
		return "hidden";
	if (S_ISLNK(st->st_mode))
		return "a symbolic link";
	return S_ISDIR(st->st_mode) || S_ISREG(st->st_mode) ? NULL
							    : "no regular file";
}

static int add_path(struct co_inputs *list, const struct ev_kind *kind,
		    const char *path, int depth)
{
	const char *why = NULL;
	char **paths = NULL;
	int n = 0, status;
	struct stat st;

	if (strcmp(path, "-") == 0 ||
	    (depth > 0 ? lstat(path, &st) : stat(path, &st)) != 0)
		return add_file(list, kind, path);
	if (depth > 0)
		why = why_not(path, &st);
	if (why != NULL) {
		cli_note("%s: %s, left out", path, why);
		return CLI_PASS;
	}
	if (depth > 0 && is_left_out(list, &st))
		return CLI_PASS;
	if (!S_ISDIR(st.st_mode))
		return add_file(list, kind, path);
	status = open_folder(path, depth, &paths, &n);
	for (int i = 0; status == CLI_PASS && i < n; i++)
		status = add_path(list, kind, paths[i], depth + 1);
	free_paths(paths, n);
	return status;
}

int co_inputs_add(struct co_inputs *list, const struct cli_command *cmd,
		  const char *argument)
{
	const struct ev_kind *kind;
	const char *path;
	int status = cli_kind_split(cmd, argument, &kind, &path);

	return status == CLI_PASS ? add_path(list, kind, path, 0) : status;
}
