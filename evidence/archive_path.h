/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths inside an archive (ecart-archive(5), "Paths"): ASCII, short, and
 * such that they can be unpacked on any disk.  ev_archive_path_ok, the rule
 * for one path, is declared in manifest.h.
 */
#ifndef EV_ARCHIVE_PATH_H
#define EV_ARCHIVE_PATH_H

#include "evidence/manifest.h"

/*
 * One of two paths that a disk which ignores case cannot hold side by side:
 * equal under ASCII case folding, or one a directory of the other.  NULL
 * where there is none.  Reorders paths.
 */
const char *ev_archive_paths_clash(const char **paths, size_t n);

/* Most bytes of the sig/ file of that name, inside the archive or beside it:
 * EV_DSSE_MAX of an envelope, EV_SIG_FILE_MAX of anything else. */
uint64_t ev_archive_sig_max(const char *name);

#endif
