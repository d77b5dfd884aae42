/* SPDX-License-Identifier: Apache-2.0 */
/* Opening an archive: unpack, read the manifest, then match every member. */
#include "evidence/archive.h"

#include "evidence/archive_members.h"
#include "evidence/base/hex.h"
#include "evidence/base/reader.h"
#include "evidence/foreign.h"
#include "evidence/manifest_members.h"
#include "evidence/tar.h"
#include "evidence/zstd.h"

#include <stdlib.h>

static const char object[] = "archive";
static const char manifest_name[] = "manifest.json";

/* Enough to tell what a file is that is no archive. */
static const uint64_t first_look = UINT64_C(65536);

/* GNU tar pads to this; more is never accepted behind the end. */
static const uint64_t padding_max = UINT64_C(20) * EV_TAR_BLOCK;

/* What open knows beside the archive itself. */
struct opening {
	struct ev_archive *archive;
	struct ev_crypto *crypto;
	struct ev_span file;
	uint64_t limit;
	struct ev_buffer front; /* unpacked until the manifest is known */
	struct ev_error *err;
};

static const char *const code_words[] = {
	[EV_ARCHIVE_CONTAINER] = "container",
	[EV_ARCHIVE_NONCANONICAL] = "container-noncanonical",
	[EV_ARCHIVE_UNKNOWN_MEMBER] = "unknown-member",
	[EV_ARCHIVE_MANIFEST_NONCANONICAL] = "manifest-noncanonical",
	[EV_ARCHIVE_MISSING_ITEM] = "missing-item",
	[EV_ARCHIVE_EXTRA_ITEM] = "extra-item",
	[EV_ARCHIVE_SIZE] = "size",
	[EV_ARCHIVE_DIGEST] = "digest",
};

const char *ev_archive_code_word(enum ev_archive_code code)
{
	assert(code <= EV_ARCHIVE_DIGEST);
	return code_words[code];
}

bool ev_archive_is_note(enum ev_archive_code code)
{
	return code == EV_ARCHIVE_NONCANONICAL ||
	       code == EV_ARCHIVE_UNKNOWN_MEMBER;
}

/* --- unpacking --- */

/* Makes the first at_most unpacked bytes the archive's tar, in memory. */
static enum ev_code unpack_front(struct opening *o, uint64_t at_most)
{
	struct ev_unpacked u;

	if (!o->archive->compressed)
		return EV_OK;
	ev_buffer_free(&o->front);
	if (ev_zstd_unpack(o->file, at_most, ev_sink_buffer(&o->front), &u,
			   o->err) != EV_OK)
		return o->err->code;
	o->archive->tar = ev_buffer_span(&o->front);
	return EV_OK;
}

/* What the members that the manifest names take in the tar, without sig/. */
static uint64_t claimed_size(const struct ev_archive *a)
{
	uint64_t n = 3 * EV_TAR_BLOCK + ev_tar_padded(a->manifest_bytes.n);

	for (size_t i = 0; i < a->manifest.n_items; i++)
		n += EV_TAR_BLOCK + ev_tar_padded(a->manifest.items[i].size);
	return n;
}

/*
 * A compressed tar into its store: never more than the manifest accounts
 * for, so that a small file cannot fill it with what nobody announced.
 */
static enum ev_code unpack_all(struct opening *o)
{
	struct ev_archive *a = o->archive;
	uint64_t claimed = claimed_size(a), bound;
	struct ev_unpacked u;

	if (claimed > o->limit)
		return ev_fail_u64(o->err, EV_LIMIT, object, "size", 0,
				   o->limit, claimed);
	if (!a->compressed)
		return EV_OK;
	bound = claimed + padding_max + EV_SIG_FILES_MAX * 2 * EV_TAR_BLOCK +
		EV_SIG_ALL_MAX;
	if (bound > o->limit)
		bound = o->limit;
	if (ev_zstd_unpack(o->file, bound, a->store.sink, &u, o->err) != EV_OK)
		return o->err->code;
	if (u.more && bound == o->limit)
		return ev_fail_u64(o->err, EV_LIMIT, object, "size", 0,
				   o->limit, o->limit + 1);
	if (u.more)
		ev_fail_u64(&u.fault, EV_TRAILING, object, "size", 0, claimed,
			    bound);
	if (u.fault.code != EV_OK)
		ev_archive_add_problem(a, EV_ARCHIVE_CONTAINER, "", &u.fault);
	return a->store.close(a->store.sink.context, &a->tar, o->err);
}

/* --- the manifest --- */

static enum ev_code refuse_foreign(struct opening *o)
{
	char words[EV_TEXT_MAX] = "a zstd file that holds nothing";

	if (!o->archive->compressed || o->archive->tar.n > 0)
		ev_foreign_describe(o->archive->tar, words);
	return ev_fail(o->err, EV_SYNTAX, object, "file", 0,
		       "an evidence archive", words);
}

