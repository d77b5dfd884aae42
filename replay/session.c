/* SPDX-License-Identifier: Apache-2.0 */
/* Session, T and every nonce of a collection, from the archive alone. */
#include "replay/session.h"

#include "evidence/base/base64.h"
#include "evidence/limits.h"
#include "replay/link.h"

#include <stdio.h>
#include <stdlib.h>

/* --- what the manifest says --- */

static size_t n_items(const struct rp_case *c)
{
	return c->archive->manifest.n_items;
}

static struct rp_place *place_of(const struct rp_case *c, const char *name)
{
	const struct rp_item *item = rp_item_named(c, name);

	return item != NULL ? &c->session->place[item - c->items] : NULL;
}

/* Each salt says whose it is; the first of several counts.  One of another
 * size is none: bytes could move between it and the content. */
static void place_salts(const struct rp_case *c)
{
	for (size_t i = 0; i < n_items(c); i++) {
		const struct ev_manifest_item *e = c->items[i].entry;

		if (!rp_is_kind(&c->items[i], "salt") ||
		    c->items[i].bytes.n != EV_SESSION_SALT_SIZE)
			continue;
		for (size_t k = 0; k < e->n_relates; k++) {
			struct rp_place *p =
				strcmp(e->relates[k].rel, "salt-of") == 0
					? place_of(c, e->relates[k].name)
					: NULL;

			if (p != NULL && p->salt == NULL)
				p->salt = &c->items[i];
		}
	}
}

static enum ev_code place_all(struct rp_case *c)
{
	struct rp_session *s = c->session;

	s->place = calloc(n_items(c) + 1, sizeof(*s->place));
	s->result = calloc(s->binding.n_nonces + 1, sizeof(*s->result));
	if (s->place == NULL || s->result == NULL)
		return EV_TROUBLE;
	for (size_t i = 0; i < s->binding.n_nonces; i++) {
		const struct ev_nonce_use *u = &s->binding.nonces[i];
		struct rp_place *p = place_of(c, u->item);

		if (p != NULL && p->nonce == NULL)
			p->nonce = u;
	}
	place_salts(c);
	return EV_OK;
}

enum ev_code rp_session_build(struct rp_case *c)
{
	const struct ev_node *predicate;
	struct rp_session *s;

	if (c->archive == NULL)
		return EV_OK;
	predicate = c->archive->manifest.predicate;
	s = c->session = calloc(1, sizeof(*s));
	if (s == NULL)
		return EV_TROUBLE;
	s->collector_parsed.code = ev_collector_parse(predicate, &s->collector,
						      &s->collector_parsed.err);
	s->parsed.code =
		ev_binding_parse(predicate, &s->binding, &s->parsed.err);
	if (s->collector_parsed.code == EV_TROUBLE ||
	    s->parsed.code == EV_TROUBLE)
		return EV_TROUBLE;
	return place_all(c);
}

enum ev_code rp_session_open(struct rp_case *c)
{
	struct rp_session *s = c->session;

	if (s == NULL || s->binding.session == NULL)
		return EV_OK;
	s->item = rp_item_named(c, s->binding.session);
	if (s->item == NULL)
		return EV_OK;
	if (!rp_is_kind(s->item, "ecart-session"))
		s->document_parsed.code =
			ev_fail_text(&s->document_parsed.err, EV_VALUE,
				     "session", "kind", 0, "ecart-session",
				     ev_span_str(s->item->entry->kind_name));
	else
		s->document_parsed.code = ev_session_parse(
			s->item->bytes, &s->document, &s->document_parsed.err);
	if (s->document_parsed.code == EV_TROUBLE)
		return EV_TROUBLE;
	if (s->document_parsed.code != EV_OK)
		return EV_OK;
	s->has_root = ev_session_root(c->crypto, s->item->bytes, s->root);
	return s->has_root ? EV_OK : EV_TROUBLE;
}

