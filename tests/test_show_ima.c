/* SPDX-License-Identifier: Apache-2.0 */
/* IMA's lists as JSON: fields with their places, verdicts, limits. */
#include "tests/ima_sample.h"
#include "tests/show_case.h"
#include "tests/vectors.h"

static const char kind[] = "ima-log-binary";

static void an_entry_says_its_fields_and_their_places(void **state)
{
	struct ev_span item;
	const json_t *e;
	json_t *shown;

	(void)state;
	vectors_need();
	vectors_read("eventlog/tss-sml-ima-sig-sha256.bin", &item);
	shown = show_json(kind, item);
	assert_int_equal(show_n_events(shown), 9);
	show_says(shown, "byteOrder", "little-endian");
	show_says(shown, "templateHashes", "sha1");
	show_says(shown, "violations", "0");
	e = show_event(shown, 1);
	show_counts(e, "event", 2);
	show_counts(e, "offset", 92);
	show_counts(e, "length", 97);
	show_says(e, "register", "pcr10");
	show_says(e, "template", "ima-sig");
	show_says(e, "templateHash",
		  "539fdb622d9bc29e698e8cb87ad654b318844987");
	show_counts(json_object_get(e, "templateHash"), "offset", 96);
	show_says(e, "algorithm", "sha256");
	show_says(e, "file", "/init");
	show_counts(json_object_get(e, "file"), "offset", 179);
	show_says(e, "verdict", "matches");
	assert_true(json_is_false(json_object_get(e, "violation")));
	show_says(e, "line",
		  "    2  pcr10  ima-sig    sha256:fb8af866de1045d2...  /init  "
		  "matches");
	show_says(json_object_get(shown, "end"), "how", "truncated");
	show_counts(json_object_get(shown, "end"), "offset", 987);
	json_decref(shown);
}

static void every_list_at_hand_is_shown(void **state)
{
	static const struct {
		const char *path;
		size_t n;
		const char *violations;
	} cases[] = {
		{ "eventlog/acs-imasig.log.bin", 1083, "0" },
		{ "eventlog/guard-ev-dl160-fwupd-report.ima", 16169, "24" },
		{ "eventlog/guard-ev-h12ssl.ima", 5071, "9" },
		{ "eventlog/tss-sml-ima-sha1.bin", 12, "0" },
		{ "eventlog/tss-sml-ima-sha1-invalidated.bin", 1, "1" },
		{ "eventlog/malformed/ima-trunc.ima", 36, "0" },
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_span item;
		json_t *shown;

		vectors_read(cases[i].path, &item);
		shown = show_json(kind, item);
		assert_int_equal(show_n_events(shown), cases[i].n);
		show_says(shown, "violations", cases[i].violations);
		json_decref(shown);
	}
}

static void verdicts_tell_hashes_that_are_wrong(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ima_sample s = { .crypto = crypto, .big_endian = true };
	size_t one;
	json_t *shown;

	(void)state;
	assert_non_null(crypto);
	ima_ng(&s, 10, "/a");
	one = s.log.n;
	ima_ng(&s, 10, "/b\n");
	ima_ng(&s, 10, "/c");
	s.log.p[one + 4] ^= 1;
	memset(s.log.p + 2 * one + 1 + 4, 0, 20);
	shown = show_json(kind, ev_buffer_span(&s.log));
	show_says(shown, "byteOrder", "big-endian");
	show_says(show_event(shown, 0), "verdict", "matches");
	show_says(show_event(shown, 1), "verdict", "mismatch");
	show_says(show_event(shown, 1), "file", "/b\\x0a");
	show_says(show_event(shown, 1), "line",
		  "    2  pcr10  ima-ng     sha256:6464646464646464...  "
		  "/b\\x0a  mismatch");
	show_says(show_event(shown, 2), "verdict", "violation");
	assert_true(json_is_true(
		json_object_get(show_event(shown, 2), "violation")));
	show_says(json_object_get(shown, "end"), "how", "clean");
	json_decref(shown);
	ima_free(&s);
}

