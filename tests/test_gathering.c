/* SPDX-License-Identifier: Apache-2.0 */
/* Items of one collection: copied in, numbered in the order they came. */
#include "collect/gathering.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void items_are_copied_and_numbered(void **state)
{
	struct co_gathering g = { 0 };
	struct ev_error err = { 0 };
	char bytes[] = "first", detail[] = "said";
	struct co_item item = { .kind = "tpm-tool-output",
				.bytes = ev_span_str(bytes),
				.source_detail = detail };
	size_t index = 99;

	(void)state;
	assert_int_equal(co_gather(&g, &item, &index, &err), EV_OK);
	assert_int_equal(index, 0);
	bytes[0] = 'F';
	detail[0] = 'S';
	assert_true(
		ev_span_eq(g.item[0]->item.bytes, EV_SPAN_LITERAL("first")));
	assert_string_equal(g.item[0]->item.source_detail, "said");
	item.kind = "salt";
	item.bytes = EV_SPAN_LITERAL("x");
	assert_int_equal(co_gather(&g, &item, &index, &err), EV_OK);
	item.kind = "tpm-tool-output";
	item.hint = "round2";
	assert_int_equal(co_gather(&g, &item, &index, &err), EV_OK);
	assert_int_equal(index, 2);
	assert_string_equal(g.item[0]->path, "items/tpm-tool-output/0000.txt");
	assert_string_equal(g.item[2]->path,
			    "items/tpm-tool-output/0001-round2.txt");
	co_gathering_free(&g);
	assert_int_equal(g.n, 0);
}

static void an_item_of_no_bytes_is_an_item(void **state)
{
	struct co_gathering g = { 0 };
	struct ev_error err = { 0 };
	struct co_item item = { .kind = "collect-log" };

	(void)state;
	assert_int_equal(co_gather(&g, &item, NULL, &err), EV_OK);
	assert_int_equal(g.item[0]->item.bytes.n, 0);
	co_gathering_free(&g);
}

/* What the archive would refuse is refused when it is handed over. */
static void what_no_archive_takes_is_refused(void **state)
{
	struct co_gathering g = { 0 };
	struct ev_error err = { 0 };
	uint8_t large[33] = { 0 };
	struct co_item unknown = { .kind = "nothing" };
	struct co_item salt = { .kind = "salt", .bytes = EV_SPAN(large) };

	(void)state;
	assert_int_equal(co_gather(&g, &unknown, NULL, &err), EV_VALUE);
	err = (struct ev_error){ 0 };
	assert_int_equal(co_gather(&g, &salt, NULL, &err), EV_LIMIT);
	assert_int_equal(g.n, 0);
	co_gathering_free(&g);
}

static void relations_are_kept_and_the_last_is_found(void **state)
{
	struct co_gathering g = { 0 };
	struct ev_error err = { 0 };
	struct co_relation of = { "salt-of", 0 };
	struct co_item item = { .kind = "collect-log",
				.bytes = EV_SPAN_LITERAL("a") };
	struct co_item *items = NULL;

	(void)state;
	assert_null(co_gathering_last(&g, "collect-log"));
	assert_int_equal(co_gather(&g, &item, NULL, &err), EV_OK);
	item.bytes = EV_SPAN_LITERAL("b");
	item.relates = &of;
	item.n_relates = 1;
	assert_int_equal(co_gather(&g, &item, NULL, &err), EV_OK);
	of.rel = "other";
	assert_ptr_equal(co_gathering_last(&g, "collect-log"), g.item[1]);
	assert_true(co_gathering_items(&g, &items));
	assert_string_equal(items[1].relates[0].rel, "salt-of");
	free(items);
	co_gathering_cut(&g, 1);
	assert_int_equal(g.n, 1);
	assert_ptr_equal(co_gathering_last(&g, "collect-log"), g.item[0]);
	co_gathering_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_copied_and_numbered),
		cmocka_unit_test(an_item_of_no_bytes_is_an_item),
		cmocka_unit_test(what_no_archive_takes_is_refused),
		cmocka_unit_test(relations_are_kept_and_the_last_is_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
