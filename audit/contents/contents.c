/* SPDX-License-Identifier: Apache-2.0 */
/* Which reader opens bytes of which kind. */
#include "audit/contents/contents.h"

#include "audit/contents/cpio.h"
#include "audit/contents/elf.h"
#include "audit/contents/ffs_section.h"
#include "audit/contents/firmware_volume.h"
#include "audit/contents/packed_stream.h"
#include "audit/contents/pe_image.h"

typedef enum ev_code (*opener)(struct au_part *part,
			       struct au_part_budget *budget,
			       struct ev_error *err);

/* A file of an archive may itself be an archive, a stream, a program. */
static enum ev_code open_file(struct au_part *part,
			      struct au_part_budget *budget,
			      struct ev_error *err)
{
	if (au_contents_recognise(part->bytes) == AU_PART_BYTES)
		return EV_OK;
	return au_contents_add(part, ev_span_of(NULL, 0), part->bytes, 0,
			       budget, err);
}

static const opener openers[AU_PART_N] = {
	[AU_PART_FIRMWARE] = au_firmware_open,
	[AU_PART_VOLUME] = au_volume_open,
	[AU_PART_MODULE] = au_volume_file_open,
	[AU_PART_VOLUME_FILE] = au_volume_file_open,
	[AU_PART_PACKED_SECTION] = au_ffs_packed_open,
	[AU_PART_STREAM] = au_packed_stream_open,
	[AU_PART_CPIO] = au_cpio_open,
	[AU_PART_FILE] = open_file,
	[AU_PART_ELF] = au_elf_open,
};

enum au_part_kind au_contents_recognise(struct ev_span in)
{
	if (au_volume_recognise(in))
		return AU_PART_FIRMWARE;
	if (au_cpio_recognise(in))
		return AU_PART_CPIO;
	if (au_packed_stream_name(in) != NULL)
		return AU_PART_STREAM;
	if (au_elf_recognise(in))
		return AU_PART_ELF;
	if (au_pe_image_recognise(in))
		return AU_PART_PE;
	return AU_PART_BYTES;
}

enum ev_code au_contents_add(struct au_part *holder, struct ev_span name,
			     struct ev_span bytes, uint64_t offset,
			     struct au_part_budget *budget,
			     struct ev_error *err)
{
	au_part_add(holder, au_contents_recognise(bytes), name, bytes, offset,
		    budget, err);
	return err->code;
}

enum ev_code au_contents_open(struct au_part *part,
			      struct au_part_budget *budget,
			      struct ev_error *err)
{
	struct ev_error refused = { 0 };

	if (part->opened)
		return EV_OK;
	part->opened = true;
	if (openers[part->kind] == NULL)
		return EV_OK;
	if (openers[part->kind](part, budget, &refused) == EV_TROUBLE) {
		*err = refused;
		return err->code;
	}
	part->refused = refused;
	return EV_OK;
}

static enum ev_code open_below(struct au_part *part, unsigned int depth,
			       struct au_part_budget *budget,
			       struct ev_error *err)
{
	if (depth == AU_PARTS_DEPTH ||
	    au_contents_open(part, budget, err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < part->n; i++)
		if (open_below(&part->inside[i], depth + 1, budget, err) !=
		    EV_OK)
			break;
	return err->code;
}

enum ev_code au_contents_open_all(struct au_part *part,
				  struct au_part_budget *budget,
				  struct ev_error *err)
{
	return open_below(part, 0, budget, err);
}
