/* SPDX-License-Identifier: Apache-2.0 */
/* Google's launch endorsements: each field, and each refusal. */
#include "audit/corim/launch_endorsement.h"
#include "audit/corim/protobuf.h"

#include "evidence/base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct au_launch_endorsement e;

static void put_varint(struct ev_buffer *b, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		ev_buffer_add_byte(b, (uint8_t)(value | 0x80));
	ev_buffer_add_byte(b, (uint8_t)value);
}

static void put_number(struct ev_buffer *b, uint32_t number, uint64_t value)
{
	put_varint(b, (uint64_t)number << 3);
	put_varint(b, value);
}

static void put_bytes(struct ev_buffer *b, uint32_t number, struct ev_span v)
{
	put_varint(b, (uint64_t)number << 3 | 2);
	put_varint(b, v.n);
	ev_buffer_add(b, v);
}

/* Appends a message as a field, and frees it. */
static void put_message(struct ev_buffer *b, uint32_t number,
			struct ev_buffer *message)
{
	put_bytes(b, number, ev_buffer_span(message));
	ev_buffer_free(message);
}

static void fill(uint8_t value[48], uint8_t byte)
{
	memset(value, byte, 48);
}

static void put_tdx_entry(struct ev_buffer *tdx, int ram, bool early,
			  uint8_t byte, size_t n)
{
	struct ev_buffer entry = { 0 };
	uint8_t value[64];

	memset(value, byte, sizeof(value));
	if (ram >= 0)
		put_number(&entry, 1, (uint64_t)ram);
	if (early)
		put_number(&entry, 2, 1);
	if (n > 0)
		put_bytes(&entry, 3, ev_span_of(value, n));
	put_message(tdx, 2, &entry);
}

static void put_snp_entry(struct ev_buffer *snp, uint64_t vmsas, uint8_t byte)
{
	struct ev_buffer entry = { 0 };
	uint8_t value[48];

	fill(value, byte);
	put_number(&entry, 1, vmsas);
	put_bytes(&entry, 2, EV_SPAN(value));
	put_message(snp, 2, &entry);
}

/* The parts of a golden measurement that a case may leave out or repeat. */
struct golden {
	size_t digest, tdx, mrtd_size, signatures, goldens;
	size_t n_entries;
};
static const struct golden good = { 48, 1, 48, 1, 1, 3 };

static void put_golden(struct ev_buffer *golden, const struct golden *g)
{
	struct ev_buffer time = { 0 }, snp = { 0 };
	uint8_t digest[64] = { 0xdd };

	put_number(&time, 1, 1725000000);
	put_message(golden, 1, &time);
	put_number(golden, 2, 123456);
	put_bytes(golden, 4, EV_SPAN_LITERAL("certificate"));
	if (g->digest > 0)
		put_bytes(golden, 5, ev_span_of(digest, g->digest));
	put_number(&snp, 1, 4);
	put_snp_entry(&snp, 1, 0x51);
	put_snp_entry(&snp, 224, 0x52);
	put_bytes(&snp, 3, EV_SPAN_LITERAL("familyfamilyfami"));
	put_number(&snp, 5, 0x30000);
	put_message(golden, 7, &snp);
	for (size_t i = 0; i < g->tdx; i++) {
		struct ev_buffer tdx = { 0 };

		put_number(&tdx, 1, 7);
		put_tdx_entry(&tdx, 16, false, 0x71, g->mrtd_size);
		put_tdx_entry(&tdx, 16, true, 0x72, 48);
		for (size_t k = 2; k < g->n_entries; k++)
			put_tdx_entry(&tdx, -1, false, 0x73, 48);
		put_message(golden, 8, &tdx);
	}
	put_number(golden, 99, 1); /* of a later version */
}

static struct ev_buffer make(const struct golden *g)
{
	struct ev_buffer out = { 0 };

	for (size_t i = 0; i < g->goldens; i++) {
		struct ev_buffer golden = { 0 };

		put_golden(&golden, g);
		put_message(&out, 1, &golden);
	}
	for (size_t i = 0; i < g->signatures; i++)
		put_bytes(&out, 2, EV_SPAN_LITERAL("signature"));
	assert_true(ev_buffer_ok(&out));
	return out;
}

static enum ev_code parse(const struct golden *g, struct ev_error *err)
{
	struct ev_buffer bytes = make(g);
	enum ev_code code;

	*err = (struct ev_error){ 0 };
	code = au_launch_endorsement_parse(ev_buffer_span(&bytes), 0, &e, err);
	ev_buffer_free(&bytes);
	return code;
}

