/* SPDX-License-Identifier: Apache-2.0 */
/* What a signing certificate's extensions say that it is for. */
#include "audit/corim/signing_purpose.h"

#include "evidence/base/der.h"
#include "evidence/extension.h"

#include <stdio.h>

static const char object[] = "signing certificate";

static const uint8_t KEY_USAGE[] = { 0x55, 0x1d, 0x0f };
static const uint8_t BASIC_CONSTRAINTS[] = { 0x55, 0x1d, 0x13 };
static const uint8_t EXTENDED_USAGE[] = { 0x55, 0x1d, 0x25 };

/* id-kp (1.3.6.1.5.5.7.3) and the arcs of other trades: TLS server and
 * client, mail, time stamping, OCSP signing. */
static const uint8_t ID_KP[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03 };
static const uint8_t OTHER_TRADES[] = { 1, 2, 4, 8, 9 };

struct purpose {
	bool ca;
	bool has_usage, signs; /* digitalSignature */
	bool has_extended, other_trades_alone;
};

static bool is_other_trade(struct ev_span oid)
{
	if (oid.n != sizeof(ID_KP) + 1 ||
	    !ev_span_eq(ev_span_sub(oid, 0, sizeof(ID_KP)), EV_SPAN(ID_KP)))
		return false;
	return memchr(OTHER_TRADES, oid.p[oid.n - 1], sizeof(OTHER_TRADES)) !=
	       NULL;
}

static void read_usage(struct ev_reader value, struct purpose *p)
{
	struct ev_span bits =
		ev_der_read(&value, EV_DER_BIT_STRING, "key usage");

	ev_reader_finish(&value);
	p->has_usage = true;
	/* A byte of unused bits, then digitalSignature as the first bit. */
	p->signs = bits.n > 1 && (bits.p[1] & 0x80) != 0;
}

static void read_extended(struct ev_reader value, struct purpose *p)
{
	struct ev_reader list =
		ev_der_enter(&value, EV_DER_SEQUENCE, "extended key usage");

	p->has_extended = true;
	p->other_trades_alone = true;
	while (ev_reader_ok(&list) && list.left.n > 0)
		p->other_trades_alone &= is_other_trade(
			ev_der_read(&list, EV_DER_OID, "purpose"));
	ev_reader_finish(&value);
}

static void read_constraints(struct ev_reader value, struct purpose *p)
{
	struct ev_reader r =
		ev_der_enter(&value, EV_DER_SEQUENCE, "basic constraints");

	p->ca = ev_der_peek(&r) == EV_DER_BOOLEAN && ev_der_read_bool(&r, "cA");
}

/* The extensions, behind the fields that a path looks at. */
static enum ev_code read_purpose(struct ev_span der, struct purpose *p,
				 struct ev_error *err)
{
	struct ev_reader item = ev_reader_init(der, 0, object, err);
	struct ev_reader cert = ev_der_enter(&item, EV_DER_SEQUENCE, object);
	struct ev_reader tbs =
		ev_der_enter(&cert, EV_DER_SEQUENCE, "tbsCertificate");
	struct ev_extensions list;
	struct ev_extension e;
	struct ev_reader outer;

	while (ev_reader_ok(&tbs) && tbs.left.n > 0 &&
	       ev_der_peek(&tbs) != EV_DER_CONTEXT_CONSTRUCTED(3))
		ev_der_read_any(&tbs, "field");
	if (!ev_reader_ok(&tbs) || tbs.left.n == 0)
		return err->code;
	outer = ev_der_enter(&tbs, EV_DER_CONTEXT_CONSTRUCTED(3), "extensions");
	list = ev_extensions_enter(&outer);
	while (ev_extension_next(&list, &e)) {
		if (ev_span_eq(e.oid, EV_SPAN(KEY_USAGE)))
			read_usage(ev_extension_value(&list, &e), p);
		else if (ev_span_eq(e.oid, EV_SPAN(EXTENDED_USAGE)))
			read_extended(ev_extension_value(&list, &e), p);
		else if (ev_span_eq(e.oid, EV_SPAN(BASIC_CONSTRAINTS)))
			read_constraints(ev_extension_value(&list, &e), p);
	}
	return err->code;
}

bool au_signing_purpose_fits(struct ev_span der, char *why, size_t size)
{
	struct ev_error err = { 0 };
	struct purpose p = { 0 };
	const char *reason = NULL;

	if (read_purpose(der, &p, &err) != EV_OK) {
		ev_error_format(&err, why, size);
		return false;
	}
	if (p.ca)
		reason = "the signing certificate is a CA's";
	else if (p.has_usage && !p.signs)
		reason = "the signing certificate's key usage has no "
			 "digitalSignature";
	else if (p.has_extended && p.other_trades_alone)
		reason = "the signing certificate is for TLS, mail, time "
			 "stamps or OCSP alone";
	if (reason != NULL)
		snprintf(why, size, "%s", reason);
	return reason == NULL;
}
