/* SPDX-License-Identifier: Apache-2.0 */
/* The SGX extension: known values, and a small writer of broken ones. */
#include "evidence/pck.h"

#include "tests/lcg.h"
#include "tests/pki.h"

#include <jansson.h>

static void assert_hex(const uint8_t *p, size_t n, const char *want)
{
	char hex[2 * 64 + 1];

	assert_true(n <= 64);
	ev_hex_encode(ev_span_of(p, n), hex);
	assert_string_equal(hex, want);
}

static void take_leaf(struct ev_span der, const char *where, void *arg)
{
	struct ev_error err = { EV_OK };
	struct ev_pck *pck = arg;
	struct ev_cert c;

	(void)where;
	assert_int_equal(ev_cert_parse(der, 0, &c, &err), EV_OK);
	if (c.sgx_extension.n > 0)
		assert_int_equal(ev_pck_parse(c.sgx_extension, pck, &err),
				 EV_OK);
}

static void the_azure_machine_is_read(void **state)
{
	struct ev_pck p = { .pcesvn = 0 };

	(void)state;
	vectors_need();
	pki_visit_azure_quote(take_leaf, &p);
	assert_hex(p.fmspc, 6, "90c06f000000");
	assert_hex(p.ppid, 16, "bc81a278aaa2257b4dbe15bbfb1537a0");
	assert_hex(p.components, 16, "04040202040100050000000000000000");
	assert_hex(p.pceid, 2, "0000");
	assert_int_equal(p.pcesvn, 13);
	assert_true(p.platform_ca);
}

static void the_google_machine_is_read(void **state)
{
	struct ev_pck p = { .pcesvn = 0 };

	(void)state;
	vectors_need();
	pki_visit_file("e2e-tdx/gcp-tdx-1782809233226668671", take_leaf, &p);
	assert_hex(p.fmspc, 6, "00806f050000");
	assert_hex(p.ppid, 16, "0749bf90ceea86f7917d4d484356081c");
	assert_hex(p.components, 16, "08080202040100060000000000000000");
	assert_int_equal(p.pcesvn, 11);
	assert_true(p.platform_ca);
}

static const char *str(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	assert_non_null(s);
	return s;
}

/* Every quote beside the case.json that says what its PCK holds. */
static void compare_case(const char *rel, void *arg)
{
	struct ev_pck p = { .pcesvn = 0 };
	unsigned int *n = arg;
	json_t *doc, *pck;
	struct ev_span text;
	char quote[400];

	assert_true(vectors_read(rel, &text));
	doc = json_loadb((const char *)text.p, text.n, 0, NULL);
	assert_non_null(doc);
	pck = json_object_get(json_object_get(doc, "quote"), "pck");
	if (pck != NULL) {
		snprintf(quote, sizeof(quote), "%.*squote.bin",
			 (int)(strlen(rel) - strlen("case.json")), rel);
		pki_visit_file(quote, take_leaf, &p);
		assert_hex(p.fmspc, 6, str(pck, "fmspc"));
		assert_hex(p.pceid, 2, str(pck, "pceid"));
		assert_hex(p.ppid, 16, str(pck, "ppid"));
		assert_hex(p.cpusvn, 16, str(pck, "cpusvn"));
		assert_memory_equal(p.cpusvn, p.components, 16);
		assert_int_equal(p.pcesvn, json_integer_value(json_object_get(
						   pck, "pcesvn")));
		(*n)++;
	}
	json_decref(doc);
}

static void every_case_holds_what_it_says(void **state)
{
	unsigned int n = 0;

	(void)state;
	vectors_need();
	pki_each_file("case.json", compare_case, &n);
	print_message("# %u cases\n", n);
	assert_true(n >= 20);
}

/* A writer of the extension: TLVs with lengths below 65536. */
struct out {
	uint8_t p[2000];
	size_t n;
};

static const uint8_t ARC[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8,
			       0x4d, 0x01, 0x0d, 0x01 };

