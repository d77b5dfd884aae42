/* SPDX-License-Identifier: Apache-2.0 */
/* From what was gathered to the bytes of the archive. */
#include "collect/collection_file.h"

#include "collect/rewrite.h"
#include "collect/stamp.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/time.h"

#include <stdio.h>

static bool make_bytes(struct co_collection *c, const struct co_claims *claims,
		       const struct co_key *key, struct co_collection_file *out,
		       char why[CO_WHY_TEXT])
{
	struct co_archive_options options = { .claims = *claims, .key = key };
	ev_auto_free struct co_item *items = NULL;
	struct ev_error err = { 0 };

	if (!co_gathering_items(&c->items, &items)) {
		snprintf(why, CO_WHY_TEXT, "out of memory");
		return false;
	}
	if (co_archive_make(c->crypto, items, c->items.n, &options,
			    ev_sink_buffer(&out->bytes), out->id,
			    &err) == EV_OK)
		return true;
	ev_error_format(&err, why, CO_WHY_TEXT);
	return false;
}

/* The archive with the token in it, in place of the one without. */
static bool add_token(struct ev_archive *archive, struct ev_span token,
		      struct co_collection_file *out)
{
	struct ev_buffer stamped = { 0 };
	struct ev_error err = { 0 };
	char name[32];

	if (!co_stamp_name(archive, name) ||
	    co_rewrite(archive, name, token, ev_sink_buffer(&stamped), &err) !=
		    EV_OK) {
		ev_error_format(&err, out->stamp_why, sizeof(out->stamp_why));
		ev_buffer_free(&stamped);
		return false;
	}
	/* The archive borrows from the bytes that are replaced. */
	ev_archive_free(archive);
	ev_buffer_free(&out->bytes);
	out->bytes = stamped;
	return true;
}

static void note_stamp(const struct ev_timestamp *ts,
		       struct co_collection_file *out)
{
	out->stamped = true;
	ev_time_format(ts->gen_time, out->stamp_time);
	snprintf(out->stamp_by, sizeof(out->stamp_by), "%s",
		 ts->tsa[0] != 0 ? ts->tsa : "an authority without a name");
}

static void stamp(struct co_collection *c, const char *tsa,
		  struct co_collection_file *out)
{
	ev_auto_buffer struct ev_buffer token = { 0 };
	struct co_http *http = co_collection_http(c, out->stamp_why);
	struct ev_archive archive = { 0 };
	struct ev_timestamp ts = { 0 };
	struct ev_error err = { 0 };

	if (http == NULL)
		return;
	if (ev_archive_open(c->crypto, ev_buffer_span(&out->bytes),
			    EV_ARCHIVE_MAX, &archive, &err) != EV_OK) {
		ev_error_format(&err, out->stamp_why, sizeof(out->stamp_why));
		return;
	}
	if (co_stamp_ask(http, c->crypto, tsa, archive.manifest_bytes, &token,
			 &ts, out->stamp_why)) {
		if (add_token(&archive, ev_buffer_span(&token), out))
			note_stamp(&ts, out);
		ev_timestamp_free(&ts);
	}
	ev_archive_free(&archive);
}

bool co_collection_file_make(struct co_collection *c,
			     const struct co_claims *claims,
			     const struct co_key *key, const char *tsa,
			     struct co_collection_file *out,
			     char why[CO_WHY_TEXT])
{
	if (!make_bytes(c, claims, key, out, why))
		return false;
	if (tsa != NULL)
		stamp(c, tsa, out);
	return true;
}

void co_collection_file_free(struct co_collection_file *file)
{
	ev_buffer_free(&file->bytes);
}
