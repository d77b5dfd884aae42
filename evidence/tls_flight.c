/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.3 handshake messages, read strictly and in their order. */
#include "evidence/tls_flight.h"

#include "evidence/base/reader.h"
#include "evidence/tls_numbers.h"

#include <stdio.h>

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

/* ExtensionType, section 4.2; those of server_name and status_request are in
 * RFC 6066. */
enum {
	SERVER_NAME = 0,
	STATUS_REQUEST = 5,
	PRE_SHARED_KEY = 41,
	EARLY_DATA = 42,
	SUPPORTED_VERSIONS = 43,
	KEY_SHARE = 51,
};

static const char object[] = "tls";
static const uint16_t VERSION = 0x0304;

/* --- pieces --- */

static struct ev_span read_vector8(struct ev_reader *r, const char *field)
{
	size_t n = ev_read_u8(r, field);

	return ev_read_span(r, n, field);
}

static struct ev_span read_vector16(struct ev_reader *r, const char *field)
{
	size_t n = ev_read_u16be(r, field);

	return ev_read_span(r, n, field);
}

static struct ev_span read_vector24(struct ev_reader *r, const char *field)
{
	size_t high = ev_read_u8(r, field);
	size_t low = ev_read_u16be(r, field);

	return ev_read_span(r, high << 16 | low, field);
}

/* A reader over a part that was read from r. */
static struct ev_reader inside(const struct ev_reader *r, struct ev_span part)
{
	return ev_reader_init(part, ev_reader_offset(r) - part.n, object,
			      r->err);
}

/* The body of one message, which is all of it. */
static struct ev_reader open_message(struct ev_span message,
				     struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(message, 0, object, err);
	struct ev_span body;

	ev_read_u8(&r, "type");
	body = read_vector24(&r, "message");
	ev_reader_finish(&r);
	return inside(&r, body);
}

static void refuse(struct ev_reader *r, const char *field, const char *want,
		   const char *found)
{
	ev_fail(r->err, EV_VALUE, object, field, ev_reader_offset(r), want,
		found);
}

/* --- extensions --- */

/* What an extension of that type is read by; unknown ones are passed over. */
struct wanted {
	uint16_t type;
	void (*read)(struct ev_reader *r, struct ev_tls_flight *f);
	bool seen;
};

static struct wanted *wanted_of(struct wanted *list, size_t n, uint16_t type)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].type == type)
			return &list[i];
	return NULL;
}

static void read_extensions(struct ev_reader *r, struct wanted *list, size_t n,
			    struct ev_tls_flight *f)
{
	struct ev_span all = read_vector16(r, "extensions");
	struct ev_reader in = inside(r, all);

	while (ev_reader_ok(&in) && in.left.n > 0) {
		uint16_t type = ev_read_u16be(&in, "extension");
		struct ev_span data = read_vector16(&in, "extension");
		struct wanted *w = wanted_of(list, n, type);
		struct ev_reader value = inside(&in, data);

		if (!ev_reader_ok(&in) || w == NULL)
			continue;
		if (w->seen)
			ev_fail(in.err, EV_DUPLICATE, object, "extension",
				value.base, "each extension once", "one twice");
		w->seen = true;
		w->read(&value, f);
		ev_reader_finish(&value);
	}
}

static void read_server_name(struct ev_reader *r, struct ev_tls_flight *f)
{
	struct ev_span list = read_vector16(r, "server_name");
	struct ev_reader in = inside(r, list);

	if (ev_read_u8(&in, "name_type") != 0)
		refuse(&in, "name_type", "host_name", "another");
	f->server_name = read_vector16(&in, "host_name");
	ev_reader_finish(&in);
}

static void read_nonce(struct ev_reader *r, struct ev_tls_flight *f)
{
	f->nonce = ev_read_rest(r);
}

static void read_resumption(struct ev_reader *r, struct ev_tls_flight *f)
{
	(void)f;
	refuse(r, "extension", "a full handshake", "a pre-shared key");
	ev_read_rest(r);
}

static void read_early_data(struct ev_reader *r, struct ev_tls_flight *f)
{
	(void)f;
	refuse(r, "extension", "a full handshake", "early data");
	ev_read_rest(r);
}

static void read_version(struct ev_reader *r, struct ev_tls_flight *f)
{
	uint64_t offset = ev_reader_offset(r);
	uint16_t version = ev_read_u16be(r, "supported_versions");
	char found[16];

	(void)f;
	snprintf(found, sizeof(found), "0x%04x", version);
	if (version != VERSION)
		ev_fail(r->err, EV_VALUE, object, "supported_versions", offset,
			"TLS 1.3, 0x0304", found);
}

static void read_key_share(struct ev_reader *r, struct ev_tls_flight *f)
{
	f->group = ev_read_u16be(r, "group");
	read_vector16(r, "key_exchange");
}

/* A HelloRetryRequest names a group alone. */
static void read_group(struct ev_reader *r, struct ev_tls_flight *f)
{
	(void)f;
	ev_read_u16be(r, "group");
}

static void read_ocsp(struct ev_reader *r, struct ev_tls_flight *f)
{
	if (ev_read_u8(r, "status_type") != 1)
		refuse(r, "status_type", "ocsp", "another");
	f->ocsp = read_vector24(r, "ocsp");
}

