/* SPDX-License-Identifier: Apache-2.0 */
/* Which key set and which certificates a token is judged by. */
#include "replay/token.h"

#include "tests/link_scene.h"

static struct ev_span made(const struct scene *s, const char *kind, size_t nth)
{
	return replay_item(&s->r, kind, nth);
}

static const struct rp_token *maa(struct scene *s)
{
	return build(s, REPLAY_AS_OF)->first[RP_TOKEN_MAA]->token;
}

/* jwks 0 to 2 of the case are Google's, Intel's and Azure Attestation's, as
 * their names sort by order of collection. */
static struct ev_span set_of(const struct scene *s, const char *word)
{
	for (size_t i = 0; i < 3; i++) {
		struct ev_span set = made(s, "jwks", i);

		if (memmem(set.p, set.n, word, strlen(word)) != NULL)
			return set;
	}
	fail_msg("no set with %s", word);
	return (struct ev_span){ NULL, 0 };
}
#define ITA_SET	   "PS384"
#define GOOGLE_SET "\"use\":\"sig\""

/* The set that is neither. */
static struct ev_span maa_set(const struct scene *s)
{
	for (size_t i = 0; i < 3; i++) {
		struct ev_span set = made(s, "jwks", i);

		if (memmem(set.p, set.n, "\"n\":", 4) == NULL)
			return set;
	}
	fail_msg("no set of Azure Attestation");
	return (struct ev_span){ NULL, 0 };
}

static void the_table_of_services_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < rp_n_token_services; i++) {
		const struct rp_token_service *v = &rp_token_services[i];

		assert_ptr_equal(rp_token_service_of(v->type), v);
		assert_non_null(ev_kind_find(ev_span_str(v->kind)));
		assert_non_null(v->algorithms[0]);
	}
	assert_null(rp_token_service_of(RP_QUOTE));
}

static void a_set_is_found_by_the_kid(void **state)
{
	struct scene *s = scene("incomplete-tokens");
	const struct rp_token *t;

	(void)state;
	add(s, "a", "jwks", set_of(s, ITA_SET), NULL, NULL);
	add(s, "b", "jwks", maa_set(s), NULL, NULL);
	add(s, "c", "jwks", maa_set(s), NULL, NULL);
	add(s, "d", "maa-token", made(s, "maa-token", 0), NULL, NULL);
	t = maa(s);
	assert_string_equal(t->keys_item->name, "b"); /* the first */
	assert_int_equal(t->n_kid, 1);
	assert_non_null(t->key);
	assert_int_equal(t->n_certs, 1);
	assert_ptr_equal(rp_token_key(t), &t->key->key);
	assert_true(s->c.items[1].linked);
	assert_false(s->c.items[0].linked);
	end(s);
}

/* However many tokens ask for it, and whatever it holds. */
static void a_set_is_read_once(void **state)
{
	static const struct ev_span broken = { (const uint8_t *)"{}", 2 };
	struct scene *s = scene("incomplete-tokens");
	const struct rp_subject *token;

	(void)state;
	add(s, "a", "jwks", maa_set(s), NULL, NULL);
	add(s, "b", "jwks", broken, NULL, NULL);
	add(s, "c", "maa-token", made(s, "maa-token", 0), NULL, NULL);
	add(s, "d", "maa-token", made(s, "maa-token", 0), NULL, NULL);
	token = build(s, REPLAY_AS_OF)->first[RP_TOKEN_MAA];
	assert_int_equal(s->c.n_key_sets, 2);
	assert_int_equal(s->c.key_sets[0].parsed.code, EV_OK);
	assert_int_not_equal(s->c.key_sets[1].parsed.code, EV_OK);
	assert_non_null(token->token->key);
	assert_ptr_equal(token->token->key, token->next->token->key);
	assert_int_equal(token->token->n_certs, 1); /* and its certificate */
	assert_ptr_equal(token->token->cert, token->next->token->cert);
	end(s);
	s = scene("incomplete-tokens");
	add(s, "a", "jwks", maa_set(s), NULL, NULL);
	assert_null(build(s, REPLAY_AS_OF)->key_sets); /* nobody asks */
	end(s);
}

