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

/* DSSE 1.0 has readers accept both alphabets. */
static enum ev_code decode(const struct ev_node *obj, const char *name,
			   struct store *store, struct ev_span *out,
			   struct ev_error *err)
{
	struct ev_span text;
	size_t n = 0;

	if (ev_node_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	if (!ev_base64_decode(EV_BASE64_ANY, text, store->p + store->n, &n))
		return ev_fail(err, EV_SYNTAX, object, name, 0, "base64",
			       "other text");
	*out = ev_span_of(store->p + store->n, n);
	store->n += n;
	return EV_OK;
}

static enum ev_code parse_signature(const struct ev_node *entry,
				    struct store *store,
				    struct ev_dsse_signature *out,
				    struct ev_error *err)
{
	if (ev_node_member(entry, "keyid") != NULL &&
	    ev_node_get_str(entry, object, "keyid", &out->keyid, err) != EV_OK)
		return err->code;
	return decode(entry, "sig", store, &out->sig, err);
}

static enum ev_code parse_envelope(struct ev_dsse *d, struct store *store,
				   struct ev_error *err)
{
	const struct ev_node *root = d->nodes.root, *list, *entry;

	if (ev_node_get_str(root, object, "payloadType", &d->payload_type,
			    err) != EV_OK ||
	    decode(root, "payload", store, &d->payload, err) != EV_OK ||
	    ev_node_get_array(root, object, "signatures",
			      EV_DSSE_SIGNATURES_MAX, &list, err) != EV_OK)
		return err->code;
	if (list->n == 0)
		return ev_fail(err, EV_MISSING, object, "signatures", 0,
			       "at least one", "none");
	entry = ev_node_inside(list);
	for (; d->n_signatures < list->n; entry = ev_node_next(entry))
		if (parse_signature(entry, store,
				    &d->signature[d->n_signatures++],
				    err) != EV_OK)
			return err->code;
	return EV_OK;
}

enum ev_code ev_dsse_parse(struct ev_span item, struct ev_dsse *out,
			   struct ev_error *err)
{
	struct ev_dsse d = { 0 };
	struct store store = { 0 };

	if (ev_nodes_parse_reals(item, EV_DSSE_MAX, object, &d.nodes, err) !=
	    EV_OK)
		return err->code;
	/* Decoded text is shorter than the text that it stands in, and each
	 * piece is followed by at least its quotes and a colon. */
	d.storage = malloc(item.n + 4);
	store.p = d.storage;
	if (d.storage == NULL)
		ev_fail_trouble(err, object, "out of memory");
	else
		parse_envelope(&d, &store, err);
	if (err->code != EV_OK) {
		ev_dsse_free(&d);
		return err->code;
	}
	*out = d;
	return EV_OK;
}

void ev_dsse_free(struct ev_dsse *dsse)
{
	ev_nodes_free(&dsse->nodes);
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
