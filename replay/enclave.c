/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence inside a certificate, judged as any other. */
#include "replay/enclave.h"

#include "evidence/base/hex.h"
#include "replay/engine.h"
#include "replay/link.h"

#include <stdio.h>
#include <stdlib.h>

/* What follows the quote nobody signed; zeros say nothing. */
static void read_quote(struct rp_enclave *e)
{
	struct rp_parsed *p = &e->report_parsed;

	p->code = ev_quote_parse(e->evidence.quote, &e->quote, &p->err);
	if (p->code == EV_OK && !ev_span_is_zero(e->quote.padding))
		p->code = ev_fail_bytes(&p->err, EV_TRAILING, "maa-evidence",
					"padding", e->quote.quote.n,
					"zeros behind the quote",
					e->quote.padding);
}

bool rp_enclave_read(struct ev_span der, struct rp_enclave *out)
{
	*out = (struct rp_enclave){ .n_rows = 0 };
	out->parsed.code =
		ev_maa_evidence_parse(der, &out->evidence, &out->parsed.err);
	if (out->parsed.code != EV_OK)
		return out->parsed.code != EV_TROUBLE;
	if (out->evidence.form == EV_MAA_SGX)
		read_quote(out);
	else if (out->evidence.form == EV_MAA_SNP)
		out->report_parsed.code =
			ev_snp_report_parse(out->evidence.report, 0, &out->snp,
					    &out->report_parsed.err);
	return out->report_parsed.code != EV_TROUBLE;
}

void rp_enclave_free(struct rp_enclave *enclave)
{
	ev_maa_evidence_free(&enclave->evidence);
	*enclave = (struct rp_enclave){ .n_rows = 0 };
}

/* --- a case of its own --- */

/* What of the archive may judge it.  An SEV-SNP report has its chain beside
 * it, and no other chip's certificate counts. */
static const char *const collateral[] = {
	"dcap-tcbinfo", "dcap-qe-identity", "dcap-issuer-chain",
	"crl-der",	"crl-pem",	    "crl-hex",
	NULL,
};

static size_t gather(const struct rp_case *c, const struct rp_enclave *e,
		     const char *name, struct rp_loose *loose)
{
	bool sgx = e->evidence.form == EV_MAA_SGX;
	size_t n = 0;

	loose[n++] = (struct rp_loose){
		.name = name,
		.kind = ev_kind_find(
			ev_span_str(sgx ? "sgx-quote" : "snp-report")),
		.bytes = sgx ? e->evidence.quote : e->evidence.report,
	};
	if (!sgx)
		loose[n++] = (struct rp_loose){
			.name = name,
			.kind = ev_kind_find(ev_span_str("cert-pem")),
			.bytes = e->evidence.chain,
		};
	for (size_t i = 0; sgx && i < c->n_items; i++)
		if (rp_kind_in(&c->items[i], collateral))
			loose[n++] = (struct rp_loose){
				.name = c->items[i].name,
				.kind = c->items[i].kind,
				.bytes = c->items[i].bytes,
				.later = c->items[i].later,
			};
	return n;
}

/* The rows behind the last that is asked of quotes or SEV-SNP reports. */
static size_t rows_end(void)
{
	static const char *const areas[] = { "dcap.", "tcb.", "snp." };
	size_t end = 0;

	for (size_t i = 0; i < rp_n_checks; i++)
		for (size_t k = 0; k < sizeof(areas) / sizeof(areas[0]); k++)
			if (strncmp(rp_checks[i].id, areas[k],
				    strlen(areas[k])) == 0)
				end = i + 1;
	return end;
}

/* maa.enclave.debug asks for debug by itself, what only informs never decides,
 * and there is no TD: where a row is skipped before it says so. */
static bool counts(const struct rp_finding *f)
{
	static const char *const others[] = {
		"dcap.enclave.debug",	 "snp.debug",	   "dcap.td.debug",
		"dcap.tdx-module.match", "tcb.tdx-module",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(f->check->id, others[i]) == 0)
			return false;
	return f->applies && f->check->by_default != RP_INFORMS;
}

/* Collateral of another platform, or of another quoting enclave, is none: it
 * is here for the machine that the archive is about. */
