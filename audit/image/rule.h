/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rule: the parameters of a loader that an image leaves open and that
 * change what it measures to (measurement page, sections 2.3, 2.4, 3.4).  The
 * set is closed and listed, since nobody sees which loader a quote came from.
 */
#ifndef AU_RULE_H
#define AU_RULE_H

#include "audit/image/launch.h"
#include "evidence/base/crypto.h"

/* A machine shape of Google's, whose hand-off block was measured. */
struct au_shape {
	const char *name; /* "c3-standard-4" */
	uint32_t ram_gib;
	uint32_t numa_nodes;
};
extern const struct au_shape au_shapes[];
extern const size_t au_n_shapes;

struct au_rule {
	bool two_pass;	   /* each section's ADDs before its EXTENDs */
	bool aug_skips;	   /* PAGE.AUG: no ADD */
	bool measure_all;  /* as if MR.EXTEND were set everywhere */
	bool file_beyond;  /* short data goes on in the file, not in zeros */
	bool native_zero;  /* SNP: pages without data are of the type ZERO */
	bool insert_first; /* SNP: one page of a parameter insert alone */
	const struct au_shape *hob; /* TD HOB of this shape; NULL: none */
	bool early_accept;	    /* of that HOB */
};

/* One launch measurement, and the rule that makes it. */
struct au_candidate {
	const struct au_launch *launch; /* borrowed */
	struct au_rule rule;
	uint8_t value[AU_VALUE_MAX]; /* launch->reg->size bytes */
	bool is_default;	     /* the first of its launch */
};

struct au_candidates {
	struct au_candidate *item; /* owned */
	size_t n;
};

/*
 * Computes the measurement of a launch under every rule that can change it:
 * the default first.  With all false, only the default, the page orders, and
 * where measured data end early what may follow them.  EV_OK or trouble; a
 * launch without a register yields none.  Appends to *out.
 */
enum ev_code au_candidates_add(const struct au_launch *launch, bool all,
			       struct ev_crypto *crypto,
			       struct au_candidates *out, struct ev_error *err);
void au_candidates_free(struct au_candidates *list);

/* The rule as the parameters of ecart-reference/1: an object of strings, for
 * example {"pageOrder":"two-pass"}; only what is open for this launch stands
 * in it.  NULL: memory ran out. */
json_t *au_rule_json(const struct au_candidate *candidate);
/* The same as words: "two-pass", "TD HOB of c3-standard-4, early accept". */
void au_rule_words(const struct au_candidate *candidate, char *out, size_t n);

#endif
