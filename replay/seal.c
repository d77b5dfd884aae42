/* SPDX-License-Identifier: Apache-2.0 */
/* sig/ files and detached ones, taken apart. */
#include "replay/seal.h"

#include "evidence/archive_path.h"

#include <stdio.h>
#include <stdlib.h>

static const char object[] = "seal";

/* "sig/" in front of a detached file's name. */
static const size_t prefix_size = 4;

enum file_class {
	CLASS_OTHER,
	CLASS_ENVELOPE,
	CLASS_TOKEN,
	CLASS_PROOF,
	CLASS_CERTIFICATE,
};

static bool ends_with(struct ev_span name, const char *suffix)
{
	size_t n = strlen(suffix);

	return name.n >= n && memcmp(name.p + name.n - n, suffix, n) == 0;
}

static enum file_class class_of(const char *name)
{
	struct ev_span s = ev_span_str(name);

	if (ends_with(s, ".dsse.json"))
		return CLASS_ENVELOPE;
	if (ends_with(s, ".tsr"))
		return CLASS_TOKEN;
	if (ends_with(s, ".tlog-proof"))
		return CLASS_PROOF;
	return ends_with(s, ".pem") ? CLASS_CERTIFICATE : CLASS_OTHER;
}

/* --- the union of files --- */

static bool is_there(const struct rp_seal *seal, enum file_class class,
		     struct ev_span data)
{
	for (size_t i = 0; i < seal->n_files; i++) {
		if (class_of(seal->files[i].name) == class &&
		    ev_span_eq(seal->files[i].data, data))
			return true;
	}
	return false;
}

/* A name of the format and of an archive's path, once "sig/" is before it. */
static bool name_ok(const char *name, char out[EV_PATH_TEXT])
{
	size_t n = strlen(name);

	if (n > EV_PATH_TEXT - 1 - prefix_size || strchr(name, '/') != NULL ||
	    class_of(name) == CLASS_OTHER)
		return false;
	snprintf(out, EV_PATH_TEXT, "sig/%s", name);
	return ev_archive_path_ok(ev_span_str(out));
}

bool rp_seal_takes(const char *name)
{
	char unused[EV_PATH_TEXT];

	return name_ok(name, unused);
}

static enum ev_code add_detached(struct rp_seal *seal,
				 const struct rp_detached *d,
				 struct ev_error *err)
{
	struct rp_seal_file file = { .data = d->data, .detached = true };

	if (!name_ok(d->name, file.name))
		return EV_OK;
	if (d->data.n > ev_archive_sig_max(d->name))
		return ev_fail_u64(err, EV_LIMIT, object, "detached file", 0,
				   ev_archive_sig_max(d->name), d->data.n);
	if (is_there(seal, class_of(file.name), d->data))
		return EV_OK;
	seal->files[seal->n_files++] = file;
	return EV_OK;
}

