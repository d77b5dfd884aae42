/* SPDX-License-Identifier: Apache-2.0 */
/* Files that manifests name by path and digest. */
#include "audit/references/pinned_file.h"

#include "evidence/base/buffer.h"

#include <stdio.h>

/* A file that a manifest names, and how a refusal calls it. */
struct pin {
	struct ev_span path; /* a legal one, which is short */
	const uint8_t *sha256;
	size_t max;
	const char *path_name, *sha256_name;
};

static struct pin recipe_of(const struct au_reference *ref)
{
	return (struct pin){ ref->recipe_path, ref->recipe_sha256,
			     AU_RECIPE_MAX, "recipe.path", "recipe.sha256" };
}

static struct pin provenance_of(const struct au_reference *ref)
{
	return (struct pin){ ref->provenance_path, ref->provenance_sha256,
			     AU_PROVENANCE_MAX, "provenance.path",
			     "provenance.sha256" };
}

static void spell(const struct pin *pin, char path[AU_PATH_MAX])
{
	snprintf(path, AU_PATH_MAX, "%.*s", (int)pin->path.n,
		 (const char *)pin->path.p);
}

static enum ev_code refuse_found(const struct pin *pin, enum au_found found,
				 struct ev_error *err)
{
	static const char object[] = "reference";
	char want[EV_TEXT_MAX];

	if (found == AU_FOUND_NOTHING)
		return ev_fail(err, EV_MISSING, object, pin->path_name, 0,
			       "a file in the same commit or folder",
			       "nothing");
	if (found == AU_FOUND_OTHER)
		return ev_fail(err, EV_VALUE, object, pin->path_name, 0,
			       "a regular file", "another kind of entry");
	snprintf(want, sizeof(want), "at most %zu MiB", pin->max >> 20);
	return ev_fail(err, EV_LIMIT, object, pin->path_name, 0, want, "more");
}

/* The file's bytes, which have the digest; *err is what cannot be read at all,
 * *refused what is not as the manifest says. */
static enum ev_code read_pinned(const struct pin *pin, struct ev_crypto *crypto,
				const struct au_files *files,
				struct ev_buffer *out, struct ev_error *refused,
				struct ev_error *err)
{
	enum au_found found = AU_FOUND_NOTHING;
	char path[AU_PATH_MAX];
	uint8_t sha256[32];

	spell(pin, path);
	if (files->read(files->state, path, pin->max, &found, out, err) !=
	    EV_OK)
		return err->code;
	if (found != AU_FOUND_FILE)
		return refuse_found(pin, found, refused);
	if (!ev_buffer_ok(out) ||
	    !ev_digest(crypto, EV_SHA256, ev_buffer_span(out), sha256))
		return ev_fail_trouble(err, "reference", "memory or libcrypto");
	if (memcmp(sha256, pin->sha256, sizeof(sha256)) != 0)
		return ev_fail(refused, EV_VALUE, "reference", pin->sha256_name,
			       0, "the digest of the file that is named",
			       "another digest");
	return EV_OK;
}

static enum ev_code check_keys(const struct au_provenance *p,
			       struct ev_crypto *crypto,
			       const struct au_builder_keys *keys,
			       struct ev_error *refused, struct ev_error *err)
{
	for (size_t i = 0; i < keys->n; i++) {
		enum ev_verified v = ev_dsse_signed_by(crypto, &p->envelope,
						       keys->spki[i], NULL);

		if (v == EV_VERIFIED_TROUBLE)
			return ev_fail_trouble(err, "provenance", "libcrypto");
		if (v == EV_VERIFIED_YES)
			return EV_OK;
	}
	return keys->n == 0
		       ? EV_OK
		       : ev_fail(refused, EV_VALUE, "provenance", "signatures",
				 0, "one by a key that was given",
				 "none that such a key made");
}

/* What stands in the file is refused as part of it. */
static enum ev_code
check_content(struct ev_span bytes, const struct au_reference *ref,
	      struct ev_crypto *crypto, const struct au_builder_keys *keys,
	      struct au_provenance *out, struct ev_error *refused,
	      struct ev_error *err)
{
	struct au_provenance p = { 0 };
	enum ev_code code = au_provenance_parse(bytes, &p, refused);

