/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token of Microsoft Azure Attestation over this run's quote, with the
 * keys and the configuration of that hour (Azure Attestation REST API,
 * attest/TdxVm and attest/SgxEnclave).
 */
#include "collect/src.h"
#include "collect/token.h"
#include "evidence/base/cleanup.h"
#include "evidence/hcl.h"

#include <stdio.h>

/* The quote and what its kind of TEE is asked by. */
static const struct co_gathered *find_quote(const struct co_collection *c,
					    const char **path)
{
	const struct co_gathered *quote =
		co_gathering_last(&c->items, "tdx-quote");

	*path = "/attest/TdxVm?api-version=2025-06-01";
	if (quote != NULL)
		return quote;
	*path = "/attest/SgxEnclave?api-version=2022-08-01";
	return co_gathering_last(&c->items, "sgx-quote");
}

/* The service compares SHA-256 of the runtime data with REPORTDATA, so that
 * it is given on Azure alone, where the paravisor makes it so. */
static bool add_runtime_data(const struct co_collection *c,
			     struct ev_buffer *body)
{
	const struct co_gathered *report =
		co_gathering_last(&c->items, "azure-hcl-report");
	struct ev_error err = { 0 };
	struct ev_hcl hcl;

	if (report == NULL ||
	    ev_hcl_parse(report->item.bytes, &hcl, &err) != EV_OK)
		return true;
	ev_buffer_add_str(body, ",\"runtimeData\":{");
	if (!co_token_add_bytes(body, "data", hcl.runtime_data, true))
		return false;
	ev_buffer_add_str(body, ",\"dataType\":\"JSON\"}");
	return true;
}

static bool make_body(struct co_collection *c, const struct co_gathered *quote,
		      struct ev_buffer *body)
{
	char nonce[EV_SESSION_HEX];

	ev_buffer_add_str(body, "{");
	if (!co_token_add_bytes(body, "quote", quote->item.bytes, true) ||
	    !add_runtime_data(c, body))
		return false;
	if (c->has_session) {
		if (!ev_session_maa_nonce(c->crypto, c->session_root, nonce))
			return false;
		ev_buffer_printf(body, ",\"nonce\":\"%s\"", nonce);
	}
	ev_buffer_add_str(body, "}");
	return ev_buffer_ok(body);
}

static bool ask(struct co_collection *c, const char *url, const char *secret,
		const struct ev_buffer *body, struct co_http_reply *reply,
		char why[CO_WHY_TEXT])
{
	struct co_http_request request = { .url = url,
					   .secret = secret,
					   .body = ev_buffer_span(body),
					   .content_type = "application/json",
					   .accept = "application/json",
					   .limit_ms = co_limit_ms(c),
					   .tries = c->source->tries };
	struct co_http *http = co_collection_http(c, why);
	struct ev_span code;
	size_t n;

	if (http == NULL)
		return false;
	if (co_http_ask(http, &request, reply, why))
		return true;
	if (co_http_header(reply, "x-ms-error-code", &code)) {
		n = strlen(why);
		snprintf(why + n, CO_WHY_TEXT - n, " (x-ms-error-code %.*s)",
			 (int)(code.n < 64 ? code.n : 64), code.p);
	}
	return false;
}

static bool keep(struct co_collection *c, const char *url,
		 const struct ev_buffer *body,
		 const struct co_http_reply *reply, char why[CO_WHY_TEXT])
{
	struct co_item request = { .kind = "maa-request",
				   .bytes = ev_buffer_span(body),
				   .source_type = "https",
				   .source_uri = url };
	char beside[1024];
	size_t question, token;

	if (!co_collected(c, &request, &question, why) ||
	    !co_token_keep(c, "maa-token", url, reply, question, &token, why))
		return false;
	if (c->has_session && !co_bind(c, "maa", 1, token, 0))
		return false;
	snprintf(beside, sizeof(beside), "%s/certs", c->options.maa);
	if (!co_token_keep_beside(c, "jwks", beside, token, why))
		return false;
	snprintf(beside, sizeof(beside), "%s/.well-known/openid-configuration",
		 c->options.maa);
	return co_token_keep_beside(c, "oidc-config", beside, token, why);
}

enum co_wanted co_wanted_maa(const struct co_collection *c)
{
	return c->options.maa != NULL ? CO_REQUIRED : CO_NOT_ASKED;
}

enum co_outcome co_collect_maa(struct co_collection *c, char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer body = { 0 };
	struct co_http_reply reply = { 0 };
	const char *path;
	const struct co_gathered *quote = find_quote(c, &path);
	char url[1024], *secret;
	bool ok;

	if (quote == NULL)
		return co_failed(why, "there is no quote to send");
	secret = co_token_secret("Authorization: Bearer ",
				 c->options.bearer_file, why);
	if (secret == NULL && c->options.bearer_file != NULL)
		return CO_FAILED;
	snprintf(url, sizeof(url), "%s%s", c->options.maa, path);
	snprintf(why, CO_WHY_TEXT, "out of memory");
	ok = make_body(c, quote, &body) &&
	     ask(c, url, secret, &body, &reply, why) &&
	     keep(c, url, &body, &reply, why);
	co_token_secret_free(secret);
	co_http_reply_free(&reply);
	if (!ok)
		return CO_FAILED;
	co_detail(c, "token and keys%s", c->has_session ? ", nonce bound" : "");
	return CO_OK;
}
