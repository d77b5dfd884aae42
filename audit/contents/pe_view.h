/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A firmware program as it is compared with another build of it: sizes and
 * addresses of the headers, the debug entry's, the image base in the header and
 * in relocated words, and the addresses of resources are blank or counted from
 * what moves (docs/sources.md, "What makes two programs of a firmware one").
 */
#ifndef AU_PE_VIEW_H
#define AU_PE_VIEW_H

#include "audit/contents/pe_image.h"

#define AU_PE_DEBUG_ENTRY 28 /* bytes of IMAGE_DEBUG_DIRECTORY */

struct au_pe_view {
	struct au_pe_image image; /* as the file has it; spans are the copy's */
	uint8_t *copy;		  /* owned */
	size_t n;
	/* Of the debug entry, and of what it describes, in the copy; path_n is
	 * 0 where there is none. */
	size_t entry, path, path_n;
};

/* A refusal is that of au_pe_image_parse; the view must be freed anyway. */
enum ev_code au_pe_view_of(struct ev_span file, struct au_pe_view *out,
			   struct ev_error *err);
void au_pe_view_free(struct au_pe_view *view);

#endif
