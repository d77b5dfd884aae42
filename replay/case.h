/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The case: every item parsed once, by its kind and content, and linked with
 * the items it is judged by.  Links come from what the bytes say; a relation
 * of the manifest only breaks ties.  Nothing here is verified.
 */
#ifndef RP_CASE_H
#define RP_CASE_H

#include "evidence/archive.h"
#include "evidence/crl.h"
#include "evidence/hcl.h"
#include "evidence/path.h"
#include "evidence/pck.h"
#include "evidence/qe_identity.h"
#include "evidence/thim_amd.h"
#include "evidence/tpm.h"
#include "evidence/tpm_name.h"
#include "evidence/vcek.h"
#include "replay/anchors.h"
#include "replay/check.h"
#include "replay/policy.h"
#include "replay/shelf.h"
#include "replay/signers.h"
#include "replay/stamps.h"
#include "replay/tcb.h"

/* Whose a PEM chain item is; its leaf says so, else the manifest. */
enum rp_chain_role {
	RP_CHAIN_OF_NONE, /* no chain of Intel's */
	RP_CHAIN_OF_TCB_SIGNING,
	RP_CHAIN_OF_QUOTE,
	RP_CHAIN_OF_CRL,
};

struct rp_item {
	const char *name;	    /* path in the archive, or the file given */
	const struct ev_kind *kind; /* NULL: not in this build's table */
	struct ev_span bytes;
	const struct ev_manifest_item *entry; /* NULL: not from the archive */
	bool outside;			      /* given on the command line */
	bool later;			      /* given with --hindsight */
	struct rp_shelved *shelved;	      /* its bytes, parsed, or NULL */
	struct ev_digests digests; /* of bytes, unless shelved; see below */
	enum rp_chain_role role;
	struct rp_subject *subject; /* made of it, NULL: none */
	bool linked;		    /* judged with another item's subject */
	bool decoded;		    /* another item was decoded from it */
};

/* Parse result of a subject's bytes; what it guards is valid on EV_OK. */
struct rp_parsed {
	enum ev_code code;
	struct ev_error err;
};

/* A chain item that may be of a quote which carries none. */
struct rp_pck_chain {
	const struct rp_item *item;
	bool parses;
	bool has_pck; /* the leaf's extension parses as well */
	struct ev_pck pck;
	uint8_t leaf[32]; /* SHA-256 of the leaf's DER, where it parses */
};

struct rp_pck_chains {
	struct rp_pck_chain *chain; /* by what pck says, those without last */
	size_t n, n_with_pck;
	const struct rp_pck_chain *first; /* that parses, else of all */
};

struct rp_quote {
	struct rp_parsed parsed;
	struct ev_quote q;
	struct ev_sha256 sha256; /* of q.quote; rp_item_hash learns it */
	/* Certification data of type 4: the one certificate, no more. */
	struct rp_parsed leaf_parsed;
	struct ev_pem_list leaf;
	const struct rp_pck_chain *said_chain; /* says it is this quote's */
	const struct rp_item *chain_item; /* whose bytes hold the PCK chain */
	struct rp_parsed chain_parsed;
	struct ev_chain chain;	    /* PCK leaf, PCK CA, root */
	struct rp_shelved *shelved; /* whose chain that is, or NULL */
	uint64_t chain_offset;	    /* of the chain's text in chain_item */
	uint64_t chain_size;
	struct rp_parsed pck_parsed;
	struct ev_pck pck;
	const struct rp_subject *tcb_info, *qe_identity; /* or NULL */
	const struct rp_subject *root_crl, *pck_crl;	 /* or NULL */
};

struct rp_chain {
	struct rp_parsed parsed;
	struct ev_chain chain; /* TCB signing leaf, root */
	const struct rp_subject *root_crl;
};

/* A chain that came with a CRL. */
struct rp_issuer {
	const struct rp_item *item;
	struct rp_parsed parsed;
	struct ev_chain chain; /* PCK CA, root */
};

struct rp_crl {
	struct rp_parsed parsed;
	struct ev_crl crl;
	const struct rp_issuer *issuer; /* NULL: from a quote's chain */
	bool foreign; /* neither of the root nor of a PCK CA that is here */
};

struct rp_tcb_info {
	struct rp_parsed parsed;
	bool repeated; /* an earlier one has the same bytes */
	struct ev_tcb_info info;
	const struct rp_subject *chain;
};

struct rp_qe_identity {
	struct rp_parsed parsed;
	struct ev_qe_identity identity;
	const struct rp_subject *chain;
};

struct rp_hcl {
	struct rp_parsed parsed;
	struct ev_hcl hcl;
	/* Runtime claims that a tool kept without the report that held them:
	 * hcl has their bytes and nothing else, and SHA-256 for its hash. */
	bool alone;
	uint8_t alone_sha256[32];
	struct rp_parsed claims_parsed;
	struct ev_runtime_claims claims;
	/* What a quote by the HCLAkPub of the platform's template says. */
	bool has_ak_name;
	uint8_t ak_name[EV_TPM_NAME_MAX];
	size_t ak_name_size;
	const struct rp_subject *quote; /* of TDX; NULL: none */
	const struct rp_subject *snp;	/* its SEV-SNP report; NULL: none */
};

