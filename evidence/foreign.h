/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is that is no archive, in words, with the way out. */
#ifndef EV_FOREIGN_H
#define EV_FOREIGN_H

#include "evidence/base/error.h"

/* At most EV_TEXT_MAX bytes: "a bare TDX quote v4; wrap it with ..." */
void ev_foreign_describe(struct ev_span file, char out[EV_TEXT_MAX]);

#endif
