/* SPDX-License-Identifier: Apache-2.0 */
/* A history for people. */
#include "audit/references/history_text.h"

#include "audit/references/history_json.h"

void au_voucher_text(const struct au_voucher *voucher, struct ev_buffer *out)
{
	const struct au_voucher *v = voucher;

	ev_buffer_add_str(out, v->state);
	if (v->kind != AU_VOUCHER_NONE)
		ev_buffer_printf(out, ", %s %.12s",
				 au_voucher_kind_name(v->kind), v->object);
	if (v->principals[0] != '\0')
		ev_buffer_printf(out, ", %s", v->principals);
	if (v->reason[0] != '\0')
		ev_buffer_printf(out, " (%s)", v->reason);
	ev_buffer_add_str(out, "\n");
}

static void add_change(const struct au_reference_change *c,
		       struct ev_buffer *out)
{
	char since[AU_CLAIMED_TIME];

	if (c->from_unreadable)
		ev_buffer_add_str(out, "    the version before cannot be "
				       "read\n");
	if (c->status) {
		au_claimed_time(c->since, since);
		ev_buffer_printf(out, "    %s -> %s since %s%s%s\n",
				 au_state_name(c->from), au_state_name(c->to),
				 since, c->reason[0] != '\0' ? ": " : "",
				 c->reason);
	}
	if (c->n_added + c->n_removed > 0)
		ev_buffer_printf(out,
				 "    measurements: %zu added, %zu removed\n",
				 c->n_added, c->n_removed);
	if (c->members[0] != '\0')
		ev_buffer_printf(out, "    other members: %s\n", c->members);
}

static void add_event(const struct au_event *e, struct ev_buffer *out)
{
	char time[AU_CLAIMED_TIME];

	au_claimed_time(e->time, time);
	ev_buffer_printf(out, "  %s %s %.12s by %.40s\n", time,
			 au_event_kind_name(e->kind), e->commit, e->author);
	if (e->kind == AU_EVENT_ADDED || e->kind == AU_EVENT_EARLIER)
		ev_buffer_printf(out, "    %s\n",
				 e->state != NULL ? e->state : e->reason);
	if (e->kind == AU_EVENT_UNREADABLE)
		ev_buffer_printf(out, "    %s\n", e->reason);
	add_change(&e->change, out);
	if (e->restores[0] != '\0')
		ev_buffer_printf(out, "    as it was made by %.12s\n",
				 e->restores);
	if (e->time_goes_back)
		ev_buffer_add_str(out, "    its time lies before that of the "
				       "commit it follows\n");
	ev_buffer_add_str(out, "    signature: ");
	au_voucher_text(&e->voucher, out);
}

void au_vouched_text(const char *path, const struct au_vouched *vouched,
		     struct ev_buffer *out)
{
	const struct au_reference_history *h = vouched->history;
	char shown[AU_PATH_MAX];

	ev_show(ev_span_str(path), shown, sizeof(shown));
	ev_buffer_printf(out, "%s%s\n  vouched for: ", shown,
			 h->is_present ? "" : ", deleted");
	au_voucher_text(vouched->by, out);
	if (h->end == AU_HISTORY_SHALLOW)
		ev_buffer_add_str(out, "  history ends at a shallow "
				       "boundary\n");
	if (h->end == AU_HISTORY_LIMIT)
		ev_buffer_add_str(out, "  history ends at the bound of 100000 "
				       "commits\n");
	if (h->dropped[0] != '\0')
		ev_buffer_printf(out,
				 "  a merge left out what %.12s made of "
				 "it\n",
				 h->dropped);
	for (size_t i = h->n; i > 0; i--)
		add_event(&h->event[i - 1], out);
}
