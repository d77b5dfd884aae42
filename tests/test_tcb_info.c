/* SPDX-License-Identifier: Apache-2.0 */
/* TCB info: every one of the vectors, each member missing, twice, wrong. */
#include "evidence/tcb_info.h"

#include "evidence/limits.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static const char tdx[] =
	"dcap/tdx-v5-relaunch/collateral-2026-01-12-eval18/tcb_info.json";
static const char sgx[] =
	"dcap/sgx-v3-old-root/collateral-2025-05-27-eval17/tcb_info.json";
static const char old[] = "dcap/x-intel-sample-testroot/tcbInfo.json";

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_tcb_info info;

	if (ev_tcb_info_parse(item, &info, err) == EV_OK)
		ev_tcb_info_free(&info);
	return err->code;
}

static struct ev_span item_of(const char *path)
{
	struct ev_span item = { NULL, 0 };

	assert_true(vectors_read(path, &item));
	return item;
}

static struct ev_tcb_info parsed(struct ev_span item)
{
	struct ev_tcb_info info = { 0 };
	struct ev_error err = { 0 };
	char text[300];

	if (ev_tcb_info_parse(item, &info, &err) != EV_OK) {
		ev_error_format(&err, text, sizeof(text));
		fail_msg("%s", text);
	}
	return info;
}

static void assert_sorted(const struct ev_tcb_info *info)
{
	for (size_t i = 1; i < info->n_levels; i++) {
		const struct ev_tcb_level *x = &info->levels[i - 1];
		const struct ev_tcb_level *y = &info->levels[i];
		int order = memcmp(x->sgx, y->sgx, 16);

		if (order == 0)
			order = x->pcesvn - y->pcesvn;
		if (order == 0)
			order = memcmp(x->tdx, y->tdx, 16);
		assert_true(order > 0);
	}
}

static void every_tcb_info_of_the_vectors_parses(void **state)
{
	const char *const *folders, *const *sets;
	size_t n, n_sets, seen = 0;

	(void)state;
	vectors_need();
	assert_true(vectors_list("dcap", &folders, &n));
	for (size_t i = 0; i < n; i++) {
		const char *folder = vectors_join("dcap", folders[i]);

		if (strstr(folders[i], "-v") == NULL)
			continue;
		assert_true(vectors_list(folder, &sets, &n_sets));
		for (size_t k = 0; k < n_sets; k++) {
			const char *set = vectors_join(folder, sets[k]);
			struct ev_tcb_info info;

			if (strncmp(sets[k], "collateral", 10) != 0)
				continue;
			info = parsed(
				item_of(vectors_join(set, "tcb_info.json")));
			assert_int_equal(info.tee == EV_TEE_TDX,
					 folders[i][0] == 't');
			assert_int_equal(info.eval_number,
					 atoi(strstr(sets[k], "eval") + 4));
			assert_sorted(&info);
			ev_tcb_info_free(&info);
			seen++;
		}
	}
	assert_true(seen >= 25);
}

static void known_members_have_their_values(void **state)
{
	struct ev_tcb_info info;

	(void)state;
	vectors_need();
	info = parsed(item_of(tdx));
	assert_int_equal(info.version, 3);
	assert_memory_equal(info.fmspc, "\x90\xc0\x6f\0\0\0", 6);
	assert_int_equal(info.issue_date, 1768232805);
	assert_true(info.has_module && info.has_modules);
	assert_int_equal(info.n_modules, 2);
	assert_int_equal(info.modules[0].version, 3);
	assert_int_equal(info.modules[1].version, 1);
	assert_int_equal(info.modules[1].levels[0].isvsvn, 6);
	assert_int_equal(info.modules[1].levels[1].advisories.n, 2);
	assert_int_equal(info.signed_slice.p - info.item.p, 11);
	assert_int_equal(info.signed_slice.p[info.signed_slice.n - 1], '}');
	ev_tcb_info_free(&info);
	info = parsed(item_of(old));
	assert_int_equal(info.version, 2);
	assert_int_equal(info.tee, EV_TEE_SGX);
	assert_false(info.has_module);
	ev_tcb_info_free(&info);
}

