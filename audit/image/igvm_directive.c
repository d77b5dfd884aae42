/* SPDX-License-Identifier: Apache-2.0 */
/* IGVM: pages, start states of processors, ranges. */
#include "audit/image/igvm_directive.h"

static const uint32_t FLAG_2MB = 1, FLAG_UNMEASURED = 2, FLAG_SHARED = 4;

/* The flags and type of a PAGE_DATA. */
static enum ev_code read_flags(struct au_igvm_content *c, uint32_t *flags,
			       uint16_t *type)
{
	*flags = ev_read_u32le(&c->r, "flags");
	/* Peers measure a 2 MB page differently, and nobody writes one. */
	if ((*flags & FLAG_2MB) != 0)
		return au_igvm_refuse(c, "flags", 4,
				      "pages of 4096 bytes (bit 0 clear)",
				      *flags);
	if (*flags > (FLAG_UNMEASURED | FLAG_SHARED))
		return au_igvm_refuse(c, "flags", 4, "bits 1 and 2 alone",
				      *flags);
	*type = ev_read_u16le(&c->r, "data_type");
	if (*type > AU_CPUID_XF)
		return au_igvm_refuse(c, "data_type", 2, "0 to 3", *type);
	au_igvm_reserved(c, 2, "reserved");
	return c->r.err->code;
}

/* What the platform makes of a page's type. */
static enum ev_code add_page(struct au_igvm_load *load, size_t i,
			     const struct au_operation *page,
			     struct au_igvm_content *c)
{
	struct au_operation op = *page;

	/* Secrets and CPUID pages have a type of their own in SNP, without
	 * contents; TDX does not know them; VBS forbids them. */
	if (load->type[i] == AU_IGVM_SNP && op.type != AU_NORMAL)
		op.measured = false;
	if (load->type[i] == AU_IGVM_VSM && op.type != AU_NORMAL && !op.shared)
		return ev_fail_u64(c->r.err, EV_VALUE, c->object, "data_type",
				   c->offset + 8 + 20, AU_NORMAL, op.type);
	return au_launch_add(&load->image->launch[i], &op, c->r.err);
}

enum ev_code au_igvm_take_page(struct au_igvm_load *load,
			       struct au_igvm_content *c)
{
	uint64_t at = ev_reader_offset(&c->r);
	struct au_operation op = { .kind = AU_PAGES, .size = AU_PAGE };
	uint32_t mask, file_offset, flags = 0;
	uint16_t type = 0;

	op.gpa = au_igvm_pages_u64(c, "gpa");
	mask = au_igvm_mask(load, c);
	file_offset = ev_read_u32le(&c->r, "file_offset");
	if (!ev_reader_ok(&c->r) || read_flags(c, &flags, &type) != EV_OK)
		return c->r.err->code;
	if (file_offset != 0) {
		if (au_igvm_data(load->file, file_offset, AU_PAGE, c->object,
				 at + 12, &op.data, c->r.err) != EV_OK)
			return c->r.err->code;
		op.data_offset = load->file->base + file_offset;
	}
	op.type = (enum au_page_type)type;
	op.shared = (flags & FLAG_SHARED) != 0;
	op.measured = !op.shared && (flags & FLAG_UNMEASURED) == 0;
	op.offset = c->offset;
	for (size_t i = 0; i < load->image->n; i++) {
		if (au_igvm_concerns(load, i, mask) &&
		    add_page(load, i, &op, c) != EV_OK)
			break;
	}
	return c->r.err->code;
}

/* A VSM context: u32 count, then that many registers. */
static enum ev_code read_registers(struct au_igvm_load *load,
				   struct au_igvm_content *c,
				   uint64_t file_offset, uint64_t at,
				   struct au_operation *op)
{
	struct ev_span head;
	struct ev_reader r;
	uint32_t n;

	if (au_igvm_data(load->file, file_offset, 4, c->object, at, &head,
			 c->r.err) != EV_OK)
		return c->r.err->code;
	r = ev_reader_init(head, load->file->base + file_offset, c->object,
			   c->r.err);
	n = ev_read_u32le(&r, "register_count");
	op->kind = AU_REGISTERS;
	op->data_offset = load->file->base + file_offset + 4;
	return au_igvm_data(load->file, file_offset + 4,
			    (uint64_t)n * AU_REGISTER, c->object, at, &op->data,
			    c->r.err);
}

static enum ev_code add_context(struct au_igvm_load *load, size_t i,
				struct au_igvm_content *c, uint64_t file_offset,
				struct au_operation *op)
{
	uint64_t at = c->offset + 8 + 12;

	if (load->type[i] == AU_IGVM_TDX)
		return ev_fail(c->r.err, EV_VALUE, c->object,
			       "compatibility_mask", c->offset + 8 + 8,
			       "no start state: TDX has none", "TDX");
	if (load->type[i] == AU_IGVM_VSM) {
		if (read_registers(load, c, file_offset, at, op) != EV_OK)
			return c->r.err->code;
	} else {
		op->kind = AU_VMSA;
		op->size = AU_PAGE;
		op->data_offset = load->file->base + file_offset;
		if (au_igvm_data(load->file, file_offset, AU_PAGE, c->object,
				 at, &op->data, c->r.err) != EV_OK)
			return c->r.err->code;
	}
	return au_launch_add(&load->image->launch[i], op, c->r.err);
}

