/* SPDX-License-Identifier: Apache-2.0 */
/* Judging an answer. */
#include "collect/http_answer.h"

#include "collect/http_retry.h"
#include "collect/http_secret.h"
#include "collect/http_text.h"

#include <stdio.h>

/* Of foreign text that is shown. */
static const size_t SHOWN_MAX = 80;
#define SHOWN_TEXT (80 * 4 + 8)

/* A shorter secret stands in many a text by chance. */
static const size_t SECRET_MIN = 8;

static const struct {
	unsigned int status;
	const char *hint;
} hints[] = {
	{ 400, "the question is refused as malformed" },
	{ 401, "the key or token is refused; check it" },
	{ 403, "not allowed; check the key, token or network" },
	{ 404, "no such thing there; check the address" },
	{ 410, "withdrawn there" },
	{ 429, "too many questions; try again later" },
	{ 500, "a fault of the service; try again later" },
	{ 502, "a fault of the service; try again later" },
	{ 503, "the service is busy; try again later" },
	{ 504, "a fault of the service; try again later" },
};

static const char *hint_of(unsigned int status)
{
	if (status >= 300 && status < 400)
		return "redirects are not followed; give the final address";
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (hints[i].status == status)
			return hints[i].hint;
	return "check the address";
}

static void show(struct ev_span in, char out[SHOWN_TEXT])
{
	size_t n = in.n < SHOWN_MAX ? in.n : SHOWN_MAX;

	ev_show(ev_span_sub(in, 0, n), out, SHOWN_TEXT);
}

/* Where a redirect leads, else how the body begins. */
static void judge_status(const struct co_http_reply *reply, char *out,
			 size_t size)
{
	bool redirect = reply->status >= 300 && reply->status < 400;
	struct ev_span text = ev_buffer_span(&reply->body);
	char shown[SHOWN_TEXT];

	if (redirect)
		co_http_header(reply, "Location", &text);
	show(text, shown);
	snprintf(out, size, "answered %u%s \"%s\" (%s)", reply->status,
		 redirect ? ", to" : ":", shown, hint_of(reply->status));
}

/* The type first, since what came as HTML is most often an error page. */
static bool judge_type(const struct co_http_request *request,
		       const struct co_http_reply *reply, char *out,
		       size_t size)
{
	struct ev_span body = ev_buffer_span(&reply->body), type = { NULL, 0 };
	const char *accept = request->accept;
	bool html;
	char shown[SHOWN_TEXT], shown_type[100];

	co_http_header(reply, "Content-Type", &type);
	html = co_http_is_type(type, "text/html application/xhtml+xml") ||
	       co_http_is_html(body);
	if (!html && (accept == NULL || co_http_is_type(type, accept)))
		return true;
	show(body, shown);
	ev_show(type, shown_type, sizeof(shown_type));
	snprintf(out, size,
		 "answered %s of type \"%s\", %s%s: \"%s\" (check the address)",
		 html ? "a page for people" : "something", shown_type,
		 accept == NULL ? "not data" : "not ",
		 accept == NULL ? "" : accept, shown);
	return false;
}

/* We asked for the bytes themselves; decoded ones would be no evidence. */
static bool judge_encoding(const struct co_http_reply *reply, char *out,
			   size_t size)
{
	struct ev_span encoding;
	char shown[40];

	if (!co_http_header(reply, "Content-Encoding", &encoding) ||
	    co_http_same_word(encoding, EV_SPAN_LITERAL("identity")))
		return true;
	ev_show(encoding, shown, sizeof(shown));
	snprintf(out, size,
		 "the answer is encoded as \"%s\", which was not asked for "
		 "(check the address)",
		 shown);
	return false;
}

enum co_http_judged co_http_answer_judge(const struct co_http_request *request,
					 const struct co_http_reply *reply,
					 char *out, size_t size)
{
	if (reply->status != 200) {
		judge_status(reply, out, size);
		return co_http_retry_status(reply->status, request->imds)
			       ? CO_HTTP_AGAIN
			       : CO_HTTP_BAD;
	}
	if (!judge_encoding(reply, out, size) ||
	    !judge_type(request, reply, out, size))
		return CO_HTTP_BAD;
	return CO_HTTP_GOOD;
}

bool co_http_answer_repeats(const char *secret,
			    const struct co_http_reply *reply)
{
	const char *colon = strchr(secret, ':');
	struct ev_span value =
		co_http_trim(ev_span_str(colon == NULL ? secret : colon + 1));
	const uint8_t *blank =
		value.n > 0 ? memrchr(value.p, ' ', value.n) : NULL;
	size_t at = blank == NULL ? 0 : (size_t)(blank - value.p) + 1;
	struct ev_span word = ev_span_sub(value, at, value.n - at);

	return word.n >= SECRET_MIN &&
	       (co_http_secret_in(ev_buffer_span(&reply->headers), word) ||
		co_http_secret_in(ev_buffer_span(&reply->body), word));
}
