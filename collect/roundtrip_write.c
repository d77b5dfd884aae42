/* SPDX-License-Identifier: Apache-2.0 */
/* Tries as canonical JSON, and their times. */
#include "collect/roundtrip_write.h"

#include "evidence/base/json_write.h"

static void write_reading(struct ev_writer *w, const char *name,
			  const struct ev_reading *r)
{
	ev_write_object(w, name);
	ev_write_u64(w, "ns", r->ns);
	ev_write_u64(w, "counter", r->counter);
	ev_write_end(w);
}

static void write_try(struct ev_writer *w, size_t index,
		      const struct co_tls_try *t)
{
	ev_write_object(w, NULL);
	ev_write_int(w, "index", (int64_t)index);
	if (t->failed[0] != 0) {
		ev_write_foreign(w, "failed", ev_span_str(t->failed));
	} else {
		ev_write_str(w, "peer", t->peer);
		write_reading(w, "start", &t->start);
		write_reading(w, "end", &t->end);
		ev_write_int(w, "tcpRttUs", t->tcp_rtt_us);
		ev_write_array(w, "messages");
		for (size_t i = 0; i < t->n_messages; i++)
			ev_write_base64(w, NULL,
					ev_buffer_span(&t->message[i]));
		ev_write_end(w);
	}
	ev_write_end(w);
}

char *co_roundtrip_write(const struct co_tls_client *client,
			 const char *clocksource,
			 const struct co_tls_try *tries, size_t n_tries,
			 size_t *n)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return NULL;
	ev_write_object(w, NULL);
	ev_write_str(w, "format", EV_ROUNDTRIP_FORMAT);
	ev_write_str(w, "host", client->host.name);
	ev_write_int(w, "port", client->host.port);
	ev_write_object(w, "clock");
	ev_write_foreign(w, "source", ev_span_str(clocksource));
	ev_write_str(w, "counter", client->clocks.counter);
	ev_write_u64(w, "counterHz", client->clocks.counter_hz);
	ev_write_end(w);
	ev_write_array(w, "tries");
	for (size_t i = 0; i < n_tries; i++)
		write_try(w, i, &tries[i]);
	ev_write_end(w);
	ev_write_end(w);
	return ev_writer_finish(w, n);
}

bool co_roundtrip_times(const struct co_tls_try *tries, size_t n_tries,
			struct ev_buffer *out)
{
	for (size_t i = 0; i < n_tries; i++) {
		const struct co_tls_try *t = &tries[i];
		uint64_t ns = t->failed[0] != 0 ? UINT64_MAX
						: t->end.ns - t->start.ns;

		for (unsigned int k = 0; k < 8; k++)
			ev_buffer_add_byte(out, (uint8_t)(ns >> (8 * k)));
	}
	return ev_buffer_ok(out);
}
