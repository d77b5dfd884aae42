/* SPDX-License-Identifier: Apache-2.0 */
/* The list of parts, and files that are items as they stand. */
#include "tests/parts.h"
#include "tests/vectors.h"

static struct ev_span need(const char *rel)
{
	struct ev_span out = { NULL, 0 };

	vectors_need();
	vectors_read(rel, &out);
	return out;
}

static void import_as(struct co_parts *list, struct ev_span content,
		      const char *kind)
{
	const struct ev_kind *forced = ev_kind_find(ev_span_str(kind));
	struct ev_error err = { 0 };

	assert_non_null(forced);
	assert_int_equal(co_import(content, forced, list, &err), EV_OK);
}

static void every_format_names_a_kind_of_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < co_n_formats; i++)
		assert_non_null(ev_kind_find(ev_span_str(co_formats[i].kind)));
}

static void raw_quote_and_report_are_items_as_they_stand(void **state)
{
	struct ev_span quote = need("e2e-tdx/gcp-tdx-1782809233226668671");
	struct co_parts list = { 0 };

	(void)state;
	parts_import(&list, quote);
	parts_import(&list, need("azure/tdx2-hcl-report.bin"));
	assert_int_equal(list.n, 2);
	assert_true(ev_span_eq(parts_bytes(&list, "tdx-quote", 0), quote));
	assert_int_equal(parts_bytes(&list, "azure-hcl-report", 0).n, 2600);
	assert_null(list.part[0].detail);
	assert_int_equal(list.part[0].n_relates, 0);
	co_parts_free(&list);
}

static void logs_are_items_as_they_stand(void **state)
{
	static const struct {
		const char *path, *kind;
	} cases[] = {
		{ "eventlog/goev-debian-10.bin", "tcg-eventlog" },
		{ "eventlog/gtt-gdc-host.bin", "tcg-eventlog" },
		{ "eventlog/trustee-CCEL_data.bin", "tdx-eventlog-ccel" },
		{ "eventlog/trustee-CCEL_data_csv.bin", "tdx-eventlog-ccel" },
		{ "eventlog/goev-ccel-CCEL.bin", "acpi-ccel-table" },
		{ "eventlog/guard-ev-h12ssl.ima", "ima-log-binary" },
		{ "eventlog/quotes/"
		  "evm-sample-ascii_runtime_measurements-pcrs-8-9",
		  "ima-log-ascii" },
		{ "eventlog/cel-cos-tdx.bin", "cel-tlv" },
	};
	struct co_parts list = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_span log = need(cases[i].path);

		parts_import(&list, log);
		assert_int_equal(list.n, i + 1);
		assert_string_equal(list.part[i].kind, cases[i].kind);
		assert_int_equal(list.part[i].n, log.n);
	}
	parts_import(&list, EV_SPAN_LITERAL("\x1e{\"pcr\":11,\"digests\":[]}"));
	assert_string_equal(list.part[list.n - 1].kind, "cel-json");
	co_parts_free(&list);
}

static void serialized_pcrs_give_their_values_too(void **state)
{
	struct ev_span file = need("azure/tl-pcrs.bin");
	struct co_parts list = { 0 };

	(void)state;
	parts_import(&list, file);
	assert_int_equal(list.n, 2);
	assert_true(
		ev_span_eq(parts_bytes(&list, "tpm-pcrs-serialized", 0), file));
	/* PCRs 0 to 7 and 16 to 17 are selected by ff 03 00: ten values. */
	assert_int_equal(parts_bytes(&list, "tpm-pcrs", 0).n % 32, 0);
	assert_true(parts_related(&list, 1, "decoded-from", 0));
	co_parts_free(&list);
}

static void content_that_nobody_knows_is_refused_with_its_bytes(void **state)
{
	static const uint8_t bytes[20] = { 0x00, 0x11, 0x22 };
	struct co_parts list = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(co_import(EV_SPAN(bytes), NULL, &list, &err),
			 EV_VALUE);
	assert_string_equal(err.object, "pack");
	assert_string_equal(err.field, "content");
	assert_string_equal(err.found,
			    "00 11 22 00 00 00 00 00 00 00 00 00 00 00 00 00");
	assert_int_equal(list.n, 0);
	parts_refuse((struct ev_span){ NULL, 0 }, EV_VALUE, "pack", "content");
	co_parts_free(&list);
}

static void a_kind_that_is_given_overrides_the_content(void **state)
{
	struct ev_span json = need("azure/tdx1-evidence-v1.json");
	struct co_parts list = { 0 };

	(void)state;
	import_as(&list, json, "azure-hcl-report");
	assert_int_equal(list.n, 1);
	assert_string_equal(list.part[0].kind, "azure-hcl-report");
	import_as(&list, json, "wrapper");
	assert_int_equal(list.n, 7);
	co_parts_free(&list);
}

