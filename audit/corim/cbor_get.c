/* SPDX-License-Identifier: Apache-2.0 */
/* Asking items of a CBOR tree (cbor.h). */
#include "audit/corim/cbor.h"

#include <stdio.h>

bool au_cbor_int(const struct au_cbor_node *v, int64_t *out)
{
	if ((v->type != AU_CBOR_UINT && v->type != AU_CBOR_NINT) ||
	    v->value > INT64_MAX)
		return false;
	*out = v->type == AU_CBOR_UINT ? (int64_t)v->value
				       : -1 - (int64_t)v->value;
	return true;
}

bool au_cbor_is_int(const struct au_cbor_node *v, int64_t value)
{
	int64_t is;

	return au_cbor_int(v, &is) && is == value;
}

const struct au_cbor_node *au_cbor_member(const struct au_cbor_node *map,
					  int64_t key)
{
	const struct au_cbor_node *v;

	if (map->type != AU_CBOR_MAP)
		return NULL;
	v = au_cbor_inside(map);
	for (uint32_t i = 0; i < map->n; i++) {
		const struct au_cbor_node *value = au_cbor_next(v);

		if (au_cbor_is_int(v, key))
			return value;
		v = au_cbor_next(value);
	}
	return NULL;
}

const char *au_cbor_type_word(enum au_cbor_type type)
{
	static const char *const words[] = {
		[AU_CBOR_UINT] = "an unsigned integer",
		[AU_CBOR_NINT] = "a negative integer",
		[AU_CBOR_BYTES] = "a byte string",
		[AU_CBOR_TEXT] = "text",
		[AU_CBOR_ARRAY] = "an array",
		[AU_CBOR_MAP] = "a map",
		[AU_CBOR_TAG] = "a tag",
		[AU_CBOR_BOOL] = "a truth value",
		[AU_CBOR_NULL] = "null",
		[AU_CBOR_UNDEFINED] = "undefined",
		[AU_CBOR_FLOAT] = "a floating-point number",
	};

	return words[type];
}

enum ev_code au_cbor_want(const struct au_cbor_node *v, enum au_cbor_type type,
			  const char *object, const char *field,
			  struct ev_error *err)
{
	if (v->type == type)
		return EV_OK;
	return ev_fail(err, EV_SYNTAX, object, field, v->offset,
		       au_cbor_type_word(type), au_cbor_type_word(v->type));
}

enum ev_code au_cbor_get(const struct au_cbor_node *map, int64_t key,
			 enum au_cbor_type type, const char *object,
			 const char *field, const struct au_cbor_node **out,
			 struct ev_error *err)
{
	const struct au_cbor_node *v = au_cbor_member(map, key);
	char want[40];

	snprintf(want, sizeof(want), "key %lld", (long long)key);
	if (v == NULL)
		return ev_fail(err, EV_MISSING, object, field, map->offset,
			       want, "none");
	if (au_cbor_want(v, type, object, field, err) != EV_OK)
		return err->code;
	*out = v;
	return EV_OK;
}

enum ev_code au_cbor_tagged(const struct au_cbor_node *v, uint64_t number,
			    enum au_cbor_type type, const char *object,
			    const char *field, const struct au_cbor_node **out,
			    struct ev_error *err)
{
	char want[40], found[40];

	if (v->type != AU_CBOR_TAG || v->value != number) {
		snprintf(want, sizeof(want), "tag %llu",
			 (unsigned long long)number);
		snprintf(found, sizeof(found), "tag %llu",
			 (unsigned long long)v->value);
		return ev_fail(err, EV_VALUE, object, field, v->offset, want,
			       v->type == AU_CBOR_TAG
				       ? found
				       : au_cbor_type_word(v->type));
	}
	if (au_cbor_want(au_cbor_inside(v), type, object, field, err) != EV_OK)
		return err->code;
	*out = au_cbor_inside(v);
	return EV_OK;
}

enum ev_code au_cbor_array_of(const struct au_cbor_node *v, uint32_t n,
			      const char *object, const char *field,
			      struct ev_error *err)
{
	if (au_cbor_want(v, AU_CBOR_ARRAY, object, field, err) != EV_OK)
		return err->code;
	if (v->n != n)
		return ev_fail_u64(err, EV_VALUE, object, field, v->offset, n,
				   v->n);
	return EV_OK;
}

enum ev_code au_cbor_only(const struct au_cbor_node *map, const int64_t *keys,
			  size_t n, const char *object, const char *field,
			  struct ev_error *err)
{
	const struct au_cbor_node *v;

	if (au_cbor_want(map, AU_CBOR_MAP, object, field, err) != EV_OK)
		return err->code;
	v = au_cbor_inside(map);
	for (uint32_t i = 0; i < map->n; i++) {
		bool known = false;
		char found[40];

		for (size_t k = 0; k < n && !known; k++)
			known = au_cbor_is_int(v, keys[k]);
		snprintf(found, sizeof(found), "key %s%llu",
			 v->type == AU_CBOR_NINT ? "-1-" : "",
			 (unsigned long long)v->value);
		if (!known)
			return ev_fail(err, EV_VALUE, object, field, v->offset,
				       "the keys of this profile alone",
				       v->type == AU_CBOR_TEXT ? "a text key"
							       : found);
		v = au_cbor_next(au_cbor_next(v));
	}
	return EV_OK;
}
