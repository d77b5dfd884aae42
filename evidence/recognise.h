/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recognise functions of the table of kinds: whether the bytes are of
 * that kind, by content alone (ecart-pack(1)).  They look at what tells kinds
 * apart, not at whether the rest is good: broken evidence is archived under
 * its kind and judged there.
 */
#ifndef EV_RECOGNISE_H
#define EV_RECOGNISE_H

#include "evidence/base/bytes.h"

bool ev_is_tdx_quote(struct ev_span item);
bool ev_is_sgx_quote(struct ev_span item);
bool ev_is_snp_report(struct ev_span item);
bool ev_is_hcl_report(struct ev_span item);
bool ev_is_runtime_data(struct ev_span item);
bool ev_is_tpm_quote(struct ev_span item);
bool ev_is_tpm_signature(struct ev_span item);
bool ev_is_tpm_public(struct ev_span item);
bool ev_is_tpm_pcrs_serialized(struct ev_span item);

bool ev_is_tcb_info(struct ev_span item);
bool ev_is_qe_identity(struct ev_span item);
bool ev_is_jwks(struct ev_span item);
bool ev_is_oidc_config(struct ev_span item);
bool ev_is_thim_amd(struct ev_span item);
bool ev_is_imds_attested(struct ev_span item);
bool ev_is_roundtrip(struct ev_span item);
bool ev_is_registry_reply(struct ev_span item);

bool ev_is_issuer_chain(struct ev_span item);
bool ev_is_cert_der(struct ev_span item); /* zero padding behind it allowed */
bool ev_is_cert_pem(struct ev_span item);
bool ev_is_crl_der(struct ev_span item);
bool ev_is_crl_pem(struct ev_span item);
bool ev_is_crl_hex(struct ev_span item);
bool ev_is_key_pem(struct ev_span item);
bool ev_is_cms(struct ev_span item);

/* A confidential-computing log and a TPM's have one form; what is neither for
 * certain is a TPM's (recognise_log.c).  The first is asked first. */
bool ev_is_ccel_log(struct ev_span item);
bool ev_is_tcg_log(struct ev_span item);
bool ev_is_ccel_table(struct ev_span item);
bool ev_is_ima_log(struct ev_span item);
bool ev_is_ima_text(struct ev_span item);
bool ev_is_cel_tlv(struct ev_span item);
bool ev_is_cel_json(struct ev_span item);

/* By the service that the payload names, whatever else is wrong. */
bool ev_is_maa_token(struct ev_span item);
bool ev_is_ita_token(struct ev_span item);
bool ev_is_google_token(struct ev_span item);

#endif
