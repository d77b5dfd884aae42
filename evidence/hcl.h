/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attestation report of Azure's paravisor, NV index 0x01400001 of the
 * vTPM (microsoft/openvmm, igvm_attest/get.rs).  Little-endian.  The runtime
 * claims are JSON whose exact bytes the hardware report commits to.
 */
#ifndef EV_HCL_H
#define EV_HCL_H

#include "evidence/base/json.h"
#include "evidence/snp_report.h"
#include "evidence/td_report.h"

enum ev_hcl_report_type {
	EV_HCL_VBS = 1,
	EV_HCL_SNP = 2,
	EV_HCL_TVM = 3,
	EV_HCL_TDX = 4,
	EV_HCL_CCA = 5,
};

#define EV_HCL_HARDWARE_OFFSET 32
#define EV_HCL_HARDWARE_SIZE   1184

struct ev_hcl {
	struct ev_span item;
	uint32_t version, report_size, request_type, status;
	struct ev_span hardware_report; /* 1184 at 32 */
	uint32_t data_size, request_version, report_type, hash_type;
	struct ev_span runtime_data; /* the JSON, exact bytes */
	struct ev_span padding;	     /* what follows it */
	struct ev_tdreport td;	     /* where report_type is EV_HCL_TDX */
	struct ev_snp_report snp;    /* where report_type is EV_HCL_SNP */
};

/* Bounds and enums only; the JSON is parsed apart (it counts for something
 * only after its digest was found in a quote). */
enum ev_code ev_hcl_parse(struct ev_span item, struct ev_hcl *out,
			  struct ev_error *err);

static inline uint64_t ev_hcl_offset(const struct ev_hcl *hcl,
				     struct ev_span part)
{
	return (uint64_t)(part.p - hcl->item.p);
}

#define EV_RSA_MODULUS_MAX 512

struct ev_jwk_rsa { /* RSA public key, big-endian, no leading zeros */
	bool present;
	uint8_t n[EV_RSA_MODULUS_MAX];
	size_t n_size;
	uint8_t e[8];
	size_t e_size;
};

struct ev_runtime_claims {
	json_t *json;	      /* owned */
	struct ev_jwk_rsa ak; /* kid HCLAkPub */
	struct ev_jwk_rsa ek; /* kid HCLEkPub */
	bool has_user_data;
	uint8_t user_data[64];
	const json_t *vm_configuration; /* borrowed, NULL where absent */
	struct ev_span vm_unique_id;	/* borrowed text, may be empty */
};

/* Refuses broken JSON, members twice, a kid twice, user-data that is not
 * 128 hex digits; unknown members are kept.  Free with
 * ev_runtime_claims_free. */
enum ev_code ev_runtime_claims_parse(struct ev_span runtime_data, uint64_t base,
				     struct ev_runtime_claims *out,
				     struct ev_error *err);
void ev_runtime_claims_free(struct ev_runtime_claims *claims);

#endif
