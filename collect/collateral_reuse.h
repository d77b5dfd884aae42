/* SPDX-License-Identifier: Apache-2.0 */
/* Collateral of an archive that was collected before, digest-checked, with
 * its old times. */
#ifndef CO_COLLATERAL_REUSE_H
#define CO_COLLATERAL_REUSE_H

#include "collect/collection.h"
#include "collect/platform.h"

/* Gathers the pieces of collateral of the archive at path, and nothing else
 * of it.  False: why is one line, nothing was gathered; so it is where there
 * is no TCB info for one of these platforms. */
bool co_collateral_reuse(struct co_collection *c, const char *path,
			 const struct co_platform *platforms, size_t n,
			 char why[CO_WHY_TEXT]);

#endif
