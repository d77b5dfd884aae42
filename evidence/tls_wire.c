/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of TLS handshake messages. */
#include "evidence/tls_wire.h"

static const char object[] = "tls";

struct ev_span ev_tls_vector8(struct ev_reader *r, const char *field)
{
	size_t n = ev_read_u8(r, field);

	return ev_read_span(r, n, field);
}

struct ev_span ev_tls_vector16(struct ev_reader *r, const char *field)
{
	size_t n = ev_read_u16be(r, field);

	return ev_read_span(r, n, field);
}

struct ev_span ev_tls_vector24(struct ev_reader *r, const char *field)
{
	size_t high = ev_read_u8(r, field);
	size_t low = ev_read_u16be(r, field);

	return ev_read_span(r, high << 16 | low, field);
}

struct ev_reader ev_tls_inside(const struct ev_reader *r, struct ev_span part)
{
	return ev_reader_init(part, ev_reader_offset(r) - part.n, object,
			      r->err);
}

struct ev_reader ev_tls_open(struct ev_span message, struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(message, 0, object, err);
	struct ev_span body;

	ev_read_u8(&r, "type");
	body = ev_tls_vector24(&r, "message");
	ev_reader_finish(&r);
	return ev_tls_inside(&r, body);
}

void ev_tls_refuse(struct ev_reader *r, const char *field, const char *want,
		   const char *found)
{
	ev_fail(r->err, EV_VALUE, object, field, ev_reader_offset(r), want,
		found);
}

static struct ev_tls_wanted *wanted_of(struct ev_tls_wanted *list, size_t n,
				       uint16_t type)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].type == type)
			return &list[i];
	return NULL;
}

void ev_tls_extensions(struct ev_reader *r, struct ev_tls_wanted *list,
		       size_t n, void *user)
{
	struct ev_span all = ev_tls_vector16(r, "extensions");
	struct ev_reader in = ev_tls_inside(r, all);

	while (ev_reader_ok(&in) && in.left.n > 0) {
		uint16_t type = ev_read_u16be(&in, "extension");
		struct ev_span data = ev_tls_vector16(&in, "extension");
		struct ev_tls_wanted *w = wanted_of(list, n, type);
		struct ev_reader value = ev_tls_inside(&in, data);

		if (!ev_reader_ok(&in) || w == NULL)
			continue;
		if (w->seen)
			ev_fail(in.err, EV_DUPLICATE, object, "extension",
				value.base, "each extension once", "one twice");
		w->seen = true;
		w->read(&value, user);
		ev_reader_finish(&value);
	}
}
