/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: registers of firmware's log, and the search for what would
 * explain another value.  The first byte says which set and which register,
 * the rest is the log. */
#include "replay/search.h"

#include "evidence/tpm.h"

#include "tests/fuzz/target.h"

#include <stdlib.h>

#define EXTENDS 512

/* The last value is found at once as the whole log; another one is not. */
static void look(struct ev_crypto *crypto, const struct ev_tcg_log *log,
		 const struct rp_registers *r, unsigned int index)
{
	static const struct rp_sequence nothing;
	static const uint8_t other[EV_DIGEST_MAX] = { 1 };

	for (size_t i = 0; i < r->n_banks; i++) {
		const struct rp_bank *bank = &r->bank[i];
		struct rp_question q = {
			.set = r->set,
			.index = index,
			.tpm_alg = bank->tpm_alg,
			.alg = bank->alg,
			.initial = bank->reg[index].initial,
			.log = log,
			.after = &nothing,
		};
		char text[RP_EXPLANATION_TEXT];
		uint64_t used;

		if (!bank->known || !bank->reg[index].touched)
			continue;
		q.want = ev_span_of(other, ev_digest_size(bank->alg));
		if (rp_search(crypto, &q, EXTENDS, &used, text) ==
			    RP_EXPLAINED ||
		    used > EXTENDS)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto;
	static struct rp_registers r;
	struct rp_remarks remarks = { .n = 0 };
	struct ev_error err = { 0 };
	struct ev_tcg_log log;
	enum rp_register_set set;

	if (crypto == NULL)
		crypto = ev_crypto_new();
	if (crypto == NULL || n == 0)
		return 0;
	set = (bytes[0] & 0x80) != 0 ? RP_MRS : RP_PCRS;
	if (ev_tcg_log_open(ev_span_of(bytes + 1, n - 1), &log, &err) != EV_OK)
		return 0;
	if (!rp_registers_replay(crypto, &log, set, &r, &remarks))
		abort();
	look(crypto, &log, &r, (bytes[0] & 0x7f) % (unsigned int)r.n);
	return 0;
}