struct rp_tpm_quote {
	struct rp_parsed parsed;
	struct ev_tpm_quote q;
	const struct rp_item *signature_item, *public_item;
	const struct rp_item *pcrs_item; /* tpm-pcrs, else the dump */
	const struct rp_item *dump_item; /* tpm-pcrs-serialized */
	/* The values joined as pcrDigest takes them, of pcrs_item. */
	struct rp_parsed pcrs_parsed;
	struct ev_span values;
	uint8_t *values_made; /* owned: of a dump; NULL: the item's bytes */
	const struct rp_item *key_item; /* key-pem */
	struct rp_parsed signature_parsed;
	struct ev_tpm_signature signature;
	struct rp_parsed public_parsed;
	struct ev_tpm_public public;
	struct ev_public_key public_key; /* of public; there or not */
	struct ev_pem_list key_pem;
	struct ev_public_key pem_key; /* of key_pem; there or not */
	const struct rp_subject *hcl, *ak_cert;
	bool verified; /* by the key of rp_ak_of, vouched for or not; this and
			* what follows is filled by tpm.quote.signature */
	uint8_t ak_name[EV_TPM_NAME_MAX]; /* Name of that key */
	size_t ak_name_size;		  /* 0: its public area is not here */
	/* qualifiedSigner is a primary key's of this one; NULL: of none. */
	const struct ev_tpm_hierarchy *hierarchy;
};

struct rp_ak_cert;

/* A certificate's path, as it was judged (certified.h). */
struct rp_certified {
	struct ev_path path;
	/* Of path.cert[i]; NULL: it is no item of its own. */
	const struct rp_ak_cert *link[EV_PATH_MAX];
};

struct rp_ak_cert {
	struct rp_parsed parsed;
	struct ev_x509 cert;
	struct ev_pem_list pem;	 /* of a cert-pem item's first certificate */
	struct ev_thim_amd thim; /* of an azure-thim-amd item's first */
	struct rp_parsed vcek_parsed;
	struct ev_vcek vcek; /* where it is of an AMD chip's key */
	bool reported;	     /* some SEV-SNP report names that chip */
	/* What link_snp.c asked once: AMD's keys that are here made it. */
	bool issued_asked, issued;
	bool leaf; /* a subject; else only part of the pool */
	const struct rp_item *item;
	size_t place;	       /* in the item, from 0 */
	uint64_t offset, size; /* of its bytes or its block in the item */
	struct rp_certified certified; /* filled by tpm.ak.certificate */
};

struct rp_snp {
	struct rp_parsed parsed;
	struct ev_snp_report report;
	/* That holds it, or whose claims, kept apart, it commits to; NULL: none
	 * here. */
	const struct rp_subject *hcl;
	/* Of the chip's key, by hwID and TCB; else one by which the report
	 * verifies; else one that is no other report's.  Or NULL. */
	const struct rp_ak_cert *vcek;
	struct rp_certified certified; /* filled by snp.chain */
};

struct rp_bound;      /* bound.h */
struct rp_imds;	      /* imds.h */
struct rp_log;	      /* event_log.h */
struct rp_ccel_table; /* event_log.h */
struct rp_compared;   /* compared.h */
struct rp_session;    /* session.h */
struct rp_token;      /* token.h */
struct rp_key_set;    /* token.h */
struct rp_roundtrip;  /* roundtrip.h */
struct rp_registry;   /* registry_statement.h */

struct rp_subject {
	enum rp_subject_type type;
	const char *name;	    /* what the report calls it */
	const struct rp_item *item; /* NULL for the archive and sig/ files */
	size_t index;		    /* of an item, signature or token */
	size_t order;		    /* in the case's list */
	struct rp_subject *next;    /* of the same type */
	/* Collateral: something is judged by it, not by another set. */
	bool decides;
	union {
		void *object; /* any of: */
		struct rp_quote *quote;
		struct rp_chain *chain;
		struct rp_crl *crl;
		struct rp_tcb_info *tcb_info;
		struct rp_qe_identity *qe_identity;
		struct rp_snp *snp;
		struct rp_hcl *hcl;
		struct rp_tpm_quote *tpm_quote;
		struct rp_ak_cert *ak_cert;
		struct rp_imds *imds;
		const struct rp_expect *expect;
		struct rp_bound *bound;
		struct rp_log *log;
		struct rp_ccel_table *ccel_table;
		struct rp_compared *compared;
		struct rp_token *token;
		struct rp_roundtrip *roundtrip;
		struct rp_registry *registry;
	};
	const struct rp_subject *partner[4]; /* NULL-terminated or full */
};

