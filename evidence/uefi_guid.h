/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GUIDs of UEFI: 16 bytes, the first three fields little-endian (UEFI 2.10,
 * appendix A).
 */
#ifndef EV_UEFI_GUID_H
#define EV_UEFI_GUID_H

#include "evidence/base/json_write.h"

#define EV_GUID_SIZE 16
#define EV_GUID_TEXT 37 /* 36 characters and the NUL */

/* Namespaces of variables. */
#define EV_GUID_EFI_GLOBAL	  "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define EV_GUID_SECURITY_DATABASE "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define EV_GUID_SHIM		  "605dab50-e046-4300-abb6-3dd810dd8b23"

/* guid has 16 bytes. */
void ev_uefi_guid_format(struct ev_span guid, char out[EV_GUID_TEXT]);

/* guid has 16 bytes, and they are text's; text in lower case. */
bool ev_uefi_guid_is(struct ev_span guid, const char *text);

/* What is known by that GUID: a namespace, a type of a partition, an owner of
 * signatures, a table.  NULL: not known here. */
const char *ev_uefi_guid_name(struct ev_span guid);

/* {"offset", "length", "value"} and, where it is known, "name". */
void ev_uefi_guid_write(struct ev_writer *w, const char *name, uint64_t offset,
			struct ev_span guid);

#endif
