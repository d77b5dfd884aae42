/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Production quotes with a bit turned round: never does a verdict become pass,
 * never does a level that was not good become good, never do the facts say a
 * better status that they call trusted.  Of quotes of each version and status
 * every bit of what is signed, of the signatures and of the lengths, and of
 * all collateral every bit of the signatures; of the rest one bit in some
 * bytes.
 */
#include "evidence/crl.h"
#include "evidence/quote.h"
#include "replay/facts.h"
#include "tests/replay_case.h"
#include "tests/vectors.h"

#include <jansson.h>

#define PIECES 7
/* Of what is not turned round bit by bit, one bit of so many bytes. */
#define SPARSE 19

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

/* The statuses that the facts have, and of each how good it is. */
enum { OVERALL, LAUNCH, CURRENT, PLATFORM, MODULE, QE, N_STATUSES };

static const char *const status_names[N_STATUSES] = {
	"status", "launch", "current", "platform", "module", "qe",
};

/* The worst first; what is not said, or not trusted, is worse than all. */
static const char *const worst_first[] = {
	"NotSupported",
	"Revoked",
	"OutOfDateConfigurationNeeded",
	"OutOfDate",
	"TDRelaunchAdvisedConfigurationNeeded",
	"TDRelaunchAdvised",
	"ConfigurationAndSWHardeningNeeded",
	"ConfigurationNeeded",
	"SWHardeningNeeded",
	"UpToDate",
};

struct outcome {
	enum rp_verdict verdict;
	unsigned int good_levels;
	unsigned int rank[N_STATUSES]; /* 0: nothing that is trusted */
};

static unsigned int rank_of(const json_t *status)
{
	const size_t n = sizeof(worst_first) / sizeof(worst_first[0]);

	if (json_is_object(status)) /* a level, beside its date */
		status = json_object_get(status, "status");
	if (status == NULL)
		return 0;
	assert_true(json_is_string(status));
	for (unsigned int i = 0; i < n; i++)
		if (strcmp(worst_first[i], json_string_value(status)) == 0)
			return i + 1;
	fail_msg("no such status: %s", json_string_value(status));
	return 0;
}

static void rank_facts(const struct rp_case *c, struct outcome *out)
{
	struct ev_writer *w = ev_writer_new();
	json_t *all, *tcb;
	char *text;
	size_t n;

	ev_write_object(w, NULL);
	rp_facts_tcb_write(c, w);
	ev_write_end(w);
	text = ev_writer_finish(w, &n);
	assert_non_null(text);
	all = json_loadb(text, n, 0, NULL);
	tcb = json_object_get(all, "tcb");
	assert_true(tcb == NULL ||
		    json_is_object(tcb)); /* one quote, one set */
	if (json_is_true(json_object_get(tcb, "trusted")))
		for (size_t i = 0; i < N_STATUSES; i++)
			out->rank[i] =
				rank_of(json_object_get(tcb, status_names[i]));
	json_decref(all);
	free(text);
	ev_writer_free(w);
}

static bool look(const struct rp_case *c, void *user)
{
	struct outcome *out = user;

	*out = (struct outcome){ .verdict = rp_verdict_of(c) };
	rank_facts(c, out);
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
	for (size_t i = 0; i < N_STATUSES; i++)
		if (after.rank[i] > before->rank[i])
			fail_msg("%s: bit %u of byte %zu of %s: the status of "
				 "%s becomes %s",
				 e->name, bit, at, pieces[piece].file,
				 status_names[i],
				 worst_first[after.rank[i] - 1]);
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

/* Where a document's signature stands: 128 hexadecimal digits behind its
 * name. */
static struct ev_span signature_hex(struct ev_span json)
{
	static const char name[] = "\"signature\"";
	const uint8_t *at = memmem(json.p, json.n, name, sizeof(name) - 1);

	assert_non_null(at);
	for (at += sizeof(name) - 1; *at != '"'; at++)
		assert_true(at < json.p + json.n - 130);
	return ev_span_of(at + 1, 128);
}

/* The last bytes of a CRL, which are its signature. */
static struct ev_span signature_der(struct ev_span der)
{
	struct ev_error err = { 0 };
	struct ev_span signature;
	struct ev_crl crl;

	assert_int_equal(ev_crl_parse(der, &crl, &err), EV_OK);
	assert_null(crl.storage);
	signature = crl.signature;
	ev_crl_free(&crl);
	return signature;
}

static void turn_collateral(struct evidence *e)
{
	struct outcome before = judge(e);

	for (size_t piece = 0; piece < PIECES - 1; piece++) {
		struct ev_span all = e->loose[piece].bytes;
		struct ev_span signature = { NULL, 0 };
		size_t start;

		if (strstr(pieces[piece].file, ".json") != NULL)
			signature = signature_hex(all);
		else if (strstr(pieces[piece].file, ".der") != NULL)
			signature = signature_der(all);
		start = signature.n > 0 ? (size_t)(signature.p - all.p) : 0;
		for (size_t at = start; at < start + signature.n; at++)
			for (unsigned int bit = 0; bit < 8; bit++)
				turn(e, piece, at, bit, &before, false);
		for (size_t at = piece; at < all.n; at += SPARSE)
			turn(e, piece, at, (unsigned int)(at / SPARSE % 8),
			     &before, false);
	}
}

/* Of each version and TEE one whose status is good and one whose is not. */
static bool is_sample(const char *folder)
{
	static const char *const samples[] = {
		"sgx-v3-platform-swhard", "sgx-v3-processor-ood",
		"tdx-v4-uptodate",	  "tdx-v4-notsupported",
		"tdx-v5-uptodate",	  "tdx-v5-relaunch",
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		if (strcmp(samples[i], folder) == 0)
			return true;
	return false;
}

static void no_bit_makes_evidence_better(void **state)
{
	const char *const *names;
	unsigned int changed = 0, passing = 0, trusted = 0;
	struct outcome before;
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
		before = judge(&e);
		passing += before.verdict == RP_VERDICT_PASS;
		trusted += before.rank[OVERALL] > 0;
		turn_quote(&e, is_sample(names[i]));
		turn_collateral(&e);
		changed += e.n_changed;
		close_evidence(&e);
	}
	print_message("# %u bits turned round; of %u sets with a status %u "
		      "passed as they came\n",
		      changed, trusted, passing);
	assert_true(passing >= 6 && trusted >= 20);
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
