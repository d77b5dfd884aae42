/* SPDX-License-Identifier: Apache-2.0 */
/* An archive from items. */
#include "collect/write.h"

#include "collect/tar_write.h"

#include <stdlib.h>

static const char object[] = "archive";

/* What goes into the tar, made before the tar is. */
struct parts {
	struct ev_buffer manifest;
	struct ev_buffer envelope;
	char envelope_name[EV_PATH_TEXT];
	char (*paths)[EV_PATH_TEXT];
	size_t *order;
};

static void free_parts(struct parts *p)
{
	ev_buffer_free(&p->manifest);
	ev_buffer_free(&p->envelope);
	free(p->paths);
	free(p->order);
}

static enum ev_code make_parts(struct ev_crypto *crypto,
			       const struct co_item *items, size_t n,
			       const struct co_archive_options *options,
			       struct parts *p, struct ev_error *err)
{
	const char(*paths)[EV_PATH_TEXT];

	if (co_item_paths(items, n, &p->paths, err) != EV_OK)
		return err->code;
	paths = (const char(*)[EV_PATH_TEXT])p->paths;
	if (!co_item_order(paths, n, &p->order))
		return ev_fail_trouble(err, object, "out of memory");
	if (co_manifest_write(crypto, items, paths, n, &options->claims,
			      &p->manifest, err) != EV_OK)
		return err->code;
	if (options->key == NULL)
		return EV_OK;
	return co_sign_manifest(options->key, ev_buffer_span(&p->manifest),
				&p->envelope, p->envelope_name, err);
}

static enum ev_code put_tar(const struct co_item *items, size_t n, bool zstd,
			    const struct parts *p, struct ev_sink out,
			    struct ev_error *err)
{
	struct co_tar_member *members = calloc(n + 2, sizeof(*members));
	size_t count = 0;

	if (members == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	members[count++] =
		(struct co_tar_member){ "manifest.json",
					ev_buffer_span(&p->manifest) };
	if (p->envelope.n > 0)
		members[count++] =
			(struct co_tar_member){ p->envelope_name,
						ev_buffer_span(&p->envelope) };
	for (size_t i = 0; i < n; i++)
		members[count++] =
			(struct co_tar_member){ p->paths[p->order[i]],
						items[p->order[i]].bytes };
	co_tar_write(members, count, zstd, out, err);
	free(members);
	return err->code;
}

enum ev_code co_archive_make(struct ev_crypto *crypto,
			     const struct co_item *items, size_t n,
			     const struct co_archive_options *options,
			     struct ev_sink out, uint8_t id[32],
			     struct ev_error *err)
{
	struct parts p = { 0 };

	if (make_parts(crypto, items, n, options, &p, err) == EV_OK &&
	    put_tar(items, n, options->zstd, &p, out, err) == EV_OK &&
	    id != NULL &&
	    !ev_digest(crypto, EV_SHA256, ev_buffer_span(&p.manifest), id))
		ev_fail_trouble(err, object, "libcrypto");
	free_parts(&p);
	return err->code;
}