	if (code == EV_OK && !au_provenance_is_of(&p, ref->artifact_sha256))
		code = ev_fail(refused, EV_VALUE, "provenance",
			       "subject.digest.sha256", 0,
			       "artifact.sha256 of the manifest",
			       "another file's, or none");
	if (code == EV_OK)
		code = check_keys(&p, crypto, keys, refused, err);
	if (code == EV_OK)
		*out = p;
	else
		au_provenance_free(&p);
	return code;
}

/* *inside: what was refused stands in the file, not in the manifest. */
static enum ev_code
read_provenance(const struct au_reference *ref, struct ev_crypto *crypto,
		const struct au_files *files,
		const struct au_builder_keys *keys, struct au_provenance *out,
		bool *inside, struct ev_error *refused, struct ev_error *err)
{
	const struct pin pin = provenance_of(ref);
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	enum ev_code code;

	if (pin.path.n == 0)
		return ev_fail(refused, EV_MISSING, "reference", "provenance",
			       0, "who built it, signed", "nothing");
	code = read_pinned(&pin, crypto, files, &bytes, refused, err);
	*inside = code == EV_OK;
	return *inside ? check_content(ev_buffer_span(&bytes), ref, crypto,
				       keys, out, refused, err)
		       : code;
}

static enum ev_code check_recipe(struct au_references *refs,
				 const struct au_listed *listed,
				 struct ev_crypto *crypto,
				 const struct au_files *files,
				 struct ev_error *err)
{
	const struct pin pin = recipe_of(&listed->reference);
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	struct ev_error refused = { 0 };

	read_pinned(&pin, crypto, files, &bytes, &refused, err);
	if (err->code == EV_OK && refused.code != EV_OK)
		au_references_fault(refs, listed->path, &refused, err);
	return err->code;
}

static enum ev_code
check_provenance(struct au_references *refs, const struct au_listed *listed,
		 struct ev_crypto *crypto, const struct au_files *files,
		 const struct au_builder_keys *keys, struct ev_error *err)
{
	const struct au_reference *ref = &listed->reference;
	const struct pin pin = provenance_of(ref);
	struct au_provenance p = { 0 };
	struct ev_error refused = { 0 };
	char path[AU_PATH_MAX];
	bool inside = false;

	if (pin.path.n == 0 && keys->n == 0)
		return EV_OK;
	read_provenance(ref, crypto, files, keys, &p, &inside, &refused, err);
	au_provenance_free(&p);
	if (refused.code == EV_TROUBLE)
		*err = refused;
	if (err->code != EV_OK || refused.code == EV_OK)
		return err->code;
	spell(&pin, path);
	return au_references_fault(refs, inside ? path : listed->path, &refused,
				   err);
}

/* Many manifests may name one large file: what is read is counted each time. */
struct counted {
	const struct au_files *files;
	uint64_t n;
};

static enum ev_code read_counted(void *state, const char *path, size_t max,
				 enum au_found *found, struct ev_buffer *out,
				 struct ev_error *err)
{
	struct counted *c = state;

	if (c->files->read(c->files->state, path, max, found, out, err) !=
	    EV_OK)
		return err->code;
	c->n += out->n;
	if (c->n > AU_PINNED_BYTES_MAX)
		return ev_fail_u64(err, EV_LIMIT, "references",
				   "recipes and provenance", 0,
				   AU_PINNED_BYTES_MAX, c->n);
	return EV_OK;
}

enum ev_code au_pinned_files_check(struct au_references *refs,
				   struct ev_crypto *crypto,
				   const struct au_files *files,
				   const struct au_builder_keys *keys,
				   struct ev_error *err)
{
	struct counted counted = { .files = files };
	const struct au_files each = { read_counted, &counted };

	for (size_t i = 0; i < refs->n; i++) {
		const struct au_listed *listed = &refs->listed[i];

		if (check_recipe(refs, listed, crypto, &each, err) != EV_OK ||
		    check_provenance(refs, listed, crypto, &each, keys, err) !=
			    EV_OK)
			return err->code;
	}
	return EV_OK;
}

enum ev_code au_pinned_provenance(const struct au_reference *ref,
				  struct ev_crypto *crypto,
				  const struct au_files *files,
				  const struct au_builder_keys *keys,
				  struct au_provenance *out,
				  struct ev_error *err)
{
	bool inside;

	/* Both kinds of refusal are the caller's. */
	return read_provenance(ref, crypto, files, keys, out, &inside, err,
			       err);
}
