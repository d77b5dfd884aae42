/* SPDX-License-Identifier: Apache-2.0 */
/* The limit of a quote's nonce. */
#include "tests/guest/vtpm_quote.h"

static const uint32_t QUOTE = 0x158;
static const uint32_t NONCE_MAX = 50; /* TPM2B_DATA, for SHA-384 */
static const uint32_t RC_SIZE_1 = 0x1d5;

bool vt_quote_refuse(struct vt_frame *command, struct vt_frame *response)
{
	uint32_t n;

	if (vt_code(command) != QUOTE || vt_tag(command) != VT_TAG_SESSIONS)
		return false;
	command->at = VT_HEADER;
	vt_get(command, 4); /* the key */
	vt_get_bytes(command, vt_get(command, 4));
	n = vt_get(command, 2);
	if (command->bad || n <= NONCE_MAX)
		return false;
	vt_refuse(response, RC_SIZE_1);
	return true;
}
