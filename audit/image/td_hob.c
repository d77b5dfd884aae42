/* SPDX-License-Identifier: Apache-2.0 */
/* TD HOB: ranges of memory, as resource descriptors. */
#include "audit/image/td_hob.h"

static const uint64_t GIB = UINT64_C(1) << 30;
static const uint64_t MIB = UINT64_C(1) << 20;

/* EFI_RESOURCE_ATTRIBUTE: present, initialized, tested; and accepted by the
 * firmware before it goes on. */
static const uint32_t ATTRIBUTES = 7, EARLY = UINT32_C(0x10000000);
static const uint32_t MEMORY = 0, UNACCEPTED = 7; /* resource types */
static const uint16_t HANDOFF = 1, RESOURCE = 3, END = 0xffff;
static const uint16_t HANDOFF_SIZE = 56, RESOURCE_SIZE = 48, END_SIZE = 8;

/* Google C3, confidential. */
const struct au_shape au_shapes[] = {
	{ "c3-standard-4", 16, 1 },   { "c3-standard-8", 32, 1 },
	{ "c3-standard-22", 88, 1 },  { "c3-standard-44", 176, 1 },
	{ "c3-standard-88", 352, 2 }, { "c3-standard-176", 704, 4 },
};
const size_t au_n_shapes = sizeof(au_shapes) / sizeof(au_shapes[0]);

struct range {
	uint64_t start, end;
};

struct block {
	const struct au_launch *launch;
	bool early_accept;
	struct ev_buffer *out;
};

static void put(struct ev_buffer *out, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ev_buffer_add_byte(out, (uint8_t)(value >> (8 * i)));
}

/* u16 type, u16 length, u32 reserved. */
static void put_head(struct ev_buffer *out, uint16_t type, uint16_t size)
{
	put(out, type, 2);
	put(out, size, 2);
	put(out, 0, 4);
}

static void put_resource(struct ev_buffer *out, uint32_t type,
			 uint32_t attributes, struct range r)
{
	put_head(out, RESOURCE, RESOURCE_SIZE);
	put(out, 0, 8); /* the owner, a GUID of zeros */
	put(out, 0, 8);
	put(out, type, 4);
	put(out, attributes, 4);
	put(out, r.start, 8);
	put(out, r.end - r.start, 8);
}

static void put_unaccepted(const struct block *b, struct range r)
{
	bool early = b->early_accept || r.end <= 4 * GIB;

	put_resource(b->out, UNACCEPTED, ATTRIBUTES | (early ? EARLY : 0), r);
}

/* The section that covers `at`, or else the one that begins next. */
static const struct au_operation *section_at(const struct au_launch *launch,
					     uint64_t at)
{
	const struct au_operation *next = NULL;

	for (size_t i = 0; i < launch->n; i++) {
		const struct au_operation *op = &launch->op[i];

		if (op->gpa + op->size > at &&
		    (next == NULL || op->gpa < next->gpa))
			next = op;
	}
	return next;
}

/* What the sections leave of a bank of memory. */
static void put_bank(const struct block *b, struct range bank)
{
	while (bank.start < bank.end) {
		const struct au_operation *op =
			section_at(b->launch, bank.start);
		struct range gap = bank;

		if (op != NULL && op->gpa < bank.end)
			gap.end = op->gpa;
		if (gap.end > gap.start)
			put_unaccepted(b, gap);
		if (gap.end == bank.end)
			return;
		bank.start = op->gpa + op->size;
	}
}

/* 3 GiB below the firmware, then one bank a node, the first of them short by
 * what stands below. */
static void put_banks(const struct block *b, const struct au_shape *shape)
{
	uint64_t node = shape->ram_gib / shape->numa_nodes * GIB;
	uint64_t at = 4 * GIB;

	put_bank(b, (struct range){ 0, 3 * GIB });
	put_bank(b, (struct range){ 4 * GIB - 2 * MIB, 4 * GIB });
	for (uint32_t i = 0; i < shape->numa_nodes; i++) {
		uint64_t size = i == 0 ? node - 3 * GIB : node;

		put_bank(b, (struct range){ at, at + size });
		at += size;
	}
}

bool au_td_hob_is(const struct au_operation *op)
{
	return op->kind == AU_PAGES && op->name != NULL &&
	       strcmp(op->name, "TD_HOB") == 0;
}

/* Version 9, normal boot, no memory of its own. */
static void put_handoff(struct ev_buffer *out, uint64_t end_of_list)
{
	put_head(out, HANDOFF, HANDOFF_SIZE);
	put(out, 9, 4);
	put(out, 0, 4);
	for (int i = 0; i < 4; i++)
		put(out, 0, 8);
	put(out, end_of_list, 8);
}

static const struct au_operation *find_hob(const struct au_launch *launch)
{
	for (size_t i = 0; i < launch->n; i++) {
		if (au_td_hob_is(&launch->op[i]))
			return &launch->op[i];
	}
	return NULL;
}

void au_td_hob_write(const struct au_launch *launch,
		     const struct au_shape *shape, bool early_accept,
		     struct ev_buffer *out)
{
	ev_auto_buffer struct ev_buffer list = { 0 };
	const struct block b = { launch, early_accept, &list };
	const struct au_operation *hob = find_hob(launch);

	if (hob == NULL)
		return;
	for (size_t i = 0; i < launch->n; i++) {
		const struct au_operation *op = &launch->op[i];

		put_resource(&list, MEMORY, ATTRIBUTES,
			     (struct range){ op->gpa, op->gpa + op->size });
	}
	put_banks(&b, shape);
	/* Unlike QEMU's, the address does not count the end's own 8 bytes. */
	put_handoff(out, hob->gpa + HANDOFF_SIZE + list.n);
	ev_buffer_add(out, ev_buffer_span(&list));
	put_head(out, END, END_SIZE);
	if (!ev_buffer_ok(&list))
		out->failed = true;
}

bool au_td_hob_fits(const struct au_launch *launch,
		    const struct au_shape *shape)
{
	const struct au_operation *hob = find_hob(launch);
	ev_auto_buffer struct ev_buffer block = { 0 };

	if (hob == NULL)
		return false;
	au_td_hob_write(launch, shape, false, &block);
	/* Without memory the measurement meets the same trouble. */
	return !ev_buffer_ok(&block) || block.n <= hob->size;
}
