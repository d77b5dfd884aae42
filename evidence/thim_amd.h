/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Azure's host answers to GET /metadata/THIM/amd/certification: JSON with
 * the certificate of the chip's key, the chain above it and the TCB that it is
 * for.  Names of members have come in two spellings and are compared without
 * regard to case (Azure THIM, AMD certification).
 */
#ifndef EV_THIM_AMD_H
#define EV_THIM_AMD_H

#include "evidence/base/json.h"
#include "evidence/base/pem.h"

struct ev_thim_amd {
	json_t *json;		  /* owned */
	struct ev_span tcbm;	  /* text; empty where absent */
	struct ev_pem_list vcek;  /* one block */
	struct ev_pem_list chain; /* ASK, ARK */
};

/* Refuses a member twice, whatever its case; PEM that is none; another number
 * of certificates than one under vcekCert.  Offsets of blocks are those in the
 * decoded text.  Free with ev_thim_amd_free. */
enum ev_code ev_thim_amd_parse(struct ev_span item, struct ev_thim_amd *out,
			       struct ev_error *err);
void ev_thim_amd_free(struct ev_thim_amd *thim);

/* tcbm as a TCB_VERSION: 16 hex digits of either case, the most significant
 * first.  False where it is absent or none. */
bool ev_thim_amd_tcb(const struct ev_thim_amd *thim, uint64_t *tcb_version);

#endif
