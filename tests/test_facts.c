/* SPDX-License-Identifier: Apache-2.0 */
/* Facts are told of each quote with what is linked to it. */
#include "evidence/base/json.h"
#include "replay/render.h"

#include "tests/replay_case.h"
#include "tests/vectors.h"

#include <jansson.h>

/* The evidence of a golden case with a stranger's quote in front of it. */
struct crowd {
	struct replay_case r;
	struct rp_loose loose[24];
	size_t n;
	uint8_t *stranger;
	struct rp_result result;
	json_t *report;
	const json_t *facts;
};

static void add(struct crowd *w, const char *name, const char *kind,
		struct ev_span bytes)
{
	assert_true(w->n < sizeof(w->loose) / sizeof(w->loose[0]));
	w->loose[w->n++] =
		(struct rp_loose){ name, ev_kind_find(ev_span_str(kind)),
				   bytes };
}

static void replay(struct crowd *w, int64_t at)
{
	struct rp_request request = replay_request(&w->r);
	struct ev_error err = { 0 };

	request.archive = NULL;
	request.loose = w->loose;
	request.n_loose = w->n;
	request.at = at;
	w->result = replay_run(&w->r, &request);
	assert_int_equal(
		ev_json_parse(ev_span_of(w->result.report, w->result.n),
			      w->result.n, "report", &w->report, &err),
		EV_OK);
	w->facts = json_object_get(w->report, "facts");
}

static void open_crowd(struct crowd *w, bool stranger)
{
	struct ev_span quote;

	*w = (struct crowd){ .n = 0 };
	replay_open(&w->r, "pass");
	quote = replay_item(&w->r, "tdx-quote", 0);
	w->stranger = malloc(quote.n);
	assert_non_null(w->stranger);
	memcpy(w->stranger, quote.p, quote.n);
	w->stranger[48 + 136] ^= 1;	 /* MRTD */
	w->stranger[48 + 520 + 63] ^= 1; /* REPORTDATA */
	if (stranger)
		add(w, "stranger", "tdx-quote",
		    ev_span_of(w->stranger, quote.n));
	for (size_t i = 0; i < w->r.archive.manifest.n_items; i++)
		add(w, w->r.archive.manifest.items[i].name,
		    w->r.archive.manifest.items[i].kind_name,
		    w->r.archive.items[i].data);
	replay(w, REPLAY_AS_OF);
}

static void open_golden(struct crowd *w, const char *name)
{
	struct rp_request request;
	struct ev_error err = { 0 };

	*w = (struct crowd){ .n = 0 };
	replay_open(&w->r, name);
	request = replay_request(&w->r);
	w->result = replay_run(&w->r, &request);
	assert_int_equal(
		ev_json_parse(ev_span_of(w->result.report, w->result.n),
			      w->result.n, "report", &w->report, &err),
		EV_OK);
	w->facts = json_object_get(w->report, "facts");
}

static void close_crowd(struct crowd *w)
{
	json_decref(w->report);
	free(w->result.report);
	free(w->stranger);
	replay_close(&w->r);
}

static const char *text(const json_t *v, const char *name)
{
	const char *t = json_string_value(json_object_get(v, name));

	return t != NULL ? t : "";
}

#define QUOTE "items/tdx-quote/0000.bin"

static const char *const areas[] = { "quote", "tdx", "platform", "tcb",
				     "azure", "tpm", "pcr",	 "ak" };

static void one_quote_gives_objects(void **state)
{
	struct crowd w;

	(void)state;
	open_crowd(&w, false);
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		const json_t *v = json_object_get(w.facts, areas[i]);

		assert_true(json_is_object(v));
		assert_string_not_equal(text(v, "item"), "");
		assert_string_equal(text(v, i < 4 ? "item" : "quote"), QUOTE);
	}
	close_crowd(&w);
}

/* The paravisor's report with another configuration; the caller frees it. */
static uint8_t *with_configuration(struct ev_span hcl, const char *config,
				   size_t *n)
{
	static const char begin[] = "\"vm-configuration\":{";
	uint8_t *copy = calloc(1, hcl.n), *at, *end;
	size_t claims, text = strlen(config);

	assert_non_null(copy);
	at = memmem(hcl.p, hcl.n, begin, sizeof(begin) - 1);
	assert_non_null(at);
	at += sizeof(begin) - 2;
	end = memchr(at, '}', hcl.n - (size_t)(at - hcl.p));
	assert_non_null(end);
	claims = strnlen((const char *)hcl.p + 1236, hcl.n - 1236);
	claims = claims + text - (size_t)(end + 1 - at);
	memcpy(copy, hcl.p, (size_t)(at - hcl.p));
	memcpy(copy + (at - hcl.p), config, text);
	memcpy(copy + (at - hcl.p) + text, end + 1,
	       claims - ((size_t)(at - hcl.p) - 1236) - text);
	for (size_t i = 0; i < 2; i++) { /* sizes, little-endian */
		copy[1232 + i] = (uint8_t)(claims >> (8 * i));
		copy[1216 + i] = (uint8_t)((claims + 20) >> (8 * i));
		copy[8 + i] = (uint8_t)((claims + 1236) >> (8 * i));
	}
	*n = hcl.n;
	return copy;
}

