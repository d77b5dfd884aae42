/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AMD's server processors by the names that its key server has for them (KDS,
 * product_name): Bergamo and Siena are asked for as Genoa.
 */
#ifndef EV_AMD_PRODUCT_H
#define EV_AMD_PRODUCT_H

#include "evidence/base/bytes.h"

struct ev_amd_product {
	const char *name; /* "Milan" */
	uint8_t family;	  /* of its CPUs, the extension added */
};

/* By family and model as CPUID has them, extensions joined.  NULL: none that is
 * known here.  Two answers are one product where the pointers are equal. */
const struct ev_amd_product *ev_amd_product_of_cpu(uint8_t family,
						   uint8_t model);

/* By a name alone or with a revision behind it ("Milan-B0"); the revision is
 * not that of CPUID's stepping.  NULL: none that is known here. */
const struct ev_amd_product *ev_amd_product_named(struct ev_span name);

#endif
