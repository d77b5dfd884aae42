/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collateral of this hour for every quote that was collected: TCB info
 * and identity of the quoting enclave in the standard set and, where it
 * differs, the early one; the CRLs of the PCK CA and of the root (Intel PCS
 * API v4).  Sets of different evaluation numbers are never mixed.
 */
#include "collect/collateral.h"
#include "collect/collateral_reuse.h"
#include "collect/collateral_set.h"
#include "collect/src.h"
#include "collect/stop.h"
#include "evidence/limits.h"

#include <inttypes.h>
#include <stdio.h>

static const char crl_chain[] = "SGX-PCK-CRL-Issuer-Chain";
static const char numbers_chain[] = "TCB-Evaluation-Data-Numbers-Issuer-Chain";
#define NUMBERS_MAX 16

/* --- with --hindsight: the other numbers that are still served --- */

static size_t read_numbers(struct ev_span body, uint64_t out[NUMBERS_MAX])
{
	static const char object[] = "tcbEvaluationDataNumbers";
	ev_auto_json json_t *json = NULL;
	struct ev_error err = { 0 };
	json_t *inner, *list, *entry;
	size_t i, n = 0;

	if (ev_json_parse(body, EV_COLLATERAL_MAX, object, &json, &err) !=
		    EV_OK ||
	    ev_json_get_object(json, object, object, &inner, &err) != EV_OK ||
	    ev_json_get_array(inner, object, "tcbEvalNumbers", NUMBERS_MAX,
			      &list, &err) != EV_OK)
		return 0;
	json_array_foreach (list, i, entry) {
		if (json_is_object(entry) &&
		    ev_json_get_u64(entry, object, "tcbEvaluationDataNumber",
				    UINT32_MAX, &out[n], &err) == EV_OK)
			n++;
	}
	return n;
}

/* known: numbers that are here already. */
static void numbered_sets(struct co_collection *c, const struct co_platform *p,
			  const uint64_t known[2])
{
	struct co_fetched list = { 0 };
	uint64_t numbers[NUMBERS_MAX];
	char path[80], ignored[CO_WHY_TEXT];
	size_t n = 0;

	snprintf(path, sizeof(path),
		 "/%s/certification/v4/tcbevaluationdatanumbers",
		 co_platform_tee(p));
	if (co_collateral_ask(c, path, "", &list, ignored)) {
		n = read_numbers(ev_buffer_span(&list.reply.body), numbers);
		co_collateral_keep(c, &list, "dcap-tcb-eval-numbers", NULL,
				   numbers_chain, ignored);
	}
	co_fetched_free(&list);
	for (size_t i = 0; i < n && co_stop_signal() == 0; i++) {
		if (numbers[i] != known[0] && numbers[i] != known[1])
			co_collateral_set_numbered(c, p, numbers[i]);
	}
}

/* --- revocation lists --- */

static bool keep_crl(struct co_collection *c, struct co_fetched *crl,
		     const char *chain_headers, char why[CO_WHY_TEXT])
{
	const char *kind = co_crl_kind(ev_buffer_span(&crl->reply.body));

	if (kind == NULL) {
		snprintf(why, CO_WHY_TEXT,
			 "%.200s: neither DER nor PEM nor "
			 "hex of a CRL",
			 crl->url);
		return false;
	}
	return co_collateral_keep(c, crl, kind, NULL, chain_headers, why);
}

static bool pck_crl(struct co_collection *c, const struct co_platform *p,
		    char why[CO_WHY_TEXT])
{
	struct co_fetched crl = { 0 };
	char path[96];
	bool ok;

	snprintf(path, sizeof(path),
		 "/sgx/certification/v4/pckcrl?ca=%s&encoding=der", p->ca);
	ok = co_collateral_ask(c, path, "", &crl, why) &&
	     keep_crl(c, &crl, crl_chain, why);
	co_fetched_free(&crl);
	return ok;
}

static bool ca_crl(struct co_collection *c, char why[CO_WHY_TEXT])
{
	struct co_fetched crl = { 0 };
	bool ok = co_collateral_ask_root_crl(c, &crl, why) &&
		  keep_crl(c, &crl, NULL, why);

	co_fetched_free(&crl);
	return ok;
}

/* --- the source --- */

#define PLATFORMS_MAX 8

