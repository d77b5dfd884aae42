/* SPDX-License-Identifier: Apache-2.0 */
/* --collateral: items that an archive lacks, from archives or loose files. */
#include "replay/cmd_inputs.h"

#include <stdio.h>

static bool add_loose(struct cmd_inputs *in, const char *name,
		      const struct ev_kind *kind, struct ev_span bytes)
{
	struct rp_loose *more =
		reallocarray(in->loose, in->n_loose + 1, sizeof(*more));
	char **names = reallocarray(in->names, in->n_names + 1, sizeof(*names));
	char *copy = strdup(name);

	if (more != NULL)
		in->loose = more;
	if (names != NULL)
		in->names = names;
	if (more == NULL || names == NULL || copy == NULL) {
		free(copy);
		return false;
	}
	in->names[in->n_names++] = copy;
	in->loose[in->n_loose++] = (struct rp_loose){ copy, kind, bytes };
	return true;
}

static int add_items(struct cmd_inputs *in, const char *path,
		     const struct ev_archive *archive)
{
	for (size_t i = 0; i < archive->manifest.n_items; i++) {
		const struct ev_manifest_item *item =
			&archive->manifest.items[i];
		struct ev_error err = { 0 };
		char *name = NULL;
		bool ok;

		if (archive->n_problems > 0 ||
		    ev_archive_digest(in->crypto, archive, i, &err) !=
			    EV_VERIFIED_YES)
			return cli_unreadable("%s: the archive is damaged; "
					      "'ecart verify' says where",
					      path);
		if (asprintf(&name, "%s:%s", path, item->name) < 0)
			return cli_trouble("out of memory");
		ok = add_loose(in, name, item->kind, archive->items[i].data);
		free(name);
		if (!ok)
			return cli_trouble("out of memory");
	}
	return CLI_PASS;
}

/* The file as an archive; false: it is something else. */
static bool open_archive(struct cmd_inputs *in, struct ev_span bytes)
{
	struct ev_archive *more =
		reallocarray(in->archives, in->n_archives + 1, sizeof(*more));
	struct ev_error err = { 0 };

	if (more == NULL)
		return false;
	in->archives = more;
	more[in->n_archives] = (struct ev_archive){ 0 };
	if (ev_archive_open(in->crypto, bytes, EV_ARCHIVE_MAX,
			    &more[in->n_archives], &err) != EV_OK)
		return false;
	in->n_archives++;
	return true;
}

static int add_file(struct cmd_inputs *in, const char *path)
{
	struct cli_file *more =
		reallocarray(in->files, in->n_files + 1, sizeof(*more));
	const struct ev_kind *kind;
	struct ev_span bytes;
	int exit;

	if (more == NULL)
		return cli_trouble("out of memory");
	in->files = more;
	more[in->n_files] = (struct cli_file){ 0 };
	exit = cli_file_read(path, EV_ARCHIVE_MAX, &more[in->n_files]);
	if (exit != CLI_PASS)
		return exit;
	bytes = more[in->n_files++].bytes;
	kind = ev_kind_recognise(bytes);
	if (kind != NULL)
		return add_loose(in, path, kind, bytes)
			       ? CLI_PASS
			       : cli_trouble("out of memory");
	if (!open_archive(in, bytes))
		return cli_unreadable("%s: neither an archive nor a piece of "
				      "collateral that ecart knows",
				      path);
	return add_items(in, path, &in->archives[in->n_archives - 1]);
}

int cmd_inputs_collateral(struct cmd_inputs *in, const char *path)
{
	struct cmd_paths paths = { 0 };
	char *args[1];
	int exit;

	args[0] = strdup(path);
	if (args[0] == NULL)
		return cli_trouble("out of memory");
	exit = cmd_paths_expand(args, 1, &paths);
	for (size_t i = 0; exit == CLI_PASS && i < paths.n; i++)
		exit = add_file(in, paths.path[i]);
	cmd_paths_free(&paths);
	free(args[0]);
	return exit;
}
