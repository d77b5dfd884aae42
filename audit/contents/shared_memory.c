/* SPDX-License-Identifier: Apache-2.0 */
/* Does measured memory speak for shared memory, and is it right? */
#include "audit/contents/shared_memory.h"

#include "audit/contents/hash_page.h"
#include "evidence/base/digest.h"

static const char object[] = "shared memory";

static const struct au_component *find(const struct au_components *list,
				       enum au_part_kind kind)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->item[i].part.kind == kind && list->item[i].measured)
			return &list->item[i];
	return NULL;
}

/* Compares one shared page with its hash of the table. */
static enum ev_code check_page(struct ev_crypto *crypto, struct ev_span page,
			       uint64_t gpa, const struct au_hash_table *table,
			       struct au_shared_memory *out,
			       struct ev_error *err)
{
	uint8_t have[48];

	if (!ev_digest(crypto, EV_SHA384, page, have))
		return ev_fail_trouble(err, object, "cannot digest");
	if (out->pages < table->n && out->table == AU_MATCHES &&
	    memcmp(table->hashes.p + out->pages * AU_HASH_SIZE, have,
		   AU_HASH_SIZE) != 0) {
		out->table = AU_AT_ODDS;
		out->first_wrong = gpa;
	}
	return EV_OK;
}

/* The pages of all shared components, which are in the order of addresses. */
static enum ev_code
digest_pages(const struct au_components *list, struct ev_crypto *crypto,
	     const struct au_hash_table *table, struct ev_digest_stream *stream,
	     struct au_shared_memory *out, struct ev_error *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct au_component *c = &list->item[i];

		for (size_t at = 0; c->shared && at < c->part.bytes.n;
		     at += AU_PAGE) {
			size_t left = c->part.bytes.n - at;
			struct ev_span page =
				ev_span_sub(c->part.bytes, at,
					    left < AU_PAGE ? left : AU_PAGE);

			if (!ev_digest_update(stream, page))
				return ev_fail_trouble(err, object,
						       "cannot digest");
			if (out->table != AU_NOT_THERE &&
			    check_page(crypto, page, c->gpa + at, table, out,
				       err) != EV_OK)
				return err->code;
			out->pages++;
		}
	}
	return EV_OK;
}

enum ev_code au_shared_memory_check(const struct au_components *list,
				    struct ev_crypto *crypto,
				    struct au_shared_memory *out,
				    struct ev_error *err)
{
	ev_auto(ev_digest_free) struct ev_digest_stream *stream =
		ev_digest_begin(crypto, EV_SHA384);
	const struct au_component *page = find(list, AU_PART_HASH_PAGE);
	const struct au_component *table = find(list, AU_PART_HASH_TABLE);
	struct au_hash_table hashes = { 0 };
	struct ev_error refused = { 0 };

	*out = (struct au_shared_memory){ .first_wrong = UINT64_MAX };
	if (stream == NULL)
		return ev_fail_trouble(err, object, "cannot digest");
	if (table != NULL)
		out->table = au_hash_table_parse(table->part.bytes, &hashes,
						 &refused) == EV_OK
				     ? AU_MATCHES
				     : AU_AT_ODDS;
	if (digest_pages(list, crypto, &hashes, stream, out, err) != EV_OK)
		return err->code;
	if (!ev_digest_finish(stream, out->digest))
		return ev_fail_trouble(err, object, "cannot digest");
	if (out->table == AU_MATCHES && out->pages != hashes.n)
		out->table = AU_AT_ODDS;
	if (page != NULL)
		out->page = memcmp(page->part.bytes.p, out->digest,
				   sizeof(out->digest)) == 0
				    ? AU_MATCHES
				    : AU_AT_ODDS;
	return EV_OK;
}
