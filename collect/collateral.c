/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of collateral from their origins. */
#include "collect/collateral.h"

#include "evidence/base/pem.h"
#include "evidence/recognise.h"

#include <stdio.h>

static const char pcs[] = "https://api.trustedservices.intel.com";
static const char thim[] = "https://global.acccache.azure.net";
static const char root_crl[] = "https://certificates.trustedservices.intel.com/"
			       "IntelSGXRootCA.der";
#define PCCS_PREFIX "pccs="

static const char *const origin_words[] = {
	[CO_COLLATERAL_PCS] = "pcs",
	[CO_COLLATERAL_PCCS] = "pccs",
	[CO_COLLATERAL_THIM] = "thim",
	[CO_COLLATERAL_ARCHIVE] = "archive",
};

/* Below a test root only what it names is there. */
static const char *address_of(const struct co_root *root, const char *named,
			      const char *real)
{
	return named != NULL || root->given ? named : real;
}

const char *co_collateral_pccs(const char *word)
{
	size_t n = sizeof(PCCS_PREFIX) - 1;

	return strncmp(word, PCCS_PREFIX, n) == 0 ? word + n : NULL;
}

bool co_collateral_is_archive(const char *word)
{
	return strcmp(word, "pcs") != 0 && strcmp(word, "thim") != 0 &&
	       co_collateral_pccs(word) == NULL;
}

static struct co_collateral_origin origin_of(const struct co_collection *c,
					     const char *word)
{
	const struct co_root *root = &c->root;

	if (strcmp(word, "pcs") == 0)
		return (struct co_collateral_origin){
			CO_COLLATERAL_PCS, address_of(root, root->pcs, pcs)
		};
	if (strcmp(word, "thim") == 0)
		return (struct co_collateral_origin){
			CO_COLLATERAL_THIM, address_of(root, root->thim, thim)
		};
	if (co_collateral_pccs(word) != NULL)
		return (struct co_collateral_origin){
			CO_COLLATERAL_PCCS, co_collateral_pccs(word)
		};
	return (struct co_collateral_origin){ CO_COLLATERAL_ARCHIVE, word };
}

size_t
co_collateral_origins(const struct co_collection *c,
		      struct co_collateral_origin out[CO_COLLATERAL_FROM_MAX])
{
	const struct co_options *o = &c->options;
	size_t n = 0;

	for (size_t i = 0; i < o->n_collateral_from; i++) {
		out[n] = origin_of(c, o->collateral_from[i]);
		n += out[n].base != NULL;
	}
	if (o->n_collateral_from == 0) {
		out[0] = origin_of(c, "pcs");
		n = out[0].base != NULL;
	}
	return n;
}

void co_fetched_free(struct co_fetched *fetched)
{
	co_http_reply_free(&fetched->reply);
}

/* Whether a piece is asked there: an archive has had its turn, and what gave
 * no answer to a whole row of tries is not waited for again. */
static bool is_asked(const struct co_collection *c,
		     const struct co_collateral_origin *origin, size_t i)
{
	return origin->kind != CO_COLLATERAL_ARCHIVE &&
	       (c->silent_origins & 1U << i) == 0;
}

static bool ask(struct co_collection *c, bool plain, struct co_fetched *out,
		char why[CO_WHY_TEXT])
{
	struct co_http_request request = {
		.url = out->url,
		.limit_ms = co_limit_ms(c),
		.tries = c->source->tries,
		.plain = plain,
	};
	struct co_http *http = co_collection_http(c, why);

	return http != NULL && co_http_ask(http, &request, &out->reply, why);
}

size_t co_collateral_n_origins(const struct co_collection *c)
{
	struct co_collateral_origin origins[CO_COLLATERAL_FROM_MAX];

	return co_collateral_origins(c, origins);
}

bool co_collateral_ask_at(struct co_collection *c, size_t origin,
			  const char *path, const char *detail,
			  struct co_fetched *out, char why[CO_WHY_TEXT])
{
	struct co_collateral_origin origins[CO_COLLATERAL_FROM_MAX];
	size_t n = co_collateral_origins(c, origins);

	co_fetched_free(out);
	if (origin >= n || !is_asked(c, &origins[origin], origin))
		return false;
	snprintf(out->url, sizeof(out->url), "%s%s", origins[origin].base,
		 path);
	snprintf(out->detail, sizeof(out->detail), "%s%s%s",
		 origin_words[origins[origin].kind], detail[0] != 0 ? ", " : "",
		 detail);
	if (ask(c, false, out, why))
		return true;
	/* Who says nothing at all is not waited for again. */
	if (out->reply.tried > 0 && out->reply.status == 0)
		c->silent_origins |= 1U << origin;
	return false;
}

