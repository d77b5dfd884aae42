/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TPM quote as other tools keep it: members message (TPMS_ATTEST without a
 * size), signature (the bare RSASSA-PKCS1-v1_5 SHA-256 signature) and pcrs
 * (values in index order), as three parts.
 */
#ifndef CO_TPM_PARTS_H
#define CO_TPM_PARTS_H

#include "collect/encoded.h"
#include "collect/import.h"

/* How and where the members are spelled, for refusals and for the items'
 * notes: static strings. */
struct co_tpm_spelling {
	enum co_spelling spelling;
	const char *object;
	const char *message, *message_detail;
	const char *signature, *signature_detail;
	const char *pcrs, *pcrs_detail;
};

/* quote may be NULL (refused as missing).  *attest is the message's part. */
enum ev_code co_tpm_parts(json_t *quote, const struct co_tpm_spelling *how,
			  struct co_parts *list, size_t from, size_t *attest,
			  struct ev_error *err);

#endif