void rp_session_free(struct rp_case *c)
{
	struct rp_session *s = c->session;

	if (s == NULL)
		return;
	ev_collector_free(&s->collector);
	ev_binding_free(&s->binding);
	ev_session_free(&s->document);
	free(s->place);
	free(s->result);
	free(s);
	c->session = NULL;
}

/* --- T --- */

/* archive.digests holds the manifest's digest against the bytes before any
 * answer that rests on T is given. */
static bool digest_place(struct rp_case *c, struct rp_place *p)
{
	const struct rp_item *item = &c->items[p - c->session->place];

	if (p->has_digest)
		return true;
	if (p->salt == NULL)
		memcpy(p->digest, item->entry->sha256, sizeof(p->digest));
	else if (!ev_session_item_digest(c->crypto, p->salt->bytes, item->bytes,
					 p->digest))
		return false;
	p->has_digest = true;
	return true;
}

/* A name that is neither here nor withheld is left in *missing. */
static bool commit_all(struct rp_case *c, const struct ev_node *after,
		       struct ev_buffer *t, const char **missing)
{
	const struct ev_node *v = ev_node_inside(after);

	for (uint32_t i = 0; i < after->n; i++, v = ev_node_next(v)) {
		const char *name = ev_node_text(v);
		const struct ev_redaction *r;
		struct rp_place *p = place_of(c, name);

		if (p != NULL) {
			if (!digest_place(c, p))
				return false;
			ev_session_commit_digest(name, p->digest, t);
			continue;
		}
		r = ev_redactions_find(&c->archive->manifest.redactions, name);
		if (r == NULL) {
			*missing = name;
			return true;
		}
		ev_session_commit_digest(name, r->sha256, t);
	}
	return ev_buffer_ok(t);
}

static enum ev_code tpm_nonce(struct rp_case *c, const struct ev_nonce_use *u,
			      struct rp_nonce *out)
{
	ev_auto_buffer struct ev_buffer t = { 0 };
	const char *missing = NULL;

	if (!commit_all(c, u->after, &t, &missing))
		return EV_TROUBLE;
	if (missing != NULL) {
		snprintf(out->why, sizeof(out->why),
			 "absent: %s, which the nonce is over", missing);
		return EV_OK;
	}
	out->n = EV_SESSION_TPM_SIZE;
	return ev_session_tpm_nonce(c->crypto, c->session->root,
				    ev_buffer_span(&t), out->bytes)
		       ? EV_OK
		       : EV_TROUBLE;
}

/* --- Intel Trust Authority --- */

static bool are_related(const struct rp_item *a, const struct rp_item *b)
{
	for (size_t i = 0; i < a->entry->n_relates; i++)
		if (strcmp(a->entry->relates[i].name, b->name) == 0)
			return true;
	for (size_t i = 0; i < b->entry->n_relates; i++)
		if (strcmp(b->entry->relates[i].name, a->name) == 0)
			return true;
	return false;
}

/* The service's nonce that a relation puts beside the item, else the only
 * one. */
static const struct rp_item *ita_nonce_of(const struct rp_case *c,
					  const struct rp_item *item)
{
	const struct rp_item *only = NULL;
	size_t n = 0;

	for (size_t i = 0; i < n_items(c); i++) {
		if (!rp_is_kind(&c->items[i], "ita-nonce"))
			continue;
		if (are_related(&c->items[i], item))
			return &c->items[i];
		only = &c->items[i];
		n++;
	}
	return n == 1 ? only : NULL;
}

/* A member's text, as it is spelled, is part of what the nonce follows from;
 * one whose name is spelled with escapes has no place to point at. */
static void note_part(const struct rp_item *reply, const char *name,
		      struct rp_nonce *out)
{
	struct ev_span text;

	if (!ev_json_member(reply->bytes, name, &text))
		return;
	out->from = reply;
	out->part[out->n_parts++] = ev_span_sub(text, 1, text.n - 2);
}

