/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON of two images compared, as its renderers read it: they need all
 * members but "differences", which is as long as the images are and stands
 * folded in "runs".
 */
#ifndef AU_DIFF_DOCUMENT_H
#define AU_DIFF_DOCUMENT_H

#include "evidence/base/buffer.h"
#include "evidence/base/json.h"

/* Owned by the caller; NULL where text is no such document, or memory ran
 * out. */
json_t *au_diff_document(struct ev_span text);

/* Members of the document; "" and 0 where they are absent. */
const char *au_document_text(const json_t *obj, const char *name);
uint64_t au_document_number(const json_t *obj, const char *name);
bool au_document_truth(const json_t *obj, const char *name);
/* Of "0x800d000". */
uint64_t au_document_address(const json_t *obj, const char *name);

/* Appends "0x800d000", or "0x800d000 to 0x800ffff, 3 pages" of a run. */
void au_document_range(const json_t *run, struct ev_buffer *out);
/* Appends "tdx, snp", or nothing where all platforms have the run. */
void au_document_platforms(const json_t *document, const json_t *run,
			   struct ev_buffer *out);
/* Appends which operation of a platform is the first that differs. */
void au_document_first(const json_t *platform, struct ev_buffer *out);
/* What became of the value of a platform: "is the same", "differs", "is in A
 * alone". */
const char *au_document_standing(const json_t *platform);
/* Appends "MRTD". */
void au_document_register(const json_t *platform, struct ev_buffer *out);

/* Text: the answer and the sentence first, then details; at most 80 columns.
 * HTML: one page, no script, nothing from elsewhere.  False: not a document
 * of ours, or memory ran out. */
bool au_render_diff_text(struct ev_span text, struct ev_buffer *out);
bool au_render_diff_html(struct ev_span text, struct ev_buffer *out);

#endif
