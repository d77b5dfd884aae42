/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware's event logs become register values. */
#include "replay/registers.h"

#include "evidence/tpm.h"

#include <stdio.h>

#define N_PCRS 24
#define N_MRS  5
/* TPM 2.0 PC Client Platform, 4.6: before a dynamic launch these are ones. */
#define DYNAMIC_FIRST 17
#define DYNAMIC_LAST  22

void rp_register_name(enum rp_register_set set, unsigned int n,
		      char out[RP_REGISTER_NAME])
{
	if (set == RP_PCRS)
		snprintf(out, RP_REGISTER_NAME, "pcr%u", n & 31);
	else if (n == 0)
		snprintf(out, RP_REGISTER_NAME, "mrtd");
	else
		snprintf(out, RP_REGISTER_NAME, "rtmr%u", (n - 1) & 31);
}

/* Every register of a dynamic launch holds this byte throughout. */
static void fill_dynamic(struct rp_bank *b, int byte)
{
	for (size_t i = DYNAMIC_FIRST; i <= DYNAMIC_LAST; i++) {
		memset(b->reg[i].initial, byte, EV_DIGEST_MAX);
		memset(b->reg[i].value, byte, EV_DIGEST_MAX);
	}
}

static void begin_bank(struct rp_bank *b, struct ev_crypto *crypto,
		       enum rp_register_set set, uint16_t tpm_alg)
{
	b->tpm_alg = tpm_alg;
	b->known = ev_tpm_digest_alg(tpm_alg, &b->alg) &&
		   ev_digest_has(crypto, b->alg);
	for (size_t i = 0; i < RP_REGISTERS_MAX; i++)
		b->reg[i].incomplete = !b->known;
	if (set == RP_PCRS)
		fill_dynamic(b, 0xff);
}

void rp_registers_begin(struct rp_registers *r, struct ev_crypto *crypto,
			enum rp_register_set set,
			const struct ev_tcg_bank *bank, size_t n_banks)
{
	assert(n_banks <= EV_TCG_BANKS_MAX);
	*r = (struct rp_registers){
		.set = set,
		.n = set == RP_PCRS ? N_PCRS : N_MRS,
		.n_banks = n_banks,
	};
	for (size_t i = 0; i < n_banks; i++)
		begin_bank(&r->bank[i], crypto, set, bank[i].alg);
}

struct rp_bank *rp_registers_bank(struct rp_registers *r, uint16_t tpm_alg)
{
	for (size_t i = 0; i < r->n_banks; i++)
		if (r->bank[i].tpm_alg == tpm_alg)
			return &r->bank[i];
	return NULL;
}

bool rp_register_extend(struct ev_crypto *crypto, enum ev_digest_alg alg,
			uint8_t value[EV_DIGEST_MAX], struct ev_span digest)
{
	const struct ev_span parts[2] = {
		ev_span_of(value, ev_digest_size(alg)),
		digest,
	};

	return ev_digest_parts(crypto, alg, parts, 2, value);
}

bool rp_event_extends(const struct rp_registers *r,
		      const struct ev_tcg_event *event)
{
	return event->type != EV_TCG_NO_ACTION && event->index < r->n &&
	       (r->set == RP_PCRS || event->index > 0);
}

/* --- the locality that PCR 0 starts with --- */

struct replay {
	struct ev_crypto *crypto;
	struct rp_registers *r;
	struct rp_remarks *remarks;
	bool has_locality;
	bool extended_pcr0;
	bool launched; /* dynamically: what PCR 17 to 22 start with is zero */
	unsigned int separators[RP_REGISTERS_MAX];
};

static void note(struct replay *p, const char *word,
		 const struct ev_tcg_event *event)
{
	rp_remark_add(p->remarks, word, event->number, event->offset);
}

/* PFP 10.4.5.3: the last byte of the initial value is the locality. */
static void start_at(struct replay *p, uint8_t locality)
{
	for (size_t i = 0; i < p->r->n_banks; i++) {
		struct rp_bank *b = &p->r->bank[i];
		size_t last = b->known ? ev_digest_size(b->alg) - 1 : 0;

		b->reg[0].initial[last] = locality;
		b->reg[0].value[last] = locality;
		b->reg[0].touched = true;
	}
}

static void read_locality(struct replay *p, const struct ev_tcg_event *event)
{
	static const uint8_t signature[16] = "StartupLocality";
	uint8_t locality;

	if (event->index != 0 || event->data.n <= sizeof(signature) ||
	    memcmp(event->data.p, signature, sizeof(signature)) != 0)
		return;
	locality = event->data.p[sizeof(signature)];
	if (p->extended_pcr0)
		note(p, "late-locality", event);
	else if (p->has_locality)
		note(p, "second-locality", event);
	else if (locality != 0 && locality != 3 && locality != 4)
		note(p, "bad-locality", event);
	else {
		start_at(p, locality);
		p->has_locality = true;
	}
}

