/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tpm2-tools print about a TPM, read by the line: tpm2_getcap and
 * tpm2_nvreadpublic (versions 4 and 5).  The text is YAML of a plain shape,
 * of which these functions take the lines that they know and pass over the
 * rest, so that a later version may print more.
 */
#ifndef CO_TPM_CAPS_H
#define CO_TPM_CAPS_H

#include "evidence/base/bytes.h"

#define CO_TPM_BANKS 4 /* sha1, sha256, sha384, sha512, in this order */

/* Lines "- 0x1400001" (handles-nv-index, handles-persistent): how many there
 * are; the first max of them are in out. */
size_t co_tpm_caps_handles(struct ev_span text, uint32_t *out, size_t max);

/* Lines "- sha256: [ 0, 1, 2 ]" (pcrs): bit n of a bank is PCR n, below 32.
 * False where no known bank has a PCR; the banks are then zero. */
bool co_tpm_caps_banks(struct ev_span text, uint32_t banks[CO_TPM_BANKS]);

/* version="5.4" of tpm2_getcap -v; false (out is then "") where it is not
 * there or does not fit. */
bool co_tpm_caps_version(struct ev_span text, char *out, size_t size);

/* The line "size:" below the line "0x1400001:" (tpm2_nvreadpublic); false
 * where that index or its size, 1 to 65535, is not there. */
bool co_tpm_caps_nv_size(struct ev_span text, uint32_t index, size_t *size);

#endif
