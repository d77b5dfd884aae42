/* SPDX-License-Identifier: Apache-2.0 */
/* Azure's instance metadata service: one address, one header, never through a
 * proxy. */
#ifndef CO_IMDS_H
#define CO_IMDS_H

#include "collect/collection.h"

/* Whether there is one to ask: on Azure, and below a test root only where
 * ecart-root.json names it. */
bool co_imds_there(const struct co_collection *c);
const char *co_imds_address(const struct co_collection *c);

/* GET where body is empty; path begins with '/'.  url holds the address that
 * was asked.  As co_http_ask; free the reply. */
bool co_imds_ask(struct co_collection *c, const char *path, struct ev_span body,
		 char url[512], struct co_http_reply *reply,
		 char why[CO_WHY_TEXT]);

#endif
