/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session and its nonces, against values made by others: H0 by
 *   printf %s "$J" | sha512sum
 * and all else by Python's hashlib, as each test says.  J is `good` below,
 * H0 its SHA-512.
 */
#include "evidence/session.h"

#include "evidence/base/hex.h"
#include "evidence/kind.h"
#include "tests/parse_case.h"

static struct ev_crypto *crypto;

#define SEED "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define J(challenge, seed, v)                                                  \
	"{\"challenge\":\"" challenge                                          \
	"\",\"host\":{\"sysname\":\"Linux\"},\"seed\":\"" seed                 \
	"\",\"started\":\"2026-06-08T12:42:41Z\",\"v\":" v "}"
static const char good[] = J("00ff", SEED, "1");

static const char want_root[] =
	"9178b868a3f4222cdbc0144f4cc46c0ad30187e48126bb7bfde3b4fe458b814c"
	"65beed9dc28df1571ef7d051f80812b5cc81f1ac81f941c89466e9a60ee88c9a";

static enum ev_code parse(struct ev_span text, struct ev_error *err)
{
	struct ev_session s;
	enum ev_code code = ev_session_parse(text, &s, err);

	if (code == EV_OK)
		ev_session_free(&s);
	return code;
}

static void assert_hex(const uint8_t *got, size_t n, const char *want)
{
	char text[2 * 64 + 1];

	ev_hex_encode(ev_span_of(got, n), text);
	assert_string_equal(text, want);
}

static void root_of(const char *text, uint8_t root[EV_SESSION_ROOT_SIZE])
{
	assert_true(ev_session_root(crypto, ev_span_str(text), root));
}

static void a_document_is_read(void **state)
{
	struct ev_error err = { 0 };
	struct ev_session s;
	const json_t *host;

	(void)state;
	assert_int_equal(ev_session_parse(ev_span_str(good), &s, &err), EV_OK);
	assert_hex(s.seed, sizeof(s.seed), SEED);
	assert_hex(s.challenge, s.challenge_size, "00ff");
	assert_int_equal(s.started, INT64_C(1780922561));
	host = json_object_get(s.json, "host");
	assert_string_equal(json_string_value(json_object_get(host, "sysname")),
			    "Linux");
	ev_session_free(&s);
	assert_null(s.json);
}

static void a_challenge_has_0_to_64_bytes(void **state)
{
	static const char none[] = J("", SEED, "1");
	static const char most[] = J(SEED SEED, SEED, "1");
	static const char more[] = J(SEED SEED "00", SEED, "1");
	struct ev_error err = { 0 };
	struct ev_session s;

	(void)state;
	assert_int_equal(ev_session_parse(ev_span_str(none), &s, &err), EV_OK);
	assert_int_equal(s.challenge_size, 0);
	ev_session_free(&s);
	assert_int_equal(ev_session_parse(ev_span_str(most), &s, &err), EV_OK);
	assert_int_equal(s.challenge_size, 64);
	ev_session_free(&s);
	parse(ev_span_str(more), &err);
	parse_expect(&err, EV_LIMIT, "session", "challenge");
}

struct refusal {
	const char *from, *to;
	enum ev_code code;
	const char *field;
};

static const struct refusal refusals[] = {
	{ "\"v\":1", "\"v\":2", EV_VALUE, "v" },
	{ "\"v\":1", "\"v\":0", EV_VALUE, "v" },
	{ "\"v\":1", "\"v\":\"1\"", EV_SYNTAX, "v" },
	{ ",\"v\":1", "", EV_MISSING, "v" },
	{ "\"00ff\"", "\"00f\"", EV_SYNTAX, "challenge" },
	{ "\"00ff\"", "\"00fg\"", EV_SYNTAX, "challenge" },
	{ "\"00ff\"", "7", EV_SYNTAX, "challenge" },
	{ "\"challenge\":\"00ff\",", "", EV_MISSING, "challenge" },
	{ "cdef\",\"st", "cd\",\"st", EV_SYNTAX, "seed" },
	{ "cdef\",\"st", "cdef00\",\"st", EV_SYNTAX, "seed" },
	{ "\"seed\":\"" SEED "\",", "", EV_MISSING, "seed" },
	{ "12:42:41Z", "12:42:61Z", EV_SYNTAX, "started" },
	{ "12:42:41Z", "12:42:41", EV_SYNTAX, "started" },
	{ "\"started\":\"2026-06-08T12:42:41Z\",", "", EV_MISSING, "started" },
	{ "{\"sysname\":\"Linux\"}", "[]", EV_SYNTAX, "host" },
	{ "\"host\":{\"sysname\":\"Linux\"},", "", EV_MISSING, "host" },
	/* Another spelling is another H0, so there is one alone. */
	{ "\"v\":1", "\"v\": 1", EV_VALUE, "canonical" },
	{ "\"v\":1}", "\"v\":1}\n", EV_VALUE, "canonical" },
	{ "{\"challenge\":\"00ff\",", "{\"a\":1,\"challenge\":\"00ff\",", EV_OK,
	  NULL }, /* more members of a later program */
	{ "\"Linux\"", "null", EV_VALUE, "subset" },
	{ "\"v\":1}", "\"v\":1,\"v\":1}", EV_DUPLICATE, "member" },
	{ "\"v\":1}", "\"v\":1}x", EV_TRAILING, "text" },
};

