/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences for a person, by the checks that began to fail. */
#include "replay/render_meaning.h"

#include "replay/render_line.h"
#include "replay/render_member.h"

#define MEANING_INDENT 17

static const char level[] =
	"The level was that of then with what was known then.  What the advisories describe was there already; whether anybody used it before the evidence was made, the evidence does not say.";
static const char revoked_level[] =
	"The level that ran is revoked: its keys count as lost.  Evidence of that level shows something only where it is known to be older than the loss, and when that was no date here says.";
static const char no_level[] =
	"This collateral knows no level that what ran reaches: by it the level cannot be told, which is not to say that it was good.";
static const char token_window[] =
	"A token is for minutes or hours: that it ended takes nothing from what it said then.";
static const char token_chain[] =
	"The certificate of the token's key does not hold at the later time; where it only ended, what it signed before is as it was.";
static const char unsigned_piece[] =
	"A piece of this collateral is not what its issuer signed, or cannot be read: nothing follows from that piece, neither for the evidence nor against it.";

/* What is not here fails seldom for what a later time or collateral says. */
static const struct {
	const char *id, *meaning;
	const char *got; /* only where the check got that; NULL: whatever */
} meanings[] = {
	{ "dcap.pck.revocation",
	  "The platform's key is no longer believed.  A CRL writes its entries' dates anew at each issue, so that the revocation does not say when the key was lost; if it was lost before the evidence was made, the evidence proves nothing." },
	{ "dcap.pck-ca.revocation",
	  "The CA that certified the platform is no longer believed; when its key was lost the CRL does not say." },
	{ "dcap.tcb-signing.revocation",
	  "A key that signs TCB levels is no longer believed: what it signed rests on nobody's word, the levels of then too if it signed them.  When the key was lost the CRL does not say." },
	{ "dcap.tcb-signing.chain", unsigned_piece },
	{ "dcap.crl.signature", unsigned_piece },
	{ "dcap.tcb-info.signature", unsigned_piece },
	{ "dcap.qe-identity.signature", unsigned_piece },
	{ "dcap.collateral.window",
	  "Something was not valid at the later time: it had ended, or not begun.  The evidence may be as good as it was then; what is not valid does not show it." },
	{ "dcap.tcb-info.match",
	  "The TCB info of this collateral is not for this platform: by it the levels cannot be judged." },
	{ "dcap.qe-identity.match",
	  "The enclave that signed the quote is not the quoting enclave that this collateral names.  If that holds for then too, what signed the quote was no enclave of Intel's, and the evidence proves nothing." },
	{ "dcap.tdx-module.match",
	  "The TDX module that ran is none that this collateral names.  If that holds for then too, what kept the guest apart was no module of Intel's, and the evidence proves nothing." },
	{ "tcb.platform", revoked_level, "Revoked" },
	{ "tcb.platform", no_level, "NotSupported" },
	{ "tcb.platform", level },
	{ "tcb.tdx-module", revoked_level, "Revoked" },
	{ "tcb.tdx-module", no_level, "NotSupported" },
	{ "tcb.tdx-module", level },
	{ "tcb.qe", revoked_level, "Revoked" },
	{ "tcb.qe", no_level, "NotSupported" },
	{ "tcb.qe", level },
	{ "tcb.status", revoked_level, "Revoked" },
	{ "tcb.status", no_level, "NotSupported" },
	{ "tcb.status", level },
	{ "tpm.ak.certificate",
	  "The certificate of the vTPM's key does not hold at the later time; where it only ended, what it certified before is as it was." },
	{ "imds.chain",
	  "The certificate of the attested document does not hold at the later time; where it only ended, what it signed before is as it was." },
	{ "imds.window",
	  "An attested document is for some hours: that it ended takes nothing from what it said then." },
	{ "maa.window", token_window },
	{ "ita.window", token_window },
	{ "google.window", token_window },
	{ "ita.chain", token_chain },
	{ "google.chain", token_chain },
};
#define N_MEANINGS (sizeof(meanings) / sizeof(meanings[0]))

static const char *text(const json_t *v, const char *name)
{
	return rp_member_text(v, name, NULL, NULL);
}

bool rp_check_fails(const json_t *check)
{
	return strcmp(text(check, "outcome"), "fail") == 0;
}

static bool is_skipped(const json_t *check)
{
	return strcmp(text(check, "outcome"), "skip") == 0;
}

