/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of place, from outcomes of checks. */
#include "replay/standing.h"

#include "replay/ak.h"
#include "replay/imds.h"

#include "evidence/cert_hosts.h"

#include <stdio.h>

const struct rp_standing_level rp_standing_levels[RP_STANDING_LEVELS] = {
	{ "a genuine processor signed a quote",
	  { "dcap.quote.signature", "dcap.pck.revocation",
	    "dcap.qe-identity.match", "snp.signature", "snp.chain", "snp.tcb",
	    "hcl.runtime-data.binding", NULL } },
	{ "the vTPM key that the quoted paravisor names signed the guest's "
	  "quote",
	  { "hcl.runtime-data.binding", "hcl.ak", "dcap.td.debug", "snp.debug",
	    "tpm.quote.signature", NULL } },
	{ "the cloud's CA certified the vTPM's key",
	  { "tpm.ak.certificate", "tpm.ak.match", NULL } },
	{ "the key's certificate is for the VM that the paravisor names",
	  { "tpm.ak.certificate", "tpm.ak.match", NULL } },
	{ "the cloud's metadata service attests the same VM",
	  { "imds.signature", "imds.chain", "imds.window", "imds.vm-id",
	    NULL } },
	{ "its document and the paravisor's report answer one session",
	  { "imds.chain", "imds.vm-id", "bind.imds", "bind.hcl", NULL } },
};

const char *rp_standing_answer_word(enum rp_standing_answer answer)
{
	static const char *const words[] = {
		[RP_STANDING_NO] = "no",
		[RP_STANDING_YES] = "yes",
		[RP_STANDING_UNTOLD] = "untold",
	};

	return words[answer];
}

static bool passed(const struct rp_case *c, const char *id,
		   const struct rp_subject *s)
{
	return rp_outcome_of(c, id, s) == RP_PASS;
}

/* The first of the checks that did not pass for s; NULL: all did. */
static const char *doubt(const struct rp_case *c, const char *const *ids,
			 const struct rp_subject *s)
{
	for (; *ids != NULL; ids++)
		if (!passed(c, *ids, s))
			return *ids;
	return NULL;
}

/* --- a condition each --- */

static void yes(struct rp_standing_step *step)
{
	step->holds = RP_STANDING_YES;
}

static void no(struct rp_standing_step *step, const char *why)
{
	snprintf(step->why, sizeof(step->why), "%s", why);
}

static void not_passed(struct rp_standing_step *step, const char *id,
		       const struct rp_subject *s)
{
	snprintf(step->why, sizeof(step->why), "%s did not pass for %.200s", id,
		 s->name);
}

/* What a paravisor's report rests on, if no quote of Intel's, is the matter of
 * its binding. */
static void judge_hardware(const struct rp_case *c, struct rp_standing *p)
{
	static const char binding[] = "hcl.runtime-data.binding";
	struct rp_standing_step *step = &p->step[0];
	const char *id;

	if (p->of.quote == NULL && p->of.snp == NULL && p->of.hcl == NULL)
		no(step, "neither a quote nor a paravisor's report");
	else if (p->of.snp != NULL &&
		 (id = rp_quote_doubt(c, p->of.snp)) != NULL)
		not_passed(step, id, p->of.snp);
	else if (p->of.quote == NULL && p->of.hcl != NULL &&
		 !passed(c, binding, p->of.hcl))
		not_passed(step, binding, p->of.hcl);
	else if (p->of.quote != NULL &&
		 (id = rp_quote_doubt(c, p->of.quote)) != NULL)
		not_passed(step, id, p->of.quote);
	else
		yes(step);
}

/* The quote is by the key that this report names. */
static bool is_by(const struct rp_subject *tpm_quote,
		  const struct rp_subject *hcl)
{
	struct ev_public_key key;
	struct rp_ak ak;

	if (hcl->hcl->claims_parsed.code != EV_OK || !rp_ak_of(tpm_quote, &ak))
		return false;
	key = rp_hcl_key(hcl->hcl);
	return tpm_quote->tpm_quote->hcl != NULL &&
	       ev_public_key_eq(&key, &ak.key);
}