enum ev_code au_igvm_take_context(struct au_igvm_load *load,
				  struct au_igvm_content *c)
{
	struct au_operation op = { .measured = true, .offset = c->offset };
	uint32_t mask, file_offset;

	op.gpa = au_igvm_pages_u64(c, "gpa");
	mask = ev_read_u32le(&c->r, "compatibility_mask");
	file_offset = ev_read_u32le(&c->r, "file_offset");
	op.index = ev_read_u16le(&c->r, "vp_index");
	au_igvm_reserved(c, 2, "reserved");
	if (!ev_reader_ok(&c->r))
		return c->r.err->code;
	for (size_t i = 0; i < load->image->n; i++) {
		if (load->image->launch[i].mask == mask)
			return add_context(load, i, c, file_offset, &op);
	}
	return au_igvm_refuse(c, "compatibility_mask", 12,
			      "the mask of one platform of the file", mask);
}

enum ev_code au_igvm_take_required(struct au_igvm_load *load,
				   struct au_igvm_content *c)
{
	uint32_t bytes, flags;

	au_igvm_pages_u64(c, "gpa");
	au_igvm_mask(load, c);
	bytes = ev_read_u32le(&c->r, "number_of_bytes");
	if (bytes % AU_PAGE != 0)
		return au_igvm_refuse(c, "number_of_bytes", 4,
				      "a multiple of 4096", bytes);
	flags = ev_read_u32le(&c->r, "flags");
	if (flags > 1)
		return au_igvm_refuse(c, "flags", 4, "bit 0 alone", flags);
	au_igvm_reserved(c, 4, "reserved");
	return c->r.err->code;
}

enum ev_code au_igvm_take_error_range(struct au_igvm_load *load,
				      struct au_igvm_content *c)
{
	struct au_operation op = { .kind = AU_ERROR_RANGE,
				   .offset = c->offset };
	uint32_t mask;

	op.gpa = au_igvm_pages_u64(c, "gpa");
	mask = au_igvm_mask(load, c);
	op.size = ev_read_u32le(&c->r, "size_bytes");
	if (op.size % AU_PAGE != 0)
		return au_igvm_refuse(c, "size_bytes", 4, "a multiple of 4096",
				      op.size);
	if (op.size > UINT64_MAX - op.gpa)
		return au_igvm_refuse(c, "gpa", 16, "a range below 2^64",
				      op.gpa);
	for (size_t i = 0; i < load->image->n && ev_reader_ok(&c->r); i++) {
		if (au_igvm_concerns(load, i, mask) &&
		    load->type[i] == AU_IGVM_VSM)
			au_launch_add(&load->image->launch[i], &op, c->r.err);
	}
	return c->r.err->code;
}

/* A header of one platform type, kept whole: once a platform. */
static enum ev_code keep(struct au_igvm_load *load, struct au_igvm_content *c,
			 enum au_igvm_platform_type type, struct ev_span whole,
			 uint32_t mask)
{
	for (size_t i = 0; i < load->image->n; i++) {
		struct au_launch *launch = &load->image->launch[i];
		bool snp = type == AU_IGVM_SNP;
		struct ev_span *to =
			snp ? &launch->id_block : &launch->vbs_measurement;

		if (load->type[i] != type || !au_igvm_concerns(load, i, mask))
			continue;
		if (to->n > 0)
			return ev_fail(c->r.err, EV_DUPLICATE, c->object,
				       "compatibility_mask", c->offset + 8,
				       "one a platform", launch->platform);
		*to = whole;
		*(snp ? &launch->id_block_offset
		      : &launch->vbs_measurement_offset) = c->offset + 8;
	}
	return EV_OK;
}

enum ev_code au_igvm_take_id_block(struct au_igvm_load *load,
				   struct au_igvm_content *c)
{
	struct ev_span whole = c->r.left;
	uint32_t mask = au_igvm_mask(load, c);
	uint8_t author = ev_read_u8(&c->r, "author_key_enabled");

	if (author > 1)
		return au_igvm_refuse(c, "author_key_enabled", 1, "0 or 1",
				      author);
	au_igvm_reserved(c, 3, "reserved");
	ev_read_rest(&c->r);
	if (!ev_reader_ok(&c->r))
		return c->r.err->code;
	return keep(load, c, AU_IGVM_SNP, whole, mask);
}

enum ev_code au_igvm_take_vbs_measurement(struct au_igvm_load *load,
					  struct au_igvm_content *c)
{
	struct ev_span whole = c->r.left;
	uint32_t mask = au_igvm_mask(load, c);

	ev_read_rest(&c->r);
	if (!ev_reader_ok(&c->r))
		return c->r.err->code;
	return keep(load, c, AU_IGVM_VSM, whole, mask);
}
