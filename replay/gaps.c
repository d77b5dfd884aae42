/* SPDX-License-Identifier: Apache-2.0 */
/* Gaps: sources that gave nothing, partners that are absent, items that
 * nothing here judges. */
#include "replay/gaps.h"

#include "evidence/limits.h"
#include "replay/compared.h"
#include "replay/link.h"
#include "replay/roundtrip.h"
#include "replay/session.h"
#include "replay/standing.h"
#include "replay/token.h"
#include "replay/withheld.h"

#include <stdio.h>

static bool holds(const struct rp_case *c, enum rp_subject_type type)
{
	return rp_next_subject(c, type, NULL) != NULL;
}

bool rp_holds_evidence(const struct rp_case *c)
{
	return holds(c, RP_QUOTE) || holds(c, RP_SNP) || holds(c, RP_HCL) ||
	       holds(c, RP_TPM_QUOTE);
}

static bool no_evidence(const struct rp_case *c)
{
	return !rp_holds_evidence(c);
}

static bool holds_token(const struct rp_case *c)
{
	for (size_t i = 0; i < rp_n_token_services; i++)
		if (holds(c, rp_token_services[i].type))
			return true;
	return false;
}

static bool no_evidence_at_all(const struct rp_case *c)
{
	return no_evidence(c) && !holds_token(c);
}

static bool no_evidence_but_tokens(const struct rp_case *c)
{
	return no_evidence(c) && holds_token(c);
}

/* A token's path to a root was judged, and no CRL of it. */
static bool no_token_crl(const struct rp_case *c)
{
	for (size_t i = 0; i < rp_n_token_services; i++) {
		const struct rp_subject *s = NULL;

		while ((s = rp_next_subject(c, rp_token_services[i].type, s)) !=
		       NULL)
			if (s->token->service->has_root &&
			    s->token->n_certs > 0)
				return true;
	}
	return false;
}

static bool no_tcb_info(const struct rp_case *c)
{
	return holds(c, RP_QUOTE) && !holds(c, RP_TCB_INFO);
}

static bool no_qe_identity(const struct rp_case *c)
{
	return holds(c, RP_QUOTE) && !holds(c, RP_QE_IDENTITY);
}

static bool no_crl(const struct rp_case *c)
{
	return holds(c, RP_QUOTE) && !holds(c, RP_CRL);
}

/* A paravisor's report that is signed by nobody itself. */
static bool no_quote(const struct rp_case *c)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_HCL, s)) != NULL)
		if (s->hcl->snp == NULL && s->hcl->quote == NULL)
			return true;
	return false;
}

/* A TPM quote without an AK certificate, and with or without a paravisor's
 * report that names its key. */
static bool lacks_certificate(const struct rp_case *c, bool with_report)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_TPM_QUOTE, s)) != NULL)
		if (s->tpm_quote->ak_cert == NULL &&
		    (s->tpm_quote->hcl != NULL) == with_report)
			return true;
	return false;
}

static bool no_ak_certificate(const struct rp_case *c)
{
	return lacks_certificate(c, true);
}

static bool no_word_on_key(const struct rp_case *c)
{
	return lacks_certificate(c, false);
}

/* The report is there, but no register is signed. */
static bool no_tpm_quote(const struct rp_case *c)
{
	return holds(c, RP_HCL) && !holds(c, RP_TPM_QUOTE);
}

static bool no_pcr_values(const struct rp_case *c)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_TPM_QUOTE, s)) != NULL)
		if (s->tpm_quote->parsed.code == EV_OK &&
		    s->tpm_quote->pcrs_item == NULL)
			return true;
	return false;
}

/* A log explains a register where it gives the quoted value, not by being
 * here; but where the value is not here, no log is at fault. */
static bool is_explained(const struct rp_case *c,
			 const struct rp_subject *quote)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_REGISTER_PCR, s)) != NULL)
		if (s->compared->quote == quote &&
		    (s->compared->result == RP_REG_EQUAL ||
		     (s->compared->log != NULL &&
		      quote->tpm_quote->pcrs_item == NULL)))
			return true;
	return false;
}

static bool no_firmware_log(const struct rp_case *c)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_TPM_QUOTE, s)) != NULL)
		if (!is_explained(c, s))
			return true;
	return false;
}