static void nested_configuration_is_shown_or_named(void **state)
{
	static const char config[] =
		"{\"a\":true,\"p\":{\"q\":{\"r\":7},\"s\":[\"t\",null]},"
		"\"u v\":1}";
	const json_t *data, *left, *shown;
	struct crowd w = { .n = 0 };
	struct ev_span hcl;
	uint8_t *copy;
	size_t n;

	(void)state;
	replay_open(&w.r, "pass");
	hcl = replay_item(&w.r, "azure-hcl-report", 0);
	copy = with_configuration(hcl, config, &n);
	add(&w, "hcl", "azure-hcl-report", ev_span_of(copy, n));
	replay(&w, REPLAY_AS_OF);
	data = json_object_get(json_object_get(w.facts, "azure"),
			       "runtimeData");
	shown = json_object_get(data, "vmConfiguration");
	assert_true(json_is_true(json_object_get(shown, "a")));
	shown = json_object_get(shown, "p");
	assert_string_equal(text(json_object_get(shown, "q"), "r"), "7");
	assert_int_equal(json_array_size(json_object_get(shown, "s")), 1);
	left = json_object_get(data, "notCarried");
	assert_int_equal(json_array_size(left), 2);
	assert_string_equal(json_string_value(json_array_get(left, 0)),
			    "p.s[1]");
	assert_string_equal(json_string_value(json_array_get(left, 1)), "u v");
	free(copy);
	close_crowd(&w);
}

static void two_quotes_give_lists(void **state)
{
	struct crowd w;

	(void)state;
	open_crowd(&w, true);
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		const json_t *v = json_object_get(w.facts, areas[i]);

		assert_int_equal(json_array_size(v), i < 4 ? 2 : 1);
		if (i >= 4) /* the paravisor is not the stranger's */
			assert_string_equal(text(json_array_get(v, 0), "quote"),
					    QUOTE);
	}
	close_crowd(&w);
}

static void each_quote_has_its_own_trust(void **state)
{
	const json_t *tdx, *mine, *other;
	struct crowd w;

	(void)state;
	open_crowd(&w, true);
	tdx = json_object_get(w.facts, "tdx");
	other = json_array_get(tdx, 0);
	mine = json_array_get(tdx, 1);
	assert_string_equal(text(other, "item"), "stranger");
	assert_true(json_is_false(json_object_get(other, "trusted")));
	assert_string_equal(text(mine, "item"), QUOTE);
	assert_true(json_is_true(json_object_get(mine, "trusted")));
	assert_string_not_equal(text(mine, "mrtd"), text(other, "mrtd"));
	close_crowd(&w);
}

static void the_text_has_a_block_for_each_quote(void **state)
{
	struct ev_buffer out = { 0 };
	char *screen, *first, *second;
	struct crowd w;

	(void)state;
	open_crowd(&w, true);
	assert_true(rp_render_text(ev_span_of(w.result.report, w.result.n),
				   false, &out));
	screen = ev_buffer_take(&out, NULL);
	assert_non_null(screen);
	first = strstr(screen, "  quote        stranger\n");
	second = strstr(screen, "  quote        " QUOTE "\n");
	assert_non_null(first);
	assert_non_null(second);
	assert_true(first < second);
	assert_non_null(strstr(second, "Azure paravisor"));
	assert_non_null(strstr(second, "PCRs from the vTPM"));
	*second = '\0';
	assert_null(strstr(first, "Azure"));
	assert_null(strstr(first, "PCRs"));
	assert_non_null(strstr(first, "[not trusted]"));
	free(screen);
	assert_true(rp_render_row(ev_span_of(w.result.report, w.result.n), "x",
				  &out));
	screen = ev_buffer_take(&out, NULL);
	assert_non_null(strstr(screen, "2 quotes"));
	free(screen);
	close_crowd(&w);
}

#define V5   "dcap/tdx-v5-relaunch/"
#define SET1 V5 "collateral-2025-02-12-eval17/"
#define SET2 V5 "collateral-2026-01-12-eval18/"

static struct ev_span vector(const char *rel)
{
	struct ev_span out = { NULL, 0 };

	assert_true(vectors_read(rel, &out));
	return out;
}

