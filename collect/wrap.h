/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The readers of other tools' wrapper formats: the functions of the rows of
 * co_formats (import.h says what they promise), and the two structures that
 * several wrappers share.  Member names and spellings: ecart's import page
 * and azure page 6.1.
 */
#ifndef CO_WRAP_H
#define CO_WRAP_H

#include "collect/import.h"

#include <jansson.h>

/* flashbots/attested-tls: YAML mappings, see vectors/e2e-tdx. */
bool co_wrap_attested_tls_is_evidence(struct ev_span content);
enum ev_code co_wrap_attested_tls_evidence(struct ev_span content,
					   struct co_parts *list, size_t from,
					   struct ev_error *err);
bool co_wrap_attested_tls_is_collateral(struct ev_span content);
enum ev_code co_wrap_attested_tls_collateral(struct ev_span content,
					     struct co_parts *list, size_t from,
					     struct ev_error *err);

/* confidential-containers/trustee, az-tdx-vtpm and az-snp-vtpm, versions 0, 1
 * and 2; inside {"platform","evidence"} too (attestation-rs). */
bool co_wrap_trustee_is_evidence(struct ev_span content);
enum ev_code co_wrap_trustee_evidence(struct ev_span content,
				      struct co_parts *list, size_t from,
				      struct ev_error *err);
/* The member tpm_quote of the same as a file of its own. */
bool co_wrap_trustee_is_tpm_quote(struct ev_span content);
enum ev_code co_wrap_trustee_tpm_quote(struct ev_span content,
				       struct co_parts *list, size_t from,
				       struct ev_error *err);

/* agentrust-io/cmcp, SEV-SNP behind Azure's paravisor. */
bool co_wrap_cmcp_is_evidence(struct ev_span content);
enum ev_code co_wrap_cmcp_evidence(struct ev_span content,
				   struct co_parts *list, size_t from,
				   struct ev_error *err);

/* Phala-Network/dcap-qvl and those that took its shape. */
bool co_wrap_dcap_is_collateral(struct ev_span content);
enum ev_code co_wrap_dcap_collateral(struct ev_span content,
				     struct co_parts *list, size_t from,
				     struct ev_error *err);

/* tpm2_quote -o: the values, joined. */
enum ev_code co_wrap_pcrs_serialized(struct ev_span content,
				     struct co_parts *list, size_t from,
				     struct ev_error *err);

/* Members tcb_info, qe_identity, their signatures and chains, CRLs. */
enum ev_code co_wrap_collateral_members(json_t *obj, struct co_parts *list,
					size_t from, struct ev_error *err);

#endif
