/* SPDX-License-Identifier: Apache-2.0 */
/* When to ask again, and after how long (seconds of RFC 9110, 10.2.3). */
#ifndef CO_HTTP_RETRY_H
#define CO_HTTP_RETRY_H

#include <stdbool.h>
#include <stdint.h>

static const unsigned int CO_HTTP_JITTER_MAX_MS = 250;
/* The instance metadata service allows 5 questions a second for the whole
 * machine and answers from a cache: the same question is asked again after
 * this.  Of different ones a collection has three. */
static const unsigned int CO_HTTP_IMDS_AGAIN_MS = 1000;

/* Whether an answer with that status may become another one by waiting; imds
 * adds 410 and every 5xx. */
bool co_http_retry_status(unsigned int status, bool imds);

/* Before try number n (from 1: the second one): the longer of retry_after
 * seconds and 1 s * 2^(n-1), and the jitter, at most CO_HTTP_WAIT_MAX_MS. */
unsigned int co_http_retry_wait_ms(unsigned int n, int64_t retry_after,
				   unsigned int jitter_ms);

/* Random, 0 to CO_HTTP_JITTER_MAX_MS, so that machines that were refused
 * together do not come back together. */
unsigned int co_http_retry_jitter_ms(void);

#endif
