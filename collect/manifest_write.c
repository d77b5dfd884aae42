/* SPDX-License-Identifier: Apache-2.0 */
/* The Statement over an archive's items. */
#include "collect/manifest_write.h"

#include "evidence/base/json_write.h"
#include "evidence/limits.h"

#include <stdlib.h>

static const char object[] = "manifest";

struct digests {
	uint8_t sha256[32];
	uint8_t sha384[48];
};

/* Small enough to be in the cache when the second digest reads it. */
static const size_t piece_size = 65536;

/* Both digests in one pass over the bytes. */
static bool digest_both(struct ev_crypto *crypto, struct ev_span bytes,
			struct digests *out)
{
	ev_auto(ev_digest_free) struct ev_digest_stream *a =
		ev_digest_begin(crypto, EV_SHA256);
	ev_auto(ev_digest_free) struct ev_digest_stream *b =
		ev_digest_begin(crypto, EV_SHA384);

	if (a == NULL || b == NULL)
		return false;
	for (size_t at = 0; at < bytes.n; at += piece_size) {
		size_t left = bytes.n - at;
		struct ev_span piece = ev_span_sub(
			bytes, at, left < piece_size ? left : piece_size);

		if (!ev_digest_update(a, piece) || !ev_digest_update(b, piece))
			return false;
	}
	return ev_digest_finish(a, out->sha256) &&
	       ev_digest_finish(b, out->sha384);
}

/* --- the order of items --- */

struct place {
	const char *path;
	size_t index;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->path, y->path); /* paths are distinct */
}

bool co_item_order(const char (*paths)[EV_PATH_TEXT], size_t n, size_t **out)
{
	struct place *places = calloc(n + 1, sizeof(*places));
	size_t *order = calloc(n + 1, sizeof(*order));

	if (places == NULL || order == NULL) {
		free(places);
		free(order);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){ paths[i], i };
	qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 0; i < n; i++)
		order[i] = places[i].index;
	free(places);
	*out = order;
	return true;
}

/* --- members --- */

static void write_optional(struct ev_writer *w, const char *name,
			   const char *text)
{
	if (text != NULL)
		ev_write_foreign(w, name, ev_span_str(text));
}

static void write_json(struct ev_writer *w, const char *name,
		       struct ev_span json)
{
	if (json.n > 0)
		ev_write_raw(w, name, json);
}

static bool write_subject(struct ev_writer *w, struct ev_crypto *crypto,
			  const struct co_item *item, const char *path)
{
	struct digests d;

	if (!digest_both(crypto, item->bytes, &d))
		return false;
	ev_write_object(w, NULL);
	ev_write_str(w, "name", path);
	ev_write_object(w, "digest");
	ev_write_hex(w, "sha256", EV_SPAN(d.sha256));
	ev_write_hex(w, "sha384", EV_SPAN(d.sha384));
	ev_write_end(w);
	ev_write_end(w);
	return true;
}

static void write_source(struct ev_writer *w, const struct co_item *item,
			 const char (*paths)[EV_PATH_TEXT])
{
	if (item->source_type == NULL)
		return;
	ev_write_object(w, "source");
	ev_write_str(w, "type", item->source_type);
	write_optional(w, "detail", item->source_detail);
	write_optional(w, "uri", item->source_uri);
	if (item->status > 0)
		ev_write_int(w, "status", item->status);
	if (item->has_headers)
		ev_write_str(w, "headers", paths[item->headers]);
	ev_write_end(w);
}