static void envelope_holds_two_members_in_either_order(void **state)
{
	struct ev_span item;
	struct ev_tcb_info info;
	char *text;
	size_t n;

	(void)state;
	vectors_need();
	item = item_of(tdx);
	parse_refuses_text(parse, item, "{\"tcbInfo\"", "{\"x\":1,\"tcbInfo\"",
			   EV_VALUE, "tcb-info", "members");
	parse_refuses_text(parse, item, "{\"tcbInfo\"",
			   "{\"tcbInf\\u006f\":{},\"tcbInfo\"", EV_VALUE,
			   "tcb-info", "members");
	parse_refuses_text(parse, item, "{\"tcbInfo\"",
			   "{\"tcbInfo\":{},\"tcbInfo\"", EV_MISSING,
			   "tcb-info", "tcbInfo");
	parse_refuses_text(parse, item, "\"signature\":\"", "\"signature\":\"0",
			   EV_SYNTAX, "tcb-info", "signature");
	parse_refuses_text(parse, item,
			   "\"signature\":", "\"sig\":", EV_MISSING, "tcb-info",
			   "signature");
	info = parsed(item);
	n = info.signed_slice.n;
	text = malloc(n + 400);
	assert_non_null(text);
	n = (size_t)snprintf(text, n + 400,
			     " {\"signature\" : \"%.128s\" , \"tcbInfo\":%.*s}",
			     (const char *)info.signature_hex.p, (int)n,
			     (const char *)info.signed_slice.p);
	ev_tcb_info_free(&info);
	info = parsed(ev_span_of(text, n));
	ev_tcb_info_free(&info);
	free(text);
}

static void each_member_is_required(void **state)
{
	static const struct {
		const char *name, *object;
	} members[] = {
		{ "id", "tcb-info" },
		{ "version", "tcb-info" },
		{ "issueDate", "tcb-info" },
		{ "nextUpdate", "tcb-info" },
		{ "fmspc", "tcb-info" },
		{ "pceId", "tcb-info" },
		{ "tcbType", "tcb-info" },
		{ "tcbEvaluationDataNumber", "tcb-info" },
		{ "tdxModule", "tcb-info" },
		{ "tcbLevels", "tcb-info.tdx-module-identity" },
		{ "isvsvn", "tcb-info.tdx-module-identity" },
		{ "tcbDate", "tcb-info.tdx-module-identity" },
		{ "tcbStatus", "tcb-info.tdx-module-identity" },
		{ "mrsigner", "tcb-info.tdx-module" },
		{ "attributes", "tcb-info.tdx-module" },
		{ "attributesMask", "tcb-info.tdx-module" },
		{ "sgxtcbcomponents", "tcb-info.level" },
		{ "tdxtcbcomponents", "tcb-info.level" },
		{ "pcesvn", "tcb-info.level" },
		{ "svn", "tcb-info.level" },
	};
	struct ev_span item;

	(void)state;
	vectors_need();
	item = item_of(tdx);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		char from[64], to[64];

		snprintf(from, sizeof(from), "\"%s\":", members[i].name);
		snprintf(to, sizeof(to), "\"_%s\":", members[i].name);
		parse_refuses_text(parse, item, from, to, EV_MISSING,
				   members[i].object, members[i].name);
		snprintf(to, sizeof(to), "\"%s\":0,\"%s\":", members[i].name,
			 members[i].name);
		parse_refuses_text(parse, item, from, to, EV_DUPLICATE,
				   "tcb-info", "member");
	}
}

