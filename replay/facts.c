/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a case, area by area. */
#include "replay/facts.h"

#include "evidence/base/hex.h"
#include "replay/enclave.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/* Facts of a TD that a policy may pin, by the name the report gives them. */
static const struct {
	const char *name;
	size_t member; /* of struct ev_td_body */
} td_facts[] = {
	{ "tdx.mrtd", offsetof(struct ev_td_body, mrtd) },
	{ "tdx.mrseam", offsetof(struct ev_td_body, mrseam) },
	{ "tdx.mrsignerseam", offsetof(struct ev_td_body, mrsignerseam) },
	{ "tdx.attributes", offsetof(struct ev_td_body, td_attributes) },
	{ "tdx.xfam", offsetof(struct ev_td_body, xfam) },
	{ "tdx.mrconfigid", offsetof(struct ev_td_body, mrconfigid) },
	{ "tdx.mrowner", offsetof(struct ev_td_body, mrowner) },
	{ "tdx.mrownerconfig", offsetof(struct ev_td_body, mrownerconfig) },
	{ "tdx.rtmr0", offsetof(struct ev_td_body, rtmr[0]) },
	{ "tdx.rtmr1", offsetof(struct ev_td_body, rtmr[1]) },
	{ "tdx.rtmr2", offsetof(struct ev_td_body, rtmr[2]) },
	{ "tdx.rtmr3", offsetof(struct ev_td_body, rtmr[3]) },
	{ "tdx.reportData", offsetof(struct ev_td_body, report_data) },
	{ "tdx.teeTcbSvn", offsetof(struct ev_td_body, tee_tcb_svn) },
};

#define N_TD_FACTS (sizeof(td_facts) / sizeof(td_facts[0]))

/* The same of an SEV-SNP report, by its layout (SNP-ABI, 7.3). */
static const struct snp_fact {
	const char *name;
	uint16_t at, size;
	bool number; /* little-endian, of 4 bytes */
} snp_facts[] = {
	{ "snp.measurement", 0x90, 48, false },
	{ "snp.hostData", 0xc0, 32, false },
	{ "snp.reportData", 0x50, 64, false },
	{ "snp.familyId", 0x10, 16, false },
	{ "snp.imageId", 0x20, 16, false },
	{ "snp.idKeyDigest", 0xe0, 48, false },
	{ "snp.authorKeyDigest", 0x110, 48, false },
	{ "snp.chipId", 0x1a0, 64, false },
	{ "snp.policy", 0x08, 8, false },
	{ "snp.platformInfo", 0x40, 8, false },
	{ "snp.guestSvn", 0x04, 4, true },
	{ "snp.vmpl", 0x30, 4, true },
};

#define N_SNP_FACTS (sizeof(snp_facts) / sizeof(snp_facts[0]))

static const struct rp_word_fact word_facts[] = {
	{ RP_FACT_SECURE_BOOT,
	  "log.secure-boot",
	  "enabled, disabled or unknown (hex of what was found follows)",
	  { "enabled", "disabled", "unknown", NULL } },
};

const struct rp_word_fact *rp_word_fact_find(const char *name)
{
	for (size_t i = 0; i < sizeof(word_facts) / sizeof(word_facts[0]); i++)
		if (strcmp(word_facts[i].name, name) == 0)
			return &word_facts[i];
	return NULL;
}

bool rp_word_fact_may_be(const struct rp_word_fact *fact, const char *word)
{
	for (size_t i = 0; fact->words[i] != NULL; i++)
		if (strcmp(fact->words[i], word) == 0)
			return true;
	return false;
}

bool rp_fact_known(const char *name)
{
	if (rp_word_fact_find(name) != NULL)
		return true;
	for (size_t i = 0; i < N_TD_FACTS; i++)
		if (strcmp(td_facts[i].name, name) == 0)
			return true;
	for (size_t i = 0; i < N_SNP_FACTS; i++)
		if (strcmp(snp_facts[i].name, name) == 0)
			return true;
	return rp_enclave_fact_known(name);
}

