/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of machine this is, from what can be seen of it. */
#ifndef CO_MACHINE_H
#define CO_MACHINE_H

#include "collect/root.h"
#include "collect/tpm.h"

enum co_machine_kind {
	CO_MACHINE_NONE,      /* nothing that could speak for it */
	CO_MACHINE_AZURE_TDX, /* an HCL report of type TDX */
	CO_MACHINE_AZURE_SNP,
	CO_MACHINE_AZURE_OTHER,	 /* an HCL report of another type */
	CO_MACHINE_AZURE_UNREAD, /* an HCL report that could not be read */
	CO_MACHINE_TD,		 /* a TD without a paravisor */
	CO_MACHINE_GRAMINE,	 /* an enclave under Gramine */
	CO_MACHINE_TPM,		 /* a TPM alone */
};

struct co_machine {
	enum co_machine_kind kind;
	bool has_tpm, has_tsm, has_tdx_device, has_gramine;
	uint32_t report_type; /* of the HCL report, 0: none */
	char unread[512];     /* AZURE_UNREAD: why */
	char looked[512];     /* what was looked for, and where */
};

/* Looks once: NV indices of the TPM (tpm may be without one), configfs-tsm,
 * /dev/tdx_guest, /dev/attestation. */
void co_machine_detect(const struct co_root *root, struct co_tpm *tpm,
		       struct co_machine *out);

/* One of the four with an HCL report. */
bool co_machine_is_azure(enum co_machine_kind kind);

/* "an Azure confidential VM (TDX)", ... */
const char *co_machine_word(enum co_machine_kind kind);

#endif
