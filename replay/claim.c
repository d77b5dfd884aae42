/* SPDX-License-Identifier: Apache-2.0 */
/* One claim after the other, recomputed and then compared. */
#include "replay/claim_judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char *rp_claim_result_word(enum rp_claim_result result)
{
	static const char *const words[] = {
		[RP_CLAIM_EQUAL] = "equal",
		[RP_CLAIM_DIFFERS] = "differs",
		[RP_CLAIM_NOT_RECOMPUTABLE] = "not-recomputable",
	};

	return words[result];
}

/* What the members of an object are. */
enum place {
	OF_EVIDENCE,   /* claims of the table */
	OF_GUEST,      /* of a token whose evidence is in an object inside */
	OF_COLLATERAL, /* hashes of what the service judged by */
	OF_RUNTIME,    /* the paravisor's runtime claims */
	OF_NOBODY,     /* what nobody here can recompute */
};

static const struct {
	const char *name;
	enum place in, is;
} places[] = {
	{ "x-ms-isolation-tee", OF_GUEST, OF_EVIDENCE },
	{ "x-ms-policy", OF_EVIDENCE, OF_EVIDENCE },
	{ "sgx", OF_EVIDENCE, OF_EVIDENCE }, /* Trust Authority, v2 */
	{ "tdx", OF_EVIDENCE, OF_EVIDENCE },
	{ "x-ms-sgx-collateral", OF_EVIDENCE, OF_COLLATERAL },
	{ "maa-attestationcollateral", OF_EVIDENCE, OF_COLLATERAL },
	{ "sgx_collateral", OF_EVIDENCE, OF_COLLATERAL },
	{ "tdx_collateral", OF_EVIDENCE, OF_COLLATERAL },
	{ "x-ms-runtime", OF_EVIDENCE, OF_RUNTIME },
	{ "attester_runtime_data", OF_EVIDENCE, OF_RUNTIME },
};

struct walk {
	struct ev_span text;
	const struct rp_claim_evidence *evidence;
	struct rp_claims *out;
	size_t room;
	bool trouble;
};

/* --- the list --- */

static char *shown(struct ev_span text)
{
	char out[RP_CLAIM_TEXT_MAX];

	ev_show(text, out, sizeof(out));
	return strdup(out);
}

/* A string without its quotes, anything else as it is spelled. */
static struct ev_span spelled(const struct walk *w, const struct ev_node *claim)
{
	return claim->type == EV_NODE_STRING
		       ? claim->text
		       : ev_span_sub(w->text, claim->at, claim->size);
}

/* One more claim, not recomputable so far; NULL: no more are taken. */
static struct rp_claim *add(struct walk *w, const char *path,
			    const struct ev_node *claim)
{
	struct rp_claims *out = w->out;
	struct rp_claim *c;

	if (out->n == RP_CLAIMS_MAX) {
		out->too_many = true;
		return NULL;
	}
	if (out->n == w->room) {
		size_t room = w->room == 0 ? 64 : 2 * w->room;

		c = reallocarray(out->claim, room, sizeof(*c));
		w->trouble |= c == NULL;
		if (c == NULL)
			return NULL;
		out->claim = c;
		w->room = room;
	}
	c = &out->claim[out->n++];
	*c = (struct rp_claim){ .name = strdup(path),
				.token = shown(spelled(w, claim)),
				.result = RP_CLAIM_NOT_RECOMPUTABLE };
	w->trouble |= c->name == NULL || c->token == NULL;
	return c;
}

/* --- the walk --- */

/* A list of numbers or words is one claim, and so is what has the name of a
 * claim that is known, whatever it is. */
static bool is_leaf(const struct ev_node *v, enum place is)
{
	const struct ev_node *in = ev_node_inside(v);

	if ((is == OF_EVIDENCE || is == OF_GUEST || is == OF_COLLATERAL) &&
	    v->name.p != NULL &&
	    rp_claim_is_known((const char *)v->name.p, is == OF_COLLATERAL))
		return true;
	if ((v->type != EV_NODE_OBJECT && v->type != EV_NODE_ARRAY) ||
	    v->n == 0)
		return true;
	if (v->type == EV_NODE_OBJECT)
		return false;
	for (uint32_t i = 0; i < v->n; i++, in = ev_node_next(in))
		if (in->type == EV_NODE_OBJECT || in->type == EV_NODE_ARRAY)
			return false;
	return true;
}

static enum place place_of(enum place in, const char *name)
{
	if (in == OF_RUNTIME)
		return OF_RUNTIME;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].in == in && strcmp(places[i].name, name) == 0)
			return places[i].is;
	return OF_NOBODY;
}

static void judge_in(const struct rp_claim_evidence *e, enum place in,
		     const struct ev_node *claim, const struct ev_node *twin,
		     struct rp_claim *c)
{
	const char *name = (const char *)claim->name.p;

