/* SPDX-License-Identifier: Apache-2.0 */
/* Questions over HTTP, and when to ask them again. */
#include "collect/http.h"

#include "collect/http_answer.h"
#include "collect/http_proxy.h"
#include "collect/http_retry.h"
#include "collect/http_try.h"
#include "collect/http_url.h"
#include "collect/stop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Of a host in a message; longer names are cut. */
#define PLACE_TEXT    96
#define IMDS_URL_TEXT 512

struct co_http {
	const struct co_curl *curl;
	CURLM *multi; /* keeps connections open between questions */
	char *ca_file;
	co_http_say *say;
	void *user;
	char imds_url[IMDS_URL_TEXT]; /* asked last; "": none was */
	int64_t imds_ms;	      /* when, of the monotonic clock */
};

/* One question on its way. */
struct asking {
	struct co_http *http;
	const struct co_http_request *request;
	struct co_http_reply *reply;
	const char *proxy;
	char place[PLACE_TEXT];
	char *why;
};

void co_http_free(struct co_http *http)
{
	if (http == NULL)
		return;
	if (http->multi != NULL)
		http->curl->multi_cleanup(http->multi);
	free(http->ca_file);
	free(http);
}

struct co_http *co_http_new(const struct co_http_options *options, char *why,
			    size_t why_size)
{
	const struct co_curl *curl = co_curl_load(why, why_size);
	const char *ca_file = options->ca_file;
	struct co_http *http;

	if (curl == NULL)
		return NULL;
	if (ca_file != NULL && access(ca_file, R_OK) != 0) {
		snprintf(why, why_size, "%s: %s (see --cacert)", ca_file,
			 strerror(errno));
		return NULL;
	}
	http = calloc(1, sizeof(*http));
	if (http != NULL) {
		http->curl = curl;
		http->say = options->say;
		http->user = options->user;
		http->ca_file = ca_file != NULL ? strdup(ca_file) : NULL;
		http->multi = curl->multi_init();
	}
	if (http == NULL || http->multi == NULL ||
	    (ca_file != NULL && http->ca_file == NULL)) {
		co_http_free(http);
		snprintf(why, why_size, "out of memory");
		return NULL;
	}
	return http;
}

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool refuse(const struct asking *a, const char *what)
{
	snprintf(a->why, CO_HTTP_WHY_MAX, "%s: %s", a->place, what);
	return false;
}

