/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the public has seen launch measurements: a document
 * ecart-sightings/1 (ecart-sightings(5)).  A sighting is somebody's word and
 * never evidence: it stands beside what archives say, and moves nothing.
 */
#ifndef AU_SIGHTINGS_H
#define AU_SIGHTINGS_H

#include "audit/history/stated_time.h"
#include "audit/references/reference.h"
#include "evidence/base/json_node.h"

/* A line of the public tables takes some 500 bytes. */
static const size_t AU_SIGHTINGS_MAX = 20000;
static const size_t AU_SIGHTINGS_BYTES_MAX = (size_t)32 << 20;

/* Spans borrow from the document. */
struct au_sighting {
	const struct au_register *reg; /* never NULL */
	uint8_t value[AU_VALUE_MAX];   /* reg->size bytes */
	struct ev_span place, source;  /* never empty */
	struct ev_span remarks;	       /* empty: none */
	bool has_time;
	struct au_stated_time time;
	uint32_t at; /* of the entry in the document */
};

struct au_sightings {
	/* By register, value, time (without one last), place, source and
	 * remarks; no two are equal. */
	struct au_sighting *item;
	size_t n;
	struct ev_nodes document;
};

/*
 * Refusals name the member and the byte at which the value stands that is
 * refused, or the object that lacks one.  Unknown members are refused: a word
 * misspelt must not be lost.  On failure *out is not written; free with
 * au_sightings_free.
 */
enum ev_code au_sightings_parse(struct ev_span text, struct au_sightings *out,
				struct ev_error *err);
void au_sightings_free(struct au_sightings *sightings);

#endif
