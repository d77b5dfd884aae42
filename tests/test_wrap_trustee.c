/* SPDX-License-Identifier: Apache-2.0 */
/* Azure evidence of trustee and of those that took its shape. */
#include "tests/parts.h"
#include "tests/vectors.h"

static const char object[] = "trustee-evidence";

static struct ev_span need(const char *rel)
{
	struct ev_span out = { NULL, 0 };

	vectors_need();
	vectors_read(rel, &out);
	return out;
}

static void assert_part_is_file(const struct co_parts *list, const char *kind,
				const char *rel)
{
	assert_true(ev_span_eq(parts_bytes(list, kind, 0), need(rel)));
}

static void assert_same_parts(const struct co_parts *a,
			      const struct co_parts *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 1; i < a->n; i++) {
		const struct co_part *x = &a->part[i], *y = &b->part[i];

		assert_string_equal(x->kind, y->kind);
		assert_int_equal(x->n, y->n);
		assert_memory_equal(x->bytes, y->bytes, x->n);
		assert_int_equal(x->n_relates, y->n_relates);
		for (size_t k = 0; k < x->n_relates; k++)
			assert_true(parts_related(b, i, x->relates[k].rel,
						  x->relates[k].part));
		assert_int_equal(x->scheme == NULL, y->scheme == NULL);
	}
}

static void versions_0_and_1_give_the_same_parts(void **state)
{
	struct co_parts v0 = { 0 }, v1 = { 0 };

	(void)state;
	parts_import(&v0, need("azure/tdx1-evidence-v0.json"));
	parts_import(&v1, need("azure/tdx1-evidence-v1.json"));
	assert_int_equal(v0.n, 6);
	assert_same_parts(&v0, &v1);
	assert_part_is_file(&v1, "azure-hcl-report",
			    "azure/tdx1-hcl-report.bin");
	assert_part_is_file(&v1, "tdx-quote", "azure/tdx1-td-quote.bin");
	assert_string_equal(v1.part[4].scheme, "rsassa-sha256");
	assert_string_equal(v0.part[2].detail, "td_quote, numbers");
	assert_string_equal(v1.part[2].detail, "td_quote, base64url");
	co_parts_free(&v0);
	co_parts_free(&v1);
}

static void openhcl_evidence_decodes_into_its_files(void **state)
{
	struct co_parts list = { 0 };

	(void)state;
	parts_import(&list, need("azure/tdx3-openhcl-evidence-v1.json"));
	assert_part_is_file(&list, "azure-hcl-report",
			    "azure/tdx3-hcl-report.bin");
	assert_part_is_file(&list, "tdx-quote", "azure/tdx3-td-quote.bin");
	assert_part_is_file(&list, "tpm-quote-attest",
			    "azure/tdx3-tpm-quote.msg");
	assert_part_is_file(&list, "tpm-quote-signature",
			    "azure/tdx3-tpm-quote.sig");
	assert_int_equal(parts_bytes(&list, "tpm-pcrs", 0).n, 768);
	co_parts_free(&list);
}

static void snp_evidence_of_version_0_decodes(void **state)
{
	struct co_parts list = { 0 };
	struct ev_span hcl;

	(void)state;
	parts_import(&list, need("azure/snp2-evidence-v0.json"));
	hcl = parts_bytes(&list, "azure-hcl-report", 0);
	assert_int_equal(hcl.n, 2600);
	assert_memory_equal(hcl.p, "HCLA", 4);
	assert_int_equal(parts_bytes(&list, "cert-pem", 0).n, 1887);
	assert_true(parts_related(&list, parts_find(&list, "cert-pem", 0),
				  "key-of", 1));
	assert_int_equal(parts_bytes(&list, "tpm-quote-attest", 0).n, 122);
	assert_memory_equal(parts_bytes(&list, "tpm-pcrs", 0).p,
			    "\xe1\x5c\x44\x79", 4);
	assert_string_equal(list.part[3].detail, "quote.message, numbers");
	co_parts_free(&list);
}

static void snp_evidence_of_version_2_decodes(void **state)
{
	struct co_parts list = { 0 };
	struct ev_span hcl;

	(void)state;
	parts_import(&list, need("azure/snp3-evidence-v2.json"));
	hcl = parts_bytes(&list, "azure-hcl-report", 0);
	assert_int_equal(hcl.n, 2600);
	assert_memory_equal(hcl.p, "HCLA", 4);
	assert_int_equal(parts_bytes(&list, "cert-der", 0).n, 1351);
	assert_int_equal(parts_bytes(&list, "cert-der", 0).p[0], 0x30);
	assert_memory_equal(parts_bytes(&list, "tpm-pcrs", 0).p,
			    "\x84\x27\x5b\x2f", 4);
	co_parts_free(&list);
}