struct asking {
	struct co_collection *c;
	struct co_platform platform[PLATFORMS_MAX];
	size_t n;
	uint64_t number; /* of the last standard set */
	char *why;
};

static bool is_quote(const struct co_gathered *one)
{
	return strcmp(one->item.kind, "tdx-quote") == 0 ||
	       strcmp(one->item.kind, "sgx-quote") == 0;
}

/* Each platform once, whatever the number of its quotes. */
static bool find_platforms(struct asking *a)
{
	const struct co_gathering *g = &a->c->items;

	snprintf(a->why, CO_WHY_TEXT,
		 "there is no quote to ask collateral for");
	for (size_t i = 0; i < g->n && a->n < PLATFORMS_MAX; i++) {
		struct co_platform *p = &a->platform[a->n];
		bool known = false;

		if (!is_quote(g->item[i]) ||
		    !co_platform_of(g->item[i]->item.bytes, p, a->why))
			continue;
		for (size_t j = 0; j < a->n; j++)
			known |= co_platform_same(&a->platform[j], p);
		a->n += !known;
	}
	return a->n > 0;
}

static bool ask_platform(struct asking *a, const struct co_platform *p)
{
	uint64_t numbers[2] = { 0 };
	char ignored[CO_WHY_TEXT];

	/* The lists count even where the set could not be had. */
	if (!co_collateral_set_standard(a->c, p, &numbers[0], a->why)) {
		pck_crl(a->c, p, ignored);
		return false;
	}
	a->number = numbers[1] = numbers[0];
	co_collateral_set_early(a->c, p, &numbers[1]);
	if (a->c->options.hindsight)
		numbered_sets(a->c, p, numbers);
	return pck_crl(a->c, p, a->why);
}

static bool ask_services(struct asking *a)
{
	char later[CO_WHY_TEXT];
	bool ok = true;

	for (size_t i = 0; i < a->n; i++)
		ok = ask_platform(a, &a->platform[i]) && ok;
	if (!ca_crl(a->c, ok ? a->why : later) || !ok)
		return false;
	co_detail(a->c, "TCB info and QE identity %" PRIu64 ", 2 CRLs",
		  a->number);
	return true;
}

static bool reuse(struct asking *a, const char *path)
{
	if (!co_collateral_reuse(a->c, path, a->platform, a->n, a->why))
		return false;
	co_detail(a->c, "from an archive, with its old times");
	return true;
}

/* The services are one origin of all pieces, in the place of the first of
 * them, each archive is another. */
static bool ask_in_order(struct asking *a,
			 const struct co_collateral_origin *origins, size_t n)
{
	bool services = false;

	for (size_t i = 0; i < n && co_stop_signal() == 0; i++) {
		if (origins[i].kind == CO_COLLATERAL_ARCHIVE) {
			if (reuse(a, origins[i].base))
				return true;
		} else if (!services) {
			services = true;
			if (ask_services(a))
				return true;
		}
	}
	return false;
}

enum co_wanted co_wanted_collateral(const struct co_collection *c)
{
	const struct co_gathering *g = &c->items;
	bool dcap = c->machine.kind == CO_MACHINE_AZURE_TDX ||
		    c->machine.kind == CO_MACHINE_TD ||
		    c->machine.kind == CO_MACHINE_GRAMINE;

	for (size_t i = 0; i < g->n; i++)
		dcap |= is_quote(g->item[i]);
	if (c->options.no_collateral && dcap)
		return CO_NOT_ASKED;
	/* Whether there would have been a quote, nobody knows. */
	if (!dcap && c->machine.kind == CO_MACHINE_AZURE_UNREAD)
		return CO_IF_THERE;
	return dcap ? CO_REQUIRED : CO_NOT_HERE;
}

enum co_outcome co_collect_collateral(struct co_collection *c,
				      char why[CO_WHY_TEXT])
{
	struct asking a = { .c = c, .why = why };
	struct co_collateral_origin origins[CO_COLLATERAL_FROM_MAX];
	size_t n = co_collateral_origins(c, origins);

	if (n == 0)
		return co_absent(why, "ecart-root.json does not name where "
				      "collateral is asked");
	if (!find_platforms(&a))
		return CO_FAILED;
	return ask_in_order(&a, origins, n) ? CO_OK : CO_FAILED;
}
