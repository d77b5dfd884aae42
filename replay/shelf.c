/* SPDX-License-Identifier: Apache-2.0 */
/* A table of sets with a few places each, as a processor's cache has them. */
#include "replay/shelf.h"

#include "evidence/known_cas.h"

#include <stdlib.h>

#define SETS 256
#define WAYS 4
#define END  256 /* bytes at either end that a piece is found by */

static const size_t PIECE_MAX = 64 * 1024;
static const size_t WEIGHT_MAX = 32 * 1024 * 1024;

struct rp_shelf {
	struct ev_crypto *crypto;
	struct ev_known_cas cas; /* of chains that are or were here */
	struct rp_shelved *piece[SETS][WAYS];
	size_t weight; /* of all pieces */
	uint64_t now;
	struct rp_shelf_count count[RP_N_SHELF_TYPES];
};

/* --- types --- */

static enum ev_code parse_chain(struct rp_shelf *shelf, struct rp_shelved *s,
				struct ev_error *err)
{
	if (ev_chain_parse_knowing(&shelf->cas, s->bytes, 0, &s->chain, err) !=
	    EV_OK)
		return err->code;
	s->pck_code = ev_pck_parse(s->chain.cert[0].sgx_extension, &s->pck,
				   &s->pck_err);
	return EV_OK;
}

static enum ev_code parse_crl(struct rp_shelf *shelf, struct rp_shelved *s,
			      struct ev_error *err)
{
	(void)shelf;
	return ev_crl_parse(s->bytes, &s->crl, err);
}

static enum ev_code parse_tcb_info(struct rp_shelf *shelf, struct rp_shelved *s,
				   struct ev_error *err)
{
	(void)shelf;
	return ev_tcb_info_parse(s->bytes, &s->tcb_info, err);
}

static enum ev_code parse_qe_identity(struct rp_shelf *shelf,
				      struct rp_shelved *s,
				      struct ev_error *err)
{
	(void)shelf;
	return ev_qe_identity_parse(s->bytes, &s->qe_identity, err);
}

static bool hash_chain(struct rp_shelf *shelf, struct rp_shelved *s)
{
	if (!ev_chain_hash(shelf->crypto, &s->chain))
		return false;
	for (size_t i = 0; i < s->chain.n_certs; i++)
		ev_known_cas_keep(&shelf->cas, &s->chain.cert[i]);
	return true;
}

/* Of a list that is an item as it stands, the digest is the item's. */
static bool hash_crl(struct rp_shelf *shelf, struct rp_shelved *s)
{
	if (!ev_crl_hash(shelf->crypto, &s->crl))
		return false;
	if (s->crl.der.p == s->bytes.p && s->crl.der.n == s->bytes.n)
		s->digests.sha256 = s->crl.der_sha256;
	return true;
}

static bool hash_tcb_info(struct rp_shelf *shelf, struct rp_shelved *s)
{
	return ev_sha256_learn(shelf->crypto, s->tcb_info.signed_slice,
			       &s->tcb_info.signed_sha256);
}

static bool hash_qe_identity(struct rp_shelf *shelf, struct rp_shelved *s)
{
	return ev_sha256_learn(shelf->crypto, s->qe_identity.signed_slice,
			       &s->qe_identity.signed_sha256);
}

static void free_chain(struct rp_shelved *s)
{
	ev_chain_free(&s->chain);
}

static void free_crl(struct rp_shelved *s)
{
	ev_crl_free(&s->crl);
}

static void free_tcb_info(struct rp_shelved *s)
{
	ev_tcb_info_free(&s->tcb_info);
}

static void free_qe_identity(struct rp_shelved *s)
{
	ev_qe_identity_free(&s->qe_identity);
}

/* grows: the most memory that a byte of text becomes, beside its copy: of JSON
 * half a node, and another copy. */
static const struct {
	enum ev_code (*parse)(struct rp_shelf *shelf, struct rp_shelved *s,
			      struct ev_error *err);
	bool (*hash)(struct rp_shelf *shelf, struct rp_shelved *s);
	void (*free)(struct rp_shelved *s);
	size_t grows;
} types[RP_N_SHELF_TYPES] = {
	[RP_SHELF_CHAIN] = { parse_chain, hash_chain, free_chain, 1 },
	[RP_SHELF_CRL] = { parse_crl, hash_crl, free_crl, 1 },
	[RP_SHELF_TCB_INFO] = { parse_tcb_info, hash_tcb_info, free_tcb_info,
				30 },
	[RP_SHELF_QE_IDENTITY] = { parse_qe_identity, hash_qe_identity,
				   free_qe_identity, 30 },
};

/* --- pieces --- */

/* By the multiplier of splitmix64. */
static uint64_t mix(uint64_t tag, uint64_t word)
{
	tag = (tag ^ word) * UINT64_C(0xbf58476d1ce4e5b9);
	return tag ^ tag >> 32;
}

/* Four words at a time, each into a tag of its own, so that none waits for
 * another. */
static uint64_t mix_all(uint64_t tag, struct ev_span bytes)
{
	uint64_t tags[4] = { tag, 1, 2, 3 }, word[4] = { 0 };
	size_t at = 0;

	for (; bytes.n - at >= sizeof(word); at += sizeof(word)) {
		memcpy(word, bytes.p + at, sizeof(word));
		for (size_t i = 0; i < 4; i++)
			tags[i] = mix(tags[i], word[i]);
	}
	memset(word, 0, sizeof(word));
	memcpy(word, bytes.p + at, bytes.n - at);
	for (size_t i = 0; i < 4; i++)
		tags[i] = mix(tags[i], word[i]);
	return mix(mix(tags[0], tags[1]), mix(tags[2], tags[3]));
}

