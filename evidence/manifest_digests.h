/* SPDX-License-Identifier: Apache-2.0 */
/* The digests that a manifest says of its items, as hex (ecart-archive(5),
 * MANIFEST). */
#ifndef EV_MANIFEST_DIGESTS_H
#define EV_MANIFEST_DIGESTS_H

#include "evidence/manifest.h"

/* Fills the item's digests from its subject: sha256 must be there, and every
 * other one that is known must be well formed. */
enum ev_code ev_manifest_digests_parse(const struct ev_node *subject,
				       struct ev_manifest_item *item,
				       struct ev_error *err);

/* Refuses upper-case hex, in nonces too: binary values are lower-case hex,
 * which the canonical subset, to which they are strings, does not see. */
enum ev_code ev_manifest_digests_check_spelling(const struct ev_manifest *m,
						struct ev_error *err);

#endif
