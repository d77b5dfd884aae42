/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Boot#### holds: EFI_LOAD_OPTION (UEFI 2.10, 3.1.3), little-endian.
 */
#ifndef EV_UEFI_LOAD_OPTION_H
#define EV_UEFI_LOAD_OPTION_H

#include "evidence/base/error.h"
#include "evidence/base/json_write.h"

struct ev_uefi_load_option {
	uint32_t attributes;	    /* bit 0: active */
	struct ev_span description; /* UTF-16LE without its NUL */
	struct ev_span path;	    /* one or more device paths */
	struct ev_span optional;    /* what is handed to the loaded image */
};

enum ev_code ev_uefi_load_option_parse(struct ev_span in, uint64_t base,
				       struct ev_uefi_load_option *out,
				       struct ev_error *err);

/* Members of the object that is open, "refused" among them; the option lies at
 * base in its log. */
void ev_uefi_load_option_write(struct ev_writer *w, struct ev_span in,
			       uint64_t base);
/* "debian HD(1,GPT,...)/\EFI\debian\shimx64.efi" */
void ev_uefi_load_option_describe(struct ev_span in, struct ev_buffer *out);

#endif
