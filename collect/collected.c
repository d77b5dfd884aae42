/* SPDX-License-Identifier: Apache-2.0 */
/* What sources hand over: items with their salts, nonces that are bound, the
 * words that their ends are told in. */
#include "collect/collection.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

/* --- words --- */

enum co_outcome co_absent(char why[CO_WHY_TEXT], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, CO_WHY_TEXT, format, args);
	va_end(args);
	return CO_ABSENT;
}

enum co_outcome co_failed(char why[CO_WHY_TEXT], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, CO_WHY_TEXT, format, args);
	va_end(args);
	return CO_FAILED;
}

void co_detail(struct co_collection *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->detail, sizeof(c->detail), format, args);
	va_end(args);
}

/* --- items --- */

void co_begin_try(struct co_collection *c)
{
	c->root.deadline = co_deadline_in(co_limit_ms(c));
}

/* Short texts in known templates: a bare digest of them can be guessed. */
static const char *const salted_kinds[] = {
	"ecart-session",
	"azure-hcl-report",
	"azure-imds-attested",
	"azure-imds-instance",
};

static bool wants_salt(const struct co_collection *c, const char *kind)
{
	if (strcmp(kind, "salt") == 0)
		return false;
	for (size_t i = 0; i < sizeof(salted_kinds) / sizeof(salted_kinds[0]);
	     i++) {
		if (strcmp(salted_kinds[i], kind) == 0)
			return true;
	}
	return c->options.salted;
}

bool co_is_salt(const struct co_collection *c, size_t item)
{
	return strcmp(c->items.item[item]->item.kind, "salt") == 0;
}

struct ev_span co_salt_of(const struct co_collection *c, size_t item)
{
	size_t salt = c->items.item[item]->salt;

	return salt == 0 ? (struct ev_span){ 0 }
			 : c->items.item[salt]->item.bytes;
}

static bool add_salt(struct co_collection *c, size_t of, struct ev_error *err)
{
	uint8_t salt[32];
	struct co_item item = {
		.kind = "salt",
		.bytes = EV_SPAN(salt),
		.relates = &(struct co_relation){ "salt-of", of },
		.n_relates = 1,
	};

	if (getrandom(salt, sizeof(salt), 0) != (ssize_t)sizeof(salt))
		return ev_fail_trouble(err, "salt", "no random numbers") ==
		       EV_OK;
	return co_gather(&c->items, &item, &c->items.item[of]->salt, err) ==
	       EV_OK;
}

bool co_collected(struct co_collection *c, const struct co_item *item,
		  size_t *index, char why[CO_WHY_TEXT])
{
	struct ev_error err = { 0 };
	size_t at;

	if (co_gather(&c->items, item, &at, &err) == EV_OK &&
	    (!wants_salt(c, item->kind) || add_salt(c, at, &err))) {
		if (index != NULL)
			*index = at;
		return true;
	}
	ev_error_format(&err, why, CO_WHY_TEXT);
	return false;
}

bool co_collected_reply(struct co_collection *c, const char *kind,
			const char *hint, const char *detail, const char *url,
			const struct co_http_reply *reply, size_t *index,
			char why[CO_WHY_TEXT])
{
	struct co_item item = {
		.kind = kind,
		.hint = hint,
		.bytes = ev_buffer_span(&reply->body),
		.source_type = strncmp(url, "http:", 5) == 0 ? "http" : "https",
		.source_detail = detail,
		.source_uri = url,
		.status = reply->status,
		.has_headers = !c->options.minimal,
		/* The item after this one and its salt. */
		.headers = c->items.n + 1 + wants_salt(c, kind),
		.has_collected = true,
		.not_before = reply->not_before,
		.not_after = reply->not_after,
	};
	size_t body;

	if (!co_collected(c, &item, &body, why))
		return false;
	if (index != NULL)
		*index = body;
	if (c->options.minimal)
		return true;
	return co_collected(
		c,
		&(struct co_item){
			.kind = "http-headers",
			.bytes = ev_buffer_span(&reply->headers),
			.relates = &(struct co_relation){ "headers-of", body },
			.n_relates = 1,
		},
		NULL, why);
}

/* --- nonces --- */

static bool reserve_bound(struct co_collection *c)
{
	size_t room = c->bound_room == 0 ? 8 : 2 * c->bound_room;
	struct co_bound *more;

	if (c->n_bound < c->bound_room)
		return true;
	more = reallocarray(c->bound, room, sizeof(*more));
	if (more == NULL)
		return false;
	c->bound = more;
	c->bound_room = room;
	return true;
}

bool co_bind(struct co_collection *c, const char *use, unsigned int round,
	     size_t item, size_t n_after)
{
	size_t *after = calloc(n_after + 1, sizeof(*after));

	if (after == NULL || !reserve_bound(c)) {
		free(after);
		return false;
	}
	c->bound[c->n_bound] = (struct co_bound){
		.use = use,
		.round = round,
		.item = item,
		.after = after,
	};
	for (size_t i = 0; i < n_after; i++) {
		if (!co_is_salt(c, i))
			after[c->bound[c->n_bound].n_after++] = i;
	}
	c->n_bound++;
	return true;
}

bool co_bind_try(struct co_collection *c, size_t item, uint32_t index)
{
	if (!co_bind(c, "tls", 1, item, 0))
		return false;
	c->bound[c->n_bound - 1].is_try = true;
	c->bound[c->n_bound - 1].index = index;
	return true;
}
