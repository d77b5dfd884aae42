/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets: real ones, each shape of a key, and what is refused of one. */
#include "evidence/jwks.h"

#include "evidence/base/buffer.h"
#include "evidence/limits.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_jwks j;
	enum ev_code code = ev_jwks_parse(item, &j, err);

	if (code == EV_OK)
		ev_jwks_free(&j);
	return code;
}

static void real_sets_are_read(void **state)
{
	static const struct {
		const char *path;
		size_t n, bits[5];
	} rows[] = {
		{ "tokens/maa-sgx1-jwks.json", 3, { 2048, 2048, 1024 } },
		{ "tokens/maa-sgx0-jwks-2020.json",
		  5,
		  { 1024, 2048, 2048, 2048, 2048 } },
		{ "tokens/ita-sgx1-jwks.json", 1, { 3072 } },
		{ "tokens/gcp-cs1-oidc-jwks.json", 1, { 2048 } },
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };
		struct ev_span item;
		struct ev_jwks j;

		assert_true(vectors_read(rows[i].path, &item));
		assert_int_equal(ev_jwks_parse(item, &j, &err), EV_OK);
		assert_int_equal(j.n, rows[i].n);
		for (size_t k = 0; k < j.n; k++) {
			size_t n;

			assert_int_equal(j.key[k].refused.code, EV_OK);
			assert_int_equal(ev_public_key_bits(&j.key[k].key),
					 rows[i].bits[k]);
			assert_true(j.key[k].key_twice_equal);
			assert_ptr_equal(ev_jwks_find(&j, j.key[k].kid, &n),
					 &j.key[k]);
			assert_int_equal(n, 1);
			assert_int_equal(item.p[j.key[k].offset], '{');
			assert_int_equal(
				item.p[j.key[k].offset + j.key[k].size - 1],
				'}');
		}
		ev_jwks_free(&j);
	}
}

/* Of libcrypto's making: a self-signed certificate of a P-256 key. */
#define CERT                                                                   \
	"MIIBfjCCASOgAwIBAgIUKMEatFnOdBklRFTN0PcwlCD9auYwCgYIKoZIzj0EAwIw"     \
	"FDESMBAGA1UEAwwJU0lNVUxBVEVEMB4XDTI2MTEyNjA4MDAxMloXDTM2MTEyMzA4"     \
	"MDAxMlowFDESMBAGA1UEAwwJU0lNVUxBVEVEMFkwEwYHKoZIzj0CAQYIKoZIzj0D"     \
	"AQcDQgAEij3Rciwbb4IBjkqT+SyYAcKaxVM21t+MWsXG07MMoxKW99XnFQZa0Hrm"     \
	"3SrY7ArXtgm8pXYUAlquUD6h01NDKKNTMFEwHQYDVR0OBBYEFLzD0K1iBveHzqAS"     \
	"Bm8Xw88hbr/1MB8GA1UdIwQYMBaAFLzD0K1iBveHzqASBm8Xw88hbr/1MA8GA1Ud"     \
	"EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAP4M5Lajd5FXRxeZX0K95A+f"     \
	"qH8KQUZ46nMRO4duHp+rAiEA4wMRyqvUm36sCHDwWEWISZZSqYyYeFRSfc8HgS/C"     \
	"D9w="
#define X	"ij3Rciwbb4IBjkqT-SyYAcKaxVM21t-MWsXG07MMoxI"
#define Y	"lvfV5xUGWtB65t0q2OwK17YJvKV2FAJarlA-odNTQyg"
#define OTHER_Y "lvfV5xUGWtB65t0q2OwK17YJvKV2FAJarlA-odNTQyk"

