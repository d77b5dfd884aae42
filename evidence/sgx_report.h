/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SGX report body, 384 bytes, little-endian (Intel SDM vol. 3D; layout of
 * ecart's dcap page 1.3).  Also the body of the quoting enclave's report.
 */
#ifndef EV_SGX_REPORT_H
#define EV_SGX_REPORT_H

#include "evidence/base/error.h"

#define EV_SGX_REPORT_SIZE 384

#define EV_SGX_FLAG_DEBUG	  (UINT64_C(1) << 1)
#define EV_SGX_FLAG_PROVISION_KEY (UINT64_C(1) << 4)

struct ev_sgx_report {
	struct ev_span bytes; /* all 384 */
	uint64_t offset;      /* in the item */
	uint8_t cpusvn[16];
	uint32_t miscselect;
	uint64_t flags, xfrm;
	struct ev_span attributes; /* the 16 bytes of flags and xfrm */
	struct ev_span mrenclave;  /* 32 */
	struct ev_span mrsigner;   /* 32 */
	uint16_t isvprodid, isvsvn, configsvn;
	struct ev_span isvextprodid, isvfamilyid; /* 16 each, by KSS */
	struct ev_span configid;		  /* 64 */
	struct ev_span report_data;		  /* 64 */
};

/* in: exactly 384 bytes; base: their offset in the item. */
enum ev_code ev_sgx_report_parse(struct ev_span in, uint64_t base,
				 struct ev_sgx_report *out,
				 struct ev_error *err);

#endif
