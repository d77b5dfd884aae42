/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One difference of two launches (measurement page, section 6.3): a page, a
 * parameter area, a register, a word on the guest.  It borrows the operations
 * that it is about; what they hold is looked at again when it is written.
 */
#ifndef AU_DIFFERENCE_H
#define AU_DIFFERENCE_H

#include "audit/image/launch.h"

enum au_difference_class {
	AU_DIFF_DATA,
	AU_DIFF_ONLY_A,
	AU_DIFF_ONLY_B,
	AU_DIFF_FLAGS,
	AU_DIFF_ORDER,
	AU_DIFF_PARAMETER_AREA, /* or other memory that the host fills: size */
	AU_DIFF_REGISTERS,
	AU_DIFF_POLICY, /* what an image says of the guest, ID block, CoRIM */
};
const char *au_difference_class_name(enum au_difference_class class);

/* One register, or its place in a list of them. */
struct au_register_difference {
	/* Static; NULL: not known to this build, and number says which. */
	const char *name;
	uint32_t number; /* Hyper-V register name; byte offset in a VMSA */
	uint8_t vtl;	 /* of a list */
	uint8_t size;	 /* bytes of a value, at most 16 shown */
	/* Spans of size bytes; empty: not in that list. */
	struct ev_span a, b;
};

struct au_difference {
	enum au_difference_class class;
	/* It enters the launch measurement: one that does not cannot explain
	 * a digest. */
	bool measured;
	/* DATA: bit i says that bytes i * 256 to i * 256 + 255 differ. */
	uint16_t chunks;
	uint32_t page_a, page_b; /* which page of a and b, where they have it */
	/* Bytes.  DATA: one page; else as many pages of a section as follow
	 * with the same; POLICY: both 0. */
	uint64_t gpa, size;
	/* NULL: not there. */
	const struct au_operation *a, *b;
	/* ORDER, and the rest where it is measured: how many operations of
	 * the digest come before it. */
	uint32_t place_a, place_b;
	struct au_register_difference reg; /* REGISTERS */
	const char *word; /* POLICY: what differs, static: "guest policy" */
	struct ev_span says_a, says_b; /* POLICY: its bytes, empty: none */
	/* Sets it apart from others of its class and address. */
	uint32_t occurrence;
};

struct au_differences {
	struct au_difference *item; /* owned */
	size_t n, room;
};

/* Appends; EV_OK or trouble. */
enum ev_code au_differences_add(struct au_differences *list,
				const struct au_difference *item,
				struct ev_error *err);
void au_differences_free(struct au_differences *list);

/* By class, kind of operation, address, occurrence: the order of reports. */
int au_difference_cmp(const struct au_difference *x,
		      const struct au_difference *y);
/* Whether two platforms of one pair of images differ here in the same way. */
bool au_difference_same(const struct au_difference *x,
			const struct au_difference *y);

/* Either operation: one is always there, but for POLICY. */
const struct au_operation *au_difference_op(const struct au_difference *d);

/* Bytes of a page, from and to included. */
struct au_byte_range {
	uint16_t from, to;
};
#define AU_BYTE_RANGES_MAX 8

/* The bytes that differ in a chunk (0 to 15) of a page.  The last of
 * AU_BYTE_RANGES_MAX ranges reaches to the last byte that differs. */
size_t au_difference_bytes(const struct au_difference *d, size_t chunk,
			   struct au_byte_range out[AU_BYTE_RANGES_MAX]);

/* The page's bytes: of the image where it holds the whole page, else copied
 * to scratch. */
const uint8_t *au_page_bytes(const struct au_operation *op, uint32_t page,
			     uint8_t scratch[AU_PAGE]);

#endif
