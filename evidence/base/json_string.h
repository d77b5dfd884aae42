/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings of the canonical subset (ecart-archive(5)): UTF-8 without
 * U+0000..U+001F and U+007F..U+009F, escapes for quote and backslash alone.
 */
#ifndef EV_JSON_STRING_H
#define EV_JSON_STRING_H

#include "evidence/base/buffer.h"

/* How many bytes from the first on are printable ASCII but for quote and
 * backslash: nearly all that JSON texts consist of. */
size_t ev_json_plain(struct ev_span text);

/* Appends text in quotes; false, with out's end then undefined, where text
 * is not of the subset. */
bool ev_json_quote(struct ev_span text, struct ev_buffer *out);

/* The same of text that is known to be plain. */
void ev_json_quote_plain(struct ev_span text, struct ev_buffer *out);

/* Appends text in quotes, as ev_write_foreign and ev_write_shown spell it. */
void ev_json_quote_foreign(struct ev_span text, struct ev_buffer *out);
void ev_json_quote_shown(const char *text, struct ev_buffer *out);

/* The latter without quotes. */
void ev_json_escape_shown(const char *text, struct ev_buffer *out);

/* Appends a decimal number. */
void ev_json_decimal(uint64_t value, struct ev_buffer *out);

#endif
