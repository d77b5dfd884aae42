/* SPDX-License-Identifier: Apache-2.0 */
/* A loop over the table of checks, without an early exit. */
#include "replay/engine.h"

#include "replay/withheld.h"

#include <stddef.h>
#include <stdlib.h>

/* Nearly every id that is asked for is the table's own text, or one that the
 * linker has laid over it. */
const struct rp_check *rp_check_find(const char *id)
{
	for (size_t i = 0; i < rp_n_checks; i++)
		if (rp_checks[i].id == id)
			return &rp_checks[i];
	for (size_t i = 0; i < rp_n_checks; i++)
		if (strcmp(rp_checks[i].id, id) == 0)
			return &rp_checks[i];
	return NULL;
}

size_t rp_first_evidence_check(void)
{
	size_t i = 0;

	while (i < rp_n_checks &&
	       (strncmp(rp_checks[i].id, "archive.", 8) == 0 ||
		strncmp(rp_checks[i].id, "time.token", 10) == 0 ||
		strncmp(rp_checks[i].id, "time.proven", 11) == 0))
		i++;
	return i;
}

static struct rp_finding *add_finding(struct rp_case *c,
				      const struct rp_check *check,
				      const struct rp_subject *s)
{
	struct rp_finding *f;

	if (c->n_findings == c->findings_room) {
		size_t room =
			c->findings_room == 0 ? 128 : 2 * c->findings_room;
		struct rp_finding *more =
			reallocarray(c->findings, room, sizeof(*more));

		if (more == NULL)
			return NULL;
		c->findings = more;
		c->findings_room = room;
	}
	f = &c->findings[c->n_findings++];
	memset(f, 0, offsetof(struct rp_finding, reason));
	f->reason[0] = '\0';
	f->check = check;
	f->subject = s;
	f->outcome = RP_SKIP;
	f->applies = true;
	return f;
}

static bool holds(const struct rp_finding *f)
{
	return f->outcome == RP_PASS || !f->applies;
}

/* The findings of one row that was asked already. */
struct row {
	const struct rp_finding *first;
	size_t n;
};

static struct row row_of(const struct rp_case *c, const struct rp_check *check)
{
	size_t i = check == NULL ? c->n_rows : (size_t)(check - rp_checks);
	size_t end;

	if (i >= c->n_rows)
		return (struct row){ NULL, 0 };
	end = i + 1 < c->n_rows ? c->row_start[i + 1] : c->n_findings;
	return (struct row){ &c->findings[c->row_start[i]],
			     end - c->row_start[i] };
}

static int by_order(const void *key, const void *finding)
{
	const struct rp_subject *s = key;
	const struct rp_subject *of =
		((const struct rp_finding *)finding)->subject;

	return (s->order > of->order) - (s->order < of->order);
}

/* A row's findings stand in the order of the subjects; NULL: not asked. */
static const struct rp_finding *finding_of(struct row row,
					   const struct rp_subject *s)
{
	if (row.n == 0 || row.first->subject == NULL)
		return NULL;
	return bsearch(s, row.first, row.n, sizeof(*row.first), by_order);
}

/* False when an earlier check did not pass for this subject; where it was not
 * asked of the subject itself, of one of its partners. */
static bool passed(const struct rp_case *c, const struct rp_check *before,
		   const struct rp_subject *s)
{
	struct row row = row_of(c, before);
	const struct rp_finding *f = finding_of(row, s);

	if (f != NULL)
		return holds(f);
	if (row.n > 0 && row.first->subject != NULL &&
	    row.first->subject->type == RP_ARCHIVE)
		return holds(row.first);
	for (size_t i = 0; i < sizeof(s->partner) / sizeof(s->partner[0]);
	     i++) {
		if (s->partner[i] == NULL)
			continue;
		f = finding_of(row, s->partner[i]);
		if (f != NULL && !holds(f))
			return false;
	}
	return true;
}

