/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults, each a file in faults/ whose content is "VALUE [COUNT]"; one with a
 * count goes when it has been played that often.
 *   rc-CCCCCCCC            the command with that code (8 hex digits) is
 *   rc-CCCCCCCC-HHHHHHHH   answered with VALUE (hex); with one of its first
 *                          two handles given, only then
 *   delay-CCCCCCCC[-H...]  VALUE milliseconds pass before it is answered
 *   stale                  VALUE 1: no new report is made, whatever the time
 * Whole files, raw, for as long as they are there:
 *   user-data              what a report carries in place of the index
 *   report                 what is read in place of a report
 */
#ifndef VT_FAULT_H
#define VT_FAULT_H

#include "tests/guest/vtpm_frame.h"
#include "tests/guest/vtpm_state.h"

/* Its value, and one less of its count; false where it is not there.  The
 * state must be locked. */
bool vt_fault_take(const struct vt_state *state, const char *name, int base,
		   uint32_t *value);

/* Plays delays, for as long as client is there, and response codes; true where
 * response is the answer. */
bool vt_fault_command(const struct vt_state *state, int client,
		      const struct vt_frame *command,
		      struct vt_frame *response);

#endif