	if (in == OF_RUNTIME && e->runtime != NULL)
		rp_claim_by_twin(e, claim, twin, c);
	if (name == NULL)
		return; /* an element of an array */
	if (in == OF_COLLATERAL)
		rp_claim_by_hash(e, claim, c);
	if (in == OF_GUEST)
		rp_claim_of_guest(e, claim, c);
	/* A claim of the TEE's outside of its object; the type there is the
	 * guest's. */
	if (in == OF_EVIDENCE ||
	    (in == OF_GUEST && strcmp(name, "x-ms-attestation-type") != 0))
		rp_claim_by_table(e, claim, c);
}

static void judge(struct walk *w, const char *path, enum place in,
		  const struct ev_node *claim, const struct ev_node *twin)
{
	struct rp_claim *c = add(w, path, claim);

	if (c == NULL || w->trouble)
		return;
	judge_in(w->evidence, in, claim, twin, c);
	w->trouble |=
		c->result != RP_CLAIM_NOT_RECOMPUTABLE && c->recomputed == NULL;
	w->out->count[c->result]++;
	w->out->n_measured += c->measured && c->result == RP_CLAIM_EQUAL;
}

/* What stands in twin where inside stands in its container. */
static const struct ev_node *twin_of(const struct ev_node *twin,
				     const struct ev_node *container,
				     const struct ev_node *inside, uint32_t i)
{
	const struct ev_node *v;

	if (twin == NULL || twin->type != container->type)
		return NULL;
	if (container->type == EV_NODE_OBJECT)
		return ev_node_member(twin, (const char *)inside->name.p);
	if (i >= twin->n)
		return NULL;
	v = ev_node_inside(twin);
	while (i-- > 0)
		v = ev_node_next(v);
	return v;
}

/* As ev_show writes it, and a dot or a bracket likewise: those that stand for
 * themselves are the path's. */
static void show_name(struct ev_span name, char *out, size_t size)
{
	size_t at = 0, i = 0;

	for (; i < name.n && size - at > 8; i++) {
		const char *own = name.p[i] == '.' ? "\\x2e" : "\\x5b";
		char one[8];

		if (name.p[i] != '.' && name.p[i] != '[') {
			ev_show(ev_span_sub(name, i, 1), one, sizeof(one));
			own = one;
		}
		at += (size_t)snprintf(out + at, size - at, "%s", own);
	}
	snprintf(out + at, size - at, "%s", i < name.n ? "..." : "");
}

static void extend_path(const char *path, const struct ev_node *container,
			const struct ev_node *v, uint32_t i,
			char own[RP_CLAIM_TEXT_MAX])
{
	char name[RP_CLAIM_TEXT_MAX] = "";
	int n;

	if (container->type == EV_NODE_ARRAY) {
		n = snprintf(own, RP_CLAIM_TEXT_MAX, "%s[%" PRIu32 "]", path,
			     i);
	} else {
		show_name(v->name, name, sizeof(name));
		n = snprintf(own, RP_CLAIM_TEXT_MAX, "%s%s%s", path,
			     path[0] != '\0' ? "." : "", name);
	}
	if (n >= RP_CLAIM_TEXT_MAX)
		memcpy(own + RP_CLAIM_TEXT_MAX - 4, "...", 4);
}

/* Depth is the parser's matter, 32 at most. */
static void walk_inside(struct walk *w, const char *path, enum place is,
			const struct ev_node *container,
			const struct ev_node *twin)
{
	const struct ev_node *v = ev_node_inside(container);

	for (uint32_t i = 0;
	     i < container->n && !w->trouble && !w->out->too_many;
	     i++, v = ev_node_next(v)) {
		const struct ev_node *other = twin_of(twin, container, v, i);
		char own[RP_CLAIM_TEXT_MAX];
		enum place in;

		extend_path(path, container, v, i, own);
		if (is_leaf(v, is)) {
			judge(w, own, is, v, other);
			continue;
		}
		in = container->type == EV_NODE_ARRAY
			     ? is
			     : place_of(is, (const char *)v->name.p);
		if (in == OF_RUNTIME && is != OF_RUNTIME)
			other = w->evidence->runtime;
		walk_inside(w, own, in, v, other);
	}
}

bool rp_claims_compare(const struct ev_node *root, struct ev_span text,
		       const struct rp_claim_evidence *evidence,
		       struct rp_claims *out)
{
	struct rp_claims claims = { .claim = NULL };
	struct walk w = { .text = text, .evidence = evidence, .out = &claims };
	const struct ev_node *tee = ev_node_member(root, "x-ms-isolation-tee");
	bool guest = tee != NULL && tee->type == EV_NODE_OBJECT;

	walk_inside(&w, "", guest ? OF_GUEST : OF_EVIDENCE, root, NULL);
	if (w.trouble) {
		rp_claims_free(&claims);
		return false;
	}
	*out = claims;
	return true;
}

void rp_claims_free(struct rp_claims *claims)
{
	for (size_t i = 0; i < claims->n; i++) {
		free(claims->claim[i].name);
		free(claims->claim[i].token);
		free(claims->claim[i].recomputed);
	}
	free(claims->claim);
	*claims = (struct rp_claims){ .claim = NULL };
}
