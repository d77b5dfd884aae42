/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: JSON from parsing to the canonical form and back; nodes are what
 * jansson reads. */
#include "evidence/base/json.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/json_write.h"
#include "tests/fuzz/target.h"
#include "tests/node_equal.h"

#include <stdlib.h>

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What our writer accepts is what jansson dumps. */
static void check_canonical(struct ev_span text, const json_t *v)
{
	struct ev_error err = { 0 };
	ev_auto_free char *dump =
		json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	if (ev_json_check_canonical(text, v, "fuzz", &err) != EV_OK)
		return;
	require(dump != NULL && ev_span_eq(text, ev_span_str(dump)));
}

/* Taking white space out changes no value, and is done at once. */
static void check_compact(struct ev_span text, const json_t *v)
{
	ev_auto_buffer struct ev_buffer once = { 0 };
	ev_auto_buffer struct ev_buffer twice = { 0 };
	ev_auto_json json_t *again = NULL;
	struct ev_error err = { 0 };

	ev_json_compact(text, &once);
	ev_json_compact(ev_buffer_span(&once), &twice);
	require(ev_span_eq(ev_buffer_span(&once), ev_buffer_span(&twice)));
	if (v == NULL)
		return;
	require(ev_json_parse(ev_buffer_span(&once), text.n, "fuzz", &again,
			      &err) == EV_OK);
	require(json_equal(again, v));
}

/* A slice is the value that jansson finds under that name. */
static void check_member(struct ev_span text, const json_t *v)
{
	ev_auto_json json_t *part = NULL;
	struct ev_error err = { 0 };
	struct ev_span slice;

	if (!ev_json_member(text, "a", &slice))
		return;
	require(slice.p >= text.p && slice.n > 0 &&
		slice.p + slice.n <= text.p + text.n);
	if (v == NULL)
		return;
	require(ev_json_parse(slice, text.n, "fuzz", &part, &err) == EV_OK);
	require(json_equal(part, json_object_get(v, "a")));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ev_span text = ev_span_of(bytes, n);
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	ev_auto_free char *foreign = NULL;
	ev_auto_json json_t *v = NULL;
	struct ev_error err = { 0 };
	enum ev_code code;

	json_object_seed(1);
	code = ev_json_parse(text, n, "fuzz", &v, &err);
	require(code != EV_TROUBLE && (code == EV_OK) == (v != NULL));
	if (v != NULL)
		check_canonical(text, v);
	check_compact(text, v);
	check_member(text, v);
	require(node_reads_as_jansson(text));
	require(w != NULL);
	ev_write_foreign(w, NULL, text);
	foreign = ev_writer_finish(w, NULL);
	require(foreign != NULL);
	return 0;
}
