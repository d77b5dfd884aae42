/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A firmware or paravisor image, read whole: its format is told by content.
 */
#ifndef AU_IMAGE_H
#define AU_IMAGE_H

#include "audit/image/launch.h"
#include "evidence/base/crypto.h"

/* OpenHCL is 64 MiB, a firmware volume 16. */
static const uint64_t AU_IMAGE_MAX = UINT64_C(1) << 30;

enum au_image_format { AU_IGVM, AU_TDVF, AU_PE };
const char *au_image_format_name(enum au_image_format format);

#define AU_IMAGE_NOTES_MAX 16
#define AU_IMAGE_NOTE_TEXT 240

struct au_image {
	enum au_image_format format;
	struct ev_span bytes;	/* the file, borrowed */
	struct ev_span carried; /* of a PE: the IGVM inside; else bytes */
	uint64_t carried_offset;
	uint8_t sha256[32];	  /* of the file */
	struct au_launch *launch; /* owned, in the order of the image */
	size_t n;
	/* What is odd and refuses nothing, a sentence each; n_notes counts
	 * those beyond the limit too. */
	char note[AU_IMAGE_NOTES_MAX][AU_IMAGE_NOTE_TEXT];
	size_t n_notes;
};

/*
 * Reads an image.  bytes must outlive it.  Refusals name the object ("igvm
 * header"), field, byte in the file, wanted, found.  Memory is bounded by the
 * size of the file, not by what it says.  On failure *out is zeroed.
 */
enum ev_code au_image_read(struct ev_span bytes, struct ev_crypto *crypto,
			   struct au_image *out, struct ev_error *err);
void au_image_free(struct au_image *image);
/* Appends a note, printf-like, cut to AU_IMAGE_NOTE_TEXT. */
void au_image_note(struct au_image *image, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The launch of a platform, or NULL. */
const struct au_launch *au_image_launch(const struct au_image *image,
					enum au_platform platform);

#endif
