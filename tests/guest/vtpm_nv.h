/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index 0x01400001, which libtpms cannot hold (its indices end at 2048
 * bytes): TPM2_NV_ReadPublic, TPM2_NV_Read with the owner's authorisation by
 * password or by an HMAC session that is neither salted nor bound, and its
 * place in the list of indices (TPM 2.0 part 1, 19; part 3, 30.2, 31.6,
 * 31.13).
 */
#ifndef VT_NV_H
#define VT_NV_H

#include "tests/guest/vtpm_link.h"
#include "tests/guest/vtpm_state.h"

#define VT_SESSIONS_MAX 8

struct vt_session {
	uint32_t handle;
	uint8_t nonce[64]; /* nonceTPM */
	size_t n;
};

struct vt_nv {
	const struct vt_state *state;
	struct vt_link *link;
	struct vt_session sessions[VT_SESSIONS_MAX];
	size_t n_sessions;
};

/* True where the command is about the index, and response is the answer. */
bool vt_nv_answer(struct vt_nv *nv, struct vt_frame *command,
		  struct vt_frame *response);

/* Sees what swtpm answered: notes sessions, and puts the index into the list
 * of indices. */
void vt_nv_pass(struct vt_nv *nv, const struct vt_frame *command,
		struct vt_frame *response);

#endif
