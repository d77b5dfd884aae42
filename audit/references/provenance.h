/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who built an artifact, from what and how: a Statement v1 about its SHA-256
 * (in-toto, Statement) with the predicate of provenance v1 (SLSA, provenance),
 * in a DSSE envelope.  It binds a builder's word to a file, not to a
 * measurement.
 *
 * The members that SLSA requires are read strictly, the rest is carried.
 */
#ifndef AU_PROVENANCE_H
#define AU_PROVENANCE_H

#include "evidence/base/json.h"
#include "evidence/dsse.h"

/* Of an envelope; one with a thousand packages of a distribution has 400 KiB,
 * and git holds one in memory. */
static const size_t AU_PROVENANCE_MAX = (size_t)4 << 20;
/* A file that says how something was built: its envelope is 4/3 as large. */
static const size_t AU_BUILD_MAX = (size_t)2 << 20;
static const size_t AU_SUBJECTS_MAX = 1024;
static const size_t AU_DEPENDENCIES_MAX = 16384;

/* All spans borrow from the document and the envelope. */
struct au_provenance {
	struct ev_span builder_id; /* predicate.runDetails.builder.id, a URI */
	struct ev_span build_type; /* predicate.buildDefinition.buildType */
	size_t n_dependencies;	   /* resolvedDependencies */
	/* n_signatures and signature[].keyid are claims until one is verified
	 * (ev_dsse_signed_by). */
	struct ev_dsse envelope;
	json_t *statement;
	const json_t *subject; /* 1 to AU_SUBJECTS_MAX, of the statement */
};

/*
 * Reads an envelope; verifies nothing.  Refusals have the object "provenance"
 * or "dsse" and the dotted name of the member.  On failure *out is not
 * written.  Free with au_provenance_free.
 */
enum ev_code au_provenance_parse(struct ev_span envelope,
				 struct au_provenance *out,
				 struct ev_error *err);
void au_provenance_free(struct au_provenance *provenance);

/* Whether one of its subjects has that digest. */
bool au_provenance_is_of(const struct au_provenance *provenance,
			 const uint8_t sha256[32]);

/*
 * The Statement, canonical, that the artifact of that name and digest was
 * built as build says: a JSON object whose member "predicate" is that of SLSA
 * provenance v1; its other members are not looked at.  Refuses what
 * au_provenance_parse would, and what canonical JSON cannot hold.  *out is the
 * caller's (free).
 */
enum ev_code au_provenance_statement(struct ev_span build, struct ev_span name,
				     const uint8_t sha256[32], char **out,
				     size_t *n, struct ev_error *err);

#endif
