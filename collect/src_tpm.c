/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TPM's own words: its capabilities, its attestation key, and a quote
 * whose nonce commits to every item that was collected before it.
 */
#include "collect/fresh.h"
#include "collect/src.h"
#include "collect/stop.h"
#include "collect/tpm_quote.h"

#include <stdio.h>

/* Between tries of a quote during which a PCR moved; doubled each time. */
static const unsigned int PCR_RACE_MS = 20;

static bool has_tpm(const struct co_collection *c)
{
	return c->machine.has_tpm;
}

/* --- capabilities --- */

enum co_wanted co_wanted_tpm_caps(const struct co_collection *c)
{
	return has_tpm(c) ? CO_REQUIRED : CO_NOT_HERE;
}

enum co_outcome co_collect_tpm_caps(struct co_collection *c,
				    char why[CO_WHY_TEXT])
{
	for (size_t i = 0; i < sizeof(c->tpm.caps) / sizeof(c->tpm.caps[0]);
	     i++) {
		struct co_item item = {
			.kind = "tpm-tool-output",
			.bytes = ev_buffer_span(&c->tpm.caps[i]),
			.source_type = "tpm2-tools",
			.source_detail = co_tpm_capability(i),
		};

		if (item.bytes.n > 0 && !co_collected(c, &item, NULL, why))
			return CO_FAILED;
	}
	co_detail(c, "tpm2-tools %s", c->tpm.version);
	if (c->tpm.caps_why[0] != 0)
		return co_failed(why, "%s", c->tpm.caps_why);
	return CO_OK;
}

/* --- the attestation key --- */

static uint32_t ak_handle(const struct co_collection *c)
{
	return c->options.has_ak ? c->options.ak : CO_AZURE_AK;
}

static bool has_ak(const struct co_collection *c)
{
	return has_tpm(c) && co_tpm_has_key(&c->tpm, ak_handle(c));
}

static enum co_wanted wanted_ak(const struct co_collection *c)
{
	if (!has_tpm(c))
		return CO_NOT_HERE;
	/* Nobody claims that a TPM outside of Azure has such a key. */
	return c->machine.kind == CO_MACHINE_TPM && !c->options.has_ak &&
			       !has_ak(c)
		       ? CO_IF_THERE
		       : CO_REQUIRED;
}

enum co_wanted co_wanted_ak(const struct co_collection *c)
{
	return wanted_ak(c);
}

enum co_outcome co_collect_ak(struct co_collection *c, char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer area = { 0 };
	struct co_item item = { .kind = "tpm2b-public",
				.source_type = "tpm2-tools" };
	struct ev_error err = { 0 };
	struct ev_tpm_public key;
	char handle[16];

	snprintf(handle, sizeof(handle), "0x%08x", ak_handle(c));
	if (!has_ak(c))
		return co_absent(why,
				 "no key at %s (not an Azure vTPM; use "
				 "--ak HANDLE)",
				 handle);
	if (!co_tpm_read_public(&c->tpm, ak_handle(c), &area, why))
		return CO_FAILED;
	item.bytes = ev_buffer_span(&area);
	item.source_detail = handle;
	if (ev_tpm_public_parse(item.bytes, &key, &err) != EV_OK) {
		ev_error_format(&err, why, CO_WHY_TEXT);
		return CO_FAILED;
	}
	if (!co_collected(c, &item, NULL, why))
		return CO_FAILED;
	co_detail(c, "key %s, attributes 0x%08x%s", handle, key.attributes,
		  key.attributes == EV_TPM_AK_ATTRIBUTES ? ""
							 : " (not a "
							   "platform AK's)");
	return CO_OK;
}

/* --- the quote --- */

struct quoting {
	struct co_collection *c;
	uint8_t nonce[EV_SESSION_TPM_SIZE];
	struct ev_pcr_selection bank;
	struct co_tpm_quoted got;
	struct ev_tpm_quote quote;
	bool asked_values; /* by the try that gave the quote */
	size_t n_before;   /* items that the nonce covers */
};

/* T and what follows from it; without a session the nonce is a digest of
 * nothing that anybody asked. */
static bool make_nonce(struct quoting *q, char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer t = { 0 };
	struct co_collection *c = q->c;
	bool ok = true;

	q->n_before = c->items.n;
	for (size_t i = 0; ok && i < q->n_before; i++) {
		if (co_is_salt(c, i))
			continue;
		ok = ev_session_commit(c->crypto, c->items.item[i]->path,
				       co_salt_of(c, i),
				       c->items.item[i]->item.bytes, &t);
	}
	ok = ok && ev_buffer_ok(&t) &&
	     ev_session_tpm_nonce(c->crypto, c->session_root,
				  ev_buffer_span(&t), q->nonce);
	if (!ok)
		snprintf(why, CO_WHY_TEXT, "libcrypto or memory");
	return ok;
}

