/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an IGVM's variable headers to a launch for each platform (measurement
 * page, sections 3.2 and 3.3).
 */
#ifndef AU_IGVM_LAUNCH_H
#define AU_IGVM_LAUNCH_H

#include "audit/image/image.h"

/*
 * Reads image->carried as an IGVM and fills launch, n and the notes.  Refused:
 * unknown types without bit 31, lengths, fields, order, areas not declared or
 * inserted twice, pages filled twice within a platform, a platform twice, no
 * platform, SNP without a policy.  On failure the caller frees the image.
 */
enum ev_code au_igvm_launch(struct au_image *image, struct ev_error *err);

#endif
