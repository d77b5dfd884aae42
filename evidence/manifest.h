/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest.json: an in-toto Statement v1 whose predicate is
 * https://w3id.org/ecart/evidence-archive/v1 (ecart-archive(5)).
 */
#ifndef EV_MANIFEST_H
#define EV_MANIFEST_H

#include "evidence/base/json_node.h"
#include "evidence/kind.h"
#include "evidence/redactions.h"

#define EV_ARCHIVE_FORMAT "ecart-archive/1"
#define EV_PATH_TEXT	  101 /* an archive path and its NUL */

struct ev_relation {
	const char *rel;  /* borrowed: "collateral-for", "issuer-of", ... */
	const char *name; /* borrowed: the other item's path */
};

struct ev_manifest_item {
	const char *name;	    /* borrowed, "items/tdx-quote/0000.bin" */
	const char *kind_name;	    /* as the manifest says it */
	const struct ev_kind *kind; /* NULL: not in this build's table */
	uint64_t size;
	uint8_t sha256[32];
	bool has_sha384;
	uint8_t sha384[48];
	struct ev_relation *relates; /* owned array */
	size_t n_relates;
	struct ev_span nonce; /* hex text, borrowed; empty where absent */
	const char *scheme;   /* "rsassa-sha256" of a bare signature, or NULL */
	const char *source_type, *source_detail, *source_uri; /* or NULL */
	const struct ev_node *digests; /* of the subject, borrowed */
	const struct ev_node *entry;   /* the predicate's, borrowed */
};

struct ev_manifest {
	struct ev_nodes nodes; /* the Statement; everything borrows from it */
	struct ev_manifest_item *items; /* bytewise by name */
	size_t n_items;
	struct ev_redactions redactions; /* none of them is an item */
	bool has_time;			 /* the collector's claim */
	int64_t time;
	const char *verb; /* "collect", "pack", "redact"; or NULL */
	const struct ev_node *predicate;
	bool canonical; /* the bytes are what our writer would write */
	struct ev_error not_canonical; /* where not, if not */
};

/*
 * Refuses what is not a manifest of this format: broken JSON, another
 * _type, predicateType or format (a later version is named as such), subject
 * and items that disagree, names outside the path rules or out of order,
 * digests that are no hex, redactions that are none or name an item that is
 * there.  Not being canonical is recorded, not refused.
 * Free with ev_manifest_free.
 */
enum ev_code ev_manifest_parse(struct ev_span text, struct ev_manifest *out,
			       struct ev_error *err);
void ev_manifest_free(struct ev_manifest *manifest);

/* NULL where no item has that name. */
const struct ev_manifest_item *
ev_manifest_find(const struct ev_manifest *manifest, const char *name);

/* The path rules of the archive format, section 2.1, for one path. */
bool ev_archive_path_ok(struct ev_span path);
/* The same, and below items/. */
bool ev_item_path_ok(struct ev_span path);

#endif