static int compare_detached(const void *a, const void *b)
{
	const struct rp_detached *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* The order of a directory's entries must not show. */
static enum ev_code add_all_detached(struct rp_seal *seal,
				     const struct rp_detached *detached,
				     size_t n, struct ev_error *err)
{
	const struct rp_detached **sorted;

	if (n == 0)
		return EV_OK;
	sorted = calloc(n, sizeof(*sorted));
	if (sorted == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < n; i++)
		sorted[i] = &detached[i];
	qsort(sorted, n, sizeof(*sorted), compare_detached);
	for (size_t i = 0; i < n && err->code == EV_OK; i++)
		add_detached(seal, sorted[i], err);
	free(sorted);
	return err->code;
}

static enum ev_code list_files(const struct ev_archive *archive,
			       const struct rp_detached *detached, size_t n,
			       struct rp_seal *seal, struct ev_error *err)
{
	if (n > EV_SIG_FILES_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "detached files", 0,
				   EV_SIG_FILES_MAX, n);
	seal->files = calloc(archive->n_sigs + n + 1, sizeof(*seal->files));
	if (seal->files == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < archive->n_sigs; i++) {
		struct rp_seal_file *f = &seal->files[seal->n_files++];

		memcpy(f->name, archive->sigs[i].name, sizeof(f->name));
		f->data = archive->sigs[i].data;
	}
	return add_all_detached(seal, detached, n, err);
}

/* --- envelopes --- */

static enum ev_code open_envelope(const struct ev_archive *archive,
				  const struct rp_seal_file *file,
				  struct rp_seal *seal, struct ev_error *err)
{
	struct rp_envelope *e = &seal->envelopes[seal->n_envelopes++];

	e->file = file;
	ev_dsse_parse(file->data, &e->dsse, &e->err);
	if (e->err.code == EV_TROUBLE) {
		*err = e->err;
		return EV_TROUBLE;
	}
	e->covers_manifest =
		e->err.code == EV_OK &&
		ev_span_eq(e->dsse.payload, archive->manifest_bytes) &&
		ev_span_eq(e->dsse.payload_type, ev_span_str(EV_DSSE_TYPE));
	seal->n_signatures += e->err.code == EV_OK ? e->dsse.n_signatures : 1;
	return EV_OK;
}

static void list_signatures(struct rp_seal *seal)
{
	size_t n = 0;

	for (size_t i = 0; i < seal->n_envelopes; i++) {
		const struct rp_envelope *e = &seal->envelopes[i];
		size_t lines = e->err.code == EV_OK ? e->dsse.n_signatures : 1;

		for (size_t j = 0; j < lines; j++) {
			struct rp_seal_signature *s = &seal->signatures[n++];

			s->envelope = e;
			s->index = j;
			s->keyid = e->dsse.signature[j].keyid;
		}
	}
	assert(n == seal->n_signatures);
}

static enum ev_code open_envelopes(const struct ev_archive *archive,
				   struct rp_seal *seal, struct ev_error *err)
{
	/* One more than there are, since calloc(0) may give NULL. */
	seal->envelopes = calloc(seal->n_files + 1, sizeof(*seal->envelopes));
	if (seal->envelopes == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < seal->n_files; i++) {
		if (class_of(seal->files[i].name) == CLASS_ENVELOPE &&
		    open_envelope(archive, &seal->files[i], seal, err) != EV_OK)
			return err->code;
	}
	seal->signatures =
		calloc(seal->n_signatures + 1, sizeof(*seal->signatures));
	if (seal->signatures == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	list_signatures(seal);
	return EV_OK;
}

/* --- tokens --- */

/* Takes ".<n>" off the end of a name; n is decimal without leading zeros. */
static bool strip_number(struct ev_span *name)
{
	size_t n = name->n;

	while (n > 0 && name->p[n - 1] >= '0' && name->p[n - 1] <= '9')
		n--;
	if (n == name->n || n == 0 || name->p[n - 1] != '.' ||
	    (name->p[n] == '0' && name->n - n > 1))
		return false;
	name->n = n - 1;
	return true;
}

static bool strip(struct ev_span *name, const char *suffix)
{
	if (!ends_with(*name, suffix))
		return false;
	name->n -= strlen(suffix);
	return true;
}

/* The file of that name that lies where the token does, else the other. */
static const struct rp_seal_file *find_file(const struct rp_seal *seal,
					    struct ev_span name, bool detached)
{
	const struct rp_seal_file *found = NULL;

	for (size_t i = 0; i < seal->n_files; i++) {
		const struct rp_seal_file *f = &seal->files[i];

		if (!ev_span_eq(ev_span_str(f->name), name))
			continue;
		if (found == NULL || f->detached == detached)
			found = f;
	}
	return found;
}

/*
 * <keyid16>.<n>.sig.tsr is over a signature of <keyid16>.dsse.json: the one
 * whose key id begins so, else the first.
 */
static void cover_signature(const struct rp_seal *seal, struct ev_span stem,
			    struct rp_seal_token *t)
{
	char name[EV_PATH_TEXT + sizeof(".dsse.json")];
	const struct rp_seal_file *f;
	struct ev_span id =
		ev_span_sub(stem, prefix_size, stem.n - prefix_size);

	snprintf(name, sizeof(name), "%.*s.dsse.json", (int)stem.n,
		 (const char *)stem.p);
	f = find_file(seal, ev_span_str(name), t->file->detached);
	for (size_t i = 0; f != NULL && i < seal->n_signatures; i++) {
		const struct rp_seal_signature *s = &seal->signatures[i];
		bool named = s->keyid.n >= id.n &&
			     memcmp(s->keyid.p, id.p, id.n) == 0;

		if (s->envelope->file != f || s->envelope->err.code != EV_OK ||
		    (t->covers_name != NULL && !named))
			continue;
		t->covers_name = f->name;
		t->covers = s->envelope->dsse.signature[s->index].sig;
		if (named)
			return;
	}
}

static void cover(const struct ev_archive *archive, const struct rp_seal *seal,
		  struct rp_seal_token *t)
{
	struct ev_span name = ev_span_str(t->file->name);
	const struct rp_seal_file *older;

	if (!strip(&name, ".tsr"))
		return;
	if (strip(&name, ".sig")) {
		if (strip_number(&name) && name.n > prefix_size)
			cover_signature(seal, name, t);
		return;
	}
	if (!strip_number(&name))
		return;
	if (ev_span_eq(name, EV_SPAN_LITERAL("sig/manifest"))) {
		t->covers_name = "manifest.json";
		t->covers = archive->manifest_bytes;
		return;
	}
	if (!ends_with(name, ".tsr"))
		return;
	older = find_file(seal, name, t->file->detached);
	if (older == NULL)
		return;
	t->covers_name = older->name;
	t->covers = older->data;
}

static enum ev_code list_tokens(const struct ev_archive *archive,
				struct rp_seal *seal, struct ev_error *err)
{
	seal->tokens = calloc(seal->n_files + 1, sizeof(*seal->tokens));
	if (seal->tokens == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < seal->n_files; i++) {
		struct rp_seal_token *t = &seal->tokens[seal->n_tokens];

		if (class_of(seal->files[i].name) != CLASS_TOKEN)
			continue;
		t->file = &seal->files[i];
		cover(archive, seal, t);
		seal->n_tokens++;
		if (ev_timestamp_parse(t->file->data, &t->ts, &t->err) ==
		    EV_TROUBLE) {
			*err = t->err;
			return EV_TROUBLE;
		}
	}
	return EV_OK;
}

bool rp_seal_is_proof(const struct rp_seal_file *file)
{
	return class_of(file->name) == CLASS_PROOF;
}

/* --- certificates --- */

static enum ev_code open_pem(struct rp_seal *seal, struct ev_span text,
			     struct ev_error *err)
{
	struct ev_pem_list *list = &seal->pems[seal->n_pems];
	struct ev_error unreadable = { 0 };
	enum ev_code code =
		ev_pem_list_parse(text, 0, "CERTIFICATE", list, &unreadable);

	if (code == EV_TROUBLE) {
		*err = unreadable;
		return EV_TROUBLE;
	}
	if (code != EV_OK)
		return EV_OK;
	seal->n_pems++;
	for (size_t i = 0; i < list->n_blocks; i++)
		if (seal->n_certs < RP_SEAL_CERTS_MAX)
			seal->cert[seal->n_certs++] = list->block[i].der;
	return EV_OK;
}

static enum ev_code open_pems(struct rp_seal *seal, struct ev_error *err)
{
	seal->pems = calloc(seal->n_files + 1, sizeof(*seal->pems));
	if (seal->pems == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < seal->n_files; i++)
		if (class_of(seal->files[i].name) == CLASS_CERTIFICATE &&
		    open_pem(seal, seal->files[i].data, err) != EV_OK)
			return err->code;
	return EV_OK;
}

enum ev_code rp_seal_open(const struct ev_archive *archive,
			  const struct rp_detached *detached, size_t n_detached,
			  struct rp_seal *out, struct ev_error *err)
{
	struct rp_seal seal = { 0 };

	if (list_files(archive, detached, n_detached, &seal, err) != EV_OK ||
	    open_envelopes(archive, &seal, err) != EV_OK ||
	    list_tokens(archive, &seal, err) != EV_OK ||
	    open_pems(&seal, err) != EV_OK) {
		rp_seal_free(&seal);
		return err->code;
	}
	*out = seal;
	return EV_OK;
}

void rp_seal_free(struct rp_seal *seal)
{
	for (size_t i = 0; i < seal->n_envelopes; i++)
		ev_dsse_free(&seal->envelopes[i].dsse);
	for (size_t i = 0; i < seal->n_tokens; i++)
		ev_timestamp_free(&seal->tokens[i].ts);
	for (size_t i = 0; i < seal->n_pems; i++)
		ev_pem_list_free(&seal->pems[i]);
	free(seal->pems);
	free(seal->envelopes);
	free(seal->signatures);
	free(seal->tokens);
	free(seal->files);
	*seal = (struct rp_seal){ 0 };
}