/* Tells most pieces apart by both ends: a chain begins with a serial number,
 * all others end in a signature.  Equality is of all bytes. */
static uint64_t tag_of(enum rp_shelf_type type, struct ev_span bytes)
{
	uint64_t tag = bytes.n * RP_N_SHELF_TYPES + type;

	if (bytes.n <= 2 * END)
		return mix_all(tag, bytes);
	return mix_all(mix_all(tag, ev_span_sub(bytes, 0, END)),
		       ev_span_sub(bytes, bytes.n - END, END));
}

static bool is_piece(const struct rp_shelved *s, enum rp_shelf_type type,
		     uint64_t tag, struct ev_span bytes)
{
	return s != NULL && s->tag == tag && s->type == type &&
	       ev_span_eq(s->bytes, bytes);
}

/* The bytes stand behind the piece itself. */
static struct rp_shelved *make_piece(struct rp_shelf *shelf,
				     enum rp_shelf_type type, uint64_t tag,
				     struct ev_span bytes)
{
	struct rp_shelved *s = malloc(sizeof(*s) + bytes.n);
	struct ev_error err = { 0 };

	if (s == NULL)
		return NULL;
	memset(s, 0, sizeof(*s));
	memcpy(s + 1, bytes.p, bytes.n);
	s->bytes = ev_span_of((const uint8_t *)(s + 1), bytes.n);
	s->type = type;
	s->tag = tag;
	if (types[type].parse(shelf, s, &err) != EV_OK) {
		free(s);
		return NULL;
	}
	if (types[type].hash(shelf, s))
		return s;
	types[type].free(s);
	free(s);
	return NULL;
}

/* --- places --- */

static size_t weight_of(enum rp_shelf_type type, size_t n)
{
	return sizeof(struct rp_shelved) + n + n * types[type].grows;
}

/* An empty place, else that of the piece, of those not in use, that was not
 * asked for longest; NULL where all are in use. */
static struct rp_shelved **place_in(struct rp_shelved *set[WAYS])
{
	struct rp_shelved **oldest = NULL;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i] == NULL)
			return &set[i];
		if (set[i]->users > 0)
			continue;
		if (oldest == NULL || set[i]->last_use < (*oldest)->last_use)
			oldest = &set[i];
	}
	return oldest;
}

static void drop(struct rp_shelf *shelf, struct rp_shelved **place)
{
	struct rp_shelved *s = *place;

	if (s == NULL)
		return;
	shelf->weight -= weight_of(s->type, s->bytes.n);
	types[s->type].free(s);
	free(s);
	*place = NULL;
}

static void drop_unused(struct rp_shelf *shelf)
{
	for (size_t i = 0; i < SETS; i++)
		for (size_t k = 0; k < WAYS; k++)
			if (shelf->piece[i][k] != NULL &&
			    shelf->piece[i][k]->users == 0)
				drop(shelf, &shelf->piece[i][k]);
}

static struct rp_shelved *add(struct rp_shelf *shelf, enum rp_shelf_type type,
			      uint64_t tag, struct ev_span bytes)
{
	size_t weight = weight_of(type, bytes.n);
	struct rp_shelved **place;

	if (shelf->weight + weight > WEIGHT_MAX)
		drop_unused(shelf);
	place = place_in(shelf->piece[tag % SETS]);
	if (place == NULL || shelf->weight + weight > WEIGHT_MAX)
		return NULL;
	drop(shelf, place);
	*place = make_piece(shelf, type, tag, bytes);
	if (*place != NULL)
		shelf->weight += weight;
	return *place;
}

/* --- the shelf --- */

struct rp_shelf *rp_shelf_new(struct ev_crypto *crypto)
{
	struct rp_shelf *shelf = calloc(1, sizeof(*shelf));

	if (shelf != NULL)
		shelf->crypto = crypto;
	return shelf;
}

void rp_shelf_free(struct rp_shelf *shelf)
{
	if (shelf == NULL)
		return;
	drop_unused(shelf);
	assert(shelf->weight == 0); /* all were given back */
	ev_known_cas_free(&shelf->cas);
	free(shelf);
}

struct rp_shelved *rp_shelf_take(struct rp_shelf *shelf,
				 enum rp_shelf_type type, struct ev_span bytes)
{
	struct rp_shelved **set, *s = NULL;
	uint64_t tag;

	if (shelf == NULL || type == RP_SHELF_NONE || bytes.n == 0 ||
	    bytes.n > PIECE_MAX)
		return NULL;
	tag = tag_of(type, bytes);
	set = shelf->piece[tag % SETS];
	shelf->count[type].asked++;
	for (size_t i = 0; s == NULL && i < WAYS; i++)
		if (is_piece(set[i], type, tag, bytes))
			s = set[i];
	if (s != NULL)
		shelf->count[type].found++;
	else
		s = add(shelf, type, tag, bytes);
	if (s == NULL)
		return NULL;
	s->users++;
	s->last_use = shelf->now++;
	return s;
}

void rp_shelf_give_back(struct rp_shelved *one)
{
	if (one != NULL)
		one->users--;
}

struct rp_shelf_count rp_shelf_counted(const struct rp_shelf *shelf,
				       enum rp_shelf_type type)
{
	return shelf->count[type];
}
