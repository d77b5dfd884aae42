/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Production quotes with a bit turned round: never does a verdict become pass,
 * never does a level that was not good become good.  Of a quote of each
 * version every bit of what is signed, of the signatures and of the lengths;
 * of the others, of the certificates and of the collateral one bit in some
 * bytes.
 */
#include "evidence/quote.h"
#include "tests/replay_case.h"
#include "tests/vectors.h"

#include <jansson.h>

#define PIECES 7

static const struct {
	const char *file, *kind;
} pieces[PIECES] = {
	{ "tcb_info.json", "dcap-tcbinfo" },
	{ "tcb_info_issuer_chain.pem", "dcap-issuer-chain" },
	{ "qe_identity.json", "dcap-qe-identity" },
	{ "qe_identity_issuer_chain.pem", "dcap-issuer-chain" },
	{ "root_ca_crl.der", "crl-der" },
	{ "pck_crl.der", "crl-der" },
	{ "../quote.bin", NULL }, /* its kind: by its content */
};

struct evidence {
	struct replay_case r;
	struct rp_loose loose[PIECES];
	int64_t at;
	unsigned int n_changed;
	const char *name;
};

static struct replay_case with_anchor;

/* --- what a change comes to --- */

static bool is_level(const struct rp_finding *f)
{
	return strncmp(f->check->id, "tcb.", 4) == 0;
}

struct outcome {
	enum rp_verdict verdict;
	unsigned int good_levels;
};

static bool look(const struct rp_case *c, void *user)
{
	struct outcome *out = user;

	out->verdict = rp_verdict_of(c);
	out->good_levels = 0;
	for (size_t i = 0; i < c->n_findings; i++)
		out->good_levels += is_level(&c->findings[i]) &&
				    c->findings[i].outcome == RP_PASS;
	return true;
}

static struct outcome judge(const struct evidence *e)
{
	struct rp_request request = replay_request(&with_anchor);
	struct ev_error err = { 0 };
	struct outcome out;

	request.archive = NULL;
	request.loose = e->loose;
	request.n_loose = PIECES;
	request.at = e->at;
	if (rp_replay_visit(with_anchor.crypto, &request, look, &out, &err) !=
	    RP_OK)
		fail_msg("%s: no judgement", e->name);
	return out;
}

/* Bit n of a piece's byte, turned round and back. */
static void turn(struct evidence *e, size_t piece, size_t at, unsigned int bit,
		 const struct outcome *before, bool is_signed)
{
	uint8_t *byte = (uint8_t *)(uintptr_t)e->loose[piece].bytes.p + at;
	struct outcome after;

	*byte ^= (uint8_t)(1U << bit);
	after = judge(e);
	*byte ^= (uint8_t)(1U << bit);
	e->n_changed++;
	if ((is_signed || before->verdict != RP_VERDICT_PASS) &&
	    after.verdict == RP_VERDICT_PASS)
		fail_msg("%s: bit %u of byte %zu of %s makes it pass", e->name,
			 bit, at, pieces[piece].file);
	if (after.good_levels > before->good_levels)
		fail_msg("%s: bit %u of byte %zu of %s makes a level good",
			 e->name, bit, at, pieces[piece].file);
}

/* --- the evidence --- */

static struct ev_span copy_of(struct ev_span bytes)
{
	uint8_t *copy = malloc(bytes.n + 1);

	assert_non_null(copy);
	memcpy(copy, bytes.p, bytes.n);
	return ev_span_of(copy, bytes.n);
}

static void open_evidence(struct evidence *e, const char *folder)
{
	json_t *json, *one;
	struct ev_span bytes;
	const char *dir;
	char rel[300];

	*e = (struct evidence){ .name = folder };
	snprintf(rel, sizeof(rel), "dcap/%s/case.json", folder);
	assert_true(vectors_read(rel, &bytes));
	json = json_loadb((const char *)bytes.p, bytes.n, 0, NULL);
	one = json_array_get(json_object_get(json, "cases"), 0);
	dir = json_string_value(json_object_get(one, "collateral_dir"));
	e->at = json_integer_value(
		json_object_get(one, "verification_time_epoch"));
	assert_true(dir != NULL && e->at > 0);
	for (size_t i = 0; i < PIECES; i++) {
		snprintf(rel, sizeof(rel), "dcap/%s/%s/%s", folder, dir,
			 pieces[i].file);
		assert_true(vectors_read(rel, &bytes));
		e->loose[i] = (struct rp_loose){
			.name = pieces[i].file,
			.bytes = copy_of(bytes),
		};
		e->loose[i].kind =
			pieces[i].kind != NULL
				? ev_kind_find(ev_span_str(pieces[i].kind))
				: ev_kind_recognise(e->loose[i].bytes);
		assert_non_null(e->loose[i].kind);
	}
	json_decref(json);
}

static void close_evidence(struct evidence *e)
{
	for (size_t i = 0; i < PIECES; i++)
		free((void *)(uintptr_t)e->loose[i].bytes.p);
}

/* Of the quote: all that stands before the certification data's text. */
static size_t signed_size(struct ev_span quote)
{
	struct ev_error err = { 0 };
	struct ev_quote q;

	assert_int_equal(ev_quote_parse(quote, &q, &err), EV_OK);
	return (size_t)ev_quote_offset(&q, q.cert_data);
}

static void turn_quote(struct evidence *e, bool every_bit)
{
	const size_t quote = PIECES - 1;
	struct outcome before = judge(e);
	size_t n = signed_size(e->loose[quote].bytes);

	for (size_t at = 0; at < n; at++)
		for (unsigned int bit = 0; bit < 8; bit++)
			if (every_bit || bit == at % 8)
				turn(e, quote, at, bit, &before, true);
	/* The chain's text, and zeros behind it. */
	for (size_t at = n; at < e->loose[quote].bytes.n; at += 13)
		turn(e, quote, at, (unsigned int)(at % 8), &before, false);
}

static void turn_collateral(struct evidence *e)
{
	struct outcome before = judge(e);

	for (size_t piece = 0; piece < PIECES - 1; piece++)
		for (size_t at = piece; at < e->loose[piece].bytes.n; at += 29)
			turn(e, piece, at, (unsigned int)(at % 8), &before,
			     false);
}

static bool is_sample(const char *folder)
{
	static const char *const one_of_each[] = { "sgx-v3-platform-swhard",
						   "tdx-v4-uptodate",
						   "tdx-v5-uptodate" };

	for (size_t i = 0; i < 3; i++)
		if (strcmp(one_of_each[i], folder) == 0)
			return true;
	return false;
}

static void no_bit_makes_evidence_better(void **state)
{
	const char *const *names;
	unsigned int changed = 0, passing = 0;
	struct evidence e;
	size_t n;

	(void)state;
	vectors_need();
	replay_open(&with_anchor, NULL);
	replay_anchor(&with_anchor, "anchors/intel/sgx-root.pem");
	assert_true(vectors_list("dcap", &names, &n));
	for (size_t i = 0; i < n; i++) {
		if (strstr(names[i], "-v") == NULL || names[i][0] == 'x')
			continue;
		open_evidence(&e, names[i]);
		passing += judge(&e).verdict == RP_VERDICT_PASS;
		turn_quote(&e, is_sample(names[i]));
		turn_collateral(&e);
		changed += e.n_changed;
		close_evidence(&e);
	}
	print_message("# %u bits turned round; %u passed as they came\n",
		      changed, passing);
	assert_true(passing >= 6);
	replay_close(&with_anchor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_bit_makes_evidence_better),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
