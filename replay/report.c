/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical JSON report: every row, every fact, on whose word. */
#include "replay/report.h"

#include "replay/checks.h"
#include "replay/facts.h"
#include "replay/gaps.h"
#include "replay/report_finding.h"
#include "replay/session.h"
#include "replay/withheld.h"

#include <stdio.h>

/* Of a TDX quote with its collateral 35 kB. */
static const size_t usual_size = 48 * 1024;

static const char *const verdict_words[] = {
	[RP_VERDICT_PASS] = "pass",
	[RP_VERDICT_FAIL] = "fail",
	[RP_VERDICT_INCOMPLETE] = "incomplete",
};
static const char *const basis_words[] = {
	[RP_TIME_GIVEN] = "given",
	[RP_TIME_PROVEN] = "proven",
	[RP_TIME_CLAIMED] = "claimed",
	[RP_TIME_ISSUED] = "issued",
};

/* What the policy demands by another member than `require`, and the answer
 * to a challenge that the verifier gave. */
static bool is_demanded(const struct rp_case *c, const struct rp_finding *f)
{
	if (c->policy->threshold > 0 &&
	    strcmp(f->check->id, "archive.threshold") == 0)
		return true;
	if (c->has_nonce && strcmp(f->check->id, "bind.challenge") == 0)
		return true;
	if (rp_choice_is_made(&c->policy->collateral) && f->subject != NULL &&
	    strcmp(f->check->id, "dcap.tcb-info.match") == 0)
		return true;
	return f->subject != NULL && f->subject->type == RP_EXPECTATION;
}

bool rp_is_required(const struct rp_case *c, const struct rp_finding *f)
{
	if (is_demanded(c, f))
		return true;
	if (f->subject == NULL && rp_withheld_for(c, f->check) == NULL)
		return false;
	return f->applies && rp_policy_requires(c->policy, f->check);
}

bool rp_is_waived(const struct rp_case *c, const struct rp_finding *f)
{
	return f->outcome == RP_FAIL &&
	       rp_policy_waiver(c->policy, f->check->id, f->got) != NULL;
}

enum rp_verdict rp_verdict_of(const struct rp_case *c)
{
	/* Whatever a policy requires: where no evidence was judged, nothing
	 * was found good. */
	enum rp_verdict verdict = c->archive_only || rp_holds_evidence(c)
					  ? RP_VERDICT_PASS
					  : RP_VERDICT_INCOMPLETE;

	for (size_t i = 0; i < c->n_findings; i++) {
		const struct rp_finding *f = &c->findings[i];

		if (f->outcome == RP_FAIL && !rp_is_waived(c, f))
			return RP_VERDICT_FAIL;
		if (f->outcome == RP_SKIP && rp_is_required(c, f))
			verdict = RP_VERDICT_INCOMPLETE;
	}
	return verdict;
}

static void write_foreign(struct ev_writer *w, const char *name,
			  const char *text)
{
	ev_write_foreign(w, name, ev_span_str(text));
}

