/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The measurement list of Linux's Integrity Measurement Architecture as
 * binary_runtime_measurements gives it: Linux, security/integrity/ima,
 * ima_fs.c and ima_template_lib.c.  Integers are in the byte order of the
 * machine, or little-endian where the kernel was told so: one order a list.
 * Read entry by entry; nothing is copied.
 */
#ifndef EV_IMA_LOG_H
#define EV_IMA_LOG_H

#include "evidence/base/digest.h"
#include "evidence/base/error.h"
#include "evidence/base/release.h"
#include "evidence/ima_template.h"

/* Template "ima" hashes the file's name in a buffer of this size. */
#define EV_IMA_PADDED 256

struct ev_ima_field {
	const char *id; /* static: "d-ng" */
	enum ev_ima_form form;
	struct ev_span value;
};

struct ev_ima_log {
	struct ev_span item;
	bool big_endian;
	/* Of the template hashes that the entries hold: SHA-1, but for the
	 * lists that newer kernels give a bank. */
	enum ev_digest_alg alg;
	size_t hash_size;   /* bytes of them */
	uint64_t n_entries; /* read so far */
	uint64_t at;	    /* offset of the next */
	/* Once ev_ima_log_next said no; cut: at an entry that does not fit or
	 * cannot be read, and refusal says why. */
	bool ended, cut;
	struct ev_error refusal;
	struct ev_ima_template shape;
	/* Set by the caller, or NULL: told of what was read. */
	const struct ev_release *release;
	uint64_t released;
	/* Set by the caller: only what is hashed is wanted, data is not split
	 * into fields. */
	bool unsplit;
};

struct ev_ima_entry {
	uint64_t number; /* from 1 */
	uint64_t offset, size;
	uint32_t pcr; /* as it stands: not always 0 to 23 */
	struct ev_span template_hash;
	bool violation; /* it is all zero: extended as ff throughout */
	struct ev_span template_name;
	bool plain;	 /* template "ima" */
	bool known;	 /* a template that is known */
	const char *odd; /* static: what is wrong with data, or NULL */
	/* What is hashed; of template "ima" as it is stored, with the length
	 * of the name between the two parts that are hashed. */
	struct ev_span data;
	/* Of the fields; empty where the template has none of it, is not
	 * known, or data does not hold what its template says. */
	struct ev_span kind; /* "ima" or "verity" of d-ngv2 */
	struct ev_span algo; /* "sha256"; empty for a bare digest */
	struct ev_span file_digest;
	struct ev_span file; /* without NUL */
	struct ev_span signature;
	size_t n_fields;
	struct ev_ima_field field[EV_IMA_FIELDS_MAX];
};

/*
 * Finds out byte order and size of the template hashes from the first entry:
 * the order in which its PCR is 0 to 23 and its template has a name, of 1 to
 * 255 printable characters; where the PCR is neither, the order in which it
 * has a name.  20 bytes are tried first, then 32, 48 and 64 (of the SHA-2 of
 * that size).  Refuses an empty item, and one in which no order gives a name.
 */
enum ev_code ev_ima_log_open(struct ev_span item, struct ev_ima_log *out,
			     struct ev_error *err);

/* The same where the algorithm of the template hashes is known. */
enum ev_code ev_ima_log_open_bank(struct ev_span item, enum ev_digest_alg alg,
				  struct ev_ima_log *out, struct ev_error *err);

/* The algorithm of the kernel's name ("sha256", "sm3"); false where it is none
 * of ours. */
bool ev_ima_alg(struct ev_span name, enum ev_digest_alg *out);

/* The algorithm that the kernel's path of a list names
 * (".../binary_runtime_measurements_sha256"; without one SHA-1); false where
 * the path is none of such a list or names another algorithm. */
bool ev_ima_path_alg(struct ev_span path, enum ev_digest_alg *out);

/* The next entry; false at the end, and then log->cut says which one.  What
 * was read before a cut stands. */
bool ev_ima_log_next(struct ev_ima_log *log, struct ev_ima_entry *out);

/*
 * The template hash of a bank, out[ev_digest_size(alg)], as the kernel
 * computes it: over data, or for template "ima" over the file's digest and
 * its name, padded with zeros to 256 bytes (a longer one is hashed as it is).
 * Says nothing of violations.  False: trouble.
 */
bool ev_ima_template_hash(struct ev_crypto *crypto,
			  const struct ev_ima_entry *entry,
			  enum ev_digest_alg alg, uint8_t *out);

#endif
