/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading an evidence archive: manifest.json, sig/ files, items/ files in a
 * strict ustar profile, optionally inside one zstd frame (ecart-archive(5)).
 *
 * A file that has no manifest to speak of is refused (EV_* code, nothing to
 * free).  Every other fault is a problem that archive.* checks report; the
 * rest of the archive is then shown but not judged.
 */
#ifndef EV_ARCHIVE_H
#define EV_ARCHIVE_H

#include "evidence/base/digest.h"
#include "evidence/base/release.h"
#include "evidence/limits.h"
#include "evidence/manifest.h"
#include "evidence/store.h"

/* The closed list of archive.md 8; the words are stable. */
enum ev_archive_code {
	EV_ARCHIVE_CONTAINER,		  /* "container" */
	EV_ARCHIVE_NONCANONICAL,	  /* "container-noncanonical", a note */
	EV_ARCHIVE_UNKNOWN_MEMBER,	  /* "unknown-member", a note */
	EV_ARCHIVE_MANIFEST_NONCANONICAL, /* "manifest-noncanonical" */
	EV_ARCHIVE_MISSING_ITEM,	  /* "missing-item" */
	EV_ARCHIVE_EXTRA_ITEM,		  /* "extra-item" */
	EV_ARCHIVE_SIZE,		  /* "size" */
	EV_ARCHIVE_DIGEST,		  /* "digest" */
};
const char *ev_archive_code_word(enum ev_archive_code code);
/* Whether it is a note, with which an archive is sound. */
bool ev_archive_is_note(enum ev_archive_code code);

struct ev_archive_problem {
	enum ev_archive_code code;
	char name[EV_PATH_TEXT]; /* the member, "" where none */
	struct ev_error err;	 /* offset: byte in the (unpacked) tar */
};
#define EV_ARCHIVE_PROBLEMS_MAX 64

struct ev_member {
	char name[EV_PATH_TEXT];
	struct ev_span data; /* borrowed from the archive's bytes */
	uint64_t tar_offset; /* of data in the unpacked tar */
};

struct ev_archive {
	struct ev_span tar;    /* unpacked bytes */
	struct ev_store store; /* of tar where the file was compressed */
	bool compressed;
	struct ev_span manifest_bytes;
	uint8_t id[32]; /* SHA-256 of manifest_bytes */
	struct ev_manifest manifest;
	struct ev_member *sigs; /* sig/ files, bytewise by name */
	size_t n_sigs;
	struct ev_member *items; /* parallel to manifest.items; data.p NULL and
				  * name "" where the member is missing */
	struct ev_archive_problem *problem; /* NULL where there is none */
	size_t n_problems;
	bool more_problems; /* there were more than EV_ARCHIVE_PROBLEMS_MAX */
	bool no_memory;	    /* for problems: it is no archive then */
	/* Of the file's bytes; set by whoever opened it, else nobody. */
	struct ev_release release;
};

/*
 * file must stay valid as long as the archive.  limit: bytes of the unpacked
 * tar (EV_ARCHIVE_MAX by default); a compressed one is unpacked in memory.
 * Does not hash items: ev_archive_digest does.  A refusal's object is
 * "archive" and its field says what the file is when that can be told ("a
 * bare TDX quote v4; wrap it with ecart pack").
 */
enum ev_code ev_archive_open(struct ev_crypto *crypto, struct ev_span file,
			     uint64_t limit, struct ev_archive *out,
			     struct ev_error *err);
/* The same with the tar of a compressed archive in *store, which is taken
 * over, on failure too. */
enum ev_code ev_archive_open_in(struct ev_crypto *crypto, struct ev_span file,
				uint64_t limit, const struct ev_store *store,
				struct ev_archive *out, struct ev_error *err);
void ev_archive_free(struct ev_archive *archive);

/* Whether item i has the digests that the manifest says; every digest that
 * is present is computed, but for those of item i's bytes that the caller
 * knows and keeps (NULL: none).  want and got are filled with what differs. */
enum ev_verified ev_archive_digest(struct ev_crypto *crypto,
				   const struct ev_archive *archive, size_t i,
				   struct ev_digests *known,
				   struct ev_error *err);

/* Whether nothing but notes was found and every digest is right; if not,
 * *fault is the first that is wrong. */
enum ev_verified ev_archive_sound(struct ev_crypto *crypto,
				  const struct ev_archive *archive,
				  struct ev_archive_problem *fault);

#endif
