/* SPDX-License-Identifier: Apache-2.0 */
/* log.events: whether the data of events is what was measured. */
#include "replay/checks.h"

#include "evidence/event_type.h"
#include "replay/event_log.h"

#include <inttypes.h>

static enum rp_outcome fail(const struct rp_bad_event *bad,
			    struct rp_finding *f)
{
	ev_auto_buffer struct ev_buffer type = { 0 };
	enum ev_digest_alg alg;

	ev_event_type_name(bad->type, &type);
	if (!ev_buffer_ok(&type) || !ev_tpm_digest_alg(bad->bank, &alg))
		return RP_TROUBLE;
	return rp_fail(f,
		       "entry: %" PRIu64 " at byte %" PRIu64 ": %.*s has a "
		       "digest in %s that is not of its data",
		       bad->number, bad->offset, (int)type.n,
		       (const char *)type.p, ev_digest_name(alg));
}

enum rp_outcome rp_check_log_events(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct rp_events *events = &s->log->events;

	(void)c;
	if (!rp_log_is_firmware(s->log))
		return rp_not_applicable(f, "no event log of firmware");
	rp_set_got(f,
		   "%" PRIu64 " events, %" PRIu64 " bound to their data, "
		   "%" PRIu64 " not recomputable",
		   s->log->n_entries, events->n_bound, events->n_open);
	if (events->n_bad == 0) {
		rp_input_add(f, s->name, 0, s->item->bytes.n);
		return RP_PASS;
	}
	rp_input_add(f, s->name, events->bad.offset, events->bad.size);
	return fail(&events->bad, f);
}
