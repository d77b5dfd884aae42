/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two address spaces drawn side by side on one scale: rows of memory that one
 * of both has, larger ones higher but not in proportion, gaps folded.
 */
#ifndef AU_ADDRESS_ROWS_H
#define AU_ADDRESS_ROWS_H

#include "evidence/base/bytes.h"

struct au_address_range {
	uint64_t from, to; /* to is behind the last byte */
};

struct au_address_row {
	uint64_t from, to;
	uint32_t y, height;
	bool gap; /* neither has it */
};

struct au_address_rows {
	struct au_address_row *row; /* owned, ascending, without holes */
	size_t n;
	uint32_t height; /* of all */
};

/* Rows of n ranges in any order; false: memory ran out. */
bool au_address_rows_of(const struct au_address_range *range, size_t n,
			struct au_address_rows *out);
void au_address_rows_free(struct au_address_rows *rows);

/* Where an address is drawn; beyond the last row, its end. */
uint32_t au_address_y(const struct au_address_rows *rows, uint64_t address);

#endif
