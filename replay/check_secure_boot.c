/* SPDX-License-Identifier: Apache-2.0 */
/* log.secure-boot: the state of Secure Boot beside the policy's. */
#include "replay/checks.h"

#include "replay/borne_out.h"
#include "replay/event_log.h"
#include "replay/facts.h"
#include "replay/link.h"

/* The event that says it; the whole log, where none does. */
static void add_inputs(const struct rp_subject *s,
		       const struct rp_boot_state *b, struct rp_finding *f)
{
	if (b->logged.event > 0)
		rp_input_add(f, s->name, b->logged.offset, b->logged.size);
	else
		rp_input_add(f, s->name, 0, s->item->bytes.n);
}

static enum rp_outcome judge(const struct rp_expect *expect,
			     const struct rp_boot_state *b,
			     struct rp_finding *f)
{
	const char *word = rp_secure_boot_word(b->state);

	rp_set_want(f, "one of %zu values in the policy",
		    json_array_size(expect->values));
	rp_set_got(f, "%s", word);
	if (rp_expect_lists(expect, word))
		return RP_PASS;
	if (b->by == NULL)
		return rp_skip(f, "unknown: %s", b->why);
	return rp_fail(f, "%s: %s", word, b->why);
}

enum rp_outcome rp_check_log_secure_boot(struct rp_case *c,
					 const struct rp_subject *s,
					 struct rp_finding *f)
{
	const struct rp_expect *expect =
		rp_policy_expects(c->policy, RP_FACT_SECURE_BOOT);
	struct rp_boot_state b;

	if (!rp_log_is_firmware(s->log))
		return rp_not_applicable(f, "no event log of firmware");
	if (rp_log_is_left_out(c, s))
		return rp_not_applicable(f, "another log is of the quote");
	if (expect == NULL)
		return rp_skip(f, "unasked: the policy expects no "
				  "log.secureBoot");
	if (s->log->parsed.code != EV_OK)
		return rp_skip(f, "unknown: the log cannot be read");
	if (!rp_boot_state_read(c, s, &b))
		return RP_TROUBLE;
	add_inputs(s, &b, f);
	return judge(expect, &b, f);
}
