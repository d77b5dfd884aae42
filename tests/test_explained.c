/* SPDX-License-Identifier: Apache-2.0 */
/* One measurement beside images by hand: which verdict, and what is counted. */
#include "audit/explained.h"
#include "tests/at_hand_sample.h"

#define IMAGES 3

static struct ev_crypto *crypto;
static uint8_t bytes[IMAGES][SAMPLE_PAGES][AU_PAGE];
static struct au_images images;

static void add(enum au_platform platform)
{
	sample_at_hand(&images, platform, bytes[images.n], crypto);
}

/* All images alike. */
static int fill(void **state)
{
	(void)state;
	for (size_t side = 0; side < IMAGES; side++) {
		for (size_t i = 0; i < SAMPLE_PAGES; i++)
			memset(bytes[side][i], (int)(0x11 * i), AU_PAGE);
	}
	return 0;
}

static int drop(void **state)
{
	(void)state;
	au_images_free(&images);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto != NULL ? 0 : -1;
}

static int let_go(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

/* What evidence says that ran candidate number n of an image. */
static struct au_measured ran(size_t image, size_t n)
{
	const struct au_candidate *c = &images.item[image].candidates.item[n];
	struct au_measured m = { .item = "q",
				 .reg = c->launch->reg,
				 .hex = "" };

	memcpy(m.value, c->value, c->launch->reg->size);
	return m;
}

static struct au_explained explain(const struct au_measured *m)
{
	struct au_explained e;
	struct ev_error err = { 0 };

	assert_int_equal(EV_OK, au_explain(&images, m, crypto, &e, &err));
	return e;
}

static void every_rule_of_an_image_is_tried(void **state)
{
	struct au_measured m;
	struct au_explained e;

	(void)state;
	add(AU_TDX);
	assert_true(images.item[0].candidates.n > 1);
	for (size_t i = 0; i < images.item[0].candidates.n; i++) {
		m = ran(0, i);
		e = explain(&m);
		assert_int_equal(e.result,
				 i == 0 ? AU_MATCH : AU_MATCH_WITH_VARIANT);
		assert_ptr_equal(e.beside[0].hit,
				 &images.item[0].candidates.item[i]);
		assert_int_equal(e.n_tried, images.item[0].candidates.n);
		assert_int_equal(e.n_apart, 0);
	}
}

static void one_byte_of_the_value_is_enough(void **state)
{
	struct au_measured m;

	(void)state;
	add(AU_TDX);
	for (size_t i = 0; i < AU_VALUE_MAX; i++) {
		m = ran(0, 0);
		m.value[i] ^= 1;
		assert_int_equal(explain(&m).result, AU_DIFFERS_UNEXPLAINED);
	}
}

static void a_build_is_set_apart_from_what_ran(void **state)
{
	struct au_measured m;
	struct au_explained e;

	(void)state;
	bytes[0][1][0x345] ^= 1;
	bytes[0][2][0] ^= 1;
	bytes[0][SAMPLE_SHARED][0] ^= 1;
	add(AU_TDX);
	add(AU_TDX);
	add(AU_SNP);
	m = ran(1, 0);
	e = explain(&m);
	assert_int_equal(e.result, AU_DIFFERS_EXPLAINED);
	assert_true(e.has_ran);
	assert_int_equal(e.ran, 1);
	assert_int_equal(e.beside[0].result, AU_DIFFERS_EXPLAINED);
	assert_int_equal(e.beside[1].result, AU_MATCH);
	/* It is for another platform, and does not count. */
	assert_int_equal(e.beside[2].result, AU_NOT_COMPARABLE);
	assert_null(e.beside[2].launch);
	assert_int_equal(e.n_apart, 1);
	assert_int_equal(e.apart[0].a, 1);
	assert_int_equal(e.apart[0].b, 0);
	assert_int_equal(e.apart[0].measured_pages, SAMPLE_PAGES - 1);
	assert_int_equal(e.apart[0].pages, 2);
	assert_int_equal(e.apart[0].other, 0);
	assert_int_equal(e.apart[0].unmeasured, 1);
	assert_int_equal(e.apart[0].first->d->gpa, SAMPLE_GPA + AU_PAGE);
}

static void what_is_not_measured_sets_nobody_apart(void **state)
{
	struct au_measured m;
	struct au_explained e;

	(void)state;
	bytes[0][SAMPLE_SHARED][0] ^= 1;
	add(AU_TDX);
	add(AU_TDX);
	m = ran(0, 0);
	e = explain(&m);
	assert_int_equal(e.result, AU_MATCH);
	assert_int_equal(e.beside[1].result, AU_MATCH);
	assert_int_equal(e.n_apart, 0);
	/* Nor does it explain a value that neither makes. */
	m.value[0] ^= 1;
	e = explain(&m);
	assert_int_equal(e.result, AU_DIFFERS_UNEXPLAINED);
	assert_int_equal(e.n_apart, 1);
	assert_null(e.apart[0].first);
	assert_int_equal(e.apart[0].unmeasured, 1);
}

/* An image could have the value under a rule that takes what the default does
 * not: then the default's pages do not explain who has not. */
static void equal_pages_explain_no_other_value(void **state)
{
	struct au_measured m;
	struct au_explained e;

	(void)state;
	add(AU_TDX);
	add(AU_TDX);
	m = ran(0, 0);
	m.value[0] ^= 1;
	images.item[0].candidates.item[0].value[0] ^= 1;
	e = explain(&m);
	assert_int_equal(e.beside[0].result, AU_MATCH);
	assert_int_equal(e.beside[1].result, AU_DIFFERS_UNEXPLAINED);
	assert_int_equal(e.result, AU_DIFFERS_UNEXPLAINED);
}

static void the_default_rule_is_what_ran_before_a_variant(void **state)
{
	struct au_measured m;
	struct au_explained e;

	(void)state;
	bytes[0][1][0] ^= 1;
	add(AU_TDX);
	add(AU_TDX);
	m = ran(1, 0);
	/* As if both made it. */
	memcpy(images.item[0].candidates.item[1].value, m.value,
	       sizeof(m.value));
	e = explain(&m);
	assert_int_equal(e.ran, 1);
	assert_int_equal(e.result, AU_MATCH_WITH_VARIANT);
}

static void what_is_not_believed_is_compared_with_nothing(void **state)
{
	struct au_measured m;
	struct au_explained e;

	(void)state;
	add(AU_TDX);
	m = ran(0, 0);
	m.not_comparable = "debug: so it is";
	e = explain(&m);
	assert_int_equal(e.result, AU_NOT_COMPARABLE);
	assert_null(e.beside[0].hit);
	assert_false(e.has_ran);
}

static void images_of_other_platforms_leave_nothing(void **state)
{
	struct au_measured m;
	struct au_explained e;

	(void)state;
	add(AU_SNP);
	add(AU_TDX);
	m = ran(1, 0);
	images.item[1].image.n = 0; /* it is gone again */
	e = explain(&m);
	assert_int_equal(e.result, AU_NOT_COMPARABLE);
	assert_int_equal(e.n_tried, 0);
	images.item[1].image.n = 1;
}

static void a_seventeenth_image_is_refused(void **state)
{
	static struct au_images full = { .n = AU_AT_HAND_MAX };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(EV_LIMIT, au_images_add(&full, "x", ev_span_str("x"),
						 crypto, &err));
	assert_int_equal(full.n, AU_AT_HAND_MAX);
	/* So is what is no image, and nothing of it stays. */
	assert_int_not_equal(
		EV_OK,
		au_images_add(&images, "x", ev_span_str("x"), crypto, &err));
	assert_int_equal(images.n, 0);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fill, drop)
	const struct CMUnitTest tests[] = {
		EACH(every_rule_of_an_image_is_tried),
		EACH(one_byte_of_the_value_is_enough),
		EACH(a_build_is_set_apart_from_what_ran),
		EACH(what_is_not_measured_sets_nobody_apart),
		EACH(equal_pages_explain_no_other_value),
		EACH(the_default_rule_is_what_ran_before_a_variant),
		EACH(what_is_not_believed_is_compared_with_nothing),
		EACH(images_of_other_platforms_leave_nothing),
		EACH(a_seventeenth_image_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, let_go);
}
