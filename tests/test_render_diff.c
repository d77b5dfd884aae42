/* SPDX-License-Identifier: Apache-2.0 */
/* The comparison of two images for people, from documents by hand. */
#include "audit/diff/diff_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define LONG                                                                   \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
#define IMAGE(name)                                                            \
	"{\"format\":\"igvm\",\"name\":\"" name "\",\"notes\":[\"odd\"],"      \
	"\"sha256\":\"0123456789abcdef0123\",\"size\":5}"
#define REGION(gpa, size)                                                      \
	"{\"component\":\"<i>\",\"gpa\":\"" gpa "\",\"size\":" size            \
	",\"state\":\"shared\"}"
#define RUN(class, measured, platforms)                                        \
	"{\"class\":\"" class                                                  \
		"\",\"component\":\"" LONG "\",\"gpa\":"                       \
		"\"0x8001000\",\"measured\":" measured                         \
		",\"platforms\":" platforms                                    \
		",\"shared\":true,\"size\":8192,\"words\":\"some <words>\"}"
#define FINDINGS                                                               \
	"[{\"class\":\"changed\",\"depth\":0,\"sentence\":\"module " LONG      \
	" differs\"},{\"class\":\"changed\",\"depth\":99,"                     \
	"\"sentence\":\"deep\"}]"
#define CONTENTS                                                               \
	"[{\"findings\":" FINDINGS ",\"leftOut\":7,"                           \
	"\"platforms\":[\"tdx\"],\"sentence\":\"in short\"}]"
#define MAP                                                                    \
	"[" REGION("0x1000", "4096") "," REGION("0xfffffffffffff000",          \
						"9007199254740991") "]"
#define TDX                                                                    \
	"{\"a\":\"aa\",\"b\":\"bb\",\"equal\":false,\"first\":"                \
	"{\"gpa\":\"0x8001000\",\"operation\":3},\"mapA\":" MAP                \
	",\"mapB\":[],\"operationsA\":9,\"operationsB\":8,"                    \
	"\"platform\":\"tdx\",\"register\":\"mrtd\",\"sentence\":\"pages\"}"
#define NATIVE                                                                 \
	"{\"mapA\":[],\"mapB\":[],\"platform\":\"NATIVE\","                    \
	"\"sentence\":\"\"}"
#define DOCUMENT(runs)                                                         \
	"{\"a\":" IMAGE("<b>a") ",\"b\":" IMAGE(                               \
		LONG) ",\"contents\":" CONTENTS                                \
		      ",\"equal\":false,\"measurementEqual\":{\"tdx\":false}," \
		      "\"platforms\":[" TDX "," NATIVE "],\"runs\":[" runs     \
		      "],"                                                     \
		      "\"runsLeftOut\":4,\"summary\":\"the & sentence\"}"
#define TWO_RUNS                                                               \
	RUN("data", "true", "[\"tdx\"]")                                       \
	"," RUN("only-a", "false", "[\"tdx\",\"NATIVE\"]")

static struct ev_buffer out;

static int drop(void **state)
{
	(void)state;
	ev_buffer_free(&out);
	return 0;
}

static const char *text(const char *document)
{
	assert_true(au_render_diff_text(ev_span_str(document), &out));
	ev_buffer_add_byte(&out, 0);
	assert_true(ev_buffer_ok(&out));
	return (const char *)out.p;
}

static const char *page(const char *document)
{
	assert_true(au_render_diff_html(ev_span_str(document), &out));
	ev_buffer_add_byte(&out, 0);
	assert_true(ev_buffer_ok(&out));
	return (const char *)out.p;
}

static void contains(const char *all, const char *part)
{
	if (strstr(all, part) == NULL)
		fail_msg("'%s' is not in '%s'", part, all);
}

static void text_stays_within_80_columns(void **state)
{
	const char *p = text(DOCUMENT(TWO_RUNS));

	(void)state;
	while (*p != '\0') {
		size_t n = strcspn(p, "\n");

		assert_true(n <= 80);
		p += n + 1;
	}
}

static void text_says_the_answer_first_and_then_why(void **state)
{
	const char *p = text(DOCUMENT(TWO_RUNS));

	(void)state;
	assert_memory_equal("DIFFERS  the & sentence\n\n", p, 25);
	contains(p, "MRTD differs, aa in A, bb in B");
	contains(p, "operation 3, at 0x8001000, is\n");
	contains(p, "NATIVE       no launch measurement");
	contains(p, "measured: what explains a digest\n  data");
	contains(p, "not measured: cannot explain a digest\n  only-a");
	contains(p, "0x8001000 to 0x8002fff, 2 pages");
	contains(p, "(tdx alone)");
	contains(p, "and 4 more");
	contains(p, "and 7 more");
}

static void headings_without_anything_below_are_left_out(void **state)
{
	const char *p = text(DOCUMENT(RUN("data", "false", "[\"tdx\"]")));

	(void)state;
	assert_null(strstr(p, "measured: what explains"));
	contains(p, "not measured: cannot explain");
}

static void a_page_escapes_what_is_not_its_own(void **state)
{
	const char *p = page(DOCUMENT(TWO_RUNS));

	(void)state;
	contains(p, "&lt;b&gt;a");
	contains(p, "some &lt;words&gt;");
	contains(p, "the &amp; sentence");
	contains(p, "&lt;i&gt;");
	assert_null(strstr(p, "<b>"));
	assert_null(strstr(p, "<i>"));
}

/* At the end of the address space the sum goes no further. */
static void a_region_at_the_end_of_memory_is_drawn(void **state)
{
	const char *p = page(DOCUMENT(TWO_RUNS));

	(void)state;
	contains(p, "0xfffffffffffff000 to 0xfffffffffffffffe");
	contains(p, "15 EiB of nothing");
}

static void what_is_no_document_is_refused(void **state)
{
	static const char *const bad[] = { "", "{}", "[]", "{\"summary\":1}",
					   DOCUMENT("{]") };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(au_render_diff_text(ev_span_str(bad[i]), &out));
		assert_false(au_render_diff_html(ev_span_str(bad[i]), &out));
	}
	/* What is absent is empty. */
	assert_true(
		au_render_diff_html(ev_span_str("{\"summary\":\"\"}"), &out));
	assert_true(
		au_render_diff_text(ev_span_str("{\"summary\":\"\"}"), &out));
}

#define TEST(name) cmocka_unit_test_teardown(name, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_stays_within_80_columns),
		TEST(text_says_the_answer_first_and_then_why),
		TEST(headings_without_anything_below_are_left_out),
		TEST(a_page_escapes_what_is_not_its_own),
		TEST(a_region_at_the_end_of_memory_is_drawn),
		TEST(what_is_no_document_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
