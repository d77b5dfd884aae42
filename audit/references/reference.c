/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing one reference manifest. */
#include "audit/references/reference.h"

#include "audit/references/reference_entry.h"
#include "audit/references/reference_member.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"

#include <stdio.h>

static const char object[] = "reference";

const struct au_register au_registers[] = {
	{ AU_TDX, "tdx", "mrtd", "sha384", 48 },
	{ AU_SNP, "snp", "ld", "sha384", 48 },
	{ AU_VBS, "vbs", "boot-digest", "sha256", 32 },
};
const size_t au_n_registers = sizeof(au_registers) / sizeof(au_registers[0]);

static const char *const states[] = {
	[AU_GOOD] = "good",
	[AU_VULNERABLE] = "vulnerable",
	[AU_WITHDRAWN] = "withdrawn",
};

const char *au_state_name(enum au_state state)
{
	return states[state];
}

bool au_state_parse(struct ev_span text, enum au_state *out)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (ev_span_eq(text, ev_span_str(states[i]))) {
			*out = (enum au_state)i;
			return true;
		}
	}
	return false;
}

/* The object under member, its members known or noted. */
static const json_t *get_part(struct au_reference *ref, const char *member,
			      const char *const *known, struct ev_error *err)
{
	json_t *part = NULL;

	if (ev_json_get_object(ref->document, object, member, &part, err) !=
	    EV_OK)
		return NULL;
	au_note_unknown(ref, part, member, known);
	return part;
}

static enum ev_code parse_source(struct au_reference *ref, struct ev_error *err)
{
	static const char *const known[] = { "repository", "commit", NULL };
	const json_t *part = get_part(ref, "source", known, err);

	if (part == NULL)
		return err->code;
	if (au_member_text(part, "repository", "source.repository", AU_ADDRESS,
			   &ref->repository, err) != EV_OK)
		return err->code;
	return au_member_text(part, "commit", "source.commit", AU_COMMIT,
			      &ref->commit, err);
}

/* A file beside the manifests: its path, and what it was. */
struct pinned {
	const char *member, *path_name, *sha256_name;
	struct ev_span *path;
	uint8_t *sha256; /* 32 bytes */
};

static enum ev_code parse_pinned(struct au_reference *ref,
				 const struct pinned *file,
				 struct ev_error *err)
{
	static const char *const known[] = { "path", "sha256", NULL };
	const json_t *part = get_part(ref, file->member, known, err);

	if (part == NULL)
		return err->code;
	if (au_member_text(part, "path", file->path_name, AU_FILE_PATH,
			   file->path, err) != EV_OK)
		return err->code;
	return au_member_hex(part, "sha256", file->sha256_name, file->sha256,
			     32, err);
}

static enum ev_code parse_recipe(struct au_reference *ref, struct ev_error *err)
{
	const struct pinned file = { "recipe", "recipe.path", "recipe.sha256",
				     &ref->recipe_path, ref->recipe_sha256 };

	return parse_pinned(ref, &file, err);
}

static enum ev_code parse_provenance(struct au_reference *ref,
				     struct ev_error *err)
{
	const struct pinned file = { "provenance", "provenance.path",
				     "provenance.sha256", &ref->provenance_path,
				     ref->provenance_sha256 };

	return json_object_get(ref->document, file.member) != NULL
		       ? parse_pinned(ref, &file, err)
		       : EV_OK;
}

static enum ev_code parse_artifact(struct au_reference *ref,
				   struct ev_error *err)
{
	static const char *const known[] = { "name", "sha256", "size", NULL };
	static const uint64_t max = (UINT64_C(1) << 53) - 1;
	const json_t *part = get_part(ref, "artifact", known, err);

	if (part == NULL)
		return err->code;
	if (au_member_text(part, "name", "artifact.name", AU_FILE_NAME,
			   &ref->artifact_name, err) != EV_OK)
		return err->code;
	if (au_member_hex(part, "sha256", "artifact.sha256",
			  ref->artifact_sha256, sizeof(ref->artifact_sha256),
			  err) != EV_OK)
		return err->code;
	ref->has_artifact_size = json_object_get(part, "size") != NULL;
	if (!ref->has_artifact_size)
		return EV_OK;
	return ev_json_get_u64(part, object, "size", max, &ref->artifact_size,
			       err);
}

/* Where a list's entry was refused: its number goes behind what was wanted. */
static enum ev_code numbered(size_t i, struct ev_error *err)
{
	size_t n = strlen(err->want);

	snprintf(err->want + n, sizeof(err->want) - n, " (entry %zu)", i);
	return err->code;
}

static enum ev_code parse_measurements(struct au_reference *ref,
				       struct ev_error *err)
{
	json_t *list = NULL;
	size_t n;

