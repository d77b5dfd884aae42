/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of a manifest's lists: a measurement, a state. */
#include "audit/references/reference_entry.h"

#include "audit/references/reference_member.h"

#include <stdio.h>

static const char object[] = "reference";

static enum ev_code parse_parameters(const json_t *entry,
				     struct au_measurement *m,
				     struct ev_error *err)
{
	static const char field[] = "measurements.parameters";
	json_t *all = json_object_get(entry, "parameters");
	const char *name;
	json_t *v;

	if (all == NULL)
		return EV_OK;
	if (!json_is_object(all) || json_object_size(all) == 0)
		return ev_fail(err, EV_SYNTAX, object, field, 0,
			       "a filled object, or no such member",
			       json_is_object(all) ? "{}"
						   : ev_json_type_word(all));
	if (json_object_size(all) > AU_PARAMETERS_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, field, 0,
				   AU_PARAMETERS_MAX, json_object_size(all));
	json_object_foreach (all, name, v) {
		struct ev_span text = { NULL, 0 };

		if (!au_text_is(AU_PARAMETER, ev_span_str(name)))
			return ev_fail_text(err, EV_VALUE, object, field, 0,
					    au_text_want(AU_PARAMETER),
					    ev_span_str(name));
		if (au_member_text(all, name, field, AU_PROSE, &text, err) !=
		    EV_OK)
			return err->code;
	}
	m->parameters = all;
	return EV_OK;
}

static const struct au_register *
find_register(struct ev_span platform, struct ev_span name, struct ev_span alg)
{
	for (size_t i = 0; i < au_n_registers; i++) {
		const struct au_register *r = &au_registers[i];

		if (ev_span_eq(platform, ev_span_str(r->platform_name)) &&
		    ev_span_eq(name, ev_span_str(r->name)) &&
		    ev_span_eq(alg, ev_span_str(r->alg)))
			return r;
	}
	return NULL;
}

static bool same_parameters(const struct au_measurement *a,
			    const struct au_measurement *b)
{
	if (a->parameters == NULL || b->parameters == NULL)
		return a->parameters == b->parameters;
	return json_equal(a->parameters, b->parameters) == 1;
}

/* Marks whether m has its register's default parameters; one set of
 * parameters gives one value, so the same set may not stand twice. */
static enum ev_code place_measurement(const struct au_reference *ref,
				      struct au_measurement *m,
				      struct ev_error *err)
{
	m->is_default = true;
	for (size_t i = 0; i < ref->n_measurements; i++) {
		const struct au_measurement *earlier = &ref->measurement[i];

		if (earlier->reg != m->reg)
			continue;
		m->is_default = false;
		if (same_parameters(earlier, m))
			return ev_fail(err, EV_DUPLICATE, object,
				       "measurements.parameters", 0,
				       "one entry a set of parameters",
				       "the same set again");
	}
	return EV_OK;
}

enum ev_code au_measurement_parse(struct au_reference *ref, const json_t *entry,
				  struct au_measurement *m,
				  struct ev_error *err)
{
	static const char *const known[] = { "platform", "register",   "alg",
					     "value",	 "parameters", NULL };
	struct ev_span platform, name, alg, value;

	if (!json_is_object(entry))
		return ev_fail(err, EV_SYNTAX, object, "measurements", 0,
			       "an object", ev_json_type_word(entry));
	if (au_member_text(entry, "platform", "measurements.platform",
			   AU_PARAMETER, &platform, err) != EV_OK ||
	    au_member_text(entry, "register", "measurements.register",
			   AU_PARAMETER, &name, err) != EV_OK ||
	    au_member_text(entry, "alg", "measurements.alg", AU_PARAMETER, &alg,
			   err) != EV_OK ||
	    au_member_text(entry, "value", "measurements.value", AU_PROSE,
			   &value, err) != EV_OK ||
	    parse_parameters(entry, m, err) != EV_OK)
		return err->code;
	au_note_unknown(ref, entry, "measurements", known);
	m->reg = find_register(platform, name, alg);
	if (m->reg == NULL) {
		char what[80];

		snprintf(what, sizeof(what), "%.20s %.30s %.20s", platform.p,
			 name.p, alg.p);
		au_note(ref, "measurements, a register not known", what);
		return EV_OK;
	}
	if (au_member_hex(entry, "value", "measurements.value", m->value,
			  m->reg->size, err) != EV_OK)
		return err->code;
	return place_measurement(ref, m, err);
}

enum ev_code au_status_parse(struct au_reference *ref, const json_t *entry,
			     struct au_status *s, struct ev_error *err)
{
	static const char *const known[] = { "state", "since", "reason",
					     "advisory", NULL };
	struct ev_span state;

	if (!json_is_object(entry))
		return ev_fail(err, EV_SYNTAX, object, "status", 0, "an object",
			       ev_json_type_word(entry));
	if (au_member_text(entry, "state", "status.state", AU_PROSE, &state,
			   err) != EV_OK)
		return err->code;
	if (!au_state_parse(state, &s->state))
		return ev_fail_text(err, EV_VALUE, object, "status.state", 0,
				    "good, vulnerable or withdrawn", state);
	if (ev_json_get_time(entry, object, "since", &s->since, err) != EV_OK ||
	    au_member_optional_text(entry, "reason", "status.reason",
				    &s->reason, err) != EV_OK ||
	    au_member_optional_text(entry, "advisory", "status.advisory",
				    &s->advisory, err) != EV_OK)
		return err->code;
	if (s->state != AU_GOOD && s->reason.n == 0)
		return ev_fail(err, EV_MISSING, object, "status.reason", 0,
			       "a reason for a state that is not good",
			       "nothing");
	au_note_unknown(ref, entry, "status", known);
	if (ref->n_status > 0 &&
	    ref->status[ref->n_status - 1].since >= s->since)
		return ev_fail(err, EV_VALUE, object, "status.since", 0,
			       "later than the state before", "not later");
	return EV_OK;
}
