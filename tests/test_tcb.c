/* SPDX-License-Identifier: Apache-2.0 */
/* TCB levels: the merge table, the relaunch rule, and every real quote. */
#include "evidence/base/json.h"
#include "replay/tcb.h"

#include "evidence/quote.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define UTD   EV_TCB_UP_TO_DATE
#define SWH   EV_TCB_SW_HARDENING
#define CONF  EV_TCB_CONFIGURATION
#define CSWH  EV_TCB_CONFIGURATION_SW_HARDENING
#define OOD   EV_TCB_OUT_OF_DATE
#define OODC  EV_TCB_OUT_OF_DATE_CONFIGURATION
#define REV   EV_TCB_REVOKED
#define NOSUP EV_TCB_NOT_SUPPORTED

static void every_cell_of_the_merge_table(void **state)
{
	/* dcap page 7.4: platform, with OutOfDate, with Revoked. */
	static const enum ev_tcb_status rows[][3] = {
		{ UTD, OOD, REV },   { SWH, OOD, REV }, { CONF, OODC, REV },
		{ CSWH, OODC, REV }, { OOD, OOD, REV }, { OODC, OODC, REV },
		{ REV, REV, REV },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(rp_merge(rows[i][0], UTD), rows[i][0]);
		assert_int_equal(rp_merge(rows[i][0], OOD), rows[i][1]);
		assert_int_equal(rp_merge(rows[i][0], REV), rows[i][2]);
		assert_int_equal(rp_merge(rows[i][0], NOSUP), NOSUP);
		assert_int_equal(rp_merge(NOSUP, rows[i][0]), NOSUP);
	}
}

/* Two levels: the better asks for 5 of SGX component 1, PCESVN 9 and TDX
 * components 1 to 3, the other for nothing. */
struct sample {
	struct ev_tcb_level levels[2];
	struct ev_isvsvn_level module_levels[2];
	struct ev_module_identity module;
	struct ev_tcb_info info;
	struct ev_isvsvn_level qe_levels[1];
	struct ev_qe_identity qe;
	struct ev_pck pck;
};

static struct sample *sample(enum ev_tcb_status low, enum ev_tcb_status old)
{
	struct sample *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->levels[0] = (struct ev_tcb_level){
		.sgx = { 5 },
		.tdx = { 3, 3, 3 },
		.pcesvn = 9,
		.status = UTD,
		.date = 300,
		.position = 1,
	};
	s->levels[1] = (struct ev_tcb_level){ .status = low, .date = 200 };
	s->module_levels[0] = (struct ev_isvsvn_level){ .isvsvn = 7,
							.status = UTD,
							.date = 250 };
	s->module_levels[1] = (struct ev_isvsvn_level){
		.isvsvn = 4, .status = old, .date = 100, .position = 1
	};
	s->module = (struct ev_module_identity){ .version = 1,
						 .levels = s->module_levels,
						 .n_levels = 2 };
	s->info = (struct ev_tcb_info){ .levels = s->levels,
					.n_levels = 2,
					.modules = &s->module,
					.n_modules = 1 };
	s->qe_levels[0] = (struct ev_isvsvn_level){ .isvsvn = 4,
						    .status = UTD,
						    .date = 400 };
	s->qe.levels = s->qe_levels;
	s->qe.n_levels = 1;
	s->pck = (struct ev_pck){ .components = { 5 }, .pcesvn = 9 };
	return s;
}

static struct rp_tcb evaluate(const struct sample *s, const uint8_t *svn,
			      const uint8_t *svn2, uint16_t qe)
{
	return rp_tcb_evaluate(&s->info, &s->qe, &s->pck, svn, svn2, qe);
}

static void components_0_and_1_belong_to_a_named_module(void **state)
{
	/* SVN[1] > 0: TDX components from 2 on, and the module by SVN[0]. */
	static const uint8_t named[16] = { 7, 1, 3 };
	static const uint8_t unnamed[16] = { 7, 0, 3 };
	static const uint8_t short_of_2[16] = { 7, 1, 2 };
	struct sample *s = sample(OOD, OOD);

	(void)state;
	assert_int_equal(rp_platform_level(&s->info, &s->pck, named).status,
			 UTD);
	assert_int_equal(rp_platform_level(&s->info, &s->pck, unnamed).status,
			 OOD);
	assert_int_equal(
		rp_platform_level(&s->info, &s->pck, short_of_2).status, OOD);
	assert_int_equal(rp_platform_level(&s->info, &s->pck, NULL).status,
			 UTD);
	assert_true(rp_module_level(&s->info, named).applies);
	assert_false(rp_module_level(&s->info, unnamed).applies);
	free(s);
}

