/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extensions of a certificate or CRL (RFC 5280, 4.1.2.9 and 5.1.2.7), one
 * after the other; an object identifier that comes twice is refused.
 */
#ifndef EV_EXTENSION_H
#define EV_EXTENSION_H

#include "evidence/base/der.h"

/* Intel's certificates have six; a guard. */
#define EV_EXTENSIONS_MAX 32

struct ev_extension {
	struct ev_span oid; /* content octets */
	bool critical;
	struct ev_span value; /* content of the OCTET STRING */
	uint64_t offset;      /* of value in its item */
};

struct ev_extensions {
	struct ev_reader list;
	struct ev_span seen[EV_EXTENSIONS_MAX];
	size_t n_seen;
};

/* in stands before a SEQUENCE OF Extension, which is taken from it. */
struct ev_extensions ev_extensions_enter(struct ev_reader *in);

/* The next extension; false at the end and after a refusal. */
bool ev_extension_next(struct ev_extensions *list, struct ev_extension *out);

/* A reader over the extension's value. */
struct ev_reader ev_extension_value(const struct ev_extensions *list,
				    const struct ev_extension *e);

/* Records that an extension which nobody here knows is critical, or must not
 * be there. */
enum ev_code ev_extension_refuse(const struct ev_extensions *list,
				 const struct ev_extension *e,
				 const char *want);

/* authorityKeyIdentifier (4.2.1.1) with the key identifier alone. */
struct ev_span ev_extension_aki(const struct ev_extensions *list,
				const struct ev_extension *e);

#endif
