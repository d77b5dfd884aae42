/* SPDX-License-Identifier: Apache-2.0 */
/* maa.window, ita.window, google.window: tokens in their time. */
#include "replay/checks.h"
#include "replay/link.h"
#include "replay/token.h"

#include <stdio.h>

/* RFC 7519 4.1.4 and 4.1.5: nbf <= T < exp; iat stands in where nbf is
 * absent. */
struct life {
	struct ev_jwt_times times;
	int64_t from;
};

static enum rp_outcome read_life(const struct rp_token *t, struct life *out,
				 struct rp_finding *f)
{
	struct ev_error err = { 0 };
	struct ev_jwt_times *times = &out->times;

	if (ev_jwt_times(&t->jwt, times, &err) != EV_OK)
		return rp_refused(f, ev_code_word(err.code), &err);
	if (!times->has_exp)
		return rp_fail(f, "endless: the token says no end (exp)");
	if (!times->has_nbf && !times->has_iat)
		return rp_fail(f, "beginless: the token says neither when it "
				  "begins (nbf) nor when it was made (iat)");
	out->from = times->has_nbf ? times->nbf : times->iat;
	return RP_PASS;
}

/* A lifetime that the service's tokens do not have is worth a word, and so is
 * a token that says it was made later than now. */
static void note_life(const struct rp_case *c, const struct rp_token *t,
		      const struct life *l, struct rp_finding *f)
{
	int64_t lifetime = l->times.exp - l->from;
	char length[80] = "", made[80] = "", iat[EV_TIME_TEXT];

	if (lifetime != t->service->lifetime)
		snprintf(length, sizeof(length),
			 ", for %lld seconds instead of %lld",
			 (long long)lifetime, (long long)t->service->lifetime);
	if (l->times.has_iat && l->times.iat > c->at) {
		ev_time_format(l->times.iat, iat);
		snprintf(made, sizeof(made), ", though made (iat) only at %s",
			 iat);
	}
	if (length[0] != '\0' || made[0] != '\0')
		rp_set_got(f, "current%s%s", length, made);
}

static enum rp_outcome judge_life(const struct rp_case *c, const struct life *l,
				  struct rp_finding *f)
{
	const char *word = c->at < l->from	   ? "not_yet_valid"
			   : c->at >= l->times.exp ? "expired"
						   : "current";
	char from[EV_TIME_TEXT], to[EV_TIME_TEXT];

	rp_set_want(f, "current");
	rp_set_got(f, "%s", word);
	if (strcmp(word, "current") == 0)
		return RP_PASS;
	ev_time_format(l->from, from);
	ev_time_format(l->times.exp, to);
	return rp_fail(f, "%s: the token holds from %s until before %s", word,
		       from, to);
}

/* That of a key of Azure Attestation, which no chain is judged of. */
static enum rp_outcome judge_certificate(const struct rp_case *c,
					 const struct rp_token *t,
					 struct rp_finding *f)
{
	const struct ev_x509 *cert = &t->cert[0];
	char from[EV_TIME_TEXT], to[EV_TIME_TEXT];

	if (t->service->has_root || t->n_certs == 0 ||
	    rp_holds_at(c, cert->not_before, cert->not_after))
		return RP_PASS;
	ev_time_format(cert->not_before, from);
	ev_time_format(cert->not_after, to);
	rp_set_got(f, "%s",
		   c->at < cert->not_before ? "not_yet_valid" : "expired");
	return rp_fail(f, "%s: the key's certificate holds from %s to %s",
		       f->got != NULL ? f->got : "", from, to);
}

enum rp_outcome rp_check_token_window(struct rp_case *c,
				      const struct rp_subject *s,
				      struct rp_finding *f)
{
	const struct rp_token *t = s->token;
	enum rp_outcome outcome;
	struct life l;

	rp_input_part(f, s->name, s->item->bytes, t->jwt.payload_text);
	outcome = read_life(t, &l, f);
	if (outcome == RP_PASS)
		outcome = judge_life(c, &l, f);
	if (outcome == RP_PASS)
		outcome = judge_certificate(c, t, f);
	if (outcome == RP_PASS)
		note_life(c, t, &l, f);
	return outcome;
}

bool rp_token_window(const struct rp_token *t, int64_t *from, int64_t *to)
{
	struct ev_error err = { 0 };
	struct ev_jwt_times times;

	if (t->parsed.code != EV_OK ||
	    ev_jwt_times(&t->jwt, &times, &err) != EV_OK || !times.has_exp ||
	    (!times.has_nbf && !times.has_iat))
		return false;
	*from = times.has_nbf ? times.nbf : times.iat;
	if (times.exp <= *from)
		return false;
	*to = times.exp - 1; /* RFC 7519, 4.1.4: exp itself is outside */
	return true;
}
