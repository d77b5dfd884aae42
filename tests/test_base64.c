/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/base64, against OpenSSL where it can say. */
#include "evidence/base/base64.h"

#include "tests/lcg.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <openssl/evp.h>

struct pair {
	const char *text;
	const char *bytes;
};

/* RFC 4648, section 10. */
static const struct pair rfc_pairs[] = {
	{ "", "" },
	{ "Zg==", "f" },
	{ "Zm8=", "fo" },
	{ "Zm9v", "foo" },
	{ "Zm9vYg==", "foob" },
	{ "Zm9vYmE=", "fooba" },
	{ "Zm9vYmFy", "foobar" },
};

static bool decodes(enum ev_base64 form, const char *text)
{
	uint8_t out[64];
	size_t n;

	assert_true(ev_base64_decoded_max(strlen(text)) <= sizeof(out));
	return ev_base64_decode(form, ev_span_str(text), out, &n);
}

static void base64_agrees_with_the_rfc(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rfc_pairs) / sizeof(*rfc_pairs); i++) {
		const struct pair *p = &rfc_pairs[i];
		uint8_t out[16];
		char text[16];
		size_t n = 99;

		ev_base64_encode(ev_span_str(p->bytes), text);
		assert_string_equal(text, p->text);
		assert_true(ev_base64_decode(EV_BASE64_STD,
					     ev_span_str(p->text), out, &n));
		assert_int_equal(n, strlen(p->bytes));
		assert_memory_equal(out, p->bytes, n);
	}
}

static void base64_holds_each_form_to_its_padding(void **state)
{
	(void)state;
	assert_true(decodes(EV_BASE64_STD, "Zg=="));
	assert_false(decodes(EV_BASE64_STD, "Zg"));
	assert_false(decodes(EV_BASE64_STD, "Zg="));
	assert_true(decodes(EV_BASE64_URL, "Zg"));
	assert_false(decodes(EV_BASE64_URL, "Zg=="));
	assert_true(decodes(EV_BASE64_URL_PAD, "Zg"));
	assert_true(decodes(EV_BASE64_URL_PAD, "Zg=="));
	assert_false(decodes(EV_BASE64_URL_PAD, "Zg="));
	assert_true(decodes(EV_BASE64_ANY, "Zm8"));
	assert_true(decodes(EV_BASE64_ANY, "Zm8="));
	assert_false(decodes(EV_BASE64_ANY, "Zm8=="));
}

static void base64_refuses_padding_where_no_padding_stands(void **state)
{
	static const char *const texts[] = {
		"=",	"==",	 "===", "====",		"Z===",	   "Zg=a",
		"=Zg=", "Zm9v=", "Z",	"Zm9vYg==Zg==", "Zm9v===="
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_false(decodes(EV_BASE64_STD, texts[i]));
		assert_false(decodes(EV_BASE64_URL, texts[i]));
		assert_false(decodes(EV_BASE64_URL_PAD, texts[i]));
		assert_false(decodes(EV_BASE64_ANY, texts[i]));
	}
}

static void base64_holds_each_form_to_its_alphabet(void **state)
{
	(void)state;
	assert_true(decodes(EV_BASE64_STD, "+/+/"));
	assert_false(decodes(EV_BASE64_STD, "-_-_"));
	assert_true(decodes(EV_BASE64_URL, "-_-_"));
	assert_false(decodes(EV_BASE64_URL, "+/+/"));
	assert_false(decodes(EV_BASE64_URL_PAD, "+/+/"));
	assert_true(decodes(EV_BASE64_ANY, "+/+/"));
	assert_true(decodes(EV_BASE64_ANY, "-_-_"));
	assert_false(decodes(EV_BASE64_ANY, "+_+_"));
	assert_false(decodes(EV_BASE64_ANY, "A-A/"));
}

static void base64_refuses_every_foreign_byte(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t out[8];
	size_t n;

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		bool good = c != 0 && strchr(alphabet, (int)c) != NULL;

		for (size_t at = 0; at < 4; at++) {
			uint8_t text[5] = "AAAA";

			text[at] = (uint8_t)c;
			/* In the last place '=' is padding. */
			if (at == 3 && c == '=')
				continue;
			assert_int_equal(ev_base64_decode(EV_BASE64_STD,
							  ev_span_of(text, 4),
							  out, &n),
					 good);
		}
	}
}

static void base64_refuses_unused_bits(void **state)
{
	(void)state;
	assert_true(decodes(EV_BASE64_STD, "Zg=="));
	assert_false(decodes(EV_BASE64_STD, "Zh=="));
	assert_false(decodes(EV_BASE64_STD, "Zv=="));
	assert_true(decodes(EV_BASE64_URL, "Zm8"));
	assert_false(decodes(EV_BASE64_URL, "Zm9"));
}

static void base64_agrees_with_openssl_on_every_length(void **state)
{
	uint8_t bytes[200], back[300];
	char ours[300];
	unsigned char theirs[300];
	uint64_t seed = 1;

	(void)state;
	for (size_t n = 0; n < sizeof(bytes); n++) {
		struct ev_span in = ev_span_of(bytes, n);
		size_t got = 0;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)lcg_below(&seed, 256);
		ev_base64_encode(in, ours);
		EVP_EncodeBlock(theirs, bytes, (int)n);
		assert_string_equal(ours, (const char *)theirs);
		assert_true(ev_base64_decode(EV_BASE64_ANY, ev_span_str(ours),
					     back, &got));
		assert_int_equal(got, n);
		assert_true(ev_span_eq(in, ev_span_of(back, got)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_agrees_with_the_rfc),
		cmocka_unit_test(base64_holds_each_form_to_its_padding),
		cmocka_unit_test(
			base64_refuses_padding_where_no_padding_stands),
		cmocka_unit_test(base64_holds_each_form_to_its_alphabet),
		cmocka_unit_test(base64_refuses_every_foreign_byte),
		cmocka_unit_test(base64_refuses_unused_bits),
		cmocka_unit_test(base64_agrees_with_openssl_on_every_length),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