static void put(struct out *o, uint8_t tag, const void *p, size_t n)
{
	o->p[o->n++] = tag;
	if (n >= 0x100) {
		o->p[o->n++] = 0x82;
		o->p[o->n++] = (uint8_t)(n >> 8);
	} else if (n >= 0x80) {
		o->p[o->n++] = 0x81;
	}
	o->p[o->n++] = (uint8_t)n;
	memcpy(o->p + o->n, p, n);
	o->n += n;
}

/* SEQUENCE { ARC.a[.b], value } */
static void put_part(struct out *o, uint8_t a, uint8_t b, uint8_t tag,
		     const void *value, size_t n)
{
	uint8_t oid[sizeof(ARC) + 2];
	struct out inner = { .n = 0 };

	memcpy(oid, ARC, sizeof(ARC));
	oid[sizeof(ARC)] = a;
	oid[sizeof(ARC) + 1] = b;
	put(&inner, 0x06, oid, sizeof(ARC) + (b != 0 ? 2 : 1));
	put(&inner, tag, value, n);
	put(o, 0x30, inner.p, inner.n);
}

struct recipe {
	unsigned int tcb_parts; /* 18 */
	unsigned int twice;	/* part written twice, 0: none */
	bool platform;
	bool backwards; /* order is not to be relied on */
	uint8_t extra;	/* a part that does not exist, 0: none */
	uint8_t sgx_type;
	size_t ppid_size;      /* 16 */
	const char *component; /* of component 1 */
};

static const struct recipe STANDARD = {
	.tcb_parts = 18,
	.platform = true,
	.ppid_size = 16,
	.component = "\x05",
};

static void put_numbered(struct out *o, const struct recipe *r, uint8_t part)
{
	static const uint8_t zeros[32];
	static const uint8_t yes[] = { 0xff };
	struct out inner = { .n = 0 };

	switch (part) {
	case 1:
		put_part(o, 1, 0, 0x04, zeros, r->ppid_size);
		break;
	case 2:
		for (uint8_t i = 1; i <= r->tcb_parts; i++) {
			if (i == 18)
				put_part(&inner, 2, i, 0x04, zeros, 16);
			else if (i == 1)
				put_part(&inner, 2, i, 0x02, r->component,
					 strlen(r->component));
			else
				put_part(&inner, 2, i, 0x02, zeros, 1);
		}
		put_part(o, 2, 0, 0x30, inner.p, inner.n);
		break;
	case 3:
		put_part(o, 3, 0, 0x04, zeros, 2);
		break;
	case 4:
		put_part(o, 4, 0, 0x04, zeros, 6);
		break;
	case 5:
		put_part(o, 5, 0, 0x0a, &r->sgx_type, 1);
		break;
	case 6:
		put_part(o, 6, 0, 0x04, zeros, 16);
		break;
	default:
		for (uint8_t i = 1; i <= 3; i++)
			put_part(&inner, 7, i, 0x01, yes, 1);
		put_part(o, 7, 0, 0x30, inner.p, inner.n);
		break;
	}
}

static enum ev_code make(const struct recipe *r, struct ev_pck *out,
			 struct ev_error *err)
{
	struct out parts = { .n = 0 }, whole = { .n = 0 };
	uint8_t n = r->platform ? 7 : 5;

	for (uint8_t i = 1; i <= n; i++) {
		uint8_t part = r->backwards ? (uint8_t)(n + 1 - i) : i;

		put_numbered(&parts, r, part);
		if (part == r->twice)
			put_numbered(&parts, r, part);
	}
	if (r->extra != 0)
		put_part(&parts, r->extra, 0, 0x05, "", 0);
	put(&whole, 0x30, parts.p, parts.n);
	*err = (struct ev_error){ EV_OK };
	return ev_pck_parse(ev_span_of(whole.p, whole.n), out, err);
}