static bool is_absent(const struct rp_subject *s, const struct rp_finding *f,
		      const char **what)
{
	const struct rp_quote *q = s->type == RP_QUOTE ? s->quote : NULL;

	if (q == NULL || f->outcome != RP_FAIL)
		return false;
	*what = "TCB info of the enclave's platform";
	if (strcmp(f->check->id, "dcap.tcb-info.match") == 0)
		return q->tcb_info != NULL && !rp_tcb_info_fits(q, q->tcb_info);
	*what = "identity of SGX's quoting enclave";
	if (strcmp(f->check->id, "dcap.qe-identity.match") == 0)
		return q->qe_identity != NULL &&
		       q->qe_identity->qe_identity->identity.id !=
			       EV_ENCLAVE_QE;
	return false;
}

static void note(const struct rp_subject *s, const struct rp_finding *f,
		 struct rp_enclave *e)
{
	struct rp_enclave_row *row;
	const char *what;

	assert(e->n_rows < RP_ENCLAVE_ROWS_MAX);
	row = &e->row[e->n_rows++];
	*row = (struct rp_enclave_row){ .check = f->check,
					.outcome = f->outcome,
					.shown = f->shown };
	memcpy(row->reason, f->reason, sizeof(row->reason));
	snprintf(row->got, sizeof(row->got), "%s",
		 f->got != NULL ? f->got : "");
	if (!is_absent(s, f, &what))
		return;
	row->outcome = RP_SKIP;
	snprintf(row->reason, sizeof(row->reason), "absent: %s", what);
}

static void note_all(const struct rp_case *own, struct rp_enclave *e)
{
	const struct rp_subject *s = own->items[0].subject;

	assert(s != NULL); /* of a kind that becomes a subject */
	e->n_rows = 0;
	for (size_t i = 0; i < own->n_findings; i++)
		if (own->findings[i].subject == s && counts(&own->findings[i]))
			note(s, &own->findings[i], e);
	if (s->type != RP_QUOTE || s->quote->chain_item == NULL ||
	    s->quote->chain_parsed.code != EV_OK ||
	    s->quote->pck_parsed.code != EV_OK)
		return;
	e->has_platform = true;
	e->pck = s->quote->pck;
}

static bool judge(struct rp_case *own, const struct rp_loose *loose, size_t n,
		  struct rp_enclave *e)
{
	struct ev_error err = { 0 };

	if (rp_case_build(own, loose, n, &err) != EV_OK ||
	    rp_case_link(own) != EV_OK || !rp_engine_run(own, 0, rows_end()))
		return false;
	note_all(own, e);
	return true;
}

bool rp_enclave_judge(const struct rp_case *c, const char *name,
		      struct rp_enclave *enclave)
{
	struct rp_loose *loose = calloc(c->n_items + 2, sizeof(*loose));
	struct rp_case own = {
		.crypto = c->crypto,
		.anchors = c->anchors,
		.policy = c->policy,
		.at = c->at,
		.has_at = c->has_at,
	};
	bool ok;

	if (loose == NULL)
		return false;
	ok = judge(&own, loose, gather(c, enclave, name, loose), enclave);
	rp_case_free(&own);
	free(loose);
	return ok;
}

void rp_enclave_repeat(const struct rp_enclave *judged,
		       struct rp_enclave *enclave)
{
	memcpy(enclave->row, judged->row, sizeof(enclave->row));
	enclave->n_rows = judged->n_rows;
	enclave->has_platform = judged->has_platform;
	enclave->pck = judged->pck;
}

/* --- what it says --- */

bool rp_enclave_is_read(const struct rp_enclave *enclave)
{
	return enclave->parsed.code == EV_OK &&
	       enclave->evidence.form != EV_MAA_NONE &&
	       enclave->report_parsed.code == EV_OK;
}

struct ev_span rp_enclave_report_data(const struct rp_enclave *enclave)
{
	return enclave->evidence.form == EV_MAA_SGX
		       ? enclave->quote.sgx.report_data
		       : enclave->snp.report_data;
}

