/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One launch measurement against the references, as of a time (measurement
 * page, section 6, in its first form: no image is taken apart).  Pure.
 */
#ifndef AU_COMPARE_H
#define AU_COMPARE_H

#include "audit/references/references.h"

enum au_result {
	AU_MATCH,
	AU_MATCH_WITH_VARIANT, /* parameters are not the default ones */
	AU_DIFFERS_EXPLAINED,  /* a reference with the value is not good */
	AU_DIFFERS_UNEXPLAINED,
	AU_NOT_COMPARABLE,
	AU_NO_REFERENCE,
};
const char *au_result_name(enum au_result result);

/*
 * Who must vouch for a reference, as of a time, before it can be a match: NULL
 * where somebody allowed does, else a clause of what stands in the way ("nobody
 * vouches for it"), good until the next question.  Asked of those with the
 * value alone, since an answer may cost a walk through the history of a
 * repository.
 */
struct au_objector {
	const char *(*objection)(void *state, const struct au_listed *listed,
				 int64_t at);
	void *state;
};

/* What the evidence says, and what is asked of the references. */
struct au_question {
	enum au_platform platform;
	struct ev_span reg; /* "mrtd" */
	struct ev_span value;
	/* Why the value cannot be compared, "stable-word: detail"; NULL where
	 * the replay authenticated it. */
	const char *not_comparable;
	int64_t at;
	/* Only references of this product and version are a match; empty: all.
	 * A state that is not good counts whatever its product. */
	struct ev_span product, version;
	const struct au_objector *objector; /* NULL: nobody has to */
};

struct au_comparison {
	enum au_result result;
	/* What decided; NULL for no-reference and not-comparable.  Borrowed
	 * from the references. */
	const struct au_listed *listed;
	const struct au_measurement *entry; /* NULL: the value is not in it */
	const struct au_status *status;	    /* in force at T */
	/* The first state after T that is not good, of a good reference;
	 * NULL: none is known. */
	const struct au_status *later;
	size_t n_considered; /* asked for, with a state in force at T */
	size_t n_later;	     /* references not known yet at T */
	char reason[400];    /* a sentence for people */
};

/*
 * Never fails, and looks at no image.  Of several references with the value the
 * worst state decides (the bytes that are withdrawn under one name are not good
 * under another), then the default over a variant, then the order of paths.  A
 * state other than good is never a match: who reads the result alone must not
 * take it for one.  A reference to which the objector objects is no match
 * either; a state that is not good needs no voucher.
 */
struct au_comparison au_compare(const struct au_references *refs,
				const struct au_question *question);

/* The first reference by path that was asked for, known at that time, speaks
 * of the register and has an artifact of that SHA-256; NULL: none. */
const struct au_listed *
au_reference_of_artifact(const struct au_references *refs,
			 const struct au_question *question,
			 const uint8_t sha256[32]);

/* 0 pass, 1 fail, 2 incomplete (ecart-audit(1), "EXIT STATUS"). */
int au_result_status(enum au_result result);

#endif
