/* SPDX-License-Identifier: Apache-2.0 */
/* DSSE envelopes: parsed leniently, verified over the payload's bytes. */
#include "evidence/dsse.h"

#include "evidence/base/base64.h"
#include "evidence/base/hex.h"
#include "evidence/limits.h"

#include <stdlib.h>

static const char object[] = "dsse";

/* Where decoded bytes go: one allocation as large as the text. */
struct store {
	uint8_t *p;
	size_t n;
};

/* The payload's text where it was cut out, and what is left. */
struct cut {
	struct ev_span payload;
	struct ev_buffer rest;
};

/* DSSE 1.0 has readers accept both alphabets. */
static enum ev_code decode_text(struct ev_span text, const char *name,
				struct store *store, struct ev_span *out,
				struct ev_error *err)
{
	size_t n = 0;

	if (!ev_base64_decode(EV_BASE64_ANY, text, store->p + store->n, &n))
		return ev_fail(err, EV_SYNTAX, object, name, 0, "base64",
			       "other text");
	*out = ev_span_of(store->p + store->n, n);
	store->n += n;
	return EV_OK;
}

static enum ev_code decode(const json_t *obj, const char *name,
			   struct store *store, struct ev_span *out,
			   struct ev_error *err)
{
	struct ev_span text;

	if (ev_json_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	return decode_text(text, name, store, out, err);
}

static enum ev_code parse_signature(const json_t *entry, struct store *store,
				    struct ev_dsse_signature *out,
				    struct ev_error *err)
{
	if (json_object_get(entry, "keyid") != NULL &&
	    ev_json_get_str(entry, object, "keyid", &out->keyid, err) != EV_OK)
		return err->code;
	return decode(entry, "sig", store, &out->sig, err);
}

static enum ev_code decode_payload(const json_t *json, const struct cut *cut,
				   struct store *store, struct ev_span *out,
				   struct ev_error *err)
{
	if (cut->payload.n > 0)
		return decode_text(cut->payload, "payload", store, out, err);
	return decode(json, "payload", store, out, err);
}

static enum ev_code parse_envelope(struct ev_dsse *d, const struct cut *cut,
				   struct store *store, struct ev_error *err)
{
	json_t *list;
	size_t n;

	if (ev_json_get_str(d->json, object, "payloadType", &d->payload_type,
			    err) != EV_OK ||
	    decode_payload(d->json, cut, store, &d->payload, err) != EV_OK ||
	    ev_json_get_array(d->json, object, "signatures",
			      EV_DSSE_SIGNATURES_MAX, &list, err) != EV_OK)
		return err->code;
	n = json_array_size(list);
	if (n == 0)
		return ev_fail(err, EV_MISSING, object, "signatures", 0,
			       "at least one", "none");
	for (size_t i = 0; i < n; i++) {
		if (parse_signature(json_array_get(list, i), store,
				    &d->signature[i], err) != EV_OK)
			return err->code;
	}
	d->n_signatures = n;
	return EV_OK;
}

/*
 * An envelope without its payload, which is nearly all of it and of which
 * jansson would take every byte in its hand.  Only a payload that stands
 * there without an escape is cut out, and the empty string put in its place;
 * payload.n is 0 where there is none.
 */
static bool cut_payload(struct ev_span item, struct cut *cut)
{
	struct ev_span value;
	size_t start;

	if (item.n > EV_DSSE_MAX || !ev_json_member(item, "payload", &value) ||
	    value.n <= 2 || value.p[0] != '"' ||
	    memchr(value.p, '\\', value.n) != NULL)
		return false;
	start = (size_t)(value.p - item.p) + 1;
	cut->payload = ev_span_sub(value, 1, value.n - 2);
	ev_buffer_add(&cut->rest, ev_span_sub(item, 0, start));
	start += cut->payload.n;
	ev_buffer_add(&cut->rest, ev_span_sub(item, start, item.n - start));
	return ev_buffer_ok(&cut->rest);
}

/* A refusal is that of the whole text, whose offsets are right. */
static enum ev_code load(struct ev_span item, struct cut *cut, json_t **json,
			 struct ev_error *err)
{
	struct ev_error unsaid = { 0 };

	if (cut_payload(item, cut) &&
	    ev_json_parse_numbers(ev_buffer_span(&cut->rest), EV_DSSE_MAX,
				  object, json, &unsaid) == EV_OK)
		return EV_OK;
	cut->payload = (struct ev_span){ NULL, 0 };
	return ev_json_parse_numbers(item, EV_DSSE_MAX, object, json, err);
}

enum ev_code ev_dsse_parse(struct ev_span item, struct ev_dsse *out,
			   struct ev_error *err)
{
	struct ev_dsse d = { 0 };
	struct store store = { 0 };
	struct cut cut = { 0 };
	enum ev_code code = load(item, &cut, &d.json, err);

	ev_buffer_free(&cut.rest);
	if (code != EV_OK)
		return code;
	/* Decoded text is shorter than the text that it stands in, and each
	 * piece is followed by at least its quotes and a colon. */
	d.storage = malloc(item.n + 4);
	store.p = d.storage;
	if (d.storage == NULL)
		ev_fail_trouble(err, object, "out of memory");
	else
		parse_envelope(&d, &cut, &store, err);
	if (err->code != EV_OK) {
		ev_dsse_free(&d);
		return err->code;
	}
	*out = d;
	return EV_OK;
}

void ev_dsse_free(struct ev_dsse *dsse)
{
	json_decref(dsse->json);
	free(dsse->storage);
	*dsse = (struct ev_dsse){ 0 };
}

void ev_dsse_pae(struct ev_span type, struct ev_span payload,
		 struct ev_buffer *out)
{
	ev_buffer_printf(out, "DSSEv1 %zu ", type.n);
	ev_buffer_add(out, type);
	ev_buffer_printf(out, " %zu ", payload.n);
	ev_buffer_add(out, payload);
}

bool ev_key_id(struct ev_crypto *crypto, struct ev_span spki, char out[65])
{
	uint8_t digest[32];

	if (!ev_digest(crypto, EV_SHA256, spki, digest))
		return false;
	ev_hex_encode(EV_SPAN(digest), out);
	return true;
}

enum ev_verified ev_dsse_verify(struct ev_crypto *crypto,
				const struct ev_dsse *dsse, size_t index,
				struct ev_span spki)
{
	ev_auto_buffer struct ev_buffer pae = { 0 };

	assert(index < dsse->n_signatures);
	ev_dsse_pae(dsse->payload_type, dsse->payload, &pae);
	if (!ev_buffer_ok(&pae))
		return EV_VERIFIED_TROUBLE;
	return ev_spki_verify(crypto, spki, ev_buffer_span(&pae),
			      dsse->signature[index].sig);
}

/* Every signature is tried: the key id is unauthenticated and decides
 * nothing. */
enum ev_verified ev_dsse_signed_by(struct ev_crypto *crypto,
				   const struct ev_dsse *dsse,
				   struct ev_span spki, size_t *index)
{
	for (size_t i = 0; i < dsse->n_signatures; i++) {
		enum ev_verified v = ev_dsse_verify(crypto, dsse, i, spki);

		if (v == EV_VERIFIED_NO)
			continue;
		if (v == EV_VERIFIED_YES && index != NULL)
			*index = i;
		return v;
	}
	return EV_VERIFIED_NO;
}
