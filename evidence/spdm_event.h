/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measurements of devices by SPDM: DEVICE_SECURITY_EVENT_DATA of the TCG PC
 * Client Platform Firmware Profile 1.06, 10.2, little-endian.  No log of a
 * machine was seen yet: the head is read, the rest is shown as bytes.
 */
#ifndef EV_SPDM_EVENT_H
#define EV_SPDM_EVENT_H

#include "evidence/base/buffer.h"
#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

/* Decoders of the table of event types. */
void ev_spdm_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_spdm_describe(const struct ev_tcg_event *e, struct ev_buffer *out);

#endif
