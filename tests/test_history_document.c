/* SPDX-License-Identifier: Apache-2.0 */
/* A history told: 80 columns, nothing from outside that a terminal or a
 * browser would obey, and JSON that is canonical. */
#include "audit/history/history_document.h"
#include "evidence/base/json.h"
#include "tests/history_sample.h"

#define T1 "2026-01-01T00:00:00Z"
#define T2 "2026-01-05T00:00:00Z"

static const struct sample_report reports[] = {
	{ .id = '1', .time = T1, .value = 'a', .tcb = "UpToDate", .hcl = true },
	{ .id = '2',
	  .time = T2,
	  .value = 'a',
	  .tcb = "OutOfDate",
	  .verdict = "fail",
	  .basis = "proven" },
	{ .id = '3', .time = T2, .value = 'b', .hcl = true },
	{ .id = '4', .time = T1, .value = 'c', .debug = true },
};

static const char public_text[] =
	"{\"list\":[{\"place\":\"<b>\\u202e\",\"platform\":\"tdx\","
	"\"register\":\"mrtd\",\"remarks\":\"'\\\"&\",\"source\":\"<s>\","
	"\"value\":\"dddddddddddddddddddddddddddddddddddddddddddddddd"
	"dddddddddddddddddddddddddddddddddddddddddddddddd\"}],"
	"\"sightings\":\"ecart-sightings/1\"}";

static struct au_sightings public;
static struct au_sights sights;
static struct au_history history;
static struct au_lines lines;

static int make(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		au_sightings_parse(ev_span_str(public_text), &public, &err),
		EV_OK);
	sample_history(reports, 4, NULL, &public, &sights, &history);
	return !au_lines_find(&history, &lines);
}

static int drop(void **state)
{
	(void)state;
	au_lines_free(&lines);
	au_history_free(&history);
	au_sights_free(&sights);
	au_sightings_free(&public);
	return 0;
}

static const char *text_in(struct ev_buffer *out)
{
	ev_buffer_add_byte(out, 0);
	assert_true(ev_buffer_ok(out));
	return (const char *)out->p;
}

static void text_has_80_columns_of_ascii(void **state)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	const char *text;
	size_t column = 0;

	(void)state;
	au_history_text(&history, &lines, false, &out);
	text = text_in(&out);
	for (const char *p = text; *p != '\0'; p++) {
		column = *p == '\n' ? 0 : column + 1;
		assert_true(column <= 80);
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	}
	assert_non_null(strstr(text, "aaaaaaaaaaaaaaaa  " T1 "  " T2
				     "         2         0\n"));
	assert_non_null(strstr(text, "UpToDate TEE_TCB_SVN 0d0104"));
	assert_non_null(strstr(text, "1 fail"));
	assert_non_null(strstr(text, "public alone"));
	assert_non_null(strstr(text, "debug: "));
	assert_null(strstr(text, "known build"));
}

static void full_text_has_every_digit(void **state)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	char want[97];
	const char *text;

	(void)state;
	au_history_text(&history, &lines, true, &out);
	text = text_in(&out);
	memset(want, 'a', 96);
	want[96] = '\0';
	assert_non_null(strstr(text, want));
	assert_non_null(strstr(text, SAMPLE_SVN));
	memset(want, '2', 64);
	want[64] = '\0';
	assert_non_null(strstr(text, want));
}

static void a_page_escapes_what_the_public_says(void **state)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	const char *text;

	(void)state;
	au_history_html(&history, &lines, &out);
	text = text_in(&out);
	assert_null(strstr(text, "<b>"));
	assert_null(strstr(text, "<s>"));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_non_null(strstr(text, "&lt;b&gt;"));
	assert_non_null(strstr(text, "by the public alone: no evidence"));
	assert_non_null(strstr(text, "MRTD; public: "));
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "://"));
}

