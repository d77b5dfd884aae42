/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening an archive as commands do: memory stays bounded whatever a
 * compressed file holds, for its tar goes into a temporary file that has no
 * name, in $TMPDIR, else in /var/tmp.
 */
#ifndef CLI_ARCHIVE_H
#define CLI_ARCHIVE_H

#include "evidence/archive.h"

/* As ev_archive_open. */
enum ev_code cli_archive_open(struct ev_crypto *crypto, struct ev_span file,
			      uint64_t limit, struct ev_archive *out,
			      struct ev_error *err);

#endif
