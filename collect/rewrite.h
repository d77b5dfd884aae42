/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adding a signature or a token to an archive that exists: the manifest and
 * the items stay byte for byte (ecart-archive(5), section 6), so its id and
 * all older signatures do, too.
 */
#ifndef CO_REWRITE_H
#define CO_REWRITE_H

#include "evidence/archive.h"
#include "evidence/base/sink.h"

/*
 * Puts the file of `archive` with one more sig/ file into out: manifest, the
 * old sig/ files and the new one in order, the items region as it stands, two
 * zero blocks; in a zstd frame if the archive came in one.  The caller has
 * seen that the archive has no problem but notes.  Refuses a name that is
 * there already and what is over a limit.
 */
enum ev_code co_rewrite(const struct ev_archive *archive, const char *name,
			struct ev_span data, struct ev_sink out,
			struct ev_error *err);

#endif