static void every_set_of_collateral_is_shown(void **state)
{
	const json_t *tcb, *first, *second;
	struct crowd w = { .n = 0 };

	(void)state;
	vectors_need();
	replay_open(&w.r, NULL);
	add(&w, "i1", "dcap-qe-identity", vector(SET1 "qe_identity.json"));
	add(&w, "i2", "dcap-qe-identity", vector(SET2 "qe_identity.json"));
	add(&w, "t1", "dcap-tcbinfo", vector(SET1 "tcb_info.json"));
	add(&w, "t2", "dcap-tcbinfo", vector(SET2 "tcb_info.json"));
	add(&w, "t3", "dcap-tcbinfo", vector(SET2 "tcb_info.json"));
	add(&w, "q", "tdx-quote", vector(V5 "quote.bin"));
	replay(&w, INT64_C(1769529299)); /* in the windows of set 2 */
	tcb = json_object_get(w.facts, "tcb");
	assert_int_equal(json_array_size(tcb), 2); /* t3 is t2 again */
	first = json_array_get(tcb, 0);
	second = json_array_get(tcb, 1);
	assert_string_equal(text(first, "collateral"), "t2");
	assert_string_equal(text(first, "qeIdentity"), "i2");
	assert_true(json_is_true(json_object_get(first, "decides")));
	assert_string_equal(text(second, "collateral"), "t1");
	assert_string_equal(text(second, "qeIdentity"), "i1");
	assert_true(json_is_false(json_object_get(second, "decides")));
	/* Intel's root is no anchor here: nothing is to be believed. */
	assert_true(json_is_false(json_object_get(first, "trusted")));
	assert_true(json_is_false(json_object_get(second, "trusted")));
	assert_true(json_is_object(json_object_get(w.facts, "tdx")));
	close_crowd(&w);
}

static void sets_are_shown_where_none_decides(void **state)
{
	const json_t *tcb;
	struct crowd w = { .n = 0 };

	(void)state;
	vectors_need();
	replay_open(&w.r, NULL);
	add(&w, "i1", "dcap-qe-identity", vector(SET1 "qe_identity.json"));
	add(&w, "i2", "dcap-qe-identity", vector(SET2 "qe_identity.json"));
	add(&w, "t1", "dcap-tcbinfo", vector(SET1 "tcb_info.json"));
	add(&w, "t2", "dcap-tcbinfo", vector(SET2 "tcb_info.json"));
	add(&w, "t3", "dcap-tcbinfo", vector(SET2 "tcb_info.json"));
	add(&w, "q", "tdx-quote", vector(V5 "quote.bin"));
	w.r.policy.collateral = (struct rp_choice){ NULL, true, 99 };
	replay(&w, INT64_C(1769529299));
	tcb = json_object_get(w.facts, "tcb");
	assert_int_equal(json_array_size(tcb), 2); /* t3 is t2 again */
	for (size_t i = 0; i < 2; i++) {
		const json_t *set = json_array_get(tcb, i);

		assert_string_equal(text(set, "collateral"), i ? "t2" : "t1");
		assert_string_equal(text(set, "qeIdentity"), i ? "i2" : "i1");
		assert_true(json_is_false(json_object_get(set, "decides")));
	}
	close_crowd(&w);
}

static json_int_t number(const json_t *v, const char *name)
{
	return json_integer_value(json_object_get(v, name));
}

static void an_svn_is_told_with_what_it_needs(void **state)
{
	static const char *const parts[][3] = {
		{ "fail-tcb.tdx-module", "module", "svn" },
		{ "fail-tcb.qe", "qe", "isvsvn" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const json_t *part, *levels, *top, *lack;
		struct crowd w;

		open_golden(&w, parts[i][0]);
		part = json_object_get(json_object_get(w.facts, "tcb"),
				       parts[i][1]);
		levels = json_object_get(part, "distance");
		assert_int_equal(json_array_size(levels), 2);
		top = json_array_get(levels, 0);
		assert_string_equal(text(top, "status"), "UpToDate");
		assert_string_equal(text(top, "date"), "2025-05-14T00:00:00Z");
		assert_int_equal(number(json_object_get(top, "need"), "isvsvn"),
				 8);
		lack = json_array_get(json_object_get(top, "short"), 0);
		assert_string_equal(text(lack, "component"), "isvsvn");
		assert_int_equal(number(lack, "have"), 7);
		assert_int_equal(number(lack, "need"), 8);
		assert_int_equal(number(part, parts[i][2]), 7);
		top = json_array_get(levels, 1); /* it is reached */
		assert_string_equal(text(top, "status"), text(part, "status"));
		assert_int_equal(json_array_size(json_object_get(top, "short")),
				 0);
		close_crowd(&w);
	}
}

static void each_side_has_its_advisories(void **state)
{
	const json_t *tcb, *list;
	struct crowd w;

	(void)state;
	open_golden(&w, "fail-tcb.status-relaunch");
	tcb = json_object_get(w.facts, "tcb");
	list = json_object_get(tcb, "advisories");
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(json_array_get(list, 0)),
			    "INTEL-SA-99903");
	list = json_object_get(tcb, "currentAdvisories");
	assert_true(json_is_array(list));
	assert_int_equal(json_array_size(list), 0);
	close_crowd(&w);
	open_golden(&w, "fail-tcb.tdx-module"); /* version 4: launch alone */
	tcb = json_object_get(w.facts, "tcb");
	assert_true(json_is_array(json_object_get(tcb, "advisories")));
	assert_null(json_object_get(tcb, "currentAdvisories"));
	close_crowd(&w);
}