/* --- kinds of change: each row is of one at most --- */

/* It fails, and did not, or failed otherwise. */
static bool fails_anew(const struct rp_change *c)
{
	return rp_check_fails(c->check) &&
	       (!rp_check_fails(c->before) ||
		strcmp(text(c->check, "got"), text(c->before, "got")) != 0);
}

static const char *meaning_of(const struct rp_change *c)
{
	for (size_t i = 0; i < N_MEANINGS; i++)
		if (strcmp(meanings[i].id, text(c->check, "id")) == 0 &&
		    (meanings[i].got == NULL ||
		     strcmp(meanings[i].got, text(c->check, "got")) == 0))
			return meanings[i].meaning;
	return NULL;
}

static bool is_waived(const struct rp_change *c)
{
	return fails_anew(c) && rp_member_is_true(c->check, "waived");
}

static bool has_meaning(const struct rp_change *c)
{
	return fails_anew(c) && !is_waived(c) && meaning_of(c) != NULL;
}

static bool is_general(const struct rp_change *c)
{
	return fails_anew(c) && !is_waived(c) && meaning_of(c) == NULL;
}

static bool is_unjudged(const struct rp_change *c)
{
	return is_skipped(c->check) && !is_skipped(c->before) &&
	       rp_member_is_true(c->check, "required");
}

/* Kinds that are told as one sentence, behind which the ids stand. */
static const struct {
	bool (*is_one)(const struct rp_change *c);
	const char *sentence;
} kinds[] = {
	{ is_general, "By what is known later these fail, and did not, or not "
		      "so, then; what they show is not shown any more: " },
	{ is_unjudged, "Required and not judged in hindsight, which neither "
		       "confirms them nor takes them away: " },
	{ is_waived,
	  "These fail in hindsight, but are waived by the policy: " },
};

/* --- sentences --- */

struct speech {
	const struct rp_changes *changes;
	struct ev_buffer *out;
	bool said;
};

static void say(struct speech *s, const char *sentence)
{
	rp_render_words(s->out,
			s->said ? "" : "What this means:", MEANING_INDENT,
			sentence);
	s->said = true;
}

static bool any_means(const struct rp_changes *changes, const char *meaning)
{
	for (size_t i = 0; i < changes->n; i++)
		if (has_meaning(&changes->row[i]) &&
		    meaning_of(&changes->row[i]) == meaning)
			return true;
	return false;
}

/* Several ids may mean the same: those stand side by side in the table. */
static void say_meanings(struct speech *s)
{
	const char *last = NULL;

	for (size_t i = 0; i < N_MEANINGS; i++) {
		if (meanings[i].meaning == last ||
		    !any_means(s->changes, meanings[i].meaning))
			continue;
		last = meanings[i].meaning;
		say(s, last);
	}
}

static bool is_named(const json_t *ids, const char *id)
{
	const json_t *v;
	size_t i;

	json_array_foreach (ids, i, v)
		if (strcmp(json_string_value(v), id) == 0)
			return true;
	return false;
}

static void say_kind(struct speech *s, size_t kind)
{
	struct ev_buffer words = { 0 };
	json_t *ids = json_array();
	char *sentence;

	ev_buffer_add_str(&words, kinds[kind].sentence);
	for (size_t i = 0; i < s->changes->n; i++) {
		const struct rp_change *c = &s->changes->row[i];
		const json_t *id = json_object_get(c->check, "id");
		const char *word = text(c->check, "id");

		if (!kinds[kind].is_one(c) || is_named(ids, word))
			continue;
		ev_buffer_printf(&words, "%s%s",
				 json_array_size(ids) > 0 ? ", " : "", word);
		json_array_append(ids, (json_t *)(uintptr_t)id);
	}
	ev_buffer_add_str(&words, ".");
	sentence = ev_buffer_take(&words, NULL);
	if (sentence == NULL)
		s->out->failed = true;
	else if (json_array_size(ids) > 0)
		say(s, sentence);
	free(sentence);
	json_decref(ids);
}

void rp_render_meaning(const struct rp_changes *changes, struct ev_buffer *out)
{
	struct speech s = { changes, out, false };

	say_meanings(&s);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		say_kind(&s, i);
	if (!s.said)
		say(&s, "nothing that this collateral knows takes away from "
			"what was provable then.");
}
