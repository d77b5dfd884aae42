/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical event logs and the table CCEL as JSON. */
#include "tests/show_case.h"
#include "tests/vectors.h"

static const json_t *first_digest(const json_t *e)
{
	const json_t *d = json_array_get(json_object_get(e, "digests"), 0);

	assert_non_null(d);
	return d;
}

static void records_of_confidential_space_say_what_they_are_of(void **state)
{
	struct ev_span item;
	const json_t *e;
	json_t *shown;

	(void)state;
	vectors_need();
	vectors_read("eventlog/cel-cos-tdx.bin", &item);
	shown = show_json("cel-tlv", item);
	assert_int_equal(show_n_events(shown), 18);
	e = show_event(shown, 2);
	show_counts(e, "event", 3);
	show_says(e, "recordNumber", "2");
	show_says(e, "register", "rtmr3");
	show_says(e, "name", "restart-policy");
	show_says(e, "value", "Never");
	show_says(e, "line", "    3  rtmr3  restart-policy  Never  matches");
	show_says(first_digest(e), "bank", "sha384");
	show_counts(first_digest(e), "offset", 375);
	show_says(first_digest(e), "verdict", "matches");
	show_says(show_event(shown, 17), "line",
		  "   18  rtmr3  launch-separator  matches");
	show_says(json_object_get(shown, "end"), "how", "clean");
	json_decref(shown);
}

#define RECNUM(n) "\0\0\0\0\x08\0\0\0\0\0\0\0" n
#define PCR(n)	  "\x01\0\0\0\x01" n
#define MR(n)	  "\x6c\0\0\0\x01" n
#define SHA1                                                                   \
	"\x03\0\0\0\x19\x04\0\0\0\x14"                                         \
	"dddddddddddddddddddd"
#define UNKNOWN				   "\x03\0\0\0\x05\x77\0\0\0\0"
#define NONE				   "\x03\0\0\0\0"
#define OPAQUE				   "\x05\0\0\0\x01x"
#define COS_99				   "\x50\0\0\0\x05\x63\0\0\0\0"
#define EMPTY				   "\x50\0\0\0\0"
#define RECORD(n, where, digests, content) RECNUM(n) where digests content

static void other_records_are_shown_as_far_as_they_are_known(void **state)
{
	/* A wrong SHA-1, an algorithm that nobody knows, none at all. */
	static const char log[] = RECORD("\0", PCR("\x0d"), SHA1, OPAQUE)
		RECORD("\x07", MR("\0"), UNKNOWN, COS_99)
			RECORD("\x02", MR("\x09"), NONE, EMPTY) "\x01";
	const json_t *e;
	json_t *shown = show_json("cel-tlv", EV_SPAN_LITERAL(log));

	(void)state;
	assert_int_equal(show_n_events(shown), 3);
	e = show_event(shown, 0);
	show_says(e, "register", "pcr13");
	show_says(first_digest(e), "verdict", "mismatch");
	show_says(e, "content", "050000000178");
	show_says(e, "line", "    1  pcr13  content type 5, 6 bytes  mismatch");
	e = show_event(shown, 1);
	show_says(e, "register", "mrtd");
	show_counts(e, "cosType", 99);
	show_says(e, "odd", "a record number out of order");
	show_says(first_digest(e), "verdict", "not-recomputable");
	show_says(show_event(shown, 2), "register", "mr9");
	show_says(json_object_get(shown, "end"), "how", "truncated");
	show_says(json_object_get(shown, "end"), "refused",
		  "cel-tlv.record: recnum at byte 124: want 4, found 0");
	json_decref(shown);
}

#define SHA256_A                                                               \
	"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

static void records_of_systemd_say_what_was_measured(void **state)
{
	static const char log[] =
		"\x1e{\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha256\","
		"\"digest\":\"" SHA256_A "\"}],\"content_type\":\"systemd\","
		"\"content\":{\"string\":\"a\",\"eventType\":\"phase\"}}\n"
		"\x1e{\"digests\":[{\"hashAlg\":\"sha256\","
		"\"digest\":\"" SHA256_A "\"}],"
		"\"content\":{\"string\":\"secret\"}}\n"
		"\x1e{]\n";
	const json_t *e;
	json_t *shown = show_json("cel-json", EV_SPAN_LITERAL(log));

	(void)state;
	assert_int_equal(show_n_events(shown), 3);
	e = show_event(shown, 0);
	show_says(e, "register", "pcr11");
	show_says(e, "contentType", "systemd");
	show_says(e, "type", "phase");
	show_says(e, "text", "a");
	show_says(e, "line", "    1  pcr11  phase  a  matches");
	show_says(first_digest(e), "value", SHA256_A);
	e = show_event(shown, 1);
	show_says(e, "register", "none");
	show_says(first_digest(e), "verdict", "not-recomputable");
	e = show_event(shown, 2);
	assert_non_null(json_object_get(e, "refused"));
	assert_null(json_object_get(e, "digests"));
	show_says(json_object_get(shown, "end"), "how", "clean");
	json_decref(shown);
}

static void the_table_is_shown_field_by_field(void **state)
{
	struct ev_span item;
	json_t *shown;
	uint8_t *p;

	(void)state;
	vectors_need();
	vectors_read("eventlog/goev-ccel-CCEL.bin", &item);
	shown = show_json("acpi-ccel-table", item);
	show_says(shown, "signature", "CCEL");
	show_says(shown, "oemId", "INTEL ");
	show_counts(shown, "ccType", 2);
	show_says(shown, "logAreaMinimumLength", "65536");
	assert_true(json_is_true(json_object_get(shown, "checksumRight")));
	json_decref(shown);
	p = parse_copy(item, item.n);
	p[9]++;
	shown = show_json("acpi-ccel-table", ev_span_of(p, item.n));
	assert_true(json_is_false(json_object_get(shown, "checksumRight")));
	json_decref(shown);
	free(p);
}

static void what_is_no_log_is_refused(void **state)
{
	(void)state;
	show_refuses("cel-tlv", EV_SPAN_LITERAL("\x05\0\0\0\0"), EV_VALUE,
		     "cel-tlv.record", "recnum");
	show_refuses("cel-json", EV_SPAN_LITERAL("{}"), EV_SYNTAX,
		     "systemd-log.record", "text");
	show_refuses("acpi-ccel-table", EV_SPAN_LITERAL("CCEL"), EV_TRUNCATED,
		     "acpi-ccel-table", "length");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			records_of_confidential_space_say_what_they_are_of),
		cmocka_unit_test(
			other_records_are_shown_as_far_as_they_are_known),
		cmocka_unit_test(records_of_systemd_say_what_was_measured),
		cmocka_unit_test(the_table_is_shown_field_by_field),
		cmocka_unit_test(what_is_no_log_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
