/* SPDX-License-Identifier: Apache-2.0 */
/* Asking every check of the table about every subject. */
#ifndef RP_ENGINE_H
#define RP_ENGINE_H

#include "replay/case.h"

/* Rows [first, end) of the table, in order.  False is trouble: no report. */
bool rp_engine_run(struct rp_case *c, size_t first, size_t end);

/* Index of the first row that is not about the archive itself. */
size_t rp_first_evidence_check(void);

#endif
