/* SPDX-License-Identifier: Apache-2.0 */
/* The document of a reference, made new or with something added. */
#ifndef AU_REFERENCE_DOCUMENT_H
#define AU_REFERENCE_DOCUMENT_H

#include "audit/references/reference.h"

/* What a user adds; NULL where it was not given.  Borrowed. */
struct au_addition {
	const char *product, *version;
	const char *source, *source_commit;
	const char *recipe_path; /* in the repository */
	uint8_t recipe_sha256[32];
	const char *artifact_name;
	uint8_t artifact_sha256[32];
	uint64_t artifact_size;
	/* In the repository, too; NULL: nobody says who built it. */
	const char *provenance_path;
	uint8_t provenance_sha256[32];
	const struct au_register *reg; /* of value; NULL: MRTD */
	const char *value;	       /* a measurement, lower-case hex */
	const char *const *parameter;  /* "NAME=VALUE" each */
	size_t n_parameters;
	const char *state; /* NULL: good for a new reference */
	int64_t since;
	const char *reason, *advisory;
};

/*
 * The manifest of a new reference (existing NULL), or existing with the
 * measurement of the addition, its state, or both put behind what is there,
 * and its provenance where there was none; members that this build does not
 * know stay.  What the format refuses is
 * refused as au_reference_parse does.  *out is owned by the caller (free).
 */
enum ev_code au_reference_document(const struct au_addition *add,
				   const struct au_reference *existing,
				   char **out, size_t *n, struct ev_error *err);

#endif
