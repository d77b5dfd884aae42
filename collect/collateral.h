/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where Intel's collateral comes from (PCS, a PCCS, Azure's THIM), and one
 * piece of it: asked from each origin in the order given, the first that has
 * it is taken, and the manifest names which (Intel PCS API v4; PCCS).
 */
#ifndef CO_COLLATERAL_H
#define CO_COLLATERAL_H

#include "collect/collection.h"

enum co_collateral_kind {
	CO_COLLATERAL_PCS,
	CO_COLLATERAL_PCCS,
	CO_COLLATERAL_THIM,
	CO_COLLATERAL_ARCHIVE, /* pieces of an archive: collateral_reuse.h */
};

struct co_collateral_origin {
	enum co_collateral_kind kind;
	const char *base; /* address, or the archive's path */
};

/* From --collateral-from, else PCS; below --root what ecart-root.json says. */
size_t
co_collateral_origins(const struct co_collection *c,
		      struct co_collateral_origin out[CO_COLLATERAL_FROM_MAX]);

/* What a word of --collateral-from is beside "pcs" and "thim": the address of
 * a PCCS, else NULL; the path of an archive. */
const char *co_collateral_pccs(const char *word);
bool co_collateral_is_archive(const char *word);

/* One reply, kept apart until it is known to be wanted. */
struct co_fetched {
	struct co_http_reply reply;
	char url[1024];
	char detail[128]; /* "pcs, update=standard" */
};

/* How many origins there are; archives count, and are never asked. */
size_t co_collateral_n_origins(const struct co_collection *c);

/* path: "/tdx/certification/v4/tcb?..." ; detail says what of it is worth
 * keeping.  Of one origin, or of the first that has it.  False: it does not
 * have it, or gave no answer to a question before; why is one line.  Free
 * with co_fetched_free in any case. */
bool co_collateral_ask_at(struct co_collection *c, size_t origin,
			  const char *path, const char *detail,
			  struct co_fetched *out, char why[CO_WHY_TEXT]);
bool co_collateral_ask(struct co_collection *c, const char *path,
		       const char *detail, struct co_fetched *out,
		       char why[CO_WHY_TEXT]);
/* Where the list of the root CA is, beside a PCCS; NULL: below a test root
 * that does not say. */
const char *co_collateral_root_crl(const struct co_collection *c);
/* The root CA's CRL: of Intel's own address, or of the PCCS. */
bool co_collateral_ask_root_crl(struct co_collection *c, struct co_fetched *out,
				char why[CO_WHY_TEXT]);
void co_fetched_free(struct co_fetched *fetched);

/* The body as `kind`, its headers, and, where chain_headers names one that is
 * there, the issuer chain out of it (names separated by spaces). */
bool co_collateral_keep(struct co_collection *c, struct co_fetched *fetched,
			const char *kind, const char *hint,
			const char *chain_headers, char why[CO_WHY_TEXT]);

/* crl-der, crl-pem or crl-hex, by the first bytes; NULL for none of them. */
const char *co_crl_kind(struct ev_span body);

#endif
