/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: the built-in one made from the table, others read from files. */
#include "replay/policy.h"

#include "evidence/base/hex.h"
#include "evidence/base/json_write.h"
#include "evidence/base/sig.h"
#include "replay/facts.h"

#include <stdlib.h>

static const char object[] = "policy";

char *rp_policy_default(size_t *n)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return NULL;
	ev_write_object(w, NULL);
	ev_write_str(w, "policy", "ecart-policy/1");
	ev_write_str(w, "name", "default-1");
	ev_write_array(w, "require");
	for (size_t i = 0; i < rp_n_checks; i++)
		if (rp_checks[i].by_default == RP_REQUIRED)
			ev_write_str(w, NULL, rp_checks[i].id);
	ev_write_end(w);
	ev_write_array(w, "waive");
	for (size_t i = 0; i < rp_n_checks; i++) {
		if (rp_checks[i].by_default != RP_INFORMS)
			continue;
		ev_write_object(w, NULL);
		ev_write_str(w, "check", rp_checks[i].id);
		ev_write_str(w, "reason", "informs, does not judge");
		ev_write_end(w);
	}
	ev_write_end(w);
	ev_write_end(w);
	return ev_writer_finish(w, n);
}

/* "dcap.*" or a whole id. */
static bool pattern_fits(const char *pattern, const char *id)
{
	size_t n = strlen(pattern);

	if (n > 0 && pattern[n - 1] == '*')
		return strncmp(pattern, id, n - 1) == 0;
	return strcmp(pattern, id) == 0;
}

static bool names_a_check(const char *pattern)
{
	for (size_t i = 0; i < rp_n_checks; i++)
		if (pattern_fits(pattern, rp_checks[i].id))
			return true;
	return false;
}

static enum ev_code check_pattern(const json_t *v, const char *field,
				  struct ev_error *err)
{
	const char *text = json_string_value(v);

	if (text == NULL)
		return ev_fail(err, EV_SYNTAX, object, field, 0, "a string",
			       "another type");
	if (!names_a_check(text))
		return ev_fail_bytes(err, EV_VALUE, object, field, 0,
				     "the id of a check (hex of what was "
				     "found follows)",
				     ev_span_str(text));
	return EV_OK;
}

static enum ev_code read_require(const json_t *list, struct rp_policy *p,
				 struct ev_error *err)
{
	const json_t *v;
	size_t i;

	json_array_foreach (list, i, v) {
		if (check_pattern(v, "require", err) != EV_OK)
			return err->code;
		for (size_t k = 0; k < rp_n_checks; k++)
			p->requires[k] |= pattern_fits(json_string_value(v),
						       rp_checks[k].id);
	}
	return EV_OK;
}

static enum ev_code check_strings(const json_t *list, const char *field,
				  struct ev_error *err)
{
	const json_t *v;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) == 0)
		return ev_fail(err, EV_SYNTAX, object, field, 0,
			       "a list of strings, not empty", "another value");
	json_array_foreach (list, i, v)
		if (!json_is_string(v))
			return ev_fail(err, EV_SYNTAX, object, field, 0,
				       "a string", "another type");
	return EV_OK;
}

static enum ev_code check_members(const json_t *obj, const char *field,
				  const char *const *known,
				  struct ev_error *err)
{
	const char *name;
	json_t *v;

	json_object_foreach ((json_t *)(uintptr_t)obj, name, v) {
		bool found = false;

		for (size_t i = 0; known[i] != NULL; i++)
			found = found || strcmp(known[i], name) == 0;
		if (!found)
			return ev_fail(err, EV_VALUE, object, field, 0,
				       "only members that ecart-policy(5) has",
				       "another member");
	}
	return EV_OK;
}

static enum ev_code check_waivers(const json_t *list, struct ev_error *err)
{
	static const char *const known[] = { "check", "got", "reason", NULL };
	const json_t *v;
	size_t i;

