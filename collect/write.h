/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing an evidence archive from items: the manifest, a signature where a
 * key is given, then the items, in canonical bytes.  The same input gives the
 * same bytes (with a key: as far as its signatures repeat; Ed25519 does).
 */
#ifndef CO_WRITE_H
#define CO_WRITE_H

#include "collect/manifest_write.h"
#include "collect/outfile.h"
#include "collect/sign.h"

struct co_archive_options {
	struct co_claims claims;
	const struct co_key *key;  /* NULL: unsigned */
	bool zstd;		   /* an outer frame; never part of identity */
	enum co_outfile_mode mode; /* of co_archive_write */
};

/*
 * Appends the archive.  id, if not NULL, is SHA-256 of the manifest.  Refuses
 * what no reader would take: unknown kinds, items over their limit.
 */
enum ev_code co_archive_make(struct ev_crypto *crypto,
			     const struct co_item *items, size_t n,
			     const struct co_archive_options *options,
			     struct ev_buffer *out, uint8_t id[32],
			     struct ev_error *err);

/* What came of it, for the person and for the exit status. */
enum co_written {
	CO_WRITTEN,
	CO_NOT_WRITTEN_REFUSED, /* an item or option: the caller's input */
	CO_NOT_WRITTEN_EXISTS,
	CO_NOT_WRITTEN_TROUBLE,
};

/* co_archive_make, then the file at path whole or not at all; size and id may
 * be NULL; why is one line unless CO_WRITTEN. */
enum co_written co_archive_write(struct ev_crypto *crypto, const char *path,
				 const struct co_item *items, size_t n,
				 const struct co_archive_options *options,
				 size_t *size, uint8_t id[32],
				 char why[CO_WHY_MAX]);

#endif
