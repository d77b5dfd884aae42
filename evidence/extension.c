/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions of certificates and CRLs. */
#include "evidence/extension.h"

struct ev_extensions ev_extensions_enter(struct ev_reader *in)
{
	struct ev_extensions list = { .n_seen = 0 };

	list.list = ev_der_enter(in, EV_DER_SEQUENCE, "extensions");
	/* RFC 5280 4.1: SIZE (1..MAX). */
	if (ev_reader_ok(&list.list) && list.list.left.n == 0)
		ev_fail(list.list.err, EV_SYNTAX, list.list.object,
			"extensions", ev_reader_offset(&list.list),
			"at least one", "none");
	return list;
}

/* Whether the OID is new; it is then noted. */
static bool note(struct ev_extensions *list, struct ev_span oid,
		 uint64_t offset)
{
	struct ev_reader *r = &list->list;

	for (size_t i = 0; i < list->n_seen; i++) {
		if (!ev_span_eq(list->seen[i], oid))
			continue;
		ev_fail_bytes(r->err, EV_DUPLICATE, r->object, "extension",
			      offset, "each once", oid);
		return false;
	}
	if (list->n_seen == EV_EXTENSIONS_MAX) {
		ev_fail_u64(r->err, EV_LIMIT, r->object, "extensions", offset,
			    EV_EXTENSIONS_MAX, EV_EXTENSIONS_MAX + 1);
		return false;
	}
	list->seen[list->n_seen++] = oid;
	return true;
}

bool ev_extension_next(struct ev_extensions *list, struct ev_extension *out)
{
	struct ev_extension e = { .critical = false };
	struct ev_reader *r = &list->list;
	struct ev_reader one;
	uint64_t offset;

	if (!ev_reader_ok(r) || r->left.n == 0)
		return false;
	one = ev_der_enter(r, EV_DER_SEQUENCE, "extension");
	offset = ev_reader_offset(&one);
	e.oid = ev_der_read_oid(&one, "extension id");
	if (ev_der_peek(&one) == EV_DER_BOOLEAN) {
		e.critical = ev_der_read_bool(&one, "critical");
		/* X.690 11.5: a default value is not encoded. */
		if (ev_reader_ok(&one) && !e.critical)
			ev_fail(one.err, EV_SYNTAX, one.object, "critical",
				offset, "TRUE or absent", "FALSE");
	}
	e.value = ev_der_read(&one, EV_DER_OCTET_STRING, "extension value");
	e.offset = ev_reader_offset(&one) - e.value.n;
	if (ev_reader_finish(&one) != EV_OK || !note(list, e.oid, offset))
		return false;
	*out = e;
	return true;
}

struct ev_reader ev_extension_value(const struct ev_extensions *list,
				    const struct ev_extension *e)
{
	return ev_reader_init(e->value, e->offset, list->list.object,
			      list->list.err);
}

enum ev_code ev_extension_refuse(const struct ev_extensions *list,
				 const struct ev_extension *e, const char *want)
{
	return ev_fail_bytes(list->list.err, EV_VALUE, list->list.object,
			     "extension", e->offset, want, e->oid);
}

struct ev_span ev_extension_aki(const struct ev_extensions *list,
				const struct ev_extension *e)
{
	static const char field[] = "authority key identifier";
	struct ev_reader outer = ev_extension_value(list, e);
	struct ev_reader r = ev_der_enter(&outer, EV_DER_SEQUENCE, field);
	struct ev_span id = ev_der_read(&r, EV_DER_CONTEXT(0), field);

	if (ev_reader_finish(&r) != EV_OK || ev_reader_finish(&outer) != EV_OK)
		return (struct ev_span){ NULL, 0 };
	if (id.n == 0)
		ev_fail(r.err, EV_VALUE, r.object, field, e->offset,
			"a key identifier", "an empty one");
	return id;
}
