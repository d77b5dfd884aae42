/* SPDX-License-Identifier: Apache-2.0 */
/* What evidence says of one claim, and whether the token says the same. */
#include "replay/claim_judge.h"

#include "replay/claim_value.h"

#include <stdlib.h>

static const char vm_id[] = "x-ms-azurevm-vmid";

/* The first evidence was named "amber" (tokens page 4). */
static const char *plain_name(const char *name)
{
	return strncmp(name, "amber_", 6) == 0 ? name + 6 : name;
}

static void set(struct rp_claim *c, struct ev_span recomputed,
		enum rp_claim_result result, const char *note,
		struct rp_input input)
{
	char text[RP_CLAIM_TEXT_MAX];

	ev_show(recomputed, text, sizeof(text));
	free(c->recomputed);
	c->recomputed = strdup(text);
	c->result = result;
	c->note = note;
	c->input = input;
}

/* --- the table's claims --- */

void rp_claim_by_table(const struct rp_claim_evidence *evidence,
		       const struct ev_node *claim, struct rp_claim *c)
{
	const char *name = plain_name((const char *)claim->name.p);
	bool elsewhere = false, here = false;

	for (size_t i = 0; i < rp_n_claim_rows; i++) {
		const struct rp_claim_row *row = &rp_claim_rows[i];
		const struct rp_claim_bytes *body = &evidence->body[row->body];
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
			set(c, ev_span_str(v.text), result, note, v.input);
		if (result != RP_CLAIM_EQUAL)
			continue;
		c->measured = row->measured;
		return;
	}
	if (here && elsewhere && c->recomputed == NULL)
		set(c, EV_SPAN_LITERAL("none"), RP_CLAIM_DIFFERS,
		    "of another TEE than the evidence",
		    (struct rp_input){ .item = NULL });
}

/* --- hashes of collateral --- */

/* By the names that Azure Attestation (with "maa-" before them in 2020) and
 * Trust Authority have for them. */
static const struct {
	const char *name;
	enum rp_claim_hash of;
} hashes[] = {
	{ "quotehash", RP_CLAIM_HASH_QUOTE },
	{ "tcbinfohash", RP_CLAIM_HASH_TCB_INFO },
	{ "qeidhash", RP_CLAIM_HASH_QE_IDENTITY },
	{ "tcbinfocertshash", RP_CLAIM_HASH_CHAIN },
	{ "tcbinfocerthash", RP_CLAIM_HASH_CHAIN },
	{ "qeidcertshash", RP_CLAIM_HASH_CHAIN },
	{ "qeidcerthash", RP_CLAIM_HASH_CHAIN },
	{ "tcbinfocrlhash", RP_CLAIM_HASH_CRL },
	{ "qeidcrlhash", RP_CLAIM_HASH_CRL },
};

/* RP_N_CLAIM_HASHES: of nothing that is known. */
static enum rp_claim_hash hash_of(const char *name)
{
	if (strncmp(name, "maa-", 4) == 0)
		name += 4;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (strcmp(hashes[i].name, name) == 0)
			return hashes[i].of;
	return RP_N_CLAIM_HASHES;
}

/* In what form a service hashes collateral is not written down, and whether
 * it judged by the same bytes nobody knows: equal, or nothing said. */
static bool judge_hashes(struct rp_claim *c, const struct ev_node *claim,
			 enum rp_claim_hash of,
			 const struct rp_claim_hashed *hashed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rp_claim_value v = { .type = EV_NODE_STRING,
					    .input = hashed[i].input };
		const char *note;

		memcpy(v.text, hashed[i].sha256, sizeof(hashed[i].sha256));
		if (hashed[i].input.item == NULL || hashed[i].of != of ||
		    rp_claim_value_compare(&v, claim, true, &note) !=
			    RP_CLAIM_EQUAL)
			continue;
		set(c, ev_span_str(v.text), RP_CLAIM_EQUAL,
		    note != NULL ? note : hashed[i].note, v.input);
		return true;
	}
	return false;
}

void rp_claim_by_hash(const struct rp_claim_evidence *e,
		      const struct ev_node *claim, struct rp_claim *c)
{
	enum rp_claim_hash of = hash_of((const char *)claim->name.p);

	if (of == RP_N_CLAIM_HASHES)
		return;
	if (of != RP_CLAIM_HASH_QUOTE)
		judge_hashes(c, claim, of, e->collateral, e->n_collateral);
	else if (judge_hashes(c, claim, of, e->quote, 2))
		c->measured = true;
	else if (e->quote[0].input.item != NULL)
		set(c, ev_span_str(e->quote[0].sha256), RP_CLAIM_DIFFERS,
		    claim->type != EV_NODE_STRING ? "another type" : NULL,
		    e->quote[0].input);
}

bool rp_claim_is_known(const char *name, bool hash)
{
	if (hash)
		return hash_of(name) != RP_N_CLAIM_HASHES;
	for (size_t i = 0; i < rp_n_claim_rows; i++)
		if (strcmp(rp_claim_rows[i].name, plain_name(name)) == 0)
			return true;
	return strcmp(name, vm_id) == 0;
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

void rp_claim_by_twin(const struct rp_claim_evidence *e,
		      const struct ev_node *claim, const struct ev_node *twin,
		      struct rp_claim *c)
{
	const struct rp_claim_bytes *text = &e->runtime_text;
	struct ev_span slice;

	if (twin == NULL) {
		set(c, EV_SPAN_LITERAL("none"), RP_CLAIM_DIFFERS,
		    "not in the report",
		    (struct rp_input){ text->item, text->offset,
				       text->bytes.n });
		return;
	}
	slice = ev_span_sub(text->bytes, twin->at, twin->size);
	set(c, twin->type == EV_NODE_STRING ? twin->text : slice,
	    same(claim, twin) ? RP_CLAIM_EQUAL : RP_CLAIM_DIFFERS,
	    claim->type != twin->type ? "another type" : NULL,
	    (struct rp_input){ text->item, text->offset + twin->at,
			       twin->size });
}

/* A GUID, whose letters two generations of the paravisor write in two cases. */
void rp_claim_of_guest(const struct rp_claim_evidence *e,
		       const struct ev_node *claim, struct rp_claim *c)
{
	const struct ev_node *config, *id;

	if (e->runtime == NULL ||
	    strcmp((const char *)claim->name.p, vm_id) != 0)
		return;
	config = ev_node_member(e->runtime, "vm-configuration");
	id = config != NULL ? ev_node_member(config, "vmUniqueId") : NULL;
	if (id == NULL)
		return;
	rp_claim_by_twin(e, claim, id, c);
	if (c->result == RP_CLAIM_DIFFERS && claim->type == EV_NODE_STRING &&
	    id->type == EV_NODE_STRING &&
	    rp_claim_is_upper(claim->text, (const char *)id->text.p)) {
		c->result = RP_CLAIM_EQUAL;
		c->note = "upper case";
	}
}
