/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EV_NO_ACTION: what firmware says beside what it measures, known by the
 * first 16 bytes (TCG PC Client Platform Firmware Profile 1.05, 10.4).
 * Never extended, so nothing binds it.
 */
#ifndef EV_NO_ACTION_H
#define EV_NO_ACTION_H

#include "evidence/base/buffer.h"
#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

/* The locality that a StartupLocality event states; false where it is no such
 * event, or has no byte for it. */
bool ev_no_action_locality(const struct ev_tcg_event *e, uint8_t *locality);

/* Decoders of the table of event types. */
void ev_no_action_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_no_action_describe(const struct ev_tcg_event *e, struct ev_buffer *out);

#endif
