/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The references of one repository at one commit (or of a plain directory),
 * ordered by path, with every manifest that had to be refused.  An audit
 * rests on all of them or on none: the manifest that cannot be read may be
 * the one that withdraws.
 */
#ifndef AU_REFERENCES_H
#define AU_REFERENCES_H

#include "audit/references/reference.h"
#include "evidence/base/digest.h"

/* 16 years of a version a day; every bound is on a hostile repository. */
static const size_t AU_REFERENCES_MAX = 6000;
static const size_t AU_FAULTS_MAX = 100;
/* Manifests together; an average of 10 KiB each. */
static const size_t AU_REFERENCES_BYTES_MAX = (size_t)64 << 20;
/* references/PRODUCT/VERSION.json is 2; others are refused, not followed. */
static const size_t AU_DEPTH_MAX = 4;
/* Entries of all folders visited. */
static const size_t AU_ENTRIES_MAX = 65536;
static const size_t AU_RECIPE_MAX = (size_t)16 << 20;

struct au_listed {
	char *path;	    /* owned: "references/PRODUCT/VERSION.json" */
	uint8_t sha256[32]; /* of the manifest's bytes */
	struct au_reference reference;
};

struct au_fault {
	char *path; /* owned */
	struct ev_error error;
};

#define AU_COMMIT_TEXT 41

struct au_references {
	/* 40 hex digits; empty: a plain directory, not in git. */
	char commit[AU_COMMIT_TEXT];
	struct au_listed *listed; /* by path, bytewise */
	size_t n;
	struct au_fault *fault;
	size_t n_faults; /* stops at AU_FAULTS_MAX */
	size_t n_bytes, n_entries;
	/* SHA-256 of the lines that "sha256sum" prints for the manifests in
	 * path order: the same for the same manifests, in git or not. */
	uint8_t sha256[32];
};

/*
 * Adds one manifest found at path.  A refusal of its content, or a path that
 * is not the one its names make, becomes a fault, and EV_OK is returned; the
 * bounds of the whole are EV_LIMIT, lack of memory EV_TROUBLE.
 */
enum ev_code au_references_add(struct au_references *refs,
			       struct ev_crypto *crypto, const char *path,
			       struct ev_span text, struct ev_error *err);

/* Records that the entry at path is refused; EV_OK, or EV_TROUBLE. */
enum ev_code au_references_fault(struct au_references *refs, const char *path,
				 const struct ev_error *fault,
				 struct ev_error *err);

/* Counts one entry of a folder; EV_LIMIT beyond AU_ENTRIES_MAX. */
enum ev_code au_references_visit(struct au_references *refs,
				 struct ev_error *err);

/* After the last: orders, refuses paths equal under ASCII case folding (they
 * fall together on some file systems), takes the digest of the whole. */
enum ev_code au_references_finish(struct au_references *refs,
				  struct ev_crypto *crypto,
				  struct ev_error *err);

void au_references_free(struct au_references *refs);

/* The path ends in ".json". */
bool au_references_is_manifest(const char *path);

#endif