static void judge_key(const struct rp_case *c, struct rp_standing *p)
{
	static const char *const bound[] = { "hcl.runtime-data.binding",
					     "hcl.ak", NULL };
	struct rp_standing_step *step = &p->step[1];
	const struct rp_subject *s = NULL;
	const char *id;

	if (p->of.hcl == NULL) {
		no(step, "no paravisor's report names a vTPM key");
		return;
	}
	id = doubt(c, bound, p->of.hcl);
	while ((s = rp_next_subject(c, RP_TPM_QUOTE, s)) != NULL) {
		if (!is_by(s, p->of.hcl) ||
		    !passed(c, "tpm.quote.signature", s))
			continue;
		/* The best of them is one whose key is certified, too. */
		if (p->tpm_quote == NULL || passed(c, "tpm.ak.match", s))
			p->tpm_quote = s;
	}
	if (id != NULL)
		not_passed(step, id, p->of.hcl);
	else if (p->of.quote != NULL &&
		 !passed(c, "dcap.td.debug", p->of.quote))
		/* Its host has the key, too. */
		not_passed(step, "dcap.td.debug", p->of.quote);
	else if (p->of.snp != NULL && !passed(c, "snp.debug", p->of.snp))
		not_passed(step, "snp.debug", p->of.snp);
	else if (p->tpm_quote == NULL)
		no(step, "no vTPM quote by that key passes "
			 "tpm.quote.signature");
	else
		yes(step);
}

static void judge_certificate(const struct rp_case *c, struct rp_standing *p)
{
	struct rp_standing_step *step = &p->step[2];
	const struct rp_subject *s = p->tpm_quote;

	/* Without a report: whatever quote a certified key has signed. */
	while (p->of.hcl == NULL && p->ak_cert == NULL &&
	       (s = rp_next_subject(c, RP_TPM_QUOTE, s)) != NULL)
		if (passed(c, "tpm.ak.match", s))
			p->ak_cert = s->tpm_quote->ak_cert;
	if (p->tpm_quote != NULL)
		p->ak_cert = p->tpm_quote->tpm_quote->ak_cert;
	if (p->ak_cert == NULL)
		no(step, "no AK certificate for a key that signed here");
	else if (!passed(c, "tpm.ak.certificate", p->ak_cert))
		not_passed(step, "tpm.ak.certificate", p->ak_cert);
	else if (p->tpm_quote != NULL &&
		 !passed(c, "tpm.ak.match", p->tpm_quote))
		not_passed(step, "tpm.ak.match", p->tpm_quote);
	else
		yes(step);
}

static struct ev_span unique_id(const struct rp_standing *p)
{
	static const struct ev_span none = { NULL, 0 };

	return p->of.hcl != NULL && p->of.hcl->hcl->claims_parsed.code == EV_OK
		       ? p->of.hcl->hcl->claims.vm_unique_id
		       : none;
}

/* The id that a common name begins with, as "GUID.ConfidentialVM..."; empty
 * where it begins with none. */
static struct ev_span id_of(struct ev_span name)
{
	enum { GUID = 36 };
	struct ev_span id = ev_span_sub(name, 0, name.n < GUID ? 0 : GUID);
	uint8_t bytes[16];
	bool ends = name.n <= GUID || name.p[GUID] == '.';

	return ends && rp_vm_id_parse(id, bytes) ? id : ev_span_sub(name, 0, 0);
}

static bool is_same_vm(struct ev_span a, struct ev_span b)
{
	enum rp_vm_match match = rp_vm_match(a, b);

	return match == RP_VM_EQUAL || match == RP_VM_SWAPPED;
}

/* Whether a certificate names a VM, and it is that one: by its common name
 * alone, since what else stands in a subject may be a customer's to choose.
 * Two that contradict each other name none. */
static enum rp_standing_answer subject_names(const struct ev_x509 *cert,
					     struct ev_span vm)
{
	struct ev_cert_hosts hosts = { .n = 0 };
	struct ev_span id = { NULL, 0 };
	struct ev_error err = { 0 };

	if (ev_cert_hosts_read(cert->der, &hosts, &err) != EV_OK)
		return RP_STANDING_UNTOLD;
	for (size_t i = 0; i < hosts.n_common; i++) {
		struct ev_span one = id_of(hosts.name[i]);

		if (one.n > 0 && id.n > 0 && !is_same_vm(one, id))
			return RP_STANDING_UNTOLD;
		if (one.n > 0)
			id = one;
	}
	if (id.n == 0)
		return RP_STANDING_UNTOLD;
	return is_same_vm(id, vm) ? RP_STANDING_YES : RP_STANDING_NO;
}

/* A certificate that nobody vouches for names whom it likes. */
static void judge_subject(const struct rp_case *c, struct rp_standing *p)
{
	struct rp_standing_step *step = &p->step[3];
	const char *subject;

	if (p->step[2].holds != RP_STANDING_YES) {
		no(step, "nothing says whose the key is");
		return;
	}
	if (unique_id(p).n == 0 ||
	    !passed(c, "hcl.runtime-data.format", p->of.hcl)) {
		no(step, "no paravisor names the VM");
		return;
	}
	subject = p->ak_cert->ak_cert->cert.subject;
	step->holds = subject_names(&p->ak_cert->ak_cert->cert, unique_id(p));
	if (step->holds == RP_STANDING_UNTOLD)
		snprintf(step->why, sizeof(step->why),
			 "cannot be told: the subject (%.200s) has no CN that "
			 "begins with a VM's id",
			 subject);
	else if (step->holds == RP_STANDING_NO)
		snprintf(step->why, sizeof(step->why),
			 "the subject (%.200s) names another VM", subject);
}

