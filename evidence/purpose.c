/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate says that its key is for. */
#include "evidence/purpose.h"

#include "evidence/base/der.h"
#include "evidence/extension.h"

static const char object[] = "x509";

static void read_constraints(struct ev_reader *value, struct ev_x509 *c)
{
	struct ev_reader r =
		ev_der_enter(value, EV_DER_SEQUENCE, "basicConstraints");

	c->ca = ev_der_peek(&r) == EV_DER_BOOLEAN && ev_der_read_bool(&r, "cA");
	if (ev_der_peek(&r) == EV_DER_INTEGER)
		ev_der_read(&r, EV_DER_INTEGER, "pathLenConstraint");
	ev_reader_finish(&r);
	ev_reader_finish(value);
}

/* A BIT STRING: how many bits of its last octet are none, and the octets. */
static void read_key_usage(struct ev_reader *value, struct ev_x509 *c)
{
	struct ev_span bits = ev_der_read(value, EV_DER_BIT_STRING, "keyUsage");

	ev_reader_finish(value);
	c->signs = bits.n > 1 && (bits.p[1] & 0x80) != 0;
}

static void read_extended(struct ev_reader *value, struct ev_x509 *c)
{
	/* EK-PROFILE: 2.23.133.8.3; RFC 5280, 4.2.1.12: 1.3.6.1.5.5.7.3.1 */
	static const uint8_t aik[] = { 0x67, 0x81, 0x05, 0x08, 0x03 };
	static const uint8_t server[] = { 0x2b, 0x06, 0x01, 0x05,
					  0x05, 0x07, 0x03, 0x01 };
	struct ev_reader list =
		ev_der_enter(value, EV_DER_SEQUENCE, "extKeyUsage");

	ev_reader_finish(value);
	c->tls_server = false;
	c->purposed = true;
	while (ev_reader_ok(&list) && list.left.n > 0) {
		struct ev_span usage = ev_der_read(&list, EV_DER_OID, "usage");

		c->aik |= ev_span_eq(usage, EV_SPAN(aik));
		c->tls_server |= ev_span_eq(usage, EV_SPAN(server));
	}
}

/* id-ce, and a number. */
static const struct {
	uint8_t oid[3];
	void (*read)(struct ev_reader *value, struct ev_x509 *c);
} rows[] = {
	{ { 0x55, 0x1d, 0x0f }, read_key_usage },
	{ { 0x55, 0x1d, 0x13 }, read_constraints },
	{ { 0x55, 0x1d, 0x25 }, read_extended },
};

static void read_extensions(struct ev_reader *outer, struct ev_x509 *c)
{
	struct ev_extensions list = ev_extensions_enter(outer);
	struct ev_extension e;

	while (ev_extension_next(&list, &e))
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct ev_reader value = ev_extension_value(&list, &e);

			if (ev_span_eq(e.oid, EV_SPAN(rows[i].oid)))
				rows[i].read(&value, c);
		}
}

void ev_purpose_read(struct ev_span rest, struct ev_x509 *cert)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(rest, 0, object, &err);
	struct ev_reader outer;

	cert->ca = cert->aik = cert->purposed = false;
	cert->signs = cert->tls_server = true;
	while (ev_der_peek(&r) == EV_DER_CONTEXT(1) ||
	       ev_der_peek(&r) == EV_DER_CONTEXT(2))
		ev_der_read_any(&r, "unique identifier");
	if (ev_der_peek(&r) == EV_DER_CONTEXT_CONSTRUCTED(3)) {
		outer = ev_der_enter(&r, EV_DER_CONTEXT_CONSTRUCTED(3),
				     "extensions");
		read_extensions(&outer, cert);
	}
	cert->unread = err.code != EV_OK;
	if (cert->unread)
		cert->aik = cert->signs = cert->tls_server = false;
}

static const char *no_signer(const struct ev_x509 *cert)
{
	if (cert->unread)
		return "its extensions are no strict DER, each once";
	if (cert->ca)
		return "it is a CA's";
	return cert->signs ? NULL : "its key usage has no digitalSignature";
}

const char *ev_no_attestation_key(const struct ev_x509 *cert)
{
	const char *why = no_signer(cert);

	if (why != NULL || cert->aik || !cert->purposed)
		return why;
	return "its extended key usage has no tcg-kp-AIKCertificate";
}

const char *ev_no_tls_server(const struct ev_x509 *cert)
{
	const char *why = no_signer(cert);

	if (why != NULL || cert->tls_server)
		return why;
	return "its extended key usage has no serverAuth";
}

const struct ev_x509 *ev_path_no_tls(const struct ev_path *path)
{
	for (size_t i = 1; i < path->n_certs; i++)
		if (!path->cert[i]->tls_server)
			return path->cert[i];
	return NULL;
}
