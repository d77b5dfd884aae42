/* SPDX-License-Identifier: Apache-2.0 */
/* A signature judged by the allowed signers. */
#include "audit/ssh/ssh_verdict.h"

#include "audit/ssh/key_proof.h"
#include "audit/ssh/pattern_list.h"
#include "audit/ssh/ssh_signature.h"

#include <stdio.h>

static const char *const names[AU_SSH_N_STATES] = {
	[AU_SSH_GOOD] = "good",
	[AU_SSH_UNREADABLE] = "unreadable",
	[AU_SSH_UNSUPPORTED] = "unsupported",
	[AU_SSH_WRONG_NAMESPACE] = "wrong-namespace",
	[AU_SSH_BAD_SIGNATURE] = "bad-signature",
	[AU_SSH_UNKNOWN_SIGNER] = "unknown-signer",
	[AU_SSH_OTHER_PRINCIPAL] = "other-principal",
	[AU_SSH_OTHER_NAMESPACE] = "other-namespace",
	[AU_SSH_NOT_YET_VALID] = "not-yet-valid",
	[AU_SSH_EXPIRED] = "expired",
};

const char *au_ssh_state_name(enum au_ssh_state state)
{
	return names[state];
}

/* What is asked; identity and name_space with p NULL: not asked. */
struct question {
	const struct au_ssh_public *who;
	struct ev_span name_space, identity;
	int64_t at;
	struct au_pattern_work *work;
};

/* The best that a line says: of two refusals the one that is the later
 * state, of the same the earlier line. */
struct answer {
	enum au_ssh_state state;
	const char *reason;
	const struct au_allowed_signer *line; /* NULL: no line has the key */
};

/* --- a line --- */

static bool certificate_names(const struct au_ssh_certificate *c,
			      struct ev_span name)
{
	struct ev_span left = c->principals, principal;

	while (au_ssh_certificate_principal(&left, &principal))
		if (ev_span_eq(principal, name))
			return true;
	return false;
}

/* A certificate's own window and principals, as far as they are asked. */
static enum au_ssh_state judge_certificate(const struct au_ssh_certificate *c,
					   const struct question *q,
					   const char **reason)
{
	uint64_t now = q->at > 0 ? (uint64_t)q->at : 0;

	*reason = "it is a certificate of a host";
	if (c->kind != AU_SSH_CERTIFICATE_USER)
		return AU_SSH_OTHER_PRINCIPAL;
	*reason = "the certificate is not yet valid";
	if (now < c->valid_after)
		return AU_SSH_NOT_YET_VALID;
	*reason = "the certificate has expired";
	if (now >= c->valid_before)
		return AU_SSH_EXPIRED;
	*reason = "the certificate names no such principal";
	if (c->principals.n == 0 ||
	    (q->identity.p != NULL && !certificate_names(c, q->identity)))
		return AU_SSH_OTHER_PRINCIPAL;
	*reason = "";
	return AU_SSH_GOOD;
}

static void put_name(struct ev_buffer *out, struct ev_span name)
{
	if (out->n > 0)
		ev_buffer_add_byte(out, ',');
	ev_buffer_add(out, name);
}

/* The next part of a list that ends in an empty one, as it does where
 * ssh-keygen prints it; false: no more. */
static bool next_part(struct ev_span *list, struct ev_span *out)
{
	size_t n = 0;

	while (n < list->n && list->p[n] != ',')
		n++;
	*out = ev_span_sub(*list, 0, n);
	n += n < list->n ? 1 : 0;
	*list = ev_span_sub(*list, n, list->n - n);
	return out->n > 0;
}

/* What find-principals prints of the line: its principals as they stand, of a
 * certificate those of its own that they match. */
static void put_principals(const struct au_allowed_signer *line,
			   const struct question *q, struct ev_buffer *out)
{
	struct ev_span list = line->principals, pattern;

	while (q->work->left > 0 && next_part(&list, &pattern)) {
		struct ev_span left = q->who->certificate.principals, name;

		if (!line->cert_authority)
			put_name(out, pattern);
		else
			while (au_ssh_certificate_principal(&left, &name))
				if (au_pattern_matches(pattern, name, q->work))
					put_name(out, name);
	}
}

static bool has_key(const struct au_allowed_signer *line,
		    const struct au_ssh_public *who)
{
	if (!line->cert_authority)
		return au_ssh_public_eq(&line->who, who);
	return who->certified &&
	       au_ssh_key_eq(&line->who.key, &who->certificate.authority);
}