/* A PCR that moved between the quote and the reading of the values makes the
 * tool give up (tpm2-tools issue 2376); the last try does without values. */
static bool ask(struct quoting *q, char why[CO_WHY_TEXT])
{
	struct co_collection *c = q->c;
	unsigned int tries = c->source->tries;

	for (unsigned int i = 0; i < tries; i++) {
		bool last = i + 1 == tries;

		co_tpm_quoted_free(&q->got);
		q->asked_values = !last;
		if (i > 0 && !co_stop_sleep_ms(PCR_RACE_MS << (i - 1)))
			return false;
		if (co_tpm_quote(&c->tpm, ak_handle(c), EV_SPAN(q->nonce),
				 &q->bank, !last, &q->got, why) &&
		    co_fresh_tpm_quote(ev_buffer_span(&q->got.attest),
				       EV_SPAN(q->nonce), &q->bank, &q->quote,
				       why) &&
		    co_fresh_tpm_signature(ev_buffer_span(&q->got.signature),
					   why))
			return true;
		if (!q->got.pcrs_moved)
			return false;
	}
	return false;
}

/* Why there are none. */
static enum co_outcome without_values(const struct quoting *q,
				      char why[CO_WHY_TEXT])
{
	if (q->asked_values)
		return co_failed(why, "tpm2_quote left no PCR values that fit "
				      "the quote; stored without values (logs "
				      "can give them)");
	return co_failed(why,
			 "PCRs changed during %u tries; stored without values "
			 "(logs can give them)",
			 q->c->source->tries - 1);
}

/* The tool compared the values with the quote; so do we. */
static bool values_hold(struct quoting *q)
{
	struct ev_span values = ev_buffer_span(&q->got.values);
	enum ev_digest_alg alg;
	uint8_t digest[EV_DIGEST_MAX];

	return values.n > 0 &&
	       ev_digest(q->c->crypto, EV_SHA256, values, digest) &&
	       ev_tpm_digest_alg(q->bank.alg, &alg) &&
	       values.n == q->bank.n_pcrs * ev_digest_size(alg) &&
	       ev_span_eq(q->quote.pcr_digest, ev_span_of(digest, 32));
}

/* Values that were decoded from a dump of the tool stand beside it. */
static bool keep_values(struct quoting *q, struct co_item *pcrs,
			char why[CO_WHY_TEXT])
{
	struct co_relation relates[2] = { pcrs->relates[0] };
	struct co_item dump = { .kind = "tpm-pcrs-serialized",
				.hint = pcrs->hint,
				.bytes = ev_buffer_span(&q->got.serialized),
				.source_type = "tpm2-tools" };
	size_t index;

	if (dump.bytes.n > 0) {
		if (!co_collected(q->c, &dump, &index, why))
			return false;
		relates[1] = (struct co_relation){ "decoded-from", index };
		pcrs->n_relates = 2;
	}
	pcrs->relates = relates;
	return co_collected(q->c, pcrs, NULL, why);
}

/* Where the TPM is not the machine's own device, an archive says so. */
static const char *foreign_tcti(const struct co_collection *c)
{
	return co_tpm_is_device(&c->tpm) ? NULL : c->tpm.tcti;
}

/* The key was collected before: that it signed this quote is said by it. */
static void say_key_of(struct co_collection *c, size_t quote)
{
	for (size_t i = 0; i < c->items.n; i++) {
		struct co_gathered *one = c->items.item[i];

		if (strcmp(one->item.kind, "tpm2b-public") == 0 &&
		    one->item.n_relates < CO_RELATIONS_MAX)
			one->relates[one->item.n_relates++] =
				(struct co_relation){ "key-of", quote };
	}
}

