/* SPDX-License-Identifier: Apache-2.0 */
/* The differences between two reports of the same evidence. */
#include "replay/hindsight.h"

#include "evidence/base/json.h"
#include "replay/render_member.h"

/* The checks of a report by "id subject". */
static json_t *index_checks(const json_t *report)
{
	json_t *index = json_object();
	const json_t *check;
	char *key;
	size_t i;

	json_array_foreach (json_object_get(report, "checks"), i, check) {
		if (asprintf(&key, "%s %s",
			     rp_member_text(check, "id", NULL, NULL),
			     rp_member_text(check, "subject", NULL, NULL)) < 0)
			break;
		json_object_set(index, key, (json_t *)(uintptr_t)check);
		free(key);
	}
	return index;
}

/* What a check came to; which bytes it read may differ. */
static bool same_finding(const json_t *a, const json_t *b)
{
	static const char *const members[] = {
		"outcome", "required", "waived", "want", "got", "reason"
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!json_equal(json_object_get(a, members[i]),
				json_object_get(b, members[i])) &&
		    json_object_get(a, members[i]) !=
			    json_object_get(b, members[i]))
			return false;
	return true;
}

static json_t *changed_checks(const json_t *then, const json_t *later)
{
	json_t *changed = json_array(), *before = index_checks(then);
	json_t *now = index_checks(later), *check;
	const char *key;

	json_object_foreach (now, key, check)
		if (!same_finding(json_object_get(before, key), check))
			json_array_append(changed, check);
	json_decref(before);
	json_decref(now);
	return changed;
}

/* Areas of facts are whole: what changed in one is seen beside the other. */
static json_t *changed_facts(const json_t *then, const json_t *later)
{
	json_t *changed = json_object(), *facts, *area;
	const json_t *before = json_object_get(then, "facts");
	const char *name;

	facts = json_object_get(later, "facts");
	json_object_foreach (facts, name, area)
		if (!json_equal(json_object_get(before, name), area))
			json_object_set(changed, name, area);
	return changed;
}

static json_t *differences(const json_t *then, const json_t *later)
{
	static const char *const whole[] = { "asOf", "verdict",
					     "notFromArchive", "windows" };
	json_t *out = json_object();

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		json_object_set(out, whole[i],
				json_object_get(later, whole[i]));
	json_object_set_new(out, "checks", changed_checks(then, later));
	json_object_set_new(out, "facts", changed_facts(then, later));
	return out;
}

char *rp_hindsight_merge(struct ev_span then, struct ev_span later, size_t *n)
{
	ev_auto_json json_t *a = rp_report_load(then);
	ev_auto_json json_t *b = rp_report_load(later);
	struct ev_error err = { 0 };
	char *text = NULL;

	if (a == NULL || b == NULL ||
	    json_object_set_new(a, "hindsight", differences(a, b)) != 0 ||
	    ev_json_canonical(a, "report", &text, n, &err) != EV_OK)
		return NULL;
	return text;
}
