/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.3 handshake messages, read strictly and in their order. */
#include "evidence/tls_flight.h"

#include "evidence/tls_hello.h"
#include "evidence/tls_numbers.h"
#include "evidence/tls_wire.h"

/* HandshakeType, section 4. */
enum {
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	ENCRYPTED_EXTENSIONS = 8,
	CERTIFICATE = 11,
	CERTIFICATE_REQUEST = 13,
	CERTIFICATE_VERIFY = 15,
	MESSAGE_HASH = 254,
};

/* ExtensionType, RFC 6066. */
static const uint16_t STATUS_REQUEST = 5;

static const char object[] = "tls";

/* --- messages --- */

static void read_ocsp(struct ev_reader *r, void *user)
{
	struct ev_tls_flight *f = user;

	if (ev_read_u8(r, "status_type") != 1)
		ev_tls_refuse(r, "status_type", "ocsp", "another");
	f->ocsp = ev_tls_vector24(r, "ocsp");
}

static void read_certificate(struct ev_span message, struct ev_tls_flight *f,
			     struct ev_error *err)
{
	struct ev_reader r = ev_tls_open(message, err);
	struct ev_span context = ev_tls_vector8(&r, "request_context");
	struct ev_span all = ev_tls_vector24(&r, "certificate_list");
	struct ev_reader in = ev_tls_inside(&r, all);

	if (context.n > 0)
		ev_tls_refuse(&r, "request_context", "empty, as a server's is",
			      "bytes");
	while (ev_reader_ok(&in) && in.left.n > 0) {
		struct ev_tls_wanted staple = { STATUS_REQUEST, read_ocsp,
						false };
		struct ev_span der = ev_tls_vector24(&in, "cert_data");

		if (f->n_certs == EV_TLS_CERTS_MAX)
			ev_fail_u64(err, EV_LIMIT, object, "certificate_list",
				    0, EV_TLS_CERTS_MAX, f->n_certs + 1);
		if (!ev_reader_ok(&in))
			return;
		f->cert[f->n_certs++] = der;
		/* Of the leaf's alone; the others' are passed over. */
		ev_tls_extensions(&in, &staple, f->n_certs == 1, f);
	}
	ev_reader_finish(&r);
	if (err->code == EV_OK && f->n_certs == 0)
		ev_fail(err, EV_MISSING, object, "certificate_list", 0,
			"a certificate", "none");
}

static void read_verify(struct ev_span message, struct ev_tls_flight *f,
			struct ev_error *err)
{
	struct ev_reader r = ev_tls_open(message, err);

	f->scheme = ev_read_u16be(&r, "algorithm");
	f->signature = ev_tls_vector16(&r, "signature");
	ev_reader_finish(&r);
}

static void read_unread(struct ev_span message, struct ev_error *err)
{
	struct ev_reader r = ev_tls_open(message, err);

	ev_read_rest(&r);
	ev_reader_finish(&r);
}

/* --- the order of them --- */

/* The next message, of that type; empty after a refusal. */
static struct ev_span take(const struct ev_tls_flight *f, size_t *at,
			   uint8_t type, const char *name, struct ev_error *err)
{
	struct ev_span m = { NULL, 0 };

	if (err->code != EV_OK)
		return m;
	if (*at == f->n_messages)
		ev_fail(err, EV_TRUNCATED, object, name, 0, "the message",
			"the end of the flight");
	else if (f->message[*at].n == 0 || f->message[*at].p[0] != type)
		ev_fail_u64(err, EV_VALUE, object, name, 0, type,
			    f->message[*at].n == 0 ? 0 : f->message[*at].p[0]);
	else
		m = f->message[(*at)++];
	return m;
}

/* Both hellos, and both again after a HelloRetryRequest. */
static void read_hellos(struct ev_tls_flight *f, size_t *at,
			struct ev_error *err)
{
	struct ev_tls_client_hello hello, second;
	struct ev_tls_server_hello answer, retry;

