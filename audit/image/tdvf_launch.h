/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the sections of a TDVF to the launch of a TDX guest: one operation a
 * section, in the order of the descriptor (measurement page, section 2.3).
 */
#ifndef AU_TDVF_LAUNCH_H
#define AU_TDVF_LAUNCH_H

#include "audit/image/image.h"

/*
 * Reads image->bytes and fills launch (one, of TDX), n and the notes.  Refuses
 * what au_tdvf_parse refuses, sections that overlap in memory, too many pages.
 * On failure the caller frees the image.
 */
enum ev_code au_tdvf_launch(struct au_image *image, struct ev_error *err);

#endif
