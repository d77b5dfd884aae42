/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An archive made from another by withholding whole items (ecart-archive(5),
 * REDACTION): what is kept is kept byte for byte under its name, what is
 * withheld is named with its digest.  No byte of an item is ever edited.
 */
#ifndef CO_REDACTION_H
#define CO_REDACTION_H

#include "collect/sign.h"
#include "evidence/archive.h"
#include "evidence/base/sink.h"

/* Text is borrowed. */
struct co_redaction_request {
	const char *const *names; /* paths of items to withhold */
	size_t n_names;
	const char *reason; /* text from outside: the same for all */
	bool link_source;   /* name the id of the archive that it is made of */
};

struct co_redaction {
	bool *withheld;		   /* owned; as the source manifest's items */
	size_t n_withheld;	   /* salts among them */
	size_t n_bare;		   /* of these, without a salt of their own */
	struct ev_buffer manifest; /* of the new archive */
};

/*
 * The manifest with those items withheld, and with each its salt.  The source
 * must be sound (ev_archive_sound).  Refuses a name that no item has, a salt
 * by itself, an item that others which are kept still hold (what it was
 * decoded from; the same bytes again), withholding everything: as
 * co_redaction_choose says it.  Free with co_redaction_free, on failure too.
 */
enum ev_code co_redaction_make(struct ev_crypto *crypto,
			       const struct ev_archive *source,
			       const struct co_redaction_request *request,
			       struct co_redaction *out, struct ev_error *err);
void co_redaction_free(struct co_redaction *redaction);

/* Puts the archive into out: manifest, an envelope where key is not NULL, and
 * the items that are kept.  Nothing of the source's sig/ goes along: it is
 * over another manifest. */
enum ev_code co_redaction_write(const struct ev_archive *source,
				const struct co_redaction *redaction,
				const struct co_key *key, bool zstd,
				struct ev_sink out, struct ev_error *err);

#endif
