/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as members of other tools' JSON and YAML spell them, decoded into
 * memory of the caller.  A member that is absent is refused with EV_MISSING.
 */
#ifndef CO_ENCODED_H
#define CO_ENCODED_H

#include "evidence/base/json.h"

enum co_spelling {
	CO_INTS,      /* array of numbers 0 to 255 */
	CO_HEX,	      /* digits of either case, an even number */
	CO_BASE64URL, /* padding optional (RFC 4648, 5) */
	CO_BASE64,    /* with padding (RFC 4648, 4) */
	CO_TEXT,      /* the characters themselves */
};

/* The value of one member or element; field names it in refusals.  Empty
 * bytes are refused.  *out (free) holds *n bytes. */
enum ev_code co_encoded_value(const json_t *value, const char *object,
			      const char *field, enum co_spelling spelling,
			      uint8_t **out, size_t *n, struct ev_error *err);

/* The elements of an array, which must be equally many bytes each, joined;
 * 1 to max elements. */
enum ev_code co_encoded_joined(const json_t *array, const char *object,
			       const char *field, enum co_spelling spelling,
			       size_t max, uint8_t **out, size_t *n,
			       struct ev_error *err);

#endif
