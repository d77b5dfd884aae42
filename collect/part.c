/* SPDX-License-Identifier: Apache-2.0 */
/* From a wrapper's member to a part. */
#include "collect/part.h"

bool co_part_has(const json_t *obj, const char *member)
{
	const json_t *value = json_object_get(obj, member);

	return value != NULL && !json_is_null(value);
}

static bool is_json_object(struct ev_span content)
{
	size_t i = 0;

	while (i < content.n && memchr(" \t\r\n", content.p[i], 4) != NULL)
		i++;
	return i < content.n && content.p[i] == '{';
}

bool co_part_json_names(struct ev_span content, const char *name)
{
	struct ev_span left = content;
	size_t n = strlen(name);
	const uint8_t *hit;

	if (!is_json_object(content))
		return false;
	while (left.n > 0) {
		hit = memmem(left.p, left.n, name, n);
		if (hit == NULL)
			return false;
		left.n -= (size_t)(hit - left.p);
		left.p = hit;
		if (hit > content.p && hit[-1] == '"' && left.n > n &&
		    hit[n] == '"')
			return true;
		left = ev_span_of(left.p + 1, left.n - 1);
	}
	return false;
}

enum ev_code co_part_decode(const json_t *obj, const char *object,
			    const struct co_part_row *row,
			    struct co_parts *list, size_t from, size_t *index,
			    struct ev_error *err)
{
	enum ev_code code;
	size_t at, n = 0;
	uint8_t *p = NULL;

	code = co_encoded_value(json_object_get(obj, row->member), object,
				row->field, row->spelling, &p, &n, err);
	if (code != EV_OK)
		return code;
	code = co_parts_take(list, row->kind, p, n, &at, err);
	if (code != EV_OK)
		return code;
	co_parts_relate(list, at, "decoded-from", from);
	list->part[at].detail = row->detail;
	if (index != NULL)
		*index = at;
	return EV_OK;
}

static bool is_empty(const json_t *value)
{
	return json_is_null(value) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0) ||
	       (json_is_string(value) && json_string_length(value) == 0);
}

static bool is_known(const char *name, const char *const *known)
{
	for (size_t i = 0; known[i] != NULL; i++) {
		if (strcmp(name, known[i]) == 0)
			return true;
	}
	return false;
}

void co_part_note_unknown(json_t *obj, const char *const *known,
			  struct co_parts *list)
{
	void *it = json_object_iter(obj);

	/* jansson keeps members in the order of the text. */
	for (; it != NULL; it = json_object_iter_next(obj, it)) {
		const char *name = json_object_iter_key(it);

		if (!is_known(name, known) &&
		    !is_empty(json_object_iter_value(it)))
			co_parts_note(list, "not decoded, in the wrapper only:",
				      ev_span_str(name));
	}
}
