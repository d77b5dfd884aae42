/* SPDX-License-Identifier: Apache-2.0 */
/* Names of token services, to the letter. */
#include "evidence/token_issuer.h"

static const struct ev_span SCHEME = { (const uint8_t *)"https://", 8 };

static bool is_host_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '.';
}

static bool is_path_byte(uint8_t c)
{
	return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '@' &&
	       c != '\\';
}

bool ev_https_host(struct ev_span address, struct ev_span *host)
{
	size_t n = SCHEME.n, start = n;

	if (address.n <= n || !ev_span_eq(ev_span_sub(address, 0, n), SCHEME))
		return false;
	while (n < address.n && is_host_byte(address.p[n]))
		n++;
	if (n == start || address.p[start] == '.' || address.p[n - 1] == '.')
		return false;
	if (n < address.n && address.p[n] != '/')
		return false;
	for (size_t i = n; i < address.n; i++)
		if (!is_path_byte(address.p[i]))
			return false;
	*host = ev_span_sub(address, start, n - start);
	return true;
}

/* An instance of Azure Attestation, by its whole name and no path. */
static bool is_maa(struct ev_span iss)
{
	static const struct ev_span domain = {
		(const uint8_t *)".attest.azure.net", 17
	};
	struct ev_span host;

	return ev_https_host(iss, &host) && host.n > domain.n &&
	       iss.n == SCHEME.n + host.n &&
	       ev_span_eq(ev_span_sub(host, host.n - domain.n, domain.n),
			  domain);
}

enum ev_token_issuer ev_token_issuer_of(struct ev_span iss)
{
	static const char google[] =
		"https://confidentialcomputing.googleapis.com";

	if (ev_span_eq(iss, ev_span_str(google)))
		return EV_ISSUER_GOOGLE;
	if (ev_span_eq(iss, EV_SPAN_LITERAL("Intel Trust Authority")))
		return EV_ISSUER_ITA;
	return is_maa(iss) ? EV_ISSUER_MAA : EV_ISSUER_OTHER;
}

struct ev_span ev_token_iss(const struct ev_jwt *jwt)
{
	static const char *const path[] = { "iss", NULL };
	struct ev_span iss = { NULL, 0 };

	ev_jwt_text(jwt, path, &iss);
	return iss;
}
