/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, key sets and configurations of token services as JSON. */
#include "evidence/base/json.h"
#include "evidence/jwks.h"
#include "evidence/limits.h"
#include "evidence/path.h"
#include "evidence/show.h"
#include "evidence/show_field.h"
#include "evidence/token_issuer.h"

#include <stdio.h>

/* What a JSON number can hold exactly (RFC 8785): 2^53 - 1. */
static const int64_t EXACT_MAX = INT64_C(9007199254740991);

static void show_value(struct ev_writer *w, struct ev_span text,
		       const struct ev_node *v)
{
	switch (v->type) {
	case EV_NODE_STRING:
	case EV_NODE_NUMBER:
	case EV_NODE_REAL:
		ev_write_foreign(w, "value", v->text);
		break;
	case EV_NODE_INTEGER:
		if (v->integer >= -EXACT_MAX && v->integer <= EXACT_MAX)
			ev_write_int(w, "value", v->integer);
		else
			ev_write_foreign(w, "value",
					 ev_span_sub(text, v->at, v->size));
		break;
	case EV_NODE_TRUTH:
		ev_write_bool(w, "value", v->truth);
		break;
	case EV_NODE_OBJECT:
	case EV_NODE_ARRAY:
	case EV_NODE_NULL:
		break;
	}
}

/* Where the containers end that the walk is in. */
struct nest {
	const struct ev_node *end[EV_JSON_DEPTH_MAX + 1];
	int64_t depth;
};

static void show_row(struct ev_writer *w, struct ev_span text,
		     const struct ev_node *v, int64_t depth)
{
	ev_write_object(w, NULL);
	ev_write_int(w, "depth", depth);
	ev_write_int(w, "length", v->size);
	if (v->name.p != NULL)
		ev_write_foreign(w, "name", v->name);
	ev_write_int(w, "offset", v->at);
	ev_write_str(w, "type", ev_node_type_word(v));
	show_value(w, text, v);
	ev_write_end(w);
}

/* Every value inside root, in the order of the text, one row each: a document
 * of others may be nested as it likes. */
static void show_tree(struct ev_writer *w, const char *name,
		      struct ev_span text, const struct ev_node *root)
{
	struct nest n = { .depth = 0 };

	ev_write_array(w, name);
	for (uint32_t i = 1; i < root->extent; i++) {
		const struct ev_node *v = root + i;

		while (n.depth > 0 && v >= n.end[n.depth])
			n.depth--;
		show_row(w, text, v, n.depth + 1);
		if (v->extent > 1)
			n.end[++n.depth] = ev_node_next(v);
	}
	ev_write_end(w);
}

/* --- tokens --- */

static void show_part(struct ev_writer *w, const char *name,
		      const struct ev_jwt *t, struct ev_span text,
		      struct ev_span decoded, const struct ev_nodes *nodes)
{
	ev_write_object(w, name);
	ev_show_extent(w, "text", (uint64_t)(text.p - t->item.p), text.n);
	show_tree(w, "members", decoded, nodes->root);
	ev_write_end(w);
}

static void show_times(struct ev_writer *w, const struct ev_jwt *t)
{
	struct ev_error err = { 0 };
	struct ev_jwt_times times;

	if (ev_jwt_times(t, &times, &err) != EV_OK)
		return;
	if (times.has_iat)
		ev_write_time(w, "iat", times.iat);
	if (times.has_nbf)
		ev_write_time(w, "nbf", times.nbf);
	if (times.has_exp)
		ev_write_time(w, "exp", times.exp);
	if (times.has_iat && times.has_exp)
		ev_write_int(w, "lifetime", times.exp - times.iat);
}

