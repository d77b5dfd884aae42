/* SPDX-License-Identifier: Apache-2.0 */
/* Runtime claims, printed in a token and put back as they were hashed. */
#include "replay/runtime_order.h"

#include "evidence/base/digest.h"
#include "evidence/base/hex.h"
#include "evidence/jwt.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

static struct ev_nodes parsed(struct ev_span text)
{
	struct ev_nodes nodes = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(ev_nodes_parse(text, 1 << 20, "runtime", &nodes, &err),
			 EV_OK);
	return nodes;
}

/* How the text is rebuilt in an order; the caller frees. */
static char *rebuilt(const char *json, size_t order, const char **unknown)
{
	struct ev_span text = ev_span_str(json);
	struct ev_nodes nodes = parsed(text);
	struct ev_buffer out = { 0 };
	const char *name;
	bool ok = rp_runtime_rebuild(nodes.root, text, order, &out, &name);

	assert_int_equal(ok, name == NULL);
	*unknown = name != NULL ? strdup(name) : NULL;
	ev_nodes_free(&nodes);
	if (ok)
		return ev_buffer_take(&out, NULL);
	ev_buffer_free(&out);
	return NULL;
}

static void expect(const char *json, size_t order, const char *want)
{
	const char *unknown;
	char *got = rebuilt(json, order, &unknown);

	assert_null(unknown);
	assert_string_equal(got, want);
	free(got);
}

static void members_are_put_in_order(void **state)
{
	static const char keys[] =
		"{\"keys\":[{\"e\":\"AQAB\",\"key_ops\":[\"sign\"],"
		"\"kid\":\"HCLAkPub\",\"kty\":\"RSA\",\"n\":\"\\u0041\"}],"
		"\"user-data\":\"00\", \"vm-configuration\" : "
		"{\"console-enabled\":true,\"root-cert-thumbprint\":\"\","
		"\"vmUniqueId\":\"x\"}}";

	(void)state;
	assert_int_equal(rp_n_runtime_orders, 2);
	assert_string_equal(rp_runtime_order_name(0), "legacy HCL");
	assert_string_equal(rp_runtime_order_name(1), "OpenHCL");
	expect(keys, 0,
	       "{\"keys\":[{\"kid\":\"HCLAkPub\",\"key_ops\":[\"sign\"],"
	       "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\\u0041\"}],"
	       "\"vm-configuration\":{\"console-enabled\":true,"
	       "\"root-cert-thumbprint\":\"\",\"vmUniqueId\":\"x\"},"
	       "\"user-data\":\"00\"}");
	expect(keys, 1,
	       "{\"keys\":[{\"kid\":\"HCLAkPub\",\"key_ops\":[\"sign\"],"
	       "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\\u0041\"}],"
	       "\"vm-configuration\":{\"root-cert-thumbprint\":\"\","
	       "\"console-enabled\":true,\"vmUniqueId\":\"x\"},"
	       "\"user-data\":\"00\"}");
	expect("[ [ ] , { } , 1 , null ]", 0, "[[],{},1,null]");
	expect("\"x\"", 1, "\"x\"");
}

static void a_member_of_another_generation_is_named(void **state)
{
	static const char json[] =
		"{\"vm-configuration\":{\"filtered-vpci-devices-allowed\":"
		"false}}";
	const char *unknown;

	(void)state;
	assert_null(rebuilt(json, 0, &unknown));
	assert_string_equal(unknown, "filtered-vpci-devices-allowed");
	free((void *)(uintptr_t)unknown);
	expect(json, 1, json);
	assert_null(rebuilt("{\"a\":1}", 1, &unknown));
	assert_string_equal(unknown, "a");
	free((void *)(uintptr_t)unknown);
}

/* Whether in some order the digest is that. */
static bool hashes_to(const struct ev_node *v, struct ev_span text,
		      struct ev_span want)
{
	struct ev_crypto *crypto = ev_crypto_new();
	bool found = false;

	assert_non_null(crypto);
	for (size_t i = 0; i < rp_n_runtime_orders; i++) {
		struct ev_buffer out = { 0 };
		const char *unknown;
		uint8_t digest[32];

		if (rp_runtime_rebuild(v, text, i, &out, &unknown)) {
			assert_true(ev_digest(crypto, EV_SHA256,
					      ev_buffer_span(&out), digest));
			found |= ev_span_eq(EV_SPAN(digest), want);
		}
		ev_buffer_free(&out);
	}
	ev_crypto_free(crypto);
	return found;
}

static void a_real_token_is_rebuilt(void **state)
{
	static const char *const tee[] = { "x-ms-isolation-tee", NULL };
	struct ev_error err = { 0 };
	const struct ev_node *root;
	struct ev_span item, hex;
	struct ev_jwt jwt;
	uint8_t want[64];

	(void)state;
	vectors_need();
	assert_true(vectors_read("tokens/maa-azureguest1-token.jwt", &item));
	while (item.n > 0 && item.p[item.n - 1] == '\n')
		item.n--;
	assert_int_equal(ev_jwt_parse(item, &jwt, &err), EV_OK);
	root = ev_jwt_claim(&jwt, tee);
	assert_non_null(root);
	assert_int_equal(ev_node_get_str(root, "tee",
					 "x-ms-sevsnpvm-reportdata", &hex,
					 &err),
			 EV_OK);
	assert_true(ev_hex_decode(hex, want, sizeof(want)));
	assert_true(hashes_to(ev_node_member(root, "x-ms-runtime"), jwt.payload,
			      ev_span_of(want, 32)));
	want[0] ^= 1;
	assert_false(hashes_to(ev_node_member(root, "x-ms-runtime"),
			       jwt.payload, ev_span_of(want, 32)));
	ev_jwt_free(&jwt);
}

/* The sample of another report: its own digest is known, and it is not what
 * the report of maa-snp1 commits to. */
static void a_real_request_is_of_another_report(void **state)
{
	static const uint8_t own[] = { 0x99, 0xdd, 0x45, 0x93 };
	struct ev_crypto *crypto;
	struct ev_span text, report;
	struct ev_nodes nodes;
	struct ev_buffer out = { 0 };
	const char *unknown;
	uint8_t digest[32];

	(void)state;
	vectors_need();
	assert_true(vectors_read("tokens/maa-snp1-request-runtimedata.json",
				 &text));
	assert_true(vectors_read("tokens/maa-snp1-request-snp-report.bin",
				 &report));
	nodes = parsed(text);
	assert_false(
		hashes_to(nodes.root, text, ev_span_sub(report, 0x50, 32)));
	crypto = ev_crypto_new();
	assert_non_null(crypto);
	assert_true(rp_runtime_rebuild(nodes.root, text, 0, &out, &unknown));
	assert_true(ev_digest(crypto, EV_SHA256, ev_buffer_span(&out), digest));
	assert_memory_equal(digest, own, sizeof(own));
	ev_crypto_free(crypto);
	ev_buffer_free(&out);
	ev_nodes_free(&nodes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_put_in_order),
		cmocka_unit_test(a_member_of_another_generation_is_named),
		cmocka_unit_test(a_real_token_is_rebuilt),
		cmocka_unit_test(a_real_request_is_of_another_report),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
