/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest.json as ecart writes it (ecart-archive(5), section 4): canonical,
 * and a function of what is given alone: no clock, no environment, no digest
 * of the program.
 */
#ifndef CO_MANIFEST_WRITE_H
#define CO_MANIFEST_WRITE_H

#include "collect/item_paths.h"
#include "evidence/base/digest.h"

/* What the predicate says beside the items; empty and NULL are left out. */
struct co_claims {
	const char *verb; /* "collect", "pack", "redact" */
	bool has_time;
	int64_t time;
	const char *root, *series; /* text from outside */
	const uint8_t *previous;   /* id of the archive before: 32 bytes */
	const uint8_t *program;	   /* SHA-256 of the collector's file */
	/* Canonical JSON of other writers. */
	struct ev_span clock, steps, binding, subject_system, redactions;
};

/* Appends the manifest; paths as co_item_paths gives them. */
enum ev_code co_manifest_write(struct ev_crypto *crypto,
			       const struct co_item *items,
			       const char (*paths)[EV_PATH_TEXT], size_t n,
			       const struct co_claims *claims,
			       struct ev_buffer *out, struct ev_error *err);

/* The items' indices in bytewise order of their paths; *out is the caller's
 * (free).  False is lack of memory. */
bool co_item_order(const char (*paths)[EV_PATH_TEXT], size_t n, size_t **out);

#endif