static void write_relates(struct ev_writer *w, const struct co_item *item,
			  const char (*paths)[EV_PATH_TEXT])
{
	if (item->n_relates == 0)
		return;
	ev_write_array(w, "relates");
	for (size_t i = 0; i < item->n_relates; i++) {
		ev_write_object(w, NULL);
		ev_write_str(w, "rel", item->relates[i].rel);
		ev_write_str(w, "name", paths[item->relates[i].part]);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_item(struct ev_writer *w, const struct co_item *item,
		       const char *path, const char (*paths)[EV_PATH_TEXT])
{
	const struct ev_kind *kind = ev_kind_find(ev_span_str(item->kind));

	ev_write_object(w, NULL);
	ev_write_str(w, "name", path);
	ev_write_int(w, "size", (int64_t)item->bytes.n);
	ev_write_str(w, "kind", item->kind);
	ev_write_str(w, "mediaType",
		     item->media_type != NULL ? item->media_type
					      : kind->media_type);
	if (item->has_collected) {
		ev_write_object(w, "collected");
		ev_write_time(w, "notBefore", item->not_before);
		ev_write_time(w, "notAfter", item->not_after);
		ev_write_end(w);
	}
	write_source(w, item, paths);
	if (item->nonce.n > 0)
		ev_write_hex(w, "nonce", item->nonce);
	if (item->scheme != NULL)
		ev_write_str(w, "scheme", item->scheme);
	write_relates(w, item, paths);
	ev_write_end(w);
}

static void write_claims(struct ev_writer *w, const struct co_claims *c)
{
	ev_write_str(w, "format", EV_ARCHIVE_FORMAT);
	if (c->has_time)
		ev_write_time(w, "time", c->time);
	ev_write_object(w, "collector");
	ev_write_str(w, "name", "ecart");
	ev_write_str(w, "version", ECART_VERSION);
	ev_write_str(w, "verb", c->verb);
	if (c->program != NULL) {
		ev_write_object(w, "digest");
		ev_write_hex(w, "sha256", ev_span_of(c->program, 32));
		ev_write_end(w);
	}
	write_optional(w, "root", c->root);
	write_json(w, "clock", c->clock);
	write_json(w, "steps", c->steps);
	ev_write_end(w);
	write_json(w, "binding", c->binding);
	write_json(w, "subjectSystem", c->subject_system);
	write_json(w, "redactions", c->redactions);
	write_optional(w, "series", c->series);
	if (c->previous == NULL)
		return;
	ev_write_object(w, "previous");
	ev_write_hex(w, "sha256", ev_span_of(c->previous, 32));
	ev_write_end(w);
}

static enum ev_code finish(struct ev_writer *w, struct ev_buffer *out,
			   struct ev_error *err)
{
	ev_auto_free char *text = NULL;
	size_t n = 0;

	text = ev_writer_finish(w, &n);
	if (text == NULL)
		return ev_fail_trouble(err, object, "cannot be written");
	if (n > EV_MANIFEST_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   EV_MANIFEST_MAX, n);
	ev_buffer_add(out, ev_span_of(text, n));
	if (!ev_buffer_ok(out))
		return ev_fail_trouble(err, object, "out of memory");
	return EV_OK;
}

/* What an index points at must be there, and the verb is ours. */
static void check_indices(const struct co_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert(!items[i].has_headers || items[i].headers < n);
		for (size_t j = 0; j < items[i].n_relates; j++)
			assert(items[i].relates[j].part < n);
	}
}

static bool write_statement(struct ev_writer *w, struct ev_crypto *crypto,
			    const struct co_item *items,
			    const char (*paths)[EV_PATH_TEXT],
			    const size_t *order, size_t n,
			    const struct co_claims *claims)
{
	ev_write_object(w, NULL);
	ev_write_str(w, "_type", "https://in-toto.io/Statement/v1");
	ev_write_str(w, "predicateType",
		     "https://w3id.org/ecart/evidence-archive/v1");
	ev_write_array(w, "subject");
	for (size_t i = 0; i < n; i++) {
		if (!write_subject(w, crypto, &items[order[i]],
				   paths[order[i]]))
			return false;
	}
	ev_write_end(w);
	ev_write_object(w, "predicate");
	write_claims(w, claims);
	ev_write_array(w, "items");
	for (size_t i = 0; i < n; i++)
		write_item(w, &items[order[i]], paths[order[i]], paths);
	ev_write_end(w);
	ev_write_end(w);
	ev_write_end(w);
	return true;
}

enum ev_code co_manifest_write(struct ev_crypto *crypto,
			       const struct co_item *items,
			       const char (*paths)[EV_PATH_TEXT], size_t n,
			       const struct co_claims *claims,
			       struct ev_buffer *out, struct ev_error *err)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	ev_auto_free size_t *order = NULL;

	check_indices(items, n);
	if (w == NULL || !co_item_order(paths, n, &order))
		return ev_fail_trouble(err, object, "out of memory");
	if (!write_statement(w, crypto, items, paths, order, n, claims))
		return ev_fail_trouble(err, object, "libcrypto");
	return finish(w, out, err);
}
