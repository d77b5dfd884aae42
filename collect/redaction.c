/* SPDX-License-Identifier: Apache-2.0 */
/* Items out of an archive, their digests into its manifest. */
#include "collect/redaction.h"

#include "collect/redaction_choice.h"
#include "collect/tar_write.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"
#include "evidence/base/json.h"
#include "evidence/limits.h"
#include "evidence/session.h"

#include <stdlib.h>

static const char object[] = "redact";

static enum ev_code no_memory(struct ev_error *err)
{
	return ev_fail_trouble(err, object, "out of memory");
}

/* --- the entries of "redactions" --- */

static json_t *hex(const uint8_t *bytes, size_t n)
{
	char text[2 * 48 + 1];

	assert(2 * n < sizeof(text));
	ev_hex_encode(ev_span_of(bytes, n), text);
	return json_string(text);
}

/* Owned by obj, also where it could not be added. */
static bool add(json_t *obj, const char *name, json_t *value)
{
	return json_object_set_new(obj, name, value) == 0;
}

static bool add_plain(struct ev_crypto *crypto, json_t *entry,
		      struct ev_span content)
{
	uint8_t sha256[32], sha384[48];
	json_t *digest = json_object();

	return add(entry, "digest", digest) &&
	       ev_digest(crypto, EV_SHA256, content, sha256) &&
	       ev_digest(crypto, EV_SHA384, content, sha384) &&
	       add(digest, "sha256", hex(sha256, sizeof(sha256))) &&
	       add(digest, "sha384", hex(sha384, sizeof(sha384)));
}

/* What T holds of the item, so that nonces over it recompute. */
static bool add_salted(struct ev_crypto *crypto, json_t *entry,
		       struct ev_span salt, struct ev_span content)
{
	uint8_t digest[EV_SESSION_ITEM_SIZE];
	json_t *salted = json_object();

	return add(entry, "salted", salted) &&
	       ev_session_item_digest(crypto, salt, content, digest) &&
	       add(salted, "sha256", hex(digest, sizeof(digest)));
}

static json_t *make_entry(struct ev_crypto *crypto,
			  const struct ev_archive *source,
			  const struct co_redaction_choice *choice, size_t i,
			  struct ev_span reason)
{
	const struct ev_manifest_item *item = &source->manifest.items[i];
	size_t salt = choice->salt[i];
	json_t *entry = json_object();
	bool ok = add(entry, "name", json_string(item->name)) &&
		  add(entry, "kind", json_string(item->kind_name)) &&
		  add(entry, "size", json_integer((json_int_t)item->size)) &&
		  add(entry, "reason",
		      json_stringn((const char *)reason.p, reason.n));

	if (salt == CO_NO_SALT)
		ok = ok && add_plain(crypto, entry, source->items[i].data);
	else
		ok = ok && add_salted(crypto, entry, source->items[salt].data,
				      source->items[i].data);
	if (ok)
		return entry;
	json_decref(entry);
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	const json_t *x = *(const json_t *const *)a;
	const json_t *y = *(const json_t *const *)b;

	return strcmp(json_string_value(json_object_get(x, "name")),
		      json_string_value(json_object_get(y, "name")));
}

/* --- the statement --- */

/* What is being made, and of what. */
struct making {
	struct ev_crypto *crypto;
	const struct ev_archive *source;
	const struct co_redaction_request *request;
	const struct co_redaction_choice *choice;
	struct ev_buffer reason; /* as the manifest may hold it */
	json_t *statement;	 /* a copy of the source's */
	json_t *predicate;	 /* in it */
};

/* Those of earlier, as they stand there, and the new ones. */
static bool put_redactions(struct making *m)
{
	const json_t *old = json_object_get(m->predicate, "redactions");
	size_t n = 0, n_old = json_array_size(old);
	json_t *list = json_array();
	ev_auto_free json_t **entries =
		calloc(n_old + m->choice->n_withheld + 1, sizeof(*entries));
	bool ok = list != NULL && entries != NULL;

	for (size_t i = 0; ok && i < n_old; i++)
		entries[n++] = json_incref(json_array_get(old, i));
	for (size_t i = 0; ok && i < m->source->manifest.n_items; i++) {
		if (!m->choice->withheld[i])
			continue;
		entries[n] = make_entry(m->crypto, m->source, m->choice, i,
					ev_buffer_span(&m->reason));
		ok = entries[n] != NULL;
		n += ok;
	}
	if (ok)
		qsort(entries, n, sizeof(*entries), by_name);
	for (size_t i = 0; i < n; i++)
		ok = json_array_append_new(list, entries[i]) == 0 && ok;
	return add(m->predicate, "redactions", list) && ok;
}

static bool keep_rest(struct making *m, json_t *obj, const char *name)
{
	const json_t *all = json_object_get(obj, name);
	json_t *kept = json_array();
	bool ok = true;

	for (size_t i = 0; i < m->source->manifest.n_items; i++)
		if (!m->choice->withheld[i])
			ok = ok && json_array_append(
					   kept, json_array_get(all, i)) == 0;
	return add(obj, name, kept) && ok;
}

