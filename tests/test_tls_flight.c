/* SPDX-License-Identifier: Apache-2.0 */
/* TLS handshake messages: each byte of a small flight, and every refusal. */
#include "evidence/tls_flight.h"

#include "evidence/base/buffer.h"
#include "evidence/tls_numbers.h"
#include "tests/parse_case.h"

/* A flight made by hand (RFC 8446, 4); {} are 32 bytes of random. */
#define RANDOM		       "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
#define SNI		       "\0\0\0\10\0\6\0\0\3a.b"
#define NONCE		       "\xff\xec\0\2NN"
#define CH_BODY		       "\3\3" RANDOM "\0\0\2\x13\1\1\0"
#define CH(n, m, ext)	       EV_SPAN_LITERAL("\1\0\0" n CH_BODY "\0" m ext)
#define SH_BODY(random, suite) "\3\3" random "\0" suite "\0"
#define SH(n, random, suite, ext_n, ext)                                       \
	EV_SPAN_LITERAL("\2\0\0" n SH_BODY(random, suite) "\0" ext_n ext)
#define VERSION "\0\x2b\0\2\3\4"
#define SHARE	"\0\x33\0\6\0\x1d\0\2kk"

static const char retry_random[] =
	"\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
	"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c";

enum { HELLO, ANSWER, EXTENSIONS, CERTIFICATE, VERIFY, N };

/* 41 bytes of hello, 2 of length, 18 of extensions; 38 + 2 + 16. */
static void fill(struct ev_span m[EV_TLS_MESSAGES_MAX])
{
	m[HELLO] = CH("\x3d", "\x12", SNI NONCE);
	m[ANSWER] = SH("\x38", RANDOM, "\x13\1", "\x10", VERSION SHARE);
	m[EXTENSIONS] = EV_SPAN_LITERAL("\x8\0\0\2\0\0");
	m[CERTIFICATE] = EV_SPAN_LITERAL("\xb\0\0\x1d\0\0\0\x19"
					 "\0\0\4leaf\0\xa\0\5\0\6\1\0\0\2oc"
					 "\0\0\1c\0\0");
	m[VERIFY] = EV_SPAN_LITERAL("\xf\0\0\7\4\3\0\3sig");
}

static void a_flight_is_read(void **state)
{
	struct ev_span m[EV_TLS_MESSAGES_MAX];
	struct ev_error err = { 0 };
	struct ev_tls_flight f;

	(void)state;
	fill(m);
	if (ev_tls_flight_parse(m, N, &f, &err) != EV_OK)
		fail_msg("%s %s at %d: want %s, found %s", err.object,
			 err.field, (int)err.offset, err.want, err.found);
	assert_true(ev_span_eq(f.server_name, EV_SPAN_LITERAL("a.b")));
	assert_true(ev_span_eq(f.nonce, EV_SPAN_LITERAL("NN")));
	assert_true(ev_span_eq(f.cert[0], EV_SPAN_LITERAL("leaf")));
	assert_true(ev_span_eq(f.cert[1], EV_SPAN_LITERAL("c")));
	assert_true(ev_span_eq(f.ocsp, EV_SPAN_LITERAL("oc")));
	assert_true(ev_span_eq(f.signature, EV_SPAN_LITERAL("sig")));
	assert_int_equal(f.n_certs, 2);
	assert_int_equal(f.certificate, CERTIFICATE);
	assert_false(f.retried);
	assert_string_equal(ev_tls_cipher_name(f.cipher),
			    "TLS_AES_128_GCM_SHA256");
	assert_string_equal(ev_tls_group_name(f.group), "x25519");
	assert_string_equal(ev_tls_scheme_name(f.scheme),
			    "ecdsa_secp256r1_sha256");
	assert_string_equal(ev_tls_group_name(9), "unknown");
}

static struct ev_span changed; /* message that parse_one takes the place of */
static size_t place;

static enum ev_code parse_one(struct ev_span item, struct ev_error *err)
{
	struct ev_span m[EV_TLS_MESSAGES_MAX];
	struct ev_tls_flight f;

