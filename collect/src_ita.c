/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token of Intel Trust Authority.  The service's nonce must be in the
 * evidence, so that it gets a report and a quote of their own: round 2
 * (Intel Trust Authority REST API, appraisal/v2).
 */
#include "collect/round.h"
#include "collect/src.h"
#include "collect/token.h"
#include "evidence/base/base64.h"
#include "evidence/base/cleanup.h"
#include "evidence/hcl.h"

#include <stdio.h>
#include <stdlib.h>

#define NONCE_MAX 1024

struct asking {
	struct co_collection *c;
	char *secret;
	size_t nonce_item;
	struct ev_buffer nonce; /* the reply of the service */
	uint8_t data[EV_SESSION_ROOT_SIZE];
	char *why;
};

static bool no(struct asking *a, const char *text)
{
	snprintf(a->why, CO_WHY_TEXT, "%s", text);
	return false;
}

static bool ask(struct asking *a, const char *url, const struct ev_buffer *body,
		struct co_http_reply *reply)
{
	static const char *const headers[] = { "Accept: application/json",
					       NULL };
	struct co_http_request request = {
		.url = url,
		.headers = headers,
		.secret = a->secret,
		.accept = "application/json",
		.limit_ms = co_limit_ms(a->c),
		.tries = a->c->source->tries,
	};
	struct co_http *http = co_collection_http(a->c, a->why);

	if (body != NULL) {
		request.body = ev_buffer_span(body);
		request.content_type = "application/json";
	}
	return http != NULL && co_http_ask(http, &request, reply, a->why);
}

/* A member of the nonce, decoded. */
static bool nonce_member(const json_t *json, const char *name,
			 uint8_t out[NONCE_MAX], size_t *n)
{
	struct ev_error err = { 0 };
	struct ev_span text;

	return ev_json_get_str(json, "nonce", name, &text, &err) == EV_OK &&
	       ev_base64_decoded_max(text.n) <= NONCE_MAX &&
	       ev_base64_decode(EV_BASE64_ANY, text, out, n);
}

static bool ask_nonce(struct asking *a)
{
	struct co_http_reply reply = { 0 };
	ev_auto_json json_t *json = NULL;
	uint8_t val[NONCE_MAX], iat[NONCE_MAX];
	struct ev_error err = { 0 };
	size_t n_val, n_iat;
	char url[1024];
	bool ok;

	snprintf(url, sizeof(url), "%s/appraisal/v2/nonce", a->c->options.ita);
	ok = ask(a, url, NULL, &reply) &&
	     co_collected_reply(a->c, "ita-nonce", NULL, NULL, url, &reply,
				&a->nonce_item, a->why);
	if (ok) {
		ev_buffer_add(&a->nonce, ev_buffer_span(&reply.body));
		ok = (ev_json_parse(ev_buffer_span(&reply.body), EV_SESSION_MAX,
				    "nonce", &json, &err) == EV_OK &&
		      nonce_member(json, "val", val, &n_val) &&
		      nonce_member(json, "iat", iat, &n_iat)) ||
		     no(a, "the nonce of the service is not {val, iat, "
			   "signature} in base64");
	}
	ok = ok && (ev_session_ita_data(a->c->crypto, a->c->session_root,
					ev_span_of(val, n_val),
					ev_span_of(iat, n_iat), a->data) ||
		    no(a, "libcrypto"));
	co_http_reply_free(&reply);
	return ok;
}

/* A report and a quote with the service's nonce in them. */
static bool second_round(struct asking *a)
{
	struct co_round round = { .use = "ita",
				  .number = 2,
				  .hint = "round2",
				  .nonce = EV_SPAN(a->data) };

	if (a->c->machine.kind == CO_MACHINE_AZURE_TDX)
		return co_round_hcl(a->c, &round, a->why) &&
		       co_round_azure_quote(a->c, &round, a->why);
	if (a->c->machine.kind == CO_MACHINE_TD)
		return co_round_tsm(a->c, &round, a->why) == CO_OK;
	return no(a, "only TDX evidence is sent to this service");
}

