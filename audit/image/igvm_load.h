/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An IGVM being loaded: the launches of its platforms and the parameter areas
 * that stand declared, while the variable headers pass by.
 */
#ifndef AU_IGVM_LOAD_H
#define AU_IGVM_LOAD_H

#include "audit/image/igvm.h"
#include "audit/image/image.h"

/* Numbers of platform_type, each at most once in a file. */
enum au_igvm_platform_type {
	AU_IGVM_NATIVE,
	AU_IGVM_VSM,
	AU_IGVM_SNP,
	AU_IGVM_TDX,
	AU_IGVM_SEV,
	AU_IGVM_SEV_ES,
	AU_IGVM_CCA,
};
#define AU_IGVM_PLATFORMS 7

/* Real files have some dozen; a search among these stays short. */
static const size_t AU_IGVM_AREAS_MAX = 4096;

struct au_igvm_area {
	uint32_t index;
	bool inserted;
	uint64_t size;
	struct ev_span data; /* initial contents, empty: zeros */
	uint64_t data_offset;
};

struct au_igvm_load {
	const struct au_igvm *file;
	struct au_image *image; /* n launches, room for all platforms */
	enum au_igvm_platform_type type[AU_IGVM_PLATFORMS]; /* of each launch */
	uint64_t offset[AU_IGVM_PLATFORMS]; /* of its header's content */
	struct au_igvm_area *area;	    /* owned, ascending by index */
	size_t n_areas;
	size_t n_homeless; /* headers for no platform of the file */
	bool relocates;	   /* a region whose address the host may choose */
};

/* A variable header's content while it is read. */
struct au_igvm_content {
	const char *object; /* "igvm PAGE_DATA" */
	uint64_t offset;    /* of the header, in the file */
	struct ev_reader r;
};

/* Reads the content; its length is already known to be right. */
typedef enum ev_code (*au_igvm_take)(struct au_igvm_load *load,
				     struct au_igvm_content *c);

/* Reads a reserved field of 1 to 8 bytes, which must be zero. */
void au_igvm_reserved(struct au_igvm_content *c, size_t n, const char *field);
/* A refusal of the field that has just been read, of `size` bytes. */
enum ev_code au_igvm_refuse(struct au_igvm_content *c, const char *field,
			    size_t size, const char *want, uint64_t found);
/* A u64 that must be a multiple of the page size. */
uint64_t au_igvm_pages_u64(struct au_igvm_content *c, const char *field);
/* A compatibility mask; one for no platform of the file is counted. */
uint32_t au_igvm_mask(struct au_igvm_load *load, struct au_igvm_content *c);
/* Whether a header with that mask concerns launch number i. */
bool au_igvm_concerns(const struct au_igvm_load *load, size_t i, uint32_t mask);

#endif
