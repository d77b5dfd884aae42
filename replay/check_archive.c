/* SPDX-License-Identifier: Apache-2.0 */
/* archive.*: the container, its items, its signers. */
#include "replay/checks.h"

/* One problem, in full. */
static void tell_one(const struct ev_archive_problem *p, struct rp_finding *f)
{
	char line[RP_REASON_MAX];

	ev_error_format(&p->err, line, sizeof(line));
	rp_set_want(f, "%s", p->err.want);
	rp_set_got(f, "%s", p->err.found);
	rp_fail(f, "%s: %s%s%.150s", ev_archive_code_word(p->code), p->name,
		p->name[0] != '\0' ? ": " : "", line);
}

/* All of several: codes and names as far as a reason holds them, and what was
 * found of each in got. */
static void tell_all(const struct ev_archive *a, unsigned int codes, size_t n,
		     struct rp_finding *f)
{
	ev_auto_buffer struct ev_buffer names = { 0 }, all = { 0 };
	static const size_t room = RP_REASON_MAX - 40;
	size_t told = 0;

	for (size_t i = 0; i < a->n_problems; i++) {
		const struct ev_archive_problem *p = &a->problem[i];
		const char *name = p->name[0] != '\0' ? p->name : p->err.field;

		if ((codes & (1U << p->code)) == 0)
			continue;
		ev_buffer_printf(&all, "%s%s: %s: %s", all.n > 0 ? "; " : "",
				 ev_archive_code_word(p->code), name,
				 p->err.found);
		if (names.n + strlen(name) + 30 > room)
			continue;
		ev_buffer_printf(&names, "%s%s: %s", told++ > 0 ? "; " : "",
				 ev_archive_code_word(p->code), name);
	}
	ev_buffer_add_byte(&all, 0);
	ev_buffer_add_byte(&names, 0);
	if (!ev_buffer_ok(&all) || !ev_buffer_ok(&names)) {
		f->no_memory = true;
		return;
	}
	rp_set_got(f, "%s%s", (const char *)all.p,
		   a->more_problems ? "; more" : "");
	if (told < n)
		rp_fail(f, "%s; %zu more", (const char *)names.p, n - told);
	else
		rp_fail(f, "%s", (const char *)names.p);
}

/* Every problem of one of these codes as the finding. */
static enum rp_outcome tell_problems(const struct rp_case *c,
				     unsigned int codes, struct rp_finding *f)
{
	const struct ev_archive *a = c->archive;
	const struct ev_archive_problem *first = NULL;
	size_t n = 0;

	for (size_t i = a->n_problems; i-- > 0;)
		if ((codes & (1U << a->problem[i].code)) != 0) {
			first = &a->problem[i];
			n++;
		}
	if (n == 0)
		return RP_PASS;
	f->shown = true;
	if (n == 1)
		tell_one(first, f);
	else
		tell_all(a, codes, n, f);
	return RP_FAIL;
}

enum rp_outcome rp_check_archive_container(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	(void)s;
	return tell_problems(c, 1U << EV_ARCHIVE_CONTAINER, f);
}

enum rp_outcome rp_check_archive_manifest(struct rp_case *c,
					  const struct rp_subject *s,
					  struct rp_finding *f)
{
	(void)s;
	return tell_problems(c,
			     1U << EV_ARCHIVE_MANIFEST_NONCANONICAL |
				     1U << EV_ARCHIVE_MISSING_ITEM |
				     1U << EV_ARCHIVE_EXTRA_ITEM |
				     1U << EV_ARCHIVE_SIZE,
			     f);
}

enum rp_outcome rp_check_archive_digests(struct rp_case *c,
					 const struct rp_subject *s,
					 struct rp_finding *f)
{
	/* A large one is read piece by piece, and nobody else hashes it. */
	bool large = s->item->bytes.n >= EV_RELEASE_STEP;
	struct ev_digests *known = large ? NULL : rp_item_hash(c, s->item);
	struct ev_error err = { 0 };
	enum ev_verified v;
	char line[RP_REASON_MAX];

	if (known == NULL && !large)
		return RP_TROUBLE;
	rp_input_add(f, s->name, 0, s->item->entry->size);
	v = ev_archive_digest(c->crypto, c->archive, s->index, known, &err);
	if (v == EV_VERIFIED_TROUBLE)
		return RP_TROUBLE;
	if (v == EV_VERIFIED_YES)
		return RP_PASS;
	ev_error_format(&err, line, sizeof(line));
	rp_set_want(f, "%s", err.want);
	rp_set_got(f, "%s", err.found);
	f->shown = true;
	return rp_fail(f, "digest: %.200s", line);
}

