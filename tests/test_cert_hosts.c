/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts a certificate is for, and of which domain a host is. */
#include "evidence/cert_hosts.h"

#include "evidence/cms.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_cert_hosts hosts;

	return ev_cert_hosts_read(item, &hosts, err);
}

static struct ev_span leaf(void)
{
	struct ev_error err = { 0 };
	struct ev_span der;
	struct ev_cms m;

	assert_true(vectors_read("azure/imds-attested-good-2026.p7", &der));
	assert_int_equal(ev_cms_parse(der, 0, &m, &err), EV_OK);
	return m.cert[0];
}

static void a_real_certificate_is_for_its_region(void **state)
{
	struct ev_cert_hosts hosts = { .n = 0 };
	struct ev_error err = { 0 };

	(void)state;
	vectors_need();
	assert_int_equal(ev_cert_hosts_read(leaf(), &hosts, &err), EV_OK);
	assert_int_equal(hosts.n, 3);
	assert_int_equal(hosts.n_common, 1);
	assert_int_equal(hosts.first, 1);
	assert_true(ev_span_eq(hosts.name[0],
			       EV_SPAN_LITERAL("metadata.azure.com")));
	assert_true(ev_span_eq(hosts.name[1],
			       EV_SPAN_LITERAL("eastus.metadata.azure.com")));
	assert_true(ev_span_eq(hosts.name[2],
			       EV_SPAN_LITERAL("metadata.azure.com")));
}

static void a_broken_one_is_refused(void **state)
{
	struct ev_span der;

	(void)state;
	vectors_need();
	der = leaf();
	parse_mutations(parse, der, 2000);
	for (size_t n = 0; n < der.n; n += 7) {
		struct ev_error err = { 0 };
		uint8_t *p = parse_copy(der, n);

		assert_int_not_equal(parse(ev_span_of(p, n), &err), EV_OK);
		free(p);
	}
}

/* Of the real one: alternatives under another number are none, and a common
 * name in a string of wider characters (BMPString) is none either. */
static void a_common_name_counts_alone(void **state)
{
	static const uint8_t alternatives[] = { 0x06, 0x03, 0x55, 0x1d, 0x11 };
	static const uint8_t common[] = { 0x06, 0x03, 0x55, 0x04, 0x03, 0x13 };
	struct ev_cert_hosts hosts = { .n = 0 };
	struct ev_error err = { 0 };
	struct ev_span der;
	uint8_t *p, *at;

	(void)state;
	vectors_need();
	der = leaf();
	p = parse_copy(der, der.n);
	at = memmem(p, der.n, alternatives, sizeof(alternatives));
	assert_non_null(at);
	at[4] = 0x7f;
	assert_int_equal(ev_cert_hosts_read(ev_span_of(p, der.n), &hosts, &err),
			 EV_OK);
	assert_int_equal(hosts.n, 1);
	assert_int_equal(hosts.first, 0);
	/* The subject's stands behind the issuer's. */
	at = memmem(p, der.n, common, sizeof(common));
	assert_non_null(at);
	at = memmem(at + 1, der.n - (size_t)(at + 1 - p), common,
		    sizeof(common));
	assert_non_null(at);
	at[5] = 0x1e;
	assert_int_equal(ev_cert_hosts_read(ev_span_of(p, der.n), &hosts, &err),
			 EV_OK);
	assert_int_equal(hosts.n, 0);
	free(p);
}

static void the_dot_is_part_of_the_end(void **state)
{
	static const char domain[] = "metadata.azure.com";
	static const char *const of[] = {
		"metadata.azure.com",
		"eastus.metadata.azure.com",
		"*.metadata.azure.com",
		"a.b.METADATA.Azure.com",
	};
	static const char *const not_of[] = {
		"",
		"azure.com",
		"evilmetadata.azure.com",
		".metadata.azure.com",
		"metadata.azure.com.",
		"metadata.azure.com.evil.invalid",
		"a b.metadata.azure.com",
		"metadata.azure.us",
		"a.*.metadata.azure.com",
		"a..metadata.azure.com",
		"-.metadata.azure.com",
		"*",
		"*.*.metadata.azure.com",
		"a*.metadata.azure.com",
	};
	static const char nul[] = "evil.invalid\0.metadata.azure.com";

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		assert_true(ev_host_is_of(ev_span_str(of[i]), domain));
	for (size_t i = 0; i < sizeof(not_of) / sizeof(not_of[0]); i++)
		assert_false(ev_host_is_of(ev_span_str(not_of[i]), domain));
	assert_false(ev_host_is_of(ev_span_of(nul, sizeof(nul) - 1), domain));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_certificate_is_for_its_region),
		cmocka_unit_test(a_broken_one_is_refused),
		cmocka_unit_test(a_common_name_counts_alone),
		cmocka_unit_test(the_dot_is_part_of_the_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
