/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared memory of a launch against what its measured memory says of it: the
 * hash page and the hash table of OpenHCL (hash_page.h).
 */
#ifndef AU_SHARED_MEMORY_H
#define AU_SHARED_MEMORY_H

#include "audit/contents/component.h"
#include "evidence/base/crypto.h"

enum au_spoken_for {
	AU_NOT_THERE, /* no such page is measured */
	AU_MATCHES,
	AU_AT_ODDS,
};

struct au_shared_memory {
	uint64_t pages;	    /* that are shared */
	uint8_t digest[48]; /* SHA-384 over them, by address */
	enum au_spoken_for page, table;
	uint64_t first_wrong; /* address of the first page whose hash in the
			       * table is another; of AU_AT_ODDS, UINT64_MAX
			       * where the count is */
};

/* EV_OK or EV_TROUBLE. */
enum ev_code au_shared_memory_check(const struct au_components *list,
				    struct ev_crypto *crypto,
				    struct au_shared_memory *out,
				    struct ev_error *err);

#endif