	ev_tls_client_hello_read(take(f, at, CLIENT_HELLO, "ClientHello", err),
				 &hello, err);
	ev_tls_server_hello_read(take(f, at, SERVER_HELLO, "ServerHello", err),
				 &answer, err);
	ev_tls_hello_echoes(&hello, &answer, err);
	f->retried = answer.retry;
	if (err->code == EV_OK && f->retried) {
		retry = answer;
		ev_tls_client_hello_read(
			take(f, at, CLIENT_HELLO, "ClientHello", err), &second,
			err);
		ev_tls_server_hello_read(
			take(f, at, SERVER_HELLO, "ServerHello", err), &answer,
			err);
		if (answer.retry)
			ev_fail(err, EV_VALUE, object, "ServerHello", 0,
				"one HelloRetryRequest", "another");
		ev_tls_hello_repeats(&hello, &second, err);
		ev_tls_hello_keeps(&retry, &answer, err);
		ev_tls_hello_echoes(&hello, &answer, err);
	}
	f->server_name = hello.server_name;
	f->nonce = hello.nonce;
	f->cipher = answer.cipher;
	f->group = answer.group;
}

static void read_all(struct ev_tls_flight *f, struct ev_error *err)
{
	enum ev_digest_alg hash;
	size_t at = 0;

	read_hellos(f, &at, err);
	read_unread(
		take(f, &at, ENCRYPTED_EXTENSIONS, "EncryptedExtensions", err),
		err);
	if (err->code == EV_OK && at < f->n_messages && f->message[at].n > 0 &&
	    f->message[at].p[0] == CERTIFICATE_REQUEST)
		read_unread(f->message[at++], err);
	f->certificate = at;
	read_certificate(take(f, &at, CERTIFICATE, "Certificate", err), f, err);
	read_verify(take(f, &at, CERTIFICATE_VERIFY, "CertificateVerify", err),
		    f, err);
	if (err->code == EV_OK && at != f->n_messages)
		ev_fail_u64(err, EV_TRAILING, object, "messages", 0, at,
			    f->n_messages);
	if (err->code == EV_OK && !ev_tls_cipher_hash(f->cipher, &hash))
		ev_fail_u64(err, EV_VALUE, object, "cipher_suite", 0, 0x1301,
			    f->cipher);
}

enum ev_code ev_tls_flight_parse(const struct ev_span *messages, size_t n,
				 struct ev_tls_flight *out,
				 struct ev_error *err)
{
	struct ev_tls_flight f = { .n_messages = n };

	if (n > EV_TLS_MESSAGES_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "messages", 0,
				   EV_TLS_MESSAGES_MAX, n);
	memcpy(f.message, messages, n * sizeof(*messages));
	read_all(&f, err);
	if (err->code == EV_OK)
		*out = f;
	return err->code;
}

/* --- what is signed --- */

/* In the order in which they are hashed; digest is room for that of the first
 * ClientHello. */
static bool transcript(struct ev_crypto *crypto, const struct ev_tls_flight *f,
		       enum ev_digest_alg hash, uint8_t out[EV_DIGEST_MAX])
{
	struct ev_span parts[EV_TLS_MESSAGES_MAX + 1];
	uint8_t first[EV_DIGEST_MAX];
	uint8_t head[4] = { MESSAGE_HASH, 0, 0, (uint8_t)ev_digest_size(hash) };
	size_t n = 0, at = 0;

	if (f->retried) {
		if (!ev_digest(crypto, hash, f->message[at++], first))
			return false;
		parts[n++] = EV_SPAN(head);
		parts[n++] = ev_span_of(first, ev_digest_size(hash));
	}
	while (at <= f->certificate)
		parts[n++] = f->message[at++];
	return ev_digest_parts(crypto, hash, parts, n, out);
}

bool ev_tls_flight_signed(struct ev_crypto *crypto,
			  const struct ev_tls_flight *flight,
			  uint8_t out[EV_TLS_SIGNED_MAX], size_t *n)
{
	/* With its NUL: it is the separator of section 4.4.3. */
	static const char context[] = "TLS 1.3, server CertificateVerify";
	enum ev_digest_alg hash = EV_SHA256;
	bool known = ev_tls_cipher_hash(flight->cipher, &hash);

	assert(known); /* the parser refuses others */
	memset(out, ' ', 64);
	memcpy(out + 64, context, sizeof(context));
	*n = 64 + sizeof(context) + ev_digest_size(hash);
	return transcript(crypto, flight, hash, out + 64 + sizeof(context));
}
