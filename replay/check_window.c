/* SPDX-License-Identifier: Apache-2.0 */
/* What was in force when; dcap.collateral.window. */
#include "replay/checks.h"
#include "replay/imds.h"
#include "replay/link.h"
#include "replay/token.h"

#include <stdio.h>

const char *rp_window_gate(const struct rp_subject *s)
{
	static const char *const gates[RP_N_SUBJECT_TYPES] = {
		[RP_QUOTE] = "dcap.pck.chain",
		[RP_CHAIN] = "dcap.tcb-signing.chain",
		[RP_CRL] = "dcap.crl.signature",
		[RP_TCB_INFO] = "dcap.tcb-info.signature",
		[RP_QE_IDENTITY] = "dcap.qe-identity.signature",
		[RP_SNP] = "snp.chain",
		[RP_AK_CERT] = "tpm.ak.certificate",
		[RP_TOKEN_MAA] = "maa.signature",
		[RP_TOKEN_ITA] = "ita.signature",
		[RP_TOKEN_GOOGLE] = "google.signature",
		[RP_IMDS] = "imds.chain",
	};

	return gates[s->type];
}

static size_t chain_windows(const char *item, const struct ev_chain *chain,
			    struct rp_window out[RP_WINDOWS_MAX])
{
	static const char *const pck[] = { "PCK certificate", "PCK CA",
					   "root" };
	static const char *const tcb[] = { "TCB signing certificate", "root" };

	for (size_t i = 0; i < chain->n_certs; i++)
		out[i] = (struct rp_window){
			item,
			chain->n_certs == 3 ? pck[i] : tcb[i],
			chain->cert[i].not_before,
			chain->cert[i].not_after,
		};
	return chain->n_certs;
}

/* item: of what is no item of its own. */
static size_t path_windows(const struct rp_certified *by, const char *item,
			   const char *leaf, const char *ca,
			   struct rp_window out[RP_WINDOWS_MAX])
{
	for (size_t i = 0; i < by->path.n_certs; i++)
		out[i] = (struct rp_window){
			by->link[i] != NULL ? by->link[i]->item->name : item,
			i == 0 ? leaf : ca,
			by->path.cert[i]->not_before,
			by->path.cert[i]->not_after,
		};
	return by->path.n_certs;
}

static size_t document_windows(const struct rp_subject *s,
			       struct rp_window out[RP_WINDOWS_MAX])
{
	size_t n = path_windows(&s->imds->certified, s->name,
				"certificate of the attested document",
				"CA of the attested document", out);

	out[n] = (struct rp_window){ s->name, "attested document",
				     s->imds->m.created, s->imds->m.expires };
	return n + 1;
}

/* The token's own, then those of its certificates. */
static size_t token_windows(const struct rp_subject *s,
			    struct rp_window out[RP_WINDOWS_MAX])
{
	const struct rp_token *t = s->token;
	size_t n = 0;

	if (rp_token_window(t, &out[0].from, &out[0].to)) {
		out[0].item = s->name;
		out[0].what = "token";
		n++;
	}
	for (size_t i = 0; i < t->n_certs; i++)
		out[n++] = (struct rp_window){
			t->certs_item->name,
			i == 0 ? "token certificate" : "token CA",
			t->cert[i].not_before,
			t->cert[i].not_after,
		};
	return n;
}

size_t rp_windows_of(const struct rp_subject *s,
		     struct rp_window out[RP_WINDOWS_MAX])
{
	if (s->type == RP_QUOTE)
		return chain_windows(s->quote->chain_item->name,
				     &s->quote->chain, out);
	if (s->type == RP_CHAIN)
		return chain_windows(s->name, &s->chain->chain, out);
	if (s->type == RP_AK_CERT)
		return path_windows(&s->ak_cert->certified, s->name,
				    "AK certificate", "AK CA", out);
	if (s->type == RP_IMDS)
		return document_windows(s, out);
	if (rp_token_service_of(s->type) != NULL)
		return token_windows(s, out);
	if (s->type == RP_SNP)
		return path_windows(&s->snp->certified, s->name,
				    "VCEK certificate", "AMD CA", out);
	if (s->type == RP_CRL)
		out[0] = (struct rp_window){ s->name, "CRL",
					     s->crl->crl.this_update,
					     s->crl->crl.next_update };
	else if (s->type == RP_TCB_INFO)
		out[0] = (struct rp_window){ s->name, "TCB info",
					     s->tcb_info->info.issue_date,
					     s->tcb_info->info.next_update };
	else if (s->type == RP_QE_IDENTITY)
		out[0] = (struct rp_window){
			s->name, "QE identity",
			s->qe_identity->identity.issue_date,
			s->qe_identity->identity.next_update
		};
	else
		return 0;
	return 1;
}

bool rp_window_counts(const struct rp_case *c, const struct rp_subject *s)
{
	bool of_set = s->type == RP_TCB_INFO || s->type == RP_QE_IDENTITY ||
		      s->type == RP_CHAIN;

	return s->decides || (!c->decided[s->type] && !(of_set && c->no_set));
}

static enum rp_outcome beside(const struct rp_case *c,
			      const struct rp_subject *s, const char *what,
			      struct rp_finding *f)
{
	f->applies = false;
	return rp_skip(f, "not-applicable: %s, and this one %s",
		       c->decided[s->type] ? "another piece decides"
					   : "the policy names another set",
		       what);
}

static void window_inputs(struct rp_finding *f, const struct rp_subject *s)
{
	if (s->type == RP_QUOTE)
		rp_input_add(f, s->quote->chain_item->name,
			     s->quote->chain_offset, s->quote->chain_size);
	else
		rp_input_add(f, s->item->name, 0, s->item->bytes.n);
}

static const char *window_word(bool early, bool late)
{
	if (early && late)
		return "expired, not_yet_valid";
	if (early)
		return "not_yet_valid";
	return late ? "expired" : "current";
}

/* Every window that does not hold the time, behind the words for them. */
static enum rp_outcome judge_windows(struct rp_case *c,
				     const struct rp_subject *s,
				     struct rp_finding *f)
{
	struct rp_window w[RP_WINDOWS_MAX];
	char from[EV_TIME_TEXT], to[EV_TIME_TEXT], said[RP_REASON_MAX] = "";
	bool early = false, late = false;
	const char *word;
	size_t n = rp_windows_of(s, w);

	for (size_t i = 0; i < n; i++) {
		size_t used = strlen(said);

		if (rp_holds_at(c, w[i].from, w[i].to))
			continue;
		early = early || c->at < w[i].from;
		late = late || c->at >= w[i].from;
		ev_time_format(w[i].from, from);
		ev_time_format(w[i].to, to);
		snprintf(said + used, sizeof(said) - used,
			 "%s%s holds from %s to %s", used > 0 ? "; " : "",
			 w[i].what, from, to);
	}
	word = window_word(early, late);
	rp_set_got(f, "%s", word);
	if (!late && !early)
		return RP_PASS;
	if (!rp_window_counts(c, s))
		return beside(c, s, "does not hold the time", f);
	return rp_fail(f, "%s: %.225s", word, said);
}

enum rp_outcome rp_check_collateral_window(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	if (rp_outcome_of(c, rp_window_gate(s), s) != RP_PASS)
		return rp_window_counts(c, s)
			       ? rp_skip(f, "after: %s did not pass",
					 rp_window_gate(s))
			       : beside(c, s, "is not authenticated", f);
	window_inputs(f, s);
	rp_set_want(f, "current");
	return judge_windows(c, s, f);
}
