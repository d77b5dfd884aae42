/* SPDX-License-Identifier: Apache-2.0 */
/* The predicate's members that tell how a collection went. */
#include "collect/collection_claims.h"

#include "evidence/base/json_write.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/timex.h>
#include <unistd.h>

/* Whether somebody keeps the machine's clock; reading it changes nothing. */
static const char *clock_state(void)
{
	struct timex t = { 0 };
	int state = adjtimex(&t);

	if (state < 0)
		return "unknown";
	return state == TIME_ERROR || (t.status & STA_UNSYNC) != 0 ? "no"
								   : "yes";
}

static char *clock_json(const struct co_collection *c, size_t *n)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return NULL;
	ev_write_object(w, NULL);
	ev_write_time(w, "realtime", c->ended);
	ev_write_str(w, "synchronized", clock_state());
	ev_write_end(w);
	return ev_writer_finish(w, n);
}

static char *steps_json(const struct co_collection *c, size_t *n)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return NULL;
	ev_write_array(w, NULL);
	for (size_t i = 0; i < c->n_steps; i++) {
		const struct co_step *step = &c->steps[i];

		ev_write_object(w, NULL);
		ev_write_str(w, "source", step->source->name);
		ev_write_str(w, "outcome", co_outcome_word(step->outcome));
		if (step->reason[0] != 0)
			ev_write_shown(w, "reason", step->reason);
		ev_write_end(w);
	}
	ev_write_end(w);
	return ev_writer_finish(w, n);
}

static void write_nonce(struct ev_writer *w, const struct co_collection *c,
			const struct co_bound *bound)
{
	ev_write_object(w, NULL);
	ev_write_str(w, "use", bound->use);
	ev_write_int(w, "round", bound->round);
	ev_write_str(w, "item", c->items.item[bound->item]->path);
	if (bound->is_try)
		ev_write_int(w, "index", bound->index);
	if (bound->n_after > 0) {
		ev_write_array(w, "after");
		for (size_t i = 0; i < bound->n_after; i++)
			ev_write_str(w, NULL,
				     c->items.item[bound->after[i]]->path);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static char *binding_json(const struct co_collection *c, size_t *n)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return NULL;
	ev_write_object(w, NULL);
	ev_write_str(w, "recipe", EV_SESSION_RECIPE);
	ev_write_str(w, "session", c->items.item[c->session_item]->path);
	ev_write_array(w, "nonces");
	for (size_t i = 0; i < c->n_bound; i++)
		write_nonce(w, c, &c->bound[i]);
	ev_write_end(w);
	ev_write_end(w);
	return ev_writer_finish(w, n);
}

static char *subject_json(const struct co_collection *c, const char *label,
			  size_t *n)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	const struct co_gathered *imds =
		co_gathering_last(&c->items, "azure-imds-attested");

	if (w == NULL)
		return NULL;
	ev_write_object(w, NULL);
	if (label != NULL)
		ev_write_foreign(w, "label", ev_span_str(label));
	if (imds != NULL)
		ev_write_str(w, "imds", imds->path);
	ev_write_end(w);
	return ev_writer_finish(w, n);
}

/* The digest of this program's own file. */
static bool digest_self(const struct co_collection *c, uint8_t out[32])
{
	ev_auto(ev_digest_free) struct ev_digest_stream *s =
		ev_digest_begin(c->crypto, EV_SHA256);
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint8_t piece[16384];
	ssize_t n = -1;

	while (s != NULL && fd >= 0 &&
	       (n = read(fd, piece, sizeof(piece))) > 0) {
		if (!ev_digest_update(s, ev_span_of(piece, (size_t)n))) {
			n = -1;
			break;
		}
	}
	if (fd >= 0)
		close(fd);
	return n == 0 && ev_digest_finish(s, out);
}

static struct ev_span span(const char *json, size_t n)
{
	return ev_span_of(json, json != NULL ? n : 0);
}

bool co_collection_claims_make(const struct co_collection *c, const char *label,
			       const char *series,
			       struct co_collection_claims *out)
{
	size_t n_clock, n_steps, n_binding = 0, n_subject = 0;
	bool binding = c->has_session && c->n_bound > 0;

	*out = (struct co_collection_claims){
		.claims = { .verb = "collect",
			    .has_time = true,
			    .time = c->ended,
			    .root = c->root.given ? "test" : NULL,
			    .series = series },
	};
	out->clock = clock_json(c, &n_clock);
	out->steps = steps_json(c, &n_steps);
	out->binding = binding ? binding_json(c, &n_binding) : NULL;
	out->subject_system = subject_json(c, label, &n_subject);
	if (out->clock == NULL || out->steps == NULL ||
	    out->subject_system == NULL || (binding && out->binding == NULL))
		return false;
	out->claims.clock = span(out->clock, n_clock);
	out->claims.steps = span(out->steps, n_steps);
	out->claims.binding = span(out->binding, n_binding);
	/* An object without members says nothing. */
	if (n_subject > 2)
		out->claims.subject_system =
			span(out->subject_system, n_subject);
	if (digest_self(c, out->program))
		out->claims.program = out->program;
	return true;
}

void co_collection_claims_free(struct co_collection_claims *claims)
{
	free(claims->clock);
	free(claims->steps);
	free(claims->binding);
	free(claims->subject_system);
	*claims = (struct co_collection_claims){ 0 };
}
