/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and quotes of the TPM: tpm2_readpublic, tpm2_quote, tpm2_pcrread. */
#ifndef CO_TPM_QUOTE_H
#define CO_TPM_QUOTE_H

#include "collect/tpm.h"

/* The PCRs that a bank has, 0 to 23; false where there are none. */
bool co_tpm_bank(const struct co_tpm *tpm, uint16_t alg,
		 struct ev_pcr_selection *out);

/* Appends the TPM2B_PUBLIC of a persistent key. */
bool co_tpm_read_public(struct co_tpm *tpm, uint32_t handle,
			struct ev_buffer *out, char why[512]);

struct co_tpm_quoted {
	struct ev_buffer attest;    /* TPMS_ATTEST */
	struct ev_buffer signature; /* TPMT_SIGNATURE */
	/* As hashed; empty where not asked for, or where they did not come:
	 * why tells. */
	struct ev_buffer values;
	/* What tools before 5.2 write instead; values are decoded from it. */
	struct ev_buffer serialized;
	bool pcrs_moved; /* between the quote and the reading of the values */
};

/* One tpm2_quote over one bank; free *out in any case.  What came is not
 * held against the question here (fresh.h). */
bool co_tpm_quote(struct co_tpm *tpm, uint32_t key, struct ev_span nonce,
		  const struct ev_pcr_selection *bank, bool values,
		  struct co_tpm_quoted *out, char why[512]);
void co_tpm_quoted_free(struct co_tpm_quoted *quoted);

/* Appends the values of all banks; banks: the list that was asked for. */
bool co_tpm_pcr_read(struct co_tpm *tpm, char *banks, size_t banks_size,
		     struct ev_buffer *out, char why[512]);

#endif
