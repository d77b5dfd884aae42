/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict DER (X.690): definite minimal lengths, low tag numbers.  Built on
 * the reader, so a refusal names object, field and offset.
 */
#ifndef EV_DER_H
#define EV_DER_H

#include "evidence/base/reader.h"

enum ev_der_tag {
	EV_DER_BOOLEAN = 0x01,
	EV_DER_INTEGER = 0x02,
	EV_DER_BIT_STRING = 0x03,
	EV_DER_OCTET_STRING = 0x04,
	EV_DER_NULL = 0x05,
	EV_DER_OID = 0x06,
	EV_DER_ENUMERATED = 0x0a,
	EV_DER_UTF8_STRING = 0x0c,
	EV_DER_PRINTABLE_STRING = 0x13,
	EV_DER_UTC_TIME = 0x17,
	EV_DER_GENERALIZED_TIME = 0x18,
	EV_DER_SEQUENCE = 0x30,
	EV_DER_SET = 0x31,
};
#define EV_DER_CONTEXT(n)	      (0x80 | (n))
#define EV_DER_CONTEXT_CONSTRUCTED(n) (0xa0 | (n))

/* The tag of the next element without taking it; 0 at the end. */
uint8_t ev_der_peek(const struct ev_reader *r);

/* The content of the next element, which must carry this tag. */
struct ev_span ev_der_read(struct ev_reader *r, uint8_t tag, const char *field);

/* The whole next element, header included, whatever its tag. */
struct ev_span ev_der_read_any(struct ev_reader *r, const char *field);

/* A reader over the content of the next element. */
struct ev_reader ev_der_enter(struct ev_reader *r, uint8_t tag,
			      const char *field);

/* INTEGER 0..max, minimal. */
uint64_t ev_der_read_uint(struct ev_reader *r, uint64_t max, const char *field);

/* A non-negative INTEGER's magnitude without leading zero byte. */
struct ev_span ev_der_read_serial(struct ev_reader *r, const char *field);

/* OBJECT IDENTIFIER: its content, each number in as few octets as possible. */
struct ev_span ev_der_read_oid(struct ev_reader *r, const char *field);

/* BOOLEAN: 0x00 or 0xff. */
bool ev_der_read_bool(struct ev_reader *r, const char *field);

/* UTCTime or GeneralizedTime as RFC 5280 demands it. */
int64_t ev_der_read_time(struct ev_reader *r, const char *field);

#endif
