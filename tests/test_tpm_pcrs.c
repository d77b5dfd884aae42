/* SPDX-License-Identifier: Apache-2.0 */
/* PCR files of tpm2-tools, in both spellings. */
#include "evidence/tpm.h"

#include "evidence/base/cleanup.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static struct ev_span item_of(const char *path)
{
	struct ev_span item = { NULL, 0 };

	assert_true(vectors_read(path, &item));
	return item;
}

struct file {
	struct ev_pcr_selection bank[EV_TPM_BANKS_MAX];
	size_t n_banks, n;
	uint8_t *values;
};

static enum ev_code read_file(struct ev_span item, struct file *out,
			      struct ev_error *err)
{
	return ev_tpm_pcrs_serialized_parse(item, out->bank, &out->n_banks,
					    &out->values, &out->n, err);
}

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct file f = { .n_banks = 0 };
	enum ev_code code = read_file(item, &f, err);

	free(f.values);
	return code;
}

/* SHA-1 of registers 0 and 9, SHA-256 of 23: what a TPM would spell. */
static const uint8_t selections[] = { 0, 0, 0, 2,  0, 4, 3, 0x01,
				      2, 0, 0, 11, 3, 0, 0, 0x80 };
static uint8_t marshaled[20 + 26 + 60];

/* A list of one value, then one of two, each of bytes of its own. */
static int make_marshaled(void **state)
{
	uint8_t *p = marshaled;

	(void)state;
	memcpy(p, selections, sizeof(selections));
	p[19] = 2;
	p[23] = 1;
	p[25] = 20;
	memset(p + 26, 1, 20);
	p[49] = 2;
	p[51] = 20;
	memset(p + 52, 2, 20);
	p[73] = 32;
	memset(p + 74, 3, 32);
	return 0;
}

static void values_are_read_as_a_tpm_spells_them(void **state)
{
	struct file f = { .n_banks = 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(read_file(EV_SPAN(marshaled), &f, &err), EV_OK);
	assert_int_equal(f.n_banks, 2);
	assert_int_equal(f.bank[0].alg, EV_TPM_ALG_SHA1);
	assert_int_equal(f.bank[0].pcrs, 0x201);
	assert_int_equal(f.bank[1].pcrs, 0x800000);
	assert_int_equal(f.n, 20 + 20 + 32);
	assert_int_equal(f.values[0], 1);
	assert_int_equal(f.values[39], 2);
	assert_int_equal(f.values[40], 3);
	free(f.values);
	parse_prefixes(parse, EV_SPAN(marshaled), sizeof(marshaled));
	parse_mutations(parse, EV_SPAN(marshaled), 20000);
	parse_refuses_byte(parse, EV_SPAN(marshaled), 6, 5, EV_VALUE,
			   "tpm-pcrs-serialized", "selection.sizeofSelect");
	parse_refuses_byte(parse, EV_SPAN(marshaled), 7, 0x03, EV_VALUE,
			   "tpm-pcrs-serialized", "digest.size");
	parse_refuses_byte(parse, EV_SPAN(marshaled), 19, 33, EV_VALUE,
			   "tpm-pcrs-serialized", "digest-lists");
	parse_refuses_byte(parse, EV_SPAN(marshaled), 23, 9, EV_VALUE,
			   "tpm-pcrs-serialized", "digests.count");
}

static void a_file_of_nothing_is_read_in_either_spelling(void **state)
{
	static const uint8_t memory[132 + 4] = { 0 };
	struct file f = { .n_banks = 1 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(read_file(EV_SPAN(memory), &f, &err), EV_OK);
	assert_int_equal(f.n_banks, 0);
	assert_int_equal(f.n, 0);
	free(f.values);
	assert_int_equal(read_file(ev_span_of(memory, 8), &f, &err), EV_OK);
	assert_int_equal(f.n_banks, 0);
	free(f.values);
}

/* quote, PCR file, size of the values */
static const struct {
	const char *quote, *file;
	size_t n;
} pairs[] = {
	{ "tpm-swtpm/quote.msg", "tpm-swtpm/quote.pcrs.serialized", 768 },
	{ "tpm-swtpm/quote3.msg", "tpm-swtpm/quote3.pcrs.serialized", 2400 },
	{ "tpm-swtpm/quote4-empty-selection.msg",
	  "tpm-swtpm/quote4.pcrs.serialized", 0 },
	{ "eventlog/quotes/keylime-quote.out",
	  "eventlog/quotes/keylime-quotepcr.out", 96 },
};

static void files_of_the_tools_hash_to_their_quotes(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();

	(void)state;
	vectors_need();
	assert_non_null(crypto);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct file f = { .n_banks = 0 };
		struct ev_error err = { 0 };
		struct ev_tpm_quote q;
		uint8_t digest[32];

		assert_int_equal(
			ev_tpm_quote_parse(item_of(pairs[i].quote), &q, &err),
			EV_OK);
		assert_int_equal(read_file(item_of(pairs[i].file), &f, &err),
				 EV_OK);
		assert_int_equal(f.n, pairs[i].n);
		assert_int_equal(f.n_banks, q.n_banks);
		assert_true(ev_digest(crypto, EV_SHA256,
				      ev_span_of(f.values, f.n), digest));
		assert_true(ev_span_eq(q.pcr_digest, EV_SPAN(digest)));
		free(f.values);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_as_a_tpm_spells_them),
		cmocka_unit_test(a_file_of_nothing_is_read_in_either_spelling),
		cmocka_unit_test(files_of_the_tools_hash_to_their_quotes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_marshaled, NULL);
}
