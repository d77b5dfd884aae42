/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of a collection's session: facts.session, facts.binding. */
#include "replay/facts.h"
#include "replay/session.h"

static const char *const result_words[] = {
	[RP_BOUND_NO_SESSION] = "no-session",
	[RP_BOUND_EQUAL] = "equal",
	[RP_BOUND_DIFFERS] = "differs",
};

static void write_session(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_session *s = c->session;

	if (!s->has_root)
		return;
	ev_write_object(w, "session");
	ev_write_str(w, "item", s->item->name);
	ev_write_str(w, "recipe", s->binding.recipe);
	ev_write_hex(
		w, "challenge",
		ev_span_of(s->document.challenge, s->document.challenge_size));
	ev_write_time(w, "started", s->document.started);
	ev_write_bool(w, "trusted", rp_session_is_borne(c));
	ev_write_end(w);
}

/* As the manifest lists them.  Where the archive is broken its digests, over
 * which nonces are recomputed, say nothing. */
static void write_binding(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_session *s = c->session;

	ev_write_array(w, "binding");
	for (size_t i = 0; i < s->binding.n_nonces; i++) {
		const struct ev_nonce_use *u = &s->binding.nonces[i];
		enum rp_bound_result result =
			c->broken == NULL ? s->result[i] : RP_BOUND_NO_SESSION;

		ev_write_object(w, NULL);
		ev_write_str(w, "use", ev_use_word(u->use));
		ev_write_int(w, "round", (int64_t)u->round);
		ev_write_str(w, "item", u->item);
		if (u->use == EV_USE_TLS)
			ev_write_int(w, "index", (int64_t)u->index);
		ev_write_str(w, "result", result_words[result]);
		ev_write_end(w);
	}
	ev_write_end(w);
}

void rp_facts_binding_write(const struct rp_case *c, struct ev_writer *w)
{
	if (c->session == NULL || !c->session->binding.present)
		return;
	write_session(c, w);
	write_binding(c, w);
}
