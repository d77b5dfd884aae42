/* SPDX-License-Identifier: Apache-2.0 */
/* From numbers, hex, base64url and text to bytes. */
#include "collect/encoded.h"

#include "evidence/base/base64.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"

static const char *const spelling_words[] = {
	[CO_INTS] = "a list of numbers 0 to 255",
	[CO_HEX] = "hex digits, an even number",
	[CO_BASE64URL] = "base64url",
	[CO_BASE64] = "base64",
	[CO_TEXT] = "text",
};

static const char *json_word(const json_t *value)
{
	if (value == NULL)
		return "nothing";
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		return "null";
	}
	return "something else";
}

/* Room for what value decodes to, as *out; never of size 0. */
static enum ev_code room_for(size_t n, const char *object, uint8_t **out,
			     struct ev_error *err)
{
	*out = malloc(n + 1);
	if (*out == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	return EV_OK;
}

static bool ints_decode(const json_t *array, uint8_t *out)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *v = json_array_get(array, i);
		json_int_t byte = json_integer_value(v);

		if (!json_is_integer(v) || byte < 0 || byte > 255)
			return false;
		out[i] = (uint8_t)byte;
	}
	return true;
}

static bool text_decode(struct ev_span text, enum co_spelling spelling,
			uint8_t *out, size_t *n)
{
	if (spelling == CO_BASE64URL)
		return ev_base64_decode(EV_BASE64_URL_PAD, text, out, n);
	if (spelling == CO_BASE64)
		return ev_base64_decode(EV_BASE64_STD, text, out, n);
	if (spelling == CO_HEX) {
		*n = text.n / 2;
		return ev_hex_decode(text, out, *n);
	}
	memcpy(out, text.p, text.n);
	*n = text.n;
	return true;
}

enum ev_code co_encoded_value(const json_t *value, const char *object,
			      const char *field, enum co_spelling spelling,
			      uint8_t **out, size_t *n, struct ev_error *err)
{
	bool is_list = spelling == CO_INTS, good;
	ev_auto_free uint8_t *p = NULL;
	struct ev_span text;
	enum ev_code code;
	size_t size;

	if (value == NULL)
		return ev_fail(err, EV_MISSING, object, field, 0,
			       spelling_words[spelling], "no such member");
	if (is_list ? !json_is_array(value) : !json_is_string(value))
		return ev_fail(err, EV_SYNTAX, object, field, 0,
			       spelling_words[spelling], json_word(value));
	text = is_list ? (struct ev_span){ NULL, json_array_size(value) }
		       : ev_span_of(json_string_value(value),
				    json_string_length(value));
	if (text.n == 0)
		return ev_fail(err, EV_VALUE, object, field, 0,
			       spelling_words[spelling], "empty");
	code = room_for(spelling == CO_BASE64URL || spelling == CO_BASE64
				? ev_base64_decoded_max(text.n)
				: text.n,
			object, &p, err);
	if (code != EV_OK)
		return code;
	size = text.n;
	good = is_list ? ints_decode(value, p)
		       : text_decode(text, spelling, p, &size);
	if (!good)
		return ev_fail(err, EV_SYNTAX, object, field, 0,
			       spelling_words[spelling], "something else");
	*out = p;
	*n = size;
	p = NULL;
	return EV_OK;
}

enum ev_code co_encoded_joined(const json_t *array, const char *object,
			       const char *field, enum co_spelling spelling,
			       size_t max, uint8_t **out, size_t *n,
			       struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer all = { 0 };
	size_t count = json_array_size(array), first = 0;
	enum ev_code code;

	if (array == NULL)
		return ev_fail(err, EV_MISSING, object, field, 0, "a list",
			       "no such member");
	if (!json_is_array(array))
		return ev_fail(err, EV_SYNTAX, object, field, 0, "a list",
			       json_word(array));
	if (count == 0 || count > max)
		return ev_fail_u64(err, EV_LIMIT, object, field, 0, max, count);
	for (size_t i = 0; i < count; i++) {
		ev_auto_free uint8_t *p = NULL;
		size_t size;

		code = co_encoded_value(json_array_get(array, i), object, field,
					spelling, &p, &size, err);
		if (code != EV_OK)
			return code;
		first = i == 0 ? size : first;
		if (size != first)
			return ev_fail_u64(err, EV_VALUE, object, field, 0,
					   first, size);
		ev_buffer_add(&all, ev_span_of(p, size));
	}
	*out = (uint8_t *)ev_buffer_take(&all, n);
	if (*out == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	return EV_OK;
}
