/* SPDX-License-Identifier: Apache-2.0 */
/* Where references come from, as a report's JSON says it, for people. */
#ifndef AU_RENDER_ORIGIN_H
#define AU_RENDER_ORIGIN_H

#include "audit/text_page.h"

/* The repository of an entry of "audit": which commit, who signed it, whether
 * it comes from the commit that was known; nothing for NULL. */
void au_render_repository(struct au_page *p, const json_t *repository);

/* Of a reference: who vouches for it, when it came and changed, who says that
 * he built it, as far as each is told. */
void au_render_origin(struct au_page *p, const json_t *reference);

#endif