/* The collector is who collected; what was done last is the verb. */
static bool put_verb(struct making *m)
{
	json_t *collector = json_object_get(m->predicate, "collector");

	if (collector == NULL) {
		collector = json_object();
		if (!add(m->predicate, "collector", collector) ||
		    !add(collector, "name", json_string("ecart")) ||
		    !add(collector, "version", json_string(ECART_VERSION)))
			return false;
	}
	return add(collector, "verb", json_string("redact"));
}

/* An id from before is not what this one is made from. */
static bool put_source(struct making *m)
{
	json_t *source;

	json_object_del(m->predicate, "source"); /* -1: it was not there */
	if (!m->request->link_source)
		return true;
	source = json_object();
	return add(m->predicate, "source", source) &&
	       add(source, "sha256", hex(m->source->id, 32));
}

static enum ev_code make_statement(struct making *m, struct ev_error *err)
{
	if (ev_json_parse(m->source->manifest_bytes, EV_MANIFEST_MAX,
			  "manifest", &m->statement, err) != EV_OK)
		return err->code;
	m->predicate = json_object_get(m->statement, "predicate");
	if (m->predicate == NULL || !keep_rest(m, m->statement, "subject") ||
	    !keep_rest(m, m->predicate, "items") || !put_redactions(m) ||
	    !put_verb(m) || !put_source(m))
		return no_memory(err);
	return EV_OK;
}

/* What no reader would take must not be written. */
static enum ev_code check_readable(struct ev_span text, struct ev_error *err)
{
	struct ev_manifest m = { 0 };
	enum ev_code code = ev_manifest_parse(text, &m, err);

	ev_manifest_free(&m);
	return code;
}

static enum ev_code make_manifest(struct making *m, struct ev_buffer *out,
				  struct ev_error *err)
{
	ev_auto_free char *text = NULL;
	size_t n = 0;

	ev_escape_foreign(ev_span_str(m->request->reason), &m->reason);
	if (!ev_buffer_ok(&m->reason))
		return no_memory(err);
	if (make_statement(m, err) != EV_OK ||
	    ev_json_canonical(m->statement, "manifest", &text, &n, err) !=
		    EV_OK ||
	    check_readable(ev_span_of(text, n), err) != EV_OK)
		return err->code;
	ev_buffer_add(out, ev_span_of(text, n));
	return ev_buffer_ok(out) ? EV_OK : no_memory(err);
}

enum ev_code co_redaction_make(struct ev_crypto *crypto,
			       const struct ev_archive *source,
			       const struct co_redaction_request *request,
			       struct co_redaction *out, struct ev_error *err)
{
	struct co_redaction_choice choice = { 0 };
	struct making m = { .crypto = crypto,
			    .source = source,
			    .request = request,
			    .choice = &choice };

	*out = (struct co_redaction){ 0 };
	if (co_redaction_choose(&source->manifest, request->names,
				request->n_names, &choice, err) == EV_OK &&
	    make_manifest(&m, &out->manifest, err) == EV_OK) {
		out->n_withheld = choice.n_withheld;
		out->n_bare = choice.n_bare;
		out->withheld = choice.withheld;
		choice.withheld = NULL;
	}
	ev_buffer_free(&m.reason);
	json_decref(m.statement);
	co_redaction_choice_free(&choice);
	return err->code;
}

void co_redaction_free(struct co_redaction *redaction)
{
	free(redaction->withheld);
	ev_buffer_free(&redaction->manifest);
	*redaction = (struct co_redaction){ 0 };
}

/* --- the archive --- */

static enum ev_code write_tar(const struct ev_archive *source,
			      const struct co_redaction *redaction,
			      const struct co_tar_member *envelope, bool zstd,
			      struct ev_sink out, struct ev_error *err)
{
	size_t n = 0, n_items = source->manifest.n_items;
	ev_auto_free struct co_tar_member *m = calloc(n_items + 2, sizeof(*m));

	if (m == NULL)
		return no_memory(err);
	m[n++] = (struct co_tar_member){ "manifest.json",
					 ev_buffer_span(&redaction->manifest) };
	if (envelope->data.n > 0)
		m[n++] = *envelope;
	for (size_t i = 0; i < n_items; i++)
		if (!redaction->withheld[i])
			m[n++] =
				(struct co_tar_member){ source->items[i].name,
							source->items[i].data };
	return co_tar_write(m, n, zstd, out, err);
}

enum ev_code co_redaction_write(const struct ev_archive *source,
				const struct co_redaction *redaction,
				const struct co_key *key, bool zstd,
				struct ev_sink out, struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer envelope = { 0 };
	char name[EV_PATH_TEXT] = "";
	struct co_tar_member signature = { name, { NULL, 0 } };

	if (key != NULL &&
	    co_sign_manifest(key, ev_buffer_span(&redaction->manifest),
			     &envelope, name, err) != EV_OK)
		return err->code;
	signature.data = ev_buffer_span(&envelope);
	return write_tar(source, redaction, &signature, zstd, out, err);
}
