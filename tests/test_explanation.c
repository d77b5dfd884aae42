/* SPDX-License-Identifier: Apache-2.0 */
/* A report explained: which measurement decides, as JSON and for people. */
#include "audit/explanation.h"
#include "evidence/base/hex.h"
#include "evidence/base/json.h"
#include "tests/at_hand_sample.h"
#include "tests/reference_sample.h"

#include <stdio.h>

#define PLAIN  "0000001000000000"
#define DEBUG  "0100001000000000"
#define IMAGES 2
#define SIGNED(item, outcome)                                                  \
	"{\"id\":\"dcap.quote.signature\",\"outcome\":\"" outcome              \
	"\",\"subject\":\"" item "\"}"
/* A TD of a value that is filled in. */
#define TD(item, attributes)                                                   \
	"{\"attributes\":\"" attributes "\",\"item\":\"" item                  \
	"\",\"mrconfigid\":\"" SAMPLE_A96                                      \
	"\",\"mrtd\":\"%s\",\"trusted\":true}"
#define REPORT(checks, facts)                                                  \
	"{\"anchors\":[{\"simulated\":true,\"used\":true}],\"asOf\":{"         \
	"\"basis\":\"given\",\"time\":\"2026-05-01T00:00:00Z\"},"              \
	"\"checks\":[" checks "],\"facts\":{" facts                            \
	"},\"policy\":{\"name\":\"default-1\","                                \
	"\"sha256\":\"" SAMPLE_A64 "\"},\"verdict\":\"pass\"}"
#define ONE(attributes)                                                        \
	REPORT(SIGNED("q", "pass"), "\"tdx\":" TD("q", attributes))

static struct ev_crypto *crypto;
static uint8_t bytes[IMAGES][SAMPLE_PAGES][AU_PAGE];
static struct au_images images;
static json_t *report, *document;
static struct au_explanation explanation;
static struct ev_buffer text;

/* Two images, alike. */
static int fill(void **state)
{
	(void)state;
	for (size_t side = 0; side < IMAGES; side++) {
		for (size_t i = 0; i < SAMPLE_PAGES; i++)
			memset(bytes[side][i], (int)i, AU_PAGE);
	}
	return 0;
}

static int drop(void **state)
{
	(void)state;
	json_decref(document);
	document = NULL;
	au_explanation_free(&explanation);
	json_decref(report);
	report = NULL;
	au_images_free(&images);
	ev_buffer_free(&text);
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

static void add_images(size_t n)
{
	for (size_t side = 0; side < n; side++)
		sample_at_hand(&images, AU_TDX, bytes[side], crypto)->name =
			side == 0 ? "first.bin" : "second.bin";
}

/* A report of the first image's default value, explained in all forms. */
static void explain(const char *format)
{
	char hex[97], filled[4000];
	char *json = NULL;
	struct ev_error err = { 0 };
	size_t n = 0;

	ev_hex_encode(ev_span_of(images.item[0].candidates.item[0].value, 48),
		      hex);
	/* The format has one place a TD, of which there are two at most. */
	n = strlen(format);
	assert_true(n + 200 < sizeof(filled));
	filled[0] = '\0';
	for (const char *at; (at = strstr(format, "%s")) != NULL;
	     format = at + 2) {
		strncat(filled, format, (size_t)(at - format));
		strcat(filled, hex);
	}
	strcat(filled, format);
	assert_int_equal(EV_OK,
			 ev_json_parse(ev_span_str(filled), strlen(filled),
				       "report", &report, &err));
	assert_int_equal(EV_OK, au_explanation_make(report, &images, crypto,
						    &explanation, &err));
	assert_int_equal(EV_OK,
			 au_explanation_json(&explanation, &json, &n, &err));
	assert_int_equal(EV_OK, ev_json_parse(ev_span_of(json, n), n,
					      "explanation", &document, &err));
	assert_int_equal(EV_OK,
			 ev_json_check_canonical(ev_span_of(json, n), document,
						 "explanation", &err));
	free(json);
	au_explanation_text(&explanation, false, &text);
	ev_buffer_add_byte(&text, 0);
	assert_true(ev_buffer_ok(&text));
}

static const char *member(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value != NULL ? value : "";
}

static const json_t *measurement(size_t i)
{
	return json_array_get(json_object_get(document, "measurements"), i);
}

static void text_has(const char *words)
{
	if (strstr((const char *)text.p, words) == NULL)
		fail_msg("no \"%s\" in:\n%s", words, (const char *)text.p);
}

static void a_match_is_the_first_word(void **state)
{
	(void)state;
	add_images(1);
	explain(ONE(PLAIN));
	assert_int_equal(explanation.status, 0);
	assert_string_equal(member(document, "result"), "match");
	assert_true(json_is_true(json_object_get(document, "simulated")));
	assert_int_equal(0, strncmp((const char *)text.p, "MATCH ", 6));
	text_has("1 measurement beside 1 image as of 2026-05-01T00:00:00Z");
	text_has("SIMULATED");
	text_has("MRCONFIGID    aaaaaaaaaaaaaaaa... not zero");
	assert_null(json_object_get(measurement(0), "wanted"));
}

/* The variant is what a person must know of, though another image has the
 * value by default. */
static void a_variant_is_named_beside_a_match(void **state)
{
	(void)state;
	add_images(2);
	images.item[1].candidates.item[0].value[0] ^= 1;
	memcpy(images.item[1].candidates.item[1].value,
	       images.item[0].candidates.item[0].value, 48);
	explain(ONE(PLAIN));
	assert_int_equal(explanation.status, 0);
	assert_string_equal(member(measurement(0), "result"),
			    "match-with-variant");
	assert_non_null(strstr(member(measurement(0), "reason"),
			       "image 2: another rule than the default "
			       "(two-pass)"));
}

static void many_pages_are_told_by_what_they_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		bytes[1][i][0] ^= 1;
	add_images(2);
	explain(ONE(PLAIN));
	assert_int_equal(explanation.status, 1);
	assert_string_equal(member(measurement(0), "result"),
			    "differs-explained");
	assert_non_null(strstr(member(measurement(0), "reason"),
			       "differs from it in 4 of 5 measured pages: "));
	assert_int_equal(0, strncmp((const char *)text.p, "DIFFERS ", 8));
	assert_null(strstr((const char *)text.p, "\n  contents"));
}

