/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which items are judged together.  Content decides; a relation of the
 * manifest breaks ties and speaks for an item whose bytes are broken.
 */
#ifndef RP_LINK_H
#define RP_LINK_H

#include "replay/case.h"

/* item says `rel` of an item of one of these kinds (NULL-terminated). */
bool rp_relates(const struct rp_case *c, const struct rp_item *item,
		const char *rel, const char *const *kinds);

/* item says `rel` of exactly this other item. */
bool rp_relates_to(const struct rp_item *item, const char *rel,
		   const struct rp_item *other);
/* item has bytes and is of this kind; of one of these kinds. */
bool rp_is_kind(const struct rp_item *item, const char *kind);
bool rp_kind_in(const struct rp_item *item, const char *const *kinds);

/* A dcap-issuer-chain that came with a CRL, or that carries a PCK leaf. */
bool rp_chain_serves_crl(const struct rp_case *c, const struct rp_item *item);
bool rp_chain_serves_quote(const struct rp_case *c, const struct rp_item *item);

/* Makes subjects of the certificates that are AK leaves. */
enum ev_code rp_link_ak_certs(struct rp_case *c);

/* link_dcap.c: links of one subject, once the as-of time is known. */
void rp_link_quote(const struct rp_case *c, struct rp_subject *s);
void rp_link_crl(const struct rp_case *c, struct rp_subject *s);
/* The TCB signing chain for an item: the one that says so, else the first. */
const struct rp_subject *rp_chain_of(const struct rp_case *c,
				     const struct rp_item *item);
/* The CRL of that issuer (raw DER Name): one whose window holds T, else the
 * last. */
const struct rp_subject *rp_crl_of(const struct rp_case *c,
				   struct ev_span issuer);

/* link_azure.c */
const struct rp_subject *rp_quote_of_hcl(const struct rp_case *c,
					 const struct rp_hcl *h);
void rp_link_tpm_quote(const struct rp_case *c, struct rp_subject *s,
		       size_t nth);

/* A subject for item, at the end of the list; NULL when memory ran out. */
struct rp_subject *rp_case_add(struct rp_case *c, enum rp_subject_type type,
			       const struct rp_item *item);

#endif
