/* SPDX-License-Identifier: Apache-2.0 */
/* Claims of tokens: real ones recomputed, and each row of the table broken. */
#include "replay/claim_value.h"

#include "evidence/base/base64.h"
#include "evidence/base/buffer.h"
#include "evidence/base/digest.h"
#include "evidence/base/hex.h"
#include "evidence/jwt.h"
#include "evidence/quote.h"
#include "evidence/snp_report.h"

#include "tests/claim_case.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

/* --- real tokens --- */

static void hash(struct ev_span bytes, char hex[65])
{
	struct ev_crypto *crypto = ev_crypto_new();
	uint8_t digest[32];

	assert_non_null(crypto);
	assert_true(ev_digest(crypto, EV_SHA256, bytes, digest));
	ev_hex_encode(EV_SPAN(digest), hex);
	ev_crypto_free(crypto);
}

/* The quote of the request of 2020, behind Open Enclave's header; the caller
 * frees. */
static uint8_t *real_quote(struct ev_span *out)
{
	struct ev_nodes nodes = { 0 };
	struct ev_error err = { 0 };
	struct ev_span json, text;
	uint8_t *bytes;
	size_t n;

	assert_true(vectors_read("tokens/maa-sgx0-request.json", &json));
	assert_int_equal(ev_nodes_parse(json, 1 << 20, "request", &nodes, &err),
			 EV_OK);
	text = ev_node_member(nodes.root, "Quote")->text;
	bytes = malloc(ev_base64_decoded_max(text.n));
	assert_non_null(bytes);
	assert_true(ev_base64_decode(EV_BASE64_URL, text, bytes, &n));
	ev_nodes_free(&nodes);
	assert_memory_equal(bytes, "\1\0\0\0\2\0\0\0", 8);
	*out = ev_span_of(bytes + 16, n - 16);
	return bytes;
}

/* The second of two JSON texts with an empty line between them. */
static struct ev_span real_payload(void)
{
	struct ev_span text;
	const uint8_t *at;

	assert_true(vectors_read("tokens/maa-sgx0-decoded-token.txt", &text));
	at = memmem(text.p, text.n, "}\n\n{", 4);
	if (at == NULL)
		at = memmem(text.p, text.n, "}\r\n\r\n{", 6);
	assert_non_null(at);
	at++;
	return ev_span_sub(text, (size_t)(at - text.p),
			   text.n - (size_t)(at - text.p));
}

static void claims_of_2020_follow_from_the_quote(void **state)
{
	static const char *const equal[] = {
		"is-debuggable",
		"product-id",
		"sgx-mrenclave",
		"sgx-mrsigner",
		"svn",
		"tee",
		"maa-attestationcollateral.maa-quotehash"
	};
	struct rp_claim_evidence e = { 0 };
	struct ev_error err = { 0 };
	struct rp_claims claims;
	struct ev_quote q;
	struct ev_span item;
	uint8_t *bytes;

	(void)state;
	vectors_need();
	bytes = real_quote(&item);
	assert_int_equal(ev_quote_parse(item, &q, &err), EV_OK);
	e.body[RP_CLAIM_OF_SGX] =
		(struct rp_claim_bytes){ q.sgx.bytes, "q", q.sgx.offset };
	e.quote[0].input = (struct rp_input){ "q", 0, q.quote.n };
	hash(q.quote, e.quote[0].sha256);
	claims = claims_compared(real_payload(), &e);
	for (size_t i = 0; i < sizeof(equal) / sizeof(equal[0]); i++)
		claims_expect(&claims, equal[i], RP_CLAIM_EQUAL, NULL);
	assert_int_equal(claims.count[RP_CLAIM_EQUAL], 7);
	assert_int_equal(claims.count[RP_CLAIM_DIFFERS], 0);
	claims_expect(&claims, "maa-policyHash", RP_CLAIM_NOT_RECOMPUTABLE,
		      NULL);
	claims_expect(&claims, "maa-attestationcollateral.maa-qeidhash",
		      RP_CLAIM_NOT_RECOMPUTABLE, NULL);
	assert_int_equal(claims_named(&claims, "svn")->input.offset, 48 + 258);
	assert_string_equal(claims_named(&claims, "svn")->recomputed, "8888");
	rp_claims_free(&claims);
	assert_null(claims.claim);
	free(bytes);
}