	json_array_foreach (list, i, v) {
		const json_t *got = json_object_get(v, "got");

		if (!json_is_object(v) ||
		    !json_is_string(json_object_get(v, "reason")))
			return ev_fail(err, EV_MISSING, object, "waive.reason",
				       0, "an object with a reason", "none");
		if (check_members(v, "waive", known, err) != EV_OK ||
		    check_pattern(json_object_get(v, "check"), "waive.check",
				  err) != EV_OK)
			return err->code;
		if (got != NULL &&
		    check_strings(got, "waive.got", err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}

/* Of a fact that is a word: a mistyped one would never be met. */
static enum ev_code check_words(const char *fact, const json_t *values,
				struct ev_error *err)
{
	const struct rp_word_fact *known = rp_word_fact_find(fact);
	const json_t *v;
	size_t i;

	if (known == NULL)
		return EV_OK;
	json_array_foreach (values, i, v)
		if (!rp_word_fact_may_be(known, json_string_value(v)))
			return ev_fail_bytes(err, EV_VALUE, object, "expect", 0,
					     known->wanted,
					     ev_span_str(json_string_value(v)));
	return EV_OK;
}

static enum ev_code read_expect(const json_t *expect, struct rp_policy *p,
				struct ev_error *err)
{
	const char *fact;
	json_t *values;

	json_object_foreach ((json_t *)(uintptr_t)expect, fact, values) {
		if (!rp_fact_known(fact))
			return ev_fail_bytes(err, EV_VALUE, object, "expect", 0,
					     "the name of a fact",
					     ev_span_str(fact));
		if (check_strings(values, "expect", err) != EV_OK ||
		    check_words(fact, values, err) != EV_OK)
			return err->code;
		if (p->n_expect == RP_POLICY_EXPECT_MAX)
			return ev_fail_u64(err, EV_LIMIT, object, "expect", 0,
					   RP_POLICY_EXPECT_MAX,
					   p->n_expect + 1);
		p->expect[p->n_expect++] = (struct rp_expect){ fact, values };
	}
	return EV_OK;
}

/* What people hand over for a public key. */
static const char *not_a_key(struct ev_span pem)
{
	static const struct {
		const char *label, *words;
	} known[] = {
		{ "-----BEGIN CERTIFICATE-----",
		  "an X.509 certificate; signers are public keys in this "
		  "version: openssl x509 -pubkey" },
		{ "PRIVATE KEY-----",
		  "a private key; the public one is wanted: openssl pkey "
		  "-pubout" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (memmem(pem.p, pem.n, known[i].label,
			   strlen(known[i].label)) != NULL)
			return known[i].words;
	return NULL;
}

enum ev_code rp_signer_key_parse(struct ev_crypto *crypto, struct ev_span pem,
				 struct ev_pem_list *out, struct ev_error *err)
{
	const char *other = pem.n > 0 ? not_a_key(pem) : NULL;
	struct ev_pem_list list = { 0 };

	if (other != NULL)
		return ev_fail(err, EV_VALUE, object, "signers.keys", 0,
			       "one PEM PUBLIC KEY", other);
	if (ev_pem_list_parse(pem, 0, "PUBLIC KEY", &list, err) != EV_OK)
		return err->code;
	if (list.n_blocks != 1)
		ev_fail_u64(err, EV_VALUE, object, "signers.keys", 0, 1,
			    list.n_blocks);
	else if (ev_spki_kind(crypto, list.block[0].der) == EV_KEY_UNKNOWN)
		ev_fail(err, EV_VALUE, object, "signers.keys", 0,
			"Ed25519, P-256, P-384 or RSA", "another key");
	if (err->code != EV_OK) {
		ev_pem_list_free(&list);
		return err->code;
	}
	*out = list;
	return EV_OK;
}

static enum ev_code add_key(struct ev_crypto *crypto, const json_t *v,
			    struct rp_policy *p, struct ev_error *err)
{
	const char *pem = json_string_value(v);
	struct ev_pem_list *list = &p->keys[p->n_keys];

	if (pem == NULL || p->n_keys == RP_POLICY_KEYS_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "signers.keys", 0,
				   RP_POLICY_KEYS_MAX, p->n_keys + 1);
	if (rp_signer_key_parse(crypto, ev_span_str(pem), list, err) != EV_OK)
		return err->code;
	p->key[p->n_keys++] = list->block[0].der;
	return EV_OK;
}

static enum ev_code read_signers(struct ev_crypto *crypto,
				 const json_t *signers, struct rp_policy *p,
				 struct ev_error *err)
{
	static const char *const known[] = { "threshold", "keys", NULL };
	json_t *keys, *v;
	size_t i;

	if (check_members(signers, "signers", known, err) != EV_OK ||
	    ev_json_get_u64(signers, object, "threshold", RP_POLICY_KEYS_MAX,
			    &p->threshold, err) != EV_OK ||
	    ev_json_get_array(signers, object, "keys", RP_POLICY_KEYS_MAX,
			      &keys, err) != EV_OK)
		return err->code;
	json_array_foreach (keys, i, v)
		if (add_key(crypto, v, p, err) != EV_OK)
			return err->code;
	if (p->threshold > p->n_keys)
		return ev_fail_u64(err, EV_VALUE, object, "signers.threshold",
				   0, p->n_keys, p->threshold);
	return EV_OK;
}

/* What a policy may have beside the members that it must have. */
static enum ev_code read_further(struct ev_crypto *crypto, struct rp_policy *p,
				 struct ev_error *err)
{
	const json_t *expect = json_object_get(p->json, "expect");
	const json_t *signers = json_object_get(p->json, "signers");
	const json_t *collateral = json_object_get(p->json, "collateral");

	if (expect != NULL && !json_is_object(expect))
		return ev_fail(err, EV_SYNTAX, object, "expect", 0, "an object",
			       ev_json_type_word(expect));
	if (expect != NULL && read_expect(expect, p, err) != EV_OK)
		return err->code;
	if (collateral != NULL &&
	    rp_choice_read(collateral, &p->collateral, err) != EV_OK)
		return err->code;
	if (signers != NULL)
		return read_signers(crypto, signers, p, err);
	return EV_OK;
}

static enum ev_code read_members(struct ev_crypto *crypto, struct rp_policy *p,
				 struct ev_error *err)
{
	static const char *const known[] = { "policy",	   "name",   "require",
					     "waive",	   "expect", "signers",
					     "collateral", NULL };
	struct ev_span format, name;
	json_t *require, *waive;

	if (check_members(p->json, "members", known, err) != EV_OK ||
	    ev_json_get_str(p->json, object, "policy", &format, err) != EV_OK ||
	    ev_json_get_str(p->json, object, "name", &name, err) != EV_OK ||
	    ev_json_get_array(p->json, object, "require", rp_n_checks, &require,
			      err) != EV_OK ||
	    ev_json_get_array(p->json, object, "waive", 256, &waive, err) !=
		    EV_OK)
		return err->code;
	if (!ev_span_eq(format, ev_span_str("ecart-policy/1")))
		return ev_fail(err, EV_VALUE, object, "policy", 0,
			       "ecart-policy/1", "another format");
	p->name = json_string_value(json_object_get(p->json, "name"));
	if (read_require(require, p, err) != EV_OK ||
	    check_waivers(waive, err) != EV_OK)
		return err->code;
	return read_further(crypto, p, err);
}

enum ev_code rp_policy_parse(struct ev_crypto *crypto, struct ev_span text,
			     struct rp_policy *out, struct ev_error *err)
{
	struct rp_policy p = { 0 };

	if (ev_json_parse(text, (size_t)1 << 20, object, &p.json, err) != EV_OK)
		return err->code;
	if (!ev_digest(crypto, EV_SHA256, text, p.sha256))
		ev_fail_trouble(err, object, "digest");
	if (err->code != EV_OK || read_members(crypto, &p, err) != EV_OK) {
		rp_policy_free(&p);
		return err->code;
	}
	*out = p;
	return EV_OK;
}

void rp_policy_free(struct rp_policy *policy)
{
	for (size_t i = 0; i < RP_POLICY_KEYS_MAX; i++)
		ev_pem_list_free(&policy->keys[i]);
	json_decref(policy->json);
	*policy = (struct rp_policy){ 0 };
}

bool rp_expect_lists(const struct rp_expect *expect, const char *value)
{
	const json_t *v;
	size_t i;

	json_array_foreach (expect->values, i, v)
		if (strcmp(json_string_value(v), value) == 0)
			return true;
	return false;
}

const struct rp_expect *rp_policy_expects(const struct rp_policy *policy,
					  const char *fact)
{
	for (size_t i = 0; i < policy->n_expect; i++)
		if (strcmp(policy->expect[i].fact, fact) == 0)
			return &policy->expect[i];
	return NULL;
}

bool rp_policy_requires(const struct rp_policy *policy,
			const struct rp_check *check)
{
	return policy->requires[check - rp_checks];
}

const json_t *rp_policy_waiver(const struct rp_policy *policy, const char *id,
			       const char *got)
{
	const json_t *list = json_object_get(policy->json, "waive"), *v;
	size_t i;

	json_array_foreach (list, i, v) {
		const json_t *values = json_object_get(v, "got"), *value;
		size_t k;

		if (!pattern_fits(
			    json_string_value(json_object_get(v, "check")), id))
			continue;
		if (values == NULL)
			return v;
		json_array_foreach (values, k, value)
			if (got != NULL &&
			    strcmp(json_string_value(value), got) == 0)
				return v;
	}
	return NULL;
}
