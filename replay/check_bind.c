/* SPDX-License-Identifier: Apache-2.0 */
/* bind.*: nonces of one session, recomputed and found in the items. */
#include "replay/bound.h"
#include "replay/checks.h"

static void session_input(const struct rp_case *c, struct rp_finding *f)
{
	const struct rp_item *item = c->session->item;

	if (item != NULL)
		rp_input_add(f, item->name, 0, item->bytes.n);
}

static const char *where(const struct rp_case *c, const char *name)
{
	return ev_redactions_find(&c->archive->manifest.redactions, name) !=
			       NULL
		       ? "withheld"
		       : "absent";
}

/* RP_PASS where there is a session to recompute from. */
static enum rp_outcome session_state(const struct rp_case *c,
				     struct rp_finding *f)
{
	const struct rp_session *s = c->session;
	char recipe[40];

	if (s->parsed.code != EV_OK)
		return rp_refused(f, "binding", &s->parsed.err);
	if (!s->binding.present)
		return rp_skip(f, "no-session: the manifest binds no nonces "
				  "to a session");
	if (!s->binding.recipe_known) {
		ev_show(ev_span_str(s->binding.recipe), recipe, sizeof(recipe));
		f->shown = true;
		return rp_skip(f,
			       "recipe: %s is not known, this version reads "
			       "up to " EV_SESSION_RECIPE,
			       recipe);
	}
	if (s->item == NULL)
		return rp_skip(f, "%s: %s", where(c, s->binding.session),
			       s->binding.session);
	session_input(c, f);
	if (!s->has_root)
		return rp_refused(f, "session", &s->document_parsed.err);
	return RP_PASS;
}

/* A quote whose REPORTDATA is the digest of a paravisor's report, which
 * holds the nonce in its place. */
static bool speaks_for_hcl(const struct rp_case *c, const struct rp_subject *s)
{
	const struct rp_subject *hcl = NULL;

	while ((hcl = rp_next_subject(c, RP_HCL, hcl)) != NULL)
		if (hcl->hcl->quote != NULL &&
		    hcl->hcl->quote == s->item->subject)
			return true;
	return false;
}

static enum rp_outcome unnamed(const struct rp_case *c,
			       const struct rp_subject *s, struct rp_finding *f)
{
	if (s->type == RP_BOUND_REPORT_DATA && speaks_for_hcl(c, s))
		return rp_not_applicable(f, "REPORTDATA commits to the "
					    "paravisor's report, which holds "
					    "the nonce");
	return rp_skip(f, "unbound: the manifest names no nonce of the session "
			  "for this item");
}

static enum rp_outcome compare(const struct rp_bound *b, struct rp_finding *f)
{
	struct ev_span want = ev_span_of(b->want.bytes, b->want.n);
	char text[2 * EV_SESSION_HEX];

	if (b->refused.err.code != EV_OK)
		return rp_refused(f, "nonce", &b->refused.err);
	if (!b->is_text)
		return rp_expect(f, want, b->got);
	/* Text that differs may be of any length and of any bytes. */
	ev_show(b->got, text, sizeof(text));
	f->shown = true;
	if (rp_expect_text(f, (const char *)b->want.bytes, text) == RP_TROUBLE)
		return RP_TROUBLE;
	return ev_span_eq(want, b->got) ? RP_PASS : RP_FAIL;
}

/* What the nonce follows from beside the session. */
static void also_inputs(const struct rp_bound *b, struct rp_finding *f)
{
	const struct rp_item *from = b->want.from;

	for (size_t i = 0; i < b->want.n_parts; i++)
		rp_input_part(f, from->name, from->bytes, b->want.part[i]);
}

enum rp_outcome rp_check_bind(struct rp_case *c, const struct rp_subject *s,
			      struct rp_finding *f)
{
	const struct rp_bound *b = s->bound;
	enum rp_outcome state;

	if (b != NULL && b->nonce == NULL)
		return unnamed(c, s, f);
	state = session_state(c, f);
	if (state != RP_PASS)
		return state;
	if (s->item == NULL)
		return rp_skip(f, "%s: %s", where(c, s->name), s->name);
	also_inputs(b, f);
	rp_input_part(f, s->name, s->item->bytes, b->part);
	if (b->want.n == 0)
		return rp_skip(f, "%s", b->want.why);
	state = compare(b, f);
	if (state != RP_FAIL || b->refused.err.code != EV_OK)
		return state;
	return rp_fail(f, "mismatch: the item does not hold the nonce that "
			  "follows from the session");
}

bool rp_session_is_borne(const struct rp_case *c)
{
	static const struct {
		enum rp_subject_type type;
		const char *check;
	} bearers[] = {
		{ RP_BOUND_HCL, "bind.hcl" },
		{ RP_BOUND_REPORT_DATA, "bind.report-data" },
		{ RP_BOUND_TPM_QUOTE, "bind.tpm-quote" },
	};

	for (size_t i = 0; i < sizeof(bearers) / sizeof(bearers[0]); i++) {
		const struct rp_subject *s = NULL;

		while ((s = rp_next_subject(c, bearers[i].type, s)) != NULL)
			if (rp_outcome_of(c, bearers[i].check, s) == RP_PASS)
				return true;
	}
	return false;
}

/* Where the document says its challenge, without the quotes. */
static void challenge_input(const struct rp_case *c, struct rp_finding *f)
{
	const struct rp_item *item = c->session->item;
	struct ev_span text;

	if (!ev_json_member(item->bytes, "challenge", &text))
		return; /* spelled with escapes, which canonical JSON has not */
	rp_input_part(f, item->name, item->bytes,
		      ev_span_sub(text, 1, text.n - 2));
}

enum rp_outcome rp_check_bind_challenge(struct rp_case *c,
					const struct rp_subject *s,
					struct rp_finding *f)
{
	const struct ev_session *d = &c->session->document;
	enum rp_outcome state = session_state(c, f);

	(void)s;
	if (state != RP_PASS)
		return state;
	challenge_input(c, f);
	if (!c->has_nonce)
		return rp_skip(f, "not-asked: which challenge must be answered "
				  "was not said (--nonce)");
	state = rp_expect(f, c->nonce,
			  ev_span_of(d->challenge, d->challenge_size));
	if (state == RP_FAIL)
		return rp_fail(f, "mismatch: %s",
			       d->challenge_size == 0
				       ? "the session's nonce is self-made"
				       : "the session answers another "
					 "challenge");
	if (state != RP_PASS || rp_session_is_borne(c))
		return state;
	return rp_skip(f, "unbound: no report or quote that passes holds a "
			  "nonce of this session");
}
