/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of parts: added, bounded, aligned. */
#include "audit/contents/part.h"

#include "audit/contents/part_pairs.h"
#include "tests/contents_sample.h"

static struct au_part *add(struct au_part *holder, const char *name,
			   struct au_part_budget *budget)
{
	struct ev_error err = { 0 };

	return au_part_add(holder, AU_PART_FILE, ev_span_str(name),
			   EV_SPAN_LITERAL("x"), 7, budget, &err);
}

static void names_are_shown_as_printable_text(void **state)
{
	struct au_part_budget budget = au_part_budget();
	struct au_part root = { 0 };
	struct au_part *part = add(&root, "a\nb\\", &budget);

	(void)state;
	assert_non_null(part);
	assert_string_equal(part->name, "a\\x0ab\\x5c");
	assert_int_equal(part->offset, 7);
	assert_int_equal(budget.parts, AU_PARTS_MAX - 1);
	au_part_free(&root);
	assert_null(root.inside);
}

/* A name of a megabyte would stand in each finding inside. */
static void a_long_name_is_cut(void **state)
{
	struct au_part_budget budget = au_part_budget();
	struct au_part root = { 0 };
	char name[5000], *last = name + sizeof(name) - 1;
	size_t n;

	(void)state;
	memset(name, 'n', sizeof(name));
	*last = 0;
	n = strlen(add(&root, name, &budget)->name);
	assert_in_range(n, AU_PART_NAME_MAX - 8, AU_PART_NAME_MAX);
	assert_string_equal(root.inside[0].name + n - 3, "...");
	memset(name, 1, sizeof(name) - 1);
	n = strlen(add(&root, name, &budget)->name);
	assert_in_range(n, AU_PART_NAME_MAX - 8, AU_PART_NAME_MAX);
	name[256] = 0;
	n = strlen(add(&root, name, &budget)->name);
	assert_int_equal(n, AU_PART_NAME_MAX);
	au_part_free(&root);
}

static void a_spent_budget_is_refused(void **state)
{
	struct au_part_budget budget = { .parts = 1, .unpacked = 10 };
	struct au_part root = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_non_null(add(&root, "a", &budget));
	assert_null(add(&root, "b", &budget));
	assert_int_equal(au_part_budget_take(&budget, 10, "here", &err), EV_OK);
	assert_int_equal(au_part_budget_take(&budget, 1, "here", &err),
			 EV_LIMIT);
	assert_string_equal(err.object, "here");
	assert_string_equal(err.field, "unpacked size");
	au_part_free(&root);
}

static void uniform_padding_is_no_part(void **state)
{
	struct au_part_budget budget = au_part_budget();
	uint8_t ones[9], other[9] = { 0 };
	struct au_part root = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	memset(ones, 0xff, sizeof(ones));
	au_part_add_padding(&root, EV_SPAN(ones), 0, &budget, &err);
	au_part_add_padding(&root, EV_SPAN(other), 0, &budget, &err);
	au_part_add_padding(&root, ev_span_of(NULL, 0), 0, &budget, &err);
	assert_int_equal(root.n, 0);
	other[8] = 1;
	ones[8] = 0;
	au_part_add_padding(&root, EV_SPAN(ones), 0, &budget, &err);
	au_part_add_padding(&root, EV_SPAN(other), 0, &budget, &err);
	assert_int_equal(root.n, 2);
	assert_int_equal(root.inside[0].kind, AU_PART_PADDING);
	au_part_free(&root);
}

static void equal_names_pair_in_their_order(void **state)
{
	struct au_part_budget budget = au_part_budget();
	struct au_part a = { 0 }, b = { 0 };
	struct au_part_pairs pairs;
	struct ev_error err = { 0 };

	(void)state;
	add(&a, "x", &budget);
	add(&a, "only a", &budget);
	add(&a, "x", &budget);
	add(&b, "only b", &budget);
	add(&b, "x", &budget);
	add(&b, "x", &budget);
	assert_int_equal(au_part_pairs_of(&a, &b, &pairs, &err), EV_OK);
	assert_int_equal(pairs.n, 4);
	assert_ptr_equal(pairs.item[0].b, &b.inside[1]);
	assert_null(pairs.item[1].b);
	assert_ptr_equal(pairs.item[2].b, &b.inside[2]);
	assert_null(pairs.item[3].a);
	assert_ptr_equal(pairs.item[3].b, &b.inside[0]);
	assert_false(pairs.reordered);
	au_part_pairs_free(&pairs);
	au_part_free(&a);
	au_part_free(&b);
}

static void another_order_is_seen(void **state)
{
	struct au_part_budget budget = au_part_budget();
	struct au_part a = { 0 }, b = { 0 };
	struct au_part_pairs pairs;
	struct ev_error err = { 0 };

	(void)state;
	add(&a, "x", &budget);
	add(&a, "y", &budget);
	add(&b, "y", &budget);
	add(&b, "x", &budget);
	assert_int_equal(au_part_pairs_of(&a, &b, &pairs, &err), EV_OK);
	assert_int_equal(pairs.n, 2);
	assert_true(pairs.reordered);
	au_part_pairs_free(&pairs);
	au_part_free(&a);
	au_part_free(&b);
}

static void each_kind_has_a_name(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < AU_PART_N; i++)
		assert_non_null(au_part_kind_name((enum au_part_kind)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_shown_as_printable_text),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(a_spent_budget_is_refused),
		cmocka_unit_test(uniform_padding_is_no_part),
		cmocka_unit_test(equal_names_pair_in_their_order),
		cmocka_unit_test(another_order_is_seen),
		cmocka_unit_test(each_kind_has_a_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
