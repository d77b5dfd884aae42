/* SPDX-License-Identifier: Apache-2.0 */
/* archive.*: the container, its items, its signers. */
#include "replay/checks.h"

/* The first problem of one of these codes as the finding. */
static enum rp_outcome first_problem(const struct rp_case *c,
				     unsigned int codes, struct rp_finding *f)
{
	for (size_t i = 0; i < c->archive->n_problems; i++) {
		const struct ev_archive_problem *p = &c->archive->problem[i];
		char line[RP_REASON_MAX];

		if ((codes & (1U << p->code)) == 0)
			continue;
		ev_error_format(&p->err, line, sizeof(line));
		rp_set_want(f, "%s", p->err.want);
		rp_set_got(f, "%s", p->err.found);
		return rp_fail(f, "%s: %s%s%.150s",
			       ev_archive_code_word(p->code), p->name,
			       p->name[0] != '\0' ? ": " : "", line);
	}
	return RP_PASS;
}

enum rp_outcome rp_check_archive_container(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	(void)s;
	return first_problem(c, 1U << EV_ARCHIVE_CONTAINER, f);
}

enum rp_outcome rp_check_archive_manifest(struct rp_case *c,
					  const struct rp_subject *s,
					  struct rp_finding *f)
{
	(void)s;
	return first_problem(c,
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
	struct ev_error err = { 0 };
	enum ev_verified v;
	char line[RP_REASON_MAX];

	rp_input_add(f, s->name, 0, s->item->entry->size);
	v = ev_archive_digest(c->crypto, c->archive, s->index, &err);
	if (v == EV_VERIFIED_TROUBLE)
		return RP_TROUBLE;
	if (v == EV_VERIFIED_YES)
		return RP_PASS;
	ev_error_format(&err, line, sizeof(line));
	rp_set_want(f, "%s", err.want);
	rp_set_got(f, "%s", err.found);
	return rp_fail(f, "digest: %.200s", line);
}

enum rp_outcome rp_check_archive_canonical(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	(void)s;
	return first_problem(c, 1U << EV_ARCHIVE_NONCANONICAL, f);
}

enum rp_outcome rp_check_archive_signature(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	const struct rp_seal_signature *sig = &c->seal->signatures[s->index];
	char id[65];
	enum ev_verified v;
	size_t key = 0;

	if (sig->envelope->err.code != EV_OK)
		return rp_refused(f, "signature", &sig->envelope->err);
	if (!sig->envelope->covers_manifest)
		return rp_fail(f,
			       "payload-mismatch: the envelope is over other "
			       "bytes than manifest.json");
	if (c->policy->n_keys == 0)
		return rp_skip(f, "signer-untrusted: no signer's key was given "
				  "(verify --key, or the policy's signers)");
	v = rp_seal_verify(c->crypto, sig, c->policy->key, c->policy->n_keys,
			   &key);
	if (v == EV_VERIFIED_TROUBLE ||
	    !ev_key_id(c->crypto, c->policy->key[key], id))
		return RP_TROUBLE;
	if (v == EV_VERIFIED_YES) {
		rp_set_got(f, "key %s", id);
		return RP_PASS;
	}
	/* A trusted key's id with a bad signature is a failure, a stranger's
	 * signature proves nothing either way. */
	for (size_t i = 0; i < c->policy->n_keys; i++) {
		if (!ev_key_id(c->crypto, c->policy->key[i], id))
			return RP_TROUBLE;
		if (ev_span_eq(sig->keyid, ev_span_str(id)))
			return rp_fail(f,
				       "signature: the envelope names key "
				       "%.16s, which did not make it",
				       id);
	}
	return rp_skip(f, "signer-untrusted: none of the keys given made this "
			  "signature");
}

enum rp_outcome rp_check_archive_threshold(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	size_t count;

	(void)s;
	if (c->policy->threshold == 0)
		return rp_not_applicable(f, "the policy demands no signature");
	if (!rp_seal_count(c->crypto, c->seal, c->policy->key,
			   c->policy->n_keys, &count))
		return RP_TROUBLE;
	rp_set_want(f, "at least %zu distinct keys",
		    (size_t)c->policy->threshold);
	rp_set_got(f, "%zu", count);
	if (count >= c->policy->threshold)
		return RP_PASS;
	return rp_fail(f, "signer-untrusted: %zu of %zu signatures demanded",
		       count, (size_t)c->policy->threshold);
}
