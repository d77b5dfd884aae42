/* SPDX-License-Identifier: Apache-2.0 */
/* What the show function of a kind writes, read back. */
#ifndef TESTS_SHOW_CASE_H
#define TESTS_SHOW_CASE_H

#include "evidence/base/json.h"
#include "evidence/kind.h"
#include "tests/parse_case.h"

/* The caller owns the object. */
static inline json_t *show_json(const char *kind, struct ev_span item)
{
	const struct ev_kind *k = ev_kind_find(ev_span_str(kind));
	struct ev_writer *w = ev_writer_new();
	struct ev_error err = { 0 };
	json_t *shown = NULL;
	char *text;
	size_t n;

	assert_non_null(k);
	assert_non_null(w);
	ev_write_object(w, NULL);
	assert_int_equal(k->show(item, w, &err), EV_OK);
	ev_write_end(w);
	text = ev_writer_finish(w, &n);
	assert_non_null(text);
	assert_int_equal(
		ev_json_parse(ev_span_of(text, n), n, "show", &shown, &err),
		EV_OK);
	free(text);
	ev_writer_free(w);
	return shown;
}

static inline void show_refuses(const char *kind, struct ev_span item,
				enum ev_code code, const char *object,
				const char *field)
{
	const struct ev_kind *k = ev_kind_find(ev_span_str(kind));
	struct ev_error err = { 0 };

	assert_non_null(k);
	assert_int_equal(k->show(item, NULL, &err), code);
	parse_expect(&err, code, object, field);
}

/* Entry i of member "events". */
static inline const json_t *show_event(const json_t *shown, size_t i)
{
	const json_t *e = json_array_get(json_object_get(shown, "events"), i);

	assert_non_null(e);
	return e;
}

static inline size_t show_n_events(const json_t *shown)
{
	return json_array_size(json_object_get(shown, "events"));
}

/* Member `name`, or member "value" of the object that it is. */
static inline const json_t *show_value(const json_t *v, const char *name)
{
	const json_t *m = json_object_get(v, name);

	if (json_is_object(m))
		m = json_object_get(m, "value");
	return m;
}

static inline void show_says(const json_t *v, const char *name,
			     const char *want)
{
	const char *text = json_string_value(show_value(v, name));

	if (text == NULL || strcmp(text, want) != 0)
		fail_msg("%s: %s", name, text != NULL ? text : "not there");
}

static inline void show_counts(const json_t *v, const char *name, int64_t want)
{
	const json_t *m = show_value(v, name);

	assert_true(json_is_integer(m));
	assert_int_equal(json_integer_value(m), want);
}

#endif
