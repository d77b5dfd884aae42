/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SGX extension of a PCK certificate, OID 1.2.840.113741.1.13.1 (Intel
 * SGX PCK Certificate and CRL Profile Specification, 1.5, section 1.5).
 */
#ifndef EV_PCK_H
#define EV_PCK_H

#include "evidence/cert.h"

enum ev_sgx_type {
	EV_SGX_STANDARD = 0,
	EV_SGX_SCALABLE = 1,
	EV_SGX_SCALABLE_INTEGRITY = 2,
};

struct ev_pck {
	uint8_t ppid[16];
	uint8_t components[16]; /* SGX TCB component SVNs 1..16 */
	uint16_t pcesvn;
	uint8_t cpusvn[16];
	uint8_t pceid[2];
	uint8_t fmspc[6];
	enum ev_sgx_type sgx_type;
	bool platform_ca; /* the three members below are present */
	uint8_t platform_instance_id[16];
	bool dynamic_platform, cached_keys, smt_enabled;
};

/* value: the extension's OCTET STRING content.  Refuses an OID twice, an
 * entry count other than 5 or 7, a TCB without all 18 parts. */
enum ev_code ev_pck_parse(struct ev_span value, struct ev_pck *out,
			  struct ev_error *err);

#endif
