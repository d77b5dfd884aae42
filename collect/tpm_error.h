/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of what goes wrong with a TPM: response codes (TCG, Trusted
 * Platform Module Library Part 2: Structures, 6.6) and what tpm2-tools and
 * tpm2-tss write on stderr, each with its meaning and with what to do.
 * co_tpm_response_code and co_tpm_explain of tpm.h stand on it.
 */
#ifndef CO_TPM_ERROR_H
#define CO_TPM_ERROR_H

#include "collect/tpm.h"

struct co_tpm_error {
	uint32_t code;	  /* as co_tpm_error_base gives it; 0: by text */
	const char *text; /* parts of stderr, NULL: any */
	const char *also;
	const char *tools; /* how the tool's name begins, NULL: any */
	bool names_tcti;   /* the TCTI follows the meaning */
	bool passes;	   /* by itself, mostly within a second */
	const char *meaning, *remedy;
};

/* The first row that fits is the one; the last row has no meaning. */
extern const struct co_tpm_error co_tpm_errors[];

/*
 * A response code without what only says where: the number of the handle,
 * session or parameter (format one), the layer where it is that of a resource
 * manager.  Codes of other layers of tpm2-tss stay as they are.
 */
uint32_t co_tpm_error_base(uint32_t code);

/* TPM_RC_BAD_AUTH: a password was not taken, which costs no try. */
bool co_tpm_is_bad_auth(struct ev_span err);

/* The row for what a tool wrote on stderr, or NULL. */
const struct co_tpm_error *co_tpm_error_find(const char *tool,
					     struct ev_span err);

#endif