	fill(m);
	m[place] = item;
	return ev_tls_flight_parse(m, N, &f, err);
}

static void every_prefix_and_every_tail_is_refused(void **state)
{
	struct ev_span m[EV_TLS_MESSAGES_MAX];

	(void)state;
	fill(m);
	for (place = 0; place < N; place++) {
		struct ev_error err = { 0 };
		uint8_t *longer = calloc(1, m[place].n + 1);

		assert_non_null(longer);
		changed = m[place];
		parse_prefixes(parse_one, changed, changed.n);
		parse_mutations(parse_one, changed, 2000);
		memcpy(longer, changed.p, changed.n);
		assert_int_equal(
			parse_one(ev_span_of(longer, changed.n + 1), &err),
			EV_TRAILING);
		free(longer);
	}
}

/* The flight with one message replaced: that refusal. */
static void refuse(size_t at, struct ev_span message, enum ev_code code,
		   const char *field)
{
	struct ev_error err = { 0 };

	place = at;
	parse_one(message, &err);
	parse_expect(&err, code, "tls", field);
}

static void what_is_no_full_handshake_is_refused(void **state)
{
	(void)state;
	refuse(HELLO, CH("\x41", "\x16", SNI NONCE "\0\x29\0\0"), EV_VALUE,
	       "extension");
	refuse(HELLO, CH("\x41", "\x16", SNI NONCE "\0\x2a\0\0"), EV_VALUE,
	       "extension");
	refuse(HELLO, CH("\x43", "\x18", SNI NONCE NONCE), EV_DUPLICATE,
	       "extension");
	refuse(ANSWER,
	       SH("\x3c", RANDOM, "\x13\1", "\x14", VERSION SHARE "\0\x29\0\0"),
	       EV_VALUE, "extension");
}

static void another_version_is_refused_by_name(void **state)
{
	(void)state;
	refuse(ANSWER,
	       SH("\x38", RANDOM, "\x13\1", "\x10", "\0\x2b\0\2\3\3" SHARE),
	       EV_VALUE, "supported_versions");
	/* TLS 1.2 says no version at all; it may have no extensions either. */
	refuse(ANSWER, SH("\x32", RANDOM, "\x13\1", "\xa", SHARE), EV_MISSING,
	       "supported_versions");
	refuse(ANSWER,
	       EV_SPAN_LITERAL("\2\0\0\x26" SH_BODY(RANDOM, "\xc0\x2f")),
	       EV_MISSING, "supported_versions");
	refuse(ANSWER, SH("\x2e", RANDOM, "\x13\1", "\6", VERSION), EV_MISSING,
	       "key_share");
	refuse(ANSWER, SH("\x38", RANDOM, "\x13\6", "\x10", VERSION SHARE),
	       EV_VALUE, "cipher_suite");
}

static void what_is_no_servers_certificate_is_refused(void **state)
{
	(void)state;
	refuse(CERTIFICATE, EV_SPAN_LITERAL("\xb\0\0\4\0\0\0\0"), EV_MISSING,
	       "certificate_list");
	refuse(CERTIFICATE, EV_SPAN_LITERAL("\xb\0\0\xb\1x\0\0\6\0\0\1c\0\0"),
	       EV_VALUE, "request_context");
	refuse(CERTIFICATE,
	       EV_SPAN_LITERAL("\xb\0\0\xf\0\0\0\xb\0\0\1c\0\5\0\5\0\1\2"),
	       EV_VALUE, "status_type");
	refuse(HELLO, CH("\x33", "\x8", "\0\0\0\4\0\2\1\0"), EV_VALUE,
	       "name_type");
}

