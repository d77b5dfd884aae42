/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk over two versions of a part, as the comparisons of single kinds see
 * it (program_compare, command_line, ...).
 */
#ifndef AU_CONTENTS_WALK_H
#define AU_CONTENTS_WALK_H

#include "audit/contents/finding.h"

struct au_walk {
	struct au_contents_diff *out;
	struct au_part_budget a, b; /* what each side may still unpack */
	const char *where;	    /* of the parts that are compared */
	/* Where in the volume, or in what it is packed into, the bytes begin
	 * that hold what is compared. */
	uint64_t at_a, at_b;
	unsigned int depth; /* of the findings that are made */
	unsigned int
		seen; /* 1 << class of what was found, set by au_walk_add */
	/* Programs that differ in size alone, and those of them with another
	 * room for the build path. */
	size_t sizes, rooms;
	struct ev_error *err;
};

/* Adds a finding of the pair (one may be NULL) at the walk's depth; sentence
 * is emptied. */
void au_walk_add(struct au_walk *w, enum au_finding_class found,
		 const struct au_part *a, const struct au_part *b, uint64_t at,
		 struct ev_buffer *sentence);
/* The same for something inside a part that has a name and no bytes. */
void au_walk_add_named(struct au_walk *w, enum au_finding_class found,
		       enum au_part_kind kind, const char *name,
		       uint64_t size_a, uint64_t size_b, uint64_t at,
		       struct ev_buffer *sentence);

/* The walk itself: two versions of one part, of one kind. */
void au_walk_parts(struct au_walk *w, struct au_part *a, struct au_part *b);
/* A part that only one has; the other is NULL. */
void au_walk_only(struct au_walk *w, const struct au_part *a,
		  const struct au_part *b);

/* Whether a file or section is marked alike in both versions: attributes, mode,
 * owner, device, links (struct au_part).  What is not becomes findings. */
bool au_attributes_alike(const struct au_part *a, const struct au_part *b);
void au_attributes_compare(struct au_walk *w, const struct au_part *a,
			   const struct au_part *b);

/* The first byte that differs; the length of the shorter one where that is
 * the beginning of the other. */
uint64_t au_first_difference(struct ev_span a, struct ev_span b);

/* Comparison of one kind, whose bytes differ. */
typedef void (*au_comparison)(struct au_walk *w, struct au_part *a,
			      struct au_part *b);
void au_program_compare(struct au_walk *w, struct au_part *a,
			struct au_part *b);

#endif
