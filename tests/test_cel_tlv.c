/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical event logs in TLV: the real one, bounds, what is odd. */
#include "evidence/cel_tlv.h"

#include "evidence/tpm.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

/* Two records of one digest: an environment variable, the separator. */
#define ONE(n, digest, content_size, type, value_size)                         \
	"\0\0\0\0\x08\0\0\0\0\0\0\0" n "\x6c\0\0\0\x01\x04"                    \
	"\x03\0\0\0\x19\x04\0\0\0\x14" digest "\x50\0\0\0" content_size type   \
	"\0\0\0" value_size
#define DIGEST "dddddddddddddddddddd"

static const uint8_t sample[] =
	ONE("\0", DIGEST, "\x08", "\x05",
	    "\x03") "A=b" ONE("\x01", DIGEST, "\x05", "\x08", "\0");
#define SAMPLE	   ev_span_of(sample, sizeof(sample) - 1)
#define FIRST_SIZE 62 /* bytes of the first record */

/* Reads all; EV_OK where the log ends with its last record. */
static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_cel_record r;
	struct ev_cel_log log;

	if (ev_cel_log_open(item, &log, err) != EV_OK)
		return err->code;
	while (ev_cel_log_next(&log, &r))
		assert_true(r.offset + r.size <= item.n);
	assert_true(log.ended);
	*err = log.refusal;
	return err->code;
}

static void the_log_of_the_vectors_measures_each_of_its_contents(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = NULL;
	struct ev_error err = { 0 };
	struct ev_cel_record r;
	struct ev_cel_log log;
	struct ev_span item;

	(void)state;
	vectors_need();
	assert_true(vectors_read("eventlog/cel-cos-tdx.bin", &item));
	crypto = ev_crypto_new();
	assert_non_null(crypto);
	assert_int_equal(ev_cel_log_open(item, &log, &err), EV_OK);
	while (ev_cel_log_next(&log, &r)) {
		uint8_t digest[EV_DIGEST_MAX];
		enum ev_digest_alg alg;

		assert_null(r.odd);
		assert_int_equal(r.recnum, r.number - 1);
		assert_true(r.is_mr);
		assert_int_equal(r.index, 4);
		assert_int_equal(r.n_digests, 1);
		assert_true(ev_tpm_digest_alg(r.digest[0].alg, &alg));
		assert_int_equal(alg, EV_SHA384);
		assert_true(ev_digest(crypto, alg, r.content, digest));
		assert_true(
			ev_span_eq(r.digest[0].digest, ev_span_of(digest, 48)));
		assert_int_equal(r.content_type, EV_CEL_COS);
		assert_non_null(ev_cel_cos_name(r.cos_type));
		if (r.number == 5)
			assert_true(ev_span_eq(
				r.cos_value,
				EV_SPAN_LITERAL("/cuda-samples/sample")));
	}
	assert_int_equal(log.n_records, 18);
	assert_int_equal(r.cos_type, EV_CEL_COS_SEPARATOR);
	assert_false(log.cut);
	assert_int_equal(log.at, item.n);
}

static void a_record_is_read_in_its_parts(void **state)
{
	struct ev_error err = { 0 };
	struct ev_cel_record r;
	struct ev_cel_log log;

	(void)state;
	assert_int_equal(ev_cel_log_open(SAMPLE, &log, &err), EV_OK);
	assert_true(ev_cel_log_next(&log, &r));
	assert_int_equal(r.size, FIRST_SIZE);
	assert_int_equal(r.digest[0].alg, EV_TPM_ALG_SHA1);
	assert_true(ev_span_eq(r.digest[0].digest, EV_SPAN_LITERAL(DIGEST)));
	assert_int_equal(r.content.n, 13);
	assert_int_equal(r.cos_type, 5);
	assert_true(ev_span_eq(r.cos_value, EV_SPAN_LITERAL("A=b")));
	assert_true(ev_cel_log_next(&log, &r));
	assert_int_equal(r.offset, FIRST_SIZE);
	assert_int_equal(r.cos_type, EV_CEL_COS_SEPARATOR);
	assert_null(r.odd);
	assert_false(ev_cel_log_next(&log, &r));
	assert_false(ev_cel_log_next(&log, &r));
	assert_false(log.cut);
}

