/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of the table of sources, two a row: whether this machine is
 * asked, and the asking.  What they promise is in sources.h.
 */
#ifndef CO_SRC_H
#define CO_SRC_H

#include "collect/collection.h"

/* co_wanted_NAME and co_collect_NAME of one row. */
#define CO_SOURCE_FUNCTIONS(name)                                              \
	enum co_wanted co_wanted_##name(const struct co_collection *c);        \
	enum co_outcome co_collect_##name(struct co_collection *c,             \
					  char why[CO_WHY_TEXT])

CO_SOURCE_FUNCTIONS(host);
CO_SOURCE_FUNCTIONS(tpm_caps);
CO_SOURCE_FUNCTIONS(hcl_report);
CO_SOURCE_FUNCTIONS(tpm_quote_first);
CO_SOURCE_FUNCTIONS(ak);
CO_SOURCE_FUNCTIONS(ak_cert);
CO_SOURCE_FUNCTIONS(azure_tdquote);
CO_SOURCE_FUNCTIONS(tsm_report);
CO_SOURCE_FUNCTIONS(tdx_ioctl);
CO_SOURCE_FUNCTIONS(gramine);
CO_SOURCE_FUNCTIONS(collateral);
CO_SOURCE_FUNCTIONS(imds_attested);
CO_SOURCE_FUNCTIONS(imds_instance);
CO_SOURCE_FUNCTIONS(poc_tls);
CO_SOURCE_FUNCTIONS(poc_registry);
CO_SOURCE_FUNCTIONS(maa);
CO_SOURCE_FUNCTIONS(tpm_quote);
CO_SOURCE_FUNCTIONS(tcg_log);
CO_SOURCE_FUNCTIONS(ima_log);
CO_SOURCE_FUNCTIONS(systemd_log);
CO_SOURCE_FUNCTIONS(ccel);
CO_SOURCE_FUNCTIONS(tdx_rtmr);
CO_SOURCE_FUNCTIONS(ita);

#endif