/* A member in base64, decoded; *out is the caller's (free). */
static enum ev_code decode_member(const json_t *reply, const char *name,
				  uint8_t **out, size_t *n,
				  struct ev_error *err)
{
	static const char object[] = "ita-nonce";
	struct ev_span text;

	if (ev_json_get_str(reply, object, name, &text, err) != EV_OK)
		return err->code;
	*out = malloc(ev_base64_decoded_max(text.n));
	if (*out == NULL)
		return ev_fail_trouble(err, object, "memory");
	if (!ev_base64_decode(EV_BASE64_STD, text, *out, n))
		return ev_fail(err, EV_SYNTAX, object, name, 0, "base64",
			       "another text");
	return EV_OK;
}

static enum ev_code ita_data(struct rp_case *c, const struct rp_item *reply,
			     struct rp_nonce *out, struct ev_error *err)
{
	ev_auto_json json_t *json = NULL;
	ev_auto_free uint8_t *val = NULL, *iat = NULL;
	size_t n_val = 0, n_iat = 0;

	if (ev_json_parse(reply->bytes, EV_COLLATERAL_MAX, "ita-nonce", &json,
			  err) != EV_OK ||
	    decode_member(json, "val", &val, &n_val, err) != EV_OK ||
	    decode_member(json, "iat", &iat, &n_iat, err) != EV_OK)
		return err->code;
	if (!ev_session_ita_data(c->crypto, c->session->root,
				 ev_span_of(val, n_val), ev_span_of(iat, n_iat),
				 out->bytes))
		return EV_TROUBLE;
	out->n = EV_SESSION_ROOT_SIZE;
	note_part(reply, "val", out);
	note_part(reply, "iat", out);
	return EV_OK;
}

static enum ev_code ita_nonce(struct rp_case *c, const struct rp_item *item,
			      struct rp_nonce *out)
{
	const struct rp_item *reply = ita_nonce_of(c, item);
	struct ev_error err = { 0 };
	enum ev_code code;
	char line[200];

	if (reply == NULL) {
		snprintf(out->why, sizeof(out->why),
			 "absent: ita-nonce that belongs to this item");
		return EV_OK;
	}
	code = ita_data(c, reply, out, &err);
	if (code == EV_OK || code == EV_TROUBLE)
		return code;
	ev_error_format(&err, line, sizeof(line));
	snprintf(out->why, sizeof(out->why), "ita-nonce: %s", line);
	return EV_OK;
}

/* --- all uses --- */

enum ev_code rp_session_nonce(struct rp_case *c, const struct ev_nonce_use *u,
			      const struct rp_item *item, struct rp_nonce *out)
{
	const uint8_t *root = c->session->root;
	bool ok = true;

	*out = (struct rp_nonce){ .n = 0 };
	switch (u->use) {
	case EV_USE_HCL:
	case EV_USE_REPORT_DATA:
		out->n = EV_SESSION_ROOT_SIZE;
		memcpy(out->bytes, root, EV_SESSION_ROOT_SIZE);
		break;
	case EV_USE_TPM_QUOTE:
		return tpm_nonce(c, u, out);
	case EV_USE_IMDS:
		out->n = EV_SESSION_DIGITS - 1;
		ok = ev_session_imds_nonce(c->crypto, root, (char *)out->bytes);
		break;
	case EV_USE_MAA:
		out->n = EV_SESSION_HEX - 1;
		ok = ev_session_maa_nonce(c->crypto, root, (char *)out->bytes);
		break;
	case EV_USE_ITA:
		return ita_nonce(c, item, out);
	case EV_USE_TLS:
		out->n = EV_SESSION_TLS_SIZE;
		ok = ev_session_tls_nonce(c->crypto, root, (uint32_t)u->index,
					  out->bytes);
		break;
	case EV_N_USES:
		break;
	}
	return ok ? EV_OK : EV_TROUBLE;
}