/* One change of the real thing, and its refusal. */
static const struct {
	const char *from, *to;
	enum ev_code code;
	const char *object, *field;
} out_of_range[] = {
	{ "\"version\":3", "\"version\":1", EV_VALUE, "tcb-info", "version" },
	{ "\"version\":3", "\"version\":4", EV_VALUE, "tcb-info", "version" },
	{ "\"version\":3", "\"version\":3.0", EV_VALUE, "tcb-info", "number" },
	{ "\"version\":3", "\"version\":3e0", EV_VALUE, "tcb-info", "number" },
	{ "\"id\":\"TDX\"", "\"id\":\"SGX\"", EV_VALUE, "tcb-info",
	  "tdxModule" },
	{ "\"id\":\"TDX\"", "\"id\":\"tdx\"", EV_VALUE, "tcb-info", "id" },
	{ "\"tcbType\":0", "\"tcbType\":1", EV_VALUE, "tcb-info", "tcbType" },
	{ "\"fmspc\":\"", "\"fmspc\":\"00", EV_SYNTAX, "tcb-info", "fmspc" },
	{ "\"svn\":3", "\"svn\":256", EV_VALUE, "tcb-info.level", "svn" },
	{ "\"svn\":3", "\"svn\":-1", EV_VALUE, "tcb-info.level", "svn" },
	{ "\"svn\":3", "\"svn\":\"3\"", EV_SYNTAX, "tcb-info.level", "svn" },
	{ "\"sgxtcbcomponents\":[", "\"sgxtcbcomponents\":[{\"svn\":1},",
	  EV_LIMIT, "tcb-info.level", "sgxtcbcomponents" },
	{ "\"pcesvn\":13", "\"pcesvn\":65536", EV_VALUE, "tcb-info.level",
	  "pcesvn" },
	{ "\"isvsvn\":3", "\"isvsvn\":65536", EV_VALUE,
	  "tcb-info.tdx-module-identity", "isvsvn" },
	{ "\"isvsvn\":4", "\"isvsvn\":6", EV_DUPLICATE,
	  "tcb-info.tdx-module-identity", "tcbLevels" },
	{ "TDX_03", "TDX_01", EV_DUPLICATE, "tcb-info.tdx-module-identity",
	  "id" },
	{ "TDX_03", "TDX_0g", EV_VALUE, "tcb-info.tdx-module-identity", "id" },
	{ "\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"SWHardeningNeeded\"",
	  EV_VALUE, "tcb-info.tdx-module-identity", "tcbStatus" },
	{ "\"tcbStatus\":\"UpToDate\"", "\"tcbStatus\":\"NotSupported\"",
	  EV_VALUE, "tcb-info.tdx-module-identity", "tcbStatus" },
	{ "\"advisoryIDs\":[", "\"advisoryIDs\":[1,", EV_SYNTAX,
	  "tcb-info.tdx-module-identity", "advisoryIDs" },
	{ "2024-11-13T00:00:00Z", "2024-11-13T00:00:00+00:00", EV_SYNTAX,
	  "tcb-info.tdx-module-identity", "tcbDate" },
};

static void values_out_of_range_are_refused(void **state)
{
	struct ev_span item;

	(void)state;
	vectors_need();
	item = item_of(tdx);
	for (size_t i = 0; i < sizeof(out_of_range) / sizeof(out_of_range[0]);
	     i++)
		parse_refuses_text(parse, item, out_of_range[i].from,
				   out_of_range[i].to, out_of_range[i].code,
				   out_of_range[i].object,
				   out_of_range[i].field);
	/* Hex and module ids in the other case mean the same. */
	{
		struct ev_error err = { 0 };
		size_t n;
		char *text = parse_replace(item, "90c06f", "90C06F", &n);

		assert_int_equal(parse(ev_span_of(text, n), &err), EV_OK);
		free(text);
	}
}

/* Levels are v2 members here, written short. */
static size_t make(char *out, size_t size, const char *a, const char *b)
{
	size_t at = (size_t)snprintf(
		out, size,
		"{\"tcbInfo\":{\"version\":2,"
		"\"issueDate\":\"2020-01-01T00:00:00Z\","
		"\"nextUpdate\":\"2020-02-01T00:00:00Z\","
		"\"fmspc\":\"00906ED50000\",\"pceId\":\"0000\",\"tcbType\":0,"
		"\"tcbEvaluationDataNumber\":5,\"tcbLevels\":[%s,%s]},"
		"\"signature\":\"",
		a, b);

	for (int i = 0; i < 128; i++)
		out[at++] = 'a';
	return at + (size_t)snprintf(out + at, size - at, "\"}");
}