/* PFP 10.2.2: H-CRTM is measured from locality 4, before all else. */
static void read_hcrtm(struct replay *p, const struct ev_tcg_event *event)
{
	if (event->type == EV_TCG_EFI_HCRTM && event->index == 0 &&
	    !p->extended_pcr0 && !p->has_locality)
		start_at(p, 4);
}

/* --- events --- */

/* Only what a dynamic launch started extends these; it cleared them. */
static void note_launch(struct replay *p, const struct ev_tcg_event *event)
{
	if (p->launched || event->index < DYNAMIC_FIRST ||
	    event->index > DYNAMIC_LAST)
		return;
	p->launched = true;
	for (size_t i = 0; i < p->r->n_banks; i++)
		fill_dynamic(&p->r->bank[i], 0);
}

static void note_separator(struct replay *p, const struct ev_tcg_event *event)
{
	if (event->type == EV_TCG_SEPARATOR &&
	    p->separators[event->index]++ == 1)
		note(p, "duplicate-separator", event);
}

static bool has_digest(const struct rp_registers *r,
		       const struct ev_tcg_event *event)
{
	for (size_t i = 0; i < r->n_banks; i++)
		if (!ev_span_is_zero(event->digest[i]))
			return true;
	return false;
}

/* Why an event is extended nowhere, where that is odd. */
static void note_left_out(struct replay *p, const struct ev_tcg_event *event)
{
	if (event->type == EV_TCG_NO_ACTION) {
		if (event->index != EV_TCG_NOWHERE && has_digest(p->r, event))
			note(p, "no-action-digest", event);
		else if (event->index != EV_TCG_NOWHERE &&
			 event->index >= p->r->n)
			note(p, "index-out-of-range", event);
	} else if (event->index == EV_TCG_NOWHERE) {
		note(p, "extends-nowhere", event);
	} else if (event->index < p->r->n) {
		note(p, "extends-mrtd", event);
	} else {
		note(p, "index-out-of-range", event);
	}
}

static void note_lack(struct rp_register *reg, const struct ev_tcg_event *event)
{
	reg->incomplete = true;
	if (reg->lacking > 0)
		return;
	reg->lacking = event->number;
	reg->lacking_at = event->offset;
}

static bool extend(struct replay *p, const struct ev_tcg_event *event)
{
	bool missing = false;

	p->extended_pcr0 |= event->index == 0;
	for (size_t i = 0; i < p->r->n_banks; i++) {
		struct rp_bank *b = &p->r->bank[i];
		struct rp_register *reg = &b->reg[event->index];

		reg->touched = true;
		reg->n_extends++;
		if (event->digest[i].p == NULL) {
			missing = true;
			note_lack(reg, event);
		} else if (b->known &&
			   !rp_register_extend(p->crypto, b->alg, reg->value,
					       event->digest[i])) {
			return false;
		}
	}
	if (missing)
		note(p, "digest-missing", event);
	return true;
}

static bool take(struct replay *p, const struct ev_tcg_event *event)
{
	if (p->r->set == RP_PCRS && event->type == EV_TCG_NO_ACTION)
		read_locality(p, event);
	if (!rp_event_extends(p->r, event)) {
		note_left_out(p, event);
		return true;
	}
	if (p->r->set == RP_PCRS) {
		read_hcrtm(p, event);
		note_launch(p, event);
	}
	note_separator(p, event);
	return extend(p, event);
}

bool rp_registers_replay(struct ev_crypto *crypto, struct ev_tcg_log *log,
			 enum rp_register_set set, struct rp_registers *r,
			 struct rp_remarks *remarks)
{
	struct replay p = { .crypto = crypto, .r = r, .remarks = remarks };
	struct ev_tcg_event event;

	rp_registers_begin(r, crypto, set, log->bank, log->n_banks);
	if (log->header_rest > 0)
		rp_remark_add(remarks, "spec-id-rest", 0, 32);
	if (log->header_short)
		rp_remark_add(remarks, "spec-id-short", 0, 32);
	while (ev_tcg_log_next(log, &event))
		if (!take(&p, &event))
			return false;
	if (log->end == EV_TCG_HIDDEN)
		rp_remark_add(remarks, "data-after-padding", log->n_events,
			      log->hidden);
	return true;
}
