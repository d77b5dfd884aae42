/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directives of an IGVM that fill memory or start processors: each becomes an
 * operation of every launch that its mask names (measurement page, 3.2, 3.3).
 */
#ifndef AU_IGVM_DIRECTIVE_H
#define AU_IGVM_DIRECTIVE_H

#include "audit/image/igvm_load.h"

enum ev_code au_igvm_take_page(struct au_igvm_load *load,
			       struct au_igvm_content *c);
/* The operation's data: a page, or of VSM_ISOLATION the list of registers
 * (32 bytes each) without its count; such an operation has no pages. */
enum ev_code au_igvm_take_context(struct au_igvm_load *load,
				  struct au_igvm_content *c);
enum ev_code au_igvm_take_required(struct au_igvm_load *load,
				   struct au_igvm_content *c);
enum ev_code au_igvm_take_error_range(struct au_igvm_load *load,
				      struct au_igvm_content *c);
enum ev_code au_igvm_take_id_block(struct au_igvm_load *load,
				   struct au_igvm_content *c);
enum ev_code au_igvm_take_vbs_measurement(struct au_igvm_load *load,
					  struct au_igvm_content *c);

#endif
