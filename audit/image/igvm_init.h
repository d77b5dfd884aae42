/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Platform and initialization headers of an IGVM (measurement page, 3.2).
 * None of them enters a measurement; they say which platforms there are.
 */
#ifndef AU_IGVM_INIT_H
#define AU_IGVM_INIT_H

#include "audit/image/igvm_load.h"

enum ev_code au_igvm_take_platform(struct au_igvm_load *load,
				   struct au_igvm_content *c);
enum ev_code au_igvm_take_policy(struct au_igvm_load *load,
				 struct au_igvm_content *c);
enum ev_code au_igvm_take_relocatable(struct au_igvm_load *load,
				      struct au_igvm_content *c);
enum ev_code au_igvm_take_page_table(struct au_igvm_load *load,
				     struct au_igvm_content *c);
enum ev_code au_igvm_take_corim(struct au_igvm_load *load,
				struct au_igvm_content *c);
enum ev_code au_igvm_take_corim_signature(struct au_igvm_load *load,
					  struct au_igvm_content *c);
enum ev_code au_igvm_take_cca_policy(struct au_igvm_load *load,
				     struct au_igvm_content *c);

#endif