enum rp_outcome rp_outcome_of(const struct rp_case *c, const char *id,
			      const struct rp_subject *s)
{
	const struct rp_finding *f =
		s != NULL ? finding_of(row_of(c, rp_check_find(id)), s) : NULL;

	return f != NULL ? f->outcome : RP_SKIP;
}

/* A check that `check` names in after; most stand a few rows above it. */
static const struct rp_check *find_above(const struct rp_check *check,
					 const char *id)
{
	for (const struct rp_check *above = check; above > rp_checks;)
		if ((--above)->id == id)
			return above;
	return rp_check_find(id);
}

static enum rp_outcome ask(struct rp_case *c, const struct rp_check *check,
			   const struct rp_subject *s, struct rp_finding *f)
{
	/* The archive's own checks and its time rest on the manifest alone. */
	if (c->broken != NULL &&
	    (size_t)(check - rp_checks) >= rp_first_evidence_check())
		return rp_skip(f, "after: %s did not pass", c->broken);
	for (size_t i = 0; i < RP_AFTER_MAX && check->after[i] != NULL; i++)
		if (!passed(c, find_above(check, check->after[i]), s))
			return rp_skip(f, "after: %s did not pass",
				       check->after[i]);
	return check->run(c, s, f);
}

/* Archive format: no evidence is judged of an archive that is damaged, or
 * that nobody signed whose signature the policy demands. */
static const char *note_broken(const struct rp_case *c,
			       const struct rp_finding *f)
{
	static const char *const decisive[] = { "archive.container",
						"archive.manifest",
						"archive.digests",
						"archive.threshold" };

	if (c->broken != NULL || holds(f))
		return c->broken;
	for (size_t i = 0; i < sizeof(decisive) / sizeof(decisive[0]); i++)
		if (strcmp(f->check->id, decisive[i]) == 0)
			return decisive[i];
	return NULL;
}

/* Of a row that has no subject here. */
static enum rp_outcome ask_nobody(const struct rp_case *c,
				  const struct rp_check *check,
				  struct rp_finding *f)
{
	const struct ev_redaction *r = rp_withheld_for(c, check);

	if (r != NULL)
		return rp_skip(f, "withheld: %s", r->name);
	f->absent = true;
	memcpy(f->reason, RP_ABSENT, sizeof(RP_ABSENT));
	return RP_SKIP;
}

static bool run_row(struct rp_case *c, const struct rp_check *check,
		    uint64_t types)
{
	size_t asked = 0;
	size_t n = (check->subjects & types) != 0 ? c->n_subjects : 0;

	for (size_t i = 0; i < n; i++) {
		struct rp_subject *s = c->subjects[i];
		struct rp_finding *f;

		if ((check->subjects & RP_SUBJECTS(s->type)) == 0)
			continue;
		asked++;
		f = add_finding(c, check, s);
		if (f == NULL)
			return false;
		f->outcome = ask(c, check, s, f);
		/* What was compared could not be kept: it may be unequal. */
		if (f->outcome == RP_TROUBLE || f->no_memory)
			return false;
		c->broken = note_broken(c, f);
	}
	if (asked == 0) {
		struct rp_finding *f = add_finding(c, check, NULL);

		if (f == NULL)
			return false;
		f->outcome = ask_nobody(c, check, f);
	}
	return true;
}

bool rp_engine_run(struct rp_case *c, size_t first, size_t end)
{
	uint64_t types = 0; /* those that the archive holds */

	assert(end <= RP_CHECKS_MAX && first == c->n_rows);
	for (size_t i = 0; i < c->n_subjects; i++)
		types |= RP_SUBJECTS(c->subjects[i]->type);
	for (size_t i = first; i < end; i++) {
		c->row_start[i] = c->n_findings;
		c->n_rows = i + 1;
		if (!run_row(c, &rp_checks[i], types))
			return false;
	}
	return true;
}
