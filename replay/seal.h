/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is said about an archive from outside its manifest: the union of its
 * sig/ files and of the detached ones beside it (ecart-archive(5), sections
 * 1, 5 and 6), taken apart so that checks can go over signatures and tokens.
 * Nothing here decides what is trusted.
 */
#ifndef RP_SEAL_H
#define RP_SEAL_H

#include "evidence/archive.h"
#include "evidence/base/pem.h"
#include "evidence/dsse.h"
#include "evidence/timestamp.h"

/* A file of the directory <archive>.sig/; name is that in the directory. */
struct rp_detached {
	const char *name;
	struct ev_span data;
};

struct rp_seal_file {
	char name[EV_PATH_TEXT]; /* "sig/NAME", detached or not */
	struct ev_span data;	 /* borrowed */
	bool detached;
};

struct rp_envelope {
	const struct rp_seal_file *file;
	struct ev_error err;  /* code other than EV_OK: it does not parse */
	struct ev_dsse dsse;  /* empty then */
	bool covers_manifest; /* payload is manifest.json, byte for byte */
};

/* One line of an envelope.  An envelope that does not parse has one, too, so
 * that it cannot hide: index 0, and keyid is empty. */
struct rp_seal_signature {
	const struct rp_envelope *envelope;
	size_t index;
	struct ev_span keyid; /* a hint, unauthenticated */
};

/* An RFC 3161 response and the bytes that its name says it is over. */
struct rp_seal_token {
	const struct rp_seal_file *file;
	/* "manifest.json", or the sig/ file that holds the signature or the
	 * older token; NULL: the name fits no rule, or that file is absent. */
	const char *covers_name;
	struct ev_span covers; /* empty then */
	struct ev_error err;   /* code other than EV_OK: it does not parse */
	struct ev_timestamp ts;
};

/* Certificates that a signature or token may need; a guard. */
#define RP_SEAL_CERTS_MAX 64

struct rp_seal {
	struct rp_seal_file *files; /* inner by name, then detached by name */
	size_t n_files;
	struct rp_envelope *envelopes; /* in the order of files */
	size_t n_envelopes;
	struct rp_seal_signature *signatures;
	size_t n_signatures;
	struct rp_seal_token *tokens;
	size_t n_tokens;
	/* What *.pem files hold, untrusted; one that cannot be read is left
	 * out, and what needed it is then missing it. */
	struct ev_pem_list *pems;
	size_t n_pems;
	struct ev_span cert[RP_SEAL_CERTS_MAX]; /* DER, in the order of files */
	size_t n_certs;
};

/* Whether it is a proof of a transparency log, by its name. */
bool rp_seal_is_proof(const struct rp_seal_file *file);

/* Whether a file of <archive>.sig/ is one of the format, by its name. */
bool rp_seal_takes(const char *name);

/*
 * archive and detached stay valid as long as the seal.  Detached files whose
 * names are none of the format (*.dsse.json, *.tsr, *.tlog-proof, *.pem) are
 * left out; bytes that are there already are merged.  Refuses only what is
 * over a limit (256 files, 1 MiB each), and trouble.  Free with rp_seal_free.
 */
enum ev_code rp_seal_open(const struct ev_archive *archive,
			  const struct rp_detached *detached, size_t n_detached,
			  struct rp_seal *out, struct ev_error *err);
void rp_seal_free(struct rp_seal *seal);

#endif
