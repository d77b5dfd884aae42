/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A launch: what a loader does, in order, to start one image on one platform.
 * Readers of images (igvm, tdvf) make it; the digests, the comparison of two
 * images and the search for a rule read nothing else.
 */
#ifndef AU_LAUNCH_H
#define AU_LAUNCH_H

#include "audit/references/reference.h"

#define AU_PAGE	 ((size_t)4096)
#define AU_CHUNK ((size_t)256) /* what one MR.EXTEND measures */
/* Bytes of a register in the start state of a VBS processor. */
#define AU_REGISTER ((size_t)32)
/* 4 GiB, 60 times the largest paravisor seen: a forged size must not keep a
 * reader busy. */
static const uint64_t AU_LAUNCH_PAGES_MAX = UINT64_C(1) << 20;

enum au_operation_kind {
	AU_PAGES,  /* memory that the image fills */
	AU_INSERT, /* a parameter area, which the host fills */
	AU_VMSA,   /* start state of an SNP processor, a page */
	/* Start state of a VBS processor: data is a list of 32-byte entries
	 * (u8 VTL, u32 name, 11 zeros, 16 value); size is 0. */
	AU_REGISTERS,
	AU_ERROR_RANGE, /* VBS: memory for error information */
};
const char *au_operation_kind_name(enum au_operation_kind kind);

/* IGVM PAGE_DATA's data_type; TDVF has the first alone. */
enum au_page_type { AU_NORMAL, AU_SECRETS, AU_CPUID, AU_CPUID_XF };

struct au_operation {
	enum au_operation_kind kind;
	enum au_page_type type;
	/* The contents enter the launch measurement; the address of what is
	 * not shared does so in any case. */
	bool measured;
	bool shared;	    /* host and guest share it: nothing of it enters */
	bool aug;	    /* TDVF PAGE.AUG */
	uint64_t gpa, size; /* bytes, both of whole pages */
	/* The first bytes of the contents, borrowed from the image; zeros
	 * follow up to size. */
	struct ev_span data;
	/* TDVF: what the file has at the place of those zeros where data ends
	 * early (at most size - data.n bytes); some loaders take it. */
	struct ev_span beyond;
	uint64_t offset;      /* in the file, of the header that says so */
	uint64_t data_offset; /* in the file, of data */
	const char
		*name;	/* static: "BFV", "TD_HOB"; NULL where there is none */
	uint32_t index; /* parameter area or virtual processor */
};

/* The image's word on a launch; nothing of it enters a digest of TDX. */
struct au_launch_policy {
	bool present;
	uint64_t value;
	uint64_t offset; /* in the image */
};

struct au_launch {
	/* NULL: a platform without a launch measurement (NATIVE, SEV, CCA). */
	const struct au_register *reg;
	const char *platform; /* static, as the format names it: "SEV_SNP" */
	uint32_t mask;	      /* IGVM compatibility mask; 0 for TDVF */
	uint8_t highest_vtl;
	uint64_t shared_gpa_boundary;
	struct au_launch_policy policy;
	struct au_operation *op; /* owned, in the loader's order */
	size_t n;
	/* Over all operations, at most AU_LAUNCH_PAGES_MAX: a register and an
	 * operation of no size count as a page, since they cost time too. */
	uint64_t pages;
	/* Spans of the image, empty where it has none. */
	struct ev_span corim, corim_signature, id_block, vbs_measurement;
	uint64_t corim_offset, corim_signature_offset, id_block_offset,
		vbs_measurement_offset;
};

/* Appends, and counts its pages; refuses what goes beyond the limit. */
enum ev_code au_launch_add(struct au_launch *launch,
			   const struct au_operation *op, struct ev_error *err);
void au_launch_free(struct au_launch *launch);

/* Page number i (of size / AU_PAGE) of an operation: its bytes are copied to
 * page, zeros where the image gives none. */
void au_operation_page(const struct au_operation *op, uint64_t i,
		       uint8_t page[AU_PAGE]);

#endif
