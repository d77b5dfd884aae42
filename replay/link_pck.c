/* SPDX-License-Identifier: Apache-2.0 */
/* A quote finds its PCK chain: the one it carries, else an item beside it. */
#include "replay/link.h"

#include <stdlib.h>

/* dcap page 1.5: type 4 is one certificate; a chain under that number is a
 * type 5 whose number was changed. */
void rp_quote_read_leaf(struct rp_quote *q)
{
	uint64_t at = ev_quote_offset(&q->q, q->q.cert_data);
	struct ev_error *err = &q->leaf_parsed.err;
	struct ev_cert cert;

	if (q->q.cert_type != EV_CERT_PCK_LEAF)
		return;
	if (ev_pem_list_parse(q->q.cert_data, at, "CERTIFICATE", &q->leaf,
			      err) == EV_OK) {
		if (q->leaf.n_blocks != 1)
			ev_fail_u64(err, EV_VALUE, "quote.certification-data",
				    "certificates", at, 1, q->leaf.n_blocks);
		else
			ev_cert_parse(q->leaf.block[0].der, 0, &cert, err);
	}
	q->leaf_parsed.code = err->code;
}

struct ev_span rp_quote_leaf(const struct rp_quote *q)
{
	return q->leaf.n_blocks > 0 ? q->leaf.block[0].der
				    : (struct ev_span){ NULL, 0 };
}

/* What certification data 1 to 3 repeat of the certificate. */
struct key {
	bool has; /* false: the data says nothing, no chain fits more */
	struct ev_ppid_data data;
};

static struct key key_of(const struct rp_quote *q)
{
	struct ev_error err = { 0 };
	struct key k = { .has = false };

	if (q->parsed.code != EV_OK)
		return k;
	k.has = q->q.cert_type <= EV_CERT_PPID_RSA3072 &&
		ev_ppid_data_parse(&q->q, &k.data, &err) == EV_OK;
	/* A sample of type 1 ends before it; all platforms have this one. */
	if (k.data.pceid.n == 0)
		k.data.pceid = EV_SPAN_LITERAL("\0\0");
	return k;
}

static int compare_pck(const struct ev_pck *a, const struct ev_pck *b)
{
	int order = memcmp(a->cpusvn, b->cpusvn, sizeof(a->cpusvn));

	if (order == 0)
		order = (a->pcesvn > b->pcesvn) - (a->pcesvn < b->pcesvn);
	if (order == 0)
		order = memcmp(a->pceid, b->pceid, sizeof(a->pceid));
	return order != 0 ? order : memcmp(a->ppid, b->ppid, sizeof(a->ppid));
}

/* compare_pck with what the quote says; an encrypted PPID is any. */
static int compare_key(const struct key *k, const struct ev_pck *b)
{
	struct ev_pck a = { .pcesvn = k->data.pcesvn };

	memcpy(a.cpusvn, k->data.cpusvn.p, sizeof(a.cpusvn));
	memcpy(a.pceid, k->data.pceid.p, sizeof(a.pceid));
	memcpy(a.ppid,
	       k->data.ppid.n == sizeof(a.ppid) ? k->data.ppid.p : b->ppid,
	       sizeof(a.ppid));
	return compare_pck(&a, b);
}

static int compare_chains(const void *left, const void *right)
{
	const struct rp_pck_chain *a = left, *b = right;
	int order = (int)b->has_pck - (int)a->has_pck;

	if (order == 0 && a->has_pck)
		order = compare_pck(&a->pck, &b->pck);
	if (order == 0)
		order = (a->item > b->item) - (a->item < b->item);
	return order;
}

static bool fits(const struct key *k, const struct rp_pck_chain *chain)
{
	return k->has && chain->has_pck && compare_key(k, &chain->pck) == 0;
}

/* The first that fits, or NULL. */
static const struct rp_pck_chain *find(const struct rp_pck_chains *all,
				       const struct key *k)
{
	size_t from = 0, to = all->n_with_pck;

	while (k->has && from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_key(k, &all->chain[middle].pck) > 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == all->n_with_pck || !fits(k, &all->chain[from]))
		return NULL;
	return &all->chain[from];
}

static bool may_be_pck_chain(const struct rp_item *item)
{
	static const char *const carriers[] = { "dcap-issuer-chain", "cert-pem",
						NULL };

	return item->role == RP_CHAIN_OF_QUOTE && rp_kind_in(item, carriers);
}

static enum ev_code look_into(struct rp_case *c, struct rp_pck_chain *out)
{
	struct ev_error err = { 0 };
	struct ev_chain chain;
	enum ev_code code = ev_chain_parse(out->item->bytes, 0, &chain, &err);
	bool digested;

	out->parses = code == EV_OK;
	if (code != EV_OK)
		return code == EV_TROUBLE ? EV_TROUBLE : EV_OK;
	digested =
		ev_digest(c->crypto, EV_SHA256, chain.cert[0].der, out->leaf);
	code = ev_pck_parse(chain.cert[0].sgx_extension, &out->pck, &err);
	out->has_pck = code == EV_OK;
	ev_chain_free(&chain);
	return code == EV_TROUBLE || !digested ? EV_TROUBLE : EV_OK;
}

/* Of two chains that say they are this quote's. */
static bool says_better(const struct rp_quote *q, const struct rp_pck_chain *a,
			const struct rp_pck_chain *b)
{
	struct key k = key_of(q);
	bool a_fits = fits(&k, a), b_fits = fits(&k, b);

	if (a_fits != b_fits)
		return a_fits;
	if (a->parses != b->parses)
		return a->parses;
	return a->item < b->item;
}

