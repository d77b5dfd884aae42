/* SPDX-License-Identifier: Apache-2.0 */
/* Signature lists of UEFI. */
#include "evidence/uefi_signatures.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

#define TYPE_SHA256                                                            \
	"\x26\x16\xc4\xc1\x4c\x50\x92\x40\xac\xa9\x41\xf9\x36\x93\x43\x28"
#define OWNER                                                                  \
	"\xbd\x9a\xfa\x77\x59\x03\x32\x4d"                                     \
	"\xbd\x60\x28\xf4\xe7\x8f\x78\x4b"
#define U32(n) n "\0\0\0"
#define HASH_A "0123456789abcdef0123456789abcdef"
#define HASH_B "fedcba9876543210fedcba9876543210"

#define TWO_HASHES                                                             \
	TYPE_SHA256 U32("\x7c") U32("\0") U32("\x30") OWNER HASH_A OWNER HASH_B
/* A header of two bytes, one entry of an unknown type. */
#define OTHER                                                                  \
	"0123456789abcdef" U32("\x30") U32("\x02") U32("\x12") "hh" OWNER "zz"

static size_t count(struct ev_span in, struct ev_error *err)
{
	struct ev_uefi_signatures list = ev_uefi_signatures_open(in, 0, err);
	struct ev_uefi_signature s;
	size_t n = 0;

	while (ev_uefi_signatures_next(&list, &s))
		n++;
	return n;
}

static enum ev_code parse(struct ev_span in, struct ev_error *err)
{
	count(in, err);
	return err->code;
}

static void entries_of_all_lists_are_read(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(TWO_HASHES OTHER);
	struct ev_error err = { 0 };
	struct ev_uefi_signatures list = ev_uefi_signatures_open(in, 9, &err);
	struct ev_uefi_signature s;

	(void)state;
	assert_true(ev_uefi_signatures_next(&list, &s));
	assert_int_equal(s.form, EV_SIGNATURE_SHA256);
	assert_true(ev_span_eq(s.data, EV_SPAN_LITERAL(HASH_A)));
	assert_true(ev_span_eq(s.owner, EV_SPAN_LITERAL(OWNER)));
	assert_int_equal(s.offset, 9 + 28);
	assert_true(ev_uefi_signatures_next(&list, &s));
	assert_true(ev_span_eq(s.data, EV_SPAN_LITERAL(HASH_B)));
	assert_true(ev_uefi_signatures_next(&list, &s));
	assert_int_equal(s.form, EV_SIGNATURE_OTHER);
	assert_true(ev_span_eq(s.data, EV_SPAN_LITERAL("zz")));
	assert_false(ev_uefi_signatures_next(&list, &s));
	assert_int_equal(err.code, EV_OK);
	assert_int_equal(count((struct ev_span){ NULL, 0 }, &err), 0);
}

static void sizes_that_contradict_are_refused(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(TWO_HASHES);
	const char *object = "signature-list";

	(void)state;
	parse_refuses_byte(parse, in, 16, 0x1b, EV_VALUE, object,
			   "SignatureListSize");
	parse_refuses_byte(parse, in, 16, 0x7b, EV_VALUE, object,
			   "SignatureSize");
	parse_refuses_byte(parse, in, 16, 0xac, EV_TRUNCATED, object,
			   "Signatures");
	parse_refuses_byte(parse, in, 20, 0x7f, EV_VALUE, object,
			   "SignatureListSize");
	parse_refuses_byte(parse, in, 24, 0x10, EV_VALUE, object,
			   "SignatureSize");
	parse_refuses_byte(parse, in, 24, 0x00, EV_VALUE, object,
			   "SignatureSize");
	parse_refuses_byte(parse, in, 24, 0x2f, EV_VALUE, object,
			   "SignatureSize");
	parse_refuses_byte(parse, in, 27, 0xff, EV_VALUE, object,
			   "SignatureSize");
	parse_refuses_byte(parse, in, 23, 0xff, EV_VALUE, object,
			   "SignatureListSize");
	parse_mutations(parse, in, 1000);
	for (size_t n = 1; n < in.n; n++) {
		struct ev_error err = { 0 };

		parse(ev_span_of(in.p, n), &err);
		assert_int_equal(err.code, EV_TRUNCATED);
	}
}

static void lists_of_nothing_end(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(count(EV_SPAN_LITERAL(TYPE_SHA256 U32("\x1c") U32("\0")
						       U32("\x30") TWO_HASHES),
			       &err),
			 2);
	assert_int_equal(err.code, EV_OK);
}

static void says(struct ev_span in, const char *want)
{
	struct ev_buffer out = { 0 };
	char *text;

	ev_uefi_signatures_describe(in, &out);
	text = ev_buffer_take(&out, NULL);
	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void lists_are_counted(void **state)
{
	(void)state;
	says(EV_SPAN_LITERAL(""), "empty");
	says(EV_SPAN_LITERAL(TWO_HASHES), "2 digests");
	says(EV_SPAN_LITERAL(OTHER), "1 digest");
	says(EV_SPAN_LITERAL(TWO_HASHES "x"), "2 digests, then unreadable");
}

static void signatures_have_their_places(void **state)
{
	struct ev_writer *w = ev_writer_new();
	char *text;

	(void)state;
	ev_write_object(w, NULL);
	ev_uefi_signatures_write(w, EV_SPAN_LITERAL(TWO_HASHES "x"), 100);
	ev_write_end(w);
	text = ev_writer_finish(w, NULL);
	assert_non_null(text);
	assert_non_null(strstr(text, "\"owner\":{\"length\":16,\"name\":"
				     "\"Microsoft\",\"offset\":176"));
	assert_non_null(
		strstr(text, "\"sha256\":{\"length\":32,\"offset\":192"));
	assert_non_null(strstr(text, "\"refused\":\"signature-list: "));
	free(text);
	ev_writer_free(w);
}

/* The certificate in a real log's db, as shim logged it: without an owner. */
static void authorities_are_found_with_and_without_owner(void **state)
{
	struct ev_uefi_signature s;
	struct ev_span log, der;
	uint8_t owned[16 + 1100] = { 0 };

	(void)state;
	vectors_need();
	assert_true(vectors_read("eventlog/goev-debian-10.bin", &log));
	/* Event 24, variable "Shim" of 0x3a2 bytes. */
	der = ev_span_sub(log, 21139 + 32 + 32 + 8, 0x3a2);
	s = ev_uefi_signature_of_authority(der, 5);
	assert_int_equal(s.form, EV_SIGNATURE_CERT);
	assert_int_equal(s.owner.n, 0);
	assert_int_equal(s.offset, 5);
	memcpy(owned + 16, der.p, der.n);
	s = ev_uefi_signature_of_authority(ev_span_of(owned, 16 + der.n), 5);
	assert_int_equal(s.form, EV_SIGNATURE_CERT);
	assert_int_equal(s.owner.n, 16);
	assert_int_equal(s.data.n, der.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_all_lists_are_read),
		cmocka_unit_test(sizes_that_contradict_are_refused),
		cmocka_unit_test(lists_of_nothing_end),
		cmocka_unit_test(lists_are_counted),
		cmocka_unit_test(signatures_have_their_places),
		cmocka_unit_test(authorities_are_found_with_and_without_owner),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
