/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HCL report of the simulated paravisor.  A new one, over what the guest
 * has written to 0x01400002, is made when it is read from its start and the
 * last one is more than two seconds old; else the old one is given without a
 * word (OpenVMM tpm_device, REPORT_TIMER_PERIOD).
 */
#ifndef VT_REPORT_H
#define VT_REPORT_H

#include "tests/guest/vtpm_link.h"
#include "tests/guest/vtpm_state.h"

#define VT_REPORT_MAX 4096

struct vt_report {
	uint8_t bytes[VT_REPORT_MAX];
	size_t n;
};

/* The report as of now; from_start where it is read at offset 0.  False
 * where the state has no template. */
bool vt_report_get(const struct vt_state *state, struct vt_link *link,
		   bool from_start, struct vt_report *out);

/* Whether the owner has a password, from TPM_PT_PERMANENT. */
bool vt_report_owner_auth_set(struct vt_link *link);

#endif