/* Anybody can make measurements by the thousand; a page must still open. */
static void a_page_has_room_for_a_thousand_rows(void **state)
{
	enum { MANY = 1500 };
	static struct au_archive_seen archive;
	static struct au_observation item[MANY];
	static struct au_level_seen level;
	static struct au_row row[MANY];
	struct au_sights s = { .archive = &archive, .n_archives = 1 };
	struct au_history h = {
		.sights = &s, .row = row, .n = MANY, .n_seen = MANY
	};
	struct au_lines none = { 0 };
	ev_auto_buffer struct ev_buffer out = { 0 };
	const char *text;
	size_t n = 0;

	(void)state;
	level.as = item;
	for (size_t i = 0; i < MANY; i++) {
		item[i].value[1] = (uint8_t)i;
		item[i].value[2] = (uint8_t)(i >> 8);
		row[i] = (struct au_row){ .reg = &au_registers[0],
					  .value = item[i].value,
					  .item = &item[i],
					  .n = 1,
					  .level = &level,
					  .n_levels = 1,
					  .archives = 1 };
	}
	au_history_html(&h, &none, &out);
	text = text_in(&out);
	for (const char *p = text; (p = strstr(p, "<section")) != NULL; p++)
		n++;
	assert_int_equal(n, 1000);
	assert_non_null(strstr(text, "first 1000 of 1500 measurements"));
}

/* What the public says takes no room from evidence, however old it is. */
static void a_page_has_evidence_whatever_the_public_saw(void **state)
{
	enum { MANY = 1500 };
	static struct au_sighting sighting[MANY];
	static struct au_observation item;
	static struct au_row row[MANY + 1];
	static struct au_level_seen level;
	struct au_archive_seen archive = { .time = 2000000000 };
	struct au_sights s = { .archive = &archive, .n_archives = 1 };
	struct au_history h = {
		.sights = &s, .row = row, .n = MANY + 1, .n_seen = 1
	};
	struct au_lines none = { 0 };
	ev_auto_buffer struct ev_buffer out = { 0 };
	const char *text;

	(void)state;
	level.as = &item;
	for (size_t i = 0; i < MANY; i++) {
		sighting[i].value[1] = (uint8_t)i;
		sighting[i].value[2] = (uint8_t)(i >> 8);
		sighting[i].place = ev_span_str("P");
		sighting[i].source = ev_span_str("S");
		row[i] = (struct au_row){ .reg = &au_registers[0],
					  .value = sighting[i].value,
					  .sighting = &sighting[i],
					  .n_sightings = 1 };
	}
	memset(item.value, 0xee, sizeof(item.value));
	row[MANY] = (struct au_row){ .reg = &au_registers[0],
				     .value = item.value,
				     .item = &item,
				     .n = 1,
				     .level = &level,
				     .n_levels = 1,
				     .archives = 1 };
	au_history_html(&h, &none, &out);
	text = text_in(&out);
	assert_non_null(strstr(text, "<section id=\"m-mrtd-eeee"));
	assert_non_null(strstr(text, "first 500 of 1500 values"));
}

static void json_is_canonical_and_names_no_machine(void **state)
{
	struct ev_error err = { 0 };
	size_t n = 0;
	char *text = au_history_json(&history, &lines, &n);

	(void)state;
	assert_non_null(text);
	assert_int_equal(ev_json_check_canonical(ev_span_of(text, n), NULL,
						 "history", &err),
			 EV_OK);
	assert_non_null(strstr(text, "\"firstSeen\":{\"archive\":\"1111"));
	assert_non_null(strstr(text, "\"lastSeen\":{\"archive\":\"2222"));
	assert_non_null(strstr(text, "\"basis\":\"public\""));
	assert_non_null(strstr(text, "\"seen\":\"public\""));
	assert_non_null(strstr(text, "\"line\":\"tdx.mrtd.hcl\""));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_has_80_columns_of_ascii),
		cmocka_unit_test(full_text_has_every_digit),
		cmocka_unit_test(a_page_escapes_what_the_public_says),
		cmocka_unit_test(a_page_has_room_for_a_thousand_rows),
		cmocka_unit_test(a_page_has_evidence_whatever_the_public_saw),
		cmocka_unit_test(json_is_canonical_and_names_no_machine),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, drop);
}