static void each_shape_is_a_key(void **state)
{
	static const struct {
		const char *key;
		bool has_numbers, has_cert;
		size_t bits;
	} rows[] = {
		{ "{\"kty\":\"RSA\",\"n\":\"gAE\",\"e\":\"AQAB\"}", true, false,
		  16 },
		{ "{\"kty\":\"RSA\",\"n\":\"AAAAAQE\",\"e\":\"AAM\"}", true,
		  false, 9 },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y
		  "\"}",
		  true, false, 256 },
		{ "{\"kty\":\"EC\",\"x5c\":[\"" CERT "\"]}", false, true, 256 },
		{ "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y
		  "\",\"x5c\":[\"" CERT "\"]}",
		  true, true, 256 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };
		struct ev_jwks j;
		char text[2048];

		snprintf(text, sizeof(text), "{\"keys\":[%s]}", rows[i].key);
		assert_int_equal(ev_jwks_parse(ev_span_str(text), &j, &err),
				 EV_OK);
		assert_int_equal(j.key[0].refused.code, EV_OK);
		assert_int_equal(j.key[0].has_numbers, rows[i].has_numbers);
		assert_int_equal(j.key[0].cert_der.n > 0, rows[i].has_cert);
		assert_int_equal(j.key[0].spki.n > 0, rows[i].has_cert);
		assert_int_equal(ev_public_key_bits(&j.key[0].key),
				 rows[i].bits);
		assert_null(j.key[0].kid.p);
		ev_jwks_free(&j);
	}
}

static void a_bad_key_is_refused_alone(void **state)
{
#define RSA   "{\"kty\":\"RSA\""
#define EC256 "{\"kty\":\"EC\",\"crv\":\"P-256\""
	static const struct {
		const char *key;
		enum ev_code code;
		const char *field;
	} rows[] = {
		{ "{}", EV_VALUE, "kty" },
		{ "{\"kty\":\"oct\",\"k\":\"AA\"}", EV_VALUE, "kty" },
		{ "{\"kty\":1}", EV_SYNTAX, "kty" },
		{ RSA "}", EV_MISSING, "x5c" },
		{ RSA ",\"n\":\"gAE\"}", EV_MISSING, "e" },
		{ RSA ",\"e\":\"AQAB\"}", EV_MISSING, "n" },
		{ RSA ",\"n\":1,\"e\":\"AQAB\"}", EV_SYNTAX, "n" },
		{ RSA ",\"n\":\"gAE=\",\"e\":\"AQAB\"}", EV_SYNTAX, "n" },
		{ RSA ",\"n\":\"+AE\",\"e\":\"AQAB\"}", EV_SYNTAX, "n" },
		{ RSA ",\"n\":\"\",\"e\":\"AQAB\"}", EV_VALUE, "e" },
		{ RSA ",\"n\":\"gAE\",\"e\":\"AQEBAQEBAQEB\"}", EV_VALUE, "e" },
		{ RSA ",\"n\":\"gAE\",\"e\":\"AQAB\",\"kid\":7}", EV_SYNTAX,
		  "kid" },
		{ RSA ",\"x5c\":[]}", EV_SYNTAX, "x5c" },
		{ RSA ",\"x5c\":\"AA==\"}", EV_SYNTAX, "x5c" },
		{ RSA ",\"x5c\":[1]}", EV_SYNTAX, "x5c" },
		{ RSA ",\"x5c\":[\"AA==\"]}", EV_SYNTAX, "x5c" },
		{ RSA ",\"x5c\":[\"A_==\"]}", EV_SYNTAX, "x5c" },
		{ RSA ",\"n\":\"gAE\",\"e\":\"AQAB\",\"x5c\":[\"" CERT "\"]}",
		  EV_VALUE, "x5c" },
		{ EC256 "}", EV_MISSING, "x5c" },
		{ EC256 ",\"x\":\"" X "\"}", EV_MISSING, "y" },
		{ EC256 ",\"x\":\"" X "\",\"y\":\"AA\"}", EV_VALUE, "y" },
		{ "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" X "\",\"y\":\"" Y
		  "\"}",
		  EV_VALUE, "x" },
		{ "{\"kty\":\"EC\",\"crv\":\"p-256\",\"x\":\"" X "\",\"y\":\"" Y
		  "\"}",
		  EV_VALUE, "crv" },
		{ EC256 ",\"x\":\"" X "\",\"y\":\"" OTHER_Y
			"\",\"x5c\":[\"" CERT "\"]}",
		  EV_VALUE, "x5c" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };
		struct ev_jwks j;
		char text[2048];

		snprintf(text, sizeof(text),
			 "{\"keys\":[%s," RSA
			 ",\"kid\":\"b\",\"n\":\"gAE\",\"e\":\"AQAB\"}]}",
			 rows[i].key);
		assert_int_equal(ev_jwks_parse(ev_span_str(text), &j, &err),
				 EV_OK);
		assert_int_equal(j.n, 2);
		parse_expect(&j.key[0].refused, rows[i].code, "jwks.key",
			     rows[i].field);
		assert_int_equal(j.key[1].refused.code, EV_OK);
		ev_jwks_free(&j);
	}
}

