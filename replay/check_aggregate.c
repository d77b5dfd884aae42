/* SPDX-License-Identifier: Apache-2.0 */
/* log.boot-aggregate: IMA's first entry, over the PCRs of the boot. */
#include "evidence/tpm.h"
#include "replay/checks.h"
#include "replay/compared.h"

#define PCRS_MAX 10

/* IMA, ima_crypto.c: PCR 8 and 9 since Linux 5.8, and never for SHA-1. */
static unsigned int n_pcrs(enum ev_digest_alg alg)
{
	return alg == EV_SHA1 ? 8 : PCRS_MAX;
}

static bool alg_named(struct ev_span name, enum ev_digest_alg *out)
{
	static const enum ev_digest_alg algs[] = { EV_SHA1, EV_SHA256,
						   EV_SHA384, EV_SHA512 };

	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (ev_span_eq(name, ev_span_str(ev_digest_name(algs[i])))) {
			*out = algs[i];
			return true;
		}
	*out = EV_SHA1; /* template "ima" names none */
	return name.n == 0;
}

/* The row of PCR n that a quote has beside this log, or NULL. */
static const struct rp_compared *row_of(const struct rp_case *c,
					const struct rp_subject *ima,
					enum ev_digest_alg alg, unsigned int n)
{
	const struct rp_subject *s = c->first[RP_REGISTER_PCR];

	for (; s != NULL; s = s->next)
		if (s->compared->tail.log[RP_TAIL_IMA] == ima &&
		    s->compared->quote != NULL && s->compared->alg == alg &&
		    s->compared->index == n)
			return s->compared;
	return NULL;
}

/* PCR n of firmware's log: of the one that the quote was held against, else
 * of the first; NULL: none has the bank. */
static const struct rp_register *logged(const struct rp_case *c,
					const struct rp_compared *row,
					enum ev_digest_alg alg, unsigned int n)
{
	const struct rp_subject *s = row != NULL ? row->log : NULL;
	struct rp_registers *r;

	if (row == NULL)
		s = c->first[RP_LOG];
	while (s != NULL && s->log->form != RP_LOG_TCG)
		s = s->next;
	r = s != NULL ? &s->log->registers : NULL;
	for (size_t i = 0; r != NULL && i < r->n_banks; i++)
		if (r->bank[i].known && r->bank[i].alg == alg)
			return &r->bank[i].reg[n];
	return NULL;
}

enum source { BY_LOG, BY_QUOTE };

/* As the log gives it, else as it was quoted, else what it was reset to;
 * BY_QUOTE: as it was quoted alone.  Empty: nothing says it. */
static struct ev_span pcr_of(const struct rp_case *c,
			     const struct rp_subject *ima, enum source by,
			     enum ev_digest_alg alg, unsigned int n)
{
	const struct rp_compared *row = row_of(c, ima, alg, n);
	const struct rp_register *reg =
		by == BY_LOG ? logged(c, row, alg, n) : NULL;

	if (reg != NULL && reg->incomplete)
		reg = NULL;
	if ((reg == NULL || !reg->touched) && row != NULL && row->quoted.n > 0)
		return row->quoted;
	if (reg == NULL)
		return (struct ev_span){ 0 };
	return ev_span_of(reg->value, ev_digest_size(alg));
}

/* The aggregate of the PCRs; *n names one that nothing says, or is the number
 * of all.  EV_VERIFIED_YES: out holds it. */
static enum ev_verified aggregate(struct rp_case *c,
				  const struct rp_subject *ima, enum source by,
				  enum ev_digest_alg alg, unsigned int *n,
				  uint8_t out[EV_DIGEST_MAX])
{
	struct ev_span pcr[PCRS_MAX];

	for (*n = 0; *n < n_pcrs(alg); ++*n) {
		pcr[*n] = pcr_of(c, ima, by, alg, *n);
		if (pcr[*n].n == 0)
			return EV_VERIFIED_NO;
	}
	return ev_digest_parts(c->crypto, alg, pcr, *n, out)
		       ? EV_VERIFIED_YES
		       : EV_VERIFIED_TROUBLE;
}

static enum rp_outcome compare(struct rp_case *c, const struct rp_subject *s,
			       enum ev_digest_alg alg, struct rp_finding *f)
{
	struct ev_span want = s->log->aggregate.digest;
	uint8_t digest[EV_DIGEST_MAX];
	size_t size = ev_digest_size(alg);
	unsigned int n;
	enum ev_verified v = aggregate(c, s, BY_LOG, alg, &n, digest);

	if (v == EV_VERIFIED_NO)
		return rp_skip(f, "absent: no log or quote gives %s:%u",
			       ev_digest_name(alg), n);
	f->hash = ev_digest_name(alg);
	if (v == EV_VERIFIED_TROUBLE ||
	    rp_expect(f, want, ev_span_of(digest, size)) == RP_TROUBLE)
		return RP_TROUBLE;
	if (ev_span_eq(want, ev_span_of(digest, size)))
		return RP_PASS;
	v = aggregate(c, s, BY_QUOTE, alg, &n, digest);
	if (v == EV_VERIFIED_TROUBLE)
		return RP_TROUBLE;
	return rp_fail(
		f, "mismatch: IMA began on %s",
		v == EV_VERIFIED_YES &&
				ev_span_eq(want, ev_span_of(digest, size))
			? "the PCRs that were quoted, not on those of "
			  "firmware's log"
			: "other PCRs than these");
}

enum rp_outcome rp_check_log_boot_aggregate(struct rp_case *c,
					    const struct rp_subject *s,
					    struct rp_finding *f)
{
	const struct rp_aggregate *a = &s->log->aggregate;
	enum ev_digest_alg alg;

	if (s->log->form != RP_LOG_IMA)
		return rp_not_applicable(f, "no log of IMA");
	if (a->n == 0)
		return rp_skip(f, "absent: no entry is called boot_aggregate");
	rp_input_add(f, s->name, a->offset, a->size);
	if (!alg_named(a->algo, &alg))
		return rp_skip(f, "unknown: the algorithm of boot_aggregate");
	if (a->digest.n != ev_digest_size(alg))
		return rp_fail(f, "size: boot_aggregate holds no %s digest",
			       ev_digest_name(alg));
	if (ev_span_is_zero(a->digest))
		return rp_fail(f, "no-tpm: the kernel found no TPM when IMA "
				  "began");
	return compare(c, s, alg, f);
}