static void what_reaches_no_level_is_not_supported(void **state)
{
	static const uint8_t low[16] = { 3, 1, 3 };
	static const uint8_t stranger[16] = { 7, 2, 3 };
	static const uint8_t good[16] = { 7, 1, 3 };
	struct sample *s = sample(OOD, OOD);
	struct rp_tcb t;

	(void)state;
	t = evaluate(s, low, NULL, 4);
	assert_int_equal(t.module.level.status, NOSUP);
	assert_null(t.module.level.advisories);
	assert_int_equal(t.status, NOSUP);
	assert_int_equal(evaluate(s, stranger, NULL, 4).status, NOSUP);
	assert_int_equal(evaluate(s, good, NULL, 3).status, NOSUP);
	assert_int_equal(evaluate(s, good, NULL, 4).status, UTD);
	s->info.n_levels = 1;
	s->pck.pcesvn = 8;
	assert_int_equal(evaluate(s, good, NULL, 4).status, NOSUP);
	assert_int_equal(evaluate(s, NULL, NULL, 4).status, NOSUP);
	free(s);
}

static void the_date_is_the_earliest_level_used(void **state)
{
	static const uint8_t good[16] = { 7, 1, 3 }, old[16] = { 4, 1, 3 };
	struct sample *s = sample(OOD, OOD);

	(void)state;
	assert_int_equal(evaluate(s, good, NULL, 4).date, 250);
	assert_int_equal(evaluate(s, old, NULL, 4).date, 100);
	assert_int_equal(evaluate(s, NULL, NULL, 4).date, 300);
	free(s);
}

static void a_relaunch_is_advised_from_old_to_good_alone(void **state)
{
	static const uint8_t good[16] = { 7, 1, 3 }, old[16] = { 4, 1, 3 };
	static const uint8_t none[16] = { 3, 1, 3 };
	struct sample *s = sample(OOD, OOD);
	struct rp_tcb t = evaluate(s, old, good, 4);

	(void)state;
	assert_int_equal(t.launch, OOD);
	assert_int_equal(t.current, UTD);
	assert_int_equal(t.status, EV_TCB_RELAUNCH_ADVISED);
	assert_int_equal(evaluate(s, old, old, 4).status, OOD);
	assert_int_equal(evaluate(s, good, old, 4).status, UTD);
	assert_int_equal(evaluate(s, old, none, 4).status, NOSUP);
	assert_int_equal(evaluate(s, none, good, 4).status, NOSUP);
	assert_false(evaluate(s, old, NULL, 4).has_current);
	s->levels[0].status = CONF;
	t = evaluate(s, old, good, 4);
	assert_int_equal(t.launch, OODC);
	assert_int_equal(t.status, EV_TCB_RELAUNCH_ADVISED_CONFIGURATION);
	s->levels[0].status = SWH;
	assert_int_equal(evaluate(s, old, good, 4).status,
			 EV_TCB_RELAUNCH_ADVISED);
	s->module_levels[1].status = REV;
	assert_int_equal(evaluate(s, old, good, 4).status, REV);
	free(s);
}

static void shortfalls_name_every_component(void **state)
{
	static const uint8_t zero[16] = { 0 };
	struct sample *s = sample(OOD, OOD);
	struct rp_shortfall out[RP_SHORTFALLS_MAX];
	struct ev_tcb_level top = { .pcesvn = 65535 };
	struct ev_pck none = { 0 };

	(void)state;
	s->pck.pcesvn = 8;
	s->pck.components[0] = 4;
	assert_int_equal(rp_level_shortfalls(&s->levels[0], &s->pck, zero, out),
			 5);
	assert_string_equal(out[0].component, "sgx");
	assert_int_equal(out[0].number, 1);
	assert_int_equal(out[0].have, 4);
	assert_int_equal(out[0].need, 5);
	assert_string_equal(out[1].component, "pcesvn");
	assert_int_equal(out[1].number, 0);
	assert_string_equal(out[4].component, "tdx");
	assert_int_equal(out[4].number, 3);
	memset(top.sgx, 255, 16);
	memset(top.tdx, 255, 16);
	assert_int_equal(rp_level_shortfalls(&top, &none, zero, out),
			 RP_SHORTFALLS_MAX);
	free(s);
}

/* --- the vectors --- */

struct evidence {
	struct ev_quote q;
	struct ev_chain chain;
	struct ev_pck pck;
	struct ev_tcb_info info;
	struct ev_qe_identity qe;
};

static struct ev_span file(const char *folder, const char *name)
{
	struct ev_span out = { NULL, 0 };

	assert_true(vectors_read(vectors_join(folder, name), &out));
	return out;
}

static void read_evidence(const char *folder, const char *set,
			  struct evidence *e)
{
	const char *dir = vectors_join(folder, set);
	struct ev_error err = { 0 };