static void claims_of_snp_follow_from_the_report(void **state)
{
	struct rp_claim_evidence e = { 0 };
	struct ev_error err = { 0 };
	struct rp_claims claims;
	struct rp_claim_bytes body;
	struct ev_span item;
	struct ev_jwt jwt;
	size_t n = 0;

	(void)state;
	vectors_need();
	assert_true(
		vectors_read("tokens/maa-snp1-request-snp-report.bin", &item));
	body = (struct rp_claim_bytes){ item, "r", 0 };
	e.body[RP_CLAIM_OF_SNP] = body;
	e.body[RP_CLAIM_OF_SNP_MILAN] = body;
	assert_true(vectors_read("tokens/maa-snp1-token.jwt", &item));
	while (item.n > 0 && item.p[item.n - 1] == '\n')
		item.n--;
	assert_int_equal(ev_jwt_parse(item, &jwt, &err), EV_OK);
	claims = claims_compared(jwt.payload, &e);
	for (size_t i = 0; i < claims.n; i++)
		n += strncmp(claims.claim[i].name, "x-ms-sevsnpvm-", 14) == 0 &&
		     claims.claim[i].result == RP_CLAIM_EQUAL;
	assert_int_equal(n, 17);
	claims_expect(&claims, "x-ms-attestation-type", RP_CLAIM_EQUAL, NULL);
	assert_int_equal(claims.count[RP_CLAIM_EQUAL], 18);
	assert_int_equal(claims.count[RP_CLAIM_DIFFERS], 0);
	assert_int_equal(claims.count[RP_CLAIM_NOT_RECOMPUTABLE], 7);
	rp_claims_free(&claims);
	ev_jwt_free(&jwt);
}

/* --- every row --- */

#define BODY_MAX 1184

static bool is_quoted(const struct rp_claim_value *v)
{
	return v->type == EV_NODE_STRING;
}

static char *claim_json(const char *name, const struct rp_claim_value *v,
			bool quoted)
{
	struct ev_buffer out = { 0 };

	ev_buffer_printf(&out, "{\"%s\":%s%s%s}", name, quoted ? "\"" : "",
			 v->text, quoted ? "\"" : "");
	return ev_buffer_take(&out, NULL);
}

static void expect_row(const struct rp_claim_row *row, const char *json,
		       const struct rp_claim_bytes *body,
		       enum rp_claim_result result, const char *note)
{
	struct rp_claim_evidence e = { 0 };
	struct rp_claims claims;

	e.body[row->body] = *body;
	claims = claims_compared(ev_span_str(json), &e);
	assert_int_equal(claims.n, 1);
	claims_expect(&claims, row->name, result, note);
	rp_claims_free(&claims);
}

/* Each bit that the row looks at, flipped, makes the claim differ. */
static void expect_each_bit(const struct rp_claim_row *row, const char *json,
			    uint8_t *bytes, const struct rp_claim_bytes *body)
{
	size_t first = row->at * 8U, n = row->size * 8U;

	if (row->form == RP_CLAIM_BIT || row->form == RP_CLAIM_STATE) {
		first += row->size;
		n = 1;
	}
	for (size_t i = first; i < first + n; i++) {
		bytes[i / 8] ^= (uint8_t)(1U << i % 8);
		expect_row(row, json, body, RP_CLAIM_DIFFERS, NULL);
		bytes[i / 8] ^= (uint8_t)(1U << i % 8);
	}
}

static void each_row_is_recomputed_and_compared(void **state)
{
	uint8_t bytes[BODY_MAX];
	const struct rp_claim_bytes body = { EV_SPAN(bytes), "b", 7 };
	const struct rp_claim_bytes none = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256 + 0xa1);
	for (size_t i = 0; i < rp_n_claim_rows; i++) {
		const struct rp_claim_row *row = &rp_claim_rows[i];
		struct rp_claim_value v = rp_claim_value_of(row, &body);
		char *json = claim_json(row->name, &v, is_quoted(&v));

		expect_row(row, json, &body, RP_CLAIM_EQUAL, NULL);
		expect_row(row, json, &none, RP_CLAIM_NOT_RECOMPUTABLE, NULL);
		/* Of two rows of one name the other may hold. */
		if (strcmp(row->name, "tdx_seamsvn") != 0)
			expect_each_bit(row, json, bytes, &body);
		free(json);
		json = claim_json(row->name, &v, !is_quoted(&v));
		if (!is_quoted(&v))
			expect_row(row, json, &body, RP_CLAIM_DIFFERS,
				   "another type");
		free(json);
	}
}

static void rows_are_inside_their_bodies(void **state)
{
	static const size_t sizes[] = {
		[RP_CLAIM_OF_SGX] = EV_SGX_REPORT_SIZE,
		[RP_CLAIM_OF_TD] = EV_TD_BODY_10,
		[RP_CLAIM_OF_SNP] = EV_SNP_REPORT_SIZE,
		[RP_CLAIM_OF_SNP_MILAN] = EV_SNP_REPORT_SIZE,
		[RP_CLAIM_OF_SNP_TURIN] = EV_SNP_REPORT_SIZE,
	};

	(void)state;
	for (size_t i = 0; i < rp_n_claim_rows; i++) {
		const struct rp_claim_row *row = &rp_claim_rows[i];
		bool bit = row->form == RP_CLAIM_BIT ||
			   row->form == RP_CLAIM_STATE;

		assert_true((size_t)row->at + (bit ? 8U : row->size) <=
			    sizes[row->body]);
		assert_true(!bit || row->size < 64);
		assert_int_equal(row->word != NULL, row->form == RP_CLAIM_WORD);
	}
}