static const char *level(char out[900], unsigned first, unsigned pcesvn)
{
	size_t at = (size_t)snprintf(out, 900, "{\"tcb\":{");

	for (unsigned i = 1; i <= 16; i++)
		at += (size_t)snprintf(out + at, 900 - at,
				       "\"sgxtcbcomp%02usvn\":%u,", i,
				       i == 1 ? first : 1);
	snprintf(out + at, 900 - at,
		 "\"pcesvn\":%u},\"tcbDate\":\"2020-01-01T00:00:00Z\","
		 "\"tcbStatus\":\"Revoked\"}",
		 pcesvn);
	return out;
}

static void levels_are_sorted_and_stand_once(void **state)
{
	char a[900], b[900], text[3000];
	struct ev_tcb_info info;
	struct ev_error err = { 0 };
	size_t n = make(text, sizeof(text), level(a, 1, 9), level(b, 200, 2));

	(void)state;
	info = parsed(ev_span_of(text, n));
	assert_int_equal(info.levels[0].sgx[0], 200);
	assert_int_equal(info.levels[0].position, 1);
	ev_tcb_info_free(&info);
	n = make(text, sizeof(text), level(a, 1, 2), level(b, 1, 10));
	info = parsed(ev_span_of(text, n));
	assert_int_equal(info.levels[0].pcesvn, 10);
	ev_tcb_info_free(&info);
	n = make(text, sizeof(text), level(a, 1, 2), level(b, 1, 2));
	parse(ev_span_of(text, n), &err);
	parse_expect(&err, EV_DUPLICATE, "tcb-info", "tcbLevels");
}

static void a_text_over_one_mebibyte_is_refused(void **state)
{
	struct ev_error err = { 0 };
	struct ev_span item;
	uint8_t *padded;

	(void)state;
	vectors_need();
	item = item_of(tdx);
	padded = malloc(EV_COLLATERAL_MAX + 1);
	assert_non_null(padded);
	memset(padded, ' ', EV_COLLATERAL_MAX + 1);
	memcpy(padded, item.p, item.n);
	assert_int_equal(parse(ev_span_of(padded, EV_COLLATERAL_MAX), &err),
			 EV_OK);
	assert_int_equal(parse(ev_span_of(padded, EV_COLLATERAL_MAX + 1), &err),
			 EV_LIMIT);
	free(padded);
}

static void prefixes_and_changed_bytes_do_no_harm(void **state)
{
	struct ev_span item;

	(void)state;
	vectors_need();
	item = item_of(tdx);
	parse_prefixes(parse, item, item.n);
	parse_mutations(parse, item, 2000);
	parse_mutations(parse, item_of(sgx), 1000);
	parse_mutations(parse, item_of(old), 1000);
}

static void status_words_are_read_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= EV_TCB_NOT_SUPPORTED; i++) {
		enum ev_tcb_status status = EV_TCB_REVOKED;
		const char *word = ev_tcb_status_word((enum ev_tcb_status)i);

		assert_true(ev_tcb_status_parse(ev_span_str(word), &status));
		assert_int_equal(status, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_tcb_info_of_the_vectors_parses),
		cmocka_unit_test(known_members_have_their_values),
		cmocka_unit_test(envelope_holds_two_members_in_either_order),
		cmocka_unit_test(each_member_is_required),
		cmocka_unit_test(values_out_of_range_are_refused),
		cmocka_unit_test(levels_are_sorted_and_stand_once),
		cmocka_unit_test(a_text_over_one_mebibyte_is_refused),
		cmocka_unit_test(prefixes_and_changed_bytes_do_no_harm),
		cmocka_unit_test(status_words_are_read_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
