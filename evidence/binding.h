/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a manifest says of nonces (ecart-archive(5), BINDING): by which recipe
 * they follow from which session, and which went into which item.
 */
#ifndef EV_BINDING_H
#define EV_BINDING_H

#include "evidence/base/json_node.h"

enum ev_use {
	EV_USE_HCL,	    /* user-data of a paravisor's report */
	EV_USE_REPORT_DATA, /* REPORTDATA of a quote */
	EV_USE_TPM_QUOTE,   /* qualifyingData of a vTPM's quote */
	EV_USE_IMDS,	    /* nonce of Azure's attested document */
	EV_USE_MAA,	    /* nonce of a token of Azure Attestation */
	EV_USE_ITA,	    /* a report for Intel Trust Authority */
	EV_USE_TLS,	    /* extension of a ClientHello */
	EV_N_USES,
};

/* "hcl", "report-data", ...: the words of the manifest. */
const char *ev_use_word(enum ev_use use);

/* One nonce and the item that it went into.  Text is borrowed. */
struct ev_nonce_use {
	enum ev_use use;
	unsigned int round; /* 1 on: of the reports that were asked for */
	const char *item;
	const struct ev_node
		*after; /* T, in the order of collection: paths as text;
			      * NULL but for EV_USE_TPM_QUOTE */
	uint64_t index; /* of a TLS try, 0 for all else */
};

struct ev_binding {
	bool present;
	const char *recipe;	     /* borrowed */
	bool recipe_known;	     /* else nothing below is filled */
	const char *session;	     /* path of the document, borrowed */
	struct ev_nonce_use *nonces; /* owned, as the manifest lists them */
	size_t n_nonces;
};

/*
 * Of a manifest's predicate, from which everything borrows; a binding that
 * is not there is not present, and one of another recipe is only named.
 * Refuses members of other types, uses that are not known, paths that no
 * archive has, T where there must be none or none where there must be, an
 * item that stands twice in T or carries two nonces (TLS tries apart).
 * Free with ev_binding_free.
 */
enum ev_code ev_binding_parse(const struct ev_node *predicate,
			      struct ev_binding *out, struct ev_error *err);
void ev_binding_free(struct ev_binding *binding);

/* What the manifest says of this item, or NULL. */
const struct ev_nonce_use *ev_binding_find(const struct ev_binding *binding,
					   const char *item);

#endif