static void write_signed(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_subject *s = NULL;

	ev_write_array(w, "signed");
	while ((s = rp_next_subject(c, RP_SIGNATURE, s)) != NULL) {
		const struct rp_seal_signature *sig =
			&c->seal->signatures[s->index];

		ev_write_object(w, NULL);
		ev_write_str(w, "file", s->name);
		ev_write_foreign(w, "keyid", sig->keyid);
		ev_write_str(w, "outcome",
			     rp_outcome_word(
				     rp_outcome_of(c, "archive.signature", s)));
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_archive(const struct rp_case *c, struct ev_writer *w)
{
	const struct ev_manifest *m;

	if (c->archive == NULL)
		return;
	m = &c->archive->manifest;
	ev_write_object(w, "archive");
	if (m->has_time)
		ev_write_time(w, "claimedTime", m->time);
	ev_write_hex(w, "id", EV_SPAN(c->archive->id));
	ev_write_array(w, "items");
	for (size_t i = 0; i < m->n_items; i++) {
		ev_write_object(w, NULL);
		write_foreign(w, "kind", m->items[i].kind_name);
		ev_write_str(w, "name", m->items[i].name);
		ev_write_hex(w, "sha256", EV_SPAN(m->items[i].sha256));
		ev_write_int(w, "size", (int64_t)m->items[i].size);
		ev_write_end(w);
	}
	ev_write_end(w);
	if (c->session->collector.root != NULL)
		write_foreign(w, "root", c->session->collector.root);
	write_signed(c, w);
	if (m->verb != NULL)
		write_foreign(w, "verb", m->verb);
	ev_write_end(w);
}

static void write_outside(const struct rp_case *c, struct ev_writer *w)
{
	ev_write_array(w, "notFromArchive");
	for (size_t i = 0; i < c->n_items; i++) {
		const struct rp_item *item = &c->items[i];
		const struct ev_digests *digests;

		if (!item->outside)
			continue;
		digests = rp_item_hash(c, item);
		ev_write_object(w, NULL);
		ev_write_str(w, "kind",
			     item->kind != NULL ? item->kind->kind : "unknown");
		write_foreign(w, "name", item->name);
		/* Trouble: nothing, which the writer refuses. */
		if (digests == NULL)
			ev_write_raw(w, "sha256", ev_span_of(NULL, 0));
		else
			ev_write_hex(w, "sha256",
				     EV_SPAN(digests->sha256.value));
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_anchors(const struct rp_case *c, struct ev_writer *w)
{
	ev_write_array(w, "anchors");
	for (size_t i = 0; i < c->anchors->n; i++) {
		const struct rp_anchor *a = &c->anchors->anchor[i];

		ev_write_object(w, NULL);
		ev_write_str(w, "name", a->name);
		ev_write_hex(w, "sha256", EV_SPAN(a->sha256));
		ev_write_bool(w, "simulated", a->simulated);
		ev_write_bool(w, "used", a->used);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void trust(struct ev_writer *w, const char *owner, const char *what,
		  const char *anchor)
{
	ev_write_object(w, NULL);
	ev_write_str(w, "anchor", anchor);
	ev_write_str(w, "for", what);
	ev_write_str(w, "owner", owner);
	ev_write_end(w);
}

static void write_signer_trust(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_SIGNATURE, s)) != NULL) {
		char owner[40];

		if (rp_outcome_of(c, "archive.signature", s) != RP_PASS)
			continue;
		snprintf(owner, sizeof(owner), "signer %.16s",
			 s->name + strlen("sig/"));
		trust(w, owner, "that nothing was left out of the archive",
		      s->name);
	}
}

static void write_trust(const struct rp_case *c, struct ev_writer *w)
{
	static const char *const what[] = {
		[RP_ANCHOR_INTEL_SGX_ROOT] =
			"processor and TDX module are genuine, level judgements",
		[RP_ANCHOR_AZURE_VTPM_ROOT] =
			"the vTPM's attestation key is its cloud's",
		[RP_ANCHOR_AZURE_IMDS_ROOT] =
			"which VM a metadata service of its cloud spoke of",
		[RP_ANCHOR_TSA_ROOT] = "the time",
		[RP_ANCHOR_ITA_ROOT] =
			"the keys of Intel Trust Authority are its own",
		[RP_ANCHOR_GOOGLE_ROOT] =
			"the keys of Confidential Space tokens are Google's",
		[RP_ANCHOR_AMD_ARK] =
			"processor, its firmware and their versions",
		[RP_ANCHOR_TLS_ROOT] =
			"the key of a host that was timed is the host's",
	};

	ev_write_array(w, "trust");
	for (size_t i = 0; i < c->anchors->n; i++) {
		const struct rp_anchor *a = &c->anchors->anchor[i];

		if (a->used)
			trust(w, a->owner, what[a->use], a->name);
	}
	if (rp_next_subject(c, RP_HCL, NULL) != NULL)
		trust(w, "Microsoft",
		      "paravisor code: what MRTD measures, "
		      "until a reference names it",
		      "");
	write_signer_trust(c, w);
	ev_write_end(w);
}

static void write_windows(const struct rp_case *c, struct ev_writer *w)
{
	ev_write_array(w, "windows");
	for (size_t i = 0; i < c->n_subjects; i++) {
		const struct rp_subject *s = c->subjects[i];
		struct rp_window windows[RP_WINDOWS_MAX];
		size_t n;

		if (rp_window_gate(s) == NULL || !rp_window_counts(c, s) ||
		    rp_outcome_of(c, rp_window_gate(s), s) != RP_PASS)
			continue;
		n = rp_windows_of(s, windows);
		for (size_t k = 0; k < n; k++) {
			ev_write_object(w, NULL);
			write_foreign(w, "item", windows[k].item);
			ev_write_time(w, "notAfter", windows[k].to);
			ev_write_time(w, "notBefore", windows[k].from);
			ev_write_str(w, "what", windows[k].what);
			ev_write_end(w);
		}
	}
	ev_write_end(w);
}

static void write_policy(const struct rp_policy *policy, struct ev_writer *w)
{
	const struct rp_choice *choice = &policy->collateral;

	ev_write_object(w, "policy");
	write_foreign(w, "name", policy->name);
	ev_write_hex(w, "sha256", EV_SPAN(policy->sha256));
	if (rp_choice_is_made(choice)) {
		ev_write_object(w, "collateral");
		if (choice->update != NULL)
			ev_write_str(w, "update", choice->update);
		if (choice->has_number)
			ev_write_int(w, "evaluationDataNumber",
				     (int64_t)choice->number);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_as_of(const struct rp_case *c, enum rp_time_basis basis,
			struct ev_writer *w)
{
	ev_write_object(w, "asOf");
	ev_write_str(w, "basis", basis_words[basis]);
	ev_write_time(w, "time", c->at);
	ev_write_end(w);
}

static void write_checks(const struct rp_case *c, struct ev_writer *w)
{
	ev_write_array(w, "checks");
	for (size_t i = 0; i < c->n_findings; i++) {
		struct ev_buffer *out = ev_write_into(w, NULL);

		if (out != NULL)
			rp_report_finding(c, &c->findings[i], out);
	}
	ev_write_end(w);
}

/* A writer that has nothing to sort: everything here, in facts_*.c and in
 * gaps.c that is written often is written in the order of the names. */
char *rp_report_write(const struct rp_case *c, enum rp_time_basis basis,
		      bool has_basis, size_t *n)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return NULL;
	ev_writer_expect(w, usual_size);
	ev_write_object(w, NULL);
	write_anchors(c, w);
	write_archive(c, w);
	if (has_basis)
		write_as_of(c, basis, w);
	write_checks(c, w);
	ev_write_str(w, "ecart", ECART_VERSION);
	rp_facts_write(c, w);
	rp_gaps_write(c, w);
	write_outside(c, w);
	write_policy(c->policy, w);
	ev_write_str(w, "report", "ecart-report/1");
	write_trust(c, w);
	ev_write_str(w, "verdict", verdict_words[rp_verdict_of(c)]);
	write_windows(c, w);
	ev_write_end(w);
	return ev_writer_finish(w, n);
}
