/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PEM (RFC 7468), strict: blocks of one label, base64 lines of at most 64
 * characters ended by LF or CR LF, nothing between blocks but white space,
 * and everything from the first NUL on ignored (Intel's chains end in one).
 */
#ifndef EV_PEM_H
#define EV_PEM_H

#include "evidence/base/error.h"

#define EV_PEM_BLOCKS_MAX 16

struct ev_pem_block {
	struct ev_span
		text;	 /* from "-----BEGIN" to the end line, in the input */
	uint64_t offset; /* of text in its item */
	struct ev_span der; /* in the list's storage */
};

struct ev_pem_list {
	struct ev_pem_block block[EV_PEM_BLOCKS_MAX];
	size_t n_blocks;
	uint64_t end; /* offset behind the last block (NUL or white space) */
	uint8_t *storage;
};

/* label: "CERTIFICATE", "X509 CRL", "PUBLIC KEY".  At least one block.
 * base: offset of text in its item.  Free with ev_pem_list_free. */
enum ev_code ev_pem_list_parse(struct ev_span text, uint64_t base,
			       const char *label, struct ev_pem_list *out,
			       struct ev_error *err);
void ev_pem_list_free(struct ev_pem_list *list);

#endif
