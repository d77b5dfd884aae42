/* SPDX-License-Identifier: Apache-2.0 */
/* Whether two GUIDs call one VM. */
#include "replay/vm_id.h"

#include "evidence/base/hex.h"

const char *rp_vm_match_word(enum rp_vm_match match)
{
	static const char *const words[] = {
		[RP_VM_DIFFERS] = "differs",
		[RP_VM_EQUAL] = "equal",
		[RP_VM_SWAPPED] = "byte-swapped",
		[RP_VM_NO_ID] = "no-guid",
	};

	return words[match];
}

bool rp_vm_id_parse(struct ev_span text, uint8_t out[16])
{
	static const uint8_t groups[] = { 8, 4, 4, 4, 12 };
	size_t at = 0, filled = 0;

	if (text.n != 36)
		return false;
	for (size_t i = 0; i < sizeof(groups); i++) {
		if (i > 0 && text.p[at++] != '-')
			return false;
		if (!ev_hex_decode(ev_span_sub(text, at, groups[i]),
				   out + filled, groups[i] / 2U))
			return false;
		at += groups[i];
		filled += groups[i] / 2U;
	}
	return true;
}

static void swap_fields(uint8_t id[16])
{
	static const uint8_t order[16] = { 3, 2, 1,  0,	 5,  4,	 7,  6,
					   8, 9, 10, 11, 12, 13, 14, 15 };
	uint8_t from[16];

	memcpy(from, id, sizeof(from));
	for (size_t i = 0; i < sizeof(from); i++)
		id[i] = from[order[i]];
}

enum rp_vm_match rp_vm_match(struct ev_span a, struct ev_span b)
{
	uint8_t first[16], second[16];

	if (!rp_vm_id_parse(a, first) || !rp_vm_id_parse(b, second))
		return RP_VM_NO_ID;
	if (memcmp(first, second, sizeof(first)) == 0)
		return RP_VM_EQUAL;
	swap_fields(second);
	return memcmp(first, second, sizeof(first)) == 0 ? RP_VM_SWAPPED
							 : RP_VM_DIFFERS;
}
