/* SPDX-License-Identifier: Apache-2.0 */
/* HOST[:PORT]. */
#include "collect/poc_host.h"

#include "evidence/host_name.h"

#include <string.h>

static const uint16_t HTTPS = 443;

static bool parse_port(const char *text, uint16_t *out)
{
	unsigned int port = 0;

	for (; *text >= '0' && *text <= '9' && port <= UINT16_MAX; text++)
		port = 10 * port + (unsigned int)(*text - '0');
	*out = (uint16_t)port;
	return *text == 0 && port > 0 && port <= UINT16_MAX;
}

bool co_poc_host_parse(const char *text, struct co_poc_host *out)
{
	size_t n = strcspn(text, ":");

	if (n >= CO_POC_HOST_SIZE ||
	    !ev_host_is_name(ev_span_of((const uint8_t *)text, n)))
		return false;
	memcpy(out->name, text, n);
	out->name[n] = 0;
	out->port = HTTPS;
	return text[n] == 0 || parse_port(text + n + 1, &out->port);
}