static bool td_fact(const struct rp_quote *q, const char *name,
		    char text[RP_FACT_TEXT_MAX], struct ev_span *bytes)
{
	if (q->parsed.code != EV_OK || q->q.tee != EV_TEE_TDX)
		return false;
	for (size_t i = 0; i < N_TD_FACTS; i++) {
		if (strcmp(td_facts[i].name, name) != 0)
			continue;
		memcpy(bytes, (const uint8_t *)&q->q.td + td_facts[i].member,
		       sizeof(*bytes));
		assert(2 * bytes->n < RP_FACT_TEXT_MAX);
		ev_hex_encode(*bytes, text);
		return true;
	}
	return false;
}

static uint32_t number_of(struct ev_span bytes)
{
	uint32_t number = 0;

	for (size_t i = bytes.n; i-- > 0;)
		number = number << 8 | bytes.p[i];
	return number;
}

static bool snp_fact(const struct rp_snp *s, const char *name,
		     char text[RP_FACT_TEXT_MAX], struct ev_span *bytes)
{
	const struct snp_fact *fact = snp_facts, *end = fact + N_SNP_FACTS;

	while (fact < end && strcmp(fact->name, name) != 0)
		fact++;
	if (fact == end || s->parsed.code != EV_OK)
		return false;
	*bytes = ev_span_sub(s->report.item, fact->at, fact->size);
	if (fact->number)
		snprintf(text, RP_FACT_TEXT_MAX, "%" PRIu32, number_of(*bytes));
	else
		ev_hex_encode(*bytes, text);
	return true;
}

bool rp_fact(const struct rp_subject *quote, const char *name,
	     char text[RP_FACT_TEXT_MAX], struct ev_span *bytes)
{
	return quote->type == RP_SNP ? snp_fact(quote->snp, name, text, bytes)
				     : td_fact(quote->quote, name, text, bytes);
}

bool rp_fact_name_ok(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/-");

	return n > 0 && n <= 128 && name[n] == '\0';
}

bool rp_area_is_list(const struct rp_case *c, size_t n)
{
	const struct rp_subject *first = rp_next_subject(c, RP_QUOTE, NULL);

	return n > 1 || (first != NULL && first->next != NULL);
}

void rp_area_write(const struct rp_case *c, const struct rp_area *area,
		   struct ev_writer *w)
{
	const struct rp_subject *s = NULL;
	bool list;
	size_t n = 0;

	while ((s = rp_next_subject(c, area->type, s)) != NULL)
		n += area->tells(c, s);
	list = rp_area_is_list(c, n);
	if (n > 0 && list)
		ev_write_array(w, area->name);
	while ((s = rp_next_subject(c, area->type, s)) != NULL) {
		if (!area->tells(c, s))
			continue;
		ev_write_object(w, list ? NULL : area->name);
		area->write(c, s, w);
		ev_write_end(w);
	}
	if (n > 0 && list)
		ev_write_end(w);
}

void rp_fact_quote_write(const struct rp_subject *quote, struct ev_writer *w)
{
	if (quote != NULL)
		ev_write_str(w, "quote", quote->name);
}

void rp_facts_refuse(struct ev_writer *w)
{
	ev_write_raw(w, "trouble", (struct ev_span){ NULL, 0 });
}

void rp_facts_write(const struct rp_case *c, struct ev_writer *w)
{
	ev_write_object(w, "facts");
	rp_facts_dcap_write(c, w);
	rp_facts_snp_write(c, w);
	rp_facts_tcb_write(c, w);
	rp_facts_azure_write(c, w);
	rp_facts_tpm_write(c, w);
	rp_facts_imds_write(c, w);
	rp_facts_log_write(c, w);
	rp_facts_events_write(c, w);
	rp_facts_ima_write(c, w);
	rp_facts_boot_write(c, w);
	rp_facts_place_write(c, w);
	rp_facts_endorsements_write(c, w);
	rp_facts_token_write(c, w);
	rp_facts_time_write(c, w);
	rp_facts_binding_write(c, w);
	rp_facts_roundtrip_write(c, w);
	ev_write_end(w);
}