/* SDM vol. 3D, REPORT: where each stands, filled with its own number. */
static void an_enclave_is_told_whole(void **state)
{
	static const struct {
		const char *name;
		size_t offset, n;
	} members[] = {
		{ "cpusvn", 0, 16 },	    { "miscselect", 16, 4 },
		{ "isvextprodid", 32, 16 }, { "configid", 192, 64 },
		{ "configsvn", 260, 2 },    { "isvfamilyid", 304, 16 },
	};
	enum { N = sizeof(members) / sizeof(members[0]) };
	struct crowd w = { .n = 0 };
	struct ev_span quote;
	const json_t *sgx;

	(void)state;
	replay_open(&w.r, "pass-sgx");
	quote = replay_item(&w.r, "sgx-quote", 0);
	w.stranger = malloc(quote.n);
	assert_non_null(w.stranger);
	memcpy(w.stranger, quote.p, quote.n);
	for (size_t i = 0; i < N; i++)
		memset(w.stranger + 48 + members[i].offset, 0x11 * (int)(i + 1),
		       members[i].n);
	add(&w, "q", "sgx-quote", ev_span_of(w.stranger, quote.n));
	replay(&w, REPLAY_AS_OF);
	sgx = json_object_get(w.facts, "sgx");
	assert_int_equal(number(sgx, "miscselect"), 0x22222222);
	assert_int_equal(number(sgx, "configsvn"), 0x5555);
	for (size_t i = 0; i < N; i++) {
		const char *hex = text(sgx, members[i].name);
		const char digit[2] = { (char)('1' + i), '\0' };

		if (members[i].n < 16)
			continue;
		assert_int_equal(strlen(hex), 2 * members[i].n);
		assert_int_equal(strspn(hex, digit), 2 * members[i].n);
	}
	close_crowd(&w);
}

/* Whether the set is trusted that decides, or the one beside it. */
static bool trusted_set(const char *name, bool decides)
{
	const json_t *tcb, *set;
	struct crowd w = { .n = 0 };
	int found = -1;
	size_t i;

	replay_open(&w.r, name);
	for (i = 0; i < w.r.archive.manifest.n_items; i++)
		add(&w, w.r.archive.manifest.items[i].name,
		    w.r.archive.manifest.items[i].kind_name,
		    w.r.archive.items[i].data);
	replay(&w, REPLAY_AS_OF);
	tcb = json_object_get(w.facts, "tcb");
	assert_int_equal(json_array_size(tcb), 2);
	json_array_foreach (tcb, i, set)
		if (json_is_true(json_object_get(set, "decides")) == decides)
			found = json_is_true(json_object_get(set, "trusted"));
	assert_true(found >= 0);
	close_crowd(&w);
	return found > 0;
}

static void a_set_of_another_enclave_is_not_trusted(void **state)
{
	(void)state;
	assert_true(trusted_set("pass-two-sets-other-qe", true));
	assert_false(trusted_set("pass-two-sets-other-qe", false));
	assert_true(trusted_set("fail-tcb.platform-two-sets", true));
	assert_true(trusted_set("fail-tcb.platform-two-sets", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_quote_gives_objects),
		cmocka_unit_test(nested_configuration_is_shown_or_named),
		cmocka_unit_test(two_quotes_give_lists),
		cmocka_unit_test(each_quote_has_its_own_trust),
		cmocka_unit_test(the_text_has_a_block_for_each_quote),
		cmocka_unit_test(every_set_of_collateral_is_shown),
		cmocka_unit_test(sets_are_shown_where_none_decides),
		cmocka_unit_test(an_svn_is_told_with_what_it_needs),
		cmocka_unit_test(each_side_has_its_advisories),
		cmocka_unit_test(an_enclave_is_told_whole),
		cmocka_unit_test(a_set_of_another_enclave_is_not_trusted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
