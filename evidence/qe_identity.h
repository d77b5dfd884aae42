/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enclave identity version 2 (PCS API v4, "Get Quoting Enclave Identity"):
 * the HTTP body {"enclaveIdentity":{...},"signature":"<128 hex>"}.
 */
#ifndef EV_QE_IDENTITY_H
#define EV_QE_IDENTITY_H

#include "evidence/tcb_info.h"

enum ev_enclave_id {
	EV_ENCLAVE_QE,
	EV_ENCLAVE_TD_QE,
	EV_ENCLAVE_QVE,
	EV_ENCLAVE_QAE,
};

struct ev_qe_identity {
	struct ev_span item;
	struct ev_span signed_slice;
	struct ev_sha256 signed_sha256; /* of it, where who keeps it said so */
	uint8_t signature[64];
	struct ev_span signature_hex;
	struct ev_nodes nodes; /* of the item; owned */
	enum ev_enclave_id id;
	int64_t issue_date, next_update;
	uint64_t eval_number;
	uint32_t miscselect, miscselect_mask; /* little-endian of the hex */
	uint8_t attributes[16], attributes_mask[16];
	uint8_t mrsigner[32];
	uint16_t isvprodid;
	struct ev_isvsvn_level *levels; /* sorted: highest ISVSVN first */
	size_t n_levels;
};

const char *ev_enclave_id_word(enum ev_enclave_id id); /* "TD_QE" */

/* Free with ev_qe_identity_free. */
enum ev_code ev_qe_identity_parse(struct ev_span item,
				  struct ev_qe_identity *out,
				  struct ev_error *err);
void ev_qe_identity_free(struct ev_qe_identity *identity);

#endif
