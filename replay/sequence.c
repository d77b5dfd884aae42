/* SPDX-License-Identifier: Apache-2.0 */
/* The entries of one register, gathered from its log. */
#include "replay/sequence.h"

#include <stdlib.h>

/* Makes room for one more of n elements of this size; false: no memory. */
static bool grow(void **p, size_t n, size_t *room, size_t size)
{
	size_t more = *room == 0 ? 64 : 2 * *room;
	void *moved;

	if (n < *room)
		return true;
	moved = reallocarray(*p, more, size);
	if (moved == NULL)
		return false;
	*p = moved;
	*room = more;
	return true;
}

bool rp_sequence_add(struct rp_sequence *s, const uint8_t *digest,
		     uint64_t event)
{
	void *p = s->entry;

	if (!grow(&p, s->n, &s->room, sizeof(*s->entry)))
		return false;
	s->entry = p;
	s->entry[s->n++] = (struct rp_entry){ digest, event };
	return true;
}

static bool add_event(struct rp_history *h, const struct ev_tcg_event *e)
{
	void *p = h->event;

	if (!grow(&p, h->n, &h->room, sizeof(*h->event)))
		return false;
	h->event = p;
	h->event[h->n++] = (struct rp_logged){
		.offset = e->offset,
		.number = (uint32_t)e->number,
		.no_action = e->type == EV_TCG_NO_ACTION,
	};
	h->n_no_action += e->type == EV_TCG_NO_ACTION;
	return true;
}

bool rp_sequence_gather(const struct ev_tcg_log *log, enum rp_register_set set,
			unsigned int index, uint16_t tpm_alg, size_t max,
			struct rp_history *all, struct rp_sequence *own,
			bool *no_memory)
{
	size_t place = ev_tcg_log_bank(log, tpm_alg);
	struct ev_error err = { 0 };
	struct ev_tcg_event e;
	struct ev_tcg_log again;

	*all = (struct rp_history){ 0 };
	*own = (struct rp_sequence){ 0 };
	*no_memory = false;
	/* Nothing is extended into MRTD, whatever stands under its index. */
	if (place == log->n_banks || (set == RP_MRS && index == 0) ||
	    ev_tcg_log_open(log->item, &again, &err) != EV_OK)
		return true;
	again.release = log->release;
	own->size = log->bank[place].size;
	while (ev_tcg_log_next(&again, &e)) {
		if (e.index != index)
			continue;
		if (all->n == max)
			return false;
		*no_memory =
			!add_event(all, &e) ||
			(e.type != EV_TCG_NO_ACTION &&
			 e.digest[place].p != NULL &&
			 !rp_sequence_add(own, e.digest[place].p, e.number));
		if (*no_memory)
			return false;
	}
	return true;
}

void rp_history_free(struct rp_history *h)
{
	free(h->event);
	*h = (struct rp_history){ 0 };
}

void rp_sequence_free(struct rp_sequence *s)
{
	free(s->entry);
	free(s->bytes);
	*s = (struct rp_sequence){ 0 };
}