static bool keep(struct quoting *q, const char *hint, bool values,
		 char why[CO_WHY_TEXT])
{
	struct co_collection *c = q->c;
	struct co_relation of = { "signature-of", 0 };
	struct co_item attest = { .kind = "tpm-quote-attest",
				  .hint = hint,
				  .bytes = ev_buffer_span(&q->got.attest),
				  .source_type = "tpm2-tools",
				  .source_detail = foreign_tcti(c),
				  .nonce = EV_SPAN(q->nonce) };
	struct co_item signature = { .kind = "tpm-quote-signature",
				     .hint = hint,
				     .bytes = ev_buffer_span(&q->got.signature),
				     .source_type = "tpm2-tools",
				     .relates = &of,
				     .n_relates = 1 };
	struct co_relation values_of = { "values-of", 0 };
	struct co_item pcrs = { .kind = "tpm-pcrs",
				.hint = hint,
				.bytes = ev_buffer_span(&q->got.values),
				.source_type = "tpm2-tools",
				.relates = &values_of,
				.n_relates = 1 };
	size_t index;

	if (!co_collected(c, &attest, &index, why))
		return false;
	say_key_of(c, index);
	of.part = index;
	values_of.part = index;
	if (!co_collected(c, &signature, NULL, why) ||
	    (values && !keep_values(q, &pcrs, why)))
		return false;
	return !c->has_session ||
	       co_bind(c, "tpm-quote", 1, index, q->n_before);
}

/* Unsigned values of every bank: for logs of other digests. */
static void keep_pcrread(struct co_collection *c)
{
	ev_auto_buffer struct ev_buffer values = { 0 };
	char ignored[CO_WHY_TEXT], banks[256];
	struct co_item item = { .kind = "tpm-pcrread",
				.source_type = "tpm2-tools",
				.source_detail = banks };

	if (!co_tpm_pcr_read(&c->tpm, banks, sizeof(banks), &values, ignored))
		return;
	item.bytes = ev_buffer_span(&values);
	co_collected(c, &item, NULL, ignored);
}

static enum co_outcome quote(struct co_collection *c, uint16_t bank,
			     const char *hint, char why[CO_WHY_TEXT])
{
	struct quoting q = { .c = c };
	enum co_outcome outcome = CO_FAILED;

	if (!has_ak(c))
		return co_absent(why, "no attestation key to quote with (see "
				      "ak)");
	if (!co_tpm_bank(&c->tpm, bank, &q.bank))
		return co_absent(why, "the TPM has no SHA-256 or SHA-384 "
				      "bank of PCRs (tpm2_pcrallocate makes "
				      "one)");
	if (make_nonce(&q, why) && ask(&q, why)) {
		bool values = values_hold(&q);

		if (keep(&q, hint, values, why))
			outcome = values ? CO_OK : without_values(&q, why);
	}
	co_tpm_quoted_free(&q.got);
	return outcome;
}

enum co_wanted co_wanted_tpm_quote(const struct co_collection *c)
{
	return wanted_ak(c);
}

/* The bank that every Azure vTPM has, else the one that is left. */
static uint16_t first_bank(const struct co_collection *c)
{
	struct ev_pcr_selection bank;

	return co_tpm_bank(&c->tpm, EV_TPM_ALG_SHA256, &bank)
		       ? EV_TPM_ALG_SHA256
		       : EV_TPM_ALG_SHA384;
}

/* A second bank, where there is one, says the same of the same registers; its
 * absence takes nothing away, and is said. */
static void quote_second(struct co_collection *c)
{
	char why[CO_WHY_TEXT], line[CO_WHY_TEXT + 16];
	struct ev_pcr_selection bank;

	if (!co_tpm_bank(&c->tpm, EV_TPM_ALG_SHA384, &bank) ||
	    quote(c, EV_TPM_ALG_SHA384, "sha384", why) == CO_OK)
		return;
	snprintf(line, sizeof(line), "SHA-384 bank: %s", why);
	co_journal_say(&c->journal, line);
}

enum co_outcome co_collect_tpm_quote(struct co_collection *c,
				     char why[CO_WHY_TEXT])
{
	uint16_t alg = first_bank(c);
	enum co_outcome outcome =
		quote(c, alg, alg == EV_TPM_ALG_SHA256 ? NULL : "sha384", why);
	struct ev_pcr_selection bank;

	if (outcome == CO_ABSENT || co_stop_signal() != 0)
		return outcome;
	if (alg == EV_TPM_ALG_SHA256)
		quote_second(c);
	keep_pcrread(c);
	co_tpm_bank(&c->tpm, alg, &bank);
	co_detail(c, "%u PCRs, SHA-%s bank%s", bank.n_pcrs,
		  alg == EV_TPM_ALG_SHA256 ? "256" : "384",
		  c->has_session ? ", nonce bound to all before it" : "");
	return outcome;
}

enum co_wanted co_wanted_tpm_quote_first(const struct co_collection *c)
{
	if (!has_tpm(c))
		return CO_NOT_HERE;
	return c->options.sandwich ? CO_REQUIRED : CO_NOT_ASKED;
}

enum co_outcome co_collect_tpm_quote_first(struct co_collection *c,
					   char why[CO_WHY_TEXT])
{
	return quote(c, first_bank(c), "first", why);
}