static void a_key_identifier_is_counted(void **state)
{
	static const char text[] =
		"{\"keys\":[{\"kid\":\"a\"},{\"kid\":\"b\"},{\"kid\":\"a\"},{},"
		"{\"kid\":\"\\u0061\"},{\"kid\":\"\"},{\"kid\":\"A\"}]}";
	struct ev_error err = { 0 };
	struct ev_jwks j;
	size_t n;

	(void)state;
	assert_int_equal(ev_jwks_parse(ev_span_str(text), &j, &err), EV_OK);
	assert_ptr_equal(ev_jwks_find(&j, ev_span_str("a"), &n), &j.key[0]);
	assert_int_equal(n, 3);
	assert_ptr_equal(ev_jwks_find(&j, ev_span_str("b"), &n), &j.key[1]);
	assert_int_equal(n, 1);
	assert_ptr_equal(ev_jwks_find(&j, ev_span_str(""), &n), &j.key[5]);
	assert_int_equal(n, 1);
	assert_null(ev_jwks_find(&j, ev_span_str("c"), &n));
	assert_int_equal(n, 0);
	ev_jwks_free(&j);
}

static void a_set_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum ev_code code;
		const char *field;
	} rows[] = {
		{ "[]", EV_MISSING, "keys" },
		{ "{}", EV_MISSING, "keys" },
		{ "{\"keys\":{}}", EV_SYNTAX, "keys" },
		{ "{\"keys\":[1]}", EV_SYNTAX, "keys" },
		{ "{\"keys\":[],\"keys\":[]}", EV_DUPLICATE, "member" },
		{ "{\"keys\":[{\"kid\":\"a\",\"kid\":\"b\"}]}", EV_DUPLICATE,
		  "member" },
		{ "{\"keys\":[]}x", EV_TRAILING, "text" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };

		parse(ev_span_str(rows[i].text), &err);
		parse_expect(&err, rows[i].code, "jwks", rows[i].field);
	}
	parse_mutations(
		parse,
		ev_span_str("{\"keys\":[{\"kty\":\"EC\",\"x5c\":[\"" CERT
			    "\"]}]}"),
		5000);
}

/* One key more than a set may have. */
static void keys_are_bounded(void **state)
{
	struct ev_error err = { 0 };
	char text[4 * 300] = "{\"keys\":[{}";

	(void)state;
	for (size_t i = 1; i < EV_JWKS_KEYS_MAX; i++)
		memcpy(text + strlen(text), ",{}", 4);
	memcpy(text + strlen(text), "]}", 3);
	assert_int_equal(parse(ev_span_str(text), &err), EV_OK);
	memcpy(text + strlen(text) - 2, ",{}]}", 6);
	parse(ev_span_str(text), &err);
	parse_expect(&err, EV_LIMIT, "jwks", "keys");
}

/* One of 64 KiB is read, and found to be none. */
static void certificates_are_bounded(void **state)
{
	static const enum ev_code codes[] = { EV_SYNTAX, EV_LIMIT };
	static const char front[] = "{\"keys\":[{\"kty\":\"RSA\",\"x5c\":[\"";
	static const char back[] = "\"]}]}";

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		ev_auto_buffer struct ev_buffer b = { 0 };
		struct ev_error err = { 0 };
		struct ev_jwks j;

		ev_buffer_add_str(&b, front);
		for (size_t n = 0; n < EV_X5C_TEXT_MAX + 4 * i; n++)
			ev_buffer_add_byte(&b, 'A');
		ev_buffer_add_str(&b, back);
		assert_int_equal(ev_jwks_parse(ev_buffer_span(&b), &j, &err),
				 EV_OK);
		parse_expect(&j.key[0].refused, codes[i], "jwks.key", "x5c");
		ev_jwks_free(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_sets_are_read),
		cmocka_unit_test(each_shape_is_a_key),
		cmocka_unit_test(a_bad_key_is_refused_alone),
		cmocka_unit_test(a_key_identifier_is_counted),
		cmocka_unit_test(a_set_is_refused),
		cmocka_unit_test(keys_are_bounded),
		cmocka_unit_test(certificates_are_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
