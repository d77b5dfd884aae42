/* SPDX-License-Identifier: Apache-2.0 */
/* The platform of a quote. */
#include "collect/platform.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"
#include "evidence/path.h"
#include "evidence/pck.h"

#include <stdio.h>

const char *co_platform_tee(const struct co_platform *platform)
{
	return platform->tee == EV_TEE_TDX ? "tdx" : "sgx";
}

bool co_platform_is(const struct co_platform *platform,
		    const struct ev_tcb_info *info)
{
	char fmspc[CO_FMSPC_TEXT];

	ev_hex_encode(EV_SPAN(info->fmspc), fmspc);
	return info->tee == platform->tee &&
	       strcmp(fmspc, platform->fmspc) == 0;
}

bool co_platform_same(const struct co_platform *a, const struct co_platform *b)
{
	return a->tee == b->tee && strcmp(a->fmspc, b->fmspc) == 0 &&
	       a->ca == b->ca;
}

bool co_platform_of(struct ev_span quote, struct co_platform *out,
		    char why[CO_WHY_TEXT])
{
	struct ev_error err = { 0 };
	struct ev_quote q;
	struct ev_chain chain = { 0 };
	struct ev_pck pck;
	bool ok = ev_quote_parse(quote, &q, &err) == EV_OK;

	if (ok && q.cert_type != EV_CERT_PCK_CHAIN) {
		snprintf(why, CO_WHY_TEXT,
			 "the quote carries no PCK chain, so its platform is "
			 "not known");
		return false;
	}
	ok = ok && ev_chain_parse(q.cert_data, 0, &chain, &err) == EV_OK &&
	     ev_pck_parse(chain.cert[0].sgx_extension, &pck, &err) == EV_OK;
	if (ok) {
		out->tee = q.tee;
		out->ca = pck.platform_ca ? "platform" : "processor";
		ev_hex_encode(EV_SPAN(pck.fmspc), out->fmspc);
	} else {
		ev_error_format(&err, why, CO_WHY_TEXT);
	}
	ev_chain_free(&chain);
	return ok;
}
