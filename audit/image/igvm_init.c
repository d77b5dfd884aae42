/* SPDX-License-Identifier: Apache-2.0 */
/* IGVM: platforms, policies, relocation, CoRIM. */
#include "audit/image/igvm_init.h"

#include <stdio.h>

/* Platform types by number; a platform without a register is not measured. */
static const struct {
	const char *name;
	bool measured;
	enum au_platform platform;
	bool has_boundary; /* may name a shared GPA boundary */
	bool x64, aarch64;
} platforms[AU_IGVM_PLATFORMS] = {
	[AU_IGVM_NATIVE] = { "NATIVE", false, AU_TDX, false, true, true },
	[AU_IGVM_VSM] = { "VSM_ISOLATION", true, AU_VBS, false, true, true },
	[AU_IGVM_SNP] = { "SEV_SNP", true, AU_SNP, true, true, false },
	[AU_IGVM_TDX] = { "TDX", true, AU_TDX, true, true, false },
	[AU_IGVM_SEV] = { "SEV", false, AU_TDX, true, true, false },
	[AU_IGVM_SEV_ES] = { "SEV_ES", false, AU_TDX, true, true, false },
	[AU_IGVM_CCA] = { "CCA", false, AU_TDX, true, false, true },
};

static const struct au_register *register_of(enum au_igvm_platform_type type)
{
	for (size_t i = 0; platforms[type].measured && i < au_n_registers;
	     i++) {
		if (au_registers[i].platform == platforms[type].platform)
			return &au_registers[i];
	}
	return NULL;
}

static bool one_bit(uint32_t mask)
{
	return mask != 0 && (mask & (mask - 1)) == 0;
}

/* Once in the file, its type and its mask. */
static enum ev_code check_new(const struct au_igvm_load *load, uint32_t mask,
			      uint8_t type, struct au_igvm_content *c,
			      uint64_t at)
{
	struct ev_error *err = c->r.err;

	for (size_t i = 0; i < load->image->n; i++) {
		if (load->type[i] == (enum au_igvm_platform_type)type)
			return ev_fail(err, EV_DUPLICATE, c->object,
				       "platform_type", at + 5,
				       "each platform once",
				       platforms[type].name);
		if (load->image->launch[i].mask == mask)
			return ev_fail(err, EV_DUPLICATE, c->object,
				       "compatibility_mask", at,
				       "a bit of its own",
				       load->image->launch[i].platform);
	}
	return EV_OK;
}

/* What has been read of a platform header, its first byte at `at`. */
static enum ev_code check_platform(const struct au_igvm_load *load,
				   const struct au_launch *launch, uint8_t type,
				   uint16_t version, struct au_igvm_content *c,
				   uint64_t at)
{
	struct ev_error *err = c->r.err;
	bool fits;

	if (!one_bit(launch->mask)) {
		char found[24];

		snprintf(found, sizeof(found), "0x%08x", launch->mask);
		return ev_fail(err, EV_VALUE, c->object, "compatibility_mask",
			       at, "exactly one bit", found);
	}
	if (launch->highest_vtl != 0 && launch->highest_vtl != 2)
		return ev_fail_u64(err, EV_VALUE, c->object, "highest_vtl",
				   at + 4, 2, launch->highest_vtl);
	if (type >= AU_IGVM_PLATFORMS)
		return ev_fail_u64(err, EV_VALUE, c->object, "platform_type",
				   at + 5, AU_IGVM_PLATFORMS - 1, type);
	if (version != 1)
		return ev_fail_u64(err, EV_VALUE, c->object, "platform_version",
				   at + 6, 1, version);
	if (launch->shared_gpa_boundary != 0 && !platforms[type].has_boundary)
		return au_igvm_refuse(c, "shared_gpa_boundary", 8, "0",
				      launch->shared_gpa_boundary);
	fits = load->file->aarch64 ? platforms[type].aarch64
				   : platforms[type].x64;
	if (!fits)
		return ev_fail(err, EV_VALUE, c->object, "platform_type",
			       at + 5,
			       load->file->aarch64 ? "a platform of aarch64"
						   : "a platform of x64",
			       platforms[type].name);
	return check_new(load, launch->mask, type, c, at);
}

enum ev_code au_igvm_take_platform(struct au_igvm_load *load,
				   struct au_igvm_content *c)
{
	uint64_t at = ev_reader_offset(&c->r);
	struct au_launch launch = { 0 };
	uint16_t version;
	uint8_t type;

	launch.mask = ev_read_u32le(&c->r, "compatibility_mask");
	launch.highest_vtl = ev_read_u8(&c->r, "highest_vtl");
	type = ev_read_u8(&c->r, "platform_type");
	version = ev_read_u16le(&c->r, "platform_version");
	launch.shared_gpa_boundary =
		ev_read_u64le(&c->r, "shared_gpa_boundary");
	if (!ev_reader_ok(&c->r) ||
	    check_platform(load, &launch, type, version, c, at) != EV_OK)
		return c->r.err->code;
	launch.platform = platforms[type].name;
	launch.reg = register_of((enum au_igvm_platform_type)type);
	load->type[load->image->n] = (enum au_igvm_platform_type)type;
	load->offset[load->image->n] = at;
	load->image->launch[load->image->n++] = launch;
	return EV_OK;
}

