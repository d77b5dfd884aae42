/* SPDX-License-Identifier: Apache-2.0 */
/* What the services that give tokens have in common: JSON questions with
 * bytes in base64, a reply with a member "token", a secret header. */
#ifndef CO_TOKEN_H
#define CO_TOKEN_H

#include "collect/collection.h"

/* Appends "name":"<base64 of bytes>"; url: the alphabet of URLs, without
 * padding. */
bool co_token_add_bytes(struct ev_buffer *json, const char *name,
			struct ev_span bytes, bool url);

/* "prefix" and the file's first line, as one header, on the heap; NULL where
 * path is NULL (why is then "") or cannot be read.  Wipe with
 * co_token_secret_free. */
char *co_token_secret(const char *prefix, const char *path,
		      char why[CO_WHY_TEXT]);
void co_token_secret_free(char *secret);

/* The reply as a wrapper, its headers, and the member "token" as an item of
 * its own that answers `question`. */
bool co_token_keep(struct co_collection *c, const char *kind, const char *url,
		   const struct co_http_reply *reply, size_t question,
		   size_t *token, char why[CO_WHY_TEXT]);

/* Asks for a document beside the token (keys, configuration) and keeps it as
 * `kind`, key-of the token. */
bool co_token_keep_beside(struct co_collection *c, const char *kind,
			  const char *url, size_t token, char why[CO_WHY_TEXT]);

#endif
