/* SPDX-License-Identifier: Apache-2.0 */
/* A few parsed certificates beside copies of their bytes. */
#include "evidence/known_cas.h"

#include <stddef.h>
#include <stdlib.h>

/* Every span of a certificate; all lie in its DER. */
static const size_t spans[] = {
	offsetof(struct ev_cert, der),
	offsetof(struct ev_cert, tbs),
	offsetof(struct ev_cert, serial),
	offsetof(struct ev_cert, issuer),
	offsetof(struct ev_cert, subject),
	offsetof(struct ev_cert, subject_cn),
	offsetof(struct ev_cert, spki),
	offsetof(struct ev_cert, signature),
	offsetof(struct ev_cert, aki),
	offsetof(struct ev_cert, ski),
	offsetof(struct ev_cert, crl_uri),
	offsetof(struct ev_cert, sgx_extension),
};

/* Lets the certificate borrow from other bytes that are equal to its own. */
static void move(struct ev_cert *cert, const uint8_t *der)
{
	const uint8_t *old = cert->der.p;

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		uint8_t *member = (uint8_t *)cert + spans[i];
		struct ev_span span;

		memcpy(&span, member, sizeof(span));
		if (span.n == 0)
			continue;
		span.p = der + (span.p - old);
		memcpy(member, &span, sizeof(span));
	}
}

bool ev_known_cas_find(const struct ev_known_cas *known, struct ev_span der,
		       struct ev_cert *out)
{
	for (size_t i = 0; der.n > 0 && i < EV_KNOWN_CAS; i++) {
		if (!ev_span_eq(known->cert[i].der, der))
			continue;
		*out = known->cert[i];
		move(out, der.p);
		return true;
	}
	return false;
}

/* Copies are this module's own to free. */
static void drop(struct ev_cert *cert)
{
	free((void *)(uintptr_t)cert->der.p);
	*cert = (struct ev_cert){ .ca = false };
}

void ev_known_cas_keep(struct ev_known_cas *known, const struct ev_cert *cert)
{
	struct ev_cert *place = &known->cert[known->next], unused;
	uint8_t *der;

	if (!cert->ca || cert->der.n > EV_KNOWN_CA_MAX ||
	    ev_known_cas_find(known, cert->der, &unused))
		return;
	der = malloc(cert->der.n);
	if (der == NULL)
		return;
	memcpy(der, cert->der.p, cert->der.n);
	drop(place);
	*place = *cert;
	move(place, der);
	known->next = (known->next + 1) % EV_KNOWN_CAS;
}

void ev_known_cas_free(struct ev_known_cas *known)
{
	for (size_t i = 0; i < EV_KNOWN_CAS; i++)
		drop(&known->cert[i]);
	known->next = 0;
}