#define N_OF(list) (sizeof(list) / sizeof((list)[0]))

/* --- messages --- */

static void read_client_hello(struct ev_span message, struct ev_tls_flight *f,
			      struct ev_error *err)
{
	struct wanted list[] = {
		{ SERVER_NAME, read_server_name, false },
		{ EV_TLS_NONCE_EXTENSION, read_nonce, false },
		{ PRE_SHARED_KEY, read_resumption, false },
		{ EARLY_DATA, read_early_data, false },
	};
	struct ev_reader r = open_message(message, err);

	ev_read_u16be(&r, "legacy_version");
	ev_read_span(&r, 32, "random");
	read_vector8(&r, "legacy_session_id");
	read_vector16(&r, "cipher_suites");
	read_vector8(&r, "legacy_compression_methods");
	read_extensions(&r, list, N_OF(list), f);
	ev_reader_finish(&r);
}

/* SHA-256 of "HelloRetryRequest" (section 4.1.3). */
static const uint8_t retry_random[32] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
	0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
	0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* Whether the ServerHello is a HelloRetryRequest. */
static bool read_server_hello(struct ev_span message, struct ev_tls_flight *f,
			      struct ev_error *err)
{
	struct wanted list[] = {
		{ SUPPORTED_VERSIONS, read_version, false },
		{ KEY_SHARE, read_key_share, false },
		{ PRE_SHARED_KEY, read_resumption, false },
	};
	struct ev_reader r = open_message(message, err);
	struct ev_span random;
	bool retry;

	ev_read_u16be(&r, "legacy_version");
	random = ev_read_span(&r, 32, "random");
	retry = ev_span_eq(random, EV_SPAN(retry_random));
	if (retry)
		list[1].read = read_group;
	read_vector8(&r, "legacy_session_id_echo");
	f->cipher = ev_read_u16be(&r, "cipher_suite");
	ev_read_u8(&r, "legacy_compression_method");
	/* A ServerHello of TLS 1.2 may end here. */
	if (ev_reader_ok(&r) && r.left.n > 0)
		read_extensions(&r, list, N_OF(list), f);
	if (ev_reader_finish(&r) == EV_OK && !list[0].seen)
		ev_fail(err, EV_MISSING, object, "supported_versions", 0,
			"TLS 1.3", "an older version");
	if (err->code == EV_OK && !retry && !list[1].seen)
		ev_fail(err, EV_MISSING, object, "key_share", 0,
			"a key exchange", "none");
	return retry;
}

static void read_certificate(struct ev_span message, struct ev_tls_flight *f,
			     struct ev_error *err)
{
	struct ev_reader r = open_message(message, err);
	struct ev_span context = read_vector8(&r, "request_context");
	struct ev_span all = read_vector24(&r, "certificate_list");
	struct ev_reader in = inside(&r, all);

	if (context.n > 0)
		refuse(&r, "request_context", "empty, as a server's is",
		       "bytes");
	while (ev_reader_ok(&in) && in.left.n > 0) {
		struct wanted staple = { STATUS_REQUEST, read_ocsp, false };
		struct ev_span der = read_vector24(&in, "cert_data");

		if (f->n_certs == EV_TLS_CERTS_MAX)
			ev_fail_u64(err, EV_LIMIT, object, "certificate_list",
				    0, EV_TLS_CERTS_MAX, f->n_certs + 1);
		if (!ev_reader_ok(&in))
			return;
		f->cert[f->n_certs++] = der;
		/* Of the leaf's alone; the others' are passed over. */
		read_extensions(&in, &staple, f->n_certs == 1, f);
	}
	ev_reader_finish(&r);
	if (err->code == EV_OK && f->n_certs == 0)
		ev_fail(err, EV_MISSING, object, "certificate_list", 0,
			"a certificate", "none");
}

static void read_verify(struct ev_span message, struct ev_tls_flight *f,
			struct ev_error *err)
{
	struct ev_reader r = open_message(message, err);

	f->scheme = ev_read_u16be(&r, "algorithm");
	f->signature = read_vector16(&r, "signature");
	ev_reader_finish(&r);
}

static void read_unread(struct ev_span message, struct ev_error *err)
{
	struct ev_reader r = open_message(message, err);

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

static void read_all(struct ev_tls_flight *f, struct ev_error *err)
{
	struct ev_tls_flight second = { 0 };
	enum ev_digest_alg hash;
	size_t at = 0;

	read_client_hello(take(f, &at, CLIENT_HELLO, "ClientHello", err), f,
			  err);
	f->retried = read_server_hello(
		take(f, &at, SERVER_HELLO, "ServerHello", err), f, err);
	if (err->code == EV_OK && f->retried) {
		read_client_hello(
			take(f, &at, CLIENT_HELLO, "ClientHello", err), &second,
			err);
		if (read_server_hello(
			    take(f, &at, SERVER_HELLO, "ServerHello", err), f,
			    err))
			ev_fail(err, EV_VALUE, object, "ServerHello", 0,
				"one HelloRetryRequest", "another");
	}
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
