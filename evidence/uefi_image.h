/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of loaded images: UEFI_IMAGE_LOAD_EVENT of the TCG PC Client
 * Platform Firmware Profile 1.05, 10.2, little-endian.  The digest is the
 * image's Authenticode hash; the path is only said beside it.
 */
#ifndef EV_UEFI_IMAGE_H
#define EV_UEFI_IMAGE_H

#include "evidence/base/buffer.h"
#include "evidence/base/error.h"
#include "evidence/base/json_write.h"
#include "evidence/tcg_log.h"

struct ev_uefi_image {
	uint64_t location, length; /* in memory */
	uint64_t link_address;
	struct ev_span path; /* device path */
	uint64_t path_at;    /* its offset in the log */
	struct ev_span rest; /* bytes behind the structure */
};

enum ev_code ev_uefi_image_parse(const struct ev_tcg_event *e,
				 struct ev_uefi_image *out,
				 struct ev_error *err);

/* Decoders of the table of event types. */
void ev_uefi_image_write(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_uefi_image_describe(const struct ev_tcg_event *e,
			    struct ev_buffer *out);

#endif