static void a_bare_signature_gets_its_scheme(void **state)
{
	struct co_parts list = { 0 };

	(void)state;
	import_as(&list, need("tpm-swtpm/quote2.sig.plain"),
		  "tpm-quote-signature");
	import_as(&list, need("tpm-swtpm/quote.sig.tss"),
		  "tpm-quote-signature");
	assert_string_equal(list.part[0].scheme, "rsassa-sha256");
	assert_null(list.part[1].scheme);
	co_parts_free(&list);
}

static void a_refused_wrapper_leaves_the_list_as_it_was(void **state)
{
	struct ev_span json = need("azure/tdx1-evidence-v1.json");
	struct co_parts list = { 0 };
	struct ev_error err = { 0 };
	size_t n;
	char *bad = parts_replace(json, "\"pcrs\": [", "\"pcrs\": [1,", &n);

	(void)state;
	parts_import(&list, json);
	assert_int_equal(co_import(ev_span_of(bad, n), NULL, &list, &err),
			 EV_SYNTAX);
	assert_int_equal(list.n, 6);
	co_parts_free(&list);
	free(bad);
}

static void a_wrapper_that_is_too_large_is_refused(void **state)
{
	static const char head[] = "{\"tcb_info\":\"\",\"qe_identity\":\"\","
				   "\"tcb_info_signature\":\"\"";
	size_t n = CO_WRAPPER_MAX + 1;
	uint8_t *p = malloc(n);

	(void)state;
	assert_non_null(p);
	memset(p, ' ', n);
	memcpy(p, head, sizeof(head) - 1);
	parts_refuse(ev_span_of(p, n), EV_LIMIT, "pack", "wrapper");
	free(p);
}

static void an_item_larger_than_its_kind_is_refused(void **state)
{
	const struct ev_kind *kind = ev_kind_find(EV_SPAN_LITERAL("tdx-quote"));
	struct co_parts list = { 0 };
	struct ev_error err = { 0 };
	uint8_t *p;

	(void)state;
	assert_non_null(kind);
	p = calloc(1, kind->max_size + 1);
	assert_non_null(p);
	assert_int_equal(
		co_import(ev_span_of(p, kind->max_size + 1), kind, &list, &err),
		EV_LIMIT);
	assert_string_equal(err.field, "tdx-quote");
	err = (struct ev_error){ 0 };
	assert_int_equal(
		co_import(ev_span_of(p, kind->max_size), kind, &list, &err),
		EV_OK);
	co_parts_free(&list);
	free(p);
}

static void text_inside_a_binary_file_is_no_wrapper(void **state)
{
	static const char tar[] = "manifest.json\0\ntdx_quote_base64: x\n"
				  "tpm_attestation: y\n";

	(void)state;
	parts_refuse(EV_SPAN_LITERAL(tar), EV_VALUE, "pack", "content");
}

static void the_list_of_parts_is_bounded(void **state)
{
	struct co_parts list = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < CO_PARTS_MAX; i++)
		assert_int_equal(co_parts_add(&list, "wrapper",
					      EV_SPAN_LITERAL("x"), NULL, &err),
				 EV_OK);
	assert_int_equal(co_parts_add(&list, "wrapper", EV_SPAN_LITERAL("x"),
				      NULL, &err),
			 EV_LIMIT);
	assert_string_equal(err.field, "parts");
	for (size_t i = 0; i <= CO_NOTES_MAX; i++)
		co_parts_note(&list, "note", EV_SPAN_LITERAL("x"));
	assert_int_equal(list.n_notes, CO_NOTES_MAX);
	assert_true(list.more_notes);
	co_parts_free(&list);
}

static void broken_files_of_a_known_format_keep_their_name(void **state)
{
	struct ev_span json = need("azure/tdx1-evidence-v1.json");

	(void)state;
	parts_refuse(ev_span_sub(json, 0, json.n - 3), EV_SYNTAX,
		     "trustee-evidence", "text");
}

static void changed_files_never_harm(void **state)
{
	(void)state;
	parts_mutate(need("azure/tl-pcrs.bin"), 1, 2000);
	parts_mutate(need("tpm-swtpm/quote3.pcrs.serialized"), 7, 1000);
	parts_mutate(need("azure/tdx1-td-quote.bin"), 101, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_names_a_kind_of_the_table),
		cmocka_unit_test(raw_quote_and_report_are_items_as_they_stand),
		cmocka_unit_test(logs_are_items_as_they_stand),
		cmocka_unit_test(serialized_pcrs_give_their_values_too),
		cmocka_unit_test(
			content_that_nobody_knows_is_refused_with_its_bytes),
		cmocka_unit_test(a_kind_that_is_given_overrides_the_content),
		cmocka_unit_test(a_bare_signature_gets_its_scheme),
		cmocka_unit_test(a_refused_wrapper_leaves_the_list_as_it_was),
		cmocka_unit_test(a_wrapper_that_is_too_large_is_refused),
		cmocka_unit_test(an_item_larger_than_its_kind_is_refused),
		cmocka_unit_test(text_inside_a_binary_file_is_no_wrapper),
		cmocka_unit_test(the_list_of_parts_is_bounded),
		cmocka_unit_test(
			broken_files_of_a_known_format_keep_their_name),
		cmocka_unit_test(changed_files_never_harm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
