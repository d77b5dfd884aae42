/* SPDX-License-Identifier: Apache-2.0 */
/* The section-7 manual pages of the tables, as mdoc. */
#ifndef RP_TABLES_MAN_H
#define RP_TABLES_MAN_H

#include "evidence/base/buffer.h"

void rp_checks_man(struct ev_buffer *out);
void rp_kinds_man(struct ev_buffer *out);

#endif
