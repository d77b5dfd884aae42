/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every byte of a signed archive of real evidence is changed in turn; the
 * archive is then verified against its signer's key.  Either that refuses it,
 * or the byte is listed here with the reason why nothing covers it.
 */
#include "tests/changed.h"
#include "tests/parts.h"
#include "tests/vectors.h"

#include "replay/report.h"

static const char *const azure[] = {
	"e2e-tdx/azure-tdx-with-ak-intermediates-1780922561.yaml",
	"e2e-tdx/azure-collateral-with-ak-intermediates-1780922561.yaml",
};

/* Who noticed a change. */
enum answer {
	OPEN,	  /* nobody */
	NOTED,	  /* archive.canonical, which the policy waives */
	REFUSED,  /* it is no archive */
	FAILED,	  /* a check */
	NOT_PASS, /* no check, but the verdict */
	TROUBLE,
	N_ANSWERS,
};

struct worker {
	struct changed_set *set;
	uint8_t *file; /* own copy */
	size_t n;
	enum answer (*answers)[CHANGED_PATTERNS]; /* of all workers */
};

/* The default policy, with one signature by this key demanded. */
static void demand_signer(struct changed_set *set, struct ev_span spki_pem)
{
	struct ev_error err = { 0 };
	size_t n;
	char *text = rp_policy_default(&n);
	json_t *json, *signers;
	char *with_signers;

	assert_non_null(text);
	json = json_loadb(text, n, 0, NULL);
	signers = json_pack("{s:i,s:[s%]}", "threshold", 1, "keys",
			    (const char *)spki_pem.p, spki_pem.n);
	assert_non_null(signers);
	assert_int_equal(json_object_set_new(json, "signers", signers), 0);
	with_signers = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	assert_non_null(with_signers);
	rp_policy_free(&set->policy);
	assert_int_equal(rp_policy_parse(set->crypto, ev_span_str(with_signers),
					 &set->policy, &err),
			 EV_OK);
	free(with_signers);
	json_decref(json);
	free(text);
}

static bool look(const struct rp_case *c, void *user)
{
	enum answer *answer = user;
	bool noted = false;

	*answer = FAILED;
	for (size_t i = 0; i < c->n_findings; i++) {
		if (c->findings[i].outcome != RP_FAIL)
			continue;
		noted = strcmp(c->findings[i].check->id, "archive.canonical") ==
			0;
		if (!noted)
			return true;
	}
	*answer = noted					? NOTED
		  : rp_verdict_of(c) == RP_VERDICT_PASS ? OPEN
							: NOT_PASS;
	return true;
}

static enum answer verify(struct worker *w)
{
	struct rp_request request = {
		.anchors = &w->set->anchors,
		.policy = &w->set->policy,
		.archive_only = true,
	};
	enum answer answer = TROUBLE;
	struct ev_error err = { 0 };
	struct ev_archive archive;

	if (ev_archive_open(w->set->crypto, ev_span_of(w->file, w->n),
			    EV_ARCHIVE_MAX, &archive, &err) != EV_OK)
		return err.code == EV_TROUBLE ? TROUBLE : REFUSED;
	request.archive = &archive;
	if (rp_replay_visit(w->set->crypto, &request, look, &answer, &err) !=
	    RP_OK)
		answer = TROUBLE;
	ev_archive_free(&archive);
	return answer;
}

static void change(void *worker, size_t byte, unsigned int pattern)
{
	struct worker *w = worker;

	w->file[byte] ^= changed_patterns[pattern];
	w->answers[byte][pattern] = verify(w);
	w->file[byte] ^= changed_patterns[pattern];
}

/* Where a text stands in a file, once. */
static uint64_t offset_of(struct ev_span file, const char *text)
{
	const uint8_t *at = memmem(file.p, file.n, text, strlen(text));

	assert_non_null(at);
	return (uint64_t)(at - file.p);
}

