/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/known_cas: what is found is what would be parsed. */
#include "evidence/known_cas.h"

#include "evidence/base/cleanup.h"
#include "tests/replay_case.h"

static const struct ev_known_cas nothing;

/* PCK leaf, PCK CA, root. */
static struct ev_chain chain_of(void **state, struct ev_known_cas *known)
{
	struct replay_case *pass = *state;
	struct ev_error err = { 0 };
	struct ev_quote q;
	struct ev_chain chain;

	assert_int_equal(
		ev_quote_parse(replay_item(pass, "tdx-quote", 0), &q, &err),
		EV_OK);
	assert_int_equal(
		ev_chain_parse_knowing(known, q.cert_data, 0, &chain, &err),
		EV_OK);
	assert_int_equal(chain.n_certs, 3);
	assert_true(ev_chain_hash(pass->crypto, &chain));
	return chain;
}

static void assert_same(const struct ev_cert *a, const struct ev_cert *b)
{
	assert_ptr_equal(a->der.p, b->der.p);
	assert_ptr_equal(a->tbs.p, b->tbs.p);
	assert_ptr_equal(a->serial.p, b->serial.p);
	assert_ptr_equal(a->issuer.p, b->issuer.p);
	assert_ptr_equal(a->subject.p, b->subject.p);
	assert_ptr_equal(a->subject_cn.p, b->subject_cn.p);
	assert_ptr_equal(a->spki.p, b->spki.p);
	assert_ptr_equal(a->signature.p, b->signature.p);
	assert_ptr_equal(a->aki.p, b->aki.p);
	assert_ptr_equal(a->ski.p, b->ski.p);
	assert_ptr_equal(a->crl_uri.p, b->crl_uri.p);
	assert_ptr_equal(a->sgx_extension.p, b->sgx_extension.p);
	assert_int_equal(a->crl_uri.n, b->crl_uri.n);
	assert_int_equal(a->not_before, b->not_before);
	assert_int_equal(a->not_after, b->not_after);
	assert_memory_equal(a->key, b->key, sizeof(a->key));
	assert_int_equal(a->ca, b->ca);
	assert_int_equal(a->path_len, b->path_len);
	assert_int_equal(a->key_usage, b->key_usage);
}

/* No word of the certificate, of whatever member, points into the bytes. */
static void assert_leaves(const struct ev_cert *cert, struct ev_span bytes)
{
	for (size_t at = 0; at + sizeof(uintptr_t) <= sizeof(*cert);
	     at += sizeof(uintptr_t)) {
		uintptr_t word, from = (uintptr_t)bytes.p;

		memcpy(&word, (const uint8_t *)cert + at, sizeof(word));
		assert_false(word >= from && word - from < bytes.n);
	}
}

static void what_is_found_is_what_would_be_parsed(void **state)
{
	struct ev_known_cas known = { 0 };
	struct ev_chain chain = chain_of(state, &known);
	struct ev_error err = { 0 };

	for (size_t i = 0; i < chain.n_certs; i++)
		ev_known_cas_keep(&known, &chain.cert[i]);
	for (size_t i = 1; i < chain.n_certs; i++) {
		struct ev_span der = chain.cert[i].der;
		ev_auto_free uint8_t *copy = malloc(der.n);
		struct ev_cert found = { 0 }, parsed;

		assert_non_null(copy);
		memcpy(copy, der.p, der.n);
		assert_true(ev_known_cas_find(&known, ev_span_of(copy, der.n),
					      &found));
		assert_int_equal(ev_cert_parse(ev_span_of(copy, der.n), 0,
					       &parsed, &err),
				 EV_OK);
		assert_same(&found, &parsed);
		assert_leaves(&found, der);
		assert_leaves(&found, known.cert[i - 1].der);
		assert_true(found.tbs_sha256.known);
		assert_memory_equal(found.tbs_sha256.value,
				    chain.cert[i].tbs_sha256.value, 32);
	}
	ev_chain_free(&chain);
	ev_known_cas_free(&known);
}

