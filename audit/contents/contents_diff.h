/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two versions of one component, or of all components of an image: what
 * differs, down to the module, file, word and program section.
 *
 * A difference is a sentence for the first screen, then a flat list of
 * findings in the order of the bytes, each with its depth: those of depth
 * d + 1 behind one of depth d say more of it.  Text indents by depth, HTML
 * nests, JSON may do either.  Every text is printable ASCII.
 */
#ifndef AU_CONTENTS_DIFF_H
#define AU_CONTENTS_DIFF_H

#include "audit/contents/component.h"
#include "evidence/base/crypto.h"

enum au_finding_class {
	AU_FOUND_CHANGED, /* code, data, text: what the part does or says */
	AU_FOUND_ONLY_A,
	AU_FOUND_ONLY_B,
	AU_FOUND_SIZE,	  /* a program's section sizes, addresses, padding */
	AU_FOUND_MOVED,	  /* a program's image base and relocated words alone */
	AU_FOUND_PACKED,  /* the same contents, placed or packed otherwise */
	AU_FOUND_UNREAD,  /* differs, and one of the two cannot be read */
	AU_FOUND_AT_ODDS, /* an image does not agree with itself */
	AU_FOUND_N
};
/* Stable words: "changed", "only-a", "only-b", "section-size", "moved",
 * "packed", "unread", "at-odds". */
const char *au_finding_class_name(enum au_finding_class found);

struct au_finding {
	enum au_finding_class found;
	enum au_part_kind kind; /* of the part; au_part_kind_name */
	unsigned int depth;	/* 0: says something by itself */
	char *where; /* owned: what holds the part, outermost first, " / "
		       * between: "BFV / DXEFV"; may be empty */
	char *name;  /* owned: of the part, "QemuVideoDxe"; may be empty */
	char guid[EV_GUID_TEXT]; /* of the part, or empty */
	uint64_t size_a, size_b; /* of the part in bytes, 0 where absent */
	/* First byte that differs, in the part of A as unpacked; EV_NO_BYTE
	 * where that means nothing. */
	uint64_t at;
	char *sentence; /* owned, without a full stop: "module QemuVideoDxe
			 * (e3752948-...) differs: .text, first at 0x1234" */
};

/* A whole initrd replaced is thousands of findings; nobody reads more. */
#define AU_FINDINGS_MAX ((size_t)4096)

struct au_contents_diff {
	bool equal;	/* byte for byte */
	char *sentence; /* owned: the first screen, one line, no full stop */
	struct au_finding *item; /* owned */
	size_t n;
	size_t n_more; /* beyond AU_FINDINGS_MAX, counted alone */
	/* Of the findings of depth 0, those beyond the limit too. */
	size_t count[AU_FOUND_N];
};

/*
 * Compares two versions of one part; both are opened as far as they differ.
 * What cannot be read is a finding, not a refusal.  EV_OK, or EV_TROUBLE and
 * *out zeroed.
 */
enum ev_code au_contents_diff_parts(struct au_part *a, struct au_part *b,
				    struct au_contents_diff *out,
				    struct ev_error *err);

/*
 * Compares all components of two launches, aligned by kind and name.  Of
 * memory whose contents are not measured a finding of depth 0 says so, and
 * which measured page speaks for it; what differs inside stands behind it.  Of
 * each image it says where its stored digests do not match its shared pages.
 * EV_OK, or EV_TROUBLE and *out zeroed.
 */
enum ev_code au_contents_diff_launches(struct au_components *a,
				       struct au_components *b,
				       struct ev_crypto *crypto,
				       struct au_contents_diff *out,
				       struct ev_error *err);

/* Whether it says more than that bytes of memory differ. */
bool au_contents_diff_has_names(const struct au_contents_diff *diff);

void au_contents_diff_free(struct au_contents_diff *diff);

#endif
