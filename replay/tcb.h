/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCB levels: which level a platform, a TDX module and a quoting enclave
 * reach, how the statuses merge, and how far the next level is.  The
 * algorithm is that of Intel's verification library of 2026 ("qvl-2026";
 * docs/sources.md, QVL).
 */
#ifndef RP_TCB_H
#define RP_TCB_H

#include "evidence/pck.h"
#include "evidence/qe_identity.h"

/* One status with the level that gave it. */
struct rp_level {
	enum ev_tcb_status status; /* EV_TCB_NOT_SUPPORTED: no level */
	int64_t date;		   /* of the level, where there is one */
	size_t position;	   /* in the document */
	const struct ev_advisories *advisories; /* NULL where no level */
};

struct rp_module_level {
	bool applies;	 /* TEE_TCB_SVN[1] > 0: an identity decides */
	uint8_t version; /* XX of "TDX_XX" */
	uint8_t svn;
	struct rp_level level;
};

/* svn: the 16 bytes of TEE_TCB_SVN, NULL for SGX. */
struct rp_level rp_platform_level(const struct ev_tcb_info *info,
				  const struct ev_pck *pck, const uint8_t *svn);
struct rp_module_level rp_module_level(const struct ev_tcb_info *info,
				       const uint8_t svn[16]);
struct rp_level rp_qe_level(const struct ev_qe_identity *identity,
			    uint16_t isvsvn);

/* NULL where the info has no identity for this module version. */
const struct ev_module_identity *
rp_module_identity(const struct ev_tcb_info *info, uint8_t version);

/* The merge table of dcap page 7.4. */
enum ev_tcb_status rp_merge(enum ev_tcb_status platform,
			    enum ev_tcb_status component);

struct rp_tcb {
	struct rp_level platform;      /* launch */
	struct rp_module_level module; /* launch */
	struct rp_level qe;
	enum ev_tcb_status launch, current, status;
	bool has_current; /* a 1.5 report carries TEE_TCB_SVN_2 */
	/* By that one: what is loaded now; unset where there is none. */
	struct rp_level current_platform;
	struct rp_module_level current_module;
	int64_t date; /* the earliest of the levels used */
};

/* svn2: NULL where the body has none. */
struct rp_tcb rp_tcb_evaluate(const struct ev_tcb_info *info,
			      const struct ev_qe_identity *identity,
			      const struct ev_pck *pck, const uint8_t *svn,
			      const uint8_t *svn2, uint16_t qe_isvsvn);

/* Where the platform falls short of one level: "SGX component 7", 2, 3. */
struct rp_shortfall {
	const char *component; /* "sgx", "tdx", "pcesvn" */
	unsigned int number;   /* 1..16, 0 for pcesvn */
	unsigned int have, need;
};
#define RP_SHORTFALLS_MAX 33
size_t rp_level_shortfalls(const struct ev_tcb_level *level,
			   const struct ev_pck *pck, const uint8_t *svn,
			   struct rp_shortfall out[RP_SHORTFALLS_MAX]);

#endif
