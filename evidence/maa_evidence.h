/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evidence of an enclave in a certificate by which Azure Attestation signs
 * tokens (docs/sources.md, MAA): an SGX quote or a SEV-SNP report whose report
 * data commit to the certificate's key.  Found by its structure: the service
 * has wrapped it in more than one way.  Read, never verified here.
 */
#ifndef EV_MAA_EVIDENCE_H
#define EV_MAA_EVIDENCE_H

#include "evidence/base/json_node.h"

enum ev_maa_form {
	EV_MAA_NONE, /* the certificate carries no evidence */
	EV_MAA_SGX,
	EV_MAA_SNP,
};

struct ev_maa_evidence {
	enum ev_maa_form form;
	const char *oid;      /* of the extension, dotted; NULL: none */
	struct ev_span value; /* of the extension, in the certificate */
	/* EV_MAA_SGX: the quote, in value, and what was around it. */
	struct ev_span quote;
	bool octet_string;
	bool oe_header; /* 16 bytes of Open Enclave */
	/* EV_MAA_SNP: the kind of TEE as the certificate words it (empty: it
	 * does not), in value; the report, PEM of its chain and the JSON of
	 * its endorsements (empty: none), in storage. */
	struct ev_span tee;
	struct ev_span report, chain, endorsements;
	uint8_t *storage; /* owned */
};

/* der: one certificate, anything may follow it.  Refuses DER that is none, an
 * extension twice, evidence that is neither form or is there in two, SNP
 * evidence whose JSON is not what is said above, a kind of TEE that is not the
 * form's.  A certificate without
 * evidence is EV_MAA_NONE.  Free with ev_maa_evidence_free. */
enum ev_code ev_maa_evidence_parse(struct ev_span der,
				   struct ev_maa_evidence *out,
				   struct ev_error *err);
void ev_maa_evidence_free(struct ev_maa_evidence *evidence);

#endif
