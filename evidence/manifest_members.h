/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of a manifest that this version does not know.  in-toto has readers
 * ignore them; they are kept, and noted, since what they say is not judged
 * (ecart-archive(5), MANIFEST).
 */
#ifndef EV_MANIFEST_MEMBERS_H
#define EV_MANIFEST_MEMBERS_H

#include "evidence/manifest.h"

/* Whether there are any in the statement, the predicate, its collector and
 * its items; *note then names the first, and how many more there are. */
bool ev_manifest_has_unknown(const struct ev_manifest *m,
			     struct ev_error *note);

#endif
