/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The show functions of the table of kinds: parse an item and, where w is
 * not NULL, write its fields into the object that is open in w (kind.h).
 */
#ifndef EV_SHOW_H
#define EV_SHOW_H

#include "evidence/base/error.h"
#include "evidence/base/json_write.h"

enum ev_code ev_show_tdx_quote(struct ev_span item, struct ev_writer *w,
			       struct ev_error *err);
enum ev_code ev_show_sgx_quote(struct ev_span item, struct ev_writer *w,
			       struct ev_error *err);
enum ev_code ev_show_snp_report(struct ev_span item, struct ev_writer *w,
				struct ev_error *err);
enum ev_code ev_show_hcl(struct ev_span item, struct ev_writer *w,
			 struct ev_error *err);
enum ev_code ev_show_runtime_data(struct ev_span item, struct ev_writer *w,
				  struct ev_error *err);
enum ev_code ev_show_tpm_quote(struct ev_span item, struct ev_writer *w,
			       struct ev_error *err);
enum ev_code ev_show_tpm_signature(struct ev_span item, struct ev_writer *w,
				   struct ev_error *err);
enum ev_code ev_show_tpm_public(struct ev_span item, struct ev_writer *w,
				struct ev_error *err);
enum ev_code ev_show_tpm_pcrs(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err);
enum ev_code ev_show_tpm_pcrs_serialized(struct ev_span item,
					 struct ev_writer *w,
					 struct ev_error *err);
enum ev_code ev_show_tcb_info(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err);
enum ev_code ev_show_qe_identity(struct ev_span item, struct ev_writer *w,
				 struct ev_error *err);
enum ev_code ev_show_issuer_chain(struct ev_span item, struct ev_writer *w,
				  struct ev_error *err);
enum ev_code ev_show_crl(struct ev_span item, struct ev_writer *w,
			 struct ev_error *err);
enum ev_code ev_show_session(struct ev_span item, struct ev_writer *w,
			     struct ev_error *err);
enum ev_code ev_show_imds_attested(struct ev_span item, struct ev_writer *w,
				   struct ev_error *err);
enum ev_code ev_show_cms(struct ev_span item, struct ev_writer *w,
			 struct ev_error *err);
enum ev_code ev_show_roundtrip(struct ev_span item, struct ev_writer *w,
			       struct ev_error *err);
enum ev_code ev_show_roundtrip_times(struct ev_span item, struct ev_writer *w,
				     struct ev_error *err);
enum ev_code ev_show_registry(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err);
enum ev_code ev_show_cert_der(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err);
enum ev_code ev_show_cert_pem(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err);
enum ev_code ev_show_thim_amd(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err);
enum ev_code ev_show_tcg_log(struct ev_span item, struct ev_writer *w,
			     struct ev_error *err);
enum ev_code ev_show_ccel_log(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err);
enum ev_code ev_show_ima_log(struct ev_span item, struct ev_writer *w,
			     struct ev_error *err);
enum ev_code ev_show_cel_tlv(struct ev_span item, struct ev_writer *w,
			     struct ev_error *err);
enum ev_code ev_show_systemd_log(struct ev_span item, struct ev_writer *w,
				 struct ev_error *err);
enum ev_code ev_show_ccel_table(struct ev_span item, struct ev_writer *w,
				struct ev_error *err);

/* Tokens of every service. */
enum ev_code ev_show_token(struct ev_span item, struct ev_writer *w,
			   struct ev_error *err);
enum ev_code ev_show_jwks(struct ev_span item, struct ev_writer *w,
			  struct ev_error *err);
enum ev_code ev_show_oidc_config(struct ev_span item, struct ev_writer *w,
				 struct ev_error *err);

#endif