static void other_fields_are_text_or_hex(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ima_sample s = { .crypto = crypto };
	const json_t *fields;
	json_t *shown;

	(void)state;
	assert_non_null(crypto);
	ima_field(&s, EV_SPAN_LITERAL("sha1:\0dddddddddddddddddddd"));
	ima_field(&s, EV_SPAN_LITERAL("kexec-cmdline\0"));
	ima_field(&s, EV_SPAN_LITERAL("root=/dev/sda"));
	ima_entry(&s, 10, "ima-buf");
	ima_field(&s, EV_SPAN_LITERAL("sha1:\0dddddddddddddddddddd"));
	ima_field(&s, EV_SPAN_LITERAL("/x\0"));
	ima_field(&s, EV_SPAN_LITERAL("\x03\x02"));
	ima_field(&s, EV_SPAN_LITERAL("\x01"));
	ima_entry(&s, 10, "d-ng|n-ng|sig|buf");
	ima_field(&s, EV_SPAN_LITERAL("\x07"));
	ima_entry(&s, 10, "unheard-of");
	shown = show_json(kind, ev_buffer_span(&s.log));
	fields = json_object_get(show_event(shown, 0), "fields");
	assert_int_equal(json_array_size(fields), 1);
	show_says(json_array_get(fields, 0), "buf", "root=/dev/sda");
	show_says(show_event(shown, 1), "signature", "0302");
	fields = json_object_get(show_event(shown, 1), "fields");
	assert_int_equal(json_array_size(fields), 1);
	show_says(json_array_get(fields, 0), "buf", "01");
	show_says(show_event(shown, 2), "data", "0100000007");
	assert_null(json_object_get(show_event(shown, 2), "file"));
	json_decref(shown);
	ima_free(&s);
}

static void more_entries_are_counted_and_not_written(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ima_sample s = { .crypto = crypto };
	json_t *shown;

	(void)state;
	assert_non_null(crypto);
	for (int i = 0; i < 65539; i++)
		ima_entry(&s, 10, "x");
	memset(s.log.p + s.log.n - 29, 0, 20);
	shown = show_json(kind, ev_buffer_span(&s.log));
	assert_int_equal(show_n_events(shown), 65536);
	show_says(shown, "eventsLeftOut", "3");
	show_says(shown, "violations", "1");
	json_decref(shown);
	ima_free(&s);
}

static void a_long_value_is_shown_by_its_place(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ima_sample s = { .crypto = crypto };
	size_t n = ((size_t)16 << 20) + 1;
	char *name = malloc(n + 1);
	const json_t *e;
	json_t *shown;

	(void)state;
	assert_non_null(crypto);
	assert_non_null(name);
	memset(name, 'n', n);
	name[n] = '\0';
	ima_ng(&s, 10, name);
	ima_ng(&s, 10, "/short");
	shown = show_json(kind, ev_buffer_span(&s.log));
	e = json_object_get(show_event(shown, 0), "file");
	show_counts(e, "length", (int64_t)n);
	assert_null(json_object_get(e, "value"));
	assert_int_equal(json_string_length(
				 json_object_get(show_event(shown, 0), "line")),
			 5 + 2 + 5 + 2 + 11 + 28 + 256 + 3 + 2 + 7);
	show_says(show_event(shown, 1), "file", "/short");
	json_decref(shown);
	ima_free(&s);
	free(name);
}

static void what_is_no_list_is_refused(void **state)
{
	(void)state;
	show_refuses(kind, (struct ev_span){ NULL, 0 }, EV_TRUNCATED,
		     "ima-log.entry", "pcr");
	show_refuses(kind,
		     EV_SPAN_LITERAL("\x0a\0\0\0hhhhhhhhhhhhhhhhhhhh\0\0\0\0"),
		     EV_VALUE, "ima-log.entry", "template_name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_says_its_fields_and_their_places),
		cmocka_unit_test(every_list_at_hand_is_shown),
		cmocka_unit_test(verdicts_tell_hashes_that_are_wrong),
		cmocka_unit_test(other_fields_are_text_or_hex),
		cmocka_unit_test(more_entries_are_counted_and_not_written),
		cmocka_unit_test(a_long_value_is_shown_by_its_place),
		cmocka_unit_test(what_is_no_list_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
