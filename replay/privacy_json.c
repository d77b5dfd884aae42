/* SPDX-License-Identifier: Apache-2.0 */
/* Ways through JSON, and the layers around it. */
#include "replay/privacy_row.h"

#include "evidence/base/base64.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"
#include "evidence/base/json_scan.h"
#include "evidence/hcl.h"
#include "evidence/imds.h"
#include "evidence/jwt.h"

#include <stdio.h>
#include <stdlib.h>

/* --- the walk --- */

struct walk {
	const struct rp_layer *layer;
	const struct rp_trace *as;
	struct rp_traces *out;
};

/* Objects and arrays say nothing by themselves, nor does an empty text. */
static void visit(const struct walk *w, struct ev_span value)
{
	if (value.p[0] == '{' || value.p[0] == '[')
		return;
	if (value.p[0] == '"')
		value = ev_span_sub(value, 1, value.n - 2);
	if (value.n > 0)
		rp_trace_add(w->out, w->as, w->layer, value, RP_TRACE_TEXT);
}

/* "=KID": an object whose member kid is that text. */
static bool has_kid(struct ev_span object, const char *kid)
{
	struct ev_span value;

	return ev_json_member(object, "kid", &value) && value.n >= 2 &&
	       ev_span_eq(ev_span_sub(value, 1, value.n - 2), ev_span_str(kid));
}

static void follow(const struct walk *w, struct ev_span value,
		   const char *const *path);

static void follow_elements(const struct walk *w, struct ev_span array,
			    const char *const *path)
{
	struct ev_json_scan s = { .text = array, .at = 1 };

	if (array.n == 0 || array.p[0] != '[')
		return;
	while (ev_json_scan_space(&s) && array.p[s.at] != ']') {
		size_t start = s.at;
		struct ev_span element;

		if (!ev_json_scan_value(&s))
			return;
		element = ev_span_sub(array, start, s.at - start);
		if (path[0][0] == '*' || has_kid(element, path[0] + 1))
			follow(w, element, path + 1);
		if (!ev_json_scan_space(&s) || array.p[s.at] != ',')
			return;
		s.at++;
	}
}

/* As deep as paths are long. */
static void follow(const struct walk *w, struct ev_span value,
		   const char *const *path)
{
	if (path[0] == NULL)
		visit(w, value);
	else if (path[0][0] == '*' || path[0][0] == '=')
		follow_elements(w, value, path);
	else if (ev_json_member(value, path[0], &value))
		follow(w, value, path + 1);
}

static void walk(const struct rp_privacy_row *row, const struct rp_layer *layer,
		 const struct rp_trace *as, struct rp_traces *out)
{
	const struct walk w = { layer, as, out };

	follow(&w, layer->bytes, row->path);
}

/* --- what it goes through --- */

/* Refuses what is no JSON, in which no member would be found either. */
static enum ev_code check(struct ev_span text, struct ev_error *err)
{
	struct ev_json_scan s = { .text = text };

	if (ev_json_scan_value(&s) && !ev_json_scan_space(&s))
		return EV_OK;
	return ev_fail(err, EV_SYNTAX, "json", "text", s.at, "JSON",
		       "another text");
}

void rp_find_json(const struct rp_privacy_row *row, struct ev_span item,
		  const struct rp_trace *as, struct rp_traces *out,
		  struct ev_error *err)
{
	const struct rp_layer layer = { .item = item, .bytes = item };

	if (check(item, err) == EV_OK)
		walk(row, &layer, as, out);
}

void rp_find_notes(const struct rp_privacy_row *row, struct ev_span item,
		   const struct rp_trace *as, struct rp_traces *out,
		   struct ev_error *err)
{
	const struct rp_layer layer = { .item = item, .bytes = item };
	struct rp_traces found = { 0 };
	char words[160];

	rp_find_json(row, item, as, &found, err);
	out->no_memory |= found.no_memory;
	if (found.n > 0) {
		const struct rp_trace *t = &found.list[0];

		snprintf(words, sizeof(words), "%zu texts, the first: %.*s",
			 found.n, (int)(t->n < 80 ? t->n : 80),
			 (const char *)t->value);
		rp_trace_about(out, as, &layer,
			       ev_span_sub(item, t->offset, t->length), words);
	}
	rp_traces_free(&found);
}

void rp_find_hcl_json(const struct rp_privacy_row *row, struct ev_span item,
		      const struct rp_trace *as, struct rp_traces *out,
		      struct ev_error *err)
{
	struct rp_layer layer = { .item = item };
	struct ev_hcl hcl;

	if (ev_hcl_parse(item, &hcl, err) != EV_OK ||
	    check(hcl.runtime_data, err) != EV_OK)
		return;
	layer.bytes = hcl.runtime_data;
	walk(row, &layer, as, out);
}

void rp_find_jwt(const struct rp_privacy_row *row, struct ev_span item,
		 const struct rp_trace *as, struct rp_traces *out,
		 struct ev_error *err)
{
	struct rp_layer layer = { .item = item, .within = "base64url" };
	struct ev_jwt jwt;

	if (ev_jwt_parse(item, &jwt, err) != EV_OK)
		return;
	layer.text = jwt.payload_text;
	layer.bytes = jwt.payload;
	walk(row, &layer, as, out);
	ev_jwt_free(&jwt);
}

/* In the signed content, which stands in one piece in the message, decoded
 * from base64 or not. */
void rp_find_imds(const struct rp_privacy_row *row, struct ev_span item,
		  const struct rp_trace *as, struct rp_traces *out,
		  struct ev_error *err)
{
	bool bare = strcmp(row->kind, "cms") == 0;
	struct rp_layer layer = { .item = item };
	struct ev_imds imds;

	if (bare && !ev_imds_is_document(item))
		return;
	if ((bare ? ev_imds_message_parse : ev_imds_parse)(item, &imds, err) !=
	    EV_OK)
		return;
	if (!bare) {
		layer.text = imds.signature;
		layer.within = "base64";
	}
	layer.bytes = imds.cms.message;
	follow(&(struct walk){ &layer, as, out }, imds.cms.content, row->path);
	ev_imds_free(&imds);
}
