/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of named bytes, bounded in number and in what they unpack to. */
#include "audit/contents/part.h"

#include <stdlib.h>

static const char object[] = "contents";

static const char *const kind_name[AU_PART_N] = {
	[AU_PART_BYTES] = "bytes",
	[AU_PART_PADDING] = "padding",
	[AU_PART_FIRMWARE] = "firmware",
	[AU_PART_VOLUME] = "volume",
	[AU_PART_MODULE] = "module",
	[AU_PART_VOLUME_FILE] = "volume file",
	[AU_PART_SECTION] = "section",
	[AU_PART_PACKED_SECTION] = "packed section",
	[AU_PART_PE] = "program",
	[AU_PART_STREAM] = "packed stream",
	[AU_PART_CPIO] = "cpio archive",
	[AU_PART_FILE] = "file",
	[AU_PART_ELF] = "ELF file",
	[AU_PART_ELF_SECTION] = "ELF section",
	[AU_PART_KERNEL] = "kernel",
	[AU_PART_COMMAND_LINE] = "command line",
	[AU_PART_HASH_PAGE] = "hash page",
	[AU_PART_HASH_TABLE] = "hash table",
	[AU_PART_RESET_PAGE] = "reset page",
};

const char *au_part_kind_name(enum au_part_kind kind)
{
	assert(kind < AU_PART_N);
	return kind_name[kind];
}

enum ev_code au_part_budget_take(struct au_part_budget *budget, uint64_t n,
				 const char *of, struct ev_error *err)
{
	if (n > budget->unpacked)
		return ev_fail_u64(err, EV_LIMIT, of, "unpacked size", 0,
				   budget->unpacked, n);
	budget->unpacked -= n;
	return EV_OK;
}

/* Room for one more: the array doubles at each power of two. */
static bool grow(struct au_part *holder)
{
	size_t n = holder->n;
	struct au_part *p;

	if ((n & (n - 1)) != 0)
		return true;
	p = reallocarray(holder->inside, n > 0 ? 2 * n : 1, sizeof(*p));
	if (p == NULL)
		return false;
	holder->inside = p;
	return true;
}

struct au_part *au_part_add(struct au_part *holder, enum au_part_kind kind,
			    struct ev_span name, struct ev_span bytes,
			    uint64_t offset, struct au_part_budget *budget,
			    struct ev_error *err)
{
	bool cut = name.n > AU_PART_NAME_MAX / 4;
	size_t room = cut ? AU_PART_NAME_MAX + 1 : 4 * name.n + 8;
	struct au_part *part;
	char *text;

	if (budget->parts == 0) {
		ev_fail_u64(err, EV_LIMIT, object, "parts", offset,
			    AU_PARTS_MAX, AU_PARTS_MAX + 1);
		return NULL;
	}
	text = malloc(room);
	if (text == NULL || !grow(holder)) {
		free(text);
		ev_fail_trouble(err, object, "out of memory");
		return NULL;
	}
	ev_show(name, text, room);
	budget->parts--;
	part = &holder->inside[holder->n++];
	*part = (struct au_part){
		.kind = kind, .name = text, .bytes = bytes, .offset = offset
	};
	return part;
}

static bool is_uniform(struct ev_span in)
{
	if (in.n == 0 || ev_span_is_zero(in))
		return true;
	return in.p[0] == 0xff && memcmp(in.p, in.p + 1, in.n - 1) == 0;
}

enum ev_code au_part_add_padding(struct au_part *holder, struct ev_span bytes,
				 uint64_t offset, struct au_part_budget *budget,
				 struct ev_error *err)
{
	if (!is_uniform(bytes))
		au_part_add(holder, AU_PART_PADDING, ev_span_of(NULL, 0), bytes,
			    offset, budget, err);
	return err->code;
}

void au_part_free(struct au_part *part)
{
	for (size_t i = 0; i < part->n; i++)
		au_part_free(&part->inside[i]);
	free(part->inside);
	free(part->unpacked);
	free(part->name);
	*part = (struct au_part){ 0 };
}
