/* SPDX-License-Identifier: Apache-2.0 */
/* The waiting rule. */
#include "collect/http_retry.h"

#include "collect/http.h"

#include <sys/random.h>

static const unsigned int retried[] = { 408, 429, 500, 502, 503, 504 };

bool co_http_retry_status(unsigned int status, bool imds)
{
	for (size_t i = 0; i < sizeof(retried) / sizeof(retried[0]); i++)
		if (retried[i] == status)
			return true;
	return imds && (status == 410 || (status >= 500 && status <= 599));
}

unsigned int co_http_retry_wait_ms(unsigned int n, int64_t retry_after,
				   unsigned int jitter_ms)
{
	const unsigned int max_s = CO_HTTP_WAIT_MAX_MS / 1000;
	unsigned int seconds = n <= 6 ? 1U << (n - 1) : max_s;
	unsigned int ms;

	if (retry_after > (int64_t)seconds)
		seconds = retry_after < (int64_t)max_s
				  ? (unsigned int)retry_after
				  : max_s;
	ms = seconds * 1000 + jitter_ms;
	return ms < CO_HTTP_WAIT_MAX_MS ? ms : CO_HTTP_WAIT_MAX_MS;
}

unsigned int co_http_retry_jitter_ms(void)
{
	uint16_t random = 0;

	/* Without randomness the wait is only a little shorter. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) !=
	    (ssize_t)sizeof(random))
		return 0;
	return random % (CO_HTTP_JITTER_MAX_MS + 1);
}
