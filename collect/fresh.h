/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether what came answers what was asked: a reply that parses can still be
 * an older one, somebody else's, or about nothing.  Each is true where it
 * does; why is one line where not.
 */
#ifndef CO_FRESH_H
#define CO_FRESH_H

#include "collect/sources.h"
#include "evidence/hcl.h"
#include "evidence/quote.h"
#include "evidence/tpm.h"

/* A quote of this TEE whose REPORTDATA is report_data (64 bytes; empty: not
 * asked for). */
bool co_fresh_quote(struct ev_span item, enum ev_tee tee,
		    struct ev_span report_data, struct ev_quote *out,
		    char why[CO_WHY_TEXT]);

/* An HCL report whose runtime claims hold user_data (64 bytes; empty: not
 * asked for). */
bool co_fresh_hcl(struct ev_span item, struct ev_span user_data,
		  struct ev_hcl *out, char why[CO_WHY_TEXT]);

/* A TPM quote over `nonce` and exactly the PCRs of `bank`. */
bool co_fresh_tpm_quote(struct ev_span item, struct ev_span nonce,
			const struct ev_pcr_selection *bank,
			struct ev_tpm_quote *out, char why[CO_WHY_TEXT]);

/* A whole TPMT_SIGNATURE; whose it is and over what, replay says. */
bool co_fresh_tpm_signature(struct ev_span item, char why[CO_WHY_TEXT]);

#endif
