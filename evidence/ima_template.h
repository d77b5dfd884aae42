/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The templates of Linux's IMA: which fields the data of an entry holds, by
 * the template's name (Linux, security/integrity/ima/ima_template.c).
 */
#ifndef EV_IMA_TEMPLATE_H
#define EV_IMA_TEMPLATE_H

#include "evidence/base/bytes.h"

#define EV_IMA_FIELDS_MAX 16  /* Linux, IMA_TEMPLATE_NUM_FIELDS_MAX is 15 */
#define EV_IMA_NAME_MAX	  255 /* bytes of a template's name */

/* What the bytes of a field are. */
enum ev_ima_form {
	EV_IMA_BYTES,	 /* a buffer, extended attributes, ids */
	EV_IMA_BARE,	 /* the file's digest, SHA-1 or MD5 */
	EV_IMA_DIGEST,	 /* "sha256:" NUL digest, or "verity:sha256:" NUL */
	EV_IMA_STRIPPED, /* the same of the file without its signature */
	EV_IMA_FILE,	 /* the file's name and a NUL */
	EV_IMA_SIGNED,	 /* a signature of the file or of its attributes */
};

/* What a template's name says of its fields. */
struct ev_ima_template {
	struct ev_span name;
	const char *id[EV_IMA_FIELDS_MAX];
	enum ev_ima_form form[EV_IMA_FIELDS_MAX];
	size_t n_fields; /* 0: a template that is not known */
	bool plain;	 /* "ima", whose data has a form of its own */
};

/*
 * Reads a name: one of the kernel's templates, or a custom one, which is
 * named by its format ("d-ng|n-ng").  A name that is neither, or a format
 * with a field that is not known, has no fields.  name is borrowed.
 */
void ev_ima_template_read(struct ev_span name, struct ev_ima_template *out);

/* "algo:" NUL digest, "kind:algo:" NUL digest; false where value is neither,
 * and then nothing is written. */
bool ev_ima_digest_split(struct ev_span value, struct ev_span *kind,
			 struct ev_span *algo, struct ev_span *digest);

#endif
