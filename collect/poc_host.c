/* SPDX-License-Identifier: Apache-2.0 */
/* HOST[:PORT]. */
#include "collect/poc_host.h"

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

static bool is_name(const char *name, size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char more[] = "0123456789.-";
	size_t named = 0;

	if (n == 0 || n >= CO_POC_HOST_SIZE || name[0] == '.' ||
	    name[0] == '-' || name[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (strchr(letters, name[i]) != NULL)
			named++;
		else if (strchr(more, name[i]) == NULL)
			return false;
	}
	return named > 0; /* else it is an address */
}

bool co_poc_host_parse(const char *text, struct co_poc_host *out)
{
	size_t n = strcspn(text, ":");

	if (!is_name(text, n))
		return false;
	memcpy(out->name, text, n);
	out->name[n] = 0;
	out->port = HTTPS;
	return text[n] == 0 || parse_port(text + n + 1, &out->port);
}
