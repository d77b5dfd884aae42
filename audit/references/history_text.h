/* SPDX-License-Identifier: Apache-2.0 */
/* A history for people: lines of at most 80 columns but for what principals,
 * names and reasons make longer, each appended to out. */
#ifndef AU_HISTORY_TEXT_H
#define AU_HISTORY_TEXT_H

#include "audit/references/vouching.h"

/* A reference: its name, what vouches for it, its events, oldest first. */
void au_vouched_text(const char *path, const struct au_vouched *vouched,
		     struct ev_buffer *out);

/* "good, commit 0123456789ab, a@b": what stands behind "signature". */
void au_voucher_text(const struct au_voucher *voucher, struct ev_buffer *out);

#endif