static const struct {
	bool (*is_open)(const struct rp_case *c);
	const char *text;
} gaps[] = {
	{ no_evidence_at_all,
	  "evidence: nothing that was judged says what any machine ran; only "
	  "container and collateral were judged" },
	{ no_evidence_but_tokens,
	  "evidence: a token is what a service says; nothing that was judged "
	  "says by itself what any machine ran" },
	{ no_token_crl,
	  "CRLs of a token's certificates: revocation was not looked at" },
	{ no_tcb_info, "TCB info: no TCB level can be told" },
	{ no_qe_identity, "QE identity: the quoting enclave cannot be told "
			  "from another" },
	{ no_crl, "CRLs: revocation was not looked at" },
	{ no_quote, "quote: nothing vouches for the paravisor's report" },
	{ rp_gap_no_vcek,
	  "VCEK certificate: nothing vouches for the SEV-SNP report" },
	{ rp_gap_vlek,
	  "VLEK: a key of the cloud and not of the chip signed the SEV-SNP "
	  "report; this version has no chain for such keys" },
	{ rp_gap_no_amd_crl,
	  "CRL of AMD's key server: not looked at; whether AMD revoked the "
	  "chip's key or one above it is not told" },
	{ rp_gap_uvm,
	  "UVM endorsements (COSE_Sign1): not judged by this version; whose "
	  "software the MEASUREMENT of the SEV-SNP report is, is not told" },
	{ no_tpm_quote, "TPM quote: not in the archive; nothing says what the "
			"guest's PCRs are" },
	{ no_ak_certificate, "AK certificate: only the paravisor vouches for "
			     "the vTPM's key" },
	{ no_word_on_key, "AK certificate: nothing vouches for the TPM's key" },
	{ no_pcr_values,
	  "PCR values: not in the archive; the quote has a digest "
	  "of them alone" },
	{ no_firmware_log, "firmware event log: PCRs are quoted but cannot be "
			   "explained" },
};

static void write_line(struct ev_writer *w, const char *line)
{
	ev_write_foreign(w, NULL, ev_span_str(line));
}

/* Sources that the machine lacks, or that could not be had.  A collector
 * makes its reasons fit for people, and ev_error_format does. */
static void write_steps(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_session *s = c->session;
	char line[EV_STEP_REASON_MAX + 64];

	if (s == NULL)
		return;
	if (s->collector_parsed.code != EV_OK) {
		ev_error_format(&s->collector_parsed.err, line, sizeof(line));
		ev_write_shown(w, NULL, line);
	}
	for (size_t i = 0; i < s->collector.n_steps; i++) {
		const struct ev_step *step = &s->collector.steps[i];

		if (step->outcome != EV_STEP_ABSENT &&
		    step->outcome != EV_STEP_FAILED)
			continue;
		snprintf(line, sizeof(line), "%s: %s%s%s", step->source,
			 ev_step_outcome_word(step->outcome),
			 step->reason[0] != '\0' ? ": " : "", step->reason);
		ev_write_shown(w, NULL, line);
	}
}

static bool speaks(const struct ev_kind *kind)
{
	return kind->use == EV_FOR_EVIDENCE || kind->use == EV_FOR_LOG;
}

/* What was decoded from an item is judged for it. */
static bool is_here(const struct rp_case *c, const struct ev_kind *kind)
{
	for (size_t i = 0; i < c->n_items; i++)
		if (c->items[i].kind == kind && !c->items[i].decoded)
			return true;
	return false;
}

/* One line a kind, in the order of the table. */
static void write_unjudged_kinds(const struct rp_case *c, struct ev_writer *w)
{
	for (size_t k = 0; k < ev_n_kinds; k++) {
		const struct ev_kind *kind = &ev_kinds[k];
		char line[100];

		if (!speaks(kind) || !is_here(c, kind) ||
		    rp_kind_is_judged(kind))
			continue;
		snprintf(line, sizeof(line),
			 "kind %s: not judged by this version", kind->kind);
		write_line(w, line);
	}
}

/* Items of kinds that are judged, but that belong to nothing, and items of
 * kinds that this version has no row of. */
