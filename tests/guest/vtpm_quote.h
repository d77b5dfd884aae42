/* SPDX-License-Identifier: Apache-2.0 */
/* What Azure's vTPM refuses and swtpm does not: a nonce of a quote is at most
 * as long as its largest digest lets it be (azure.md 6). */
#ifndef VT_QUOTE_H
#define VT_QUOTE_H

#include "tests/guest/vtpm_frame.h"

/* True where the command is a quote over too long a nonce, and response says
 * TPM_RC_SIZE. */
bool vt_quote_refuse(struct vt_frame *command, struct vt_frame *response);

#endif
