/* SPDX-License-Identifier: Apache-2.0 */
/* Boot event logs as JSON: the shape, and every log at hand. */
#include "evidence/show.h"

#include "evidence/base/json.h"
#include "evidence/tcg_log.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

typedef enum ev_code (*show_function)(struct ev_span item, struct ev_writer *w,
				      struct ev_error *err);

/* The fields of the item; the caller frees. */
static char *fields_of(show_function show, struct ev_span item)
{
	struct ev_writer *w = ev_writer_new();
	struct ev_error err = { 0 };
	char *text;

	assert_non_null(w);
	ev_write_object(w, NULL);
	assert_int_equal(show(item, w, &err), EV_OK);
	ev_write_end(w);
	text = ev_writer_finish(w, NULL);
	ev_writer_free(w);
	assert_non_null(text);
	return text;
}

static json_t *shown(show_function show, const char *path)
{
	struct ev_error err = { 0 };
	struct ev_span item;
	json_t *v = NULL;
	char *text;

	assert_true(vectors_read(path, &item));
	text = fields_of(show, item);
	assert_int_equal(ev_json_parse(ev_span_str(text), strlen(text), "test",
				       &v, &err),
			 EV_OK);
	free(text);
	return v;
}

static void text_is(const json_t *v, const char *name, const char *want)
{
	const char *have = json_string_value(json_object_get(v, name));

	assert_non_null(have);
	assert_string_equal(have, want);
}

static void a_small_log(void **state)
{
	static const uint8_t log[] = "\x07\0\0\0\x04\0\0\0"
				     "\x90\x69\xca\x78\xe7\x45\x0a\x28\x51\x73"
				     "\x43\x1b\x3e\x52\xc5\xc2\x52\x99\xe4\x73"
				     "\x04\0\0\0\0\0\0\0";
	char *text =
		fields_of(ev_show_tcg_log, ev_span_of(log, sizeof(log) - 1));

	(void)state;
	assert_string_equal(
		text,
		"{\"banks\":[{\"alg\":4,\"bank\":\"sha1\",\"size\":20}],"
		"\"end\":{\"how\":\"clean\",\"offset\":36},\"events\":[{"
		"\"digests\":[{\"bank\":\"sha1\",\"length\":20,\"offset\":8,"
		"\"value\":\"9069ca78e7450a285173431b3e52c5c25299e473\","
		"\"verdict\":\"matches\"}],\"event\":1,\"fields\":{\"data\":{"
		"\"length\":4,\"offset\":32,\"value\":\"00000000\"}},"
		"\"length\":36,\"line\":\"    1  pcr7   EV_SEPARATOR             "
		"         00000000  matches\",\"offset\":0,\"register\":\"pcr7\","
		"\"type\":\"EV_SEPARATOR\"}],\"format\":\"legacy\"}");
	free(text);
}

static void ccel_names_measurement_registers(void **state)
{
	ev_auto_json json_t *v = NULL;
	const json_t *events, *first;

	(void)state;
	vectors_need();
	v = shown(ev_show_ccel_log, "eventlog/trustee-CCEL_data_grub_gke.bin");
	text_is(v, "format", "ccel");
	text_is(json_object_get(v, "end"), "how", "padding");
	text_is(json_object_get(v, "end"), "pad", "ff");
	events = json_object_get(v, "events");
	assert_int_equal(json_array_size(events), 35);
	first = json_array_get(events, 0);
	text_is(first, "type", "EV_NO_ACTION");
	text_is(first, "register", "mrtd");
	text_is(json_array_get(events, 34), "register", "rtmr1");
}

static void ends_are_told_apart(void **state)
{
	ev_auto_json json_t *cut = NULL;
	ev_auto_json json_t *hidden = NULL;

	(void)state;
	vectors_need();
	cut = shown(ev_show_tcg_log, "eventlog/malformed/trunc-in-digests.bin");
	text_is(json_object_get(cut, "end"), "how", "truncated");
	assert_non_null(
		json_object_get(json_object_get(cut, "end"), "refused"));
	hidden = shown(ev_show_tcg_log,
		       "eventlog/malformed/ff-pad-then-event.bin");
	text_is(json_object_get(hidden, "end"), "how", "data-after-padding");
	assert_non_null(
		json_object_get(json_object_get(hidden, "end"), "firstOther"));
}

static void a_refused_header_is_refused(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(ev_show_tcg_log(EV_SPAN_LITERAL("abc"), NULL, &err),
			 EV_TRUNCATED);
	parse_expect(&err, EV_TRUNCATED, "tcg-log.header", "pcrIndex");
}

static size_t show_folder(const char *folder, size_t *events)
{
	const char *const *names;
	size_t n, files = 0;

	assert_true(vectors_list(folder, &names, &n));
	for (size_t i = 0; i < n; i++) {
		size_t end = strlen(names[i]);
		struct ev_error err = { 0 };
		struct ev_span item;
		json_t *v;

		if (end < 4 || strcmp(names[i] + end - 4, ".bin") != 0)
			continue;
		vectors_read(vectors_join(folder, names[i]), &item);
		if (ev_show_ccel_log(item, NULL, &err) != EV_OK)
			continue;
		v = shown(ev_show_ccel_log, vectors_join(folder, names[i]));
		*events += json_array_size(json_object_get(v, "events"));
		json_decref(v);
		free(fields_of(ev_show_tcg_log, item));
		files++;
	}
	return files;
}

/* Also what is no log but reads as one for a while. */
static void every_vector_is_shown(void **state)
{
	size_t files, events = 0;

	(void)state;
	vectors_need();
	files = show_folder("eventlog", &events) +
		show_folder("eventlog/malformed", &events);
	printf("# %zu files, %zu events\n", files, events);
	assert_true(files > 80 && events > 4000);
}

/* Events that are not written are counted. */
static void a_long_log_is_cut(void **state)
{
	const size_t n = 65536 + 2;
	uint8_t *log = calloc(n, 32);
	char *text;

	(void)state;
	assert_non_null(log);
	for (size_t i = 0; i < n; i++)
		log[32 * i + 4] = 5;
	text = fields_of(ev_show_tcg_log, ev_span_of(log, 32 * n));
	assert_non_null(strstr(text, "\"eventsLeftOut\":\"2\""));
	free(text);
	free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_log),
		cmocka_unit_test(ccel_names_measurement_registers),
		cmocka_unit_test(ends_are_told_apart),
		cmocka_unit_test(a_refused_header_is_refused),
		cmocka_unit_test(every_vector_is_shown),
		cmocka_unit_test(a_long_log_is_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
