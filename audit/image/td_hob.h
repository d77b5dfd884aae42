/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hand-off block that Google's hypervisor writes into the TD_HOB section
 * of firmware, and its machine shapes (measurement page, section 2.4; UEFI PI
 * 1.8, volume 3, section 5).  All integers are little-endian.
 */
#ifndef AU_TD_HOB_H
#define AU_TD_HOB_H

#include "audit/image/rule.h"
#include "evidence/base/buffer.h"

/* Whether the operation is where the block goes. */
bool au_td_hob_is(const struct au_operation *op);

/*
 * Appends the block that the launch, of a TDVF, finds on a machine of that
 * shape: the sections in their order, then the memory that they leave, then
 * the end.  Nothing, where the launch has no TD_HOB.
 */
void au_td_hob_write(const struct au_launch *launch,
		     const struct au_shape *shape, bool early_accept,
		     struct ev_buffer *out);

/* Whether the launch has a TD_HOB, and room in it for that block; a loader
 * starts no machine where there is none. */
bool au_td_hob_fits(const struct au_launch *launch,
		    const struct au_shape *shape);

#endif
