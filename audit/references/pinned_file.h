/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that manifests name by path and SHA-256: recipes and provenance, in
 * the same commit or folder.
 */
#ifndef AU_PINNED_FILE_H
#define AU_PINNED_FILE_H

#include "audit/references/provenance.h"
#include "audit/references/references.h"

/* Files of all references together: 80 KiB each where they are the most. */
static const uint64_t AU_PINNED_BYTES_MAX = UINT64_C(512) << 20;

enum au_found {
	AU_FOUND_FILE,
	AU_FOUND_NOTHING,
	AU_FOUND_OTHER, /* a folder, a symbolic link, ... */
	AU_FOUND_MORE,	/* than the most that were asked for */
};

/* Where files are read from. */
struct au_files {
	/* Appends the file at path; fails where the whole cannot be read. */
	enum ev_code (*read)(void *state, const char *path, size_t max,
			     enum au_found *found, struct ev_buffer *out,
			     struct ev_error *err);
	void *state;
};

/* Who may have signed provenance, DER SubjectPublicKeyInfo each; borrowed. */
struct au_builder_keys {
	const struct ev_span *spki;
	size_t n; /* 0: signatures are not looked at */
};

/*
 * Compares the recipe that each reference names with its digest, and reads its
 * provenance: digest, shape, subject, and with keys at least one signature by
 * one of them, which a reference without provenance does not have.  What is
 * wrong becomes a fault of the file that it is in.  Beyond AU_PINNED_BYTES_MAX
 * all is refused (EV_LIMIT).
 */
enum ev_code au_pinned_files_check(struct au_references *refs,
				   struct ev_crypto *crypto,
				   const struct au_files *files,
				   const struct au_builder_keys *keys,
				   struct ev_error *err);

/* The provenance that a reference names, compared in the same way; refusals
 * name the manifest's member or that of the statement. */
enum ev_code au_pinned_provenance(const struct au_reference *ref,
				  struct ev_crypto *crypto,
				  const struct au_files *files,
				  const struct au_builder_keys *keys,
				  struct au_provenance *out,
				  struct ev_error *err);

#endif
