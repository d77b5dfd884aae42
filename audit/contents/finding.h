/* SPDX-License-Identifier: Apache-2.0 */
/* Findings of contents_diff.h as they are made, and the sentences on them. */
#ifndef AU_FINDING_H
#define AU_FINDING_H

#include "audit/contents/contents_diff.h"
#include "evidence/base/buffer.h"

/* A finding before its texts are its own; where and name are shown text. */
struct au_finding_draft {
	enum au_finding_class found;
	enum au_part_kind kind;
	unsigned int depth;
	const char *where, *name, *guid; /* guid may be NULL */
	uint64_t size_a, size_b, at;
};

/* The draft of a pair, one of which may be NULL. */
struct au_finding_draft au_finding_draft_of(enum au_finding_class found,
					    const struct au_part *a,
					    const struct au_part *b,
					    unsigned int depth,
					    const char *where);

/*
 * Appends it with sentence, a buffer that is emptied.  Beyond the limit it is
 * counted.  EV_OK or EV_TROUBLE.
 */
enum ev_code au_finding_add(struct au_contents_diff *diff,
			    const struct au_finding_draft *draft,
			    struct ev_buffer *sentence, struct ev_error *err);

/*
 * Begins what has findings of its own behind it: *index is where it will
 * stand; au_finding_end gives it class, names and sentence.
 */
enum ev_code au_finding_begin(struct au_contents_diff *diff, size_t *index,
			      struct ev_error *err);
enum ev_code au_finding_end(struct au_contents_diff *diff, size_t index,
			    const struct au_finding_draft *draft,
			    struct ev_buffer *sentence, struct ev_error *err);

/* A name that is long is cut in sentences, and "..." behind it. */
#define AU_NAME_SHOWN 96
void au_finding_name(const char *name, struct ev_buffer *out);
/* "module QemuVideoDxe (e3752948-...)". */
void au_finding_subject(const struct au_part *part, struct ev_buffer *out);

/* The first screen of what has been found, diff->sentence.  build_path: all
 * programs that differ in size alone have another room for it. */
enum ev_code au_first_screen(struct au_contents_diff *diff, bool build_path,
			     struct ev_error *err);

#endif
