/* SPDX-License-Identifier: Apache-2.0 */
/* A measurement of a history, in words, as part of a page. */
#ifndef AU_MEASUREMENT_HTML_H
#define AU_MEASUREMENT_HTML_H

#include "audit/history/lines.h"
#include "evidence/base/buffer.h"

/* What a link to its section names: all digits, since anybody who runs guests
 * of their own can make two that begin alike. */
#define AU_MEASUREMENT_ID (AU_LINE_NAME + 2 * AU_VALUE_MAX)
void au_measurement_id(const struct au_row *row, char out[AU_MEASUREMENT_ID]);

/* A section with that id. */
void au_measurement_html(const struct au_history *h, const struct au_row *row,
			 struct ev_buffer *out);

#endif