static void quote_alone_decodes_like_the_whole_evidence(void **state)
{
	struct co_parts whole = { 0 }, alone = { 0 };

	(void)state;
	parts_import(&whole, need("azure/tdx1-evidence-v1.json"));
	parts_import(&alone, need("azure/tdx1-tpm-quote.json"));
	assert_int_equal(alone.n, 4);
	for (size_t i = 1; i < 4; i++) {
		struct ev_span bytes =
			ev_span_of(alone.part[i].bytes, alone.part[i].n);

		assert_true(ev_span_eq(
			bytes, parts_bytes(&whole, alone.part[i].kind, 0)));
	}
	co_parts_free(&whole);
	co_parts_free(&alone);
}

static void enclosed_evidence_decodes_like_the_bare_one(void **state)
{
	struct ev_span bare = need("azure/tdx3-openhcl-evidence-v1.json");
	struct co_parts a = { 0 }, b = { 0 };
	struct ev_buffer text = { 0 };

	(void)state;
	ev_buffer_add_str(&text, "{\"platform\":\"az-tdx\",\"evidence\":");
	ev_buffer_add(&text, bare);
	ev_buffer_add_str(&text, "}");
	parts_import(&a, bare);
	parts_import(&b, ev_buffer_span(&text));
	assert_same_parts(&a, &b);
	parts_refuse_replaced(ev_buffer_span(&text), "az-tdx", "gcp-tdx",
			      EV_VALUE, object, "platform");
	co_parts_free(&a);
	co_parts_free(&b);
	ev_buffer_free(&text);
}

static void evidence_names_what_it_refuses(void **state)
{
	static const struct {
		const char *from, *to;
		enum ev_code code;
		const char *field;
	} rows[] = {
		{ "\"version\": 1", "\"version\": 3", EV_VALUE, "version" },
		{ "\"version\": 1", "\"version\": \"1\"", EV_VALUE, "version" },
		{ "\"version\": 1", "\"version\": 0", EV_SYNTAX, "hcl_report" },
		{ "\"version\": 1", "\"version\": 1, \"report\": \"AA\"",
		  EV_DUPLICATE, "hcl_report" },
		{ "\"version\": 1", "\"version\": 1, \"quote\": {}",
		  EV_DUPLICATE, "tpm_quote" },
		{ "\"version\": 1", "\"version\": 1, \"vcek\": \"AA\"",
		  EV_DUPLICATE, "td_quote" },
		{ "\"hcl_report\": \"SENM", "\"hcl_report\": \"SE+M", EV_SYNTAX,
		  "hcl_report" },
		{ "\"signature\": \"a2a3", "\"signature\": \"a2g3", EV_SYNTAX,
		  "tpm_quote.signature" },
		{ "\"signature\": \"a2a3", "\"signature\": \"a2a", EV_SYNTAX,
		  "tpm_quote.signature" },
		{ "\"message\": \"", "\"message\": \"\", \"m\": \"", EV_VALUE,
		  "tpm_quote.message" },
		{ "\"message\"", "\"massage\"", EV_MISSING,
		  "tpm_quote.message" },
		{ "\"pcrs\": [", "\"pcrs\": [\"00\",", EV_VALUE,
		  "tpm_quote.pcrs" },
		{ "\"pcrs\": [", "\"pcrs\": [], \"p\": [", EV_LIMIT,
		  "tpm_quote.pcrs" },
	};
	struct ev_span json = need("azure/tdx1-evidence-v1.json");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		parts_refuse_replaced(json, rows[i].from, rows[i].to,
				      rows[i].code, object, rows[i].field);
}

static void unknown_members_are_noted(void **state)
{
	struct ev_span json = need("azure/tdx1-evidence-v1.json");
	struct co_parts list = { 0 };
	size_t n;
	char *more;

	(void)state;
	more = parts_replace(json, "\"version\": 1",
			     "\"version\": 1, \"later\\u001b\": 1, \"e\": []",
			     &n);
	parts_import(&list, ev_span_of(more, n));
	assert_int_equal(list.n_notes, 1);
	assert_non_null(strstr(list.note[0], "later\\x1b"));
	co_parts_free(&list);
	free(more);
}

static void changed_evidence_never_harms(void **state)
{
	(void)state;
	parts_mutate(need("azure/tdx1-evidence-v1.json"), 101, 1000);
	parts_mutate(need("azure/snp2-evidence-v0.json"), 499, 300);
	parts_mutate(need("azure/snp3-evidence-v2.json"), 101, 1000);
	parts_mutate(need("azure/tdx1-tpm-quote.json"), 1, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_0_and_1_give_the_same_parts),
		cmocka_unit_test(openhcl_evidence_decodes_into_its_files),
		cmocka_unit_test(snp_evidence_of_version_0_decodes),
		cmocka_unit_test(snp_evidence_of_version_2_decodes),
		cmocka_unit_test(quote_alone_decodes_like_the_whole_evidence),
		cmocka_unit_test(enclosed_evidence_decodes_like_the_bare_one),
		cmocka_unit_test(evidence_names_what_it_refuses),
		cmocka_unit_test(unknown_members_are_noted),
		cmocka_unit_test(changed_evidence_never_harms),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
