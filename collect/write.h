/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing an evidence archive from items: the manifest, a signature where a
 * key is given, then the items, in canonical bytes.  The same input gives the
 * same bytes (with a key: as far as its signatures repeat; Ed25519 does).
 */
#ifndef CO_WRITE_H
#define CO_WRITE_H

#include "collect/manifest_write.h"
#include "collect/sign.h"
#include "evidence/base/sink.h"

struct co_archive_options {
	struct co_claims claims;
	const struct co_key *key; /* NULL: unsigned */
	bool zstd;		  /* an outer frame; never part of identity */
};

/*
 * Puts the archive into out, piece by piece.  id, if not NULL, is SHA-256 of
 * the manifest.  Refuses what no reader would take: unknown kinds, items over
 * their limit.
 */
enum ev_code co_archive_make(struct ev_crypto *crypto,
			     const struct co_item *items, size_t n,
			     const struct co_archive_options *options,
			     struct ev_sink out, uint8_t id[32],
			     struct ev_error *err);

#endif
