/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests of reference values: the profile to the letter, others shown. */
#include "audit/corim/corim.h"

#include "evidence/base/hex.h"
#include "tests/corim_case.h"
#include "tests/vectors.h"

static struct ev_crypto *crypto;

static int begin(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto == NULL;
}

static int end(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

/* As a line of the index has it. */
static void expect(char *const column[], const struct au_corim *c,
		   enum ev_code code, const struct ev_error *err)
{
	char line[400];

	ev_error_format(err, line, sizeof(line));
	if (strcmp(column[1], "refuse") == 0) {
		if (code == EV_OK || strcmp(err->object, column[2]) != 0 ||
		    strcmp(err->field, column[3]) != 0)
			fail_msg("%s: want %s: %s, found %s", column[0],
				 column[2], column[3], line);
		return;
	}
	if (code != EV_OK)
		fail_msg("%s: %s", column[0], line);
	if (c->is_launch_measurement != (strcmp(column[1], "launch") == 0))
		fail_msg("%s: want %s", column[0], column[1]);
}

static void each_document_is_what_the_index_says(void **state)
{
	struct ev_span index = corim_read("index");
	char *at = (char *)(uintptr_t)index.p, *column[CORIM_COLUMNS];
	size_t n = 0, n_refused = 0;

	(void)state;
	while (corim_line(&at, column)) {
		struct ev_span bytes = corim_read(column[0]);
		struct ev_error err = { 0 };
		struct au_corim c = { 0 };

		expect(column, &c, au_corim_parse(bytes, 0, crypto, &c, &err),
		       &err);
		n_refused += err.code != EV_OK;
		n++;
		corim_free(bytes);
	}
	assert_true(n_refused > 70);
	assert_true(n - n_refused >= 12);
	corim_free(index);
}

static void every_prefix_is_refused(void **state)
{
	struct ev_span bytes = corim_read("good-tdx.cbor");
	struct au_corim c = { 0 };

	(void)state;
	for (size_t n = 0; n < bytes.n; n++) {
		struct ev_error err = { 0 };

		assert_int_not_equal(au_corim_parse(ev_span_of(bytes.p, n), 0,
						    crypto, &c, &err),
				     EV_OK);
		assert_true(err.offset <= n);
	}
	assert_null(c.id.p);
	corim_free(bytes);
}

/* A bit that is changed changes what is read, or is refused. */
static void every_bit_counts(void **state)
{
	struct ev_span bytes = corim_read("good-snp.cbor");
	uint8_t *p = (uint8_t *)(uintptr_t)bytes.p;
	struct ev_error none = { 0 };
	struct au_corim good, c;
	size_t n_read = 0;

	(void)state;
	assert_int_equal(au_corim_parse(bytes, 0, crypto, &good, &none), EV_OK);
	for (size_t bit = 0; bit < 8 * bytes.n; bit++) {
		struct ev_error err = { 0 };

		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (au_corim_parse(bytes, 0, crypto, &c, &err) == EV_OK &&
		    c.is_launch_measurement) {
			/* The id is free text, the tag-id's letters have a
			 * case, the version number is any: 0 to 23, or a head
			 * of another width.  No digest is changed alone. */
			n_read++;
			assert_true(bit / 8 < (size_t)(c.id.p + c.id.n - p) ||
				    c.launch.svn != 12 ||
				    !ev_span_eq(c.launch.tag_id,
						EV_SPAN_LITERAL(
							"77e8061e-4634-5e53-"
							"a848-d1d09e996843")));
		}
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(n_read > 0);
	corim_free(bytes);
}

static void a_launch_measurement_is_read(void **state)
{
	struct ev_span bytes = corim_read("good-vbs.cbor");
	struct ev_error err = { 0 };
	struct au_corim c = { 0 };

	(void)state;
	assert_int_equal(au_corim_parse(bytes, 1000, crypto, &c, &err), EV_OK);
	assert_true(c.is_launch_measurement);
	assert_string_equal(c.launch.of->platform, "vbs");
	assert_int_equal(c.launch.digest.n, 32);
	assert_int_equal(c.launch.svn, 12);
	assert_int_equal(c.launch.digest_offset,
			 1000 + (uint64_t)(c.launch.digest.p - bytes.p));
	assert_int_equal(c.n_tags, 1);
	assert_int_equal(c.tag[0].number, 506);
	assert_int_equal(c.n_digests, 1);
	corim_free(bytes);
	bytes = corim_read("svn-largest.cbor");
	assert_int_equal(au_corim_parse(bytes, 0, crypto, &c, &err), EV_OK);
	assert_int_equal(c.launch.svn, UINT64_MAX);
	corim_free(bytes);
}

static void another_manifest_is_shown(void **state)
{
	struct ev_span bytes = corim_read("general.cbor");
	struct ev_error err = { 0 };
	struct au_corim c = { 0 };

	(void)state;
	assert_int_equal(au_corim_parse(bytes, 0, crypto, &c, &err), EV_OK);
	assert_false(c.is_launch_measurement);
	assert_true(ev_span_eq(c.id, EV_SPAN_LITERAL("example/board")));
	assert_int_equal(c.n_tags, 2);
	assert_string_equal(au_corim_tag_name(c.tag[0].number), "CoSWID");
	assert_int_equal(c.n_digests, 3);
	assert_true(ev_span_eq(c.digest[1].vendor, EV_SPAN_LITERAL("Example")));
	assert_true(ev_span_eq(c.digest[1].mkey, EV_SPAN_LITERAL("boot")));
	assert_string_equal(au_corim_alg_name(c.digest[1].alg), "sha-256");
	assert_true(c.digest[2].endorsed);
	assert_int_equal(c.digest[2].alg, -44);
	assert_null(au_corim_alg_name(-44));
	assert_int_equal(c.digest[2].value.p[0], 7);
	corim_free(bytes);
	bytes = corim_read("general-uuid.cbor");
	assert_int_equal(au_corim_parse(bytes, 0, crypto, &c, &err), EV_OK);
	assert_true(c.id_is_uuid);
	corim_free(bytes);
}

/* measure/README: svn 12, this tag-id, the digest of the file's pages. */
static void the_vector_is_read(void **state)
{
	static const char mrtd[] =
		"eae16b09dcb5406a5547c90696778db4ac59a6ec5fb372a4f631e159"
		"d85b562eb671a212d37d1cf4360e6c2572eb2ffd";
	struct ev_span document, image;
	struct ev_error err = { 0 };
	struct au_corim c = { 0 };
	const uint8_t *at;
	uint8_t want[48];

	(void)state;
	vectors_need();
	assert_true(vectors_read("measure/igvm/tdx-corim.cbor", &document));
	assert_true(vectors_read("measure/igvm/tdx-corim.igvm", &image));
	at = memmem(image.p, image.n, document.p, document.n);
	assert_non_null(at);
	assert_int_equal(au_corim_parse(ev_span_of(at, document.n),
					(uint64_t)(at - image.p), crypto, &c,
					&err),
			 EV_OK);
	assert_true(c.is_launch_measurement);
	assert_int_equal(c.launch.svn, 12);
	assert_string_equal(c.launch.of->platform, "tdx");
	assert_true(ev_span_eq(
		c.launch.tag_id,
		EV_SPAN_LITERAL("e0510081-7b78-5b2a-97a6-d73d890e07b6")));
	assert_true(ev_hex_decode(ev_span_str(mrtd), want, 48));
	assert_true(ev_span_eq(c.launch.digest, EV_SPAN(want)));
	assert_memory_equal(image.p + c.launch.digest_offset, want, 48);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_document_is_what_the_index_says),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(a_launch_measurement_is_read),
		cmocka_unit_test(another_manifest_is_shown),
		cmocka_unit_test(the_vector_is_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