static void both_kinds_of_ca_are_read_in_any_order(void **state)
{
	struct ev_error err;
	struct ev_pck p;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct recipe r = STANDARD;

		r.platform = i % 2 == 0;
		r.backwards = i / 2 == 0;
		assert_int_equal(make(&r, &p, &err), EV_OK);
		assert_int_equal(p.platform_ca, r.platform);
		assert_int_equal(p.smt_enabled, r.platform);
		assert_int_equal(p.components[0], 5);
	}
}

static void refusals_name_the_field(void **state)
{
	struct recipe r = STANDARD;
	struct ev_pck p = { .pcesvn = 99 };
	struct ev_error err;

	(void)state;
	for (r.twice = 1; r.twice <= 7; r.twice++) {
		assert_int_equal(make(&r, &p, &err), EV_DUPLICATE);
		assert_string_equal(err.field, "part id");
	}
	r = STANDARD;
	r.tcb_parts = 17;
	assert_int_equal(make(&r, &p, &err), EV_MISSING);
	assert_string_equal(err.field, "TCB");
	r.tcb_parts = 19;
	assert_int_equal(make(&r, &p, &err), EV_VALUE);
	r = STANDARD;
	r.extra = 8;
	assert_int_equal(make(&r, &p, &err), EV_VALUE);
	r.platform = false;
	r.extra = 6;
	assert_int_not_equal(make(&r, &p, &err), EV_OK);
	r = STANDARD;
	r.sgx_type = 3;
	assert_int_equal(make(&r, &p, &err), EV_VALUE);
	assert_string_equal(err.field, "SGX type");
	r = STANDARD;
	for (r.ppid_size = 15; r.ppid_size <= 17; r.ppid_size += 2) {
		assert_int_equal(make(&r, &p, &err), EV_VALUE);
		assert_string_equal(err.field, "PPID");
	}
	r = STANDARD;
	r.component = "\x80"; /* negative */
	assert_int_equal(make(&r, &p, &err), EV_SYNTAX);
	r.component = "\x01\x01"; /* 257 */
	assert_int_equal(make(&r, &p, &err), EV_VALUE);
	assert_string_equal(err.field, "TCB component");
	assert_int_equal(p.pcesvn, 99); /* never written */
}

static void harm(struct ev_span der, const char *where, void *arg)
{
	struct ev_error err = { EV_OK };
	uint64_t *seed = arg;
	struct ev_cert c;
	struct ev_pck p;

	(void)where;
	assert_int_equal(ev_cert_parse(der, 0, &c, &err), EV_OK);
	for (size_t n = 0; n < c.sgx_extension.n; n++) {
		uint8_t *copy = malloc(n > 0 ? n : 1);

		assert_non_null(copy);
		memcpy(copy, c.sgx_extension.p, n);
		err = (struct ev_error){ EV_OK };
		assert_int_not_equal(
			ev_pck_parse(ev_span_of(copy, n), &p, &err), EV_OK);
		free(copy);
	}
	for (unsigned int i = 0; c.sgx_extension.n > 0 && i < 20000; i++) {
		uint8_t copy[2000];
		size_t n = c.sgx_extension.n;

		assert_true(n <= sizeof(copy));
		memcpy(copy, c.sgx_extension.p, n);
		for (unsigned int k = 0; k <= i % 4; k++)
			copy[lcg_below(seed, (uint32_t)n)] =
				(uint8_t)lcg_below(seed, 256);
		err = (struct ev_error){ EV_OK };
		ev_pck_parse(ev_span_of(copy, n), &p, &err);
	}
}

static void prefixes_and_mutations_do_no_harm(void **state)
{
	uint64_t seed = 17;

	(void)state;
	vectors_need();
	pki_visit_azure_quote(harm, &seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_azure_machine_is_read),
		cmocka_unit_test(the_google_machine_is_read),
		cmocka_unit_test(every_case_holds_what_it_says),
		cmocka_unit_test(both_kinds_of_ca_are_read_in_any_order),
		cmocka_unit_test(refusals_name_the_field),
		cmocka_unit_test(prefixes_and_mutations_do_no_harm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
