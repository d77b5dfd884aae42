/* SPDX-License-Identifier: Apache-2.0 */
/* IGVM: the table of variable headers, and what holds at the end. */
#include "audit/image/igvm_launch.h"

#include "audit/image/igvm_area.h"
#include "audit/image/igvm_directive.h"
#include "audit/image/igvm_init.h"
#include "audit/image/overlap.h"

#include <stdio.h>
#include <stdlib.h>

static const struct row {
	uint32_t type;
	uint32_t size; /* of the content, exactly */
	const char *object;
	au_igvm_take take;
} rows[] = {
	{ 0x1, 16, "igvm SUPPORTED_PLATFORM", au_igvm_take_platform },
	{ 0x101, 16, "igvm GUEST_POLICY", au_igvm_take_policy },
	{ 0x102, 48, "igvm RELOCATABLE_REGION", au_igvm_take_relocatable },
	{ 0x103, 32, "igvm PAGE_TABLE_RELOCATION", au_igvm_take_page_table },
	{ 0x104, 16, "igvm CORIM_DOCUMENT", au_igvm_take_corim },
	{ 0x105, 16, "igvm CORIM_SIGNATURE", au_igvm_take_corim_signature },
	{ 0x106, 32, "igvm CCA_POLICY", au_igvm_take_cca_policy },
	{ 0x301, 16, "igvm PARAMETER_AREA", au_igvm_take_area },
	{ 0x302, 24, "igvm PAGE_DATA", au_igvm_take_page },
	{ 0x303, 16, "igvm PARAMETER_INSERT", au_igvm_take_insert },
	{ 0x304, 20, "igvm VP_CONTEXT", au_igvm_take_context },
	{ 0x305, 24, "igvm REQUIRED_MEMORY", au_igvm_take_required },
	{ 0x307, 8, "igvm VP_COUNT", au_igvm_take_parameter },
	{ 0x308, 8, "igvm SRAT", au_igvm_take_parameter },
	{ 0x309, 8, "igvm MADT", au_igvm_take_parameter },
	{ 0x30a, 8, "igvm MMIO_RANGES", au_igvm_take_parameter },
	{ 0x30b, 696, "igvm SNP_ID_BLOCK", au_igvm_take_id_block },
	{ 0x30c, 8, "igvm MEMORY_MAP", au_igvm_take_parameter },
	{ 0x30d, 16, "igvm ERROR_RANGE", au_igvm_take_error_range },
	{ 0x30e, 8, "igvm COMMAND_LINE", au_igvm_take_parameter },
	{ 0x30f, 8, "igvm SLIT", au_igvm_take_parameter },
	{ 0x310, 8, "igvm PPTT", au_igvm_take_parameter },
	{ 0x311, 864, "igvm VBS_MEASUREMENT", au_igvm_take_vbs_measurement },
	{ 0x312, 8, "igvm DEVICE_TREE", au_igvm_take_parameter },
	{ 0x313, 8, "igvm ENVIRONMENT_INFO", au_igvm_take_parameter },
};

static const struct row *row_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].type == type)
			return &rows[i];
	}
	return NULL;
}

/* No row, or one that a loader is free to pass over. */
static enum ev_code take_unknown(struct au_igvm_load *load,
				 const struct au_igvm_header *h, bool known,
				 struct ev_error *err)
{
	char found[48];

	snprintf(found, sizeof(found), "0x%08x",
		 h->type | (h->optional ? UINT32_C(0x80000000) : 0));
	/* Some loaders obey such a header and some do not. */
	if (known)
		return ev_fail(err, EV_VALUE, "igvm variable header", "type",
			       h->offset, "a known type without bit 31", found);
	if (!h->optional)
		return ev_fail(err, EV_VALUE, "igvm variable header", "type",
			       h->offset, "a known type, or bit 31", found);
	au_image_note(load->image,
		      "The header at byte %llu has the unknown type %s; it is "
		      "optional and ignored.",
		      (unsigned long long)h->offset, found);
	return EV_OK;
}