static void only_authorities_and_each_once_are_kept(void **state)
{
	struct ev_known_cas known = { 0 };
	struct ev_chain chain = chain_of(state, &known);
	struct ev_cert found;

	ev_known_cas_keep(&known, &chain.cert[0]);
	assert_false(ev_known_cas_find(&known, chain.cert[0].der, &found));
	for (int i = 0; i < 3; i++)
		ev_known_cas_keep(&known, &chain.cert[2]);
	assert_int_equal(known.next, 1);
	/* Every bit counts; nothing is no certificate. */
	for (size_t i = 0; i < chain.cert[2].der.n; i++) {
		ev_auto_free uint8_t *other = malloc(chain.cert[2].der.n);

		assert_non_null(other);
		memcpy(other, chain.cert[2].der.p, chain.cert[2].der.n);
		other[i] ^= 1;
		assert_false(ev_known_cas_find(
			&known, ev_span_of(other, chain.cert[2].der.n),
			&found));
	}
	assert_false(
		ev_known_cas_find(&known, (struct ev_span){ NULL, 0 }, &found));
	assert_false(ev_known_cas_find(&nothing, chain.cert[2].der, &found));
	ev_chain_free(&chain);
	ev_known_cas_free(&known);
}

static void the_oldest_gives_way(void **state)
{
	struct ev_known_cas known = { 0 };
	struct ev_chain chain = chain_of(state, &known);
	struct ev_span der = chain.cert[2].der;
	struct ev_cert one = chain.cert[2], found;
	ev_auto_free uint8_t *bytes = malloc(der.n + EV_KNOWN_CA_MAX);

	assert_non_null(bytes);
	ev_known_cas_keep(&known, &one);
	for (uint8_t i = 1; i <= EV_KNOWN_CAS; i++) {
		assert_true(ev_known_cas_find(&known, der, &found));
		memcpy(bytes, der.p, der.n);
		bytes[der.n - 1] ^= i;
		one = (struct ev_cert){
			.der = ev_span_of(bytes, der.n),
			.ca = true,
		};
		ev_known_cas_keep(&known, &one);
	}
	assert_false(ev_known_cas_find(&known, der, &found));
	one.der = ev_span_of(bytes, EV_KNOWN_CA_MAX + 1);
	ev_known_cas_keep(&known, &one);
	assert_false(ev_known_cas_find(&known, one.der, &found));
	ev_chain_free(&chain);
	ev_known_cas_free(&known);
}

static void chains_are_read_alike_with_known_ones(void **state)
{
	struct ev_known_cas known = { 0 };
	struct ev_chain first = chain_of(state, &known), again;

	for (size_t i = 0; i < first.n_certs; i++)
		ev_known_cas_keep(&known, &first.cert[i]);
	again = chain_of(state, &known);
	for (size_t i = 0; i < first.n_certs; i++) {
		struct ev_cert parsed;
		struct ev_error err = { 0 };

		assert_ptr_equal(again.cert[i].der.p, again.pem.block[i].der.p);
		assert_int_equal(
			ev_cert_parse(again.pem.block[i].der, 0, &parsed, &err),
			EV_OK);
		assert_same(&again.cert[i], &parsed);
	}
	ev_known_cas_free(&known);
	ev_chain_free(&first);
	ev_chain_free(&again);
}

static int set_up(void **state)
{
	static struct replay_case pass;

	replay_open(&pass, "pass");
	*state = &pass;
	return 0;
}

static int tear_down(void **state)
{
	replay_close(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_is_what_would_be_parsed),
		cmocka_unit_test(only_authorities_and_each_once_are_kept),
		cmocka_unit_test(the_oldest_gives_way),
		cmocka_unit_test(chains_are_read_alike_with_known_ones),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
