/* SPDX-License-Identifier: Apache-2.0 */
/* A history told: for programs, for a terminal, for a page. */
#ifndef AU_HISTORY_DOCUMENT_H
#define AU_HISTORY_DOCUMENT_H

#include "audit/history/lines.h"
#include "evidence/base/buffer.h"

/* Canonical JSON of shape ecart-history/1 (ecart-audit(1), "History"); NULL
 * where memory ran out; the caller's (free). */
char *au_history_json(const struct au_history *history,
		      const struct au_lines *lines, size_t *n);

/* For people, 80 columns; full: values, archives and sightings, however
 * wide.  Memory that runs out is the buffer's failure. */
void au_history_text(const struct au_history *history,
		     const struct au_lines *lines, bool full,
		     struct ev_buffer *out);

/* A page that stands alone. */
void au_history_html(const struct au_history *history,
		     const struct au_lines *lines, struct ev_buffer *out);

#endif