enum rp_outcome rp_check_archive_canonical(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	(void)s;
	return tell_problems(c,
			     1U << EV_ARCHIVE_NONCANONICAL |
				     1U << EV_ARCHIVE_UNKNOWN_MEMBER,
			     f);
}

/* NULL is trouble. */
static const struct rp_signers *signers_of(struct rp_case *c)
{
	if (!c->has_signers)
		c->has_signers =
			rp_signers_find(c->crypto, c->seal, c->policy->key,
					c->policy->n_keys, &c->signers);
	return c->has_signers ? &c->signers : NULL;
}

/* How many distinct keys must have signed.  A policy that requires one of the
 * two checks demands a signature, whatever its signers say of a number. */
static size_t demanded(const struct rp_case *c)
{
	if (c->policy->threshold > 0)
		return (size_t)c->policy->threshold;
	return rp_policy_requires(c->policy,
				  rp_check_find("archive.signature")) ||
	       rp_policy_requires(c->policy,
				  rp_check_find("archive.threshold"));
}

/* A line that counts for nothing.  DSSE protocol: it is skipped over and does
 * not spoil the good ones, so that nobody can make a signed archive fail by
 * putting a file beside it. */
static enum rp_outcome ignore_line(const struct rp_case *c,
				   struct rp_finding *f)
{
	if (c->signers.n_distinct >= demanded(c))
		f->applies = false;
	return RP_SKIP;
}

/* What no key could make good.  Where the threshold is not reached without
 * it, it is named as what is broken. */
static enum rp_outcome broken_line(const struct rp_case *c,
				   struct rp_finding *f)
{
	return c->signers.n_distinct < c->policy->threshold ? RP_FAIL
							    : ignore_line(c, f);
}

/* None of the keys made this line.  The key id, a hint that anybody can
 * write, chooses the words and nothing else. */
static enum rp_outcome explain_line(const struct rp_case *c,
				    struct ev_span hint, struct rp_finding *f)
{
	for (size_t i = 0; i < c->policy->n_keys; i++) {
		char id[65];

		if (!ev_key_id(c->crypto, c->policy->key[i], id))
			return RP_TROUBLE;
		if (!ev_span_eq(hint, ev_span_str(id)))
			continue;
		rp_skip(f,
			"bad-signature: it names key %.16s, which did not make "
			"it",
			id);
		return ignore_line(c, f);
	}
	rp_skip(f, c->policy->n_keys == 0
			   ? "signer-untrusted: no signer's key was given "
			     "(verify --key, or the policy's signers)"
			   : "signer-untrusted: none of the keys given made "
			     "this signature");
	return ignore_line(c, f);
}

enum rp_outcome rp_check_archive_signature(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	const struct rp_seal_signature *line = &c->seal->signatures[s->index];
	const struct rp_signers *signers = signers_of(c);
	char id[65];

	if (s->type == RP_UNSIGNED)
		return rp_skip(f, "unsigned: there is no signature");
	if (signers == NULL)
		return RP_TROUBLE;
	if (line->envelope->err.code != EV_OK) {
		rp_refused(f, "bad-signature", &line->envelope->err);
		return broken_line(c, f);
	}
	if (!line->envelope->covers_manifest) {
		rp_skip(f, "payload-mismatch: the envelope is over other bytes "
			   "than manifest.json");
		return broken_line(c, f);
	}
	if (signers->key[s->index] == RP_SIGNER_NONE)
		return explain_line(c, line->keyid, f);
	if (!ev_key_id(c->crypto, c->policy->key[signers->key[s->index]], id))
		return RP_TROUBLE;
	rp_set_got(f, "key %s", id);
	return RP_PASS;
}

enum rp_outcome rp_check_archive_threshold(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	const struct rp_signers *signers;
	size_t want = demanded(c);

	(void)s;
	if (want == 0)
		return rp_not_applicable(f, "the policy demands no signature");
	signers = signers_of(c);
	if (signers == NULL)
		return RP_TROUBLE;
	rp_set_want(f, "at least %zu distinct keys", want);
	rp_set_got(f, "%zu", signers->n_distinct);
	if (signers->n_distinct >= want)
		return RP_PASS;
	rp_fail(f, "%s: %zu of %zu signatures demanded",
		c->seal->n_signatures == 0 ? "unsigned" : "signer-untrusted",
		signers->n_distinct, want);
	/* Without a number in the policy nothing is contradicted, but what
	 * it requires is missing. */
	return c->policy->threshold > 0 ? RP_FAIL : RP_SKIP;
}

enum rp_outcome rp_check_archive_log_proof(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	(void)c;
	(void)s;
	return rp_skip(f, "unsupported: log proofs are not judged in this "
			  "version");
}