/* --- what is around them --- */

#define SVN "030009"

static void spelling_and_type_are_told_apart(void **state)
{
	char upper[200], other[200];

	(void)state;
	snprintf(upper, sizeof(upper), "{\"tdx_xfam\":\"%016d\"}", 0);
	claims_expect_td(upper, "tdx_xfam", RP_CLAIM_EQUAL, NULL);
	snprintf(other, sizeof(other),
		 "{\"amber_tdx_tee_tcb_svn\":\"" SVN "%026d\"}", 0);
	claims_expect_td(other, "amber_tdx_tee_tcb_svn", RP_CLAIM_EQUAL, NULL);
	claims_expect_td("{\"tdx_xfam\":0}", "tdx_xfam", RP_CLAIM_DIFFERS,
			 "another type");
	claims_expect_td("{\"tdx_seamsvn\":3}", "tdx_seamsvn", RP_CLAIM_EQUAL,
			 NULL);
	claims_expect_td("{\"tdx_seamsvn\":\"3\"}", "tdx_seamsvn",
			 RP_CLAIM_DIFFERS, "another type");
	claims_expect_td("{\"tdx_seamsvn\":3.0}", "tdx_seamsvn",
			 RP_CLAIM_DIFFERS, "another type");
	claims_expect_td("{\"tdx_is_debuggable\":true}", "tdx_is_debuggable",
			 RP_CLAIM_DIFFERS, NULL);
	claims_expect_td("{\"tdx_is_debuggable\":null}", "tdx_is_debuggable",
			 RP_CLAIM_DIFFERS, "another type");
	claims_expect_td("{\"tdx_is_debuggable\":{}}", "tdx_is_debuggable",
			 RP_CLAIM_DIFFERS, "another type");
}

static void upper_case_is_another_spelling(void **state)
{
	static const uint8_t body[] = { 0xab, 0xcd };
	const struct rp_claim_row row = { .form = RP_CLAIM_HEX, .size = 2 };
	const struct rp_claim_bytes b = { EV_SPAN(body), "b", 0 };
	struct rp_claim_value v = rp_claim_value_of(&row, &b);
	struct ev_node claim = { .type = EV_NODE_STRING };
	const char *note;

	(void)state;
	claim.text = EV_SPAN_LITERAL("AbCD");
	assert_int_equal(rp_claim_value_compare(&v, &claim, true, &note),
			 RP_CLAIM_EQUAL);
	assert_string_equal(note, "upper case");
	assert_int_equal(rp_claim_value_compare(&v, &claim, false, &note),
			 RP_CLAIM_DIFFERS);
	claim.text = EV_SPAN_LITERAL("AbCDe");
	assert_int_equal(rp_claim_value_compare(&v, &claim, true, &note),
			 RP_CLAIM_DIFFERS);
	claim.text = EV_SPAN_LITERAL("AbC");
	assert_int_equal(rp_claim_value_compare(&v, &claim, true, &note),
			 RP_CLAIM_DIFFERS);
	claim.text = EV_SPAN_LITERAL("AbCE");
	assert_int_equal(rp_claim_value_compare(&v, &claim, true, &note),
			 RP_CLAIM_DIFFERS);
	assert_null(note);
}

static void only_the_services_own_objects_are_read(void **state)
{
	(void)state;
	claims_expect_td("{\"tdx\":{\"tdx_seamsvn\":4}}", "tdx.tdx_seamsvn",
			 RP_CLAIM_DIFFERS, NULL);
	claims_expect_td("{\"x-ms-policy\":{\"tdx_seamsvn\":3}}",
			 "x-ms-policy.tdx_seamsvn", RP_CLAIM_EQUAL, NULL);
	claims_expect_td("{\"x-ms-isolation-tee\":{\"tdx_seamsvn\":4}}",
			 "x-ms-isolation-tee.tdx_seamsvn", RP_CLAIM_DIFFERS,
			 NULL);
	/* A guest's own words. */
	claims_expect_td("{\"x-ms-isolation-tee\":{\"tdx_seamsvn\":3},"
			 "\"x-ms-attestation-type\":\"azurevm\"}",
			 "x-ms-attestation-type", RP_CLAIM_NOT_RECOMPUTABLE,
			 NULL);
	claims_expect_td("{\"x-ms-runtime\":{\"tdx_seamsvn\":4}}",
			 "x-ms-runtime.tdx_seamsvn", RP_CLAIM_NOT_RECOMPUTABLE,
			 NULL);
	claims_expect_td("{\"attester_user_data\":[{\"tdx_seamsvn\":4}]}",
			 "attester_user_data[0].tdx_seamsvn",
			 RP_CLAIM_NOT_RECOMPUTABLE, NULL);
	claims_expect_td("{\"a\":[1, 2],\"tdx_seamsvn\":3}", "a",
			 RP_CLAIM_NOT_RECOMPUTABLE, NULL);
}