static void few_pages_are_told_each(void **state)
{
	(void)state;
	bytes[1][2][0x345] ^= 1;
	bytes[1][SAMPLE_SHARED][0] ^= 1;
	add_images(2);
	explain(ONE(PLAIN));
	text_has("1 of 5");
	text_has("0x8002000, chunk");
	text_has("\n  contents");
	text_has("1 difference is not measured: it explains nothing");
}

static void the_worst_measurement_decides(void **state)
{
	(void)state;
	add_images(1);
	explain(REPORT(SIGNED("q", "pass") "," SIGNED("r", "pass"),
		       "\"tdx\":[" TD("q", PLAIN) "," TD("r", DEBUG) "]"));
	assert_int_equal(explanation.status, 2);
	assert_string_equal(member(document, "result"), "not-comparable");
	assert_string_equal(member(measurement(0), "result"), "match");
	assert_string_equal(member(measurement(1), "result"), "not-comparable");
	assert_int_equal(0, strncmp((const char *)text.p, "NOT COMPARED ", 13));
}

static void a_guest_in_debug_is_never_called_an_image(void **state)
{
	(void)state;
	add_images(1);
	explain(ONE(DEBUG));
	assert_int_equal(explanation.status, 2);
	assert_null(strstr((const char *)text.p, "makes this value"));
	assert_null(strstr((const char *)text.p, "has this value"));
}

static void without_a_measurement_nothing_is_compared(void **state)
{
	(void)state;
	add_images(1);
	explain(REPORT("", ""));
	assert_int_equal(explanation.status, 2);
	assert_int_equal(
		json_array_size(json_object_get(document, "measurements")), 0);
	text_has("no launch measurement in the evidence");
}

static void a_report_that_contradicts_itself_is_refused(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	add_images(1);
	report = json_pack("{s:{s:{s:s}}}", "facts", "tdx", "item", "q");
	assert_int_not_equal(EV_OK, au_explanation_make(report, &images, crypto,
							&explanation, &err));
	assert_null(explanation.item);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fill, drop)
	const struct CMUnitTest tests[] = {
		EACH(a_match_is_the_first_word),
		EACH(a_variant_is_named_beside_a_match),
		EACH(many_pages_are_told_by_what_they_hold),
		EACH(few_pages_are_told_each),
		EACH(the_worst_measurement_decides),
		EACH(a_guest_in_debug_is_never_called_an_image),
		EACH(without_a_measurement_nothing_is_compared),
		EACH(a_report_that_contradicts_itself_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, let_go);
}
