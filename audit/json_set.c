/* SPDX-License-Identifier: Apache-2.0 */
/* Members set in an object of jansson's. */
#include "audit/json_set.h"

#include "evidence/base/digest.h"
#include "evidence/base/hex.h"
#include "evidence/base/time.h"

bool au_set(json_t *obj, const char *member, json_t *v)
{
	return json_object_set_new(obj, member, v) == 0;
}

bool au_set_text(json_t *obj, const char *member, struct ev_span text)
{
	return text.n == 0 ||
	       au_set(obj, member, json_stringn((const char *)text.p, text.n));
}

bool au_set_str(json_t *obj, const char *member, const char *text)
{
	return text == NULL || text[0] == '\0' ||
	       au_set(obj, member, json_string(text));
}

bool au_set_hex(json_t *obj, const char *member, const uint8_t *p, size_t n)
{
	char hex[2 * EV_DIGEST_MAX + 1];

	assert(n <= EV_DIGEST_MAX);
	ev_hex_encode(ev_span_of(p, n), hex);
	return au_set(obj, member, json_string(hex));
}

bool au_set_time(json_t *obj, const char *member, int64_t t)
{
	char text[EV_TIME_TEXT];

	ev_time_format(t, text);
	return au_set(obj, member, json_string(text));
}