	if (ev_json_get_array(ref->document, object, "measurements",
			      AU_MEASUREMENTS_MAX, &list, err) != EV_OK)
		return err->code;
	n = json_array_size(list);
	if (n == 0)
		return ev_fail(err, EV_MISSING, object, "measurements", 0,
			       "at least one", "none");
	ref->measurement = calloc(n, sizeof(*ref->measurement));
	if (ref->measurement == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (au_measurement_parse(ref, json_array_get(list, i),
					 &ref->measurement[i], err) != EV_OK)
			return numbered(i, err);
		ref->n_measurements++;
	}
	return EV_OK;
}

static enum ev_code parse_status(struct au_reference *ref, struct ev_error *err)
{
	json_t *list = NULL;
	size_t n;

	if (ev_json_get_array(ref->document, object, "status", AU_STATUS_MAX,
			      &list, err) != EV_OK)
		return err->code;
	n = json_array_size(list);
	if (n == 0)
		return ev_fail(err, EV_MISSING, object, "status", 0,
			       "at least one state", "none");
	ref->status = calloc(n, sizeof(*ref->status));
	if (ref->status == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (au_status_parse(ref, json_array_get(list, i),
				    &ref->status[i], err) != EV_OK)
			return numbered(i, err);
		ref->n_status++;
	}
	return EV_OK;
}

/* Which format this is, before anything else is asked of it. */
static enum ev_code parse_format(const json_t *document, struct ev_error *err)
{
	static const char want[] =
		AU_REFERENCE_1 " (all that this build reads)";
	struct ev_span format = { NULL, 0 };

	if (!json_is_object(document))
		return ev_fail(err, EV_SYNTAX, object, "document", 0,
			       "an object", ev_json_type_word(document));
	if (ev_json_get_str(document, object, "reference", &format, err) !=
	    EV_OK)
		return err->code;
	if (!ev_span_eq(format, EV_SPAN_LITERAL(AU_REFERENCE_1)))
		return ev_fail_text(err, EV_VALUE, object, "reference", 0, want,
				    format);
	return EV_OK;
}

static enum ev_code parse_members(struct au_reference *ref,
				  struct ev_error *err)
{
	static const char *const known[] = {
		"reference", "product",	   "version",	   "source", "recipe",
		"artifact",  "provenance", "measurements", "status", NULL
	};

	if (au_member_text(ref->document, "product", "product", AU_PRODUCT,
			   &ref->product, err) != EV_OK ||
	    au_member_text(ref->document, "version", "version", AU_VERSION,
			   &ref->version, err) != EV_OK)
		return err->code;
	au_note_unknown(ref, ref->document, "document", known);
	if (parse_source(ref, err) != EV_OK || parse_recipe(ref, err) != EV_OK)
		return err->code;
	if (parse_artifact(ref, err) != EV_OK ||
	    parse_provenance(ref, err) != EV_OK ||
	    parse_measurements(ref, err) != EV_OK)
		return err->code;
	return parse_status(ref, err);
}

enum ev_code au_reference_parse(struct ev_span text, struct au_reference *out,
				struct ev_error *err)
{
	struct au_reference ref = { 0 };

	if (ev_json_parse(text, AU_REFERENCE_MAX, object, &ref.document, err) !=
	    EV_OK)
		return err->code;
	/* The version first: a later one may be canonical in another way. */
	if (parse_format(ref.document, err) != EV_OK ||
	    ev_json_check_canonical(text, ref.document, object, err) != EV_OK ||
	    parse_members(&ref, err) != EV_OK) {
		au_reference_free(&ref);
		return err->code;
	}
	*out = ref;
	return EV_OK;
}

void au_reference_free(struct au_reference *ref)
{
	free(ref->measurement);
	free(ref->status);
	json_decref(ref->document);
	memset(ref, 0, sizeof(*ref));
}

enum ev_code au_reference_write(const json_t *document, char **out, size_t *n,
				struct ev_error *err)
{
	struct au_reference again = { 0 };
	ev_auto_free char *text = NULL;
	size_t size = 0;

	if (ev_json_canonical(document, object, &text, &size, err) != EV_OK)
		return err->code;
	if (au_reference_parse(ev_span_of(text, size), &again, err) != EV_OK)
		return err->code;
	au_reference_free(&again);
	*out = text;
	text = NULL;
	*n = size;
	return EV_OK;
}

const struct au_status *au_reference_status(const struct au_reference *ref,
					    int64_t at)
{
	const struct au_status *in_force = NULL;

	for (size_t i = 0; i < ref->n_status; i++) {
		if (ref->status[i].since <= at)
			in_force = &ref->status[i];
	}
	return in_force;
}

bool au_reference_path(struct ev_span product, struct ev_span version,
		       char out[AU_PATH_MAX])
{
	if (!au_text_is(AU_PRODUCT, product) ||
	    !au_text_is(AU_VERSION, version))
		return false;
	snprintf(out, AU_PATH_MAX, "references/%.*s/%.*s.json", (int)product.n,
		 (const char *)product.p, (int)version.n,
		 (const char *)version.p);
	return true;
}