/* Whether the first record of sample, with that byte changed, is read. */
static bool reads(size_t at, uint8_t value, struct ev_cel_record *r)
{
	uint8_t *p = parse_copy(SAMPLE, SAMPLE.n);
	struct ev_error err = { 0 };
	struct ev_cel_log log;
	bool read;

	p[at] = value;
	assert_int_equal(ev_cel_log_open(ev_span_of(p, SAMPLE.n), &log, &err),
			 EV_OK);
	read = ev_cel_log_next(&log, r);
	assert_int_equal(read, !log.cut);
	free(p); /* of r, the numbers alone are still good */
	return read;
}

static void what_is_odd_ends_nothing(void **state)
{
	struct ev_cel_record r;

	(void)state;
	assert_true(reads(12, 7, &r));
	assert_string_equal(r.odd, "a record number out of order");
	assert_int_equal(r.recnum, 7);
	assert_true(reads(13, 1, &r)); /* a PCR */
	assert_false(r.is_mr);
	assert_int_equal(r.index, 4);
	assert_true(reads(58, 2, &r));
	assert_string_equal(r.odd, "content that is not one TLV");
	assert_int_equal(r.cos_type, -1);
	assert_true(reads(49, 7, &r)); /* content of IMA: opaque */
	assert_null(r.odd);
	assert_int_equal(r.cos_type, -1);
	assert_true(reads(54, 99, &r));
	assert_int_equal(r.cos_type, 99);
	assert_null(ev_cel_cos_name(99));
	assert_true(reads(24, 0x44, &r)); /* an algorithm of nobody */
	assert_int_equal(r.digest[0].alg, 0x44);
}

static void reading_ends_where_a_record_is_not_four_parts(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *field;
		enum ev_code code;
	} cases[] = {
		{ 13, 2, "register", EV_VALUE },
		{ 17, 2, "register", EV_VALUE },
		{ 19, 4, "digests", EV_VALUE },
		{ 20, 1, "digests", EV_TRUNCATED },
		{ 24, 11, "digest", EV_VALUE },
		{ 28, 0x15, "digest", EV_TRUNCATED },
		{ 28, 0x13, "digest", EV_VALUE },
		{ 50, 1, "content", EV_TRUNCATED },
		{ 4, 9, "recnum", EV_VALUE },
		{ 0, 1, "recnum", EV_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		parse_refuses_byte(parse, SAMPLE, cases[i].at, cases[i].value,
				   cases[i].code, "cel-tlv.record",
				   cases[i].field);
}

static void one_algorithm_stands_once(void **state)
{
	/* The digest cut into three empty ones of algorithm 0x40 and a rest. */
	uint8_t *p = parse_copy(SAMPLE, SAMPLE.n);
	struct ev_error err = { 0 };

	(void)state;
	memcpy(p + 24, "\x40\0\0\0\0\x40\0\0\0\0", 10);
	parse(ev_span_of(p, SAMPLE.n), &err);
	free(p);
	parse_expect(&err, EV_DUPLICATE, "cel-tlv.record", "digest");
	assert_int_equal(err.offset, 29);
}

static void refuses_what_is_cut_elsewhere_than_between_records(void **state)
{
	(void)state;
	for (size_t n = 0; n <= SAMPLE.n; n++) {
		uint8_t *p = parse_copy(SAMPLE, n);
		struct ev_error err = { 0 };

		if ((parse(ev_span_of(p, n), &err) == EV_OK) !=
		    (n == FIRST_SIZE || n == SAMPLE.n))
			fail_msg("prefix of %zu bytes: %s", n,
				 ev_code_word(err.code));
		free(p);
	}
	parse_mutations(parse, SAMPLE, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_log_of_the_vectors_measures_each_of_its_contents),
		cmocka_unit_test(a_record_is_read_in_its_parts),
		cmocka_unit_test(what_is_odd_ends_nothing),
		cmocka_unit_test(reading_ends_where_a_record_is_not_four_parts),
		cmocka_unit_test(one_algorithm_stands_once),
		cmocka_unit_test(
			refuses_what_is_cut_elsewhere_than_between_records),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
