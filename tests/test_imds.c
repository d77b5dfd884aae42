/* SPDX-License-Identifier: Apache-2.0 */
/* Azure's attested document: a real one, and its layers one by one. */
#include "evidence/imds.h"

#include "evidence/base/base64.h"
#include "evidence/base/buffer.h"

#include "tests/attested_sample.h"
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

static void says_what_the_real_one_says(const struct ev_imds *m)
{
	assert_true(ev_span_eq(m->nonce, EV_SPAN_LITERAL("20260728-192400")));
	assert_true(ev_span_eq(
		m->vm_id,
		EV_SPAN_LITERAL("b1310a36-d400-46f6-82cb-6217df846586")));
	assert_true(ev_span_eq(
		m->subscription_id,
		EV_SPAN_LITERAL("8a205152-b25a-417f-a676-80465535a6c9")));
	assert_true(m->sku.p != NULL && m->sku.n == 0);
	assert_int_equal(m->created, 1785245040); /* 2026-07-28T13:24:00Z */
	assert_int_equal(m->expires, 1785266640); /* 2026-07-28T19:24:00Z */
	assert_int_equal(m->cms.content.p[0], '{');
}

static void a_real_document_says_its_members(void **state)
{
	struct ev_error err = { 0 };
	struct ev_imds m;
	size_t n;
	char *text;

	(void)state;
	vectors_need();
	text = real_reply(&n);
	assert_int_equal(ev_imds_parse(ev_span_of(text, n), &m, &err), EV_OK);
	says_what_the_real_one_says(&m);
	assert_int_equal(m.signature.p - m.item.p, 33);
	assert_int_equal(m.signature.n, n - 35);
	ev_imds_free(&m);
	assert_null(m.decoded);
	free(text);
}

static void a_bare_message_says_the_same(void **state)
{
	struct ev_error err = { 0 };
	struct ev_span der;
	struct ev_imds m;

	(void)state;
	vectors_need();
	assert_true(vectors_read("azure/imds-attested-good-2026.p7", &der));
	assert_true(ev_imds_is_document(der));
	assert_int_equal(ev_imds_message_parse(der, &m, &err), EV_OK);
	says_what_the_real_one_says(&m);
	assert_ptr_equal(m.cms.message.p, der.p);
	ev_imds_free(&m);
}

/* Those of 2019 have neither subscription nor SKU. */
static void an_old_document_says_less(void **state)
{
	struct ev_error err = { 0 };
	struct ev_span message;
	struct ev_imds m;
	uint8_t *owned;

	(void)state;
	vectors_need();
	message = attested_edited(&owned);
	assert_int_equal(ev_imds_message_parse(message, &m, &err), EV_OK);
	assert_null(m.subscription_id.p);
	assert_null(m.sku.p);
	assert_int_equal(m.created, 1576197220); /* 2019-12-13T00:33:40Z */
	ev_imds_free(&m);
	free(owned);
}

static enum ev_code parse_message(struct ev_span item, struct ev_error *err)
{
	struct ev_imds m;
	enum ev_code code = ev_imds_message_parse(item, &m, err);

	ev_imds_is_document(item);
	if (code == EV_OK)
		ev_imds_free(&m);
	return code;
}

static void members_are_refused_by_name(void **state)
{
	static const struct {
		const char *from, *to;
		enum ev_code code;
		const char *object, *field;
	} rows[] = {
		{ "\"vmId\"", "\"vmid\"", EV_MISSING, "imds", "vmId" },
		{ "\"timeStamp\"", "\"timestamp\"", EV_MISSING, "imds",
		  "timeStamp" },
		{ "\"createdOn\"", "\"created__\"", EV_MISSING, "imds",
		  "createdOn" },
		{ "07/28/26 13", "28/07/26 13", EV_SYNTAX, "imds",
		  "createdOn" },
		{ "19:24:00 -0000", "19:24:00 +0000", EV_SYNTAX, "imds",
		  "expiresOn" },
		{ "\"licenseType\":\"\",\"nonce\"",
		  "\"nonce\":\"\",      \"nonce\"", EV_DUPLICATE, "imds",
		  "member" },
		{ "\"sku\":\"\"", "\"sku\":12", EV_SYNTAX, "imds", "sku" },
		{ "{\"licenseType\":\"\"", "[\"licenseType\",\"\"", EV_SYNTAX,
		  "imds", "text" },
	};
	struct ev_span der;

	(void)state;
	vectors_need();
	assert_true(vectors_read("azure/imds-attested-good-2026.p7", &der));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(strlen(rows[i].from), strlen(rows[i].to));
		parse_refuses_text(parse_message, der, rows[i].from, rows[i].to,
				   rows[i].code, rows[i].object, rows[i].field);
	}
	parse_prefixes(parse_message, der, der.n);
	parse_mutations(parse_message, der, 2000);
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
		if (more == 0)
			/* Of that type it would need another version. */
			parse_expect(&err, EV_VALUE, "cms", "version");
		else
			parse_expect(&err, EV_TRAILING, "cms", "end");
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
		cmocka_unit_test(a_real_document_says_its_members),
		cmocka_unit_test(a_bare_message_says_the_same),
		cmocka_unit_test(an_old_document_says_less),
		cmocka_unit_test(members_are_refused_by_name),
		cmocka_unit_test(every_layer_refuses_another_content),
		cmocka_unit_test(another_signed_data_is_refused),
		cmocka_unit_test(what_is_no_reply_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
