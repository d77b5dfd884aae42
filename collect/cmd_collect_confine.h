/* SPDX-License-Identifier: Apache-2.0 */
/* Where a collection changes something, and nowhere else: what services and
 * certificates say is read by this process. */
#ifndef CO_CMD_COLLECT_CONFINE_H
#define CO_CMD_COLLECT_CONFINE_H

#include "collect/cmd_collect_options.h"

/* False where the kernel cannot; true, and nothing done, where a program
 * stands for the TPM. */
bool cmd_collect_confine(const struct cmd_collect *given,
			 const struct co_root *root);

#endif
