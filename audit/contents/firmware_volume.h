/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware volumes and their files (PI 1.7 volume 3, 3.2): header with the
 * signature _FVH at byte 40, block map, then files of the file systems FFS2
 * and FFS3 at multiples of eight bytes.  Little-endian.
 */
#ifndef AU_FIRMWARE_VOLUME_H
#define AU_FIRMWARE_VOLUME_H

#include "audit/contents/part.h"

struct au_volume_header {
	char file_system[EV_GUID_TEXT];
	uint64_t size; /* of the volume */
	uint32_t attributes;
	uint16_t header_size;
	uint16_t extended; /* offset of the extended header, 0: none */
};

/* _FVH stands at byte 40. */
bool au_volume_recognise(struct ev_span in);

/*
 * Reads the header at the beginning of in, which may go on behind the volume.
 * Refuses a wrong signature, header size, header checksum, revision other than
 * 1 and 2, a block map that does not sum up to the size or has more than 64
 * runs, and a volume longer than in.
 */
enum ev_code au_volume_header_parse(struct ev_span in,
				    struct au_volume_header *out,
				    struct ev_error *err);

/* Openers (contents.h).  Of volumes one behind the other; what is between
 * them is padding. */
enum ev_code au_firmware_open(struct au_part *part,
			      struct au_part_budget *budget,
			      struct ev_error *err);
/*
 * Of one volume: a part a file, with GUID and user interface name.  Refuses
 * files with a wrong header or data checksum, a state other than "data valid",
 * a size beyond the volume.  A volume with another file system is one part of
 * bytes.
 */
enum ev_code au_volume_open(struct au_part *part, struct au_part_budget *budget,
			    struct ev_error *err);
/* Of a file: its sections, or nothing where it is raw. */
enum ev_code au_volume_file_open(struct au_part *part,
				 struct au_part_budget *budget,
				 struct ev_error *err);

#endif
