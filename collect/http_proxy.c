/* SPDX-License-Identifier: Apache-2.0 */
/* Which proxy, and for whom not. */
#include "collect/http_proxy.h"

#include "collect/http_text.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* An address in text; its size in bytes, 0 where it is none. */
static size_t address_of(struct ev_span text, uint8_t out[16])
{
	char copy[INET6_ADDRSTRLEN] = { 0 };

	if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		text = ev_span_sub(text, 1, text.n - 2);
	if (text.n == 0 || text.n >= sizeof(copy))
		return 0;
	memcpy(copy, text.p, text.n);
	if (inet_pton(AF_INET, copy, out) == 1)
		return 4;
	return inet_pton(AF_INET6, copy, out) == 1 ? 16 : 0;
}

/* Whether the first bits of both are equal. */
static bool same_network(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

/* The number behind the slash; more than any address has where it is none. */
static unsigned int bits_of(struct ev_span text)
{
	unsigned int bits = 0;

	if (text.n == 0 || text.n > 3)
		return 999;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return 999;
		bits = bits * 10 + (unsigned int)(text.p[i] - '0');
	}
	return bits;
}

static bool lists_address(struct ev_span entry, const uint8_t *host,
			  size_t size)
{
	const uint8_t *slash = memchr(entry.p, '/', entry.n);
	size_t n = slash == NULL ? entry.n : (size_t)(slash - entry.p);
	unsigned int bits = (unsigned int)size * 8;
	uint8_t address[16];

	if (slash != NULL)
		bits = bits_of(ev_span_sub(entry, n + 1, entry.n - n - 1));
	return address_of(ev_span_sub(entry, 0, n), address) == size &&
	       bits <= size * 8 && same_network(address, host, bits);
}

static bool lists_name(struct ev_span entry, struct ev_span host)
{
	if (entry.p[0] == '.')
		entry = ev_span_sub(entry, 1, entry.n - 1);
	if (entry.n == 0 || host.n < entry.n)
		return false;
	if (host.n > entry.n && host.p[host.n - entry.n - 1] != '.')
		return false;
	return co_http_same_word(ev_span_sub(host, host.n - entry.n, entry.n),
				 entry);
}

bool co_http_proxy_excluded(const char *list, struct ev_span host)
{
	uint8_t address[16];
	size_t size = address_of(host, address);

	while (*list != '\0') {
		size_t n = strcspn(list, ", \t");
		struct ev_span entry = ev_span_of(list, n);

		list += n + (list[n] != '\0');
		if (n == 0)
			continue;
		if (ev_span_eq(entry, EV_SPAN_LITERAL("*")))
			return true;
		if (size > 0 ? lists_address(entry, address, size)
			     : lists_name(entry, host))
			return true;
	}
	return false;
}

/* The first of these variables that is set and not empty. */
static const char *first_set(const char *const *names)
{
	const char *value = NULL;

	for (; *names != NULL && value == NULL; names++) {
		value = getenv(*names);
		if (value != NULL && *value == '\0')
			value = NULL;
	}
	return value;
}

const char *co_http_proxy_for(struct ev_span host)
{
	static const char *const proxies[] = { "https_proxy", "HTTPS_PROXY",
					       "all_proxy", "ALL_PROXY", NULL };
	static const char *const lists[] = { "no_proxy", "NO_PROXY", NULL };
	const char *proxy = first_set(proxies);
	const char *list = first_set(lists);

	if (proxy == NULL)
		return NULL;
	return list != NULL && co_http_proxy_excluded(list, host) ? NULL
								  : proxy;
}
