/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reference: launch measurements of one version of one product, who built
 * it from what, and whether it is still good (ecart-reference(5)).  One
 * canonical JSON document a version, references/PRODUCT/VERSION.json.
 *
 * What could make a reader say "match" is read strictly; what could only
 * make it say "no-reference" (a register that this build does not know) is a
 * note, as is every unknown member.
 */
#ifndef AU_REFERENCE_H
#define AU_REFERENCE_H

#include "evidence/base/json.h"

/* A manifest with one measurement is 800 bytes; 256 variants with their
 * parameters stay below 64 KiB. */
static const size_t AU_REFERENCE_MAX = (size_t)256 << 10;
/* Candidate rules of one image number some dozens. */
static const size_t AU_MEASUREMENTS_MAX = 256;
static const size_t AU_PARAMETERS_MAX = 32;
static const size_t AU_STATUS_MAX = 64;
static const size_t AU_NAME_MAX = 64;	/* product, version, parameter name */
static const size_t AU_TEXT_MAX = 1024; /* reason, advisory, address, value */

#define AU_VALUE_MAX   48 /* SHA-384 */
#define AU_PATH_MAX    256
#define AU_NOTES_MAX   8
#define AU_NOTE_TEXT   120
#define AU_REFERENCE_1 "ecart-reference/1"

enum au_platform { AU_TDX, AU_SNP, AU_VBS };

/* One launch measurement register a platform. */
struct au_register {
	enum au_platform platform;
	const char *platform_name; /* "tdx" */
	const char *name;	   /* "mrtd" */
	const char *alg;	   /* "sha384" */
	size_t size;		   /* bytes of a value */
};
extern const struct au_register au_registers[];
extern const size_t au_n_registers;

enum au_state { AU_GOOD, AU_VULNERABLE, AU_WITHDRAWN };
const char *au_state_name(enum au_state state);
bool au_state_parse(struct ev_span text, enum au_state *out);

/* All spans borrow from the reference's document. */
struct au_measurement {
	const struct au_register *reg; /* NULL: not known to this build */
	uint8_t value[AU_VALUE_MAX];   /* reg->size bytes */
	const json_t *parameters;      /* object of strings, or NULL: none */
	/* Its parameters are those of the first entry of its register. */
	bool is_default;
};

struct au_status {
	enum au_state state;
	int64_t since;
	struct ev_span reason, advisory; /* empty where there is none */
};

struct au_reference {
	struct ev_span product, version;
	struct ev_span repository, commit; /* of the source */
	struct ev_span recipe_path;	   /* in the repository of references */
	uint8_t recipe_sha256[32];
	/* Who built it, signed (provenance.h), likewise; empty: not said. */
	struct ev_span provenance_path;
	uint8_t provenance_sha256[32];
	struct ev_span artifact_name;
	uint8_t artifact_sha256[32];
	bool has_artifact_size;
	uint64_t artifact_size;
	struct au_measurement *measurement;
	size_t n_measurements;
	struct au_status *status; /* since strictly ascending */
	size_t n_status;
	/* Unknown members and registers; n_notes counts those beyond
	 * AU_NOTES_MAX too. */
	char note[AU_NOTES_MAX][AU_NOTE_TEXT];
	size_t n_notes;
	json_t *document;
};

/*
 * Reads one manifest.  Refusals name the member ("measurements.value") and,
 * inside a list, its number from 0.  On failure *out is not written.
 */
enum ev_code au_reference_parse(struct ev_span text, struct au_reference *out,
				struct ev_error *err);
void au_reference_free(struct au_reference *ref);

/*
 * Writes a manifest canonically: *out is owned by the caller (free).  What is
 * written has been read again, so a document that au_reference_parse refuses
 * is refused here.
 */
enum ev_code au_reference_write(const json_t *document, char **out, size_t *n,
				struct ev_error *err);

/* The state in force at T: the last whose since <= T; NULL where none was in
 * force yet, which means that the reference was not known then. */
const struct au_status *au_reference_status(const struct au_reference *ref,
					    int64_t at);

/* The path that a manifest must have; false where the names are not legal or
 * do not fit. */
bool au_reference_path(struct ev_span product, struct ev_span version,
		       char out[AU_PATH_MAX]);

#endif
