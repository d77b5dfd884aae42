/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statement of a registry of machines about the platform of this run's
 * quote (proofofcloud/trust-server, POST /get_jwt).  The quote goes to
 * whoever runs it, so that it is asked by --poc-registry alone.
 */
#include "collect/src.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"

#include <stdio.h>
#include <stdlib.h>

static bool make_body(struct ev_span quote, struct ev_buffer *body)
{
	ev_auto_free char *hex = malloc(2 * quote.n + 1);

	if (hex == NULL)
		return false;
	ev_hex_encode(quote, hex);
	ev_buffer_add_str(body, "{\"quote\":\"");
	ev_buffer_add_str(body, hex);
	ev_buffer_add_str(body, "\"}");
	return ev_buffer_ok(body);
}

/* The quote's place, or false. */
static bool find_quote(const struct co_collection *c, size_t *index)
{
	for (size_t i = c->items.n; i > 0; i--) {
		const char *kind = c->items.item[i - 1]->item.kind;

		*index = i - 1;
		if (strcmp(kind, "tdx-quote") == 0 ||
		    strcmp(kind, "sgx-quote") == 0)
			return true;
	}
	return false;
}

static bool keep(struct co_collection *c, const char *url, size_t quote,
		 const struct co_http_reply *reply, char why[CO_WHY_TEXT])
{
	struct co_gathered *kept;
	size_t index;

	if (!co_collected_reply(c, "poc-registry", NULL, NULL, url, reply,
				&index, why))
		return false;
	kept = c->items.item[index];
	kept->relates[0] = (struct co_relation){ "answers", quote };
	kept->item.n_relates = 1;
	return true;
}

enum co_wanted co_wanted_poc_registry(const struct co_collection *c)
{
	return c->options.poc_registry != NULL ? CO_REQUIRED : CO_NOT_ASKED;
}

enum co_outcome co_collect_poc_registry(struct co_collection *c,
					char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer body = { 0 };
	struct co_http_reply reply = { 0 };
	struct co_http *http;
	struct co_http_request request = { .content_type = "application/json",
					   .accept = "application/json",
					   .limit_ms = co_limit_ms(c),
					   .tries = c->source->tries };
	char url[1024];
	size_t quote;
	bool ok;

	/* By --source alone nobody has agreed to an address. */
	if (c->options.poc_registry == NULL)
		return co_failed(why, "no registry is given (--poc-registry "
				      "URL)");
	if (!find_quote(c, &quote))
		return co_failed(why, "there is no quote to send");
	if (snprintf(url, sizeof(url), "%s/get_jwt", c->options.poc_registry) >=
	    (int)sizeof(url))
		return co_failed(why,
				 "the registry's address and /get_jwt are "
				 "longer than %zu bytes",
				 sizeof(url) - 1);
	snprintf(why, CO_WHY_TEXT, "out of memory");
	request.url = url;
	ok = make_body(c->items.item[quote]->item.bytes, &body) &&
	     (http = co_collection_http(c, why)) != NULL;
	request.body = ev_buffer_span(&body);
	ok = ok && co_http_ask(http, &request, &reply, why) &&
	     keep(c, url, quote, &reply, why);
	co_http_reply_free(&reply);
	if (!ok)
		return CO_FAILED;
	co_detail(c, "the registry's word, not verified");
	return CO_OK;
}
