/* SPDX-License-Identifier: Apache-2.0 */
/* The hellos of a TLS 1.3 handshake. */
#include "evidence/tls_hello.h"

#include "evidence/tls_flight.h"
#include "evidence/tls_wire.h"

#include <stdio.h>

/* ExtensionType, section 4.2; that of server_name is in RFC 6066. */
enum {
	SERVER_NAME = 0,
	PRE_SHARED_KEY = 41,
	EARLY_DATA = 42,
	SUPPORTED_VERSIONS = 43,
	KEY_SHARE = 51,
};

static const char object[] = "tls";
static const uint16_t VERSION = 0x0304;

static void read_server_name(struct ev_reader *r, void *user)
{
	struct ev_tls_client_hello *hello = user;
	struct ev_span list = ev_tls_vector16(r, "server_name");
	struct ev_reader in = ev_tls_inside(r, list);

	if (ev_read_u8(&in, "name_type") != 0)
		ev_tls_refuse(&in, "name_type", "host_name", "another");
	hello->server_name = ev_tls_vector16(&in, "host_name");
	ev_reader_finish(&in);
}

static void read_nonce(struct ev_reader *r, void *user)
{
	struct ev_tls_client_hello *hello = user;

	hello->nonce = ev_read_rest(r);
}

static void read_resumption(struct ev_reader *r, void *user)
{
	(void)user;
	ev_tls_refuse(r, "extension", "a full handshake", "a pre-shared key");
	ev_read_rest(r);
}

static void read_early_data(struct ev_reader *r, void *user)
{
	(void)user;
	ev_tls_refuse(r, "extension", "a full handshake", "early data");
	ev_read_rest(r);
}

static void read_version(struct ev_reader *r, void *user)
{
	uint64_t offset = ev_reader_offset(r);
	uint16_t version = ev_read_u16be(r, "supported_versions");
	char found[16];

	(void)user;
	snprintf(found, sizeof(found), "0x%04x", version);
	if (version != VERSION)
		ev_fail(r->err, EV_VALUE, object, "supported_versions", offset,
			"TLS 1.3, 0x0304", found);
}

/* A HelloRetryRequest names a group alone. */
static void read_group(struct ev_reader *r, void *user)
{
	struct ev_tls_server_hello *hello = user;

	hello->has_group = true;
	hello->group = ev_read_u16be(r, "group");
}

static void read_key_share(struct ev_reader *r, void *user)
{
	read_group(r, user);
	ev_tls_vector16(r, "key_exchange");
}

#define N_OF(list) (sizeof(list) / sizeof((list)[0]))

void ev_tls_client_hello_read(struct ev_span message,
			      struct ev_tls_client_hello *out,
			      struct ev_error *err)
{
	struct ev_tls_wanted list[] = {
		{ SERVER_NAME, read_server_name, false },
		{ EV_TLS_NONCE_EXTENSION, read_nonce, false },
		{ PRE_SHARED_KEY, read_resumption, false },
		{ EARLY_DATA, read_early_data, false },
	};
	struct ev_reader r = ev_tls_open(message, err);

	*out = (struct ev_tls_client_hello){ .random = { NULL, 0 } };
	ev_read_u16be(&r, "legacy_version");
	out->random = ev_read_span(&r, 32, "random");
	out->session_id = ev_tls_vector8(&r, "legacy_session_id");
	out->suites = ev_tls_vector16(&r, "cipher_suites");
	ev_tls_vector8(&r, "legacy_compression_methods");
	ev_tls_extensions(&r, list, N_OF(list), out);
	ev_reader_finish(&r);
}

/* SHA-256 of "HelloRetryRequest" (section 4.1.3). */
static const uint8_t retry_random[32] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
	0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
	0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

void ev_tls_server_hello_read(struct ev_span message,
			      struct ev_tls_server_hello *out,
			      struct ev_error *err)
{
	struct ev_tls_wanted list[] = {
		{ SUPPORTED_VERSIONS, read_version, false },
		{ KEY_SHARE, read_key_share, false },
		{ PRE_SHARED_KEY, read_resumption, false },
	};
	struct ev_reader r = ev_tls_open(message, err);

	*out = (struct ev_tls_server_hello){ .cipher = 0 };
	ev_read_u16be(&r, "legacy_version");
	out->retry = ev_span_eq(ev_read_span(&r, 32, "random"),
				EV_SPAN(retry_random));
	if (out->retry)
		list[1].read = read_group;
	out->session_id = ev_tls_vector8(&r, "legacy_session_id_echo");
	out->cipher = ev_read_u16be(&r, "cipher_suite");
	ev_read_u8(&r, "legacy_compression_method");
	/* A ServerHello of TLS 1.2 may end here. */
	if (ev_reader_ok(&r) && r.left.n > 0)
		ev_tls_extensions(&r, list, N_OF(list), out);
	if (ev_reader_finish(&r) == EV_OK && !list[0].seen)
		ev_fail(err, EV_MISSING, object, "supported_versions", 0,
			"TLS 1.3", "an older version");
	if (err->code == EV_OK && !out->retry && !list[1].seen)
		ev_fail(err, EV_MISSING, object, "key_share", 0,
			"a key exchange", "none");
}

void ev_tls_hello_echoes(const struct ev_tls_client_hello *hello,
			 const struct ev_tls_server_hello *answer,
			 struct ev_error *err)
{
	if (err->code == EV_OK &&
	    !ev_span_eq(hello->session_id, answer->session_id))
		ev_fail_bytes(err, EV_VALUE, object, "legacy_session_id_echo",
			      0, "that of the ClientHello", answer->session_id);
}

void ev_tls_hello_repeats(const struct ev_tls_client_hello *first,
			  const struct ev_tls_client_hello *second,
			  struct ev_error *err)
{
	const struct {
		const char *field;
		struct ev_span a, b;
	} rows[] = {
		{ "random", first->random, second->random },
		{ "legacy_session_id", first->session_id, second->session_id },
		{ "cipher_suites", first->suites, second->suites },
		{ "host_name", first->server_name, second->server_name },
		{ "nonce", first->nonce, second->nonce },
	};

	for (size_t i = 0; err->code == EV_OK && i < N_OF(rows); i++)
		if (!ev_span_eq(rows[i].a, rows[i].b))
			ev_fail_bytes(err, EV_VALUE, object, rows[i].field, 0,
				      "that of the first ClientHello",
				      rows[i].b);
}

void ev_tls_hello_keeps(const struct ev_tls_server_hello *retry,
			const struct ev_tls_server_hello *answer,
			struct ev_error *err)
{
	if (err->code == EV_OK && retry->cipher != answer->cipher)
		ev_fail_u64(err, EV_VALUE, object, "cipher_suite", 0,
			    retry->cipher, answer->cipher);
	if (err->code == EV_OK && retry->has_group &&
	    retry->group != answer->group)
		ev_fail_u64(err, EV_VALUE, object, "group", 0, retry->group,
			    answer->group);
}