/* One header line that ends no line early and begins no other. */
static bool is_header(const char *line)
{
	const char *colon = strchr(line, ':');

	if (colon == NULL || colon == line)
		return false;
	for (; *line != '\0'; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			return false;
	return true;
}

static bool check_headers(const struct asking *a)
{
	const char *const *header = a->request->headers;

	for (; header != NULL && *header != NULL; header++)
		if (!is_header(*header))
			return refuse(a, "a header is no single line");
	/* The secret comes from a file that a person made. */
	if (a->request->secret != NULL && !is_header(a->request->secret))
		return refuse(a, "the key or token is no single line (check "
				 "its file)");
	return true;
}

/* Shows nothing of an address that is refused but its origin, since the rest
 * may hold a secret. */
static bool check_address(struct asking *a)
{
	struct co_http_url url;
	const char *fault = co_http_url_parse(a->request->url, &url);

	co_http_origin(a->request->url, a->place, sizeof(a->place));
	if (fault == NULL && a->request->imds && url.tls)
		fault = "https is not spoken there";
	if (fault == NULL && !url.tls && !a->request->imds &&
	    !a->request->plain)
		fault = "only https is asked";
	if (fault != NULL) {
		snprintf(a->why, CO_HTTP_WHY_MAX,
			 "%s: the address is refused: %s", a->place, fault);
		return false;
	}
	ev_show(url.place, a->place, sizeof(a->place));
	a->proxy = url.tls ? co_http_proxy_for(url.host) : NULL;
	return true;
}

/* "GET https://host/path through the proxy host:port" and what follows. */
static void say(const struct asking *a, const char *more)
{
	ev_auto_buffer struct ev_buffer line = { 0 };
	char proxy[PLACE_TEXT];

	if (a->http->say == NULL)
		return;
	ev_buffer_printf(&line, "%s %s",
			 a->request->content_type == NULL ? "GET" : "POST",
			 a->request->url);
	if (a->proxy != NULL) {
		co_http_origin(a->proxy, proxy, sizeof(proxy));
		ev_buffer_printf(&line, " through the proxy %s", proxy);
	}
	ev_buffer_printf(&line, "%s%c", more, 0);
	if (ev_buffer_ok(&line))
		a->http->say(a->http->user, (const char *)line.p);
}

/* Keeps the same question to the instance metadata service apart. */
static bool wait_for_imds(const struct co_http *http, const char *url)
{
	int64_t passed = monotonic_ms() - http->imds_ms;
	const int64_t pause = CO_HTTP_IMDS_AGAIN_MS;

	if (strncmp(http->imds_url, url, IMDS_URL_TEXT - 1) != 0 ||
	    passed >= pause)
		return true;
	return co_stop_sleep_ms((unsigned int)(pause - passed));
}

static void empty(struct co_http_reply *reply)
{
	reply->status = 0;
	reply->headers.n = 0;
	reply->body.n = 0;
}

/* Why, behind the host and, from the second on, the number of tries. */
static void write_why(const struct asking *a, const char *what)
{
	char tries[24] = "";

	if (a->reply->tried > 1)
		snprintf(tries, sizeof(tries), " (%u tries)", a->reply->tried);
	snprintf(a->why, CO_HTTP_WHY_MAX, "%s%s: %s", a->place, tries, what);
}

static enum co_http_judged judge(const struct asking *a,
				 const struct co_http_try *t)
{
	const char *secret = a->request->secret;
	enum co_http_judged judged;
	char what[CO_HTTP_WHY_MAX] = "";

	if (secret != NULL && co_http_answer_repeats(secret, a->reply)) {
		empty(a->reply);
		write_why(a, "the answer repeats the key or token, so nothing "
			     "of it is kept (ask who runs it)");
		return CO_HTTP_BAD;
	}
	if (co_http_end_is_answer(&t->end))
		judged = co_http_answer_judge(a->request, a->reply, what,
					      sizeof(what));
	else
		judged = co_http_end_explain(&t->end, a->http->curl,
					     a->request->limit_ms, what,
					     sizeof(what))
				 ? CO_HTTP_AGAIN
				 : CO_HTTP_BAD;
	write_why(a, what);
	return judged;
}

static enum co_http_judged ask_once(const struct asking *a,
				    struct co_http_try *t)
{
	if (a->request->imds && !wait_for_imds(a->http, a->request->url)) {
		refuse(a, "stopped by a signal (run it again)");
		return CO_HTTP_BAD;
	}
	empty(a->reply);
	a->reply->tried++;
	a->reply->not_before = time(NULL);
	co_http_try_run(t);
	a->reply->not_after = time(NULL);
	if (a->request->imds) {
		snprintf(a->http->imds_url, IMDS_URL_TEXT, "%s",
			 a->request->url);
		a->http->imds_ms = monotonic_ms();
	}
	return judge(a, t);
}

/* Says that, why and when the question is asked again, and waits. */
static bool wait_for_next(const struct asking *a, const struct co_http_try *t)
{
	unsigned int n = a->reply->tried;
	unsigned int ms = co_http_retry_wait_ms(n, t->end.retry_after,
						co_http_retry_jitter_ms());
	char more[CO_HTTP_WHY_MAX + 80];

	snprintf(more, sizeof(more), " again in %u ms, try %u of %u: %s", ms,
		 n + 1, a->request->tries, a->why);
	say(a, more);
	if (co_stop_sleep_ms(ms))
		return true;
	return refuse(a, "stopped by a signal (run it again)");
}

static bool ask(const struct asking *a, struct co_http_try *t)
{
	enum co_http_judged judged;

	say(a, "");
	for (;;) {
		judged = ask_once(a, t);
		if (judged != CO_HTTP_AGAIN ||
		    a->reply->tried >= a->request->tries)
			break;
		if (!wait_for_next(a, t))
			break;
	}
	if (judged == CO_HTTP_GOOD)
		a->why[0] = '\0';
	return judged == CO_HTTP_GOOD;
}

bool co_http_ask(struct co_http *http, const struct co_http_request *request,
		 struct co_http_reply *reply, char why[CO_HTTP_WHY_MAX])
{
	struct asking a = {
		.http = http, .request = request, .reply = reply, .why = why
	};
	struct co_http_try t = { .curl = http->curl,
				 .multi = http->multi,
				 .request = request,
				 .reply = reply };
	bool ok = false;

	assert(request->limit_ms > 0 && request->tries > 0);
	*reply = (struct co_http_reply){ 0 };
	why[0] = '\0';
	if (!check_address(&a) || !check_headers(&a))
		return false;
	if (co_http_try_prepare(&t, http->ca_file, a.proxy))
		ok = ask(&a, &t);
	else
		refuse(&a, "libcurl refuses the question (out of memory?)");
	co_http_try_free(&t);
	return ok;
}

void co_http_reply_free(struct co_http_reply *reply)
{
	ev_buffer_free(&reply->headers);
	ev_buffer_free(&reply->body);
	*reply = (struct co_http_reply){ 0 };
}
