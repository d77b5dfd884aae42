/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's run as its manifest tells it. */
#include "evidence/collector.h"

#include "evidence/limits.h"

#include <stdlib.h>

static const char object[] = "collector";

/* The longest name of a source is "imds-instance". */
#define SOURCE_MAX 32
#define ROOT_MAX   64

static const char *const outcome_words[EV_N_STEP_OUTCOMES] = {
	[EV_STEP_OK] = "ok",
	[EV_STEP_ABSENT] = "absent",
	[EV_STEP_FAILED] = "failed",
	[EV_STEP_SKIPPED] = "skipped",
};

const char *ev_step_outcome_word(enum ev_step_outcome outcome)
{
	return outcome_words[outcome];
}

static enum ev_code parse_outcome(const struct ev_node *entry,
				  enum ev_step_outcome *out,
				  struct ev_error *err)
{
	struct ev_span word;

	if (ev_node_get_str(entry, object, "outcome", &word, err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < EV_N_STEP_OUTCOMES; i++) {
		if (!ev_span_eq(word, ev_span_str(outcome_words[i])))
			continue;
		*out = (enum ev_step_outcome)i;
		return EV_OK;
	}
	return ev_fail_text(err, EV_VALUE, object, "outcome", 0,
			    "ok, absent, failed or skipped", word);
}

static enum ev_code parse_source(const struct ev_node *entry, const char **out,
				 struct ev_error *err)
{
	struct ev_span word;

	if (ev_node_get_str(entry, object, "source", &word, err) != EV_OK)
		return err->code;
	*out = ev_node_text(ev_node_member(entry, "source"));
	if (word.n == 0 || word.n > SOURCE_MAX ||
	    strspn(*out, "abcdefghijklmnopqrstuvwxyz0123456789-") != word.n)
		return ev_fail_text(err, EV_VALUE, object, "source", 0,
				    "a word of a-z, 0-9 and -", word);
	return EV_OK;
}

/* A text member that may be absent, of at most max bytes. */
static enum ev_code parse_optional(const struct ev_node *obj, const char *name,
				   size_t max, const char **out,
				   struct ev_error *err)
{
	struct ev_span text;

	if (ev_node_member(obj, name) == NULL)
		return EV_OK;
	if (ev_node_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	if (text.n > max)
		return ev_fail_u64(err, EV_LIMIT, object, name, 0, max, text.n);
	*out = ev_node_text(ev_node_member(obj, name));
	return EV_OK;
}

static bool stands_before(const struct ev_step *steps, size_t n,
			  const char *source)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(steps[i].source, source) == 0)
			return true;
	return false;
}

static enum ev_code parse_step(const struct ev_node *entry,
			       struct ev_collector *c, struct ev_error *err)
{
	struct ev_step s = { .reason = "" };

	if (entry->type != EV_NODE_OBJECT)
		return ev_fail(err, EV_SYNTAX, object, "steps", 0, "objects",
			       ev_node_type_word(entry));
	if (parse_source(entry, &s.source, err) != EV_OK ||
	    parse_outcome(entry, &s.outcome, err) != EV_OK ||
	    parse_optional(entry, "reason", EV_STEP_REASON_MAX, &s.reason,
			   err) != EV_OK)
		return err->code;
	if (stands_before(c->steps, c->n_steps, s.source))
		return ev_fail(err, EV_DUPLICATE, object, "source", 0,
			       "each source once", s.source);
	c->steps[c->n_steps++] = s;
	return EV_OK;
}

static enum ev_code parse_steps(const struct ev_node *collector,
				struct ev_collector *c, struct ev_error *err)
{
	const struct ev_node *list, *v;
	size_t n;

	if (ev_node_member(collector, "steps") == NULL)
		return EV_OK;
	if (ev_node_get_array(collector, object, "steps", EV_STEPS_MAX, &list,
			      err) != EV_OK)
		return err->code;
	n = list->n;
	c->steps = calloc(n + 1, sizeof(*c->steps));
	if (c->steps == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	v = ev_node_inside(list);
	for (size_t i = 0; i < n; i++, v = ev_node_next(v))
		if (parse_step(v, c, err) != EV_OK)
			return err->code;
	return EV_OK;
}

enum ev_code ev_collector_parse(const struct ev_node *predicate,
				struct ev_collector *out, struct ev_error *err)
{
	struct ev_collector c = { .root = NULL };
	const struct ev_node *collector;

	if (ev_node_member(predicate, "collector") == NULL) {
		*out = c;
		return EV_OK;
	}
	if (ev_node_get_object(predicate, object, "collector", &collector,
			       err) != EV_OK ||
	    parse_optional(collector, "root", ROOT_MAX, &c.root, err) !=
		    EV_OK ||
	    parse_steps(collector, &c, err) != EV_OK) {
		ev_collector_free(&c);
		return err->code;
	}
	*out = c;
	return EV_OK;
}

void ev_collector_free(struct ev_collector *collector)
{
	free(collector->steps);
	*collector = (struct ev_collector){ .root = NULL };
}