static void every_field_is_read(void **state)
{
	ev_auto_buffer struct ev_buffer bytes = make(&good);
	struct ev_error err = { 0 };
	uint8_t value[48];

	(void)state;
	assert_int_equal(au_launch_endorsement_parse(ev_buffer_span(&bytes), 50,
						     &e, &err),
			 EV_OK);
	assert_true(e.has_time && e.time == 1725000000);
	assert_int_equal(e.cl_spec, 123456);
	assert_true(ev_span_eq(e.cert, EV_SPAN_LITERAL("certificate")));
	assert_true(ev_span_eq(e.signature, EV_SPAN_LITERAL("signature")));
	assert_int_equal(e.digest.p[0], 0xdd);
	assert_true(e.has_snp && e.has_tdx);
	assert_int_equal(e.snp_svn, 4);
	assert_int_equal(e.snp_policy, 0x30000);
	assert_int_equal(e.n_snp, 2);
	assert_int_equal(e.snp[1].vmsas, 224);
	assert_int_equal(e.tdx_svn, 7);
	assert_int_equal(e.n_tdx, 3);
	assert_true(e.tdx[1].early_accept && e.tdx[1].has_ram);
	assert_false(e.tdx[2].has_ram);
	assert_int_equal(e.tdx[2].offset,
			 50 + (uint64_t)(e.tdx[2].mrtd.p - bytes.p));
	assert_int_equal(e.n_unknown, 1);
	fill(value, 0x73);
	assert_int_equal(au_endorsed_tdx_find(&e, EV_SPAN(value), 0), 2);
	assert_int_equal(au_endorsed_tdx_find(&e, EV_SPAN(value), 3), -1);
	assert_int_equal(au_endorsed_snp_find(&e, EV_SPAN(value), 0), -1);
	fill(value, 0x52);
	assert_int_equal(au_endorsed_snp_find(&e, EV_SPAN(value), 0), 1);
}

static void each_refusal_is_named(void **state)
{
	static const struct {
		struct golden g;
		enum ev_code code;
		const char *field;
	} rows[] = {
		{ { 47, 1, 48, 1, 1, 3 }, EV_VALUE, "digest" },
		{ { 49, 1, 48, 1, 1, 3 }, EV_VALUE, "digest" },
		{ { 0, 1, 48, 1, 1, 3 }, EV_MISSING, "digest" },
		{ { 48, 2, 48, 1, 1, 3 }, EV_DUPLICATE, "tdx" },
		{ { 48, 1, 47, 1, 1, 3 }, EV_VALUE, "mrtd" },
		{ { 48, 1, 49, 1, 1, 3 }, EV_VALUE, "mrtd" },
		{ { 48, 1, 0, 1, 1, 3 }, EV_MISSING, "mrtd" },
		{ { 48, 1, 48, 0, 1, 3 }, EV_MISSING, "signature" },
		{ { 48, 1, 48, 2, 1, 3 }, EV_DUPLICATE, "signature" },
		{ { 48, 1, 48, 1, 0, 3 }, EV_MISSING, "golden measurement" },
		{ { 48, 1, 48, 1, 2, 3 }, EV_DUPLICATE, "golden measurement" },
		{ { 48, 1, 48, 1, 1, AU_ENDORSED_MAX + 1 },
		  EV_LIMIT,
		  "measurements" },
	};
	struct golden most = good;
	struct ev_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(&rows[i].g, &err), rows[i].code);
		assert_string_equal(err.field, rows[i].field);
	}
	most.n_entries = AU_ENDORSED_MAX;
	assert_int_equal(parse(&most, &err), EV_OK);
}

static void every_prefix_is_refused(void **state)
{
	ev_auto_buffer struct ev_buffer bytes = make(&good);

	(void)state;
	for (size_t n = 0; n < bytes.n; n++) {
		struct ev_error err = { 0 };

		assert_int_not_equal(
			au_launch_endorsement_parse(ev_span_of(bytes.p, n), 0,
						    &e, &err),
			EV_OK);
	}
}

static void malformed_wire_is_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum ev_code code;
	} rows[] = {
		{ "\x00\x00", 2, EV_VALUE },	   /* field 0 */
		{ "\x0b\x0c", 2, EV_VALUE },	   /* a group */
		{ "\x0e", 1, EV_VALUE },	   /* wire type 6 */
		{ "\x08\x01", 2, EV_SYNTAX },	   /* field 1 as a number */
		{ "\x0a\x05zz", 4, EV_TRUNCATED }, /* five bytes, two there */
		{ "\x19\1\2\3\4\5\6\7", 8, EV_TRUNCATED }, /* 64 bits, seven */
		{ "\x1d\1\2\3", 4, EV_TRUNCATED },	   /* 32 bits, three */
		{ "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11,
		  EV_TRUNCATED },
		{ "\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11,
		  EV_VALUE },
		{ "\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12,
		  EV_VALUE },
		{ "\x80\x80\x80\x80\x10\x00", 6, EV_VALUE }, /* field 2^29 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };

		if (au_launch_endorsement_parse(
			    ev_span_of(rows[i].bytes, rows[i].n), 0, &e,
			    &err) != rows[i].code)
			fail_msg("row %zu: %s", i, ev_code_word(err.code));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_read),
		cmocka_unit_test(each_refusal_is_named),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(malformed_wire_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