static void a_relation_breaks_ties(void **state)
{
	struct scene *s = scene("incomplete-tokens");

	(void)state;
	add(s, "a", "jwks", maa_set(s), NULL, NULL);
	add(s, "b", "jwks", maa_set(s), "key-of", "d");
	add(s, "d", "maa-token", made(s, "maa-token", 0), NULL, NULL);
	assert_string_equal(maa(s)->keys_item->name, "b");
	end(s);
}

static void content_comes_before_a_relation(void **state)
{
	struct scene *s = scene("incomplete-tokens");

	(void)state;
	add(s, "a", "jwks", set_of(s, ITA_SET), "key-of", "d");
	add(s, "b", "jwks", maa_set(s), NULL, NULL);
	add(s, "d", "maa-token", made(s, "maa-token", 0), NULL, NULL);
	assert_string_equal(maa(s)->keys_item->name, "b");
	end(s);
}

/* A set that came with the token and lacks its key, or cannot be read, is
 * named; one of which nobody says so is not the token's. */
static void a_set_without_the_key_is_named_by_its_relation(void **state)
{
	static const struct ev_span broken = { (const uint8_t *)"{}", 2 };

	(void)state;
	for (int related = 0; related < 2; related++)
		for (int is_broken = 0; is_broken < 2; is_broken++) {
			struct scene *s = scene("incomplete-tokens");
			const struct rp_token *t;

			add(s, "a", "jwks",
			    is_broken ? broken : set_of(s, GOOGLE_SET),
			    related ? "key-of" : NULL, related ? "d" : NULL);
			add(s, "d", "maa-token", made(s, "maa-token", 0), NULL,
			    NULL);
			t = maa(s);
			assert_int_equal(t->keys_item != NULL, related);
			assert_null(t->key);
			assert_null(rp_token_key(t));
			assert_int_equal(t->keys_parsed.code != EV_OK,
					 related && is_broken);
			end(s);
		}
}

/* The header's certificates are Google's way; what another token says of
 * itself there is no key. */
static void certificates_of_a_header_are_googles_alone(void **state)
{
	struct scene *s = scene("incomplete-tokens");
	const struct rp_subject *google;
	size_t n_pki = 0;

	(void)state;
	add(s, "a", "google-token", made(s, "google-token", 0), NULL, NULL);
	add(s, "b", "google-token", made(s, "google-token", 1), NULL, NULL);
	google = build(s, REPLAY_AS_OF)->first[RP_TOKEN_GOOGLE];
	for (; google != NULL; google = google->next) {
		const struct rp_token *t = google->token;

		n_pki += t->certs_in_header;
		assert_int_equal(t->n_certs, t->certs_in_header ? 3 : 0);
		assert_int_equal(rp_token_key(t) != NULL, t->certs_in_header);
	}
	assert_int_equal(n_pki, 1);
	rp_case_free(&s->c);
	s->entry[0].kind = s->entry[1].kind =
		ev_kind_find(EV_SPAN_LITERAL("maa-token"));
	google = build(s, REPLAY_AS_OF)->first[RP_TOKEN_MAA];
	for (; google != NULL; google = google->next)
		assert_int_equal(google->token->n_certs, 0);
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_of_services_is_whole),
		cmocka_unit_test(a_set_is_found_by_the_kid),
		cmocka_unit_test(a_set_is_read_once),
		cmocka_unit_test(a_relation_breaks_ties),
		cmocka_unit_test(content_comes_before_a_relation),
		cmocka_unit_test(
			a_set_without_the_key_is_named_by_its_relation),
		cmocka_unit_test(certificates_of_a_header_are_googles_alone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
