/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A replay's finished report explained by the images at hand: every launch
 * measurement that it tells of, what says the evidence outside of it, and
 * what would be needed where nothing explains it.  Pure.
 */
#ifndef AU_EXPLANATION_H
#define AU_EXPLANATION_H

#include "audit/explained.h"
#include "audit/outside.h"
#include "evidence/base/buffer.h"

struct au_explanation_item {
	struct au_explained explained;
	struct au_outside outside;
};

/* Borrows the report and the images. */
struct au_explanation {
	const json_t *report;
	struct au_images *images;
	struct au_measured_list measured;
	struct au_explanation_item *item; /* owned; measured.n of them */
	enum au_result result; /* the worst; of none not-comparable */
	/* 0 a match of all, 1 one differs, 2 nothing could be compared. */
	int status;
};

/* EV_OK, or EV_TROUBLE, or what is wrong with the report; on failure *out is
 * zeroed. */
enum ev_code au_explanation_make(const json_t *report, struct au_images *images,
				 struct ev_crypto *crypto,
				 struct au_explanation *out,
				 struct ev_error *err);
void au_explanation_free(struct au_explanation *e);

/* Canonical JSON (ecart-audit(1), "explain"); *out is the caller's (free). */
enum ev_code au_explanation_json(const struct au_explanation *e, char **out,
				 size_t *n, struct ev_error *err);
/* For people: the answer first, at most 80 columns; with full, digests are
 * whole, and every candidate has a line. */
void au_explanation_text(const struct au_explanation *e, bool full,
			 struct ev_buffer *out);

/* Sentences of both, without a full stop.  Images are numbered from 1. */
void au_explained_reason(const struct au_explained *e,
			 const struct au_images *images, struct ev_buffer *out);
/* What one image says of the measurement. */
void au_beside_reason(const struct au_explained *e, size_t image,
		      struct ev_buffer *out);
/* What sets two images apart; they are called A and B. */
void au_set_apart_reason(const struct au_explained *e,
			 const struct au_set_apart *apart,
			 struct ev_buffer *out);
/* Whatever would explain a value that nothing explains; NULL: no more. */
const char *au_explained_wanted(const struct au_explained *e, size_t i);

#endif
