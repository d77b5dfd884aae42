/* SPDX-License-Identifier: Apache-2.0 */
/* What the manifest says of a finished collection beside its items: the
 * steps, the bindings, the clock (ecart-archive(5), MANIFEST). */
#ifndef CO_COLLECTION_CLAIMS_H
#define CO_COLLECTION_CLAIMS_H

#include "collect/collection.h"
#include "collect/manifest_write.h"

/* The documents that claims borrow from. */
struct co_collection_claims {
	struct co_claims claims;
	char *clock, *steps, *binding, *subject_system; /* owned */
	uint8_t program[32];
};

/* label and series may be NULL.  False is trouble.  Free in any case. */
bool co_collection_claims_make(const struct co_collection *c, const char *label,
			       const char *series,
			       struct co_collection_claims *out);
void co_collection_claims_free(struct co_collection_claims *claims);

#endif
