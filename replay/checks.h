/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions behind the rows of checks.c, one file an area, and what they
 * share.  Each may rely on its row: the subject's type, and every `after`
 * check passed.
 */
#ifndef RP_CHECKS_H
#define RP_CHECKS_H

#include "evidence/base/hex.h"
#include "evidence/base/time.h"
#include "replay/case.h"

/* check_archive.c */
rp_check_fn rp_check_archive_container;
rp_check_fn rp_check_archive_manifest;
rp_check_fn rp_check_archive_digests;
rp_check_fn rp_check_archive_canonical;
rp_check_fn rp_check_archive_signature;
rp_check_fn rp_check_archive_threshold;
rp_check_fn rp_check_archive_log_proof;

/* check_time.c */
rp_check_fn rp_check_time_token;
rp_check_fn rp_check_time_proven;
rp_check_fn rp_check_time_order;

/* check_quote.c */
rp_check_fn rp_check_quote_format;
rp_check_fn rp_check_quote_padding;
rp_check_fn rp_check_pck_chain;
rp_check_fn rp_check_pck_extension;
rp_check_fn rp_check_qe_report_signature;
rp_check_fn rp_check_qe_report_binding;
rp_check_fn rp_check_quote_signature;
rp_check_fn rp_check_qe_debug;
rp_check_fn rp_check_td_debug;
rp_check_fn rp_check_td_attributes;
rp_check_fn rp_check_enclave_debug;
rp_check_fn rp_check_enclave_attributes;

/* check_collateral.c */
rp_check_fn rp_check_signing_chain;
rp_check_fn rp_check_tcb_info_signature;
rp_check_fn rp_check_qe_identity_signature;
rp_check_fn rp_check_eval_number;

/* check_crl.c */
rp_check_fn rp_check_crl_signature;
rp_check_fn rp_check_pck_revocation;
rp_check_fn rp_check_pck_ca_revocation;
rp_check_fn rp_check_signing_revocation;

/* check_window.c */
rp_check_fn rp_check_collateral_window;

/* check_tcb.c */
rp_check_fn rp_check_tcb_info_match;
rp_check_fn rp_check_tdx_module_match;
rp_check_fn rp_check_qe_identity_match;
rp_check_fn rp_check_tcb_platform;
rp_check_fn rp_check_tcb_tdx_module;
rp_check_fn rp_check_tcb_qe;
rp_check_fn rp_check_tcb_status;

/* check_snp.c */
rp_check_fn rp_check_snp_format;
rp_check_fn rp_check_snp_signature;
rp_check_fn rp_check_snp_chain;
rp_check_fn rp_check_snp_tcb;
rp_check_fn rp_check_snp_debug;

/* check_maa.c */
rp_check_fn rp_check_maa_enclave;
rp_check_fn rp_check_maa_enclave_binding;
rp_check_fn rp_check_maa_enclave_debug;

/* check_runtime.c */
rp_check_fn rp_check_maa_runtime_data;

/* check_claims.c */
rp_check_fn rp_check_claims; /* maa.claims, ita.claims */

/* check_hcl.c */
rp_check_fn rp_check_hcl_format;
rp_check_fn rp_check_hcl_td_report_hashes;
rp_check_fn rp_check_hcl_report_match;
rp_check_fn rp_check_hcl_runtime_data_binding;
rp_check_fn rp_check_hcl_runtime_data_format;
rp_check_fn rp_check_hcl_ak;

/* check_tpm.c */
rp_check_fn rp_check_tpm_quote_format;
rp_check_fn rp_check_tpm_quote_selection;
rp_check_fn rp_check_tpm_quote_signature;
rp_check_fn rp_check_tpm_quote_pcrs;
rp_check_fn rp_check_tpm_quote_nonce;

/* check_tpm_clock.c */
rp_check_fn rp_check_tpm_quote_clock;

/* check_ak.c */
rp_check_fn rp_check_tpm_ak_attributes;
rp_check_fn rp_check_tpm_ak_name;
rp_check_fn rp_check_tpm_ak_certificate;
rp_check_fn rp_check_tpm_ak_match;