/* The first member's header, which must be the manifest's. */
static enum ev_code read_first(struct opening *o, struct ev_tar_member *m)
{
	struct ev_error refusal = { 0 }, note = { 0 };

	if (ev_tar_header(o->archive->tar, 0, m, &note, &refusal) != EV_OK ||
	    strcmp(m->name, manifest_name) != 0)
		return refuse_foreign(o);
	if (m->size > EV_MANIFEST_MAX)
		return ev_fail_u64(o->err, EV_LIMIT, object, "manifest.json", 0,
				   EV_MANIFEST_MAX, m->size);
	return EV_OK;
}

static enum ev_code read_manifest(struct opening *o)
{
	struct ev_archive *a = o->archive;
	struct ev_error note = { 0 };
	struct ev_tar_member m;
	struct ev_reader r;

	if (unpack_front(o, first_look) != EV_OK ||
	    read_first(o, &m) != EV_OK ||
	    unpack_front(o, EV_TAR_BLOCK + m.size) != EV_OK)
		return o->err->code;
	r = ev_reader_init(a->tar, 0, object, o->err);
	ev_read_span(&r, EV_TAR_BLOCK, "header");
	a->manifest_bytes = ev_read_span(&r, m.size, manifest_name);
	if (!ev_reader_ok(&r))
		return o->err->code;
	if (!ev_digest(o->crypto, EV_SHA256, a->manifest_bytes, a->id))
		return ev_fail_trouble(o->err, object, "libcrypto");
	if (ev_manifest_parse(a->manifest_bytes, &a->manifest, o->err) != EV_OK)
		return o->err->code;
	if (!a->manifest.canonical)
		ev_archive_add_problem(a, EV_ARCHIVE_MANIFEST_NONCANONICAL,
				       manifest_name,
				       &a->manifest.not_canonical);
	if (ev_manifest_has_unknown(&a->manifest, &note))
		ev_archive_add_problem(a, EV_ARCHIVE_UNKNOWN_MEMBER,
				       manifest_name, &note);
	return EV_OK;
}

/* The manifest's bytes again, for the tar may have been unpacked anew. */
static void settle_manifest(struct ev_archive *a)
{
	a->manifest_bytes =
		ev_span_sub(a->tar, EV_TAR_BLOCK, a->manifest_bytes.n);
}

static enum ev_code check_zstd(struct opening *o)
{
	struct ev_error err = { 0 };

	if (!o->archive->compressed || ev_zstd_check(o->file, &err) == EV_OK)
		return EV_OK;
	if (err.code == EV_LIMIT) {
		*o->err = err;
		return EV_LIMIT;
	}
	ev_archive_add_problem(o->archive, EV_ARCHIVE_CONTAINER, "", &err);
	return EV_OK;
}

static enum ev_code open_archive(struct opening *o)
{
	struct ev_archive *a = o->archive;

	a->compressed = ev_zstd_recognise(o->file);
	if (!a->compressed)
		a->tar = o->file;
	if (a->tar.n > o->limit)
		return ev_fail_u64(o->err, EV_LIMIT, object, "size", 0,
				   o->limit, a->tar.n);
	if (check_zstd(o) != EV_OK || read_manifest(o) != EV_OK ||
	    unpack_all(o) != EV_OK)
		return o->err->code;
	settle_manifest(a);
	return ev_archive_read_members(a, o->err);
}

enum ev_code ev_archive_open_in(struct ev_crypto *crypto, struct ev_span file,
				uint64_t limit, const struct ev_store *store,
				struct ev_archive *out, struct ev_error *err)
{
	struct opening o = {
		.crypto = crypto,
		.file = file,
		.limit = limit,
		.err = err,
	};
	enum ev_code code;

	*out = (struct ev_archive){ .store = *store };
	o.archive = out;
	code = open_archive(&o);
	if (code == EV_OK && out->no_memory)
		code = ev_fail_trouble(err, object, "out of memory");
	ev_buffer_free(&o.front);
	if (code != EV_OK)
		ev_archive_free(out);
	return code;
}

enum ev_code ev_archive_open(struct ev_crypto *crypto, struct ev_span file,
			     uint64_t limit, struct ev_archive *out,
			     struct ev_error *err)
{
	struct ev_store memory;

	*out = (struct ev_archive){ .n_sigs = 0 };
	if (ev_store_memory(&memory, err) != EV_OK)
		return err->code;
	return ev_archive_open_in(crypto, file, limit, &memory, out, err);
}

void ev_archive_free(struct ev_archive *archive)
{
	ev_manifest_free(&archive->manifest);
	ev_store_free(&archive->store);
	free(archive->sigs);
	free(archive->items);
	free(archive->problem);
	*archive = (struct ev_archive){ 0 };
}

static enum ev_verified differs(struct ev_error *err, const char *field,
				struct ev_span want, struct ev_span got)
{
	char want_hex[2 * EV_DIGEST_MAX + 1], got_hex[2 * EV_DIGEST_MAX + 1];

