/* SPDX-License-Identifier: Apache-2.0 */
/* Each hypothesis planted alone, two at once, none, and the limit. */
#include "replay/search.h"

#include "evidence/tpm.h"
#include "tests/log_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NO_ACTION UINT32_C(3)

/* A log of five entries of PCR 5, and a register of another history. */
struct plant {
	struct ev_crypto *crypto;
	struct log_sample s;
	struct ev_tcg_log log;
	uint8_t initial[EV_DIGEST_MAX];
	uint8_t value[EV_DIGEST_MAX];
	unsigned int index;
	enum ev_digest_alg alg;
	struct rp_sequence after;
};

static const char *const entries[] = { "a", "b", "c", "d", "e" };

static void plant_open(struct plant *p)
{
	struct ev_error err = { 0 };

	assert_int_equal(
		ev_tcg_log_open(ev_buffer_span(&p->s.log), &p->log, &err),
		EV_OK);
}

static void plant_begin(struct plant *p, struct ev_crypto *crypto,
			unsigned int index)
{
	*p = (struct plant){ .crypto = crypto,
			     .index = index,
			     .alg = EV_SHA256 };
	log_begin(&p->s, crypto, true);
	for (size_t i = 0; i < 5; i++) {
		log_action(&p->s, index, entries[i]);
		log_action(&p->s, index + 1, "of another register");
	}
	plant_open(p);
}

/* Of the register's own history. */
static void extend_digest(struct plant *p, const uint8_t *digest)
{
	assert_true(
		rp_register_extend(p->crypto, p->alg, p->value,
				   ev_span_of(digest, ev_digest_size(p->alg))));
}

static void extend(struct plant *p, const char *text)
{
	uint8_t digest[EV_DIGEST_MAX];

	assert_true(ev_digest(p->crypto, p->alg, ev_span_str(text), digest));
	extend_digest(p, digest);
}

static void extend_all(struct plant *p)
{
	for (size_t i = 0; i < 5; i++)
		extend(p, entries[i]);
}

static enum rp_answer search(struct plant *p, uint64_t extends, char *text)
{
	const struct rp_question q = {
		.set = RP_PCRS,
		.index = p->index,
		.tpm_alg = EV_TPM_ALG_SHA256,
		.alg = p->alg,
		.initial = p->initial,
		.want = ev_span_of(p->value, ev_digest_size(p->alg)),
		.log = &p->log,
		.after = &p->after,
	};
	uint64_t used;
	enum rp_answer answer = rp_search(p->crypto, &q, extends, &used, text);

	assert_true(used <= extends);
	return answer;
}

static void assert_explained(struct plant *p, const char *words)
{
	char text[RP_EXPLANATION_TEXT];

	assert_int_equal(search(p, RP_SEARCH_EXTENDS, text), RP_EXPLAINED);
	assert_string_equal(text, words);
	log_free(&p->s);
}

static void another_locality(void **state)
{
	struct plant p;

	plant_begin(&p, *state, 0);
	p.value[31] = 3;
	extend_all(&p);
	assert_explained(&p, "equal if the startup locality was 3");
	plant_begin(&p, *state, 0);
	p.initial[31] = 3;
	extend_all(&p);
	assert_explained(&p, "equal if the startup locality was 0");
}

static void a_quote_before_the_logs_end(void **state)
{
	struct plant p;

	plant_begin(&p, *state, 5);
	for (size_t i = 0; i < 3; i++)
		extend(&p, entries[i]);
	assert_explained(&p,
			 "equal before event 7: of 5 entries 3 were extended");
}

static void an_end_that_repeats(void **state)
{
	struct plant p;

	plant_begin(&p, *state, 5);
	log_action(&p.s, 5, "d");
	log_action(&p.s, 5, "e");
	plant_open(&p);
	extend_all(&p);
	assert_explained(&p, "equal before event 11: of 7 entries 5 were "
			     "extended, and the others repeat them");
}

