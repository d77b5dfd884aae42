/* SPDX-License-Identifier: Apache-2.0 */
/* place.registry: whether a registry speaks of the platform that was quoted. */
#include "evidence/base/jws.h"
#include "replay/checks.h"
#include "replay/registry_statement.h"

/* What "truncated" may leave of a SHA-256: at least eight bytes. */
enum { ID_MIN = 8, ID_MAX = 32 };

/* The registry's number of a machine is as long as it likes; the beginning of
 * the digest of the PPID must be as long. */
static enum rp_outcome compare_id(struct rp_case *c, const struct rp_quote *q,
				  const struct ev_registry *reply,
				  struct rp_finding *f)
{
	uint8_t got[ID_MAX], want[ID_MAX];
	size_t n = reply->machine_id.n / 2;

	if (n < ID_MIN || n > ID_MAX ||
	    !ev_hex_decode(reply->machine_id, got, n))
		return rp_fail(f, "machine-id: want 16 to 64 hex digits");
	if (!ev_digest(c->crypto, EV_SHA256, EV_SPAN(q->pck.ppid), want))
		return RP_TROUBLE;
	return rp_expect(f, ev_span_of(want, n), ev_span_of(got, n));
}

/* Hex of the token against bytes; what the token does not say is not held
 * against it. */
static bool contradicts(struct ev_span said, const uint8_t *bytes, size_t n)
{
	uint8_t decoded[ID_MAX];

	return said.n > 0 && (!ev_hex_decode(said, decoded, n) ||
			      memcmp(decoded, bytes, n) != 0);
}

static enum rp_outcome compare_token(struct rp_case *c,
				     const struct rp_registry *r,
				     struct rp_finding *f)
{
	const struct ev_registry *reply = &r->reply;
	const struct ev_digests *quote = rp_item_hash(c, r->quote->item);
	uint8_t id[ID_MAX];
	size_t n = reply->machine_id.n / 2;

	if (quote == NULL)
		return RP_TROUBLE;
	ev_hex_decode(reply->machine_id, id, n); /* compare_id did */
	if (contradicts(reply->token_machine_id, id, n))
		return rp_fail(f, "token: it names another machine than the "
				  "answer around it");
	if (contradicts(reply->quote_hash, quote->sha256.value,
			sizeof(quote->sha256.value)))
		return rp_fail(f, "quote-hash: the token is about another "
				  "quote");
	return RP_PASS;
}

/* Where somebody archived the registry's keys; else its word stands alone.
 * RS256 is what registries sign by: the token does not choose. */
static enum rp_outcome judge_signature(struct rp_case *c, struct rp_registry *r,
				       struct rp_finding *f)
{
	const struct ev_jwt *token = &r->reply.token;
	const struct ev_jws_algorithm *rs256 =
		ev_jws_algorithm_named(EV_SPAN_LITERAL("RS256"));
	enum rp_outcome state;

	if (r->keys_item == NULL)
		return RP_PASS;
	rp_input_add(f, r->keys_item->name, 0, r->keys_item->bytes.n);
	if (r->key == NULL) {
		r->signature = "no-key";
		return rp_skip(f, "no-key: the key set has not, or not once, "
				  "the key that the token names");
	}
	if (!ev_span_eq(token->alg, ev_span_str(rs256->name)))
		return rp_skip(f, "algorithm: the token is not signed by "
				  "RS256, and nothing else is judged");
	state = rp_signature(f,
			     ev_jws_verify(c->crypto, rs256, &r->key->key,
					   ev_jwt_signed(token),
					   token->signature),
			     "signature",
			     "the token does not verify by the key that it "
			     "names");
	r->signature = state == RP_PASS ? "good" : "bad";
	return state;
}

enum rp_outcome rp_check_place_registry(struct rp_case *c,
					const struct rp_subject *s,
					struct rp_finding *f)
{
	struct rp_registry *r = s->registry;
	enum rp_outcome state;

	rp_input_add(f, s->name, 0, s->item->bytes.n);
	if (r->parsed.code != EV_OK)
		return rp_refused(f, "registry", &r->parsed.err);
	if (r->quote == NULL || r->quote->quote->pck_parsed.code != EV_OK ||
	    r->quote->quote->chain_item == NULL)
		return rp_skip(f, "absent: a quote with the PPID of its "
				  "platform");
	rp_input_add(f, r->quote->name, 0, r->quote->item->bytes.n);
	state = compare_id(c, r->quote->quote, &r->reply, f);
	if (state == RP_FAIL && f->reason[0] == '\0')
		return rp_fail(f, "mismatch: the registry speaks of another "
				  "platform");
	if (state == RP_PASS)
		state = compare_token(c, r, f);
	return state == RP_PASS ? judge_signature(c, r, f) : state;
}
