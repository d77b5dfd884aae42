/* SPDX-License-Identifier: Apache-2.0 */
/* Names and object identifiers as text. */
#include "evidence/name.h"

#include "evidence/base/buffer.h"
#include "evidence/base/der.h"
#include "evidence/base/hex.h"

#include <inttypes.h>
#include <stdio.h>

/* Relative names in one Name; real ones have at most eight. */
#define RDNS_MAX 32

static const struct {
	uint8_t oid[10];
	uint8_t n;
	const char *text;
} attributes[] = {
	/* RFC 4519; id-at is 2.5.4 */
	{ { 0x55, 0x04, 0x03 }, 3, "CN" },
	{ { 0x55, 0x04, 0x06 }, 3, "C" },
	{ { 0x55, 0x04, 0x07 }, 3, "L" },
	{ { 0x55, 0x04, 0x08 }, 3, "ST" },
	{ { 0x55, 0x04, 0x0a }, 3, "O" },
	{ { 0x55, 0x04, 0x0b }, 3, "OU" },
	{ { 0x55, 0x04, 0x05 }, 3, "serialNumber" },
	{ { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19 },
	  10,
	  "DC" },
};

bool ev_oid_format(struct ev_span oid, char *out, size_t size)
{
	uint64_t arc = 0;
	size_t used = 0;
	bool first = true;

	out[0] = '\0';
	if (oid.n == 0 || oid.p[oid.n - 1] >= 0x80)
		return false;
	for (size_t i = 0; i < oid.n; i++) {
		uint64_t root = first ? (arc << 7 | oid.p[i]) / 40 : 0;
		int n;

		if (arc >> 56 != 0 || (arc == 0 && oid.p[i] == 0x80))
			goto refuse;
		arc = arc << 7 | (oid.p[i] & 0x7f);
		if (oid.p[i] >= 0x80)
			continue;
		/* X.690 8.19.4: the first two arcs share a number. */
		if (root > 2)
			root = 2;
		if (first)
			n = snprintf(out, size, "%" PRIu64 ".%" PRIu64, root,
				     arc - root * 40);
		else
			n = snprintf(out + used, size - used, ".%" PRIu64, arc);
		if (n < 0 || (size_t)n >= size - used)
			goto refuse;
		used += (size_t)n;
		first = false;
		arc = 0;
	}
	return true;
refuse:
	out[0] = '\0';
	return false;
}

static void add_type(struct ev_buffer *b, struct ev_span oid)
{
	char dotted[80];

	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (ev_span_eq(oid, ev_span_of(attributes[i].oid,
					       attributes[i].n))) {
			ev_buffer_add_str(b, attributes[i].text);
			return;
		}
	ev_oid_format(oid, dotted, sizeof(dotted));
	ev_buffer_add_str(b, dotted[0] != '\0' ? dotted : "?");
}

/* RFC 2253 2.4. */
static void add_string(struct ev_buffer *b, struct ev_span in)
{
	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];
		bool edge = (c == ' ' && (i == 0 || i + 1 == in.n)) ||
			    (c == '#' && i == 0);

		if (c < 0x20 || c > 0x7e) {
			ev_buffer_printf(b, "\\%02X", c);
			continue;
		}
		if (edge || strchr(",+\"\\<>;", c) != NULL)
			ev_buffer_add_byte(b, '\\');
		ev_buffer_add_byte(b, c);
	}
}

static void add_value(struct ev_buffer *b, uint8_t tag, struct ev_span whole,
		      struct ev_span content)
{
	switch (tag) {
	case EV_DER_UTF8_STRING:
	case EV_DER_PRINTABLE_STRING:
	case 0x12: /* NumericString */
	case 0x16: /* IA5String */
		add_string(b, content);
		return;
	default:
		ev_buffer_add_byte(b, '#');
		for (size_t i = 0; i < whole.n; i++)
			ev_buffer_printf(b, "%02x", whole.p[i]);
	}
}

static void add_attribute(struct ev_buffer *b, struct ev_reader *set)
{
	struct ev_reader r = ev_der_enter(set, EV_DER_SEQUENCE, "attribute");
	struct ev_span oid = ev_der_read(&r, EV_DER_OID, "attribute type");
	uint8_t tag = ev_der_peek(&r);
	struct ev_reader again = r;
	struct ev_span whole = ev_der_read_any(&r, "attribute value");
	struct ev_span content;

	if (ev_reader_finish(&r) != EV_OK)
		return;
	content = ev_der_read(&again, tag, "attribute value");
	add_type(b, oid);
	ev_buffer_add_byte(b, '=');
	add_value(b, tag, whole, content);
}

static bool format_rdns(struct ev_span name, struct ev_buffer *b)
{
	struct ev_error err = { EV_OK };
	struct ev_reader item = ev_reader_init(name, 0, "name", &err);
	struct ev_reader list = ev_der_enter(&item, EV_DER_SEQUENCE, "name");
	struct ev_reader rdn[RDNS_MAX];
	size_t n = 0;

	while (ev_reader_ok(&list) && list.left.n > 0) {
		if (n == RDNS_MAX)
			return false;
		rdn[n++] = ev_der_enter(&list, EV_DER_SET, "rdn");
	}
	if (ev_reader_finish(&item) != EV_OK)
		return false;
	while (n > 0) {
		struct ev_reader *set = &rdn[--n];
		bool more;

		do {
			add_attribute(b, set);
			more = ev_reader_ok(set) && set->left.n > 0;
			if (more)
				ev_buffer_add_byte(b, '+');
		} while (more);
		if (n > 0)
			ev_buffer_add_byte(b, ',');
	}
	return ev_reader_ok(&item) && ev_buffer_ok(b);
}

bool ev_name_format(struct ev_span name, char out[EV_NAME_TEXT])
{
	static const char cut[] = "...";
	ev_auto_buffer struct ev_buffer b = { 0 };
	size_t n;

	out[0] = '\0';
	/* Four characters are the most that one byte becomes. */
	if (name.n > 4096 || !format_rdns(name, &b))
		return false;
	n = b.n < EV_NAME_TEXT ? b.n : EV_NAME_TEXT - sizeof(cut);
	if (n > 0)
		memcpy(out, b.p, n);
	out[n] = '\0';
	if (n < b.n)
		memcpy(out + n, cut, sizeof(cut));
	return true;
}