/* check_imds.c */
rp_check_fn rp_check_imds_format;
rp_check_fn rp_check_imds_signature;
rp_check_fn rp_check_imds_chain;
rp_check_fn rp_check_imds_window;
rp_check_fn rp_check_imds_vm_id;

/* check_log.c */
rp_check_fn rp_check_log_format;
rp_check_fn rp_check_log_ccel_table;
rp_check_fn rp_check_log_ima_templates;
rp_check_fn rp_check_log_cel;
rp_check_fn rp_check_log_register;
/* check_events.c */
rp_check_fn rp_check_log_events;
/* check_secure_boot.c */
rp_check_fn rp_check_log_secure_boot;
/* check_aggregate.c */
rp_check_fn rp_check_log_boot_aggregate;

/* check_token.c */
rp_check_fn rp_check_token_format;
rp_check_fn rp_check_token_signature;
rp_check_fn rp_check_maa_key;
/* check_token_chain.c */
rp_check_fn rp_check_token_chain;
/* check_token_nonce.c */
rp_check_fn rp_check_ita_nonce;
/* check_token_window.c */
rp_check_fn rp_check_token_window;

/* check_bind.c */
rp_check_fn rp_check_bind;
rp_check_fn rp_check_bind_challenge;

/* check_endorsement.c */
rp_check_fn rp_check_place_endorsement;

/* check_roundtrip.c */
rp_check_fn rp_check_place_tls;

/* check_registry.c */
rp_check_fn rp_check_place_registry;

/* check_policy.c */
rp_check_fn rp_check_policy_expect;

/* RP_PASS, RP_TROUBLE, or RP_FAIL with "code: why". */
enum rp_outcome rp_signature(struct rp_finding *f, enum ev_verified v,
			     const char *code, const char *why);

/* A chain of leaf (a CA where `ca`) and root: names, signatures, pinned key. */
enum rp_outcome rp_two_links(struct rp_case *c, const struct ev_chain *ch,
			     bool ca, struct rp_finding *f);

/* Whether v, runtime claims that text holds, hash in an order of a paravisor's
 * to what the report data begin with.  RP_SKIP "unknown-member: ..." where
 * they are in no order that is known. */
enum rp_outcome rp_runtime_committed(const struct rp_case *c,
				     const struct ev_node *v,
				     struct ev_span text,
				     struct ev_span report_data,
				     struct rp_finding *f);

/* Whether the root's key is pinned; marks the anchor as used. */
enum rp_outcome rp_root_pinned(struct rp_case *c, const struct ev_cert *root,
			       struct rp_finding *f);

/* The windows of a subject: those of dcap.collateral.window, of an AK
 * certificate's path, of an attested document and its certificate's path, of
 * a token and of its certificates. */
struct rp_window {
	const char *item;
	const char *what; /* "PCK certificate" */
	int64_t from, to;
};
#define RP_WINDOWS_MAX (EV_PATH_MAX + 1) /* a path, and what it vouches for */
size_t rp_windows_of(const struct rp_subject *s,
		     struct rp_window out[RP_WINDOWS_MAX]);
/* False for a piece of a set that does not decide: it is shown, and whether
 * it holds the time is nobody's concern. */
bool rp_window_counts(const struct rp_case *c, const struct rp_subject *s);
/* The check that authenticates the windows of such a subject. */
const char *rp_window_gate(const struct rp_subject *s);

/* The quote by one set of collateral; its PCK certificate must be parsed. */
struct rp_tcb rp_tcb_by(const struct rp_quote *q,
			const struct ev_tcb_info *info,
			const struct ev_qe_identity *identity);

/* Skips what a quote's collateral is needed for: absent is the set that the
 * policy names, else the kind. */
enum rp_outcome rp_skip_collateral(const struct rp_case *c,
				   const struct rp_quote *q, const char *kind,
				   struct rp_finding *f);

/* Whether the QE report of a quote is as an identity demands. */
bool rp_qe_matches(const struct ev_qe_identity *id, const struct ev_quote *q);

#endif
