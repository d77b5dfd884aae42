/* SPDX-License-Identifier: Apache-2.0 */
/* HTML: what is text stays text. */
#include "audit/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ev_buffer out;

static int drop(void **state)
{
	(void)state;
	ev_buffer_free(&out);
	return 0;
}

static const char *written(void)
{
	ev_buffer_add_byte(&out, 0);
	assert_true(ev_buffer_ok(&out));
	return (const char *)out.p;
}

static void markup_in_text_is_escaped(void **state)
{
	(void)state;
	au_html_text(&out, "<a href=\"x\" b='y'>&amp;");
	assert_string_equal("&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;"
			    "&amp;amp;",
			    written());
}

static void what_is_printed_is_escaped_too(void **state)
{
	(void)state;
	au_html_printf(&out, "%s-%d", "<", 3);
	assert_string_equal("&lt;-3", written());
}

static void an_element_may_have_a_class(void **state)
{
	(void)state;
	au_html_element(&out, "p", "bad", "a<b");
	au_html_element(&out, "b", NULL, "");
	assert_string_equal("<p class=\"bad\">a&lt;b</p><b></b>", written());
}

static void a_page_allows_itself_nothing_but_its_style(void **state)
{
	const char *page;

	(void)state;
	au_html_begin(&out, "one & two");
	au_html_end(&out);
	page = written();
	assert_non_null(strstr(page, "default-src 'none'"));
	assert_non_null(strstr(page, "<title>one &amp; two</title>"));
	assert_non_null(strstr(page, "prefers-color-scheme:dark"));
	assert_non_null(strstr(page, "@media print"));
	assert_null(strstr(page, "http:"));
	assert_null(strstr(page, "<script"));
}

#define TEST(name) cmocka_unit_test_teardown(name, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(markup_in_text_is_escaped),
		TEST(what_is_printed_is_escaped_too),
		TEST(an_element_may_have_a_class),
		TEST(a_page_allows_itself_nothing_but_its_style),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
