/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session of a collection, and the nonces that follow from it
 * (ecart-archive(5), BINDING).  One document, hashed once, is the root; each
 * nonce is a digest of that hash, so that whoever holds the archive computes
 * all of them again.  Recipe "ecart/1".
 */
#ifndef EV_SESSION_H
#define EV_SESSION_H

#include "evidence/base/buffer.h"
#include "evidence/base/digest.h"
#include "evidence/base/json.h"

#define EV_SESSION_RECIPE "ecart/1"

static const size_t EV_SESSION_MAX = (size_t)1 << 20;
#define EV_SESSION_SEED_SIZE	 32
#define EV_SESSION_CHALLENGE_MAX 64
#define EV_SESSION_ROOT_SIZE	 64
#define EV_SESSION_TPM_SIZE	 32
#define EV_SESSION_TLS_SIZE	 32
#define EV_SESSION_ITEM_SIZE	 32
#define EV_SESSION_SALT_SIZE	 32
#define EV_SESSION_DIGITS	 11 /* ten decimal digits and NUL */
#define EV_SESSION_HEX		 65 /* 64 hex digits and NUL */

/* What the session document says (kind ecart-session). */
struct ev_session {
	uint8_t seed[EV_SESSION_SEED_SIZE];
	uint8_t challenge[EV_SESSION_CHALLENGE_MAX]; /* a verifier's nonce */
	size_t challenge_size;			     /* 0: self-made */
	int64_t started;
	json_t *json; /* owned; "host" is in it */
};

/* Refuses what is not canonical, another version than 1, a seed or challenge
 * of another size.  Free with ev_session_free. */
enum ev_code ev_session_parse(struct ev_span text, struct ev_session *out,
			      struct ev_error *err);
void ev_session_free(struct ev_session *session);

/* H0 = SHA-512 of the document's bytes: user-data of the HCL report,
 * REPORTDATA of a plain TD.  Each of these is false on trouble alone. */
bool ev_session_root(struct ev_crypto *crypto, struct ev_span text,
		     uint8_t root[EV_SESSION_ROOT_SIZE]);

/* What T holds of an item: SHA-256(salt || content); salt is empty for most. */
bool ev_session_item_digest(struct ev_crypto *crypto, struct ev_span salt,
			    struct ev_span content,
			    uint8_t out[EV_SESSION_ITEM_SIZE]);
/* One item that a TPM quote commits to: appends len8(path) || path || its
 * digest to T.  The path is one of an archive: at most 100 bytes. */
void ev_session_commit_digest(const char *path,
			      const uint8_t digest[EV_SESSION_ITEM_SIZE],
			      struct ev_buffer *t);
/* Both in one. */
bool ev_session_commit(struct ev_crypto *crypto, const char *path,
		       struct ev_span salt, struct ev_span content,
		       struct ev_buffer *t);
/* qualifyingData = SHA-256("ecart/1 tpm-quote\0" || H0 || T). */
bool ev_session_tpm_nonce(struct ev_crypto *crypto,
			  const uint8_t root[EV_SESSION_ROOT_SIZE],
			  struct ev_span t, uint8_t out[EV_SESSION_TPM_SIZE]);
/* The first 8 bytes, big-endian, of SHA-256("ecart/1 imds\0" || H0), modulo
 * 10^10, as ten digits. */
bool ev_session_imds_nonce(struct ev_crypto *crypto,
			   const uint8_t root[EV_SESSION_ROOT_SIZE],
			   char out[EV_SESSION_DIGITS]);
/* Lower-case hex of SHA-256("ecart/1 maa\0" || H0). */
bool ev_session_maa_nonce(struct ev_crypto *crypto,
			  const uint8_t root[EV_SESSION_ROOT_SIZE],
			  char out[EV_SESSION_HEX]);
/* SHA-256("ecart/1 tls\0" || H0 || index): of one try of a round trip, counted
 * from 0, in 4 bytes, big-endian. */
bool ev_session_tls_nonce(struct ev_crypto *crypto,
			  const uint8_t root[EV_SESSION_ROOT_SIZE],
			  uint32_t index, uint8_t out[EV_SESSION_TLS_SIZE]);
/* User-data of the report that a token of Intel Trust Authority is about:
 * SHA-512(val || iat || H0), both as decoded bytes of the service's nonce. */
bool ev_session_ita_data(struct ev_crypto *crypto,
			 const uint8_t root[EV_SESSION_ROOT_SIZE],
			 struct ev_span val, struct ev_span iat,
			 uint8_t out[EV_SESSION_ROOT_SIZE]);

#endif
