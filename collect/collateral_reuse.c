/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of an older archive. */
#include "collect/collateral_reuse.h"

#include "evidence/archive.h"
#include "evidence/base/hex.h"
#include "evidence/base/time.h"
#include "evidence/tcb_info.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Of a collection; far beyond what collateral needs. */
static const size_t ARCHIVE_MAX = (size_t)256 << 20;

static bool is_collateral(const char *kind)
{
	return strncmp(kind, "dcap-", 5) == 0 || strncmp(kind, "crl-", 4) == 0;
}

static bool read_file(const char *path, struct ev_buffer *out,
		      char why[CO_WHY_TEXT])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t piece[16384];
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0) {
		ev_buffer_add(out, ev_span_of(piece, (size_t)n));
		if (!ev_buffer_ok(out) || out->n > ARCHIVE_MAX) {
			errno = EFBIG;
			n = -1;
			break;
		}
	}
	if (n < 0)
		snprintf(why, CO_WHY_TEXT, "%.300s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return n == 0;
}

/* When the piece was had: its own entry's time, if it has one. */
static void old_times(const struct ev_node *entry, struct co_item *item)
{
	const struct ev_node *collected = ev_node_member(entry, "collected");
	const char *from = ev_node_text(ev_node_member(collected, "notBefore"));
	const char *to = ev_node_text(ev_node_member(collected, "notAfter"));

	item->has_collected =
		from != NULL && to != NULL &&
		ev_time_parse_fraction(ev_span_str(from), &item->not_before) &&
		ev_time_parse_fraction(ev_span_str(to), &item->not_after);
}

static bool take(struct co_collection *c, const struct ev_archive *a, size_t i,
		 char why[CO_WHY_TEXT])
{
	const struct ev_manifest_item *entry = &a->manifest.items[i];
	char detail[96 + EV_PATH_TEXT], id[65];
	struct co_item item = {
		.kind = entry->kind->kind,
		.bytes = a->items[i].data,
		.source_type = "archive",
		.source_detail = detail,
		.source_uri = entry->source_uri,
	};

	ev_hex_encode(EV_SPAN(a->id), id);
	snprintf(detail, sizeof(detail), "%s %s", id, entry->name);
	old_times(entry->entry, &item);
	return co_collected(c, &item, NULL, why);
}

static bool take_all(struct co_collection *c, const struct ev_archive *a,
		     const char *path, char why[CO_WHY_TEXT])
{
	size_t before = c->items.n;
	struct ev_archive_problem fault = { 0 };

	if (ev_archive_sound(c->crypto, a, &fault) != EV_VERIFIED_YES) {
		snprintf(why, CO_WHY_TEXT, "%.300s: the archive is damaged",
			 path);
		return false;
	}
	for (size_t i = 0; i < a->manifest.n_items; i++) {
		const struct ev_manifest_item *entry = &a->manifest.items[i];

		if (entry->kind != NULL && is_collateral(entry->kind->kind) &&
		    !take(c, a, i, why)) {
			co_gathering_cut(&c->items, before);
			return false;
		}
	}
	if (c->items.n > before)
		return true;
	snprintf(why, CO_WHY_TEXT, "%.300s: no collateral in it", path);
	return false;
}

/* Whether the items from `first` on hold a TCB info of the platform. */
static bool has_tcb_info(const struct co_collection *c, size_t first,
			 const struct co_platform *p)
{
	bool found = false;

	for (size_t i = first; i < c->items.n && !found; i++) {
		const struct co_item *item = &c->items.item[i]->item;
		struct ev_tcb_info info = { 0 };
		struct ev_error err = { 0 };

		if (strcmp(item->kind, "dcap-tcbinfo") != 0 ||
		    ev_tcb_info_parse(item->bytes, &info, &err) != EV_OK)
			continue;
		found = co_platform_is(p, &info);
		ev_tcb_info_free(&info);
	}
	return found;
}

static bool covers(struct co_collection *c, size_t first, const char *path,
		   const struct co_platform *platforms, size_t n,
		   char why[CO_WHY_TEXT])
{
	for (size_t i = 0; i < n; i++) {
		if (has_tcb_info(c, first, &platforms[i]))
			continue;
		snprintf(why, CO_WHY_TEXT,
			 "%.300s: no TCB info of FMSPC %s (%s) in it", path,
			 platforms[i].fmspc, co_platform_tee(&platforms[i]));
		co_gathering_cut(&c->items, first);
		return false;
	}
	return true;
}

bool co_collateral_reuse(struct co_collection *c, const char *path,
			 const struct co_platform *platforms, size_t n,
			 char why[CO_WHY_TEXT])
{
	size_t first = c->items.n;
	ev_auto_buffer struct ev_buffer file = { 0 };
	struct ev_archive archive = { 0 };
	struct ev_error err = { 0 };
	char text[CO_WHY_TEXT / 2];
	bool ok;

	if (!read_file(path, &file, why))
		return false;
	if (ev_archive_open(c->crypto, ev_buffer_span(&file), ARCHIVE_MAX,
			    &archive, &err) != EV_OK) {
		ev_error_format(&err, text, sizeof(text));
		snprintf(why, CO_WHY_TEXT, "%.200s: %s", path, text);
		return false;
	}
	ok = take_all(c, &archive, path, why) &&
	     covers(c, first, path, platforms, n, why);
	ev_archive_free(&archive);
	return ok;
}
