/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what image_diff_json.c wrote. */
#include "audit/diff/diff_document.h"

#include <stdlib.h>

json_t *au_diff_document(struct ev_span text)
{
	struct ev_error err = { 0 };
	json_t *document = NULL;

	if (ev_json_parse(text, text.n, "image differences", &document, &err) !=
	    EV_OK)
		return NULL;
	if (json_is_string(json_object_get(document, "summary")))
		return document;
	json_decref(document);
	return NULL;
}

const char *au_document_text(const json_t *obj, const char *name)
{
	const char *text = json_string_value(json_object_get(obj, name));

	return text != NULL ? text : "";
}

uint64_t au_document_number(const json_t *obj, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(obj, name));

	return n > 0 ? (uint64_t)n : 0;
}

bool au_document_truth(const json_t *obj, const char *name)
{
	return json_is_true(json_object_get(obj, name));
}

uint64_t au_document_address(const json_t *obj, const char *name)
{
	return strtoull(au_document_text(obj, name), NULL, 16);
}

void au_document_range(const json_t *run, struct ev_buffer *out)
{
	static const uint64_t page = 4096;
	uint64_t gpa = au_document_address(run, "gpa");
	uint64_t size = au_document_number(run, "size");

	ev_buffer_add_str(out, au_document_text(run, "gpa"));
	if (size > page)
		ev_buffer_printf(out, " to 0x%llx, %llu pages",
				 (unsigned long long)(gpa + size - 1),
				 (unsigned long long)(size / page));
}

void au_document_platforms(const json_t *document, const json_t *run,
			   struct ev_buffer *out)
{
	const json_t *all = json_object_get(document, "platforms");
	const json_t *list = json_object_get(run, "platforms");
	size_t n = json_array_size(list);

	if (n == json_array_size(all))
		return;
	for (size_t i = 0; i < n; i++)
		ev_buffer_printf(out, "%s%s", i > 0 ? ", " : "",
				 json_string_value(json_array_get(list, i)));
}

void au_document_first(const json_t *platform, struct ev_buffer *out)
{
	const json_t *first = json_object_get(platform, "first");

	ev_buffer_printf(
		out,
		"operation %llu, at %s, is the first that differs (counted "
		"from 0, A has %llu, B %llu)",
		(unsigned long long)au_document_number(first, "operation"),
		au_document_text(first, "gpa"),
		(unsigned long long)au_document_number(platform, "operationsA"),
		(unsigned long long)au_document_number(platform,
						       "operationsB"));
}

const char *au_document_standing(const json_t *platform)
{
	if (au_document_truth(platform, "equal"))
		return "is the same";
	if (json_object_get(platform, "b") == NULL)
		return "is in A alone";
	return json_object_get(platform, "a") == NULL ? "is in B alone"
						      : "differs";
}

void au_document_register(const json_t *platform, struct ev_buffer *out)
{
	const char *name = au_document_text(platform, "register");

	for (; *name != '\0'; name++)
		ev_buffer_add_byte(out, *name >= 'a' && *name <= 'z'
						? (uint8_t)(*name - 'a' + 'A')
						: (uint8_t)*name);
}
