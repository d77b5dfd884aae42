/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, strictly. */
#include "collect/http_url.h"

#include "collect/http.h"

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_name(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}

/* How many bytes in begins with that are of the class. */
static size_t run_of(struct ev_span in, bool (*is)(uint8_t))
{
	size_t n = 0;

	while (n < in.n && is(in.p[n]))
		n++;
	return n;
}

static bool is_address(uint8_t c)
{
	return is_hex(c) || c == ':' || c == '.';
}

/* "" or ":1" to ":65535". */
static bool is_port(struct ev_span in)
{
	unsigned int value = 0;

	if (in.n == 0)
		return true;
	if (in.p[0] != ':' || in.n < 2 || in.n > 6)
		return false;
	for (size_t i = 1; i < in.n; i++) {
		if (!is_digit(in.p[i]))
			return false;
		value = value * 10 + (unsigned int)(in.p[i] - '0');
	}
	return value >= 1 && value <= 65535;
}

static const char *read_place(struct co_http_url *url)
{
	struct ev_span in = url->place;
	size_t n, end;

	if (memchr(in.p, '@', in.n) != NULL)
		return "it holds a user name or a password";
	if (in.n > 0 && in.p[0] == '[') {
		n = run_of(ev_span_sub(in, 1, in.n - 1), is_address);
		end = n + 2;
		if (end > in.n || in.p[end - 1] != ']')
			return "the host is no name and no address";
		url->host = ev_span_sub(in, 1, n);
	} else {
		n = end = run_of(in, is_name);
		url->host = ev_span_sub(in, 0, n);
	}
	if (n == 0)
		return "it has no host";
	if (!is_port(ev_span_sub(in, end, in.n - end)))
		return "the host is no name and no address, or the port is no "
		       "number";
	return NULL;
}

/* Bytes of text before the first of these. */
static size_t before(const char *text, const char *ends)
{
	return strcspn(text, ends);
}

const char *co_http_url_parse(const char *text, struct co_http_url *out)
{
	size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
			: strncmp(text, "http://", 7) == 0 ? 7
							   : 0;
	size_t place;

	*out = (struct co_http_url){ .tls = scheme == 8 };
	if (scheme == 0)
		return "it does not begin with https://";
	if (strlen(text) > CO_HTTP_URL_MAX)
		return "it is longer than 4096 bytes";
	for (const char *p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\\\"<>^`{|}#", *p) != NULL)
			return "it holds a character that no address has";
	place = before(text + scheme, "/?");
	out->place = ev_span_of(text + scheme, place);
	out->origin = ev_span_of(text, scheme + place);
	return read_place(out);
}

void co_http_origin(const char *url, char *out, size_t size)
{
	const char *colon = strstr(url, "://");
	size_t scheme = colon == NULL ? 0 : (size_t)(colon - url) + 3;
	size_t place = before(url + scheme, "/?#\\");
	const char *at = memrchr(url + scheme, '@', place);
	size_t user = at == NULL ? 0 : (size_t)(at - (url + scheme)) + 1;
	size_t n;

	/* What is refused is shown too, so it must not look like more. */
	ev_show(ev_span_of(url, scheme), out, size);
	n = strlen(out);
	if (size - n >= 8)
		ev_show(ev_span_of(url + scheme + user, place - user), out + n,
			size - n);
}