static void runtime_claims_are_those_of_the_report(void **state)
{
	static const char runtime[] =
		"{\"keys\":[{\"kid\":\"a\",\"key_ops\":[\"sign\"]}],"
		"\"vm-configuration\":{\"vmUniqueId\":\"ab-1\",\"on\":true}}";
	struct ev_nodes nodes = { 0 };
	struct ev_error err = { 0 };
	struct rp_claim_evidence e = {
		.runtime_text = { EV_SPAN_LITERAL(runtime), "h", 1236 },
	};
	struct rp_claims claims;

	(void)state;
	assert_int_equal(ev_nodes_parse(ev_span_str(runtime), 1 << 20, "r",
					&nodes, &err),
			 EV_OK);
	e.runtime = nodes.root;
	claims = claims_compared(
		EV_SPAN_LITERAL(
			"{\"x-ms-azurevm-vmid\":\"AB-1\","
			"\"x-ms-runtime\":{\"keys\":[]},"
			"\"x-ms-isolation-tee\":{\"x-ms-runtime\":{\"keys\":[{"
			"\"key_ops\":[\"sign\"],\"kid\":\"b\"},{\"kid\":\"c\"}"
			"],\"vm-configuration\":{\"on\":1,\"off\":0,"
			"\"vmUniqueId\":\"ab-1\"}}}}"),
		&e);
	claims_expect(&claims, "x-ms-azurevm-vmid", RP_CLAIM_EQUAL,
		      "upper case");
	claims_expect(&claims, "x-ms-runtime.keys", RP_CLAIM_NOT_RECOMPUTABLE,
		      NULL);
#define TEE "x-ms-isolation-tee.x-ms-runtime."
	claims_expect(&claims, TEE "keys[0].key_ops", RP_CLAIM_EQUAL, NULL);
	claims_expect(&claims, TEE "keys[0].kid", RP_CLAIM_DIFFERS, NULL);
	claims_expect(&claims, TEE "keys[1].kid", RP_CLAIM_DIFFERS,
		      "not in the report");
	claims_expect(&claims, TEE "vm-configuration.on", RP_CLAIM_DIFFERS,
		      "another type");
	claims_expect(&claims, TEE "vm-configuration.off", RP_CLAIM_DIFFERS,
		      "not in the report");
	claims_expect(&claims, TEE "vm-configuration.vmUniqueId",
		      RP_CLAIM_EQUAL, NULL);
	/* Its place, with its quotes. */
	assert_memory_equal(
		runtime +
			claims_named(&claims, TEE "keys[0].kid")->input.offset -
			1236,
		"\"a\"", 3);
	rp_claims_free(&claims);
	ev_nodes_free(&nodes);
}

static void a_token_of_too_many_claims_is_noted(void **state)
{
	struct ev_buffer json = { 0 };
	struct rp_claims claims;

	(void)state;
	/* An object has 1024 members at most. */
	ev_buffer_add_str(&json, "{\"a\":{\"c0\":0");
	for (int i = 1; i < RP_CLAIMS_MAX; i++)
		ev_buffer_printf(&json, "%s\"c%d\":0",
				 i == RP_CLAIMS_MAX / 2 ? "},\"b\":{" : ",", i);
	ev_buffer_add_str(&json, "}}");
	claims = claims_compared(ev_buffer_span(&json), &claims_of_td);
	assert_int_equal(claims.n, RP_CLAIMS_MAX);
	assert_false(claims.too_many);
	rp_claims_free(&claims);
	json.n--;
	ev_buffer_add_str(&json, ",\"more\":0}");
	claims = claims_compared(ev_buffer_span(&json), &claims_of_td);
	assert_int_equal(claims.n, RP_CLAIMS_MAX);
	assert_true(claims.too_many);
	rp_claims_free(&claims);
	ev_buffer_free(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_of_2020_follow_from_the_quote),
		cmocka_unit_test(claims_of_snp_follow_from_the_report),
		cmocka_unit_test(each_row_is_recomputed_and_compared),
		cmocka_unit_test(rows_are_inside_their_bodies),
		cmocka_unit_test(spelling_and_type_are_told_apart),
		cmocka_unit_test(upper_case_is_another_spelling),
		cmocka_unit_test(only_the_services_own_objects_are_read),
		cmocka_unit_test(runtime_claims_are_those_of_the_report),
		cmocka_unit_test(a_token_of_too_many_claims_is_noted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