/*
 * The data behind the nonce in the evidence.  In REPORTDATA of a plain TD
 * they are the runtime data; on Azure those are the paravisor's, and ours,
 * in the user-data of them, go as the user's.
 */
static bool add_data(struct asking *a, struct ev_buffer *body)
{
	const struct co_gathered *report =
		co_gathering_last(&a->c->items, "azure-hcl-report");
	struct ev_span root = EV_SPAN(a->c->session_root);
	struct ev_error err = { 0 };
	struct ev_hcl hcl;

	if (report == NULL)
		return co_token_add_bytes(body, "runtime_data", root, false);
	if (ev_hcl_parse(report->item.bytes, &hcl, &err) != EV_OK ||
	    !co_token_add_bytes(body, "user_data", root, false))
		return false;
	ev_buffer_add_str(body, ",");
	return co_token_add_bytes(body, "runtime_data", hcl.runtime_data,
				  false);
}

static bool make_body(struct asking *a, struct ev_buffer *body)
{
	const struct co_gathered *quote =
		co_gathering_last(&a->c->items, "tdx-quote");
	bool ok;

	ev_buffer_add_str(body, "{");
	ok = co_token_add_bytes(body, "quote", quote->item.bytes, false);
	ev_buffer_add_str(body, ",\"verifier_nonce\":");
	ev_buffer_add(body, ev_buffer_span(&a->nonce));
	ev_buffer_add_str(body, ",");
	ok = ok && add_data(a, body);
	ev_buffer_add_str(body, ",\"token_signing_alg\":\"RS256\"}");
	return (ok && ev_buffer_ok(body)) || no(a, "out of memory");
}

/* The keys are served by the portal, beside the API. */
static void certs_address(const char *ita, char out[1024])
{
	static const char api[] = "https://api.";

	if (strncmp(ita, api, sizeof(api) - 1) == 0)
		snprintf(out, 1024, "https://portal.%s/certs",
			 ita + sizeof(api) - 1);
	else
		snprintf(out, 1024, "%s/certs", ita);
}

static bool attest(struct asking *a)
{
	ev_auto_buffer struct ev_buffer body = { 0 };
	struct co_http_reply reply = { 0 };
	char url[1024], certs[1024];
	size_t token;
	bool ok;

	snprintf(url, sizeof(url), "%s/appraisal/v2/attest%s",
		 a->c->options.ita,
		 a->c->machine.kind == CO_MACHINE_AZURE_TDX ? "/azure" : "");
	certs_address(a->c->options.ita, certs);
	ok = make_body(a, &body) && ask(a, url, &body, &reply) &&
	     co_token_keep(a->c, "ita-token", url, &reply, a->nonce_item,
			   &token, a->why) &&
	     co_token_keep_beside(a->c, "jwks", certs, token, a->why);
	co_http_reply_free(&reply);
	return ok;
}

enum co_wanted co_wanted_ita(const struct co_collection *c)
{
	return c->options.ita != NULL ? CO_REQUIRED : CO_NOT_ASKED;
}

enum co_outcome co_collect_ita(struct co_collection *c, char why[CO_WHY_TEXT])
{
	struct asking a = { .c = c, .why = why };
	bool ok;

	if (!c->has_session)
		return co_failed(why, "a token needs a report of its own, "
				      "which is not made without the "
				      "source host");
	a.secret = co_token_secret("x-api-key: ", c->options.ita_key_file, why);
	if (a.secret == NULL)
		return CO_FAILED;
	ok = ask_nonce(&a) && second_round(&a) && attest(&a);
	co_token_secret_free(a.secret);
	ev_buffer_free(&a.nonce);
	if (!ok)
		return CO_FAILED;
	co_detail(c, "token and keys, second report with the service's nonce");
	return CO_OK;
}