/* The list of what nothing covers. */
static size_t known_gaps(struct ev_span file, const struct co_key *key,
			 struct changed_gap gaps[8])
{
	static const char before[] = "\"signatures\":[{\"keyid\":\"";
	uint64_t member = offset_of(file, before) + strlen("\"signatures\":[{");

	gaps[0] = (struct changed_gap){
		.offset = member + 1,
		.length = strlen("keyid"),
		.reason = "the name of the key id's member in the envelope: a "
			  "reader takes an envelope without one and with "
			  "members that it does not know",
	};
	gaps[1] = (struct changed_gap){
		.offset = member + strlen("\"keyid\":\""),
		.length = strlen(co_key_id(key)),
		.reason = "the key id in the envelope: a hint that decides "
			  "nothing, every trusted key is tried",
	};
	return 2;
}

static void judge(const struct worker *w, const struct co_key *key)
{
	uint8_t *open = calloc(w->n, 1);
	size_t count[N_ANSWERS] = { 0 }, n_gaps;
	struct changed_gap gaps[8];
	bool ok;

	assert_non_null(open);
	for (size_t i = 0; i < w->n; i += changed_step())
		for (size_t p = 0; p < CHANGED_PATTERNS; p++) {
			enum answer a = w->answers[i][p];

			count[a]++;
			if (a == OPEN || a == NOTED)
				open[i] = 1;
		}
	printf("# refused %zu, a check failed %zu, verdict not pass %zu, noted "
	       "by archive.canonical %zu, unnoticed %zu\n",
	       count[REFUSED], count[FAILED], count[NOT_PASS], count[NOTED],
	       count[OPEN]);
	n_gaps = known_gaps(ev_span_of(w->file, w->n), key, gaps);
	ok = changed_explain(NULL, open, w->n, gaps, n_gaps);
	free(open);
	assert_int_equal(count[TROUBLE], 0);
	assert_true(ok);
}

static struct co_key *lab_key(struct ev_crypto *crypto)
{
	struct ev_error err = { 0 };
	struct co_key *key = NULL;

	assert_int_equal(
		co_key_read(crypto,
			    changed_source_file("testdata/keys/lab.key.pem"),
			    &key, &err),
		EV_OK);
	return key;
}

static void make_workers(const struct changed_set *signer,
			 const struct co_key *key, struct worker *workers,
			 void **pointers, size_t n)
{
	ev_auto_buffer struct ev_buffer file = { 0 };
	enum answer(*answers)[CHANGED_PATTERNS];

	assert_true(changed_pack(signer, key, &file));
	answers = calloc(file.n, sizeof(*answers));
	assert_non_null(answers);
	for (size_t i = 0; i < n; i++) {
		struct changed_set *set = changed_open(azure, 2, true, 0);

		demand_signer(set,
			      changed_source_file("testdata/keys/lab.pub.pem"));
		workers[i] =
			(struct worker){ set, malloc(file.n), file.n, answers };
		assert_non_null(workers[i].file);
		memcpy(workers[i].file, file.p, file.n);
		pointers[i] = &workers[i];
	}
}

static void every_byte_is_covered_or_listed(void **state)
{
	struct worker workers[CHANGED_WORKERS_MAX];
	void *pointers[CHANGED_WORKERS_MAX];
	size_t n = changed_n_workers();
	struct changed_set *signer;
	struct co_key *key;

	(void)state;
	vectors_need();
	signer = changed_open(azure, 2, true, 1780922561);
	key = lab_key(signer->crypto);
	make_workers(signer, key, workers, pointers, n);
	assert_int_equal(verify(&workers[0]), OPEN);
	changed_run("signed archive", pointers, n, workers[0].n, change);
	judge(&workers[0], key);
	free(workers[0].answers);
	for (size_t i = 0; i < n; i++) {
		changed_close(workers[i].set);
		free(workers[i].file);
	}
	co_key_free(key);
	changed_close(signer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_is_covered_or_listed),
	};

	json_object_seed(1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
