/* SPDX-License-Identifier: Apache-2.0 */
/* Histories and vouchers as JSON. */
#include "audit/references/history_json.h"

#include "audit/json_set.h"
#include "evidence/base/time.h"

#include <inttypes.h>
#include <stdio.h>

void au_claimed_time(int64_t time, char out[AU_CLAIMED_TIME])
{
	if (time >= EV_TIME_MIN && time <= EV_TIME_MAX)
		ev_time_format(time, out);
	else
		snprintf(out, AU_CLAIMED_TIME, "@%" PRId64, time);
}

static bool set_time(json_t *obj, const char *member, int64_t t)
{
	char text[AU_CLAIMED_TIME];

	au_claimed_time(t, text);
	return au_set_str(obj, member, text);
}

static bool set_true(json_t *obj, const char *member, bool value)
{
	return !value || au_set(obj, member, json_true());
}

static json_t *whole(json_t *obj, bool good)
{
	if (good)
		return obj;
	json_decref(obj);
	return NULL;
}

json_t *au_voucher_json(const struct au_voucher *voucher)
{
	const struct au_voucher *v = voucher;
	json_t *out = json_object();
	const char *kind = v->kind == AU_VOUCHER_NONE
				   ? NULL
				   : au_voucher_kind_name(v->kind);

	return whole(out,
		     au_set_str(out, "state", v->state) &&
			     au_set_str(out, "kind", kind) &&
			     au_set_str(out, "object", v->object) &&
			     au_set_str(out, "signature", v->signature) &&
			     au_set_str(out, "principals", v->principals) &&
			     au_set_str(out, "key", v->fingerprint) &&
			     au_set_str(out, "algorithm", v->algorithm) &&
			     (!v->has_time || set_time(out, "time", v->time)) &&
			     au_set_str(out, "reason", v->reason));
}

static json_t *status_json(const struct au_reference_change *c)
{
	json_t *out = json_object();

	return whole(out, au_set_str(out, "from", au_state_name(c->from)) &&
				  au_set_str(out, "to", au_state_name(c->to)) &&
				  set_time(out, "since", c->since) &&
				  au_set_str(out, "reason", c->reason));
}

/* The names between commas. */
static json_t *members_json(const char *names)
{
	json_t *out = json_array();

	while (*names != '\0') {
		size_t n = strcspn(names, ",");

		if (json_array_append_new(out, json_stringn(names, n)) != 0)
			return whole(out, false);
		names += n + (names[n] == ',');
	}
	return out;
}

static bool set_change(json_t *out, const struct au_reference_change *c)
{
	return set_true(out, "fromUnreadable", c->from_unreadable) &&
	       (!c->status || au_set(out, "status", status_json(c))) &&
	       (c->n_added + c->n_removed == 0 ||
		au_set(out, "measurements",
		       json_pack("{s:I,s:I}", "added", (json_int_t)c->n_added,
				 "removed", (json_int_t)c->n_removed))) &&
	       (c->members[0] == '\0' ||
		au_set(out, "members", members_json(c->members)));
}

json_t *au_event_json(const struct au_event *event)
{
	const struct au_event *e = event;
	json_t *out = json_object();

	return whole(out,
		     au_set_str(out, "kind", au_event_kind_name(e->kind)) &&
			     au_set_str(out, "commit", e->commit) &&
			     set_time(out, "time", e->time) &&
			     au_set_str(out, "author", e->author) &&
			     au_set_str(out, "state", e->state) &&
			     au_set(out, "signature",
				    au_voucher_json(&e->voucher)) &&
			     au_set_str(out, "restores", e->restores) &&
			     set_true(out, "timeGoesBack", e->time_goes_back) &&
			     au_set_str(out, "reason", e->reason) &&
			     set_change(out, &e->change));
}

json_t *au_known_json(const struct au_known *known, const char *commit)
{
	json_t *out = json_object();

	return whole(out, au_set_str(out, "state",
				     au_known_state_name(known->state)) &&
				  au_set_str(out, "commit", commit) &&
				  au_set_str(out, "reason", known->reason));
}

static json_t *events_json(const struct au_reference_history *h)
{
	json_t *out = json_array();

	for (size_t i = h->n; i > 0; i--) {
		if (json_array_append_new(out,
					  au_event_json(&h->event[i - 1])) != 0)
			return whole(out, false);
	}
	return out;
}

/* "references/PRODUCT/VERSION.json". */
static bool set_names(json_t *out, const char *path)
{
	const char *product = strchr(path, '/') + 1;
	const char *slash = strchr(product, '/');
	struct ev_span p, v;
	char again[AU_PATH_MAX];

	if (slash == NULL)
		return true;
	p = ev_span_of(product, (size_t)(slash - product));
	v = ev_span_of(slash + 1, strlen(slash + 1) - strlen(".json"));
	if (!au_reference_path(p, v, again))
		return true;
	return au_set(out, "product", json_stringn((const char *)p.p, p.n)) &&
	       au_set(out, "version", json_stringn((const char *)v.p, v.n));
}

json_t *au_vouched_json(const char *path, const struct au_vouched *vouched)
{
	const struct au_reference_history *h = vouched->history;
	json_t *out = json_object();
	char shown[AU_PATH_MAX];

	ev_show(ev_span_str(path), shown, sizeof(shown));
	return whole(
		out,
		au_set_str(out, "path", shown) && set_names(out, path) &&
			au_set(out, "present", json_boolean(h->is_present)) &&
			au_set_str(out, "end",
				   au_reference_history_end_name(h->end)) &&
			au_set_str(out, "dropped", h->dropped) &&
			au_set(out, "signature",
			       au_voucher_json(vouched->by)) &&
			au_set(out, "events", events_json(h)));
}
