/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EV_EVENT_TAG: TCG_PCClientTaggedEvent (PC Client Platform Firmware Profile
 * 1.05, 10.4), a tag and a size in little-endian 32 bits, and as many
 * bytes; Windows puts its own stream of the same form there (sipa.h).
 */
#ifndef EV_EVENT_TAG_H
#define EV_EVENT_TAG_H

#include "evidence/base/buffer.h"
#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

#define EV_TAG_LOAD_OPTIONS UINT32_C(0x8f3b22ed) /* Linux's */

/* Whether the first tag of the event is this one.  (The digest is of what was
 * tagged, which need not be in the log.) */
bool ev_event_tag_is(const struct ev_tcg_event *e, uint32_t tag);

/* Decoders of the table of event types. */
void ev_event_tag_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_event_tag_describe(const struct ev_tcg_event *e, struct ev_buffer *out);

#endif
