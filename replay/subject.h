/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of a case while it is built: subjects, certificates, issuers. */
#ifndef RP_SUBJECT_H
#define RP_SUBJECT_H

#include "replay/case.h"

/* One more subject at the end of the list; NULL when memory ran out. */
struct rp_subject *rp_subject_add(struct rp_case *c, enum rp_subject_type type,
				  const char *name, const struct rp_item *item);
/* The subject of an item, with its zeroed object of that size; NULL when memory
 * ran out. */
void *rp_object_add(struct rp_case *c, enum rp_subject_type type,
		    const struct rp_item *item, size_t size);
void rp_subject_free(struct rp_subject *s);

/* One more general certificate, zeroed; NULL when memory ran out. */
struct rp_ak_cert *rp_cert_add(struct rp_case *c);

/* One more chain that came with a CRL; it is parsed here, once. */
enum ev_code rp_issuer_add(struct rp_case *c, const struct rp_item *item);

#endif