enum ev_code au_igvm_take_policy(struct au_igvm_load *load,
				 struct au_igvm_content *c)
{
	uint64_t at = ev_reader_offset(&c->r);
	uint64_t value = ev_read_u64le(&c->r, "policy");
	uint32_t mask = au_igvm_mask(load, c);

	au_igvm_reserved(c, 4, "reserved");
	if (!ev_reader_ok(&c->r))
		return c->r.err->code;
	for (size_t i = 0; i < load->image->n; i++) {
		struct au_launch *launch = &load->image->launch[i];

		if (!au_igvm_concerns(load, i, mask))
			continue;
		if (launch->policy.present)
			return ev_fail(c->r.err, EV_DUPLICATE, c->object,
				       "compatibility_mask", at + 8,
				       "one policy a platform",
				       launch->platform);
		launch->policy = (struct au_launch_policy){ true, value, at };
	}
	return EV_OK;
}

enum ev_code au_igvm_take_relocatable(struct au_igvm_load *load,
				      struct au_igvm_content *c)
{
	uint32_t mask = au_igvm_mask(load, c);
	uint64_t alignment;
	uint8_t flags;

	ev_read_u16le(&c->r, "vp_index");
	ev_read_u8(&c->r, "vtl");
	flags = ev_read_u8(&c->r, "flags");
	if (flags > 7)
		return au_igvm_refuse(c, "flags", 1, "bits 0 to 2 alone",
				      flags);
	alignment = au_igvm_pages_u64(c, "relocation_alignment");
	if (alignment == 0 || (alignment & (alignment - 1)) != 0)
		return au_igvm_refuse(c, "relocation_alignment", 8,
				      "a power of two, at least 4096",
				      alignment);
	au_igvm_pages_u64(c, "relocation_region_gpa");
	au_igvm_pages_u64(c, "relocation_region_size");
	au_igvm_pages_u64(c, "minimum_relocation_gpa");
	au_igvm_pages_u64(c, "maximum_relocation_gpa");
	for (size_t i = 0; i < load->image->n; i++)
		load->relocates =
			load->relocates || (au_igvm_concerns(load, i, mask) &&
					    load->image->launch[i].reg != NULL);
	return c->r.err->code;
}

enum ev_code au_igvm_take_page_table(struct au_igvm_load *load,
				     struct au_igvm_content *c)
{
	uint64_t size, used;

	au_igvm_mask(load, c);
	ev_read_u16le(&c->r, "vp_index");
	ev_read_u8(&c->r, "vtl");
	au_igvm_reserved(c, 1, "reserved");
	au_igvm_pages_u64(c, "gpa");
	size = au_igvm_pages_u64(c, "size");
	used = au_igvm_pages_u64(c, "used_size");
	if (used > size)
		return au_igvm_refuse(c, "used_size", 8, "at most size", used);
	return c->r.err->code;
}

/* The part of a launch that a CoRIM header fills. */
static enum ev_code take_corim(struct au_igvm_load *load,
			       struct au_igvm_content *c, bool signature)
{
	uint64_t at = ev_reader_offset(&c->r);
	uint32_t mask = au_igvm_mask(load, c);
	uint32_t file_offset = ev_read_u32le(&c->r, "file_offset");
	uint32_t n = ev_read_u32le(&c->r, "size_bytes");
	struct ev_span bytes = { NULL, 0 };

	if (ev_reader_ok(&c->r) && n == 0)
		return au_igvm_refuse(c, "size_bytes", 4, "some bytes", n);
	au_igvm_reserved(c, 4, "reserved");
	if (!ev_reader_ok(&c->r) ||
	    au_igvm_data(load->file, file_offset, n, c->object, at + 4, &bytes,
			 c->r.err) != EV_OK)
		return c->r.err->code;
	for (size_t i = 0; i < load->image->n; i++) {
		struct au_launch *launch = &load->image->launch[i];
		struct ev_span *to =
			signature ? &launch->corim_signature : &launch->corim;

		if (!au_igvm_concerns(load, i, mask))
			continue;
		if (to->n > 0)
			return ev_fail(c->r.err, EV_DUPLICATE, c->object,
				       "compatibility_mask", at,
				       "one a platform", launch->platform);
		if (signature && launch->corim.n == 0)
			return ev_fail(c->r.err, EV_MISSING, c->object, "order",
				       at, "the document before its signature",
				       launch->platform);
		*to = bytes;
		*(signature ? &launch->corim_signature_offset
			    : &launch->corim_offset) =
			load->file->base + file_offset;
	}
	return EV_OK;
}

enum ev_code au_igvm_take_corim(struct au_igvm_load *load,
				struct au_igvm_content *c)
{
	return take_corim(load, c, false);
}

enum ev_code au_igvm_take_corim_signature(struct au_igvm_load *load,
					  struct au_igvm_content *c)
{
	return take_corim(load, c, true);
}

enum ev_code au_igvm_take_cca_policy(struct au_igvm_load *load,
				     struct au_igvm_content *c)
{
	uint8_t hash;

	au_igvm_mask(load, c);
	au_igvm_reserved(c, 4, "reserved");
	ev_read_u64le(&c->r, "required_zeroes");
	ev_read_u64le(&c->r, "required_ones");
	hash = ev_read_u8(&c->r, "hash_algorithm");
	if (hash > 2)
		return au_igvm_refuse(c, "hash_algorithm", 1, "0, 1 or 2",
				      hash);
	ev_read_u8(&c->r, "lfa_policy");
	au_igvm_reserved(c, 6, "reserved");
	return c->r.err->code;
}
