/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What TCB info and QE identity share behind the envelope of tcb_info.h.
 */
#ifndef EV_SIGNED_JSON_H
#define EV_SIGNED_JSON_H

#include "evidence/tcb_info.h"

/* "tcbDate" and "tcbStatus" of a level, a word of the API. */
enum ev_code ev_tcb_level_status(const struct ev_node *level,
				 const char *object, int64_t *date,
				 enum ev_tcb_status *status,
				 struct ev_error *err);

/* "advisoryIDs", which may be absent. */
enum ev_code ev_advisories_parse(const struct ev_node *level,
				 const char *object, struct ev_advisories *out,
				 struct ev_error *err);

#endif
