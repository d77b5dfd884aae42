/* SPDX-License-Identifier: Apache-2.0 */
/* Azure's attested document: a real one, and its layers one by one. */
#include "evidence/imds.h"

#include "evidence/base/base64.h"
#include "evidence/base/buffer.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_imds m;
	enum ev_code code = ev_imds_parse(item, &m, err);

	if (code == EV_OK)
		ev_imds_free(&m);
	return code;
}

/* The service's reply around a SignedData; the caller frees. */
static char *reply(struct ev_span der, size_t *n)
{
	struct ev_buffer b = { 0 };
	char *text = malloc(4 * ((der.n + 2) / 3) + 1);

	assert_non_null(text);
	ev_base64_encode(der, text);
	ev_buffer_printf(&b, "{\"encoding\":\"pkcs7\",\"signature\":\"%s\"}",
			 text);
	free(text);
	text = ev_buffer_take(&b, n);
	assert_non_null(text);
	return text;
}

static char *real_reply(size_t *n)
{
	struct ev_span der;

	assert_true(vectors_read("azure/imds-attested-good-2026.p7", &der));
	return reply(der, n);
}

static void a_real_document_says_its_nonce(void **state)
{
	struct ev_error err = { 0 };
	struct ev_imds m;
	size_t n;
	char *text;

	(void)state;
	vectors_need();
	text = real_reply(&n);
	assert_int_equal(ev_imds_parse(ev_span_of(text, n), &m, &err), EV_OK);
	assert_true(ev_span_eq(m.nonce, EV_SPAN_LITERAL("20260728-192400")));
	assert_int_equal(m.content.p[0], '{');
	assert_int_equal(m.signature.p - m.item.p, 33);
	assert_int_equal(m.signature.n, n - 35);
	ev_imds_free(&m);
	assert_null(m.cms);
	free(text);
}

static void every_layer_refuses_another_content(void **state)
{
	static const struct {
		const char *from, *to;
		enum ev_code code;
		const char *field;
	} rows[] = {
		{ "pkcs7", "pkcs1", EV_VALUE, "encoding" },
		{ "\"encoding\"", "\"_encoding\"", EV_MISSING, "encoding" },
		{ "\"pkcs7\"", "7", EV_SYNTAX, "encoding" },
		{ "\"signature\":", "\"_\":", EV_MISSING, "signature" },
		{ "\"signature\":\"", "\"signature\":\"-", EV_SYNTAX,
		  "signature" },
		{ "\"signature\":\"M", "\"signature\":\"A", EV_SYNTAX,
		  "signature" },
		{ "\"signature\":", "\"signature\":7,\"s\":", EV_SYNTAX,
		  "signature" },
		/* nonce, in base64 behind this many bytes */
		{ "Im5vbmNl", "Im5vbmNm", EV_MISSING, "nonce" },
	};
	size_t n;
	char *text;

	(void)state;
	vectors_need();
	text = real_reply(&n);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		parse_refuses_text(parse, ev_span_of(text, n), rows[i].from,
				   rows[i].to, rows[i].code, "imds",
				   rows[i].field);
	parse_mutations(parse, ev_span_of(text, n), 2000);
	free(text);
}

/* A real SignedData with a byte behind it, or of another content type. */
static void another_signed_data_is_refused(void **state)
{
	static const uint8_t data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
					0x0d, 0x01, 0x07, 0x01 };

	(void)state;
	vectors_need();
	for (size_t more = 0; more < 2; more++) {
		struct ev_error err = { 0 };
		struct ev_span der;
		uint8_t *p, *type;
		size_t n;
		char *text;

		assert_true(
			vectors_read("azure/imds-attested-good-2026.p7", &der));
		p = calloc(1, der.n + 1);
		assert_non_null(p);
		memcpy(p, der.p, der.n);
		type = memmem(p, der.n, data, sizeof(data));
		assert_non_null(type);
		if (more == 0)
			type[sizeof(data) - 1] = 6;
		text = reply(ev_span_of(p, der.n + more), &n);
		parse(ev_span_of(text, n), &err);
		parse_expect(&err, more == 0 ? EV_SYNTAX : EV_TRAILING, "imds",
			     "signature");
		free(text);
		free(p);
	}
}

static void what_is_no_reply_is_refused(void **state)
{
	static const char *const texts[] = { "", "[]", "7",
					     "{\"encoding\":", "<html>" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ev_error err = { 0 };

		assert_int_equal(parse(ev_span_str(texts[i]), &err), EV_SYNTAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_document_says_its_nonce),
		cmocka_unit_test(every_layer_refuses_another_content),
		cmocka_unit_test(another_signed_data_is_refused),
		cmocka_unit_test(what_is_no_reply_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
