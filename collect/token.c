/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to and replies of token services. */
#include "collect/token.h"

#include "evidence/base/base64.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const size_t REPLY_MAX = (size_t)1 << 20;
#define SECRET_MAX 16384

bool co_token_add_bytes(struct ev_buffer *json, const char *name,
			struct ev_span bytes, bool url)
{
	ev_auto_free char *text = malloc(4 * ((bytes.n + 2) / 3) + 1);

	if (text == NULL)
		return false;
	ev_base64_encode(bytes, text);
	if (url) {
		text[strcspn(text, "=")] = 0;
		for (char *p = text; *p != 0; p++)
			*p = (char)(*p == '+' ? '-' : *p == '/' ? '_' : *p);
	}
	ev_buffer_printf(json, "\"%s\":\"", name);
	ev_buffer_add_str(json, text);
	ev_buffer_add_str(json, "\"");
	return ev_buffer_ok(json);
}

/* --- secrets --- */

char *co_token_secret(const char *prefix, const char *path,
		      char why[CO_WHY_TEXT])
{
	char text[SECRET_MAX], *secret = NULL;
	int fd;
	ssize_t n;

	why[0] = 0;
	if (path == NULL)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	if (n < 0)
		snprintf(why, CO_WHY_TEXT, "%.300s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return NULL;
	text[n] = 0;
	text[strcspn(text, "\r\n")] = 0;
	if (text[0] == 0)
		snprintf(why, CO_WHY_TEXT, "%.300s: the first line is empty",
			 path);
	else if (asprintf(&secret, "%s%s", prefix, text) < 0)
		secret = NULL;
	OPENSSL_cleanse(text, sizeof(text));
	return secret;
}

void co_token_secret_free(char *secret)
{
	if (secret != NULL)
		OPENSSL_cleanse(secret, strlen(secret));
	free(secret);
}

/* --- replies --- */

bool co_token_keep(struct co_collection *c, const char *kind, const char *url,
		   const struct co_http_reply *reply, size_t question,
		   size_t *token, char why[CO_WHY_TEXT])
{
	ev_auto_json json_t *json = NULL;
	struct ev_error err = { 0 };
	struct ev_span text;
	struct co_relation relates[2] = { { "answers", question } };
	struct co_item item = { .kind = kind,
				.source_type = "https",
				.source_uri = url,
				.relates = relates,
				.n_relates = 2 };

	if (ev_json_parse(ev_buffer_span(&reply->body), REPLY_MAX, "token",
			  &json, &err) != EV_OK ||
	    ev_json_get_str(json, "token", "token", &text, &err) != EV_OK) {
		ev_error_format(&err, why, CO_WHY_TEXT);
		return false;
	}
	relates[1].rel = "decoded-from";
	if (!co_collected_reply(c, "wrapper", NULL, kind, url, reply,
				&relates[1].part, why))
		return false;
	item.bytes = text;
	return co_collected(c, &item, token, why);
}

bool co_token_keep_beside(struct co_collection *c, const char *kind,
			  const char *url, size_t token, char why[CO_WHY_TEXT])
{
	struct co_http_request request = { .url = url,
					   .limit_ms = co_limit_ms(c),
					   .tries = c->source->tries };
	struct co_http *http = co_collection_http(c, why);
	struct co_http_reply reply = { 0 };
	struct co_gathered *kept;
	size_t index;
	bool ok = http != NULL && co_http_ask(http, &request, &reply, why) &&
		  co_collected_reply(c, kind, NULL, NULL, url, &reply, &index,
				     why);

	co_http_reply_free(&reply);
	if (!ok)
		return false;
	kept = c->items.item[index];
	kept->relates[0] = (struct co_relation){ "key-of", token };
	kept->item.n_relates = 1;
	return true;
}