static enum ev_code take(struct au_igvm_load *load,
			 const struct au_igvm_header *h, struct ev_error *err)
{
	const struct row *row = row_of(h->type);
	struct au_igvm_content c = { .offset = h->offset };

	if (row == NULL || h->optional)
		return take_unknown(load, h, row != NULL, err);
	if (h->content.n != row->size)
		return ev_fail_u64(err, EV_VALUE, row->object, "length",
				   h->offset + 4, row->size, h->content.n);
	c.object = row->object;
	c.r = ev_reader_init(h->content, h->offset + 8, row->object, err);
	if (row->take(load, &c) != EV_OK)
		return err->code;
	return ev_reader_finish(&c.r);
}

/* SEV-SNP firmware puts the processors last; so does the host that loads an
 * image with its VMSA in the middle. */
static void note_vmsa(struct au_image *image, const struct au_launch *launch)
{
	bool seen = false;

	for (size_t i = 0; i < launch->n; i++) {
		if (launch->op[i].kind == AU_VMSA) {
			seen = true;
		} else if (seen && !launch->op[i].shared) {
			au_image_note(image,
				      "%s: memory follows the processor's "
				      "start state; QEMU with KVM measures "
				      "that state last, which gives another "
				      "value.",
				      launch->platform);
			return;
		}
	}
}

/* What only the end of the file tells. */
static enum ev_code check_launches(struct au_igvm_load *load,
				   struct ev_error *err)
{
	struct au_image *image = load->image;

	if (image->n == 0)
		return ev_fail(err, EV_MISSING, "igvm SUPPORTED_PLATFORM",
			       "count", load->file->base, "a platform", "none");
	for (size_t i = 0; i < image->n; i++) {
		const struct au_launch *launch = &image->launch[i];

		if (load->type[i] == AU_IGVM_SNP && !launch->policy.present)
			return ev_fail(err, EV_MISSING, "igvm GUEST_POLICY",
				       "compatibility_mask", load->offset[i],
				       "a policy for SEV_SNP", "none");
		if (au_overlap_check(launch, "igvm directives", err) != EV_OK)
			return err->code;
		if (load->type[i] == AU_IGVM_SNP)
			note_vmsa(image, launch);
		if (launch->reg == NULL)
			au_image_note(image, "%s measures no launch.",
				      launch->platform);
	}
	return EV_OK;
}

static void add_notes(struct au_igvm_load *load)
{
	size_t open = 0;

	for (size_t i = 0; i < load->n_areas; i++)
		open += !load->area[i].inserted;
	if (open > 0)
		au_image_note(load->image,
			      "%zu parameter area%s never inserted.", open,
			      open == 1 ? " is" : "s are");
	if (load->n_homeless > 0)
		au_image_note(load->image,
			      "%zu header%s for no platform of this file; "
			      "nothing of them counts.",
			      load->n_homeless,
			      load->n_homeless == 1 ? " is" : "s are");
	if (load->relocates)
		au_image_note(load->image,
			      "The host may relocate a region; the value holds "
			      "for the addresses of the file.");
}

static enum ev_code take_all(struct au_igvm_load *load, struct ev_error *err)
{
	struct au_igvm_walk walk = { .file = load->file };
	struct au_igvm_header h;

	while (au_igvm_next(&walk, &h, err)) {
		if (take(load, &h, err) != EV_OK)
			break;
	}
	if (err->code == EV_OK && check_launches(load, err) == EV_OK)
		add_notes(load);
	return err->code;
}

enum ev_code au_igvm_launch(struct au_image *image, struct ev_error *err)
{
	struct au_igvm file;
	struct au_igvm_load load = { .file = &file, .image = image };

	if (au_igvm_parse(image->carried, image->carried_offset, &file, err) !=
	    EV_OK)
		return err->code;
	image->launch = calloc(AU_IGVM_PLATFORMS, sizeof(*image->launch));
	if (image->launch == NULL)
		return ev_fail_trouble(err, "igvm header", "out of memory");
	take_all(&load, err);
	free(load.area);
	return err->code;
}
