/* SPDX-License-Identifier: Apache-2.0 */
/* Hypotheses on entries that the log has not, of bytes that are known. */
#include "replay/hypothesis.h"

#include <inttypes.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Bytes whose digest is extended, and what people call them. */
struct known {
	const char *name;
	const char *bytes;
	size_t n;
};
#define TEXT(text)                                                             \
	{                                                                      \
		"\"" text "\"", text, sizeof(text) - 1                         \
	}
#define BYTES(name, text)                                                      \
	{                                                                      \
		name, text, sizeof(text) - 1                                   \
	}

/* PFP 10.4.4: what firmware measures when the OS takes over. */
static const struct known exit_boot[] = {
	TEXT("Exit Boot Services Invocation"),
	TEXT("Exit Boot Services Returned with Success"),
	TEXT("Exit Boot Services Returned with Failure"),
};

/* Of exit_boot, in the order in which a machine can go through them. */
static const struct {
	size_t n;
	unsigned char step[4];
} exits[] = {
	{ 1, { 0 } },	    { 2, { 0, 1 } },	   { 2, { 0, 2 } },
	{ 3, { 0, 2, 1 } }, { 4, { 0, 2, 0, 1 } }, { 1, { 1 } },
};

/* systemd-pcrextend's words, in the order of a boot. */
static const struct known phases[] = {
	TEXT("enter-initrd"), TEXT("leave-initrd"), TEXT("sysinit"),
	TEXT("ready"),	      TEXT("shutdown"),	    TEXT("final"),
};

/* What firmware and boot loaders measure of themselves everywhere. */
static const struct known others[] = {
	BYTES("a separator of 00000000", "\0\0\0\0"),
	BYTES("a separator of ffffffff", "\xff\xff\xff\xff"),
	BYTES("an error separator", "\1\0\0\0"),
	TEXT("Calling EFI Application from Boot Option"),
	TEXT("Returning from EFI Application from Boot Option"),
	TEXT("BOOT ATTEMPTS OMITTED"),
	TEXT("UEFI Debug Mode"),
	TEXT("DMA Protection Disabled"),
	BYTES("nothing", ""),
};

static const struct {
	const struct known *known;
	size_t n;
} lists[] = {
	{ others, COUNT(others) },
	{ exit_boot, COUNT(exit_boot) },
	{ phases, COUNT(phases) },
};

static bool digest_of(struct rp_try *t, const struct known *k, uint8_t *out)
{
	return rp_try_digest(t, ev_span_of(k->bytes, k->n), out);
}

static bool extend_known(struct rp_try *t, uint8_t *value,
			 const struct known *k)
{
	uint8_t digest[EV_DIGEST_MAX];

	return digest_of(t, k, digest) && rp_try_extend(t, value, digest);
}

/* The register after the log's last entry. */
static bool run_all(struct rp_try *t, uint8_t *value)
{
	rp_try_start(t, value);
	return rp_try_run(t, value, &t->own, 0, t->own.n);
}

/* --- behind the last entry --- */

/* PCR 5, whose events a confidential-computing log keeps in RTMR 1. */
static bool is_of_exit(const struct rp_question *q)
{
	return q->index == (q->set == RP_PCRS ? 5 : 2);
}

bool rp_try_exit_boot(struct rp_try *t)
{
	uint8_t end[EV_DIGEST_MAX], value[EV_DIGEST_MAX];

	if (!is_of_exit(t->q) || !run_all(t, end))
		return false;
	for (size_t i = 0; i < COUNT(exits); i++) {
		const unsigned char *step = exits[i].step;

		memcpy(value, end, sizeof(value));
		for (size_t k = 0; k < exits[i].n; k++)
			if (!extend_known(t, value, &exit_boot[step[k]]))
				return false;
		if (rp_try_is(t, value))
			return rp_try_hit(
				t,
				"equal if %zu %s of the end of boot services "
				"followed the last entry, the last of them %s",
				exits[i].n,
				exits[i].n == 1 ? "action" : "actions",
				exit_boot[step[exits[i].n - 1]].name);
	}
	return false;
}

/* One digest behind the last entry. */
static bool ends_with(struct rp_try *t, const uint8_t *end,
		      const uint8_t *digest)
{
	uint8_t value[EV_DIGEST_MAX];

	memcpy(value, end, sizeof(value));
	return rp_try_extend(t, value, digest) && rp_try_is(t, value);
}

/* A digest that is one byte throughout: of no bytes at all. */
static bool ends_with_fill(struct rp_try *t, const uint8_t *end, int byte)
{
	uint8_t digest[EV_DIGEST_MAX];

	memset(digest, byte, sizeof(digest));
	return ends_with(t, end, digest) &&
	       rp_try_hit(t,
			  "equal with one extend after the last entry: a "
			  "digest of bytes %02x",
			  (unsigned int)byte);
}

