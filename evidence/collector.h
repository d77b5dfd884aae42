/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a manifest says of its collector's run (ecart-archive(5), MANIFEST):
 * whether its files came from another root than the machine's, and what each
 * source came to.
 */
#ifndef EV_COLLECTOR_H
#define EV_COLLECTOR_H

#include "evidence/base/json_node.h"

enum ev_step_outcome {
	EV_STEP_OK,
	EV_STEP_ABSENT,	 /* the machine has no such thing */
	EV_STEP_FAILED,	 /* it has, and it could not be had */
	EV_STEP_SKIPPED, /* nobody asked for it, or it was left out */
	EV_N_STEP_OUTCOMES,
};

/* "ok", "absent", ...: the words of the manifest. */
const char *ev_step_outcome_word(enum ev_step_outcome outcome);

/* One source that was tried; text is borrowed. */
struct ev_step {
	const char *source; /* "tcg-log" */
	enum ev_step_outcome outcome;
	const char *reason; /* text from outside, "" where there is none */
};

struct ev_collector {
	const char *root;      /* borrowed: "test"; NULL: the machine's own */
	struct ev_step *steps; /* owned, in the order of the manifest */
	size_t n_steps;
};

/* Of a manifest's predicate; empty where it says nothing.  Refuses members of
 * other types, outcomes that are not known, sources that stand twice or are
 * not a word, a reason over the limit.  Free with ev_collector_free. */
enum ev_code ev_collector_parse(const struct ev_node *predicate,
				struct ev_collector *out, struct ev_error *err);
void ev_collector_free(struct ev_collector *collector);

#endif
