/* SPDX-License-Identifier: Apache-2.0 */
/* TLS round trips as JSON: the record, and what its messages hold. */
#include "evidence/base/reader.h"
#include "evidence/roundtrip.h"
#include "evidence/show.h"
#include "evidence/show_field.h"
#include "evidence/tls_numbers.h"

static void show_certs(struct ev_writer *w, const struct ev_tls_flight *f)
{
	ev_write_array(w, "certificates");
	for (size_t i = 0; i < f->n_certs; i++)
		ev_write_hex(w, NULL, f->cert[i]);
	ev_write_end(w);
}

static void show_flight(struct ev_writer *w, const struct ev_tls_flight *f)
{
	ev_write_foreign(w, "serverName", f->server_name);
	ev_write_hex(w, "nonce", f->nonce);
	ev_write_bool(w, "retried", f->retried);
	ev_write_str(w, "cipher", ev_tls_cipher_name(f->cipher));
	ev_write_str(w, "group", ev_tls_group_name(f->group));
	ev_write_str(w, "scheme", ev_tls_scheme_name(f->scheme));
	ev_write_hex(w, "signature", f->signature);
	show_certs(w, f);
	if (f->ocsp.n > 0)
		ev_write_hex(w, "ocsp", f->ocsp);
}

static void show_reading(struct ev_writer *w, const char *name,
			 const struct ev_reading *r)
{
	ev_write_object(w, name);
	ev_write_u64(w, "ns", r->ns);
	ev_write_u64(w, "counter", r->counter);
	ev_write_end(w);
}

static void show_try(struct ev_writer *w, const struct ev_try *one)
{
	ev_write_object(w, NULL);
	if (one->failed != NULL) {
		ev_write_foreign(w, "failed", ev_span_str(one->failed));
	} else {
		ev_write_foreign(w, "peer", ev_span_str(one->peer));
		show_reading(w, "start", &one->start);
		show_reading(w, "end", &one->end);
		ev_write_u64(w, "ns", ev_try_ns(one));
		ev_write_int(w, "tcpRttUs", (int64_t)one->tcp_rtt_us);
		show_flight(w, &one->flight);
	}
	ev_write_end(w);
}

enum ev_code ev_show_roundtrip(struct ev_span item, struct ev_writer *w,
			       struct ev_error *err)
{
	struct ev_roundtrip r;

	if (ev_roundtrip_parse(item, &r, err) != EV_OK)
		return err->code;
	if (w != NULL) {
		ev_write_foreign(w, "host", ev_span_str(r.host));
		ev_write_int(w, "port", (int64_t)r.port);
		ev_write_foreign(w, "clocksource", ev_span_str(r.clocksource));
		ev_write_foreign(w, "counter", ev_span_str(r.counter));
		ev_write_u64(w, "counterHz", r.counter_hz);
		ev_write_array(w, "tries");
		for (size_t i = 0; i < r.n_tries; i++)
			show_try(w, &r.tries[i]);
		ev_write_end(w);
	}
	ev_roundtrip_free(&r);
	return EV_OK;
}

enum ev_code ev_show_roundtrip_times(struct ev_span item, struct ev_writer *w,
				     struct ev_error *err)
{
	static const char object[] = "roundtrip-times";

	if (item.n % 8 != 0)
		return ev_fail_u64(err, EV_TRUNCATED, object, "time",
				   item.n - item.n % 8, 8, item.n % 8);
	if (item.n / 8 > EV_ROUNDTRIP_TRIES_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "times", 0,
				   EV_ROUNDTRIP_TRIES_MAX, item.n / 8);
	if (w == NULL)
		return EV_OK;
	ev_write_array(w, "tries");
	for (size_t at = 0; at < item.n; at += 8) {
		struct ev_reader r = ev_reader_init(ev_span_sub(item, at, 8),
						    at, object, err);
		uint64_t ns = ev_read_u64le(&r, "time");

		ev_write_object(w, NULL);
		ev_show_number(w, "ns", at, 8, ns);
		ev_write_end(w);
	}
	ev_write_end(w);
	return EV_OK;
}