	ev_hex_encode(want, want_hex);
	ev_hex_encode(got, got_hex);
	ev_fail(err, EV_VALUE, object, field, 0, want_hex, got_hex);
	return EV_VERIFIED_NO;
}

/* Piece by piece, so that a large item need not be in memory as a whole. */
static bool digest_of(struct ev_crypto *crypto, enum ev_digest_alg alg,
		      struct ev_span data, const struct ev_release *release,
		      uint8_t *out)
{
	struct ev_digest_stream *s;
	uint64_t at = 0, done = 0;
	bool ok = true;

	if (data.n < EV_RELEASE_STEP || release->let_go == NULL)
		return ev_digest(crypto, alg, data, out);
	s = ev_digest_begin(crypto, alg);
	while (s != NULL && ok && at < data.n) {
		size_t n = data.n - at < EV_RELEASE_STEP ? data.n - (size_t)at
							 : EV_RELEASE_STEP;

		ok = ev_digest_update(s, ev_span_sub(data, (size_t)at, n));
		at += n;
		ev_release_to(release, data, at, &done);
	}
	ok = s != NULL && ok && ev_digest_finish(s, out);
	ev_digest_free(s);
	return ok;
}

static bool compute(struct ev_crypto *crypto, enum ev_digest_alg alg,
		    struct ev_span data, struct ev_digests *known,
		    const struct ev_release *release, uint8_t *out)
{
	if (known == NULL || data.n >= EV_RELEASE_STEP ||
	    (alg != EV_SHA256 && alg != EV_SHA384))
		return digest_of(crypto, alg, data, release, out);
	if (alg == EV_SHA256)
		return ev_sha256_of(crypto, data, &known->sha256, out);
	if (!ev_sha384_learn(crypto, data, known))
		return false;
	memcpy(out, known->sha384.value, sizeof(known->sha384.value));
	return true;
}

/* One algorithm of a subject, where it is there. */
static enum ev_verified
check_digest(struct ev_crypto *crypto, const struct ev_node *digests,
	     enum ev_digest_alg alg, struct ev_span data,
	     struct ev_digests *known, const struct ev_release *release,
	     struct ev_error *err)
{
	uint8_t want[EV_DIGEST_MAX], got[EV_DIGEST_MAX];
	const char *name = ev_digest_name(alg);
	size_t n = ev_digest_size(alg);

	if (ev_node_member(digests, name) == NULL)
		return EV_VERIFIED_YES;
	/* ev_manifest_parse has refused anything but hex of the right size. */
	if (ev_node_get_hex(digests, object, name, want, n, err) != EV_OK)
		return EV_VERIFIED_NO;
	if (!compute(crypto, alg, data, known, release, got)) {
		ev_fail_trouble(err, object, "libcrypto");
		return EV_VERIFIED_TROUBLE;
	}
	if (memcmp(want, got, n) == 0)
		return EV_VERIFIED_YES;
	return differs(err, name, ev_span_of(want, n), ev_span_of(got, n));
}

enum ev_verified ev_archive_digest(struct ev_crypto *crypto,
				   const struct ev_archive *archive, size_t i,
				   struct ev_digests *known,
				   struct ev_error *err)
{
	/* The strongest that every archive has comes first, so that it is
	 * the one that a refusal names. */
	static const enum ev_digest_alg algs[] = { EV_SHA256, EV_SHA384,
						   EV_SHA512, EV_SHA1 };
	const struct ev_node *digests;

	assert(i < archive->manifest.n_items);
	digests = archive->manifest.items[i].digests;
	if (archive->items[i].name[0] == 0) {
		ev_fail(err, EV_MISSING, object, "item", 0,
			"a member for every subject", "none");
		return EV_VERIFIED_NO;
	}
	for (size_t a = 0; a < sizeof(algs) / sizeof(*algs); a++) {
		enum ev_verified v = check_digest(crypto, digests, algs[a],
						  archive->items[i].data, known,
						  &archive->release, err);

		if (v != EV_VERIFIED_YES)
			return v;
	}
	return EV_VERIFIED_YES;
}

enum ev_verified ev_archive_sound(struct ev_crypto *crypto,
				  const struct ev_archive *archive,
				  struct ev_archive_problem *fault)
{
	struct ev_archive_problem f = { .code = EV_ARCHIVE_DIGEST };

	for (size_t i = 0; i < archive->n_problems; i++) {
		if (ev_archive_is_note(archive->problem[i].code))
			continue;
		*fault = archive->problem[i];
		return EV_VERIFIED_NO;
	}
	for (size_t i = 0; i < archive->manifest.n_items; i++) {
		enum ev_verified v =
			ev_archive_digest(crypto, archive, i, NULL, &f.err);

		if (v == EV_VERIFIED_YES)
			continue;
		memcpy(f.name, archive->items[i].name, sizeof(f.name));
		*fault = f;
		return v;
	}
	return EV_VERIFIED_YES;
}
