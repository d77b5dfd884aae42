/* SPDX-License-Identifier: Apache-2.0 */
/* One claim after the other, recomputed and then compared. */
#include "replay/claim_value.h"

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

/* The first evidence was named "amber" (tokens page 4). */
static const char *plain_name(const char *name)
{
	return strncmp(name, "amber_", 6) == 0 ? name + 6 : name;
}

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
	*c = (struct rp_claim){ .name = shown(ev_span_str(path)),
				.token = shown(spelled(w, claim)),
				.result = RP_CLAIM_NOT_RECOMPUTABLE };
	w->trouble |= c->name == NULL || c->token == NULL;
	return c;
}

static void set(struct walk *w, struct rp_claim *c, struct ev_span recomputed,
		enum rp_claim_result result, const char *note,
		struct rp_input input)
{
	free(c->recomputed);
	c->recomputed = shown(recomputed);
	w->trouble |= c->recomputed == NULL;
	c->result = result;
	c->note = note;
	c->input = input;
}

/* --- the table's claims --- */

static void judge_by_table(struct walk *w, struct rp_claim *c,
			   const struct ev_node *claim)
{
	const char *name = plain_name((const char *)claim->name.p);
	bool elsewhere = false, here = false;

	for (size_t i = 0; i < rp_n_claim_rows; i++) {
		const struct rp_claim_row *row = &rp_claim_rows[i];
		const struct rp_claim_bytes *body =
			&w->evidence->body[row->body];
		enum rp_claim_result result;
		const char *note;
		struct rp_claim_value v;

		here = here || body->bytes.p != NULL;
		if (strcmp(row->name, name) != 0)
			continue;
		elsewhere = elsewhere || body->bytes.p == NULL;
		if (body->bytes.p == NULL)
			continue;
		v = rp_claim_value_of(row, body);
		result = rp_claim_value_compare(
			&v, claim, row->form == RP_CLAIM_HEX, &note);
		if (c->recomputed == NULL || result == RP_CLAIM_EQUAL)
			set(w, c, ev_span_str(v.text), result, note, v.input);
		if (result == RP_CLAIM_EQUAL)
			return;
	}
	if (here && elsewhere && c->recomputed == NULL)
		set(w, c, EV_SPAN_LITERAL("none"), RP_CLAIM_DIFFERS,
		    "of another TEE than the evidence",
		    (struct rp_input){ .item = NULL });
}

/* --- hashes of collateral --- */

/* In what form a service hashes collateral is not written down, and whether
 * it judged by the same bytes nobody knows: equal, or nothing said. */
static bool judge_hashes(struct walk *w, struct rp_claim *c,
			 const struct ev_node *claim,
			 const struct rp_claim_hashed *hashed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rp_claim_value v = { .type = EV_NODE_STRING,
					    .input = hashed[i].input };
		const char *note;

		memcpy(v.text, hashed[i].sha256, sizeof(hashed[i].sha256));
		if (hashed[i].input.item == NULL ||
		    rp_claim_value_compare(&v, claim, true, &note) !=
			    RP_CLAIM_EQUAL)
			continue;
		set(w, c, ev_span_str(v.text), RP_CLAIM_EQUAL,
		    note != NULL ? note : hashed[i].note, v.input);
		return true;
	}
	return false;
}

static void judge_collateral(struct walk *w, struct rp_claim *c,
			     const struct ev_node *claim)
{
	const struct rp_claim_evidence *e = w->evidence;
	const char *name = (const char *)claim->name.p;

	if (strncmp(name, "maa-", 4) == 0) /* 2020 */
		name += 4;
	if (strcmp(name, "quotehash") != 0)
		judge_hashes(w, c, claim, e->collateral, e->n_collateral);
	else if (!judge_hashes(w, c, claim, e->quote, 2) &&
		 e->quote[0].input.item != NULL)
		set(w, c, ev_span_str(e->quote[0].sha256), RP_CLAIM_DIFFERS,
		    NULL, e->quote[0].input);
}

/* --- runtime claims --- */

