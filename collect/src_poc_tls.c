/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Round trips to a host whose key is certified: TLS 1.3 handshakes, each with
 * a nonce of this session in its ClientHello, timed (ecart-archive(5), ROUND
 * TRIPS).
 */
#include "collect/roundtrip_write.h"
#include "collect/src.h"
#include "collect/stop.h"
#include "evidence/base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>

static const unsigned int TRIES = 50;
/* From the beginning of one to that of the next: five a second. */
static const unsigned int PAUSE_MS = 200;
static const unsigned int TRY_MS = 5000;

struct asking {
	struct co_collection *c;
	struct co_tls_client client;
	struct co_tls_try *tries; /* owned */
	unsigned int n_max;
	size_t n, n_failed;
	bool trouble;
};

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Whether another try may begin, a pause after the last one began. */
static bool begin_try(const struct asking *a, struct co_deadline *pause)
{
	int left = a->n > 0 ? co_deadline_left_ms(pause) : 0;

	if (a->n == a->n_max ||
	    co_deadline_left_ms(&a->c->root.deadline) <= left)
		return false;
	if (left > 0 && !co_stop_sleep_ms((unsigned int)left))
		return false;
	*pause = co_deadline_in(PAUSE_MS);
	return co_stop_signal() == 0;
}

/* False after a try that tells that all others are in vain. */
static bool make_try(struct asking *a)
{
	struct co_tls_try *t = &a->tries[a->n];
	int left = co_deadline_left_ms(&a->c->root.deadline);

	a->trouble =
		!ev_session_tls_nonce(a->c->crypto, a->c->session_root,
				      (uint32_t)a->n, a->client.nonce) ||
		!co_tls_try(&a->client, least((unsigned int)left, TRY_MS), t);
	a->n++;
	a->n_failed += t->failed[0] != 0;
	return !a->trouble && !t->in_vain;
}

static void make_tries(struct asking *a)
{
	struct co_deadline pause = { 0 };

	while (begin_try(a, &pause) && make_try(a))
		;
}

/* The name of the kernel's clock, a line of sysfs. */
static void read_clocksource(const struct co_collection *c, char out[64])
{
	static const char path[] = "sys/devices/system/clocksource/"
				   "clocksource0/current_clocksource";
	ev_auto_buffer struct ev_buffer text = { 0 };
	char why[CO_WHY_TEXT];

	snprintf(out, 64, "unknown");
	if (co_root_read(&c->root, path, 4096, &text, why, sizeof(why)) !=
	    CO_READ_OK)
		return;
	while (text.n > 0 && text.p[text.n - 1] == '\n')
		text.n--;
	snprintf(out, 64, "%.*s", (int)text.n, (const char *)text.p);
}

static bool keep_times(struct asking *a, size_t record, char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer times = { 0 };
	struct co_item item = {
		.kind = "poc-tls-times",
		.relates = &(struct co_relation){ "values-of", record },
		.n_relates = 1,
	};

	if (!co_roundtrip_times(a->tries, a->n, &times))
		return false;
	item.bytes = ev_buffer_span(&times);
	return co_collected(a->c, &item, NULL, why);
}

static bool keep(struct asking *a, char why[CO_WHY_TEXT])
{
	char clocksource[64], uri[300];
	ev_auto_free char *text = NULL;
	struct co_item item = { .kind = "poc-tls-transcript",
				.source_type = "tls",
				.source_uri = uri };
	size_t n = 0, record;

	read_clocksource(a->c, clocksource);
	text = co_roundtrip_write(&a->client, clocksource, a->tries, a->n, &n);
	snprintf(why, CO_WHY_TEXT, "out of memory");
	if (text == NULL)
		return false;
	snprintf(uri, sizeof(uri), "tls://%s:%u", a->client.host.name,
		 a->client.host.port);
	item.bytes = ev_span_of(text, n);
	if (!co_collected(a->c, &item, &record, why))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->tries[i].failed[0] == 0 &&
		    !co_bind_try(a->c, record, (uint32_t)i))
			return false;
	return keep_times(a, record, why);
}

static uint64_t fastest(const struct asking *a)
{
	uint64_t min = UINT64_MAX;

	for (size_t i = 0; i < a->n; i++) {
		const struct co_tls_try *t = &a->tries[i];

		if (t->failed[0] == 0 && t->end.ns - t->start.ns < min)
			min = t->end.ns - t->start.ns;
	}
	return min;
}

static enum co_outcome finish(struct asking *a, char why[CO_WHY_TEXT])
{
	if (a->trouble)
		return co_failed(why, "out of memory, or libssl in trouble");
	if (a->n_failed == a->n)
		return co_failed(why,
				 "%s: %s; %zu tries failed (ask another "
				 "host, or none)",
				 a->client.host.name,
				 a->n > 0 ? a->tries[a->n - 1].failed
					  : "no time for a try",
				 a->n);
	if (!keep(a, why))
		return CO_FAILED;
	co_detail(a->c, "%zu tries, %zu failed, fastest %llu us", a->n,
		  a->n_failed, (unsigned long long)fastest(a) / 1000);
	return CO_OK;
}

enum co_wanted co_wanted_poc_tls(const struct co_collection *c)
{
	return c->options.poc != NULL ? CO_REQUIRED : CO_NOT_ASKED;
}

enum co_outcome co_collect_poc_tls(struct co_collection *c,
				   char why[CO_WHY_TEXT])
{
	struct asking a = { .c = c,
			    .n_max = c->options.poc_tries > 0
					     ? c->options.poc_tries
					     : TRIES };
	struct co_poc_host host;
	enum co_outcome outcome = CO_FAILED;
	char line[CO_WHY_TEXT];

	if (c->options.poc == NULL || !co_poc_host_parse(c->options.poc, &host))
		return co_failed(why, "no host is given (--poc HOST)");
	if (!c->has_session)
		return co_failed(why, "round trips hold nonces of the session, "
				      "which is not made with --read-only or "
				      "without the source host");
	snprintf(line, sizeof(line), "TLS %s:%u, up to %u handshakes",
		 host.name, host.port, a.n_max);
	co_journal_say(&c->journal, line);
	a.tries = calloc(a.n_max, sizeof(*a.tries));
	if (a.tries == NULL)
		return co_failed(why, "out of memory");
	if (co_tls_client_open(&a.client, &host, why)) {
		make_tries(&a);
		outcome = finish(&a, why);
	}
	for (size_t i = 0; i < a.n; i++)
		co_tls_try_free(&a.tries[i]);
	free(a.tries);
	co_tls_client_close(&a.client);
	return outcome;
}