bool rp_enclave_is_debug(const struct rp_enclave *enclave)
{
	return enclave->evidence.form == EV_MAA_SGX
		       ? (enclave->quote.sgx.flags & EV_SGX_FLAG_DEBUG) != 0
		       : ev_snp_policy(&enclave->snp, EV_SNP_POLICY_DEBUG);
}

static const struct fact {
	const char *name;
	enum ev_maa_form form;
	uint16_t at, size;
	bool number;   /* little-endian */
	bool identity; /* says whose enclave it is, or of which code */
} facts[] = {
	{ "maa.mrenclave", EV_MAA_SGX, 64, 32, false, true },
	{ "maa.mrsigner", EV_MAA_SGX, 128, 32, false, true },
	{ "maa.isvprodid", EV_MAA_SGX, 256, 2, true, false },
	{ "maa.isvsvn", EV_MAA_SGX, 258, 2, true, false },
	{ "maa.attributes", EV_MAA_SGX, 48, 16, false, false },
	{ "maa.measurement", EV_MAA_SNP, 0x90, 48, false, true },
	{ "maa.hostData", EV_MAA_SNP, 0xc0, 32, false, true },
};
#define N_FACTS (sizeof(facts) / sizeof(facts[0]))

bool rp_enclave_fact_known(const char *name)
{
	for (size_t i = 0; i < N_FACTS; i++)
		if (strcmp(facts[i].name, name) == 0)
			return true;
	return false;
}

static struct ev_span bytes_of(const struct rp_enclave *enclave,
			       const struct fact *fact)
{
	struct ev_span body = enclave->evidence.form == EV_MAA_SGX
				      ? enclave->quote.sgx.bytes
				      : enclave->snp.item;

	return ev_span_sub(body, fact->at, fact->size);
}

static unsigned int number_of(struct ev_span bytes)
{
	return bytes.p[0] | (unsigned int)bytes.p[1] << 8;
}

bool rp_enclave_fact(const struct rp_enclave *enclave, const char *name,
		     char text[RP_ENCLAVE_FACT_MAX], struct ev_span *bytes)
{
	if (!rp_enclave_is_read(enclave))
		return false;
	for (size_t i = 0; i < N_FACTS; i++) {
		if (facts[i].form != enclave->evidence.form ||
		    strcmp(facts[i].name, name) != 0)
			continue;
		*bytes = bytes_of(enclave, &facts[i]);
		if (facts[i].number)
			snprintf(text, RP_ENCLAVE_FACT_MAX, "%u",
				 number_of(*bytes));
		else
			ev_hex_encode(*bytes, text);
		return true;
	}
	return false;
}

const char *rp_enclave_identity(const struct rp_enclave *enclave,
				const struct rp_policy *policy)
{
	const char *word = "unpinned";

	for (size_t i = 0; i < N_FACTS; i++) {
		const struct rp_expect *expect =
			rp_policy_expects(policy, facts[i].name);
		char text[RP_ENCLAVE_FACT_MAX];
		struct ev_span bytes;

		if (!facts[i].identity || expect == NULL)
			continue;
		if (!rp_enclave_fact(enclave, expect->fact, text, &bytes) ||
		    !rp_expect_lists(expect, text))
			return "unexpected";
		word = "expected";
	}
	return word;
}

void rp_enclave_facts_write(const struct rp_enclave *enclave,
			    struct ev_writer *w)
{
	for (size_t i = 0; i < N_FACTS; i++) {
		const char *name = strchr(facts[i].name, '.') + 1;

		if (facts[i].form != enclave->evidence.form)
			continue;
		if (facts[i].number)
			ev_write_int(w, name,
				     number_of(bytes_of(enclave, &facts[i])));
		else
			ev_write_hex(w, name, bytes_of(enclave, &facts[i]));
	}
}

bool rp_enclave_trusted(const struct rp_case *c, const struct rp_subject *token,
			const char **doubt)
{
	static const char *const grounds[] = { "maa.enclave",
					       "maa.enclave.binding",
					       "maa.enclave.debug" };

	for (size_t i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++) {
		*doubt = grounds[i];
		if (rp_outcome_of(c, grounds[i], token) != RP_PASS)
			return false;
	}
	*doubt = NULL;
	return true;
}
