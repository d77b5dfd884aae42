/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection to swtpm, and what a resource manager would do for its
 * client: what the client left loaded is flushed when it goes.
 */
#ifndef VT_LINK_H
#define VT_LINK_H

#include "tests/guest/vtpm_frame.h"

#define VT_LOADED_MAX 32

struct vt_link {
	int fd, client;
	uint32_t loaded[VT_LOADED_MAX];
	size_t n_loaded;
};

/* client is watched while the TPM works: where it hangs up, all ends. */
bool vt_link_open(struct vt_link *link, const char *path, int client);
bool vt_link_ask(struct vt_link *link, const struct vt_frame *command,
		 struct vt_frame *response);
/* Flushes what the client made and did not flush, then closes; a TPM that
 * does not answer is not waited for. */
void vt_link_close(struct vt_link *link);

#endif
