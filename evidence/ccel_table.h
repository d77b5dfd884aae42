/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ACPI table "CCEL", little-endian: where firmware put the event log of
 * a confidential virtual machine (ACPI 6.5, 5.2.34; UEFI 2.10, 38.2).
 */
#ifndef EV_CCEL_TABLE_H
#define EV_CCEL_TABLE_H

#include "evidence/base/error.h"

#define EV_CCEL_TABLE_MIN 56

struct ev_ccel_table {
	uint32_t length; /* of the table: all of the item */
	uint8_t revision;
	uint8_t checksum;
	bool checksum_ok;	     /* all bytes add up to 0 modulo 256 */
	struct ev_span oem_id;	     /* 6 bytes */
	struct ev_span oem_table_id; /* 8 bytes */
	uint32_t oem_revision;
	struct ev_span creator_id; /* 4 bytes */
	uint32_t creator_revision;
	uint8_t cc_type; /* 0 none, 1 SEV, 2 TDX */
	uint8_t cc_subtype;
	uint64_t laml; /* bytes that the log's area has at the least */
	uint64_t lasa; /* physical address of the area */
};

/* Refuses another signature, and a length that is not the item's or less than
 * the fields above need; not a wrong checksum. */
enum ev_code ev_ccel_table_parse(struct ev_span item, struct ev_ccel_table *out,
				 struct ev_error *err);

#endif
