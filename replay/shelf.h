/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collateral that was parsed for one archive, kept for the next ones of the
 * run: a fleet's archives hold few TCB infos, identities, lists and chains
 * among them.  A piece is found by all of its bytes, and what is kept is what
 * they say, and digests of them; whether that is genuine, current or revoked
 * is asked anew for each archive.  Only what parses is kept, 1024 pieces of up
 * to 64 KiB and 32 MiB of memory at most.  One shelf serves one thread.
 */
#ifndef RP_SHELF_H
#define RP_SHELF_H

#include "evidence/crl.h"
#include "evidence/pck.h"
#include "evidence/qe_identity.h"

enum rp_shelf_type {
	RP_SHELF_NONE, /* what is not kept */
	RP_SHELF_CHAIN,
	RP_SHELF_CRL,
	RP_SHELF_TCB_INFO,
	RP_SHELF_QE_IDENTITY,
	RP_N_SHELF_TYPES,
};

struct rp_shelved {
	struct ev_span bytes; /* a copy, into which what was parsed points */
	struct ev_digests digests; /* of bytes; learnt by who needs one first */
	union {
		struct {
			struct ev_chain chain; /* parsed with base 0 */
			/* What the leaf says of a platform; EV_OK: it does. */
			struct ev_pck pck;
			enum ev_code pck_code;
			struct ev_error pck_err;
		};
		struct ev_crl crl;
		struct ev_tcb_info tcb_info;
		struct ev_qe_identity qe_identity;
	};
	/* The shelf's own: */
	enum rp_shelf_type type;
	uint64_t tag;
	size_t users;
	uint64_t last_use;
};

struct rp_shelf;

/* NULL when memory ran out.  What signatures are over is hashed with crypto,
 * once a piece, and it must outlive the shelf. */
struct rp_shelf *rp_shelf_new(struct ev_crypto *crypto);
void rp_shelf_free(struct rp_shelf *shelf);

/*
 * The piece with these bytes, parsed now where it is not there; valid until
 * it is given back.  NULL where it does not parse, is larger than what is
 * kept, or finds no place: the caller then parses for itself.
 */
struct rp_shelved *rp_shelf_take(struct rp_shelf *shelf,
				 enum rp_shelf_type type, struct ev_span bytes);
/* one may be NULL. */
void rp_shelf_give_back(struct rp_shelved *one);

/* How often a type was asked for, and found; for scripts/bench. */
struct rp_shelf_count {
	uint64_t asked, found;
};
struct rp_shelf_count rp_shelf_counted(const struct rp_shelf *shelf,
				       enum rp_shelf_type type);

#endif