bool co_collateral_ask(struct co_collection *c, const char *path,
		       const char *detail, struct co_fetched *out,
		       char why[CO_WHY_TEXT])
{
	size_t n = co_collateral_n_origins(c);

	snprintf(why, CO_WHY_TEXT, "no address answers");
	for (size_t i = 0; i < n; i++) {
		if (co_collateral_ask_at(c, i, path, detail, out, why))
			return true;
	}
	return false;
}

const char *co_collateral_root_crl(const struct co_collection *c)
{
	return address_of(&c->root, c->root.root_crl, root_crl);
}

bool co_collateral_ask_root_crl(struct co_collection *c, struct co_fetched *out,
				char why[CO_WHY_TEXT])
{
	struct co_collateral_origin origins[CO_COLLATERAL_FROM_MAX];
	size_t n = co_collateral_origins(c, origins);
	const char *address = co_collateral_root_crl(c);

	*out = (struct co_fetched){ 0 };
	snprintf(why, CO_WHY_TEXT, "no address answers");
	for (size_t i = 0; i < n; i++) {
		bool pccs = origins[i].kind == CO_COLLATERAL_PCCS;

		/* The list of PCS and THIM is on a host of its own. */
		if (pccs ? !is_asked(c, &origins[i], i)
			 : origins[i].kind == CO_COLLATERAL_ARCHIVE ||
				    address == NULL)
			continue;
		co_fetched_free(out);
		snprintf(out->url, sizeof(out->url), "%s%s",
			 pccs ? origins[i].base : address,
			 pccs ? "/sgx/certification/v4/rootcacrl" : "");
		snprintf(out->detail, sizeof(out->detail), "%s",
			 origin_words[origins[i].kind]);
		/* Intel's list is where its own certificates say: plain. */
		if (ask(c, !pccs, out, why))
			return true;
		if (!pccs)
			address = NULL; /* the same for all of them */
	}
	return false;
}

/* --- keeping --- */

/* The value of the first of these headers that the reply has. */
static bool find_chain(const struct co_http_reply *reply, const char *names,
		       struct ev_span *value)
{
	char name[64];

	while (*names != 0) {
		size_t n = strcspn(names, " ");

		snprintf(name, sizeof(name), "%.*s", (int)n, names);
		if (co_http_header(reply, name, value))
			return true;
		names += n + (names[n] == ' ');
	}
	return false;
}

/* The certificates of the reply's header, percent-decoded. */
static bool read_chain(const struct co_fetched *fetched, const char *names,
		       struct ev_buffer *chain, char why[CO_WHY_TEXT])
{
	struct ev_pem_list pem = { 0 };
	struct ev_error err = { 0 };
	const char *wrong = NULL;
	struct ev_span value;

	if (!find_chain(&fetched->reply, names, &value))
		wrong = "the reply has no issuer chain";
	else if (!co_http_percent_decode(value, chain))
		wrong = "the issuer chain is not percent-encoded";
	else if (ev_pem_list_parse(ev_buffer_span(chain), 0, "CERTIFICATE",
				   &pem, &err) != EV_OK)
		wrong = "the issuer chain is not certificates in PEM";
	ev_pem_list_free(&pem);
	if (wrong != NULL)
		snprintf(why, CO_WHY_TEXT, "%.300s: %s", fetched->url, wrong);
	return wrong == NULL;
}

bool co_collateral_keep(struct co_collection *c, struct co_fetched *fetched,
			const char *kind, const char *hint,
			const char *chain_headers, char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer chain = { 0 };
	struct co_relation of = { .rel = "issuer-of" };
	struct co_item item = {
		.kind = "dcap-issuer-chain",
		.hint = hint,
		.source_type = "https",
		.source_detail = "issuer chain header, percent-decoded",
		.source_uri = fetched->url,
		.relates = &of,
		.n_relates = 1,
	};

	if (chain_headers != NULL &&
	    !read_chain(fetched, chain_headers, &chain, why))
		return false;
	if (!co_collected_reply(c, kind, hint, fetched->detail, fetched->url,
				&fetched->reply, &of.part, why))
		return false;
	item.bytes = ev_buffer_span(&chain);
	return chain_headers == NULL || co_collected(c, &item, NULL, why);
}

const char *co_crl_kind(struct ev_span body)
{
	if (ev_is_crl_der(body))
		return "crl-der";
	if (ev_is_crl_pem(body))
		return "crl-pem";
	return ev_is_crl_hex(body) ? "crl-hex" : NULL;
}