bool rp_try_known_end(struct rp_try *t)
{
	uint8_t end[EV_DIGEST_MAX], digest[EV_DIGEST_MAX];

	if (!run_all(t, end))
		return false;
	if (ends_with_fill(t, end, 0x00) || ends_with_fill(t, end, 0xff))
		return true;
	for (size_t i = 0; i < COUNT(lists); i++)
		for (size_t k = 0; k < lists[i].n; k++) {
			const struct known *known = &lists[i].known[k];

			if (!digest_of(t, known, digest))
				return false;
			if (ends_with(t, end, digest))
				return rp_try_hit(
					t,
					"equal with one extend after the last "
					"entry: the digest of %s",
					known->name);
		}
	return false;
}

/* Nothing is extended into MRTD, whatever stands under its index. */
static bool is_anywhere(const struct rp_question *q,
			const struct ev_tcg_event *e)
{
	return e->index != EV_TCG_NOWHERE &&
	       (q->set == RP_PCRS || e->index != 0);
}

bool rp_try_logged_end(struct rp_try *t)
{
	const struct ev_tcg_log *log = t->q->log;
	size_t place = ev_tcg_log_bank(&t->log, t->q->tpm_alg);
	struct ev_error err = { 0 };
	uint8_t end[EV_DIGEST_MAX];
	struct ev_tcg_event e;
	struct ev_tcg_log in;

	if (log == NULL || place == log->n_banks || !run_all(t, end) ||
	    !rp_try_spend(t, rp_search_reading(log->item)) ||
	    ev_tcg_log_open(log->item, &in, &err) != EV_OK)
		return false;
	in.release = log->release;
	while (!t->limited && !t->failed && ev_tcg_log_next(&in, &e))
		if (is_anywhere(t->q, &e) && e.digest[place].p != NULL &&
		    ends_with(t, end, e.digest[place].p))
			return rp_try_hit(
				t,
				"equal with one extend after the last entry: "
				"the digest of event %" PRIu64,
				e.number);
	return false;
}

/* --- between the entries --- */

/* One digest before entry i, for each i but the end. */
static size_t missing_before(struct rp_try *t, const uint8_t *digest)
{
	uint8_t before[EV_DIGEST_MAX], value[EV_DIGEST_MAX];

	rp_try_start(t, before);
	for (size_t i = 0; i < t->own.n; i++) {
		memcpy(value, before, sizeof(value));
		if (rp_try_extend(t, value, digest) &&
		    rp_try_run(t, value, &t->own, i, t->own.n) &&
		    rp_try_is(t, value))
			return i;
		if (!rp_try_extend(t, before, t->own.entry[i].digest))
			break;
	}
	return t->own.n;
}

bool rp_try_known_missing(struct rp_try *t)
{
	uint8_t digest[EV_DIGEST_MAX];

	for (size_t i = 0; i < COUNT(lists); i++)
		for (size_t k = 0; k < lists[i].n; k++) {
			const struct known *known = &lists[i].known[k];
			size_t at;

			if (!digest_of(t, known, digest))
				return false;
			at = missing_before(t, digest);
			if (at < t->own.n)
				return rp_try_hit(
					t,
					"equal if %s was extended before event "
					"%" PRIu64,
					known->name, t->own.entry[at].event);
			if (t->limited || t->failed)
				return false;
		}
	return false;
}

/* --- what runs when firmware has ended --- */

/* After these phases, the entries of IMA one by one. */
static bool kernel_follows(struct rp_try *t, const uint8_t *after, size_t first,
			   size_t n_phases)
{
	uint8_t value[EV_DIGEST_MAX];
	size_t i = 0;

	memcpy(value, after, sizeof(value));
	while (!rp_try_is(t, value)) {
		if (i == t->q->after->n ||
		    !rp_try_extend(t, value, t->q->after->entry[i++].digest))
			return false;
	}
	if (n_phases == 0)
		return rp_try_hit(t,
				  "equal if %zu of %zu entries of IMA "
				  "followed the last entry",
				  i, t->q->after->n);
	return rp_try_hit(t,
			  "equal if systemd's phases from %s to %s and %zu of "
			  "%zu entries of IMA followed the last entry",
			  phases[first].name, phases[first + n_phases - 1].name,
			  i, t->q->after->n);
}

bool rp_try_kernel(struct rp_try *t)
{
	uint8_t end[EV_DIGEST_MAX], value[EV_DIGEST_MAX];

	if (t->q->set != RP_PCRS || t->q->log == NULL || !run_all(t, end))
		return false;
	if (t->q->after->n > 0 && kernel_follows(t, end, 0, 0))
		return true;
	for (size_t first = 0; first < COUNT(phases); first++) {
		memcpy(value, end, sizeof(value));
		for (size_t k = first; k < COUNT(phases); k++)
			if (!extend_known(t, value, &phases[k]) ||
			    kernel_follows(t, value, first, k - first + 1))
				return !t->limited && !t->failed;
	}
	return false;
}
