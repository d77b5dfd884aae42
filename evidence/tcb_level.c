/* SPDX-License-Identifier: Apache-2.0 */
/* What TCB levels have in common: status words, advisories, ISVSVN levels. */
#include "evidence/signed_json.h"

#include "evidence/base/cleanup.h"
#include "evidence/limits.h"

static const char *const status_words[] = {
	[EV_TCB_UP_TO_DATE] = "UpToDate",
	[EV_TCB_SW_HARDENING] = "SWHardeningNeeded",
	[EV_TCB_CONFIGURATION] = "ConfigurationNeeded",
	[EV_TCB_CONFIGURATION_SW_HARDENING] =
		"ConfigurationAndSWHardeningNeeded",
	[EV_TCB_OUT_OF_DATE] = "OutOfDate",
	[EV_TCB_OUT_OF_DATE_CONFIGURATION] = "OutOfDateConfigurationNeeded",
	[EV_TCB_REVOKED] = "Revoked",
	[EV_TCB_RELAUNCH_ADVISED] = "TDRelaunchAdvised",
	[EV_TCB_RELAUNCH_ADVISED_CONFIGURATION] =
		"TDRelaunchAdvisedConfigurationNeeded",
	[EV_TCB_NOT_SUPPORTED] = "NotSupported",
};

const char *ev_tcb_status_word(enum ev_tcb_status status)
{
	assert(status <= EV_TCB_NOT_SUPPORTED);
	return status_words[status];
}

bool ev_tcb_status_parse(struct ev_span word, enum ev_tcb_status *out)
{
	for (unsigned i = 0; i <= EV_TCB_NOT_SUPPORTED; i++) {
		if (!ev_span_eq(word, ev_span_str(status_words[i])))
			continue;
		*out = (enum ev_tcb_status)i;
		return true;
	}
	return false;
}

/* The words behind Revoked are results of an evaluation, never of a level. */
enum ev_code ev_tcb_level_status(const struct ev_node *level,
				 const char *object, int64_t *date,
				 enum ev_tcb_status *status,
				 struct ev_error *err)
{
	struct ev_span word;
	enum ev_tcb_status s;

	if (ev_node_get_time(level, object, "tcbDate", date, err) != EV_OK ||
	    ev_node_get_str(level, object, "tcbStatus", &word, err) != EV_OK)
		return err->code;
	if (!ev_tcb_status_parse(word, &s) || s > EV_TCB_REVOKED)
		return ev_fail_text(err, EV_VALUE, object, "tcbStatus", 0,
				    "a status of the API", word);
	*status = s;
	return EV_OK;
}

enum ev_code ev_advisories_parse(const struct ev_node *level,
				 const char *object, struct ev_advisories *out,
				 struct ev_error *err)
{
	const struct ev_node *ids, *id;

	out->n = 0;
	if (ev_node_member(level, "advisoryIDs") == NULL)
		return EV_OK;
	if (ev_node_get_array(level, object, "advisoryIDs", EV_ADVISORIES_MAX,
			      &ids, err) != EV_OK)
		return err->code;
	id = ev_node_inside(ids);
	for (size_t i = 0; i < ids->n; i++, id = ev_node_next(id)) {
		if (id->type != EV_NODE_STRING)
			return ev_fail(err, EV_SYNTAX, object, "advisoryIDs", 0,
				       "strings", ev_node_type_word(id));
		out->id[i] = id->text;
	}
	out->n = ids->n;
	return EV_OK;
}

static int compare(const void *a, const void *b)
{
	const struct ev_isvsvn_level *x = a, *y = b;

	if (x->isvsvn != y->isvsvn)
		return x->isvsvn > y->isvsvn ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

static enum ev_code parse_level(const struct ev_node *v, const char *object,
				size_t position, struct ev_isvsvn_level *out,
				struct ev_error *err)
{
	uint64_t isvsvn;
	const struct ev_node *tcb;

	if (ev_node_get_object(v, object, "tcb", &tcb, err) != EV_OK ||
	    ev_node_get_u64(tcb, object, "isvsvn", UINT16_MAX, &isvsvn, err) !=
		    EV_OK ||
	    ev_tcb_level_status(v, object, &out->date, &out->status, err) !=
		    EV_OK ||
	    ev_advisories_parse(v, object, &out->advisories, err) != EV_OK)
		return err->code;
	if (out->status != EV_TCB_UP_TO_DATE &&
	    out->status != EV_TCB_OUT_OF_DATE && out->status != EV_TCB_REVOKED)
		return ev_fail(err, EV_VALUE, object, "tcbStatus", 0,
			       "UpToDate, OutOfDate or Revoked",
			       ev_tcb_status_word(out->status));
	out->isvsvn = (uint16_t)isvsvn;
	out->position = position;
	return EV_OK;
}

enum ev_code ev_isvsvn_levels_parse(const struct ev_node *obj,
				    const char *object,
				    struct ev_isvsvn_level **out, size_t *n,
				    struct ev_error *err)
{
	ev_auto_free struct ev_isvsvn_level *levels = NULL;
	size_t count;
	const struct ev_node *array, *v;

	if (ev_node_get_array(obj, object, "tcbLevels", EV_TCB_LEVELS_MAX,
			      &array, err) != EV_OK)
		return err->code;
	count = array->n;
	if (count == 0)
		return ev_fail(err, EV_MISSING, object, "tcbLevels", 0,
			       "a level", "none");
	levels = calloc(count, sizeof(*levels));
	if (levels == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	v = ev_node_inside(array);
	for (size_t i = 0; i < count; i++, v = ev_node_next(v)) {
		if (parse_level(v, object, i, &levels[i], err) != EV_OK)
			return err->code;
	}
	qsort(levels, count, sizeof(*levels), compare);
	for (size_t i = 1; i < count; i++) {
		if (levels[i - 1].isvsvn == levels[i].isvsvn)
			return ev_fail(err, EV_DUPLICATE, object, "tcbLevels",
				       0, "each ISVSVN once", "one twice");
	}
	*out = levels;
	levels = NULL;
	*n = count;
	return EV_OK;
}
