/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VMLaunchEndorsement, which Google publishes for the firmware of its virtual
 * machines (measurement page, section 5, 4; gce-tcb-verifier, protocol
 * buffers).  Shown, not judged: the signature over the golden measurement is
 * not verified here.
 */
#ifndef AU_LAUNCH_ENDORSEMENT_H
#define AU_LAUNCH_ENDORSEMENT_H

#include "evidence/base/error.h"

/* The largest machines have 224 virtual processors, an entry each; of TDX one
 * for each shape and way to accept memory. */
#define AU_ENDORSED_MAX	 512
#define AU_ENDORSED_SIZE 48 /* SHA-384 */

struct au_endorsed_tdx {
	bool has_ram; /* false: of the loader that measures no RAM size */
	uint64_t ram_gib;
	bool early_accept;
	struct ev_span mrtd; /* 48 bytes */
	uint64_t offset;     /* of mrtd in the item */
};

struct au_endorsed_snp {
	uint64_t vmsas;		    /* virtual processors */
	struct ev_span measurement; /* 48 bytes */
	uint64_t offset;
};

/* Spans borrow; empty, and numbers 0, where a field is absent. */
struct au_launch_endorsement {
	struct ev_span golden, signature; /* as received */
	bool has_time;
	uint64_t time; /* seconds since 1970 */
	uint64_t cl_spec;
	struct ev_span commit;
	struct ev_span cert;	  /* DER */
	struct ev_span digest;	  /* SHA-384 of the firmware's file */
	struct ev_span ca_bundle; /* PEM */
	bool has_snp, has_tdx;
	uint64_t snp_svn, snp_policy, tdx_svn;
	struct ev_span snp_family, snp_image; /* 16 bytes each, or empty */
	struct au_endorsed_snp snp[AU_ENDORSED_MAX];
	size_t n_snp;
	struct au_endorsed_tdx tdx[AU_ENDORSED_MAX];
	size_t n_tdx;
	size_t n_unknown; /* fields that this build does not know */
};

/*
 * bytes begin at offset base of their item.  Refuses what is no such message,
 * a field twice that may stand once, a digest of another length, an absent
 * golden measurement or signature.  On failure *out is undefined.
 */
enum ev_code au_launch_endorsement_parse(struct ev_span bytes, uint64_t base,
					 struct au_launch_endorsement *out,
					 struct ev_error *err);

/* The first entry with the value, from index `from` on; -1: none. */
int au_endorsed_tdx_find(const struct au_launch_endorsement *e,
			 struct ev_span mrtd, int from);
int au_endorsed_snp_find(const struct au_launch_endorsement *e,
			 struct ev_span measurement, int from);

#endif
