/* SPDX-License-Identifier: Apache-2.0 */
/* The session document, and every nonce as a digest of its digest. */
#include "evidence/session.h"

#include "evidence/base/hex.h"

#include <inttypes.h>
#include <stdio.h>

static const char object[] = "session";

#define SESSION_VERSION 1

/* --- the document --- */

/* Hex of 0 to 64 bytes: a verifier's nonce is as long as it likes. */
static enum ev_code parse_challenge(const json_t *root, struct ev_session *s,
				    struct ev_error *err)
{
	struct ev_span text;

	if (ev_json_get_str(root, object, "challenge", &text, err) != EV_OK)
		return err->code;
	if (text.n > 2 * EV_SESSION_CHALLENGE_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "challenge", 0,
				   2 * EV_SESSION_CHALLENGE_MAX, text.n);
	s->challenge_size = text.n / 2;
	return ev_json_get_hex(root, object, "challenge", s->challenge,
			       s->challenge_size, err);
}

static enum ev_code parse_members(const json_t *root, struct ev_session *s,
				  struct ev_error *err)
{
	uint64_t version = 0;
	json_t *host;

	if (!json_is_object(root))
		return ev_fail(err, EV_SYNTAX, object, "text", 0, "an object",
			       ev_json_type_word(root));
	if (ev_json_get_u64(root, object, "v", UINT32_MAX, &version, err) !=
	    EV_OK)
		return err->code;
	if (version != SESSION_VERSION)
		return ev_fail_u64(err, EV_VALUE, object, "v", 0,
				   SESSION_VERSION, version);
	if (ev_json_get_hex(root, object, "seed", s->seed, sizeof(s->seed),
			    err) != EV_OK ||
	    parse_challenge(root, s, err) != EV_OK ||
	    ev_json_get_time(root, object, "started", &s->started, err) !=
		    EV_OK)
		return err->code;
	return ev_json_get_object(root, object, "host", &host, err);
}

enum ev_code ev_session_parse(struct ev_span text, struct ev_session *out,
			      struct ev_error *err)
{
	ev_auto_json json_t *root = NULL;
	struct ev_session s = { .challenge_size = 0 };

	if (ev_json_parse(text, EV_SESSION_MAX, object, &root, err) != EV_OK ||
	    parse_members(root, &s, err) != EV_OK ||
	    ev_json_check_canonical(text, root, object, err) != EV_OK)
		return err->code;
	s.json = root;
	root = NULL;
	*out = s;
	return EV_OK;
}

void ev_session_free(struct ev_session *session)
{
	json_decref(session->json);
	*session = (struct ev_session){ .json = NULL };
}

/* --- what follows from it --- */

bool ev_session_root(struct ev_crypto *crypto, struct ev_span text,
		     uint8_t root[EV_SESSION_ROOT_SIZE])
{
	return ev_digest(crypto, EV_SHA512, text, root);
}

bool ev_session_item_digest(struct ev_crypto *crypto, struct ev_span salt,
			    struct ev_span content,
			    uint8_t out[EV_SESSION_ITEM_SIZE])
{
	const struct ev_span parts[] = { salt, content };

	return ev_digest_parts(crypto, EV_SHA256, parts, 2, out);
}

void ev_session_commit_digest(const char *path,
			      const uint8_t digest[EV_SESSION_ITEM_SIZE],
			      struct ev_buffer *t)
{
	size_t n = strlen(path);

	assert(n <= UINT8_MAX); /* EV_PATH_TEXT is 101 */
	ev_buffer_add_byte(t, (uint8_t)n);
	ev_buffer_add(t, ev_span_of(path, n));
	ev_buffer_add(t, ev_span_of(digest, EV_SESSION_ITEM_SIZE));
}

bool ev_session_commit(struct ev_crypto *crypto, const char *path,
		       struct ev_span salt, struct ev_span content,
		       struct ev_buffer *t)
{
	uint8_t digest[EV_SESSION_ITEM_SIZE];

	if (!ev_session_item_digest(crypto, salt, content, digest))
		return false;
	ev_session_commit_digest(path, digest, t);
	return ev_buffer_ok(t);
}

bool ev_session_tpm_nonce(struct ev_crypto *crypto,
			  const uint8_t root[EV_SESSION_ROOT_SIZE],
			  struct ev_span t, uint8_t out[EV_SESSION_TPM_SIZE])
{
	/* The NUL behind a label is part of it: no label begins another. */
	static const char label[] = EV_SESSION_RECIPE " tpm-quote";
	const struct ev_span parts[] = {
		EV_SPAN(label),
		ev_span_of(root, EV_SESSION_ROOT_SIZE),
		t,
	};

	return ev_digest_parts(crypto, EV_SHA256, parts, 3, out);
}

/* SHA-256 of a label, its NUL, and H0. */
static bool labelled(struct ev_crypto *crypto, struct ev_span label,
		     const uint8_t root[EV_SESSION_ROOT_SIZE], uint8_t out[32])
{
	const struct ev_span parts[] = {
		label,
		ev_span_of(root, EV_SESSION_ROOT_SIZE),
	};

	return ev_digest_parts(crypto, EV_SHA256, parts, 2, out);
}

bool ev_session_imds_nonce(struct ev_crypto *crypto,
			   const uint8_t root[EV_SESSION_ROOT_SIZE],
			   char out[EV_SESSION_DIGITS])
{
	static const char label[] = EV_SESSION_RECIPE " imds";
	uint8_t digest[32];
	uint64_t n = 0;

	if (!labelled(crypto, EV_SPAN(label), root, digest))
		return false;
	for (size_t i = 0; i < sizeof(n); i++)
		n = n << 8 | digest[i];
	snprintf(out, EV_SESSION_DIGITS, "%010" PRIu64,
		 n % UINT64_C(10000000000));
	return true;
}

bool ev_session_maa_nonce(struct ev_crypto *crypto,
			  const uint8_t root[EV_SESSION_ROOT_SIZE],
			  char out[EV_SESSION_HEX])
{
	static const char label[] = EV_SESSION_RECIPE " maa";
	uint8_t digest[32];

	if (!labelled(crypto, EV_SPAN(label), root, digest))
		return false;
	ev_hex_encode(EV_SPAN(digest), out);
	return true;
}

bool ev_session_tls_nonce(struct ev_crypto *crypto,
			  const uint8_t root[EV_SESSION_ROOT_SIZE],
			  uint32_t index, uint8_t out[EV_SESSION_TLS_SIZE])
{
	static const char label[] = EV_SESSION_RECIPE " tls";
	const uint8_t counted[] = { (uint8_t)(index >> 24),
				    (uint8_t)(index >> 16),
				    (uint8_t)(index >> 8), (uint8_t)index };
	const struct ev_span parts[] = {
		EV_SPAN(label),
		ev_span_of(root, EV_SESSION_ROOT_SIZE),
		EV_SPAN(counted),
	};

	return ev_digest_parts(crypto, EV_SHA256, parts, 3, out);
}

bool ev_session_ita_data(struct ev_crypto *crypto,
			 const uint8_t root[EV_SESSION_ROOT_SIZE],
			 struct ev_span val, struct ev_span iat,
			 uint8_t out[EV_SESSION_ROOT_SIZE])
{
	const struct ev_span parts[] = {
		val,
		iat,
		ev_span_of(root, EV_SESSION_ROOT_SIZE),
	};

	return ev_digest_parts(crypto, EV_SHA512, parts, 3, out);
}