static void show_token(struct ev_writer *w, const struct ev_jwt *t)
{
	static const char *const words[] = {
		[EV_ISSUER_OTHER] = "none that is known",
		[EV_ISSUER_MAA] = "Azure Attestation",
		[EV_ISSUER_ITA] = "Intel Trust Authority",
		[EV_ISSUER_GOOGLE] = "Google Cloud Attestation",
	};
	struct ev_span iss = ev_token_iss(t);

	ev_write_foreign(w, "algorithm", t->alg);
	if (iss.p != NULL)
		ev_write_foreign(w, "issuer", iss);
	ev_write_str(w, "service", words[ev_token_issuer_of(iss)]);
	show_times(w, t);
	show_part(w, "header", t, t->header_text, t->header, &t->header_nodes);
	show_part(w, "payload", t, t->payload_text, t->payload,
		  &t->payload_nodes);
	if (t->signature.n > 0)
		ev_show_hex(w, "signature",
			    (uint64_t)(t->signature_text.p - t->item.p),
			    t->signature);
}

enum ev_code ev_show_token(struct ev_span item, struct ev_writer *w,
			   struct ev_error *err)
{
	struct ev_jwt t;

	if (ev_jwt_parse(item, &t, err) != EV_OK)
		return err->code;
	if (w != NULL)
		show_token(w, &t);
	ev_jwt_free(&t);
	return EV_OK;
}

/* --- key sets --- */

static void show_certificate(struct ev_writer *w, struct ev_crypto *crypto,
			     struct ev_span der)
{
	struct ev_error err = { 0 };
	struct ev_x509 x;

	if (ev_x509_parse(crypto, der, 0, &x, &err) != EV_OK)
		return;
	ev_write_object(w, "certificate");
	ev_write_str(w, "subject", x.subject);
	ev_write_str(w, "issuer", x.issuer);
	ev_write_time(w, "not_before", x.not_before);
	ev_write_time(w, "not_after", x.not_after);
	ev_write_end(w);
	ev_x509_free(&x);
}

static void show_key(struct ev_writer *w, struct ev_crypto *crypto,
		     const struct ev_jwk *k)
{
	char line[300];

	ev_write_object(w, NULL);
	ev_show_extent(w, "text", k->offset, k->size);
	if (k->kid.p != NULL)
		ev_write_foreign(w, "kid", k->kid);
	if (k->refused.code != EV_OK) {
		ev_error_format(&k->refused, line, sizeof(line));
		ev_write_shown(w, "refused", line);
	} else {
		ev_write_str(w, "type", ev_public_key_name(&k->key));
		ev_write_int(w, "bits", (int64_t)ev_public_key_bits(&k->key));
	}
	if (k->x5c != NULL)
		ev_write_int(w, "certificates", k->x5c->n);
	if (k->cert_der.n > 0)
		show_certificate(w, crypto, k->cert_der);
	ev_write_end(w);
}

enum ev_code ev_show_jwks(struct ev_span item, struct ev_writer *w,
			  struct ev_error *err)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_jwks j;

	if (crypto == NULL)
		return ev_fail_trouble(err, "jwks", "out of memory");
	if (ev_jwks_parse(item, &j, err) != EV_OK)
		return err->code;
	if (w != NULL) {
		ev_write_array(w, "keys");
		for (size_t i = 0; i < j.n; i++)
			show_key(w, crypto, &j.key[i]);
		ev_write_end(w);
		show_tree(w, "members", item, j.nodes.root);
	}
	ev_jwks_free(&j);
	return EV_OK;
}

enum ev_code ev_show_oidc_config(struct ev_span item, struct ev_writer *w,
				 struct ev_error *err)
{
	struct ev_nodes nodes = { 0 };
	struct ev_span issuer;

	if (ev_nodes_parse_numbers(item, EV_COLLATERAL_MAX, "oidc-config",
				   &nodes, err) == EV_OK &&
	    ev_node_get_str(nodes.root, "oidc-config", "issuer", &issuer,
			    err) == EV_OK &&
	    w != NULL) {
		ev_write_foreign(w, "issuer", issuer);
		show_tree(w, "members", item, nodes.root);
	}
	ev_nodes_free(&nodes);
	return err->code;
}