static bool is_about(const struct rp_subject *document,
		     const struct rp_standing *p)
{
	return document->imds->parsed.code == EV_OK &&
	       is_same_vm(document->imds->m.vm_id, unique_id(p));
}

static void judge_document(const struct rp_case *c, struct rp_standing *p)
{
	static const char *const good[] = { "imds.signature", "imds.chain",
					    "imds.window", "imds.vm-id", NULL };
	struct rp_standing_step *step = &p->step[4];
	const struct rp_subject *s = NULL;
	const char *id = NULL;

	while ((s = rp_next_subject(c, RP_IMDS, s)) != NULL) {
		const char *other = doubt(c, good, s);

		if (!is_about(s, p) ||
		    (p->imds != NULL && (id == NULL || other != NULL)))
			continue;
		p->imds = s;
		id = other;
	}
	if (p->imds == NULL)
		no(step, "no attested document about that VM");
	else if (id != NULL)
		not_passed(step, id, p->imds);
	else if (!passed(c, "hcl.runtime-data.format", p->of.hcl))
		not_passed(step, "hcl.runtime-data.format", p->of.hcl);
	else
		yes(step);
}

/* A subject of that type about the item passed its check. */
static bool is_bound(const struct rp_case *c, enum rp_subject_type type,
		     const char *id, const struct rp_item *item)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, type, s)) != NULL)
		if (s->item == item && passed(c, id, s))
			return true;
	return false;
}

/* Nor does a nonce bind what anybody can have written. */
static void judge_nonce(const struct rp_case *c, struct rp_standing *p)
{
	struct rp_standing_step *step = &p->step[5];

	if (p->step[4].holds != RP_STANDING_YES)
		no(step, "no attested document of that VM holds");
	else if (!is_bound(c, RP_BOUND_IMDS, "bind.imds", p->imds->item))
		not_passed(step, "bind.imds", p->imds);
	else if (!is_bound(c, RP_BOUND_HCL, "bind.hcl", p->of.hcl->item))
		not_passed(step, "bind.hcl", p->of.hcl);
	else
		yes(step);
}

/* --- what places are about --- */

/* A report's quote is its place's where the report is of a TD. */
static const struct rp_subject *quote_of(const struct rp_subject *hcl)
{
	return hcl->hcl->parsed.code == EV_OK && !hcl->hcl->alone &&
			       hcl->hcl->hcl.report_type != EV_HCL_TDX
		       ? NULL
		       : hcl->hcl->quote;
}

static bool is_spoken_for(const struct rp_case *c,
			  const struct rp_subject *quote)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_HCL, s)) != NULL)
		if (quote_of(s) == quote)
			return true;
	return false;
}

static void add(struct rp_standing_of out[EV_PLACES_MAX], size_t *n,
		struct rp_standing_of of)
{
	if (*n < EV_PLACES_MAX)
		out[*n] = of;
	++*n;
}

size_t rp_standing_find(const struct rp_case *c,
			struct rp_standing_of out[EV_PLACES_MAX])
{
	const struct rp_subject *s = NULL;
	size_t n = 0;

	while ((s = rp_next_subject(c, RP_HCL, s)) != NULL)
		add(out, &n,
		    (struct rp_standing_of){ quote_of(s), s->hcl->snp, s });
	while ((s = rp_next_subject(c, RP_QUOTE, s)) != NULL)
		if (!is_spoken_for(c, s))
			add(out, &n, (struct rp_standing_of){ .quote = s });
	while ((s = rp_next_subject(c, RP_SNP, s)) != NULL)
		if (s->snp->hcl == NULL)
			add(out, &n, (struct rp_standing_of){ .snp = s });
	if (n == 0 && (rp_next_subject(c, RP_TPM_QUOTE, NULL) != NULL ||
		       rp_next_subject(c, RP_IMDS, NULL) != NULL))
		add(out, &n, (struct rp_standing_of){ .quote = NULL });
	return n;
}

void rp_standing_judge(const struct rp_case *c, struct rp_standing_of of,
		       struct rp_standing *out)
{
	struct rp_standing *p = out;

	*p = (struct rp_standing){ .of = of, .level = -1 };
	judge_hardware(c, p);
	judge_key(c, p);
	judge_certificate(c, p);
	judge_subject(c, p);
	judge_document(c, p);
	judge_nonce(c, p);
	while (p->level + 1 < RP_STANDING_LEVELS &&
	       p->step[p->level + 1].holds == RP_STANDING_YES)
		p->level++;
}
