/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime claims: the JSON that Azure's paravisor commits to. */
#include "evidence/hcl.h"

#include "evidence/base/base64.h"
#include "evidence/limits.h"

#include <stdlib.h>

static const char object[] = "runtime-claims";
static const char key_object[] = "runtime-claims.key";

/* A base64url member without padding, a number in big-endian bytes whose
 * first is not zero (RFC 7518, 2, Base64urlUInt), of at most room bytes. */
static enum ev_code get_number(const json_t *key, const char *name,
			       uint8_t *out, size_t room, size_t *n,
			       struct ev_error *err)
{
	/* Decoding may write a little more than it yields. */
	uint8_t decoded[EV_RSA_MODULUS_MAX + 8];
	struct ev_span text;

	if (ev_json_get_str(key, key_object, name, &text, err) != EV_OK)
		return err->code;
	if (ev_base64_decoded_max(text.n) > sizeof(decoded))
		return ev_fail_u64(err, EV_LIMIT, key_object, name, 0, room,
				   text.n / 4 * 3);
	if (!ev_base64_decode(EV_BASE64_URL, text, decoded, n))
		return ev_fail_text(err, EV_SYNTAX, key_object, name, 0,
				    "base64url without padding", text);
	if (*n == 0 || *n > room || decoded[0] == 0)
		return ev_fail_text(err, EV_VALUE, key_object, name, 0,
				    "a number that fits, no zero in front",
				    text);
	memcpy(out, decoded, *n);
	return EV_OK;
}

static enum ev_code parse_key(const json_t *key, struct ev_jwk_rsa *out,
			      struct ev_error *err)
{
	struct ev_jwk_rsa k = { .present = true };
	struct ev_span kty;

	if (ev_json_get_str(key, key_object, "kty", &kty, err) != EV_OK)
		return err->code;
	if (!ev_span_eq(kty, EV_SPAN_LITERAL("RSA")))
		return ev_fail_text(err, EV_VALUE, key_object, "kty", 0, "RSA",
				    kty);
	if (get_number(key, "n", k.n, sizeof(k.n), &k.n_size, err) != EV_OK ||
	    get_number(key, "e", k.e, sizeof(k.e), &k.e_size, err) != EV_OK)
		return err->code;
	*out = k;
	return EV_OK;
}

/* Whether one of the first n keys has this kid. */
static bool kid_stands_before(const json_t *keys, size_t n, struct ev_span kid)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *v =
			json_object_get(json_array_get(keys, i), "kid");

		if (ev_span_eq(kid, ev_span_of(json_string_value(v),
					       json_string_length(v))))
			return true;
	}
	return false;
}

static enum ev_code parse_keys(const json_t *root, struct ev_runtime_claims *c,
			       struct ev_error *err)
{
	struct ev_span kid;
	json_t *keys;

	if (ev_json_get_array(root, object, "keys", EV_RUNTIME_KEYS_MAX, &keys,
			      err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < json_array_size(keys); i++) {
		const json_t *key = json_array_get(keys, i);
		struct ev_jwk_rsa *out = NULL;

		if (ev_json_get_str(key, key_object, "kid", &kid, err) != EV_OK)
			return err->code;
		if (kid_stands_before(keys, i, kid))
			return ev_fail_text(err, EV_DUPLICATE, key_object,
					    "kid", 0, "each kid once", kid);
		if (ev_span_eq(kid, EV_SPAN_LITERAL("HCLAkPub")))
			out = &c->ak;
		else if (ev_span_eq(kid, EV_SPAN_LITERAL("HCLEkPub")))
			out = &c->ek;
		if (out != NULL && parse_key(key, out, err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}

/* Both members are absent in reports of early 2023 and of other requests. */
static enum ev_code parse_rest(const json_t *root, struct ev_runtime_claims *c,
			       struct ev_error *err)
{
	json_t *configuration;

	c->has_user_data = json_object_get(root, "user-data") != NULL;
	if (c->has_user_data &&
	    ev_json_get_hex(root, object, "user-data", c->user_data,
			    sizeof(c->user_data), err) != EV_OK)
		return err->code;
	if (json_object_get(root, "vm-configuration") == NULL)
		return EV_OK;
	if (ev_json_get_object(root, object, "vm-configuration", &configuration,
			       err) != EV_OK)
		return err->code;
	c->vm_configuration = configuration;
	if (json_object_get(configuration, "vmUniqueId") == NULL)
		return EV_OK;
	return ev_json_get_str(configuration, "runtime-claims.vm-configuration",
			       "vmUniqueId", &c->vm_unique_id, err);
}

enum ev_code ev_runtime_claims_parse(struct ev_span runtime_data, uint64_t base,
				     struct ev_runtime_claims *out,
				     struct ev_error *err)
{
	struct ev_runtime_claims c = { 0 };
	ev_auto_json json_t *root = NULL;
	bool fresh = err->code == EV_OK;

	if (ev_json_parse(runtime_data, EV_HCL_MAX, object, &root, err) !=
	    EV_OK) {
		if (fresh)
			err->offset += base; /* from the text's to the item's */
		return err->code;
	}
	if (!json_is_object(root))
		return ev_fail(err, EV_SYNTAX, object, "text", base,
			       "an object", ev_json_type_word(root));
	if (parse_keys(root, &c, err) != EV_OK ||
	    parse_rest(root, &c, err) != EV_OK)
		return err->code;
	c.json = root;
	root = NULL;
	*out = c;
	return EV_OK;
}

void ev_runtime_claims_free(struct ev_runtime_claims *claims)
{
	json_decref(claims->json);
	*claims = (struct ev_runtime_claims){ 0 };
}
