/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What AMD's key server writes into the certificate of a chip's endorsement
 * key (KDS, 3): which product, which chip, which TCB.  A VLEK certificate has
 * no hwID and is none.
 */
#ifndef EV_VCEK_H
#define EV_VCEK_H

#include "evidence/snp_report.h"

struct ev_vcek {
	uint64_t struct_version;
	struct ev_span product_name; /* "Milan-B0", characters of IA5String */
	struct ev_snp_tcb tcb;
	bool has_fmc;	      /* fmcSPL is there: of Turin and later */
	struct ev_span hw_id; /* 64 bytes, of Turin 8 */
};

/* der: one certificate, whose other parts are not judged.  Refuses one that
 * lacks an extension of the list or has it twice, a number above 255, and a
 * hwID of another size.  base: offset of der in its item. */
enum ev_code ev_vcek_parse(struct ev_span der, uint64_t base,
			   struct ev_vcek *out, struct ev_error *err);

/* Whether the chip id of a report is this hwID: of a short one what follows
 * in the report is zero. */
bool ev_vcek_is_of(const struct ev_vcek *vcek, struct ev_span chip_id);

#endif
