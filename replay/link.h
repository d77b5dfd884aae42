/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which items are judged together.  Content decides; a relation of the
 * manifest breaks ties and speaks for an item whose bytes are broken.
 */
#ifndef RP_LINK_H
#define RP_LINK_H

#include "replay/case.h"

/* The item of the archive with that path, or NULL. */
struct rp_item *rp_item_named(const struct rp_case *c, const char *name);

/* item says `rel` of an item of one of these kinds (NULL-terminated). */
bool rp_relates(const struct rp_case *c, const struct rp_item *item,
		const char *rel, const char *const *kinds);

/* item says `rel` of exactly this other item. */
bool rp_relates_to(const struct rp_item *item, const char *rel,
		   const struct rp_item *other);
/* item is of this kind; of one of these kinds. */
bool rp_is_kind(const struct rp_item *item, const char *kind);
bool rp_kind_in(const struct rp_item *item, const char *const *kinds);

/* Whose each chain item is, and what was decoded, before anything is
 * parsed. */
void rp_link_roles(struct rp_case *c);

/* The window [from, to] holds the as-of time. */
bool rp_holds_at(const struct rp_case *c, int64_t from, int64_t to);

/* link_pck.c: looks into each chain item that may be of a quote, once. */
enum ev_code rp_link_pck_chains(struct rp_case *c);
/* Certification data of type 4, read into leaf. */
void rp_quote_read_leaf(struct rp_quote *q);
/* Its certificate's DER; empty where there is none. */
struct ev_span rp_quote_leaf(const struct rp_quote *q);
/* The PCK chain of one quote. */
void rp_link_pck_chain(const struct rp_case *c, struct rp_subject *s);

/* link_dcap.c, once the as-of time is known. */
void rp_link_quote(struct rp_case *c, struct rp_subject *s);

/* Notes which TCB infos are there twice. */
enum ev_code rp_mark_repeated(struct rp_case *c);
/* A set is named by the policy, and for the quote there is none of that name:
 * it has neither TCB info nor identity, whatever else is here. */
bool rp_lacks_named_set(const struct rp_case *c, const struct rp_quote *q);
/* The TCB info parses and is for the quote's TEE and platform. */
bool rp_tcb_info_fits(const struct rp_quote *q,
		      const struct rp_subject *tcb_info);
/* The identity by which a quote is judged together with that TCB info (NULL:
 * with none), or NULL. */
const struct rp_subject *
rp_qe_identity_beside(const struct rp_case *c, const struct rp_quote *q,
		      const struct rp_subject *tcb_info);

/* link_crl.c: each CRL finds its issuer's chain. */
void rp_link_crls(struct rp_case *c);
/* The CRL that names this issuer, by subject and key identifier: the newest
 * whose window holds T, else the newest.  Else one of the subject and another
 * key, else one that is not `other` and does not parse, or has the issuer's
 * key identifier under a name that nobody here has: it stands in for the one
 * that is missing, so that what rests on it fails, or is skipped because it
 * failed, and not because it is absent. */
const struct rp_subject *rp_crl_or_broken(const struct rp_case *c,
					  const struct ev_cert *issuer,
					  const struct rp_subject *other);

/* Something is judged by this piece of collateral (NULL: by none). */
void rp_decides(struct rp_case *c, const struct rp_subject *s);

/* link_azure.c */
const struct rp_subject *rp_quote_of_hcl(const struct rp_case *c,
					 const struct rp_hcl *h);
/* Claims that came without their report find the SEV-SNP report or the quote
 * that commits to them; else the first. */
void rp_link_runtime_claims(const struct rp_case *c, struct rp_subject *claims);
void rp_link_tpm_quotes(struct rp_case *c);
/* link_snp.c: each SEV-SNP report finds the certificate of its chip's key.
 * EV_TROUBLE or EV_OK. */
enum ev_code rp_link_snp(struct rp_case *c);
/* The certificate cannot be read, or is said to be of an AMD chip's key and
 * lacks what that has; and no report is held against it. */
bool rp_is_left_vcek(const struct rp_case *c, const struct rp_ak_cert *cert);
/* link_log.c, once PCR values have found their quotes: registers become
 * subjects, compared. */
enum ev_code rp_link_logs(struct rp_case *c);
/* Another log of its form gives the quotes' registers. */
bool rp_log_is_left_out(const struct rp_case *c, const struct rp_subject *log);
/* link_token.c: the key set and the certificates that each token names. */
enum ev_code rp_link_tokens(struct rp_case *c);
/* link_azure.c: items of the kind are judged with a TPM quote. */
bool rp_is_companion(const struct ev_kind *kind);

#endif
