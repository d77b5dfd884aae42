/* SPDX-License-Identifier: Apache-2.0 */
/* Which certificates may sign statements: by their extensions alone. */
#include "audit/corim/signing_purpose.h"

#include "evidence/base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* The bytes of a hexadecimal literal's extension, and what is thought of it. */
struct row {
	const char *extension; /* DER of one Extension, or several */
	size_t n;
	bool fits;
};
#define ROW(text, fits)                                                        \
	{                                                                      \
		text, sizeof(text) - 1, fits                                   \
	}

#define EXT(n)	       "\x30" n "\x06\x03\x55\x1d"
#define USAGE(bits)    EXT("\x0b") "\x0f\x04\x04\x03\x02" bits
#define BASIC(n, body) EXT(n) "\x13\x04" body
#define KP(arc)	       "\x06\x08\x2b\x06\x01\x05\x05\x07\x03" arc
#define EKU(arc)       EXT("\x13") "\x25\x04\x0c\x30\x0a" KP(arc)
#define EKU2(a, b)     EXT("\x1d") "\x25\x04\x16\x30\x14" KP(a) KP(b)

static const struct row rows[] = {
	ROW(USAGE("\x07\x80"), true),
	ROW(USAGE("\x06\xc0"), true),
	ROW(USAGE("\x05\x20"), false), /* keyEncipherment */
	ROW(USAGE("\x01\x06"), false), /* keyCertSign, cRLSign */
	ROW(BASIC("\x09", "\x02\x30\x00"), true),
	ROW(BASIC("\x0c", "\x05\x30\x03\x01\x01\xff"), false),
	ROW(EKU("\x01"), false),
	ROW(EKU("\x02"), false),
	ROW(EKU("\x03"), true),
	ROW(EKU("\x04"), false),
	ROW(EKU("\x08"), false),
	ROW(EKU("\x09"), false),
	ROW(EKU("\x25"), true),
	ROW(EKU2("\x01", "\x03"), true),
	ROW(EKU2("\x01", "\x08"), false),
	/* Any of them refuses. */
	ROW(USAGE("\x07\x80") EKU("\x01"), false),
	ROW(USAGE("\x05\x20") EKU("\x03"), false),
	/* Twice, and not DER. */
	ROW(USAGE("\x07\x80") USAGE("\x07\x80"), false),
	ROW("\x30\x05\x06\x03\x55\x1d", false),
	ROW("\x30\x0c\x06\x03\x55\x1d\x0f\x04\x05\x03\x02\x07\x80\x00", false),
};

static void put(struct ev_buffer *out, uint8_t tag, struct ev_span content)
{
	ev_buffer_add_byte(out, tag);
	if (content.n > 0x7f)
		ev_buffer_add_byte(out, 0x81);
	assert_true(content.n <= 0xff);
	ev_buffer_add_byte(out, (uint8_t)content.n);
	ev_buffer_add(out, content);
}

/* A SEQUENCE of the SEQUENCE that has nothing but a number and extensions. */
static struct ev_buffer certificate(struct ev_span extensions)
{
	struct ev_buffer list = { 0 }, outer = { 0 }, tbs = { 0 }, body = { 0 },
			 out = { 0 };

	put(&tbs, 0x02, EV_SPAN_LITERAL("\x01"));
	if (extensions.n > 0) {
		put(&list, 0x30, extensions);
		put(&outer, 0xa3, ev_buffer_span(&list));
		ev_buffer_add(&tbs, ev_buffer_span(&outer));
	}
	put(&body, 0x30, ev_buffer_span(&tbs));
	put(&out, 0x30, ev_buffer_span(&body));
	ev_buffer_free(&list);
	ev_buffer_free(&outer);
	ev_buffer_free(&tbs);
	ev_buffer_free(&body);
	return out;
}

static bool fits(struct ev_span extensions, char why[200])
{
	ev_auto_buffer struct ev_buffer der = certificate(extensions);

	return au_signing_purpose_fits(ev_buffer_span(&der), why, 200);
}

static void each_extension_has_its_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char why[200] = "";
		bool is = fits(ev_span_of(rows[i].extension, rows[i].n), why);

		if (is != rows[i].fits)
			fail_msg("row %zu: %s", i, why);
		assert_int_equal(is, why[0] == '\0');
	}
}

static void without_extensions_nothing_speaks_against_it(void **state)
{
	char why[200] = "";

	(void)state;
	assert_true(fits((struct ev_span){ NULL, 0 }, why));
}

static void what_is_no_certificate_signs_nothing(void **state)
{
	char why[200] = "";

	(void)state;
	assert_false(au_signing_purpose_fits(EV_SPAN_LITERAL("\x30\x05\x30"),
					     why, sizeof(why)));
	assert_true(why[0] != '\0');
	assert_false(au_signing_purpose_fits(EV_SPAN_LITERAL("x"), why,
					     sizeof(why)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_extension_has_its_say),
		cmocka_unit_test(without_extensions_nothing_speaks_against_it),
		cmocka_unit_test(what_is_no_certificate_signs_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
