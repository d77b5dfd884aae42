/* SPDX-License-Identifier: Apache-2.0 */
/* Names of registers, banks and ends of boot logs. */
#include "evidence/tcg_words.h"

#include "evidence/event_data.h"
#include "evidence/tpm.h"

#include <inttypes.h>
#include <stdio.h>

#define RTMR_LAST 4

void ev_tcg_register_name(bool measurement, uint32_t index,
			  char out[EV_TCG_REGISTER_NAME])
{
	if (index == EV_TCG_NOWHERE)
		snprintf(out, EV_TCG_REGISTER_NAME, "none");
	else if (!measurement)
		snprintf(out, EV_TCG_REGISTER_NAME, "pcr%" PRIu32, index);
	else if (index == 0)
		snprintf(out, EV_TCG_REGISTER_NAME, "mrtd");
	else if (index <= RTMR_LAST)
		snprintf(out, EV_TCG_REGISTER_NAME, "rtmr%" PRIu32, index - 1);
	else
		snprintf(out, EV_TCG_REGISTER_NAME, "mr%" PRIu32, index);
}

void ev_tcg_bank_name(uint16_t alg, char out[EV_TCG_BANK_NAME])
{
	enum ev_digest_alg known;

	if (ev_tpm_digest_alg(alg, &known))
		snprintf(out, EV_TCG_BANK_NAME, "%s", ev_digest_name(known));
	else
		snprintf(out, EV_TCG_BANK_NAME, "0x%04x", alg);
}

void ev_tcg_end_write(struct ev_writer *w, const struct ev_tcg_log *log)
{
	static const char *const words[] = {
		[EV_TCG_OPEN] = "open",
		[EV_TCG_CLEAN] = "clean",
		[EV_TCG_PADDING] = "padding",
		[EV_TCG_HIDDEN] = "data-after-padding",
		[EV_TCG_CUT] = "truncated",
	};

	ev_write_object(w, "end");
	ev_write_str(w, "how", words[log->end]);
	ev_write_int(w, "offset", (int64_t)log->at);
	if (log->end == EV_TCG_PADDING || log->end == EV_TCG_HIDDEN) {
		ev_write_hex(w, "pad", ev_span_of(&log->pad, 1));
		ev_write_int(w, "length", (int64_t)(log->item.n - log->at));
	}
	if (log->end == EV_TCG_HIDDEN)
		ev_write_int(w, "firstOther", (int64_t)log->hidden);
	ev_event_refused(w, &log->refusal);
	ev_write_end(w);
}