/* Signing keys of Azure Attestation that are followed into their enclaves; a
 * key set has two. */
#define RP_ENCLAVES_MAX 16

struct rp_case {
	struct ev_crypto *crypto;
	const struct ev_archive *archive; /* NULL: loose evidence */
	const struct rp_seal *seal;	  /* NULL where no archive */
	struct rp_anchors *anchors;
	const struct rp_policy *policy;
	struct rp_shelf *shelf; /* NULL: nothing is kept */
	bool archive_only;	/* no item is looked into */
	int64_t at;
	bool has_at; /* false while proven time is still looked for */
	/* What the session must answer, where has_nonce: bytes that a
	 * verifier gave. */
	bool has_nonce;
	struct ev_span nonce;
	struct rp_session *session; /* owned; NULL: no archive */
	struct rp_item *items;
	size_t n_items;
	struct rp_subject **subjects; /* by type, then by item order */
	size_t n_subjects, subjects_room;
	struct rp_subject *first[RP_N_SUBJECT_TYPES];
	struct rp_subject *last[RP_N_SUBJECT_TYPES];
	bool decided[RP_N_SUBJECT_TYPES]; /* one of that type decides */
	bool no_set; /* some quote's: the policy names one that is not here */
	struct rp_ak_cert **certs; /* every general certificate item */
	size_t n_certs, certs_room;
	struct rp_issuer **issuers; /* chains that came with CRLs */
	size_t n_issuers, issuers_room;
	struct rp_pck_chains pck_chains;
	struct rp_key_set *key_sets; /* owned; every one of a token service */
	size_t n_key_sets;
	size_t n_logs;	      /* read: EV_LOGS_MAX at most */
	uint64_t searched;    /* extends so far, as follow.h counts them */
	uint64_t vcek_asks;   /* signatures asked to choose among copies */
	bool foreign_pck_crl; /* a CRL is of a PCK CA that no quote has */
	struct rp_finding *findings; /* by check row, then by subject */
	size_t n_findings, findings_room;
	size_t row_start[RP_CHECKS_MAX]; /* first finding of each table row */
	size_t n_rows;			 /* rows asked so far */
	/* Tokens whose enclaves were judged, one of each certificate: each
	 * is a case of its own (enclave.h). */
	const struct rp_token *enclaves[RP_ENCLAVES_MAX];
	size_t n_enclaves;
	const char *broken; /* archive check that bars the evidence, or NULL */
	bool has_signers;   /* filled by the first check that asks */
	struct rp_signers signers;
	bool has_stamps; /* likewise */
	struct rp_stamps stamps;
	bool has_proven;
	int64_t proven; /* earliest good token's time */
	int64_t slack;	/* its accuracy in seconds, rounded up */
};

/* Bytes that are not in the archive: --collateral, or the library's caller. */
struct rp_loose {
	const char *name;
	const struct ev_kind *kind;
	struct ev_span bytes;
	bool later; /* --hindsight: decides before what the archive holds */
};

/* An item's digests, which are kept beside its bytes once they were computed,
 * the SHA-256 now; of a quote with bytes behind it that of the quote alone
 * comes with it.  Asked of an archive's item by archive.digests, of others by
 * the report.  NULL is trouble. */
struct ev_digests *rp_item_hash(const struct rp_case *c,
				const struct rp_item *item);

/* Parses and links.  archive may be NULL; everything given must outlive the
 * case.  EV_TROUBLE or EV_OK: bad evidence is kept as parse results. */
enum ev_code rp_case_build(struct rp_case *c, const struct rp_loose *loose,
			   size_t n_loose, struct ev_error *err);
void rp_case_free(struct rp_case *c);

/* This build judges items of the kind, alone or with others. */
bool rp_kind_is_judged(const struct ev_kind *kind);

/* Later links that depend on the as-of time: which collateral set decides;
 * and registers, beside what logs make of them.  EV_TROUBLE or EV_OK. */
enum ev_code rp_case_link(struct rp_case *c);

/* The outcome of a check for a subject, for gates that the table's `after`
 * cannot express; RP_SKIP where it was not asked. */
enum rp_outcome rp_outcome_of(const struct rp_case *c, const char *id,
			      const struct rp_subject *s);

/* Whether what a quote says is to be believed: its signature, the revocation
 * of PCK and PCK CA, the quoting enclave's identity and its debug flag were
 * asked and passed; of an SEV-SNP report, its signature and the chain of the
 * key.  Waivers do not count. */
bool rp_quote_trusted(const struct rp_case *c, const struct rp_subject *quote);
/* The first of these checks that did not pass, NULL: none. */
const char *rp_quote_doubt(const struct rp_case *c,
			   const struct rp_subject *quote);

/* The next subject of a type after `from` (NULL: the first), or NULL. */
const struct rp_subject *rp_next_subject(const struct rp_case *c,
					 enum rp_subject_type type,
					 const struct rp_subject *from);

#endif