/* Lets the quotes know which chain says that it is theirs. */
static void note_relations(const struct rp_case *c,
			   const struct rp_pck_chain *chain)
{
	const struct ev_manifest_item *entry = chain->item->entry;

	for (size_t i = 0; entry != NULL && i < entry->n_relates; i++) {
		const struct rp_item *to;
		struct rp_quote *q;

		if (strcmp(entry->relates[i].rel, "issuer-of") != 0)
			continue;
		to = rp_item_named(c, entry->relates[i].name);
		if (to == NULL || to->subject == NULL ||
		    to->subject->type != RP_QUOTE)
			continue;
		q = to->subject->quote;
		if (q->said_chain == NULL ||
		    says_better(q, chain, q->said_chain))
			q->said_chain = chain;
	}
}

/* The first that parses, else the first. */
static const struct rp_pck_chain *first_of(const struct rp_pck_chains *all)
{
	const struct rp_pck_chain *best = &all->chain[0];

	for (size_t i = 1; i < all->n; i++) {
		const struct rp_pck_chain *chain = &all->chain[i];

		if (chain->parses > best->parses ||
		    (chain->parses == best->parses && chain->item < best->item))
			best = chain;
	}
	return best;
}

enum ev_code rp_link_pck_chains(struct rp_case *c)
{
	struct rp_pck_chains *all = &c->pck_chains;
	size_t n = 0;

	for (size_t i = 0; i < c->n_items; i++)
		n += may_be_pck_chain(&c->items[i]);
	if (n == 0)
		return EV_OK;
	all->chain = calloc(n, sizeof(*all->chain));
	if (all->chain == NULL)
		return EV_TROUBLE;
	for (size_t i = 0; i < c->n_items; i++)
		if (may_be_pck_chain(&c->items[i]))
			all->chain[all->n++].item = &c->items[i];
	/* An only one is not looked into. */
	for (size_t i = 0; n > 1 && i < n; i++) {
		if (look_into(c, &all->chain[i]) != EV_OK)
			return EV_TROUBLE;
		all->n_with_pck += all->chain[i].has_pck;
	}
	qsort(all->chain, n, sizeof(*all->chain), compare_chains);
	all->first = first_of(all);
	for (size_t i = 0; i < n; i++)
		note_relations(c, &all->chain[i]);
	return EV_OK;
}

/* The chain whose leaf is the quote's certification data. */
static const struct rp_item *chain_of_leaf(const struct rp_case *c,
					   const struct rp_quote *q)
{
	const struct rp_pck_chains *all = &c->pck_chains;
	uint8_t digest[32];

	if (rp_quote_leaf(q).n == 0 ||
	    !ev_digest(c->crypto, EV_SHA256, rp_quote_leaf(q), digest))
		return NULL;
	for (size_t i = 0; i < all->n; i++)
		if (all->chain[i].parses &&
		    memcmp(all->chain[i].leaf, digest, sizeof(digest)) == 0)
			return all->chain[i].item;
	return NULL;
}

/* A chain that fits goes before one that parses, that before any; of equals,
 * one that says it is the quote's, else the first. */
static const struct rp_item *chain_beside(const struct rp_case *c,
					  const struct rp_quote *q)
{
	const struct rp_pck_chain *said = q->said_chain, *best;
	const struct rp_item *item;
	struct key k = key_of(q);

	if (c->pck_chains.n == 0)
		return NULL;
	item = chain_of_leaf(c, q);
	if (item != NULL)
		return item;
	if (said != NULL && fits(&k, said))
		return said->item;
	best = find(&c->pck_chains, &k);
	if (best != NULL)
		return best->item;
	best = c->pck_chains.first;
	return said != NULL && said->parses >= best->parses ? said->item
							    : best->item;
}

/* The shelf's chain, with the places that its blocks have here. */
static void borrow_chain(struct rp_quote *q, uint64_t offset)
{
	q->chain = q->shelved->chain;
	for (size_t i = 0; i < q->chain.pem.n_blocks; i++)
		q->chain.pem.block[i].offset += offset;
	q->chain.pem.end += offset;
	q->pck = q->shelved->pck;
	q->pck_parsed.code = q->shelved->pck_code;
	q->pck_parsed.err = q->shelved->pck_err;
}

static void set_chain(const struct rp_case *c, struct rp_quote *q,
		      const struct rp_item *item, struct ev_span text,
		      uint64_t offset)
{
	q->chain_item = item;
	q->chain_offset = offset;
	q->chain_size = text.n;
	q->shelved = rp_shelf_take(c->shelf, RP_SHELF_CHAIN, text);
	if (q->shelved != NULL) {
		borrow_chain(q, offset);
		return;
	}
	q->chain_parsed.code =
		ev_chain_parse(text, offset, &q->chain, &q->chain_parsed.err);
	if (q->chain_parsed.code != EV_OK)
		return;
	q->pck_parsed.code = ev_pck_parse(q->chain.cert[0].sgx_extension,
					  &q->pck, &q->pck_parsed.err);
}

void rp_link_pck_chain(const struct rp_case *c, struct rp_subject *s)
{
	struct rp_quote *q = s->quote;
	const struct rp_item *item;

	if (q->parsed.code != EV_OK || q->chain_item != NULL)
		return;
	if (q->q.cert_type == EV_CERT_PCK_CHAIN) {
		set_chain(c, q, s->item, q->q.cert_data,
			  ev_quote_offset(&q->q, q->q.cert_data));
		return;
	}
	item = chain_beside(c, q);
	if (item != NULL)
		set_chain(c, q, item, item->bytes, 0);
}
