/* SPDX-License-Identifier: Apache-2.0 */
/* The references of one repository, ordered, with what was refused. */
#include "audit/references/references.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"

#include <stdio.h>

static const char object[] = "references";

static enum ev_code no_memory(struct ev_error *err)
{
	return ev_fail_trouble(err, object, "out of memory");
}

enum ev_code au_references_fault(struct au_references *refs, const char *path,
				 const struct ev_error *fault,
				 struct ev_error *err)
{
	struct au_fault *more;
	char *copy;

	if (refs->n_faults >= AU_FAULTS_MAX)
		return EV_OK;
	more = reallocarray(refs->fault, refs->n_faults + 1, sizeof(*more));
	if (more == NULL)
		return no_memory(err);
	refs->fault = more;
	copy = strdup(path);
	if (copy == NULL)
		return no_memory(err);
	more[refs->n_faults++] =
		(struct au_fault){ .path = copy, .error = *fault };
	return EV_OK;
}

enum ev_code au_references_visit(struct au_references *refs,
				 struct ev_error *err)
{
	if (++refs->n_entries > AU_ENTRIES_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "entries", 0,
				   AU_ENTRIES_MAX, refs->n_entries);
	return EV_OK;
}

bool au_references_is_manifest(const char *path)
{
	size_t n = strlen(path);

	return n > 5 && strcmp(path + n - 5, ".json") == 0;
}

/* The file name must be what the document says of itself. */
static enum ev_code check_path(const struct au_reference *ref, const char *path,
			       struct ev_error *err)
{
	char want[AU_PATH_MAX];

	if (au_reference_path(ref->product, ref->version, want) &&
	    strcmp(want, path) == 0)
		return EV_OK;
	return ev_fail_text(err, EV_VALUE, "reference", "path", 0, want,
			    ev_span_str(path));
}

static enum ev_code keep(struct au_references *refs, struct ev_crypto *crypto,
			 const char *path, struct ev_span text,
			 struct au_reference *ref, struct ev_error *err)
{
	struct au_listed *more =
		reallocarray(refs->listed, refs->n + 1, sizeof(*more));
	char *copy = strdup(path);

	if (more != NULL)
		refs->listed = more;
	if (more == NULL || copy == NULL ||
	    !ev_digest(crypto, EV_SHA256, text, more[refs->n].sha256)) {
		free(copy);
		return ev_fail_trouble(err, object, "memory or libcrypto");
	}
	more[refs->n].path = copy;
	more[refs->n].reference = *ref;
	memset(ref, 0, sizeof(*ref));
	refs->n++;
	return EV_OK;
}

enum ev_code au_references_add(struct au_references *refs,
			       struct ev_crypto *crypto, const char *path,
			       struct ev_span text, struct ev_error *err)
{
	struct au_reference ref = { 0 };
	struct ev_error refused = { 0 };
	enum ev_code code;

	if (refs->n >= AU_REFERENCES_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "manifests", 0,
				   AU_REFERENCES_MAX, refs->n + 1);
	refs->n_bytes += text.n;
	if (refs->n_bytes > AU_REFERENCES_BYTES_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "bytes", 0,
				   AU_REFERENCES_BYTES_MAX, refs->n_bytes);
	code = au_reference_parse(text, &ref, &refused);
	if (code == EV_OK)
		code = check_path(&ref, path, &refused);
	if (code == EV_TROUBLE)
		*err = refused;
	else if (code != EV_OK)
		code = au_references_fault(refs, path, &refused, err);
	else
		code = keep(refs, crypto, path, text, &ref, err);
	au_reference_free(&ref);
	return code;
}

static int by_path(const void *a, const void *b)
{
	const struct au_listed *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int fault_by_path(const void *a, const void *b)
{
	const struct au_fault *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static char folded(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_folded(const char *a, const char *b)
{
	while (*a != '\0' && folded(*a) == folded(*b)) {
		a++;
		b++;
	}
	return folded(*a) == folded(*b);
}

static enum ev_code check_folding(struct au_references *refs,
				  struct ev_error *err)
{
	for (size_t i = 0; i < refs->n; i++) {
		for (size_t k = 0; k < i; k++) {
			struct ev_error twin = { 0 };

			if (!same_folded(refs->listed[i].path,
					 refs->listed[k].path))
				continue;
			ev_fail_text(&twin, EV_DUPLICATE, "reference", "path",
				     0, "paths that differ in more than case",
				     ev_span_str(refs->listed[k].path));
			if (au_references_fault(refs, refs->listed[i].path,
						&twin, err) != EV_OK)
				return err->code;
		}
	}
	return EV_OK;
}

enum ev_code au_references_finish(struct au_references *refs,
				  struct ev_crypto *crypto,
				  struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer lines = { 0 };

	if (refs->n > 0)
		qsort(refs->listed, refs->n, sizeof(*refs->listed), by_path);
	if (check_folding(refs, err) != EV_OK)
		return err->code;
	if (refs->n_faults > 0)
		qsort(refs->fault, refs->n_faults, sizeof(*refs->fault),
		      fault_by_path);
	for (size_t i = 0; i < refs->n; i++) {
		char hex[65];

		ev_hex_encode(EV_SPAN(refs->listed[i].sha256), hex);
		ev_buffer_printf(&lines, "%s  %s\n", hex, refs->listed[i].path);
	}
	if (!ev_buffer_ok(&lines) ||
	    !ev_digest(crypto, EV_SHA256, ev_buffer_span(&lines), refs->sha256))
		return ev_fail_trouble(err, object, "memory or libcrypto");
	return EV_OK;
}

void au_references_free(struct au_references *refs)
{
	for (size_t i = 0; i < refs->n; i++) {
		free(refs->listed[i].path);
		au_reference_free(&refs->listed[i].reference);
	}
	for (size_t i = 0; i < refs->n_faults; i++)
		free(refs->fault[i].path);
	free(refs->listed);
	free(refs->fault);
	memset(refs, 0, sizeof(*refs));
}