static void messages_stand_in_their_order(void **state)
{
	struct ev_span m[EV_TLS_MESSAGES_MAX + 1] = { { NULL, 0 } };
	struct ev_tls_flight f;

	(void)state;
	fill(m);
	for (size_t n = 0; n < N; n++) {
		struct ev_error err = { 0 };

		assert_int_equal(ev_tls_flight_parse(m, n, &f, &err),
				 EV_TRUNCATED);
	}
	m[N] = m[VERIFY];
	for (size_t n = N + 1; n <= EV_TLS_MESSAGES_MAX + 1; n++) {
		struct ev_error err = { 0 };

		assert_int_equal(ev_tls_flight_parse(m, n, &f, &err),
				 n > EV_TLS_MESSAGES_MAX ? EV_LIMIT
							 : EV_TRAILING);
	}
	refuse(CERTIFICATE, m[EXTENSIONS], EV_VALUE, "Certificate");
	refuse(HELLO, m[ANSWER], EV_VALUE, "ClientHello");
	refuse(VERIFY, (struct ev_span){ NULL, 0 }, EV_VALUE,
	       "CertificateVerify");
}

static void a_certificate_request_may_stand_between(void **state)
{
	struct ev_span m[EV_TLS_MESSAGES_MAX];
	struct ev_error err = { 0 };
	struct ev_tls_flight f;

	(void)state;
	fill(m);
	m[5] = m[VERIFY];
	m[4] = m[CERTIFICATE];
	m[3] = EV_SPAN_LITERAL("\xd\0\0\3\0\0\0");
	assert_int_equal(ev_tls_flight_parse(m, 6, &f, &err), EV_OK);
	assert_int_equal(f.certificate, 4);
}

/* A HelloRetryRequest; the caller frees. */
static struct ev_span retry(void)
{
	struct ev_span m =
		SH("\x34", RANDOM, "\x13\1", "\xc", VERSION "\0\x33\0\2\0\x1d");
	uint8_t *p = parse_copy(m, m.n);

	memcpy(p + 6, retry_random, 32);
	return ev_span_of(p, m.n);
}

/* What is signed, by another way: whole messages joined and hashed. */
static void expect_signed(struct ev_crypto *crypto,
			  const struct ev_tls_flight *f, struct ev_span joined)
{
	uint8_t got[EV_TLS_SIGNED_MAX], want[EV_DIGEST_MAX];
	size_t n, size = f->cipher == 0x1302 ? 48 : 32;

	assert_true(ev_tls_flight_signed(crypto, f, got, &n));
	assert_true(ev_digest(crypto, size == 48 ? EV_SHA384 : EV_SHA256,
			      joined, want));
	assert_int_equal(n, 64 + 34 + size);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(got[i], ' ');
	assert_memory_equal(got + 64, "TLS 1.3, server CertificateVerify", 34);
	assert_memory_equal(got + 98, want, size);
}

static void the_transcript_is_hashed_to_the_certificate(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct ev_span m[EV_TLS_MESSAGES_MAX];
	ev_auto_buffer struct ev_buffer joined = { 0 };
	struct ev_error err = { 0 };
	struct ev_tls_flight f;

	(void)state;
	assert_non_null(crypto);
	fill(m);
	m[ANSWER] = SH("\x38", RANDOM, "\x13\2", "\x10", VERSION SHARE);
	assert_int_equal(ev_tls_flight_parse(m, N, &f, &err), EV_OK);
	for (size_t i = 0; i <= CERTIFICATE; i++)
		ev_buffer_add(&joined, m[i]);
	expect_signed(crypto, &f, ev_buffer_span(&joined));
	ev_crypto_free(crypto);
}

