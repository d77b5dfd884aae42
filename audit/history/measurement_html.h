/* SPDX-License-Identifier: Apache-2.0 */
/* A measurement of a history, in words, as part of a page. */
#ifndef AU_MEASUREMENT_HTML_H
#define AU_MEASUREMENT_HTML_H

#include "audit/history/history.h"
#include "evidence/base/buffer.h"

/* A section with the id "m-REGISTER-" and the first 16 digits of the value. */
void au_measurement_html(const struct au_history *h, const struct au_row *row,
			 struct ev_buffer *out);

#endif
