/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The quote over the paravisor's TDREPORT, made by the host's quoting
 * enclave and handed over by the metadata service (Azure IMDS, acc/tdquote).
 */
#include "collect/fresh.h"
#include "collect/imds.h"
#include "collect/round.h"
#include "collect/src.h"
#include "collect/token.h"
#include "evidence/base/base64.h"
#include "evidence/base/cleanup.h"

#include <stdio.h>

static const size_t REPLY_MAX = (size_t)1 << 20;

/* The TDREPORT inside the last HCL report. */
static bool find_report(struct co_collection *c, struct ev_hcl *hcl,
			char why[CO_WHY_TEXT])
{
	const struct co_gathered *report =
		co_gathering_last(&c->items, "azure-hcl-report");
	struct ev_error err = { 0 };

	if (report == NULL) {
		snprintf(why, CO_WHY_TEXT,
			 "there is no HCL report to quote "
			 "(see hcl-report)");
		return false;
	}
	if (ev_hcl_parse(report->item.bytes, hcl, &err) != EV_OK) {
		ev_error_format(&err, why, CO_WHY_TEXT);
		return false;
	}
	if (hcl->report_type == EV_HCL_TDX)
		return true;
	snprintf(why, CO_WHY_TEXT, "the HCL report is not of a TD");
	return false;
}

/* The member "quote", decoded. */
static bool decode_quote(struct ev_span body, struct ev_buffer *out,
			 char why[CO_WHY_TEXT])
{
	ev_auto_json json_t *json = NULL;
	ev_auto_free uint8_t *bytes = NULL;
	struct ev_error err = { 0 };
	struct ev_span text;
	size_t n;

	if (ev_json_parse(body, REPLY_MAX, "tdquote", &json, &err) != EV_OK ||
	    ev_json_get_str(json, "tdquote", "quote", &text, &err) != EV_OK) {
		ev_error_format(&err, why, CO_WHY_TEXT);
		return false;
	}
	bytes = malloc(ev_base64_decoded_max(text.n) + 1);
	if (bytes == NULL ||
	    !ev_base64_decode(EV_BASE64_ANY, text, bytes, &n)) {
		snprintf(why, CO_WHY_TEXT, "tdquote: quote is not base64url");
		return false;
	}
	ev_buffer_add(out, ev_span_of(bytes, n));
	return ev_buffer_ok(out);
}

static bool keep(struct co_collection *c, const char *hint, const char *url,
		 const struct co_http_reply *reply,
		 const struct ev_buffer *quote, char why[CO_WHY_TEXT])
{
	struct co_relation from = { "decoded-from", 0 };
	struct co_item item = { .kind = "tdx-quote",
				.hint = hint,
				.bytes = ev_buffer_span(quote),
				.source_type = "azure-imds",
				.source_detail = "quote, base64url",
				.relates = &from,
				.n_relates = 1 };

	return co_collected_reply(c, "azure-tdquote-response", hint, NULL, url,
				  reply, &from.part, why) &&
	       co_collected(c, &item, NULL, why);
}

bool co_round_azure_quote(struct co_collection *c, const struct co_round *round,
			  char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer body = { 0 }, quote = { 0 };
	struct co_http_reply reply = { 0 };
	struct ev_quote parsed;
	struct ev_hcl hcl;
	char url[512];
	bool ok;

	if (!find_report(c, &hcl, why))
		return false;
	ev_buffer_add_str(&body, "{");
	ok = co_token_add_bytes(&body, "report", hcl.td.bytes, true);
	ev_buffer_add_str(&body, "}");
	ok = ok && ev_buffer_ok(&body) &&
	     co_imds_ask(c, "/acc/tdquote", ev_buffer_span(&body), url, &reply,
			 why) &&
	     decode_quote(ev_buffer_span(&reply.body), &quote, why) &&
	     co_fresh_quote(ev_buffer_span(&quote), EV_TEE_TDX,
			    hcl.td.report_data, &parsed, why) &&
	     keep(c, round->hint, url, &reply, &quote, why);
	if (ok)
		co_detail(c, "quote v%u, TDX", parsed.version);
	co_http_reply_free(&reply);
	return ok;
}

enum co_wanted co_wanted_azure_tdquote(const struct co_collection *c)
{
	if (c->machine.kind == CO_MACHINE_AZURE_UNREAD)
		return CO_IF_THERE;
	return c->machine.kind == CO_MACHINE_AZURE_TDX ? CO_REQUIRED
						       : CO_NOT_HERE;
}

enum co_outcome co_collect_azure_tdquote(struct co_collection *c,
					 char why[CO_WHY_TEXT])
{
	if (!co_imds_there(c))
		return co_absent(why, "ecart-root.json names no \"imds\"");
	return co_round_azure_quote(c, &(struct co_round){ .number = 1 }, why)
		       ? CO_OK
		       : CO_FAILED;
}
