/* SPDX-License-Identifier: Apache-2.0 */
/* The artifact of a reference beside the image that ran. */
#include "audit/artifact.h"
#include "evidence/base/hex.h"
#include "tests/at_hand_sample.h"
#include "tests/reference_sample.h"

#include <stdio.h>

/* A reference of a TDX value that is filled in; its artifact's digest is all
 * 0xaa. */
#define REFERENCE                                                              \
	SAMPLE_WITH("\"measurements\":[" SAMPLE_ENTRY("", "%s") "]",           \
		    "openhcl", SAMPLE_STATUS, "1.7")
#define MAY INT64_C(1777593600) /* 2026-05-01: good; withdrawn in June */

enum { RAN, BUILT, IMAGES };

static struct ev_crypto *crypto;
static uint8_t bytes[IMAGES][SAMPLE_PAGES][AU_PAGE];
static struct au_images images;
static struct au_references refs;

static void refer_to(const uint8_t *value)
{
	char hex[97], text[2000];
	struct ev_error err = { 0 };

	ev_hex_encode(ev_span_of(value, 48), hex);
	snprintf(text, sizeof(text), REFERENCE, hex);
	assert_int_equal(EV_OK, au_references_add(&refs, crypto,
						  "references/openhcl/1.7.json",
						  ev_span_str(text), &err));
	assert_int_equal(EV_OK, au_references_finish(&refs, crypto, &err));
	assert_int_equal(refs.n, 1);
}

/* Two builds that differ in one measured page, and a reference of one. */
static int fill(void **state)
{
	(void)state;
	for (size_t side = 0; side < IMAGES; side++) {
		for (size_t i = 0; i < SAMPLE_PAGES; i++)
			memset(bytes[side][i], (int)i, AU_PAGE);
	}
	bytes[BUILT][1][0x345] ^= 1;
	for (size_t side = 0; side < IMAGES; side++)
		sample_at_hand(&images, AU_TDX, bytes[side], crypto);
	images.item[RAN].name = "ran.bin";
	images.item[BUILT].name = "built.bin";
	memset(images.item[BUILT].image.sha256, 0xaa, 32);
	refer_to(images.item[BUILT].candidates.item[0].value);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	au_images_free(&images);
	au_references_free(&refs);
	refs = (struct au_references){ 0 };
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	json_object_seed(1);
	crypto = ev_crypto_new();
	return crypto != NULL ? 0 : -1;
}

static int let_go(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

static struct au_artifact artifact;

/* What candidate 0 of an image is compared to, with and without images. */
static struct au_comparison ask(const uint8_t *value, const char *product,
				struct au_images *with)
{
	struct au_measured m = { .item = "q", .hex = "" };
	struct au_question q = { .platform = AU_TDX,
				 .reg = EV_SPAN_LITERAL("mrtd"),
				 .at = MAY,
				 .product = ev_span_str(product) };
	struct au_comparison c;
	struct ev_error err = { 0 };

	m.reg = sample_register(AU_TDX);
	memcpy(m.value, value, sizeof(m.value));
	q.value = EV_SPAN(m.value);
	c = au_compare(&refs, &q);
	assert_int_equal(EV_OK, au_artifact_explain(with, &refs, &q, &m, crypto,
						    &c, &artifact, &err));
	assert_int_equal(artifact.apart != NULL,
			 c.result == AU_DIFFERS_EXPLAINED);
	return c;
}

static const uint8_t *value_of(size_t image)
{
	return images.item[image].candidates.item[0].value;
}

static void the_difference_of_both_images_is_told(void **state)
{
	struct au_comparison c = ask(value_of(RAN), "openhcl", &images);
	ev_auto_buffer struct ev_buffer text = { 0 };

	(void)state;
	assert_int_equal(c.result, AU_DIFFERS_EXPLAINED);
	assert_string_equal(c.listed->path, "references/openhcl/1.7.json");
	assert_int_equal(c.status->state, AU_GOOD);
	assert_string_equal(c.reason,
			    "ran.bin has this value; the image of openhcl 1.7 "
			    "differs from it in 1 of 5 measured pages");
	au_artifact_words(&artifact, &images, &c, &text);
	ev_buffer_add_byte(&text, 0);
	assert_non_null(strstr((const char *)text.p,
			       "ran.bin (A) has this value, built.bin (B) is "
			       "the image of openhcl 1.7: 1 measured page "
			       "differs: 0x8001000, chunk 0x8001300"));
}

static void without_either_image_nothing_is_explained(void **state)
{
	(void)state;
	assert_int_equal(ask(value_of(RAN), "openhcl", NULL).result,
			 AU_DIFFERS_UNEXPLAINED);
	/* No image of the reference: it is another file. */
	images.item[BUILT].image.sha256[31] ^= 1;
	assert_int_equal(ask(value_of(RAN), "openhcl", &images).result,
			 AU_DIFFERS_UNEXPLAINED);
	images.item[BUILT].image.sha256[31] ^= 1;
	/* No image that ran. */
	images.item[RAN].candidates.n = 0;
	assert_int_equal(ask(value_of(RAN), "openhcl", &images).result,
			 AU_DIFFERS_UNEXPLAINED);
}

/* Whatever the reference says of it, its image does not. */
static void an_artifact_that_makes_another_value_explains_nothing(void **state)
{
	(void)state;
	refs.listed[0].reference.measurement[0].value[47] ^= 1;
	assert_int_equal(ask(value_of(RAN), "openhcl", &images).result,
			 AU_DIFFERS_UNEXPLAINED);
}

static void other_results_stay_as_they_are(void **state)
{
	(void)state;
	assert_int_equal(ask(value_of(BUILT), "openhcl", &images).result,
			 AU_MATCH);
	/* Without a product nothing was expected. */
	assert_int_equal(ask(value_of(RAN), "", &images).result,
			 AU_NO_REFERENCE);
	assert_int_equal(ask(value_of(RAN), "another", &images).result,
			 AU_NO_REFERENCE);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fill, drop)
	const struct CMUnitTest tests[] = {
		EACH(the_difference_of_both_images_is_told),
		EACH(without_either_image_nothing_is_explained),
		EACH(an_artifact_that_makes_another_value_explains_nothing),
		EACH(other_results_stay_as_they_are),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, let_go);
}
