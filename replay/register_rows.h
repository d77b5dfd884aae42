/* SPDX-License-Identifier: Apache-2.0 */
/* The registers of a case: each beside its logs once, a subject of a check. */
#ifndef RP_REGISTER_ROWS_H
#define RP_REGISTER_ROWS_H

#include "replay/compared.h"

/* What the subjects are, by which check asks for them. */
#define RP_N_REGISTER_TYPES 3
extern const enum rp_subject_type rp_register_types[RP_N_REGISTER_TYPES];

/* Compares the register of `what` and adds it; of a log that is left out only
 * where it differs, as RP_REG_LEFT_OUT.  EV_TROUBLE or EV_OK. */
enum ev_code rp_register_add(struct rp_case *c, const struct rp_compared *what);

/* The register is there already, compared with this log. */
bool rp_register_is_listed(const struct rp_case *c,
			   const struct rp_compared *what,
			   const struct rp_subject *log);

/* Some register was compared with this log, or, in *other, some quote's with
 * another log of its form. */
bool rp_log_is_used(const struct rp_case *c, const struct rp_subject *log,
		    bool *other);

#endif