static void a_retried_hello_counts_as_its_hash(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct ev_span m[EV_TLS_MESSAGES_MAX], again = retry();
	ev_auto_buffer struct ev_buffer joined = { 0 };
	struct ev_error err = { 0 };
	struct ev_tls_flight f;
	uint8_t first[32];

	(void)state;
	assert_non_null(crypto);
	fill(m);
	memmove(m + 3, m + 1, 4 * sizeof(*m));
	m[1] = again;
	m[2] = m[0];
	if (ev_tls_flight_parse(m, N + 2, &f, &err) != EV_OK)
		fail_msg("%s %s: want %s, found %s", err.object, err.field,
			 err.want, err.found);
	assert_true(f.retried);
	assert_true(ev_span_eq(f.server_name, EV_SPAN_LITERAL("a.b")));
	assert_true(ev_digest(crypto, EV_SHA256, m[0], first));
	ev_buffer_add(&joined, EV_SPAN_LITERAL("\xfe\0\0\x20"));
	ev_buffer_add(&joined, EV_SPAN(first));
	for (size_t i = 1; i <= 5; i++)
		ev_buffer_add(&joined, m[i]);
	expect_signed(crypto, &f, ev_buffer_span(&joined));
	m[3] = again;
	err = (struct ev_error){ 0 };
	ev_tls_flight_parse(m, N + 2, &f, &err);
	parse_expect(&err, EV_VALUE, "tls", "ServerHello");
	free((void *)(uintptr_t)again.p);
	ev_crypto_free(crypto);
}

/* A flight that was retried, with one of its messages another. */
static void refuse_retried(size_t at, struct ev_span message, const char *field)
{
	struct ev_span m[EV_TLS_MESSAGES_MAX], again = retry();
	struct ev_error err = { 0 };
	struct ev_tls_flight f;

	fill(m);
	memmove(m + 3, m + 1, 4 * sizeof(*m));
	m[1] = again;
	m[2] = m[0];
	assert_int_equal(ev_tls_flight_parse(m, N + 2, &f, &err), EV_OK);
	m[at] = message;
	ev_tls_flight_parse(m, N + 2, &f, &err);
	parse_expect(&err, EV_VALUE, "tls", field);
	free((void *)(uintptr_t)again.p);
}

#define OTHER "ssssssssssssssssssssssssssssssss"
#define CH_OF(random, id, suite)                                               \
	EV_SPAN_LITERAL("\1\0\0\x3d\3\3" random id "\0\2" suite                \
			"\1\0\0\x12" SNI NONCE)

static void a_retry_changes_nothing_else(void **state)
{
	(void)state;
	refuse_retried(2, CH_OF(OTHER, "\0", "\x13\1"), "random");
	refuse_retried(2, CH_OF(RANDOM, "\0", "\x13\2"), "cipher_suites");
	refuse_retried(2, CH("\x3d", "\x12", "\0\0\0\10\0\6\0\0\3a.c" NONCE),
		       "host_name");
	refuse_retried(2, CH("\x31", "\6", NONCE), "host_name");
	refuse_retried(2, CH("\x3d", "\x12", SNI "\xff\xec\0\2NM"), "nonce");
	refuse_retried(2,
		       EV_SPAN_LITERAL("\1\0\0\x3e\3\3" RANDOM
				       "\1i\0\2\x13\1\1\0\0\x12" SNI NONCE),
		       "legacy_session_id");
	refuse_retried(3, SH("\x38", RANDOM, "\x13\2", "\x10", VERSION SHARE),
		       "cipher_suite");
	refuse_retried(3,
		       SH("\x38", RANDOM, "\x13\1", "\x10",
			  VERSION "\0\x33\0\6\0\x17\0\2kk"),
		       "group");
}

static void a_session_id_is_echoed(void **state)
{
	(void)state;
	refuse(ANSWER,
	       EV_SPAN_LITERAL("\2\0\0\x39\3\3" RANDOM
			       "\1i\x13\1\0\0\x10" VERSION SHARE),
	       EV_VALUE, "legacy_session_id_echo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flight_is_read),
		cmocka_unit_test(every_prefix_and_every_tail_is_refused),
		cmocka_unit_test(what_is_no_full_handshake_is_refused),
		cmocka_unit_test(another_version_is_refused_by_name),
		cmocka_unit_test(what_is_no_servers_certificate_is_refused),
		cmocka_unit_test(messages_stand_in_their_order),
		cmocka_unit_test(a_certificate_request_may_stand_between),
		cmocka_unit_test(the_transcript_is_hashed_to_the_certificate),
		cmocka_unit_test(a_retried_hello_counts_as_its_hash),
		cmocka_unit_test(a_retry_changes_nothing_else),
		cmocka_unit_test(a_session_id_is_echoed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
