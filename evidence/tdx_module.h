/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of TCB info that describe the TDX module (PCS API v4, "Get TDX
 * TCB Info": tdxModule, tdxModuleIdentities).
 */
#ifndef EV_TDX_MODULE_H
#define EV_TDX_MODULE_H

#include "evidence/tcb_info.h"

/* Member tdxModule of obj, which must be there, into *info. */
enum ev_code ev_tdx_module_parse(const struct ev_node *obj,
				 struct ev_tcb_info *info,
				 struct ev_error *err);

/* Member tdxModuleIdentities of obj, which may be absent, into *info.  What
 * info->modules holds is owned by info, on refusal too. */
enum ev_code ev_module_identities_parse(const struct ev_node *obj,
					struct ev_tcb_info *info,
					struct ev_error *err);
void ev_module_identities_free(struct ev_module_identity *modules, size_t n);

#endif
