/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameter areas of an IGVM: declared once, filled by the host, inserted
 * once; parameters name an area that stands declared (measurement page, 3.2).
 */
#ifndef AU_IGVM_AREA_H
#define AU_IGVM_AREA_H

#include "audit/image/igvm_load.h"

enum ev_code au_igvm_take_area(struct au_igvm_load *load,
			       struct au_igvm_content *c);
/* One operation of kind AU_INSERT for each platform of the mask. */
enum ev_code au_igvm_take_insert(struct au_igvm_load *load,
				 struct au_igvm_content *c);
/* VP_COUNT, MEMORY_MAP, COMMAND_LINE ...: index and offset in an area. */
enum ev_code au_igvm_take_parameter(struct au_igvm_load *load,
				    struct au_igvm_content *c);

#endif
