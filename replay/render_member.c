/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a report, by name. */
#include "replay/render_member.h"

#include "evidence/base/json.h"

#include <stdio.h>

#define SHORT_DIGITS 16

json_t *rp_report_load(struct ev_span report)
{
	struct ev_error err = { 0 };
	json_t *r = NULL;

	if (ev_json_parse(report, report.n, "report", &r, &err) != EV_OK)
		return NULL;
	return r;
}

const char *rp_verdict_word(const json_t *report)
{
	const char *v = rp_member_text(report, "verdict", NULL, NULL);

	if (strcmp(v, "pass") == 0)
		return "PASS";
	return strcmp(v, "fail") == 0 ? "FAIL" : "INCOMPLETE";
}

const char *rp_member_text(const json_t *v, const char *a, const char *b,
			   const char *c)
{
	v = json_object_get(v, a);
	if (b != NULL)
		v = json_object_get(v, b);
	if (c != NULL)
		v = json_object_get(v, c);
	return json_is_string(v) ? json_string_value(v) : "";
}

json_int_t rp_member_int(const json_t *v, const char *name)
{
	return json_integer_value(json_object_get(v, name));
}

bool rp_member_is_true(const json_t *v, const char *name)
{
	return json_is_true(json_object_get(v, name));
}

const char *rp_member_mark(const json_t *v)
{
	return v == NULL || rp_member_is_true(v, "trusted")
		       ? ""
		       : "   [not trusted]";
}

const char *rp_member_digest(const json_t *v, const char *name, bool full,
			     rp_digest_text out)
{
	const char *hex = rp_member_text(v, name, NULL, NULL);

	if (full || strlen(hex) <= SHORT_DIGITS)
		snprintf(out, sizeof(rp_digest_text), "%.131s", hex);
	else
		snprintf(out, sizeof(rp_digest_text), "%.16s...", hex);
	return out;
}

const json_t *rp_area_nth(const json_t *facts, const char *area, size_t n)
{
	const json_t *v = json_object_get(facts, area);

	if (json_is_array(v))
		return json_array_get(v, n);
	return n == 0 ? v : NULL;
}

const json_t *rp_area_of(const json_t *facts, const char *area,
			 const char *member, const char *text, size_t n)
{
	const json_t *v;

	for (size_t i = 0; (v = rp_area_nth(facts, area, i)) != NULL; i++)
		if (strcmp(rp_member_text(v, member, NULL, NULL), text) == 0 &&
		    n-- == 0)
			return v;
	return NULL;
}

const json_t *rp_unless_beside(const json_t *v)
{
	return json_is_false(json_object_get(v, "decides")) ? NULL : v;
}

bool rp_rests_on_simulated(const json_t *report)
{
	const json_t *anchor;
	size_t i;

	json_array_foreach (json_object_get(report, "anchors"), i, anchor)
		if (rp_member_is_true(anchor, "used") &&
		    rp_member_is_true(anchor, "simulated"))
			return true;
	return false;
}
