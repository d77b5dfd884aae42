/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of one register, gathered from its log. */
#include "replay/sequence.h"

#include <stdlib.h>

static bool belongs(const struct rp_gather *what,
		    const struct ev_tcg_event *event)
{
	/* Nothing is extended into MRTD, whatever stands under its index. */
	if (what->set == RP_MRS && event->index == 0)
		return false;
	if (event->index == EV_TCG_NOWHERE ||
	    (!what->everywhere && event->index != what->index))
		return false;
	return what->no_action || event->type != EV_TCG_NO_ACTION;
}

static bool add(struct rp_sequence *s, const struct ev_tcg_event *event,
		size_t place)
{
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 64 : 2 * s->room;
		struct rp_entry *more =
			reallocarray(s->entry, room, sizeof(*more));

		if (more == NULL)
			return false;
		s->entry = more;
		s->room = room;
	}
	s->entry[s->n++] = (struct rp_entry){
		.digest = event->digest[place].p,
		.event = event->number,
	};
	return true;
}

bool rp_sequence_gather(const struct ev_tcg_log *log, uint16_t tpm_alg,
			const struct rp_gather *what, size_t max,
			struct rp_sequence *out, bool *no_memory)
{
	size_t place = ev_tcg_log_bank(log, tpm_alg);
	struct ev_error err = { 0 };
	struct ev_tcg_event event;
	struct ev_tcg_log again;

	*out = (struct rp_sequence){ 0 };
	*no_memory = false;
	if (place == log->n_banks ||
	    ev_tcg_log_open(log->item, &again, &err) != EV_OK)
		return true;
	again.release = log->release;
	out->size = log->bank[place].size;
	while (ev_tcg_log_next(&again, &event)) {
		if (!belongs(what, &event) || event.digest[place].p == NULL)
			continue;
		if (out->n == max)
			return false;
		*no_memory = !add(out, &event, place);
		if (*no_memory)
			return false;
	}
	return true;
}

void rp_sequence_free(struct rp_sequence *s)
{
	free(s->entry);
	free(s->bytes);
	*s = (struct rp_sequence){ 0 };
}
