/* SPDX-License-Identifier: Apache-2.0 */
/* One question on the wire. */
#include "collect/http_try.h"

#include "collect/http_text.h"
#include "collect/stop.h"

/* How often a stop is looked for where it has no descriptor. */
static const int POLL_MS = 1000;

static const struct {
	CURLoption option;
	long value;
} fixed_numbers[] = {
	{ CURLOPT_FOLLOWLOCATION, 0 },
	{ CURLOPT_SSL_VERIFYPEER, 1 },
	{ CURLOPT_SSL_VERIFYHOST, 2 },
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_PROXY_SSL_VERIFYPEER, 1 },
	{ CURLOPT_PROXY_SSL_VERIFYHOST, 2 },
	{ CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	/* Headers are evidence: with HTTP/2 libcurl would write the lines. */
	{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
	{ CURLOPT_HTTP09_ALLOWED, 0 },
	/* Bytes as received. */
	{ CURLOPT_HTTP_CONTENT_DECODING, 0 },
	/* What was said is what is asked. */
	{ CURLOPT_PATH_AS_IS, 1 },
	{ CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
	{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
	/* Our headers, a secret among them, are not the proxy's, nor are its
	 * headers part of the reply. */
	{ CURLOPT_HEADEROPT, CURLHEADER_SEPARATE },
	{ CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 },
	{ CURLOPT_NOSIGNAL, 1 },
	/* A name that is still being resolved holds up neither the time limit
	 * nor a stop. */
	{ CURLOPT_QUICK_EXIT, 1 },
};

static bool set_number(struct co_http_try *t, CURLoption option, long value)
{
	return t->curl->easy_setopt(t->easy, option, value) == CURLE_OK;
}

static bool set_text(struct co_http_try *t, CURLoption option,
		     const char *value)
{
	return t->curl->easy_setopt(t->easy, option, value) == CURLE_OK;
}

static bool set_pointer(struct co_http_try *t, CURLoption option, void *value)
{
	return t->curl->easy_setopt(t->easy, option, value) == CURLE_OK;
}

/* A status line begins the headers anew after an interim answer (100); what
 * follows the empty line otherwise is a trailer, and dropped. */
static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct co_http_try *t = user;
	struct ev_span line = ev_span_of(p, size * n);
	struct ev_buffer *out = &t->reply->headers;
	bool begins = line.n > 9 && memcmp(p, "HTTP/", 5) == 0 &&
		      (out->n == 0 || (t->headers_whole && t->interim));

	if (line.n > CO_HTTP_HEADERS_MAX - t->header_bytes) {
		t->end.headers_too_many = true;
		return 0;
	}
	t->header_bytes += line.n;
	if (begins) {
		out->n = 0;
		t->headers_whole = false;
		t->interim = p[9] == '1'; /* "HTTP/1.1 100" */
	}
	if (t->headers_whole)
		return line.n;
	ev_buffer_add(out, line);
	t->headers_whole = p[0] == '\r' || p[0] == '\n';
	t->end.no_memory = !ev_buffer_ok(out);
	return t->end.no_memory ? 0 : line.n;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct co_http_try *t = user;
	struct ev_span bytes = ev_span_of(p, size * n);
	struct ev_buffer *out = &t->reply->body;

	if (bytes.n > CO_HTTP_BODY_MAX - out->n) {
		t->end.body_too_large = true;
		return 0;
	}
	ev_buffer_add(out, bytes);
	t->end.no_memory = !ev_buffer_ok(out);
	return t->end.no_memory ? 0 : bytes.n;
}

static bool add_header(struct co_http_try *t, const char *line)
{
	struct curl_slist *longer = t->curl->slist_append(t->headers, line);

	if (longer != NULL)
		t->headers = longer;
	return longer != NULL;
}

static bool add_headers(struct co_http_try *t)
{
	const struct co_http_request *request = t->request;
	const char *const *header = request->headers;
	ev_auto_buffer struct ev_buffer type = { 0 };

	for (; header != NULL && *header != NULL; header++)
		if (!add_header(t, *header))
			return false;
	if (request->secret != NULL && !add_header(t, request->secret))
		return false;
	ev_buffer_printf(
		&type, "Content-Type: %s%c",
		request->content_type == NULL ? "" : request->content_type, 0);
	if (!ev_buffer_ok(&type))
		return false;
	if (request->content_type != NULL &&
	    !add_header(t, (const char *)type.p))
		return false;
	/* "Expect:" without a value is not sent, and no waiting for 100. */
	return add_header(t, "Accept-Encoding: identity") &&
	       add_header(t, "Expect:") &&
	       set_pointer(t, CURLOPT_HTTPHEADER, t->headers);
}

static bool set_body(struct co_http_try *t)
{
	struct ev_span body = t->request->body;

	if (t->request->content_type == NULL)
		return true;
	/* Where POSTFIELDS is NULL libcurl would read standard input. */
	return set_number(t, CURLOPT_POST, 1) &&
	       set_number(t, CURLOPT_POSTFIELDSIZE, (long)body.n) &&
	       set_text(t, CURLOPT_POSTFIELDS,
			body.n > 0 ? (const char *)body.p : "");
}

/* "": none, whatever the environment says. */
static bool set_ways(struct co_http_try *t, const char *ca_file,
		     const char *proxy)
{
	bool imds = t->request->imds;
	const char *both = t->request->plain ? "http,https" : "https";

	t->by_proxy = proxy != NULL && !imds;
	return set_text(t, CURLOPT_PROTOCOLS_STR, imds ? "http" : both) &&
	       set_text(t, CURLOPT_PROXY, imds || proxy == NULL ? "" : proxy) &&
	       set_text(t, CURLOPT_NOPROXY, imds ? "*" : "") &&
	       (ca_file == NULL || set_text(t, CURLOPT_CAINFO, ca_file));
}

bool co_http_try_prepare(struct co_http_try *t, const char *ca_file,
			 const char *proxy)
{
	size_t n = sizeof(fixed_numbers) / sizeof(fixed_numbers[0]);
	bool ok = true;

	t->easy = t->curl->easy_init();
	if (t->easy == NULL)
		return false;
	for (size_t i = 0; i < n && ok; i++)
		ok = set_number(t, fixed_numbers[i].option,
				fixed_numbers[i].value);
	return ok && set_text(t, CURLOPT_URL, t->request->url) &&
	       set_text(t, CURLOPT_USERAGENT, "ecart/" ECART_VERSION) &&
	       set_number(t, CURLOPT_CONNECTTIMEOUT_MS,
			  (long)CO_HTTP_CONNECT_MS) &&
	       set_number(t, CURLOPT_TIMEOUT_MS, (long)t->request->limit_ms) &&
	       set_ways(t, ca_file, proxy) && add_headers(t) && set_body(t) &&
	       t->curl->easy_setopt(t->easy, CURLOPT_HEADERFUNCTION,
				    on_header) == CURLE_OK &&
	       t->curl->easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body) ==
		       CURLE_OK &&
	       set_pointer(t, CURLOPT_HEADERDATA, t) &&
	       set_pointer(t, CURLOPT_WRITEDATA, t);
}

/* Until the transfer is over or a signal asks to stop. */
static CURLcode transfer(struct co_http_try *t)
{
	struct curl_waitfd stop = { .fd = co_stop_fd(),
				    .events = CURL_WAIT_POLLIN };
	int running = 1, left;
	const CURLMsg *message;

	while (running > 0) {
		if (co_stop_signal() != 0) {
			t->end.stopped = true;
			return CURLE_ABORTED_BY_CALLBACK;
		}
		if (t->curl->multi_perform(t->multi, &running) != CURLM_OK)
			return CURLE_FAILED_INIT;
		if (running > 0 &&
		    t->curl->multi_poll(t->multi, &stop, stop.fd >= 0 ? 1 : 0,
					POLL_MS, NULL) != CURLM_OK)
			return CURLE_FAILED_INIT;
	}
	message = t->curl->multi_info_read(t->multi, &left);
	if (message == NULL || message->msg != CURLMSG_DONE)
		return CURLE_FAILED_INIT;
	return message->data.result;
}

static long number_of(const struct co_http_try *t, CURLINFO info)
{
	long value = 0;

	if (t->curl->easy_getinfo(t->easy, info, &value) != CURLE_OK)
		return 0;
	return value;
}

static int64_t large_number_of(const struct co_http_try *t, CURLINFO info)
{
	curl_off_t value = 0;

	if (t->curl->easy_getinfo(t->easy, info, &value) != CURLE_OK)
		return 0;
	return value;
}

/* Whether the answer says where its body ends.  Otherwise the end of the
 * connection is its end, and libcurl takes one for good that anybody on the
 * way can have made (SSL_OP_IGNORE_UNEXPECTED_EOF). */
static bool has_length(const struct co_http_try *t)
{
	struct ev_span coding;

	if (large_number_of(t, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T) >= 0)
		return true;
	return co_http_header(t->reply, "Transfer-Encoding", &coding) &&
	       co_http_same_word(coding, EV_SPAN_LITERAL("chunked"));
}

static void note_end(struct co_http_try *t)
{
	struct co_http_end *end = &t->end;

	end->by_proxy = t->by_proxy;
	end->began = t->headers_whole && !t->interim;
	if (end->began)
		t->reply->status =
			(unsigned int)number_of(t, CURLINFO_RESPONSE_CODE);
	else
		t->reply->headers.n = 0; /* half of them are none */
	/* libcurl is content with headers that end early. */
	if (end->code == CURLE_OK && !end->began)
		end->code = CURLE_PARTIAL_FILE;
	end->no_length = t->reply->status == 200 && !has_length(t);
	end->connected = large_number_of(t, CURLINFO_PRETRANSFER_TIME_T) > 0;
	end->verify = number_of(t, CURLINFO_SSL_VERIFYRESULT);
	end->os_error = number_of(t, CURLINFO_OS_ERRNO);
	end->proxy_status = number_of(t, CURLINFO_HTTP_CONNECTCODE);
	end->retry_after = large_number_of(t, CURLINFO_RETRY_AFTER);
}

void co_http_try_run(struct co_http_try *t)
{
	t->end = (struct co_http_end){ .code = CURLE_FAILED_INIT };
	t->header_bytes = 0;
	t->interim = t->headers_whole = false;
	if (t->curl->multi_add_handle(t->multi, t->easy) != CURLM_OK)
		return;
	t->end.code = transfer(t);
	note_end(t);
	t->curl->multi_remove_handle(t->multi, t->easy);
}

void co_http_try_free(struct co_http_try *t)
{
	if (t->easy != NULL)
		t->curl->easy_cleanup(t->easy);
	t->curl->slist_free_all(t->headers);
	t->easy = NULL;
	t->headers = NULL;
}
