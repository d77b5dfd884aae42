/* SPDX-License-Identifier: Apache-2.0 */
/* Names of Intel's profile, each character looked at. */
#include "evidence/x500_name.h"

#include "evidence/base/der.h"
#include "evidence/base/utf8.h"

static const uint8_t OID_COMMON_NAME[] = { 0x55, 0x04, 0x03 };

/* X.680 41.4, table 10. */
static bool is_printable(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr(" '()+,-./:=?", c) != NULL);
}

static size_t character_size(uint8_t tag, struct ev_span text)
{
	if (tag == EV_DER_UTF8_STRING)
		return ev_utf8_length(text);
	return is_printable(text.p[0]) ? 1 : 0;
}

/* The value of an attribute, in the two string types that Intel's names have;
 * RFC 5280 has SIZE (1..MAX) for both. */
static struct ev_span read_value(struct ev_reader *r)
{
	static const char field[] = "attribute value";
	bool utf8 = ev_der_peek(r) == EV_DER_UTF8_STRING;
	uint8_t tag = utf8 ? EV_DER_UTF8_STRING : EV_DER_PRINTABLE_STRING;
	struct ev_span text = ev_der_read(r, tag, field), left = text;
	uint64_t end = ev_reader_offset(r);

	if (ev_reader_ok(r) && text.n == 0)
		ev_fail(r->err, EV_VALUE, r->object, field, end,
			"one character or more", "none");
	while (left.n > 0) {
		size_t n = character_size(tag, left);

		if (n == 0) {
			ev_fail_bytes(r->err, EV_SYNTAX, r->object, field,
				      end - left.n,
				      utf8 ? "UTF-8"
					   : "a character of PrintableString",
				      ev_span_sub(left, 0, 1));
			return (struct ev_span){ NULL, 0 };
		}
		left = ev_span_sub(left, n, left.n - n);
	}
	return text;
}

/* One AttributeTypeAndValue; a commonName is noted. */
static void read_attribute(struct ev_reader *set, struct ev_span *cn)
{
	struct ev_reader r = ev_der_enter(set, EV_DER_SEQUENCE, "attribute");
	uint64_t offset = ev_reader_offset(&r);
	struct ev_span oid = ev_der_read_oid(&r, "attribute type");
	struct ev_span value = read_value(&r);

	if (ev_reader_finish(&r) != EV_OK ||
	    !ev_span_eq(oid, EV_SPAN(OID_COMMON_NAME)))
		return;
	if (cn->n > 0)
		ev_fail_bytes(r.err, EV_DUPLICATE, r.object, "common name",
			      offset, "one common name", value);
	*cn = value;
}

struct ev_span ev_x500_name_read(struct ev_reader *r, const char *field,
				 struct ev_span *cn)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span whole = ev_der_read_any(r, field);
	struct ev_reader name =
		ev_reader_init(whole, offset, r->object, r->err);
	struct ev_reader rdns = ev_der_enter(&name, EV_DER_SEQUENCE, field);

	while (ev_reader_ok(&rdns) && rdns.left.n > 0) {
		struct ev_reader set = ev_der_enter(&rdns, EV_DER_SET, "rdn");

		do
			read_attribute(&set, cn);
		while (ev_reader_ok(&set) && set.left.n > 0);
	}
	if (ev_reader_ok(r) && cn->n == 0)
		ev_fail(r->err, EV_MISSING, r->object, field, offset,
			"a common name", "none");
	return whole;
}
