/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start states of processors, register by register: a VMSA page of SNP, a list
 * of VBS (measurement page, section 3.2, VP_CONTEXT).
 */
#ifndef AU_REGISTER_DIFF_H
#define AU_REGISTER_DIFF_H

#include "audit/diff/difference.h"

/* One element of a list: u8 vtl, u32 name, 11 bytes, 16 bytes value. */
#define AU_REGISTER_RECORD ((size_t)32)

/*
 * Appends a difference for each register that differs, the other members as in
 * base, whose operations are both there.  A register of a list is aligned by
 * (VTL, number, occurrence); those that stand at another place are ORDER.
 * EV_OK or trouble.
 */
enum ev_code au_register_diff_vmsa(const struct au_difference *base,
				   struct au_differences *out,
				   struct ev_error *err);
enum ev_code au_register_diff_list(const struct au_difference *base,
				   struct au_differences *out,
				   struct ev_error *err);

#endif
