/* SPDX-License-Identifier: Apache-2.0 */
/* --collateral and --hindsight: items that an archive lacks, from archives or
 * loose files. */
#include "replay/cmd_inputs.h"

#include "cli_archive.h"
#include "evidence/base/hex.h"

#include <stdio.h>

/* "collateral/dcap-tcbinfo/2a0f...": what the bytes are, not where they lay. */
static char *name_of(struct cmd_inputs *in, const struct ev_kind *kind,
		     struct ev_span bytes, bool later)
{
	uint8_t digest[32];
	char hex[65], *name = NULL;

	if (!ev_digest(in->crypto, EV_SHA256, bytes, digest))
		return NULL;
	ev_hex_encode(EV_SPAN(digest), hex);
	if (asprintf(&name, "%s/%s/%.16s", later ? "hindsight" : "collateral",
		     kind != NULL ? kind->kind : "unknown", hex) < 0)
		return NULL;
	return name;
}

/* What is judged anew in hindsight: not the evidence. */
static bool is_collateral(const struct ev_kind *kind)
{
	static const char *const kinds[] = {
		"dcap-tcbinfo", "dcap-qe-identity", "dcap-issuer-chain",
		"crl-der",	"crl-pem",	    "crl-hex"
	};

	for (size_t i = 0; kind != NULL && i < sizeof(kinds) / sizeof(*kinds);
	     i++)
		if (strcmp(kind->kind, kinds[i]) == 0)
			return true;
	return false;
}

static bool add_loose(struct cmd_inputs *in, const struct ev_kind *kind,
		      struct ev_span bytes, bool later)
{
	struct rp_loose *more =
		reallocarray(in->loose, in->n_loose + 1, sizeof(*more));
	char **names = reallocarray(in->names, in->n_names + 1, sizeof(*names));
	char *name = name_of(in, kind, bytes, later);

	if (more != NULL)
		in->loose = more;
	if (names != NULL)
		in->names = names;
	if (more == NULL || names == NULL || name == NULL) {
		free(name);
		return false;
	}
	in->names[in->n_names++] = name;
	in->loose[in->n_loose++] =
		(struct rp_loose){ name, kind, bytes, later };
	return true;
}

static int add_items(struct cmd_inputs *in, const char *path,
		     const struct ev_archive *archive, bool later)
{
	for (size_t i = 0; i < archive->manifest.n_items; i++) {
		const struct ev_manifest_item *item =
			&archive->manifest.items[i];
		struct ev_error err = { 0 };

		if (archive->n_problems > 0 ||
		    ev_archive_digest(in->crypto, archive, i, NULL, &err) !=
			    EV_VERIFIED_YES)
			return cli_unreadable("%s: the archive is damaged; "
					      "'ecart verify' says where",
					      path);
		if (later && !is_collateral(item->kind))
			continue;
		if (!add_loose(in, item->kind, archive->items[i].data, later))
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
	if (cli_archive_open(in->crypto, bytes, EV_ARCHIVE_MAX,
			     &more[in->n_archives], &err) != EV_OK)
		return false;
	in->n_archives++;
	return true;
}

static int add_file(struct cmd_inputs *in, const char *path, bool later)
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
	if (later && kind != NULL && !is_collateral(kind))
		return cli_unreadable("--hindsight %s: is a %s, no collateral",
				      path, kind->kind);
	if (kind != NULL)
		return add_loose(in, kind, bytes, later)
			       ? CLI_PASS
			       : cli_trouble("out of memory");
	if (!open_archive(in, bytes))
		return cli_unreadable("%s: neither an archive nor a piece of "
				      "collateral that ecart knows",
				      path);
	return add_items(in, path, &in->archives[in->n_archives - 1], later);
}

static int add_paths(struct cmd_inputs *in, const char *path, bool later)
{
	struct cmd_paths paths = { 0 };
	char *args[1];
	int exit;

	args[0] = strdup(path);
	if (args[0] == NULL)
		return cli_trouble("out of memory");
	exit = cmd_paths_expand(args, 1, &paths);
	for (size_t i = 0; exit == CLI_PASS && i < paths.n; i++)
		exit = add_file(in, paths.path[i], later);
	cmd_paths_free(&paths);
	free(args[0]);
	return exit;
}

int cmd_inputs_collateral(struct cmd_inputs *in, const char *path)
{
	return add_paths(in, path, false);
}

int cmd_inputs_hindsight(struct cmd_inputs *in, const char *path)
{
	return add_paths(in, path, true);
}

static int by_name(const void *a, const void *b)
{
	const struct rp_loose *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (x->later != y->later)
		return x->later ? 1 : -1;
	return order != 0 ? order : ev_span_cmp(x->bytes, y->bytes);
}

void cmd_inputs_settle(struct cmd_inputs *in)
{
	size_t kept = 0;

	if (in->n_loose == 0)
		return;
	qsort(in->loose, in->n_loose, sizeof(*in->loose), by_name);
	for (size_t i = 0; i < in->n_loose; i++)
		if (kept == 0 ||
		    by_name(&in->loose[kept - 1], &in->loose[i]) != 0)
			in->loose[kept++] = in->loose[i];
	in->n_loose = kept;
	while (in->n_loose > 0 && in->loose[in->n_loose - 1].later) {
		in->n_loose--;
		in->n_later++;
	}
}
