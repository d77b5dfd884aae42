/* SPDX-License-Identifier: Apache-2.0 */
/* Strict DER on the sticky reader. */
#include "evidence/base/der.h"

#include "evidence/base/time.h"

#include <stdio.h>

/* 2050-01-01T00:00:00Z: from here on GeneralizedTime (RFC 5280 4.1.2.5). */
static const int64_t GENERALIZED_FROM = INT64_C(2524608000);

static void refuse(struct ev_reader *r, const char *field, uint64_t offset,
		   const char *want, struct ev_span found)
{
	ev_fail_bytes(r->err, EV_SYNTAX, r->object, field, offset, want, found);
	r->left.n = 0;
}

static void refuse_byte(struct ev_reader *r, const char *field, uint64_t offset,
			const char *want, uint8_t found)
{
	refuse(r, field, offset, want, ev_span_of(&found, 1));
}

/* X.690 8.1.3 and 10.1: definite, in as few octets as possible.  Four length
 * octets are more than any item of ours can fill. */
static size_t read_length(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	uint8_t first = ev_read_u8(r, field);
	struct ev_span octets;
	size_t n = 0;

	if (first < 0x80)
		return first;
	if (first == 0x80 || first > 0x84) {
		refuse_byte(r, field, offset, "a definite DER length", first);
		return 0;
	}
	octets = ev_read_span(r, first & 0x7f, field);
	for (size_t i = 0; i < octets.n; i++)
		n = n << 8 | octets.p[i];
	if (octets.n > 0 && (octets.p[0] == 0 || n < 0x80)) {
		refuse(r, field, offset, "a minimal DER length", octets);
		return 0;
	}
	return n;
}

static uint8_t read_tag(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	uint8_t tag = ev_read_u8(r, field);

	if (ev_reader_ok(r) && (tag == 0 || (tag & 0x1f) == 0x1f)) {
		refuse_byte(r, field, offset, "a low tag number", tag);
		return 0;
	}
	return tag;
}

uint8_t ev_der_peek(const struct ev_reader *r)
{
	return r->left.n > 0 ? r->left.p[0] : 0;
}

struct ev_span ev_der_read(struct ev_reader *r, uint8_t tag, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	uint8_t found = read_tag(r, field);
	size_t n;

	if (!ev_reader_ok(r))
		return (struct ev_span){ NULL, 0 };
	if (found != tag) {
		char want[24];

		snprintf(want, sizeof(want), "tag %02x", tag);
		refuse_byte(r, field, offset, want, found);
		return (struct ev_span){ NULL, 0 };
	}
	n = read_length(r, field);
	return ev_read_span(r, n, field);
}

struct ev_span ev_der_read_any(struct ev_reader *r, const char *field)
{
	const uint8_t *start = r->left.p;
	size_t before = r->left.n;
	size_t n;

	read_tag(r, field);
	n = read_length(r, field);
	ev_read_span(r, n, field);
	if (!ev_reader_ok(r))
		return (struct ev_span){ NULL, 0 };
	return ev_span_of(start, before - r->left.n);
}

struct ev_reader ev_der_enter(struct ev_reader *r, uint8_t tag,
			      const char *field)
{
	struct ev_span in = ev_der_read(r, tag, field);

	return ev_reader_init(in, ev_reader_offset(r) - in.n, r->object,
			      r->err);
}

/* The content of an INTEGER that is minimal (X.690 8.3.2) and not negative,
 * without its leading zero octet. */
static struct ev_span read_magnitude(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span in = ev_der_read(r, EV_DER_INTEGER, field);

	if (!ev_reader_ok(r))
		return in;
	if (in.n == 0 || in.p[0] >= 0x80 ||
	    (in.n > 1 && in.p[0] == 0 && in.p[1] < 0x80)) {
		refuse(r, field, offset, "a minimal INTEGER, not negative", in);
		return (struct ev_span){ NULL, 0 };
	}
	return in.p[0] == 0 ? ev_span_sub(in, 1, in.n - 1) : in;
}

uint64_t ev_der_read_uint(struct ev_reader *r, uint64_t max, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span in = read_magnitude(r, field);
	uint64_t v = 0;

	for (size_t i = 0; i < in.n && in.n <= 8; i++)
		v = v << 8 | in.p[i];
	if (in.n > 8 || v > max) {
		char want[40];

		snprintf(want, sizeof(want), "at most %llu",
			 (unsigned long long)max);
		ev_fail_bytes(r->err, EV_VALUE, r->object, field, offset, want,
			      in);
		r->left.n = 0;
		return 0;
	}
	return v;
}

struct ev_span ev_der_read_serial(struct ev_reader *r, const char *field)
{
	return read_magnitude(r, field);
}

struct ev_span ev_der_read_oid(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span in = ev_der_read(r, EV_DER_OID, field);
	bool first = true, whole = false;

	/* X.690 8.19.2: a number has no leading zeros, and its last octet
	 * alone has bit 8 clear. */
	for (size_t i = 0; i < in.n; i++) {
		whole = in.p[i] < 0x80;
		if (first && in.p[i] == 0x80)
			break;
		first = whole;
	}
	if (ev_reader_ok(r) && !whole) {
		refuse(r, field, offset, "a DER object identifier", in);
		return (struct ev_span){ NULL, 0 };
	}
	return in;
}

bool ev_der_read_bool(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span in = ev_der_read(r, EV_DER_BOOLEAN, field);

	if (!ev_reader_ok(r))
		return false;
	if (in.n != 1 || (in.p[0] != 0x00 && in.p[0] != 0xff)) {
		refuse(r, field, offset, "BOOLEAN 00 or ff", in);
		return false;
	}
	return in.p[0] == 0xff;
}

int64_t ev_der_read_time(struct ev_reader *r, const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	uint8_t tag = ev_der_peek(r);
	struct ev_span in;
	int64_t t = 0;
	bool ok;

	if (tag == EV_DER_GENERALIZED_TIME) {
		in = ev_der_read(r, tag, field);
		ok = ev_time_parse_generalized(in, &t) && t >= GENERALIZED_FROM;
	} else {
		in = ev_der_read(r, EV_DER_UTC_TIME, field);
		ok = ev_time_parse_utctime(in, &t);
	}
	if (!ev_reader_ok(r))
		return 0;
	if (!ok) {
		refuse(r, field, offset, "a time as RFC 5280 spells it", in);
		return 0;
	}
	return t;
}
