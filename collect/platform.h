/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform of a quote, as Intel's collateral services know it: kind of
 * TEE, FMSPC, and which of Intel's CAs issued its PCK certificate.
 */
#ifndef CO_PLATFORM_H
#define CO_PLATFORM_H

#include "collect/sources.h"
#include "evidence/quote.h"
#include "evidence/tcb_info.h"

#define CO_FMSPC_TEXT 13 /* 12 hex digits and NUL */

struct co_platform {
	enum ev_tee tee;
	char fmspc[CO_FMSPC_TEXT]; /* lower case */
	const char *ca;		   /* "platform", "processor"; static */
};

/* From the PCK chain inside the quote; false has written why. */
bool co_platform_of(struct ev_span quote, struct co_platform *out,
		    char why[CO_WHY_TEXT]);

/* "tdx", "sgx": the first word of the services' paths. */
const char *co_platform_tee(const struct co_platform *platform);

/* Whether the TCB info is about it. */
bool co_platform_is(const struct co_platform *platform,
		    const struct ev_tcb_info *info);

bool co_platform_same(const struct co_platform *a, const struct co_platform *b);

#endif