/* Of a line that has the key. */
static enum au_ssh_state judge_line(const struct au_allowed_signer *line,
				    const struct question *q,
				    const char **reason)
{
	enum au_ssh_state state;

	*reason = "the key is another principal's";
	if (q->identity.p != NULL &&
	    !au_pattern_list_allows(line->principals, q->identity, q->work))
		return AU_SSH_OTHER_PRINCIPAL;
	if (line->cert_authority) {
		state = judge_certificate(&q->who->certificate, q, reason);
		if (state != AU_SSH_GOOD)
			return state;
	}
	*reason = "the key may not sign in this namespace";
	if (line->has_namespaces && q->name_space.p != NULL &&
	    !au_pattern_list_allows(line->namespaces, q->name_space, q->work))
		return AU_SSH_OTHER_NAMESPACE;
	*reason = "the key is not yet valid";
	if (line->valid_after != 0 && q->at < line->valid_after)
		return AU_SSH_NOT_YET_VALID;
	*reason = "the key has expired";
	if (line->valid_before != 0 && q->at > line->valid_before)
		return AU_SSH_EXPIRED;
	*reason = "";
	return AU_SSH_GOOD;
}

/* --- the file --- */

/* The first line that is good, else the best refusal, which is worse than
 * none where a is good already.  principals, where not NULL, gets those of the
 * good line; of a certificate one without any is no answer. */
static void ask(const struct au_allowed_signers *signers,
		const struct question *q, struct ev_buffer *principals,
		struct answer *a)
{
	for (size_t i = 0; i < au_allowed_signers_n(signers); i++) {
		const struct au_allowed_signer *line =
			au_allowed_signers_at(signers, i);
		struct answer this = { .line = line };

		if (!has_key(line, q->who))
			continue;
		this.state = judge_line(line, q, &this.reason);
		if (this.state == AU_SSH_GOOD && principals != NULL) {
			put_principals(line, q, principals);
			if (principals->n == 0 && line->cert_authority) {
				this.state = AU_SSH_OTHER_PRINCIPAL;
				this.reason = "the line allows none of the "
					      "certificate's principals";
			}
		}
		if (this.state == AU_SSH_GOOD || a->state < this.state)
			*a = this;
		if (this.state == AU_SSH_GOOD)
			return;
	}
}

/* A name as git reads it from a line that ssh-keygen prints: LF would end it,
 * and CR before it would be lost. */
static bool is_name(struct ev_span name)
{
	return memchr(name.p, '\n', name.n) == NULL &&
	       name.p[name.n - 1] != '\r';
}

/* As git asks: the names that find-principals prints, one after the other. */
static void ask_of_anybody(const struct au_allowed_signers *signers,
			   const struct question *asked,
			   struct ev_buffer *principals, struct answer *a)
{
	struct question q = *asked;
	struct ev_span list;

	q.name_space.p = NULL;
	q.identity.p = NULL;
	ask(signers, &q, principals, a);
	if (a->state != AU_SSH_GOOD || !ev_buffer_ok(principals))
		return;
	a->state = AU_SSH_OTHER_PRINCIPAL;
	a->reason = "the line has no principal that can be asked";
	q.name_space = asked->name_space;
	list = ev_buffer_span(principals);
	while (q.work->left > 0 && next_part(&list, &q.identity)) {
		if (is_name(q.identity))
			ask(signers, &q, NULL, a);
		if (a->state == AU_SSH_GOOD)
			return;
	}
}

static enum ev_code judge_signer(const struct au_allowed_signers *signers,
				 const struct question *q,
				 struct au_ssh_verdict *v, struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer principals = { 0 };
	struct answer a = {
		.state = AU_SSH_UNKNOWN_SIGNER,
		.reason = "no line of the allowed signers has the key",
	};

	if (q->identity.n > 0)
		ask(signers, q, NULL, &a);
	else
		ask_of_anybody(signers, q, &principals, &a);
	if (a.state != AU_SSH_GOOD && q->work->left == 0)
		a.reason = "the patterns of its lines take too many steps";
	if (principals.n == 0 && a.line != NULL)
		put_principals(a.line, q, &principals);
	if (!ev_buffer_ok(&principals))
		return ev_fail_trouble(err, "allowed signers", "memory");
	v->state = a.state;
	v->line = a.line != NULL ? a.line->line : 0;
	snprintf(v->reason, sizeof(v->reason), "%s", a.reason);
	ev_show(ev_buffer_span(&principals), v->principals,
		sizeof(v->principals));
	return EV_OK;
}

/* --- the signature --- */

static void say(struct au_ssh_verdict *v, enum au_ssh_state state,
		const char *reason, const char *wanted, struct ev_span shown)
{
	char text[100];

	ev_show(shown, text, sizeof(text));
	v->state = state;
	snprintf(v->reason, sizeof(v->reason), "%s: want %s, found %s", reason,
		 wanted, text);
}