static void write_unjudged_items(const struct rp_case *c, struct ev_writer *w)
{
	for (size_t i = 0; i < c->n_items; i++) {
		const struct rp_item *item = &c->items[i];
		char line[400];

		if (item->kind == NULL)
			snprintf(line, sizeof(line),
				 "%.250s: of a kind that this version does not "
				 "know, not judged",
				 item->name);
		else if (rp_is_companion(item->kind) && !item->linked)
			snprintf(line, sizeof(line),
				 "%.250s: belongs to no TPM quote here, not "
				 "judged",
				 item->name);
		else if (rp_is_kind(item, "jwks") && !item->linked)
			snprintf(line, sizeof(line),
				 "%.250s: has the key of no token here, not "
				 "judged",
				 item->name);
		else if (item->subject == NULL && rp_is_kind(item, "cms"))
			snprintf(line, sizeof(line),
				 "%.250s: signed data that is no attested "
				 "document, not judged",
				 item->name);
		else if (rp_is_kind(item, RP_TIMES_KIND) && !item->linked)
			snprintf(line, sizeof(line),
				 "%.250s: belongs to no round trips here, not "
				 "judged",
				 item->name);
		else if (item->subject == NULL && rp_is_log(item->kind))
			snprintf(line, sizeof(line),
				 "%.250s: one of more than %zu logs, not "
				 "judged",
				 item->name, EV_LOGS_MAX);
		else if (item->subject != NULL &&
			 item->subject->type == RP_LOG &&
			 rp_log_is_left_out(c, item->subject))
			snprintf(line, sizeof(line),
				 "%.250s: left out, another log is the "
				 "quote's or gives more of it",
				 item->name);
		else
			continue;
		write_line(w, line);
	}
}

static void write_left_places(const struct rp_case *c, struct ev_writer *w)
{
	struct rp_standing_of of[EV_PLACES_MAX];
	size_t n = rp_standing_find(c, of);
	char line[80];

	if (n <= EV_PLACES_MAX)
		return;
	snprintf(line, sizeof(line),
		 "place: told of the first %zu of %zu machines", EV_PLACES_MAX,
		 n);
	write_line(w, line);
}

/* Quoted registers that an entry keeps from being told. */
static void write_lacking(const struct rp_case *c, struct ev_writer *w)
{
	static const enum rp_subject_type types[] = { RP_REGISTER_PCR,
						      RP_REGISTER_RTMR,
						      RP_REGISTER_IMA };
	char line[600];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct rp_subject *s = NULL;

		while ((s = rp_next_subject(c, types[i], s)) != NULL) {
			const struct rp_compared *r = s->compared;

			if (r->quoted.n == 0 || r->result != RP_REG_INCOMPLETE)
				continue;
			snprintf(line, sizeof(line), "%.250s: %s%s%s", r->name,
				 r->explanation,
				 r->lacking.log != NULL ? ", in " : "",
				 r->lacking.log != NULL ? r->lacking.log->name
							: "");
			write_line(w, line);
		}
	}
}

/* Nothing says whose they are, and nothing rests on them; or it is a copy of
 * an AMD chip's, and a better one is here. */
static void write_broken_certs(const struct rp_case *c, struct ev_writer *w)
{
	for (size_t i = 0; i < c->n_certs; i++) {
		const struct rp_ak_cert *cert = c->certs[i];
		char line[400];

		if (cert->leaf || !rp_is_left_vcek(c, cert))
			continue;
		snprintf(line, sizeof(line),
			 cert->parsed.code != EV_OK
				 ? "%.250s: a certificate that cannot be read, "
				   "not used"
				 : "%.250s: a VCEK certificate that lacks "
				   "what one has, not used",
			 cert->item->name);
		write_line(w, line);
	}
}

void rp_gaps_write(const struct rp_case *c, struct ev_writer *w)
{
	ev_write_array(w, "gaps");
	write_steps(c, w);
	rp_withheld_write(c, w);
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++)
		if (gaps[i].is_open(c))
			ev_write_str(w, NULL, gaps[i].text);
	if (!c->archive_only) {
		write_unjudged_kinds(c, w);
		write_unjudged_items(c, w);
		write_lacking(c, w);
		write_broken_certs(c, w);
		write_left_places(c, w);
	}
	ev_write_end(w);
}
