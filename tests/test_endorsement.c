/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a site owner's statement calls its issuer. */
#include "replay/endorsement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void issuer_is(struct rp_item item, const char *want, const char *where)
{
	struct ev_buffer out = { 0 };
	const char *from;

	rp_endorsement_issuer(&item, &out, &from);
	assert_false(out.failed);
	if (where == NULL) {
		assert_null(from);
		assert_int_equal(out.n, 0);
		return;
	}
	assert_string_equal(from, where);
	assert_true(ev_span_eq(ev_buffer_span(&out), ev_span_str(want)));
	ev_buffer_free(&out);
}

static struct rp_item of(const char *text)
{
	return (struct rp_item){ .name = "statement",
				 .bytes = ev_span_str(text) };
}

static void the_statement_names_it_first(void **state)
{
	/* {"alg":"none"} . {"iss":"owner"} . x */
	static const char token[] =
		"eyJhbGciOiJub25lIn0.eyJpc3MiOiJvd25lciJ9.eA";
	struct ev_manifest_item entry = { .source_detail = "handed over",
					  .source_uri = "https://a.invalid" };
	struct rp_item item = of("{\"iss\":\"b\",\"issuer\":\"a\"}");

	(void)state;
	item.entry = &entry;
	issuer_is(item, "a", "statement");
	issuer_is(of("{\"iss\":\"b\"}"), "b", "statement");
	issuer_is(of(token), "owner", "token");
	item.bytes = EV_SPAN_LITERAL("free text");
	issuer_is(item, "https://a.invalid", "manifest");
	entry.source_uri = NULL;
	issuer_is(item, "handed over", "manifest");
}

static void nobody_is_named_where_nobody_is(void **state)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{}",
		"{\"issuer\":7}",
		"{\"issuer\":\"a\"",
		"{\"issuer\":\"a\",\"issuer\":\"b\"}",
		"a.b.c",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		issuer_is(of(texts[i]), NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_statement_names_it_first),
		cmocka_unit_test(nobody_is_named_where_nobody_is),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