/* What a parser refused as a state; trouble stays trouble. */
static enum ev_code say_refusal(struct au_ssh_verdict *v,
				const struct ev_error *refused,
				struct ev_error *err)
{
	static const char *const unsupported[] = { "type",
						   "signature algorithm" };

	if (refused->code == EV_TROUBLE) {
		*err = *refused;
		return EV_TROUBLE;
	}
	v->state = AU_SSH_UNREADABLE;
	for (size_t i = 0; i < 2; i++)
		if (strcmp(refused->field, unsupported[i]) == 0)
			v->state = AU_SSH_UNSUPPORTED;
	ev_error_format(refused, v->reason, sizeof(v->reason));
	return EV_OK;
}

/* The signature without the signers: whether the key made it. */
static enum ev_code judge_proof(struct ev_crypto *crypto,
				const struct au_ssh_signature *s,
				const struct au_ssh_key *key,
				struct ev_span message, const char *name_space,
				struct au_ssh_verdict *v, struct ev_error *err)
{
	struct ev_span algorithm = au_key_proof_algorithm(s->proof);
	ev_auto_buffer struct ev_buffer covered = { 0 };
	const char *wanted = au_key_proof_wanted(key, algorithm);
	enum ev_verified made;
	enum ev_digest_alg alg;

	if (!ev_span_eq(s->name_space, ev_span_str(name_space))) {
		say(v, AU_SSH_WRONG_NAMESPACE, "namespace", name_space,
		    s->name_space);
		return EV_OK;
	}
	if (!au_ssh_signature_hash(s->hash, &alg)) {
		say(v, AU_SSH_UNSUPPORTED, "hash", "sha256 or sha512", s->hash);
		return EV_OK;
	}
	if (wanted != NULL) {
		say(v, AU_SSH_UNSUPPORTED, "algorithm", wanted, algorithm);
		return EV_OK;
	}
	if (!au_ssh_signature_covered(crypto, s->name_space, s->hash, message,
				      &covered))
		return ev_fail_trouble(err, "ssh.signature", "memory");
	made = au_key_proof_verify(crypto, key, s->proof,
				   ev_buffer_span(&covered));
	if (made == EV_VERIFIED_TROUBLE)
		return ev_fail_trouble(err, "ssh.signature", "libcrypto");
	v->state = made == EV_VERIFIED_YES ? AU_SSH_GOOD : AU_SSH_BAD_SIGNATURE;
	if (made != EV_VERIFIED_YES)
		snprintf(v->reason, sizeof(v->reason),
			 "the key did not make it");
	return EV_OK;
}

static enum ev_code judge(struct ev_crypto *crypto,
			  const struct au_allowed_signers *signers,
			  const struct au_ssh_signature *s,
			  struct ev_span message, struct question *q,
			  const char *name_space, struct au_ssh_verdict *v,
			  struct ev_error *err)
{
	struct ev_error refused = { EV_OK };
	struct au_ssh_public who;

	if (au_ssh_public_parse(crypto, s->public_key, &who, &refused) != EV_OK)
		return say_refusal(v, &refused, err);
	q->who = &who;
	snprintf(v->algorithm, sizeof(v->algorithm), "%s", who.key.type->name);
	if (!au_ssh_key_fingerprint(crypto, &who.key, v->fingerprint))
		return ev_fail_trouble(err, "ssh.key", "memory");
	if (judge_proof(crypto, s, &who.key, message, name_space, v, err) !=
	    EV_OK)
		return err->code;
	if (v->state != AU_SSH_GOOD || signers == NULL)
		return EV_OK;
	return judge_signer(signers, q, v, err);
}

enum ev_code au_ssh_judge(struct ev_crypto *crypto,
			  const struct au_allowed_signers *signers,
			  struct ev_span armour, struct ev_span message,
			  const char *name_space, struct ev_span identity,
			  int64_t at, struct au_ssh_verdict *out,
			  struct ev_error *err)
{
	struct au_pattern_work work = { AU_PATTERN_STEPS_MAX };
	struct question q = {
		.work = &work,
		.name_space = ev_span_str(name_space),
		.identity = identity,
		.at = at,
	};
	struct au_ssh_verdict v = { 0 };
	struct ev_error refused = { EV_OK };
	struct au_ssh_signature s = { 0 };
	enum ev_code code;

	if (au_ssh_signature_parse(armour, &s, &refused) != EV_OK)
		code = say_refusal(&v, &refused, err);
	else
		code = judge(crypto, signers, &s, message, &q, name_space, &v,
			     err);
	au_ssh_signature_free(&s);
	if (code == EV_OK)
		*out = v;
	return code;
}