static void entries_left_out_doubled_and_swapped(void **state)
{
	static const struct {
		const char *order, *words;
	} cases[] = {
		{ "abde", "equal if event 5 was not extended" },
		{ "bcde", "equal if event 1 was not extended" },
		{ "abccde", "equal if event 5 was extended twice" },
		{ "abcdee", "equal if event 9 was extended twice" },
		{ "abdce", "equal if event 7 was extended before event 5" },
		{ "bacde", "equal if event 3 was extended before event 1" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plant p;

		plant_begin(&p, *state, 5);
		for (const char *c = cases[i].order; *c != '\0'; c++) {
			const char one[2] = { *c, '\0' };

			extend(&p, one);
		}
		assert_explained(&p, cases[i].words);
	}
}

static void the_end_of_boot_services(void **state)
{
	struct plant p;

	plant_begin(&p, *state, 5);
	extend_all(&p);
	extend(&p, "Exit Boot Services Invocation");
	extend(&p, "Exit Boot Services Returned with Success");
	assert_explained(
		&p, "equal if 2 actions of the end of boot services followed "
		    "the last entry, the last of them \"Exit Boot Services "
		    "Returned with Success\"");
}

static void one_known_extend_behind_the_last(void **state)
{
	static const uint8_t zeros[EV_DIGEST_MAX];
	struct plant p;

	plant_begin(&p, *state, 4);
	extend_all(&p);
	extend(&p, "Calling EFI Application from Boot Option");
	assert_explained(&p, "equal with one extend after the last entry: the "
			     "digest of \"Calling EFI Application from Boot "
			     "Option\"");
	plant_begin(&p, *state, 4);
	extend_all(&p);
	extend_digest(&p, zeros);
	assert_explained(&p, "equal with one extend after the last entry: a "
			     "digest of bytes 00");
	plant_begin(&p, *state, 4);
	extend_all(&p);
	extend(&p, "of another register");
	assert_explained(&p, "equal with one extend after the last entry: the "
			     "digest of event 2");
}

static void a_known_entry_is_missing(void **state)
{
	struct plant p;

	plant_begin(&p, *state, 4);
	extend(&p, "a");
	extend(&p, "UEFI Debug Mode");
	for (size_t i = 1; i < 5; i++)
		extend(&p, entries[i]);
	assert_explained(&p, "equal if \"UEFI Debug Mode\" was extended before "
			     "event 3");
}

static void phases_and_entries_of_ima(void **state)
{
	uint8_t digest[EV_DIGEST_MAX];
	struct rp_entry one = { digest, 1 };
	struct plant p;

	assert_true(ev_digest(*state, EV_SHA256, ev_span_str("ima"), digest));
	plant_begin(&p, *state, 11);
	p.after = (struct rp_sequence){ .entry = &one, .n = 1, .size = 32 };
	extend_all(&p);
	extend(&p, "sysinit");
	extend(&p, "ready");
	extend_digest(&p, digest);
	assert_explained(&p, "equal if systemd's phases from \"sysinit\" to "
			     "\"ready\" and 1 of 1 entries of IMA followed the "
			     "last entry");
	plant_begin(&p, *state, 11);
	p.after = (struct rp_sequence){ .entry = &one, .n = 1, .size = 32 };
	extend_all(&p);
	extend_digest(&p, digest);
	assert_explained(&p, "equal if 1 of 1 entries of IMA followed the last "
			     "entry");
}

/* --- other digests --- */

static void digests_of_another_bank(void **state)
{
	struct plant p;

	plant_begin(&p, *state, 5);
	for (size_t i = 0; i < 5; i++) {
		uint8_t digest[EV_DIGEST_MAX] = { 0 };

		assert_true(ev_digest(*state, EV_SHA1, ev_span_str(entries[i]),
				      digest));
		extend_digest(&p, digest);
	}
	assert_explained(&p, "equal if the SHA-1 digests were extended, padded "
			     "with zeros");
}

static void no_action_that_was_extended(void **state)
{
	struct plant p;

	plant_begin(&p, *state, 5);
	log_event(&p.s, 5, NO_ACTION, ev_span_str("hidden"),
		  ev_span_str("hidden"));
	log_action(&p.s, 5, "f");
	plant_open(&p);
	extend_all(&p);
	extend(&p, "hidden");
	extend(&p, "f");
	assert_explained(&p,
			 "equal if event 11, an EV_NO_ACTION, was extended");
}

/* --- no hit --- */

static void two_at_once_and_the_unknown_are_unexplained(void **state)
{
	char text[RP_EXPLANATION_TEXT];
	struct plant p;

	plant_begin(&p, *state, 5);
	for (size_t i = 1; i < 5; i++)
		extend(&p, entries[i]);
	extend(&p, "ready");
	assert_int_equal(search(&p, RP_SEARCH_EXTENDS, text), RP_UNEXPLAINED);
	assert_string_equal(text, "unexplained: none of 13 hypotheses gives "
				  "the value");
	log_free(&p.s);
	plant_begin(&p, *state, 5);
	extend_all(&p);
	extend(&p, "what nobody knows");
	assert_int_equal(search(&p, RP_SEARCH_EXTENDS, text), RP_UNEXPLAINED);
	log_free(&p.s);
}

/* However few extends, the search ends by itself and says where. */
static void the_limit_is_said(void **state)
{
	char text[RP_EXPLANATION_TEXT];
	struct plant p;
	uint64_t enough = 0;

	plant_begin(&p, *state, 5);
	extend(&p, "what nobody knows");
	while (search(&p, enough, text) == RP_LIMITED) {
		assert_non_null(strstr(text, "not known: "));
		enough += enough / 8 + 1;
	}
	assert_true(enough > 100 && enough < 2000);
	log_free(&p.s);
}

static int setup(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int teardown(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_locality),
		cmocka_unit_test(a_quote_before_the_logs_end),
		cmocka_unit_test(an_end_that_repeats),
		cmocka_unit_test(entries_left_out_doubled_and_swapped),
		cmocka_unit_test(the_end_of_boot_services),
		cmocka_unit_test(one_known_extend_behind_the_last),
		cmocka_unit_test(a_known_entry_is_missing),
		cmocka_unit_test(phases_and_entries_of_ima),
		cmocka_unit_test(digests_of_another_bank),
		cmocka_unit_test(no_action_that_was_extended),
		cmocka_unit_test(two_at_once_and_the_unknown_are_unexplained),
		cmocka_unit_test(the_limit_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
