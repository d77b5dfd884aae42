/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCB info of Intel's Provisioning Certification Service, versions 2 and 3
 * (PCS API v3/v4, "Get TCB Info"), as the HTTP body
 * {"tcbInfo":{...},"signature":"<128 hex>"}.
 */
#ifndef EV_TCB_INFO_H
#define EV_TCB_INFO_H

#include "evidence/base/digest.h"
#include "evidence/base/json_node.h"
#include "evidence/quote.h"

enum ev_tcb_status {
	EV_TCB_UP_TO_DATE,
	EV_TCB_SW_HARDENING,
	EV_TCB_CONFIGURATION,
	EV_TCB_CONFIGURATION_SW_HARDENING,
	EV_TCB_OUT_OF_DATE,
	EV_TCB_OUT_OF_DATE_CONFIGURATION,
	EV_TCB_REVOKED,
	EV_TCB_RELAUNCH_ADVISED,
	EV_TCB_RELAUNCH_ADVISED_CONFIGURATION,
	EV_TCB_NOT_SUPPORTED, /* no level is low enough */
};

/* Intel's word: "UpToDate"; "TDRelaunchAdvised"; "NotSupported". */
const char *ev_tcb_status_word(enum ev_tcb_status status);
bool ev_tcb_status_parse(struct ev_span word, enum ev_tcb_status *out);

#define EV_ADVISORIES_MAX 64

struct ev_advisories { /* borrowed from the parsed JSON, document order */
	struct ev_span id[EV_ADVISORIES_MAX];
	size_t n;
};

struct ev_tcb_level {
	uint8_t sgx[16];
	uint8_t tdx[16]; /* zero where the info is for SGX */
	uint16_t pcesvn;
	int64_t date;
	enum ev_tcb_status status;
	struct ev_advisories advisories;
	size_t position; /* in the document */
};

/* A level of a module identity or of the QE identity: by ISVSVN. */
struct ev_isvsvn_level {
	uint16_t isvsvn;
	int64_t date;
	enum ev_tcb_status status; /* UpToDate, OutOfDate, Revoked */
	struct ev_advisories advisories;
	size_t position;
};

struct ev_module_identity {
	uint8_t version; /* XX of "TDX_XX", hexadecimal */
	uint8_t mrsigner[48];
	uint8_t attributes[8];
	uint8_t attributes_mask[8];
	struct ev_isvsvn_level *levels; /* sorted: highest ISVSVN first */
	size_t n_levels;
};

struct ev_tcb_info {
	struct ev_span item;
	struct ev_span signed_slice;	/* the inner object, exact bytes */
	struct ev_sha256 signed_sha256; /* of it, where who keeps it said so */
	uint8_t signature[64];
	struct ev_span signature_hex; /* its place in the item */
	struct ev_nodes nodes;	      /* of the item; owned */
	enum ev_tee tee;
	uint64_t version;
	int64_t issue_date, next_update;
	uint8_t fmspc[6];
	uint8_t pceid[2];
	uint64_t eval_number; /* tcbEvaluationDataNumber */
	bool has_module;      /* tdxModule present (TDX) */
	uint8_t module_mrsigner[48], module_attributes[8];
	struct ev_module_identity *modules;
	size_t n_modules;
	bool has_modules; /* the member tdxModuleIdentities is there */
	struct ev_tcb_level *levels; /* sorted as dcap page 7 says */
	size_t n_levels;
};

/* Free with ev_tcb_info_free. */
enum ev_code ev_tcb_info_parse(struct ev_span item, struct ev_tcb_info *out,
			       struct ev_error *err);
void ev_tcb_info_free(struct ev_tcb_info *info);

/* The envelope that TCB info and QE identity share: exactly the members
 * `inner` and `signature`, in either order.  Free its nodes. */
struct ev_signed_json {
	struct ev_span slice;
	struct ev_span signature_hex;
	uint8_t signature[64];
	struct ev_nodes nodes;	    /* of the item, or of the slice alone */
	const struct ev_node *root; /* the object that is signed */
};
enum ev_code ev_signed_json_parse(struct ev_span item, const char *inner,
				  const char *object,
				  struct ev_signed_json *out,
				  struct ev_error *err);

/* Levels by ISVSVN, as module and QE identities have them; *out is sorted,
 * owned by the caller (free). */
enum ev_code ev_isvsvn_levels_parse(const struct ev_node *obj,
				    const char *object,
				    struct ev_isvsvn_level **out, size_t *n,
				    struct ev_error *err);

#endif
