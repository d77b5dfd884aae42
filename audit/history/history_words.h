/* SPDX-License-Identifier: Apache-2.0 */
/* What a history says in words, for a terminal and a page alike.  Text from
 * outside is escaped (ev_show); memory that runs out is the buffer's failure.
 */
#ifndef AU_HISTORY_WORDS_H
#define AU_HISTORY_WORDS_H

#include "audit/history/lines.h"
#include "evidence/base/buffer.h"

#define AU_SHORT_VALUE 17 /* 16 hex digits and NUL */

void au_short_value(const struct au_row *row, char out[AU_SHORT_VALUE]);

/* "MRTD", "SNP LD", "VBS BOOT-DIGEST" */
#define AU_REGISTER_TITLE 32
void au_register_title(const struct au_register *reg,
		       char out[AU_REGISTER_TITLE]);

/* "4 measurements in 7 archives, 1 explained by a reproducible build" */
void au_summary_words(const struct au_history *h, struct ev_buffer *out);
/* What the summary does not count: unreadable, given again, ...; empty where
 * there is nothing of it. */
void au_beside_words(const struct au_history *h, struct ev_buffer *out);

/* "openhcl 1.7 (match), source 0123456789ab"; "none (no-reference)". */
void au_known_words(const struct au_row *row, struct ev_buffer *out);
/* "time claimed" */
void au_basis_words(const struct au_history *h, const struct au_row *row,
		    struct ev_buffer *out);
/* "UpToDate, TEE_TCB_SVN 0d0104..." of a level; full: all of its digits. */
void au_level_words(const struct au_row *row, const struct au_level_seen *l,
		    bool full, struct ev_buffer *out);
/* "Azure TDX, 2025-10: SOURCE (REMARKS)" */
void au_sighting_words(const struct au_sighting *s, struct ev_buffer *out);

typedef void au_meeting_words_fn(const struct au_meeting *m,
				 struct ev_buffer *out);
/* "273828c4 and 12bdbc16 ran side by side 3 days, T to T" */
au_meeting_words_fn au_overlap_words;
/* "nothing was seen for 90 days, T to T: 024a32b0 before, 273828c4 behind" */
au_meeting_words_fn au_gap_words;
/* "MRTD behind an HCL report", "MRTD without" */
void au_line_words(const struct au_line *line, struct ev_buffer *out);
/* "MRTD 7b5ee9a304d036f9, 1 archive: debug: ..." */
void au_uncounted_words(const struct au_history *h,
			const struct au_uncounted_group *g,
			struct ev_buffer *out);

#endif
