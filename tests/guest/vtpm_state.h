/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder in which the fixture keeps what outlives one tool, and in which
 * a test leaves the faults that it wants:
 *   swtpm.sock       the socket of swtpm
 *   report.template  an HCL report whose user-data is zero
 *   report.key       the key of the TDREPORT's MAC
 *   report.last      when the last report was made (8 bytes, milliseconds of
 *                    the boot clock, big-endian), and the report
 *   owner-auth       the owner's password, where one is set
 *   faults/          one file a fault, see vtpm_fault.h
 */
#ifndef VT_STATE_H
#define VT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vt_state {
	int dir, lock;
};

bool vt_state_open(struct vt_state *state, const char *path);

/* One tool at a time between these. */
void vt_state_lock(const struct vt_state *state);
void vt_state_unlock(const struct vt_state *state);

/* False where there is no such file, or it is longer than max. */
bool vt_state_read(const struct vt_state *state, const char *name,
		   uint8_t *bytes, size_t max, size_t *n);
/* In one step: a reader sees the old file or the new one. */
bool vt_state_write(const struct vt_state *state, const char *name,
		    const uint8_t *bytes, size_t n);
void vt_state_remove(const struct vt_state *state, const char *name);

/* Milliseconds of the boot clock. */
uint64_t vt_state_now(void);

#endif
