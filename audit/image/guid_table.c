/* SPDX-License-Identifier: Apache-2.0 */
/* The GUID table: entries walked from the footer down. */
#include "audit/image/guid_table.h"

#include "evidence/base/reader.h"
#include "evidence/uefi_guid.h"

#include <stdio.h>
#include <stdlib.h>

static const char object[] = "firmware GUID table";

#define FOOTER	 "96b582de-1fb2-45f7-baea-a366c55a082d"
#define RESET	 ((size_t)32)	 /* bytes behind the footer: the reset vector */
#define ENTRY	 ((size_t)18)	 /* length and GUID, which stand behind data */
#define LENGTHS	 ((size_t)65536) /* a length is a u16 */
#define LIST_MAX (LENGTHS / ENTRY)

struct entry {
	struct ev_span guid, data;
	size_t end; /* of the entry, in the image */
};

bool au_guid_table_is_there(struct ev_span image)
{
	return image.n >= RESET + ENTRY &&
	       ev_uefi_guid_is(ev_span_sub(image, image.n - RESET - 16, 16),
			       FOOTER);
}

static enum ev_code refuse_length(size_t at, size_t most, uint16_t found,
				  const char *field, struct ev_error *err)
{
	char want[48], text[24];

	snprintf(want, sizeof(want), "%zu to %zu bytes", ENTRY, most);
	snprintf(text, sizeof(text), "%u", found);
	return ev_fail(err, EV_VALUE, object, field, at, want, text);
}

/* The entry that ends at `end`; the table begins at `start`. */
static enum ev_code read_entry(struct ev_span image, size_t start, size_t end,
			       struct entry *out, const char *field,
			       struct ev_error *err)
{
	size_t at = end >= ENTRY ? end - ENTRY : 0, room = end - start;
	struct ev_reader r = ev_reader_init(ev_span_sub(image, at, end - at),
					    at, object, err);
	uint16_t n = ev_read_u16le(&r, field);
	struct ev_span guid = ev_read_span(&r, 16, "guid");

	if (!ev_reader_ok(&r))
		return err->code;
	if (room < ENTRY)
		return ev_fail_u64(err, EV_TRUNCATED, object, field, at, ENTRY,
				   room);
	if (n < ENTRY || n > room)
		return refuse_length(at, room, n, field, err);
	*out = (struct entry){ guid, ev_span_sub(image, end - n, n - ENTRY),
			       end };
	return EV_OK;
}

static int by_guid(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = ev_span_cmp(a->guid, b->guid);

	return order != 0 ? order : (a->end > b->end) - (a->end < b->end);
}

static enum ev_code refuse_twice(struct entry *list, size_t n,
				 struct ev_error *err)
{
	char guid[EV_GUID_TEXT];

	qsort(list, n, sizeof(*list), by_guid);
	for (size_t i = 1; i < n; i++) {
		if (!ev_span_eq(list[i - 1].guid, list[i].guid))
			continue;
		ev_uefi_guid_format(list[i].guid, guid);
		return ev_fail(err, EV_DUPLICATE, object, "guid",
			       list[i].end - 16, "each GUID once", guid);
	}
	return EV_OK;
}

/* All entries between start and end into list. */
static enum ev_code read_table(struct ev_span image, size_t start, size_t end,
			       struct entry *list, size_t *n,
			       struct ev_error *err)
{
	while (end > start) {
		struct entry *e = &list[*n];

		if (read_entry(image, start, end, e, "entry length", err) !=
		    EV_OK)
			return err->code;
		end -= e->data.n + ENTRY;
		(*n)++;
	}
	return refuse_twice(list, *n, err);
}

enum ev_code au_guid_table_find(struct ev_span image, const char *guid,
				struct ev_span *out, struct ev_error *err)
{
	size_t end = image.n - RESET, n = 0;
	struct entry footer, *list;

	assert(au_guid_table_is_there(image));
	*out = (struct ev_span){ NULL, 0 };
	if (read_entry(image, 0, end, &footer, "table length", err) != EV_OK)
		return err->code;
	list = calloc(LIST_MAX, sizeof(*list));
	if (list == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	read_table(image, end - ENTRY - footer.data.n, end - ENTRY, list, &n,
		   err);
	for (size_t i = 0; err->code == EV_OK && i < n; i++) {
		if (ev_uefi_guid_is(list[i].guid, guid))
			*out = list[i].data.n > 0
				       ? list[i].data
				       : ev_span_of(list[i].guid.p, 0);
	}
	free(list);
	return err->code;
}
