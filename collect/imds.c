/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the metadata service. */
#include "collect/imds.h"

#include <stdio.h>

static const char address[] = "http://169.254.169.254";

bool co_imds_there(const struct co_collection *c)
{
	if (c->root.given && c->root.imds == NULL)
		return false;
	return co_machine_is_azure(c->machine.kind);
}

const char *co_imds_address(const struct co_collection *c)
{
	return c->root.imds != NULL ? c->root.imds : address;
}

bool co_imds_ask(struct co_collection *c, const char *path, struct ev_span body,
		 char url[512], struct co_http_reply *reply,
		 char why[CO_WHY_TEXT])
{
	static const char *const headers[] = { "Metadata: true",
					       "Accept: application/json",
					       NULL };
	struct co_http_request request = {
		.url = url,
		.headers = headers,
		.body = body,
		.content_type = body.n > 0 ? "application/json" : NULL,
		.accept = "application/json",
		.limit_ms = co_limit_ms(c),
		.tries = c->source->tries,
		.imds = true,
	};
	struct co_http *http = co_collection_http(c, why);

	snprintf(url, 512, "%s%s", co_imds_address(c), path);
	return http != NULL && co_http_ask(http, &request, reply, why);
}
