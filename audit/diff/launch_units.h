/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A launch taken apart into what is compared one by one: each page of memory
 * that the image fills; each other operation whole.
 */
#ifndef AU_LAUNCH_UNITS_H
#define AU_LAUNCH_UNITS_H

#include "audit/image/launch.h"

struct au_unit {
	const struct au_operation *op;
	uint64_t gpa;
	uint32_t page; /* of op */
	/* How many operations of the launch's digest come before it, a page of
	 * memory that the host fills being one. */
	uint32_t place;
};

struct au_units {
	struct au_unit *unit; /* owned, in the order of the digest */
	size_t n;
	uint32_t *sorted;    /* owned: by kind, address, place in unit */
	uint64_t operations; /* of the digest */
};

/* Takes launch apart; the operations are borrowed.  EV_OK or trouble; on
 * failure *out is zeroed.  n log n, 28 bytes a page. */
enum ev_code au_units_of(const struct au_launch *launch, struct au_units *out,
			 struct ev_error *err);
void au_units_free(struct au_units *units);

/* Whether an operation enters the digest of the platform at all, by the default
 * rule (image/rule.h): its address and kind do (measurement page, 3.4). */
bool au_operation_enters(const struct au_register *reg,
			 const struct au_operation *op);
/* Whether its contents do. */
bool au_operation_contents_enter(const struct au_register *reg,
				 const struct au_operation *op);

/* By kind and address: what two launches are aligned by. */
int au_unit_cmp(const struct au_unit *a, const struct au_unit *b);
/* Whether the digest takes the same of both besides address and contents. */
bool au_unit_taken_alike(const struct au_register *reg, const struct au_unit *a,
			 const struct au_unit *b);
/* Which chunks of the two pages differ: bit i for bytes from i * 256 on. */
uint16_t au_unit_chunks(const struct au_unit *a, const struct au_unit *b);

#endif
