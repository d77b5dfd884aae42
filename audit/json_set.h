/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members set in an object of jansson's.  Each returns false where memory ran
 * out, and then the object is without the member; a value given is taken over
 * in any case.
 */
#ifndef AU_JSON_SET_H
#define AU_JSON_SET_H

#include "evidence/base/json.h"

bool au_set(json_t *obj, const char *member, json_t *v);
/* An empty text is left out. */
bool au_set_text(json_t *obj, const char *member, struct ev_span text);
/* NULL or "" is left out. */
bool au_set_str(json_t *obj, const char *member, const char *text);
/* Lower-case hex of n bytes, at most EV_DIGEST_MAX. */
bool au_set_hex(json_t *obj, const char *member, const uint8_t *p, size_t n);
/* Seconds since 1970 as RFC 3339. */
bool au_set_time(json_t *obj, const char *member, int64_t t);

#endif