	assert_int_equal(ev_quote_parse(file(folder, "quote.bin"), &e->q, &err),
			 EV_OK);
	assert_int_equal(ev_chain_parse(e->q.cert_data, 0, &e->chain, &err),
			 EV_OK);
	assert_int_equal(
		ev_pck_parse(e->chain.cert[0].sgx_extension, &e->pck, &err),
		EV_OK);
	assert_int_equal(
		ev_tcb_info_parse(file(dir, "tcb_info.json"), &e->info, &err),
		EV_OK);
	assert_int_equal(ev_qe_identity_parse(file(dir, "qe_identity.json"),
					      &e->qe, &err),
			 EV_OK);
}

static bool is_listed(const struct ev_advisories *list, const char *id)
{
	for (size_t i = 0; list != NULL && i < list->n; i++)
		if (ev_span_eq(list->id[i], ev_span_str(id)))
			return true;
	return false;
}

static void assert_advisories(const struct rp_tcb *t, const json_t *want)
{
	const struct ev_advisories *lists[] = { t->platform.advisories,
						t->qe.advisories,
						t->module.level.advisories };
	const json_t *v;
	size_t i;

	for (size_t k = 0; k < 3; k++)
		for (size_t a = 0; lists[k] != NULL && a < lists[k]->n; a++) {
			bool there = false;

			json_array_foreach (want, i, v)
				there = there ||
					ev_span_eq(
						lists[k]->id[a],
						ev_span_str(
							json_string_value(v)));
			assert_true(there);
		}
	json_array_foreach (want, i, v) {
		const char *id = json_string_value(v);

		assert_true(is_listed(lists[0], id) ||
			    is_listed(lists[1], id) || is_listed(lists[2], id));
	}
}

static void assert_word(const json_t *expect, const char *member,
			enum ev_tcb_status status)
{
	const char *want = json_string_value(json_object_get(expect, member));

	if (want != NULL)
		assert_string_equal(ev_tcb_status_word(status), want);
}

static void judge_set(const char *folder, const json_t *vector)
{
	const json_t *expect = json_object_get(vector, "expect");
	struct evidence e = { 0 };
	struct rp_tcb t;
	bool tdx;

	read_evidence(
		folder,
		json_string_value(json_object_get(vector, "collateral_dir")),
		&e);
	tdx = e.q.tee == EV_TEE_TDX;
	t = rp_tcb_evaluate(
		&e.info, &e.qe, &e.pck, tdx ? e.q.td.tee_tcb_svn.p : NULL,
		tdx && e.q.td.tee_tcb_svn2.n > 0 ? e.q.td.tee_tcb_svn2.p : NULL,
		e.q.qe_report.isvsvn);
	assert_word(expect, "tcb_status", t.status);
	assert_word(expect, "launch_status", t.launch);
	if (t.has_current)
		assert_word(expect, "current_status", t.current);
	assert_word(expect, "platform_level_status", t.platform.status);
	if (t.status != EV_TCB_NOT_SUPPORTED)
		assert_advisories(&t, json_object_get(expect, "advisory_ids"));
	ev_chain_free(&e.chain);
	ev_tcb_info_free(&e.info);
	ev_qe_identity_free(&e.qe);
}

static void every_vector_has_its_status_and_advisories(void **state)
{
	const char *const *folders;
	size_t n, i, seen = 0;

	(void)state;
	vectors_need();
	assert_true(vectors_list("dcap", &folders, &n));
	for (size_t k = 0; k < n; k++) {
		const char *folder = vectors_join("dcap", folders[k]);
		struct ev_span text;
		const json_t *vector;
		json_t *cases;

		if (strncmp(folders[k], "sgx-v", 5) != 0 &&
		    strncmp(folders[k], "tdx-v", 5) != 0)
			continue;
		text = file(folder, "case.json");
		cases = json_loadb((const char *)text.p, text.n, 0, NULL);
		assert_non_null(cases);
		json_array_foreach (json_object_get(cases, "cases"), i,
				    vector) {
			print_message("# %s %zu\n", folders[k], i);
			judge_set(folder, vector);
			seen++;
		}
		json_decref(cases);
	}
	assert_true(seen >= 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_of_the_merge_table),
		cmocka_unit_test(components_0_and_1_belong_to_a_named_module),
		cmocka_unit_test(what_reaches_no_level_is_not_supported),
		cmocka_unit_test(the_date_is_the_earliest_level_used),
		cmocka_unit_test(a_relaunch_is_advised_from_old_to_good_alone),
		cmocka_unit_test(shortfalls_name_every_component),
		cmocka_unit_test(every_vector_has_its_status_and_advisories),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
