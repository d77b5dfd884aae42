/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about place that are circumstantial: facts.roundtrip, .registry. */
#include "evidence/tls_numbers.h"
#include "replay/facts.h"
#include "replay/registry_statement.h"
#include "replay/roundtrip.h"

static bool passed(const struct rp_case *c, const char *id,
		   const struct rp_subject *s)
{
	return rp_outcome_of(c, id, s) == RP_PASS;
}

static void write_list(struct ev_writer *w, const char *name,
		       const char *const *texts)
{
	ev_write_array(w, name);
	for (size_t i = 0; texts[i] != NULL; i++)
		ev_write_str(w, NULL, texts[i]);
	ev_write_end(w);
}

static bool has_times(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return s->roundtrip->parsed.code == EV_OK &&
	       s->roundtrip->fastest != NULL;
}

static void write_clock(const struct ev_roundtrip *r, struct ev_writer *w)
{
	ev_write_object(w, "clock");
	ev_write_foreign(w, "source", ev_span_str(r->clocksource));
	ev_write_foreign(w, "counter", ev_span_str(r->counter));
	ev_write_u64(w, "counterHz", r->counter_hz);
	ev_write_end(w);
}

static void write_times(const struct rp_roundtrip *r, struct ev_writer *w)
{
	static const char *const names[] = { "min", "quartile1", "median",
					     "quartile3", "max" };

	ev_write_object(w, "ns");
	for (unsigned int q = 0; q < 5; q++)
		ev_write_u64(w, names[q], rp_roundtrip_quartile(r, q));
	ev_write_end(w);
}

/* Of the try that was fastest. */
static void write_fastest(const struct rp_roundtrip *r, struct ev_writer *w)
{
	const struct ev_try *one = r->fastest;
	const struct ev_tls_flight *f = &one->flight;

	ev_write_object(w, "fastest");
	ev_write_foreign(w, "peer", ev_span_str(one->peer));
	ev_write_u64(w, "counterTicks", one->end.counter - one->start.counter);
	ev_write_int(w, "tcpRttUs", (int64_t)one->tcp_rtt_us);
	ev_write_bool(w, "belowTcpRtt", rp_roundtrip_is_strange(r));
	ev_write_str(w, "cipher", ev_tls_cipher_name(f->cipher));
	ev_write_str(w, "group", ev_tls_group_name(f->group));
	ev_write_str(w, "scheme", ev_tls_scheme_name(f->scheme));
	ev_write_bool(w, "ocspStapled", f->ocsp.n > 0);
	ev_write_end(w);
}

static void write_roundtrip(const struct rp_case *c, const struct rp_subject *s,
			    struct ev_writer *w)
{
	const struct rp_roundtrip *r = s->roundtrip;

	ev_write_str(w, "item", s->name);
	ev_write_str(w, "grade", RP_CIRCUMSTANTIAL);
	ev_write_foreign(w, "host", ev_span_str(r->record.host));
	ev_write_int(w, "port", (int64_t)r->record.port);
	ev_write_int(w, "tries", (int64_t)r->record.n_tries);
	ev_write_int(w, "failed", (int64_t)r->record.n_failed);
	ev_write_int(w, "retried", (int64_t)r->n_retried);
	write_clock(&r->record, w);
	write_times(r, w);
	write_fastest(r, w);
	/* What did not pass bounds nothing. */
	if (passed(c, "place.tls", s))
		ev_write_u64(w, "boundKm",
			     rp_roundtrip_km(ev_try_ns(r->fastest)));
	ev_write_str(w, "revocation", "not judged");
	write_list(w, "assumptions", rp_roundtrip_assumptions);
	write_list(w, "limits", rp_roundtrip_limits);
	ev_write_bool(w, "trusted", passed(c, "place.tls", s));
}

static bool is_statement(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return s->registry->parsed.code == EV_OK;
}

/* As the registry gave it. */
static void write_registry(const struct rp_case *c, const struct rp_subject *s,
			   struct ev_writer *w)
{
	const struct ev_registry *r = &s->registry->reply;
	const struct ev_manifest_item *entry = s->item->entry;

	ev_write_str(w, "item", s->name);
	ev_write_str(w, "grade", RP_CIRCUMSTANTIAL);
	if (entry != NULL && entry->source_uri != NULL)
		ev_write_foreign(w, "asked", ev_span_str(entry->source_uri));
	ev_write_foreign(w, "issuer", r->issuer);
	ev_write_foreign(w, "keyId", r->token.kid);
	ev_write_foreign(w, "algorithm", r->token.alg);
	ev_write_foreign(w, "machineId", r->machine_id);
	ev_write_foreign(w, "label", r->label);
	ev_write_foreign(w, "statement", r->token.payload);
	ev_write_foreign(w, "jwt", r->jwt);
	ev_write_str(w, "signature", s->registry->signature);
	ev_write_bool(w, "aboutThisPlatform", passed(c, "place.registry", s));
}

void rp_facts_roundtrip_write(const struct rp_case *c, struct ev_writer *w)
{
	static const struct rp_area areas[] = {
		{ "roundtrip", RP_ROUNDTRIP, has_times, write_roundtrip },
		{ "registry", RP_REGISTRY, is_statement, write_registry },
	};

	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
		rp_area_write(c, &areas[i], w);
}
