/* SPDX-License-Identifier: Apache-2.0 */
/* TSTInfo, what a time-stamp token signs (RFC 3161, 2.4.2): strict DER. */
#ifndef EV_TST_INFO_H
#define EV_TST_INFO_H

#include "evidence/timestamp.h"

/* Fills imprint, time, accuracy, serial, policy and ordering of *out and
 * leaves the rest alone; on failure *out is not written. */
enum ev_code ev_tst_info_parse(struct ev_span der, struct ev_timestamp *out,
			       struct ev_error *err);

#endif
