/* SPDX-License-Identifier: Apache-2.0 */
/* Image report: measurements, the image, notes. */
#include "audit/image_report.h"

#include "evidence/base/hex.h"
#include "evidence/base/json_write.h"
#include "replay/render_line.h"

#include <stdio.h>
#include <stdlib.h>

static const size_t DIGITS = 48; /* in a line of text */
static const size_t INDENT = 10; /* behind the longest label */

/* The document that w holds, appended. */
static bool deliver(struct ev_writer *w, struct ev_buffer *out)
{
	size_t n = 0;
	ev_auto_free char *text = ev_writer_finish(w, &n);

	if (text == NULL)
		return false;
	ev_buffer_add(out, ev_span_of(text, n));
	return ev_buffer_ok(out);
}

static bool write_rule(struct ev_writer *w, const struct au_candidate *c)
{
	ev_auto_json json_t *rule = au_rule_json(c);
	ev_auto_free char *text = NULL;
	struct ev_error err = { 0 };
	size_t n = 0;

	if (rule == NULL ||
	    ev_json_canonical(rule, "rule", &text, &n, &err) != EV_OK)
		return false;
	ev_write_raw(w, "rule", ev_span_of(text, n));
	return true;
}

static bool write_candidate(struct ev_writer *w, const struct au_candidate *c)
{
	const struct au_register *reg = c->launch->reg;
	bool ok;

	ev_write_object(w, NULL);
	ev_write_str(w, "platform", reg->platform_name);
	ev_write_str(w, "register", reg->name);
	ev_write_str(w, "alg", reg->alg);
	ev_write_hex(w, "value", ev_span_of(c->value, reg->size));
	ok = write_rule(w, c);
	ev_write_bool(w, "default", c->is_default);
	ev_write_end(w);
	return ok;
}

static void write_notes(struct ev_writer *w, const struct au_image *image)
{
	ev_write_array(w, "notes");
	for (size_t i = 0; i < image->n_notes && i < AU_IMAGE_NOTES_MAX; i++)
		ev_write_str(w, NULL, image->note[i]);
	if (image->n_notes > AU_IMAGE_NOTES_MAX) {
		char more[48];

		snprintf(more, sizeof(more), "%zu more notes.",
			 image->n_notes - AU_IMAGE_NOTES_MAX);
		ev_write_str(w, NULL, more);
	}
	ev_write_end(w);
}

bool au_image_report_json(const struct au_image *image,
			  const struct au_candidates *list,
			  const struct au_statements *statements,
			  struct ev_buffer *out)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	bool ok = w != NULL;

	if (!ok)
		return false;
	ev_write_object(w, NULL);
	ev_write_object(w, "image");
	ev_write_hex(w, "sha256", EV_SPAN(image->sha256));
	ev_write_int(w, "size", (int64_t)image->bytes.n);
	ev_write_str(w, "format", au_image_format_name(image->format));
	ev_write_end(w);
	ev_write_array(w, "measurements");
	for (size_t i = 0; ok && i < list->n; i++)
		ok = write_candidate(w, &list->item[i]);
	ev_write_end(w);
	write_notes(w, image);
	if (statements != NULL && statements->n > 0)
		au_statements_write(statements, "statements", w);
	ev_write_end(w);
	return ok && deliver(w, out);
}

bool au_image_refused_json(const struct ev_error *err, struct ev_buffer *out)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return false;
	ev_write_object(w, NULL);
	ev_write_object(w, "refused");
	ev_write_str(w, "object", err->object);
	ev_write_str(w, "field", err->field);
	if (err->offset <= INT64_MAX)
		ev_write_int(w, "offset", (int64_t)err->offset);
	ev_write_shown(w, "want", err->want);
	ev_write_shown(w, "got", err->found);
	ev_write_end(w);
	ev_write_end(w);
	return deliver(w, out);
}

static void text_value(const struct au_candidate *c, struct ev_buffer *out)
{
	char hex[2 * AU_VALUE_MAX + 1];
	size_t n = 2 * c->launch->reg->size;

	ev_hex_encode(ev_span_of(c->value, c->launch->reg->size), hex);
	for (size_t at = 0; at < n; at += DIGITS)
		ev_buffer_printf(out, "  %.*s\n",
				 (int)(n - at < DIGITS ? n - at : DIGITS),
				 hex + at);
}

/* The values that are the default of their launch, or the others. */
static size_t text_values(const struct au_candidates *list, bool by_default,
			  struct ev_buffer *out)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct au_candidate *c = &list->item[i];
		char begin[40], words[200];

		if (c->is_default != by_default)
			continue;
		if (n++ == 0 && !by_default)
			ev_buffer_add_str(out, "\nWhere a loader does "
					       "otherwise:\n");
		snprintf(begin, sizeof(begin), "%s %s",
			 c->launch->reg->platform_name, c->launch->reg->name);
		au_rule_words(c, words, sizeof(words));
		rp_render_words(out, begin, INDENT,
				*words != '\0' ? words : c->launch->reg->alg);
		text_value(c, out);
	}
	return n;
}

static void text_image(const struct au_image *image, const char *name,
		       struct ev_buffer *out)
{
	static const char *const formats[] = {
		[AU_IGVM] = "IGVM",
		[AU_TDVF] = "firmware with TDX metadata",
		[AU_PE] = "DLL with an IGVM inside",
	};
	char shown[200], line[300], hex[65];

	ev_show(ev_span_str(name), shown, sizeof(shown));
	snprintf(line, sizeof(line), "%s, %s, %zu bytes", shown,
		 formats[image->format], image->bytes.n);
	rp_render_words(out, "image", INDENT, line);
	ev_hex_encode(EV_SPAN(image->sha256), hex);
	rp_render_words(out, "sha256", INDENT, hex);
}

void au_image_report_text(const struct au_image *image,
			  const struct au_candidates *list,
			  const struct au_statements *statements,
			  const char *name, struct ev_buffer *out)
{
	if (text_values(list, true, out) == 0)
		ev_buffer_add_str(out, "no platform that measures a launch\n");
	text_values(list, false, out);
	ev_buffer_add_str(out, "\n");
	text_image(image, name, out);
	if (statements != NULL && statements->n > 0) {
		ev_buffer_add_str(out, "\nWhat the image says of itself:\n");
		au_statements_print(statements, "  ", false, out);
	}
	for (size_t i = 0; i < image->n_notes && i < AU_IMAGE_NOTES_MAX; i++)
		rp_render_words(out, "note", INDENT, image->note[i]);
	if (image->n_notes > AU_IMAGE_NOTES_MAX)
		ev_buffer_printf(out, "and %zu more notes\n",
				 image->n_notes - AU_IMAGE_NOTES_MAX);
}