static void every_other_document_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		struct ev_error err = { 0 };
		size_t n;
		char *text;

		text = parse_replace(ev_span_str(good), r->from, r->to, &n);
		assert_int_equal(parse(ev_span_of(text, n), &err), r->code);
		if (r->code != EV_OK)
			parse_expect(&err, r->code, "session", r->field);
		free(text);
	}
	parse_prefixes(parse, ev_span_str(good), strlen(good));
	parse_mutations(parse, ev_span_str(good), 3000);
}

static void a_document_is_at_most_1_mib(void **state)
{
	struct ev_error err = { 0 };
	char *text = calloc(1, EV_SESSION_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', EV_SESSION_MAX + 1);
	parse(ev_span_of(text, EV_SESSION_MAX + 1), &err);
	parse_expect(&err, EV_LIMIT, "session", "size");
	free(text);
	assert_int_equal(
		ev_kind_find(EV_SPAN_LITERAL("ecart-session"))->max_size,
		EV_SESSION_MAX);
}

static void the_root_is_sha_512_of_the_bytes(void **state)
{
	uint8_t root[EV_SESSION_ROOT_SIZE];

	(void)state;
	root_of(good, root);
	assert_hex(root, sizeof(root), want_root);
}

/*
 * t = b''
 * for n, salt, x in ((b"items/a/0000.bin", b"", b"one"),
 *                    (b"items/b/0000.bin", b"S" * 32, b"two")):
 *     t += bytes([len(n)]) + n + sha256(salt + x).digest()
 * sha256(t), sha256(b"ecart/1 tpm-quote\0" + H0 + t), and without t
 */
static void the_tpm_nonce_covers_the_items_in_order(void **state)
{
	static const char salt[] = "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS";
	ev_auto_buffer struct ev_buffer t = { 0 };
	uint8_t root[EV_SESSION_ROOT_SIZE], digest[32];
	struct ev_span none = { NULL, 0 };

	(void)state;
	root_of(good, root);
	assert_true(ev_session_tpm_nonce(crypto, root, none, digest));
	assert_hex(digest, 32,
		   "5d6404e7ed483c5a6354c27c25d751df"
		   "ac08a305d58b4a34dd801db437cc4ce4");
	assert_true(ev_session_commit(crypto, "items/a/0000.bin", none,
				      EV_SPAN_LITERAL("one"), &t));
	assert_true(ev_session_item_digest(crypto, EV_SPAN_LITERAL(salt),
					   EV_SPAN_LITERAL("two"), digest));
	ev_session_commit_digest("items/b/0000.bin", digest, &t);
	assert_int_equal(t.n, 98);
	assert_true(ev_digest(crypto, EV_SHA256, ev_buffer_span(&t), digest));
	assert_hex(digest, 32,
		   "b9794b0c179a144ff5ad620dc6960a88"
		   "315029dcaea31e68950a23c8465dbeba");
	assert_true(
		ev_session_tpm_nonce(crypto, root, ev_buffer_span(&t), digest));
	assert_hex(digest, 32,
		   "bfcd1ba9f24ae4c249efff381c1b2449"
		   "cbb40e2673f349a983a52f9fac60bbb4");
}

/* d = sha256(b"ecart/1 imds\0" + H0).digest()
 * "%010d" % (int.from_bytes(d[:8], "big") % 10**10); the second H0 is the
 * first whose nonce has three zeros in front: 00 9a and 62 zeros. */
static void the_imds_nonce_has_ten_digits(void **state)
{
	uint8_t root[EV_SESSION_ROOT_SIZE];
	char digits[EV_SESSION_DIGITS];

	(void)state;
	root_of(good, root);
	assert_true(ev_session_imds_nonce(crypto, root, digits));
	assert_string_equal(digits, "8920263594");
	memset(root, 0, sizeof(root));
	root[1] = 0x9a;
	assert_true(ev_session_imds_nonce(crypto, root, digits));
	assert_string_equal(digits, "0001321883");
}

/* sha256(b"ecart/1 maa\0" + H0); sha512(b"VAL" + b"IAT" + H0) */
static void tokens_have_nonces_of_their_own(void **state)
{
	uint8_t root[EV_SESSION_ROOT_SIZE], data[EV_SESSION_ROOT_SIZE];
	char hex[EV_SESSION_HEX];

	(void)state;
	root_of(good, root);
	assert_true(ev_session_maa_nonce(crypto, root, hex));
	assert_string_equal(hex, "50ba6dbb0f3a32945ee9cc0bd272c21e"
				 "344a4a864a8d7ffae6e8b9d91151556c");
	assert_true(ev_session_ita_data(crypto, root, EV_SPAN_LITERAL("VAL"),
					EV_SPAN_LITERAL("IAT"), data));
	assert_hex(data, sizeof(data),
		   "7991166b6277222a8e57433e5b0fa722"
		   "d9f49ca4d961ad97328c425a8870ec04"
		   "c635b1818833d56f203866494e6ff071"
		   "7f72fbd02293a6979cd6cb2177f40829");
}

/* sha256(b"ecart/1 tls\0" + H0 + index.to_bytes(4, "big")) */
static void each_tls_try_has_a_nonce(void **state)
{
	uint8_t root[EV_SESSION_ROOT_SIZE], nonce[EV_SESSION_TLS_SIZE];

	(void)state;
	root_of(good, root);
	assert_true(ev_session_tls_nonce(crypto, root, 0, nonce));
	assert_hex(nonce, sizeof(nonce),
		   "3ddfc90cbc7f97745373c2976a9ea67a"
		   "dc7494aa928c7752be9eaae0c5cb0c1b");
	assert_true(ev_session_tls_nonce(crypto, root, 0x01020304, nonce));
	assert_hex(nonce, sizeof(nonce),
		   "3723dfdd6fc665c520bda7b493fee018"
		   "276aa5ce73ca8fa625be52c6d72b0b1d");
}

static void a_document_is_shown(void **state)
{
	const struct ev_kind *kind =
		ev_kind_find(EV_SPAN_LITERAL("ecart-session"));
	struct ev_error err = { 0 };
	struct ev_writer *w = ev_writer_new();
	char *text;

	(void)state;
	assert_non_null(w);
	ev_write_object(w, NULL);
	assert_int_equal(kind->show(ev_span_str(good), w, &err), EV_OK);
	ev_write_end(w);
	text = ev_writer_finish(w, NULL);
	assert_non_null(text);
	assert_non_null(
		strstr(text, "\"host\":{\"length\":19,\"offset\":27,\"value\":"
			     "{\"sysname\":\"Linux\"}}"));
	assert_non_null(strstr(text, "\"challenge\":{\"length\":6,"
				     "\"offset\":13,\"value\":\"00ff\"}"));
	free(text);
	ev_writer_free(w);
	assert_int_equal(kind->show(EV_SPAN_LITERAL("{}"), NULL, &err),
			 EV_MISSING);
}

static int begin(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto == NULL;
}

static int end(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_read),
		cmocka_unit_test(a_challenge_has_0_to_64_bytes),
		cmocka_unit_test(every_other_document_is_refused),
		cmocka_unit_test(a_document_is_at_most_1_mib),
		cmocka_unit_test(the_root_is_sha_512_of_the_bytes),
		cmocka_unit_test(the_tpm_nonce_covers_the_items_in_order),
		cmocka_unit_test(the_imds_nonce_has_ten_digits),
		cmocka_unit_test(tokens_have_nonces_of_their_own),
		cmocka_unit_test(each_tls_try_has_a_nonce),
		cmocka_unit_test(a_document_is_shown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
