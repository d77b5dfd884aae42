/* SPDX-License-Identifier: Apache-2.0 */
/* A case of Sigstore's conformance set: its token, what the token is over,
 * and the authorities that its trust root names.  Needs the vectors. */
#ifndef TESTS_SIGSTORE_H
#define TESTS_SIGSTORE_H

#include "evidence/base/base64.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#define SIGSTORE_CERTS_MAX 8

struct sigstore_case {
	json_t *bundle, *trusted;
	bool has_token;
	struct ev_span token, data;
	/* Last of each chain is the root, the others may complete a chain. */
	struct ev_span roots[SIGSTORE_CERTS_MAX], extra[SIGSTORE_CERTS_MAX];
	const char *from[SIGSTORE_CERTS_MAX]; /* of each root; NULL: open */
	const char *to[SIGSTORE_CERTS_MAX];
	size_t n_roots, n_extra;
	uint8_t *owned[2 * SIGSTORE_CERTS_MAX + 2];
	size_t n_owned;
};

static inline struct ev_span sigstore_decode(struct sigstore_case *c,
					     const json_t *v)
{
	const char *text = json_string_value(v);
	struct ev_span out;
	uint8_t *p;

	assert_non_null(text);
	assert_true(c->n_owned < sizeof(c->owned) / sizeof(c->owned[0]));
	p = malloc(ev_base64_decoded_max(strlen(text)));
	assert_non_null(p);
	assert_true(
		ev_base64_decode(EV_BASE64_STD, ev_span_str(text), p, &out.n));
	out.p = c->owned[c->n_owned++] = p;
	return out;
}

static inline json_t *sigstore_load(const char *folder, const char *name)
{
	char rel[300];
	struct ev_span text;
	json_t *doc;

	snprintf(rel, sizeof(rel), "archive/sigstore-conformance/%s/%s", folder,
		 name);
	assert_true(vectors_read(rel, &text));
	doc = json_loadb((const char *)text.p, text.n, 0, NULL);
	assert_non_null(doc);
	return doc;
}

static inline const json_t *sigstore_get(const json_t *o, const char *a,
					 const char *b)
{
	return json_object_get(json_object_get(o, a), b);
}

static inline void sigstore_authority(struct sigstore_case *c,
				      const json_t *authority)
{
	const json_t *chain =
		sigstore_get(authority, "certChain", "certificates");
	size_t n = json_array_size(chain);

	c->from[c->n_roots] =
		json_string_value(sigstore_get(authority, "validFor", "start"));
	c->to[c->n_roots] =
		json_string_value(sigstore_get(authority, "validFor", "end"));
	for (size_t k = 0; k < n; k++) {
		struct ev_span der = sigstore_decode(
			c,
			json_object_get(json_array_get(chain, k), "rawBytes"));

		if (k + 1 == n)
			c->roots[c->n_roots++] = der;
		else
			c->extra[c->n_extra++] = der;
	}
}

static inline void sigstore_open(struct sigstore_case *c, const char *folder)
{
	const json_t *token, *data, *all;

	*c = (struct sigstore_case){ 0 };
	c->bundle = sigstore_load(folder, "bundle.sigstore.json");
	c->trusted = sigstore_load(folder, "trusted_root.json");
	token = json_array_get(
		json_object_get(sigstore_get(c->bundle, "verificationMaterial",
					     "timestampVerificationData"),
				"rfc3161Timestamps"),
		0);
	if (token == NULL)
		return;
	c->has_token = true;
	c->token =
		sigstore_decode(c, json_object_get(token, "signedTimestamp"));
	/* The signature that the token is over. */
	data = sigstore_get(c->bundle, "messageSignature", "signature");
	if (data == NULL)
		data = json_object_get(
			json_array_get(sigstore_get(c->bundle, "dsseEnvelope",
						    "signatures"),
				       0),
			"sig");
	c->data = sigstore_decode(c, data);
	all = json_object_get(c->trusted, "timestampAuthorities");
	for (size_t i = 0; i < json_array_size(all); i++)
		sigstore_authority(c, json_array_get(all, i));
}

static inline void sigstore_close(struct sigstore_case *c)
{
	while (c->n_owned > 0)
		free(c->owned[--c->n_owned]);
	json_decref(c->bundle);
	json_decref(c->trusted);
}

#endif
