/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collection that an archive comes from: what its manifest says of the
 * run, the session that its nonces follow from, and each nonce recomputed
 * from the items (ecart-archive(5), BINDING).
 */
#ifndef RP_SESSION_H
#define RP_SESSION_H

#include "evidence/binding.h"
#include "evidence/collector.h"
#include "evidence/session.h"
#include "replay/case.h"

/* How an item's nonce compares with the recomputed one: the words of
 * facts.binding. */
enum rp_bound_result {
	RP_BOUND_NO_SESSION, /* it could not be recomputed */
	RP_BOUND_EQUAL,
	RP_BOUND_DIFFERS,
};

/* What the manifest says of one item, by the item's place in it. */
struct rp_place {
	const struct ev_nonce_use *nonce; /* in it, or NULL */
	const struct rp_item *salt;	  /* of it, or NULL */
	bool has_digest; /* SHA-256(salt || content) is known */
	uint8_t digest[EV_SESSION_ITEM_SIZE];
};

struct rp_session {
	struct rp_parsed collector_parsed;
	struct ev_collector collector;
	struct rp_parsed parsed; /* of binding */
	struct ev_binding binding;
	const struct rp_item *item; /* the document; NULL: not here */
	struct rp_parsed document_parsed;
	struct ev_session document;
	bool has_root; /* the document is good */
	uint8_t root[EV_SESSION_ROOT_SIZE];
	struct rp_place *place;	      /* owned, as the manifest's items */
	enum rp_bound_result *result; /* owned, as binding.nonces */
};

/* What the manifest says, before any item is parsed; c->session is NULL where
 * there is no archive.  EV_TROUBLE or EV_OK. */
enum ev_code rp_session_build(struct rp_case *c);
/* The document itself. */
enum ev_code rp_session_open(struct rp_case *c);
void rp_session_free(struct rp_case *c);

/* One of the signed reports and quotes that passed rests on the session
 * (check_bind.c): its document is then older than they. */
bool rp_session_is_borne(const struct rp_case *c);

/* A nonce as it must be: bytes, or text where the item holds text. */
struct rp_nonce {
	uint8_t bytes[EV_SESSION_ROOT_SIZE + 1];
	size_t n;
	/* Where n is 0: a stable word, then what is missing. */
	char why[RP_REASON_MAX];
	/* Bytes of one more item that it follows from. */
	const struct rp_item *from;
	struct ev_span part[2];
	size_t n_parts;
};

/* EV_TROUBLE, or EV_OK with n == 0 where why says what is missing; the
 * session has a root. */
enum ev_code rp_session_nonce(struct rp_case *c, const struct ev_nonce_use *use,
			      const struct rp_item *item, struct rp_nonce *out);

#endif
