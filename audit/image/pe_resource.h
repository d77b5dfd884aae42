/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The IGVM inside a resource-only DLL (vmfirmwareigvm.dll): PE32+, resource
 * type named VMFW, id 1, the first language (measurement page, section 4;
 * Microsoft PE format, .rsrc).  What signs the DLL is not looked at.
 */
#ifndef AU_PE_RESOURCE_H
#define AU_PE_RESOURCE_H

#include "evidence/base/reader.h"

/* Whether the bytes begin with "MZ". */
bool au_pe_is(struct ev_span bytes);

/* *out borrows the resource from bytes; *offset is where it begins.  Every
 * address must lie inside a section, and its bytes inside the file. */
enum ev_code au_pe_resource_find(struct ev_span bytes, struct ev_span *out,
				 uint64_t *offset, struct ev_error *err);

#endif
