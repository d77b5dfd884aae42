/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Launch measurements over time: what archives were seen to say, collected by
 * measurement, joined with references and with public sightings.  A function
 * of the set of archives: their order changes nothing.
 */
#ifndef AU_HISTORY_H
#define AU_HISTORY_H

#include "audit/compare.h"
#include "audit/history/sightings.h"
#include "audit/history/sights.h"

/* A level of a platform at which a measurement was seen. */
struct au_level_seen {
	const struct au_observation *as; /* svn and tcb */
	int64_t first, last;
	size_t archives;
};

/* A measurement: a row of the history. */
struct au_row {
	const struct au_register *reg;
	const uint8_t *value; /* reg->size bytes */
	/* By time, basis, archive; n is 0 where the public alone saw it, and
	 * then only sightings follow that are not zero. */
	const struct au_observation *item;
	size_t n;
	size_t archives;
	size_t n_machines;
	const uint8_t (*machine)[32];	   /* each once, in bytewise order */
	size_t without_machine;		   /* archives that tell of none */
	const struct au_level_seen *level; /* by first sight */
	size_t n_levels;
	size_t verdicts[AU_N_VERDICTS]; /* archives by enum rp_verdict */
	bool is_hcl;
	/* Of what the public saw: by time, those without one last. */
	const struct au_sighting *sighting;
	size_t n_sightings;
	/* With references, as of the last sight. */
	bool is_compared;
	struct au_comparison comparison;
};

/* Uncounted measurements of one value for one reason. */
struct au_uncounted_group {
	const struct au_uncounted *as;
	size_t archives, n;
};

struct au_history {
	struct au_sights *sights; /* borrowed, and put in order */
	const struct au_references *references;
	const struct au_objector *objector;   /* NULL: not asked for */
	const struct au_sightings *sightings; /* NULL: not asked for */
	/* By first sight, which of what the public alone saw is the first
	 * second that it may be; then by register and value. */
	struct au_row *row;
	size_t n;
	size_t n_seen;	/* rows with evidence */
	size_t n_known; /* rows that a good reference matches */
	struct au_uncounted_group *uncounted; /* by register, value, reason */
	size_t n_uncounted;
	size_t archives;   /* each once */
	size_t duplicates; /* given again */
	size_t without;	   /* archives that measure nothing */
	/* Set by who read the archives: could not be read; say no time. */
	size_t unreadable, without_time;
	uint8_t (*machines)[32];
	struct au_level_seen *levels;
};

/* The first and last time of a row with evidence, and the observation that has
 * it; of several the one whose time is known best. */
const struct au_observation *au_row_first(const struct au_row *row);
const struct au_observation *au_row_last(const struct au_history *h,
					 const struct au_row *row);
static inline const struct au_archive_seen *
au_archive_of(const struct au_history *h, const struct au_observation *o)
{
	return &h->sights->archive[o->archive];
}
static inline int64_t au_time_of(const struct au_history *h,
				 const struct au_observation *o)
{
	return au_archive_of(h, o)->time;
}

/* A good reference has the value: "match" or "match-with-variant". */
bool au_row_is_known(const struct au_row *row);

/*
 * EV_OK, or EV_TROUBLE.  references, the objector to them and sightings may be
 * NULL; all are borrowed, and sights is not to be added to afterwards.  Free
 * with au_history_free.
 */
enum ev_code au_history_make(struct au_sights *sights,
			     const struct au_references *references,
			     const struct au_objector *objector,
			     const struct au_sightings *sightings,
			     struct au_history *out, struct ev_error *err);
void au_history_free(struct au_history *history);

#endif