static bool same(const struct ev_node *a, const struct ev_node *b)
{
	const struct ev_node *in = ev_node_inside(a);
	const struct ev_node *other = ev_node_inside(b);

	if (a->type != b->type || a->n != b->n)
		return false;
	if (a->type == EV_NODE_INTEGER)
		return a->integer == b->integer;
	if (a->type == EV_NODE_TRUTH)
		return a->truth == b->truth;
	if (a->type == EV_NODE_STRING || a->type == EV_NODE_NUMBER)
		return ev_span_eq(a->text, b->text);
	for (uint32_t i = 0; i < a->n; i++, in = ev_node_next(in)) {
		const struct ev_node *to = other;

		if (a->type == EV_NODE_OBJECT)
			to = ev_node_member(b, (const char *)in->name.p);
		if (to == NULL || !same(in, to))
			return false;
		other = ev_node_next(other);
	}
	return a->type != EV_NODE_NULL || b->type == EV_NODE_NULL;
}

/* twin: what the paravisor's report has in the claim's place, or NULL. */
static void judge_twin(struct walk *w, struct rp_claim *c,
		       const struct ev_node *claim, const struct ev_node *twin)
{
	const struct rp_claim_bytes *text = &w->evidence->runtime_text;
	struct ev_span slice;

	if (twin == NULL) {
		set(w, c, EV_SPAN_LITERAL("none"), RP_CLAIM_DIFFERS,
		    "not in the report",
		    (struct rp_input){ text->item, text->offset,
				       text->bytes.n });
		return;
	}
	slice = ev_span_sub(text->bytes, twin->at, twin->size);
	set(w, c, twin->type == EV_NODE_STRING ? twin->text : slice,
	    same(claim, twin) ? RP_CLAIM_EQUAL : RP_CLAIM_DIFFERS,
	    claim->type != twin->type ? "another type" : NULL,
	    (struct rp_input){ text->item, text->offset + twin->at,
			       twin->size });
}

/* A GUID, whose letters two generations of the paravisor write in two cases. */
static void judge_guest(struct walk *w, struct rp_claim *c,
			const struct ev_node *claim)
{
	const struct ev_node *config, *id;

	if (w->evidence->runtime == NULL ||
	    strcmp((const char *)claim->name.p, "x-ms-azurevm-vmid") != 0)
		return;
	config = ev_node_member(w->evidence->runtime, "vm-configuration");
	id = config != NULL ? ev_node_member(config, "vmUniqueId") : NULL;
	if (id == NULL)
		return;
	judge_twin(w, c, claim, id);
	if (c->result == RP_CLAIM_DIFFERS && claim->type == EV_NODE_STRING &&
	    id->type == EV_NODE_STRING &&
	    rp_claim_is_upper(claim->text, (const char *)id->text.p)) {
		c->result = RP_CLAIM_EQUAL;
		c->note = "upper case";
	}
}

/* --- the walk --- */

/* A list of numbers or words is one claim. */
static bool is_leaf(const struct ev_node *v)
{
	const struct ev_node *in = ev_node_inside(v);

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

static void judge(struct walk *w, const char *path, enum place in,
		  const struct ev_node *claim, const struct ev_node *twin)
{
	struct rp_claim *c = add(w, path, claim);

	if (c == NULL || w->trouble)
		return;
	if (in == OF_EVIDENCE)
		judge_by_table(w, c, claim);
	else if (in == OF_GUEST) {
		judge_guest(w, c, claim);
		/* A claim of the TEE's outside of its object; the type there
		 * is the guest's. */
		if (strcmp((const char *)claim->name.p,
			   "x-ms-attestation-type") != 0)
			judge_by_table(w, c, claim);
	} else if (in == OF_COLLATERAL)
		judge_collateral(w, c, claim);
	else if (in == OF_RUNTIME && w->evidence->runtime != NULL)
		judge_twin(w, c, claim, twin);
	w->out->count[c->result]++;
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

		if (container->type == EV_NODE_ARRAY)
			snprintf(own, sizeof(own), "%s[%" PRIu32 "]", path, i);
		else
			snprintf(own, sizeof(own), "%s%s%s", path,
				 path[0] != '\0' ? "." : "",
				 (const char *)v->name.p);
		if (is_leaf(v)) {
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
