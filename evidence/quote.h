/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ECDSA quotes v3 (SGX), v4 and v5 (SGX and TDX) of Intel's DCAP (Intel SGX
 * ECDSA Quote Library API, appendix A; Intel TDX DCAP Quoting Library API,
 * appendix A).  Little-endian.  Bytes behind the signature data are normal
 * (buffers of configfs-tsm and of clouds) and stay outside every digest.
 */
#ifndef EV_QUOTE_H
#define EV_QUOTE_H

#include "evidence/sgx_report.h"
#include "evidence/td_report.h"

enum ev_tee { EV_TEE_SGX = 0x00, EV_TEE_TDX = 0x81 };

enum ev_body_type { /* v5 descriptor; v3 and v4 map onto them */
		    EV_BODY_SGX = 1,
		    EV_BODY_TD10 = 2,
		    EV_BODY_TD15 = 3,
		    EV_BODY_TD15_EXTENDED = 4,
};

enum ev_cert_data_type {
	EV_CERT_PPID_PLAIN = 1,
	EV_CERT_PPID_RSA2048 = 2,
	EV_CERT_PPID_RSA3072 = 3,
	EV_CERT_PCK_LEAF = 4,
	EV_CERT_PCK_CHAIN = 5,
	EV_CERT_QE_REPORT = 6,
};

struct ev_quote {
	struct ev_span bytes; /* the whole item */
	uint16_t version;
	uint16_t att_key_type;
	enum ev_tee tee;
	uint16_t qe_svn, pce_svn;    /* informative, not for TCB matching */
	struct ev_span qe_vendor_id; /* 16 */
	struct ev_span user_data;    /* 20 */
	enum ev_body_type body_type;
	struct ev_sgx_report sgx;	/* body where tee is SGX */
	struct ev_td_body td;		/* body where tee is TDX */
	struct ev_span signed_bytes;	/* header and body, from offset 0 */
	struct ev_span signature;	/* 64, r then s */
	struct ev_span attestation_key; /* 64, X then Y */
	struct ev_sgx_report qe_report;
	struct ev_span qe_report_signature; /* 64 */
	struct ev_span qe_auth_data;	    /* 0..65535 */
	enum ev_cert_data_type cert_type;   /* inner type for v4 and v5 */
	struct ev_span cert_data;
	struct ev_span quote;	/* header to end of signature data */
	struct ev_span padding; /* what follows */
};

/* Offset in the item of a span of this quote. */
static inline uint64_t ev_quote_offset(const struct ev_quote *q,
				       struct ev_span part)
{
	return (uint64_t)(part.p - q->bytes.p);
}

/* Refuses what dcap page 1 calls malformed; padding is not judged. */
enum ev_code ev_quote_parse(struct ev_span item, struct ev_quote *out,
			    struct ev_error *err);

/* Certification data 1 to 3 (plain or encrypted PPID and platform TCB). */
struct ev_ppid_data {
	struct ev_span ppid;   /* 16 plain, 256 or 384 encrypted */
	struct ev_span cpusvn; /* 16 */
	uint16_t pcesvn;
	struct ev_span pceid; /* 2; may be empty in plain data */
};
enum ev_code ev_ppid_data_parse(const struct ev_quote *q,
				struct ev_ppid_data *out, struct ev_error *err);

#endif
