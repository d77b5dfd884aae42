/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attested document in a case: the certificates in its message, and the
 * paravisor's report that it is held against.
 */
#ifndef RP_IMDS_H
#define RP_IMDS_H

#include "evidence/imds.h"
#include "replay/case.h"
#include "replay/vm_id.h"

struct rp_imds {
	struct rp_parsed parsed;
	struct ev_imds m;
	struct rp_parsed signer_parsed; /* EV_MISSING: not in the message */
	struct ev_x509 signer;
	struct ev_x509 other[EV_CMS_CERTS_MAX]; /* of the message, that read */
	size_t n_other;
	struct rp_certified certified; /* filled by imds.chain */
	const struct rp_subject *hcl;  /* whose VM it speaks of, else the first
					* of the case, or NULL */
	enum rp_vm_match match;	       /* with that one's vmUniqueId */
};

/* Makes a subject of a reply of the service, and of a bare message that is a
 * document; other CMS is nobody's.  Paravisors' reports must be parsed. */
enum ev_code rp_imds_parse(struct rp_case *c, const struct rp_item *item);
void rp_imds_free(struct rp_imds *imds);

#endif
