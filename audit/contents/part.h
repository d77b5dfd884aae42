/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A part: bytes of an image's memory that have a name, and the parts inside
 * it - volume, module, section; stream, archive, file.  A tree is opened a
 * level at a time (contents.h), so that what is equal is never unpacked.
 */
#ifndef AU_PART_H
#define AU_PART_H

#include "evidence/base/error.h"
#include "evidence/uefi_guid.h"

enum au_part_kind {
	AU_PART_BYTES,	  /* nothing is known of them */
	AU_PART_PADDING,  /* between parts, and neither all 0xff nor all 0 */
	AU_PART_FIRMWARE, /* firmware volumes one behind the other */
	AU_PART_VOLUME,
	AU_PART_MODULE,		/* FFS file that holds a program */
	AU_PART_VOLUME_FILE,	/* any other FFS file */
	AU_PART_SECTION,	/* of an FFS file */
	AU_PART_PACKED_SECTION, /* LZMA, other sections inside */
	AU_PART_PE,		/* PE32+ or TE image */
	AU_PART_STREAM,		/* gzip, xz or zstd */
	AU_PART_CPIO,
	AU_PART_FILE, /* of a cpio archive */
	AU_PART_ELF,
	AU_PART_ELF_SECTION, /* or segment, where a file has no sections */
	AU_PART_KERNEL,	     /* Linux as a loader has laid it out */
	AU_PART_COMMAND_LINE,
	AU_PART_HASH_PAGE,  /* OpenHCL: digest of the shared pages, regions */
	AU_PART_HASH_TABLE, /* OpenHCL's EPHS: a digest a shared page */
	AU_PART_RESET_PAGE,
	AU_PART_N
};
/* For people: "module", "file", "command line". */
const char *au_part_kind_name(enum au_part_kind kind);

struct au_part {
	enum au_part_kind kind;
	char *name;		 /* owned, printable ASCII, may be empty */
	char guid[EV_GUID_TEXT]; /* of a volume, module, section; else empty */
	/* FFS file: type << 8 | attributes; section: its type; file: its mode.
	 * Two versions with different ones differ. */
	uint32_t attributes;
	/* Of a file of an archive: user << 32 | group, and where it is a device
	 * major << 32 | minor.  They are compared as attributes are. */
	uint64_t owner, device;
	/* Of a file with several names: their number << 32 | inode, and the
	 * file system; the names of one inode have one content.  Else 0. */
	uint64_t link, file_system;
	struct ev_span bytes;	/* borrowed from what holds it */
	uint64_t offset;	/* of bytes in the bytes of what holds it, or in
			       * what those unpack to */
	uint8_t *unpacked;	/* owned: what the parts inside borrow from */
	struct au_part *inside; /* owned; filled by au_contents_open */
	size_t n;
	bool opened;
	/* Why it could not be opened to the end: code EV_OK where it could. */
	struct ev_error refused;
};

/* OVMF has 1,000 parts, an initrd some thousand files. */
#define AU_PARTS_MAX ((size_t)1 << 17)
/* A volume in a packed section in a volume: OVMF is 8 deep, an executable in
 * an initrd 5. */
#define AU_PARTS_DEPTH ((unsigned int)24)
/* OVMF unpacks to 13.5 MB, an initrd to tens; a packed gigabyte of zeros is
 * 140 KiB, and nobody's firmware. */
#define AU_UNPACKED_MAX (UINT64_C(512) << 20)

/* Characters of a name, escapes among them, with "..." where more is cut: what
 * is found inside says each time where it is. */
#define AU_PART_NAME_MAX ((size_t)1024)

/* What is left of the limits above for one tree. */
struct au_part_budget {
	size_t parts;
	uint64_t unpacked; /* bytes */
};
static inline struct au_part_budget au_part_budget(void)
{
	return (struct au_part_budget){ AU_PARTS_MAX, AU_UNPACKED_MAX };
}

/* Takes n bytes from the budget, or refuses as EV_LIMIT of object. */
enum ev_code au_part_budget_take(struct au_part_budget *budget, uint64_t n,
				 const char *object, struct ev_error *err);

/*
 * Appends a part to those inside holder and copies name, whatever bytes it
 * has, as printable ASCII of at most AU_PART_NAME_MAX.  Returns it, borrowed
 * until the next is added; NULL and err where the budget or memory is spent.
 */
struct au_part *au_part_add(struct au_part *holder, enum au_part_kind kind,
			    struct ev_span name, struct ev_span bytes,
			    uint64_t offset, struct au_part_budget *budget,
			    struct ev_error *err);
/* Adds bytes as AU_PART_PADDING unless all are 0xff or all are 0. */
enum ev_code au_part_add_padding(struct au_part *holder, struct ev_span bytes,
				 uint64_t offset, struct au_part_budget *budget,
				 struct ev_error *err);
/* Frees what is inside and the name, and zeroes *part. */
void au_part_free(struct au_part *part);

#endif
