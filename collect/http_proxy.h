/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proxy that the environment names, chosen here and not by libcurl, so
 * that what is said is what is used.
 */
#ifndef CO_HTTP_PROXY_H
#define CO_HTTP_PROXY_H

#include "evidence/base/bytes.h"

/* For https questions to this host: https_proxy, HTTPS_PROXY, all_proxy or
 * ALL_PROXY, unless no_proxy or NO_PROXY lists the host; NULL: none.  Borrowed
 * from the environment; it may hold a password. */
const char *co_http_proxy_for(struct ev_span host);

/* Whether a list, separated by commas or blanks, names the host: "*", the
 * name itself, a domain that it lies in, an address, or address/bits. */
bool co_http_proxy_excluded(const char *list, struct ev_span host);

#endif
