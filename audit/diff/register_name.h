/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of what a processor starts with: the fields of an SNP processor's
 * VMSA (AMD64 APM volume 2, appendix B, table B-4) and Hyper-V's numbers of
 * registers, which VBS measures (Hypervisor Top Level Functional
 * Specification, "HV_REGISTER_NAME").
 */
#ifndef AU_REGISTER_NAME_H
#define AU_REGISTER_NAME_H

#include <stddef.h>
#include <stdint.h>

struct au_vmsa_field {
	uint16_t offset, size; /* bytes */
	const char *name;
};

/* The field that holds the byte; NULL: reserved.  *end, if not NULL, is the
 * offset behind the field or the reserved bytes. */
const struct au_vmsa_field *au_vmsa_field_at(size_t offset, size_t *end);

/* NULL: not known to this build. */
const char *au_hyperv_register_name(uint32_t number);

#endif
