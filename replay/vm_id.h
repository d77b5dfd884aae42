/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The GUID by which Azure calls a VM: vmId of the metadata service, vmUniqueId
 * of a paravisor's claims.  Either may have its first three fields in the
 * other byte order (as SMBIOS has them).
 */
#ifndef RP_VM_ID_H
#define RP_VM_ID_H

#include "evidence/base/bytes.h"

enum rp_vm_match {
	RP_VM_DIFFERS,
	RP_VM_EQUAL,
	RP_VM_SWAPPED, /* first three fields of one byte-swapped */
	RP_VM_NO_ID,   /* one of them is no GUID */
};

/* Letters of either case count as equal. */
enum rp_vm_match rp_vm_match(struct ev_span a, struct ev_span b);

/* "equal", "byte-swapped", "differs", "no-guid". */
const char *rp_vm_match_word(enum rp_vm_match match);

/* 8-4-4-4-12 hex digits of either case, as bytes in the order of the text. */
bool rp_vm_id_parse(struct ev_span text, uint8_t out[16]);

#endif
