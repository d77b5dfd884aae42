/* SPDX-License-Identifier: Apache-2.0 */
/* The state of Secure Boot, once its register was read. */
#include "replay/secure_boot.h"

#include "evidence/event_type.h"
#include "evidence/tpm.h"
#include "replay/secure_boot_event.h"

#include <inttypes.h>
#include <stdio.h>

const char *rp_secure_boot_word(enum rp_secure_boot_state state)
{
	static const char *const words[] = {
		[RP_SECURE_BOOT_UNKNOWN] = "unknown",
		[RP_SECURE_BOOT_ENABLED] = "enabled",
		[RP_SECURE_BOOT_DISABLED] = "disabled",
	};

	return words[state];
}

unsigned int rp_secure_boot_register(enum rp_register_set set)
{
	static const unsigned int numbers[] = { [RP_PCRS] = 7, [RP_MRS] = 1 };

	return numbers[set];
}

/* Of the register of boot applications: PCR 4, or MR 2. */
static bool is_image(enum rp_register_set set, const struct ev_tcg_event *e)
{
	static const uint32_t applications[] = { [RP_PCRS] = 4, [RP_MRS] = 2 };

	return e->type == EV_TYPE_APPLICATION && e->index == applications[set];
}

/* --- the answer --- */

static void doubt_enabled(struct rp_boot_reading *r, uint64_t n_images)
{
	static const enum rp_boot_variable needed[] = { RP_VARIABLE_PK,
							RP_VARIABLE_KEK,
							RP_VARIABLE_DB };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (r->seen[needed[i]] == 0)
			rp_boot_doubt(r,
				      "SecureBoot is 1 without a variable %s",
				      rp_boot_variable_name(needed[i]));
		else if (r->value[needed[i]].n == 0)
			rp_boot_doubt(r, "SecureBoot is 1 with an empty %s",
				      rp_boot_variable_name(needed[i]));
	}
	if (r->debug > 0)
		rp_boot_doubt(r, "event %" PRIu64 " is of UEFI's debug mode",
			      r->debug);
	if (r->foreign > 0)
		rp_boot_doubt(
			r, "event %" PRIu64 " is of a type that PCR 7 has not",
			r->foreign);
	if (n_images > 0 && r->out->n_authorities == 0)
		rp_boot_doubt(r,
			      "images were started, and none by an authority");
}

static void doubt_register(struct rp_boot_reading *r)
{
	if (r->n_separators == 0)
		rp_boot_doubt(r, "no separator ends what firmware measured");
	if (r->seen[RP_VARIABLE_SECURE_BOOT] == 0)
		rp_boot_doubt(r, "no variable SecureBoot before the separator");
	else if (r->value[RP_VARIABLE_SECURE_BOOT].n > 1 ||
		 (r->value[RP_VARIABLE_SECURE_BOOT].n == 1 &&
		  r->value[RP_VARIABLE_SECURE_BOOT].p[0] > 1))
		rp_boot_doubt(r, "the variable SecureBoot is neither 0 nor 1");
}

static void conclude(struct rp_boot_reading *r, uint64_t n_images)
{
	const struct ev_span value = r->value[RP_VARIABLE_SECURE_BOOT];
	struct rp_secure_boot *out = r->out;
	bool on = value.n == 1 && value.p[0] == 1;

	doubt_register(r);
	if (on)
		doubt_enabled(r, n_images);
	if (out->why[0] != '\0')
		return;
	out->state = on ? RP_SECURE_BOOT_ENABLED : RP_SECURE_BOOT_DISABLED;
	snprintf(out->why, sizeof(out->why), "%s",
		 on	       ? "SecureBoot is 1, with PK, KEK and db"
		 : value.n > 0 ? "SecureBoot is 0"
			       : "SecureBoot is there and empty");
}

bool rp_secure_boot_read(struct ev_crypto *crypto, struct ev_tcg_log *log,
			 enum rp_register_set set, size_t bank,
			 struct rp_secure_boot *out)
{
	struct rp_boot_reading r = { .crypto = crypto,
				     .set = set,
				     .bank = bank,
				     .agile = log->agile,
				     .out = out };
	struct ev_tcg_event e;
	uint64_t n_images = 0;

	*out = (struct rp_secure_boot){ .state = RP_SECURE_BOOT_UNKNOWN };
	if (!ev_tpm_digest_alg(log->bank[bank].alg, &r.alg) ||
	    !ev_digest_has(crypto, r.alg)) {
		rp_boot_doubt(&r, "no algorithm for this bank");
		return true;
	}
	if (!rp_boot_reading_begin(&r))
		return false;
	while (ev_tcg_log_next(log, &e)) {
		n_images += is_image(set, &e);
		if (e.type != EV_TCG_NO_ACTION &&
		    e.index == rp_secure_boot_register(set) &&
		    !rp_boot_event_take(&r, log, &e))
			return false;
	}
	conclude(&r, n_images);
	return true;
}
