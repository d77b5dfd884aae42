/* SPDX-License-Identifier: Apache-2.0 */
/* Differences as JSON. */
#include "audit/diff/difference_json.h"

#include "audit/diff/difference_words.h"

#include <stdio.h>

void au_write_platforms(struct ev_writer *w, const struct au_image_diff *diff,
			unsigned int platforms)
{
	ev_write_array(w, "platforms");
	for (size_t i = 0; i < diff->n_platforms; i++) {
		if ((platforms >> i & 1u) != 0)
			ev_write_str(w, NULL,
				     au_platform_diff_name(&diff->platform[i]));
	}
	ev_write_end(w);
}

void au_write_address(struct ev_writer *w, const char *name, uint64_t gpa)
{
	char text[20];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)gpa);
	ev_write_str(w, name, text);
}

/* What is the same of each chunk of a page. */
static void write_common(struct ev_writer *w, const struct au_image_diff *diff,
			 const struct au_image_difference *item,
			 const char *component)
{
	const struct au_operation *op = au_difference_op(item->d);

	ev_write_str(w, "class", au_difference_class_name(item->d->class));
	ev_write_bool(w, "measured", item->d->measured);
	ev_write_shown(w, "component", component);
	if (op != NULL)
		ev_write_bool(w, "shared", op->shared);
	au_write_platforms(w, diff, item->platforms);
}

static void write_words(struct ev_writer *w, const struct au_difference *d)
{
	ev_auto_buffer struct ev_buffer words = { 0 };

	au_difference_words(d, &words);
	if (words.n > 0)
		ev_write_text(w, "words", ev_buffer_span(&words));
}

static void write_bytes(struct ev_writer *w, const struct au_difference *d,
			size_t chunk)
{
	struct au_byte_range bytes[AU_BYTE_RANGES_MAX];
	size_t n = au_difference_bytes(d, chunk, bytes);

	ev_write_array(w, "bytes");
	for (size_t i = 0; i < n; i++) {
		ev_write_array(w, NULL);
		ev_write_int(w, NULL, bytes[i].from);
		ev_write_int(w, NULL, bytes[i].to);
		ev_write_end(w);
	}
	ev_write_end(w);
}

void au_write_difference(struct ev_writer *w, const struct au_image_diff *diff,
			 const struct au_image_difference *item)
{
	const char *component = au_image_difference_component(diff, item);
	unsigned int chunks = item->d->chunks;

	if (item->d->class != AU_DIFF_DATA) {
		ev_write_object(w, NULL);
		write_common(w, diff, item, component);
		if (item->d->class != AU_DIFF_POLICY) {
			au_write_address(w, "gpa", item->d->gpa);
			ev_write_int(w, "size", (int64_t)item->d->size);
		}
		write_words(w, item->d);
		ev_write_end(w);
	}
	for (; chunks != 0; chunks &= chunks - 1) {
		size_t i = (size_t)__builtin_ctz(chunks);

		ev_write_object(w, NULL);
		write_common(w, diff, item, component);
		au_write_address(w, "gpa", item->d->gpa);
		au_write_address(w, "chunk", item->d->gpa + i * AU_CHUNK);
		write_bytes(w, item->d, i);
		ev_write_end(w);
	}
}

/* What every element of a run says, or where the only page differs. */
static void write_run_words(struct ev_writer *w, const struct au_run *run)
{
	const struct au_difference *d = run->first->d;
	ev_auto_buffer struct ev_buffer words = { 0 };

	if (d->class != AU_DIFF_DATA)
		au_difference_words(d, &words);
	else if (run->n == 1)
		au_difference_where(d, &words);
	else
		ev_buffer_printf(&words, "%llu of %llu chunks",
				 (unsigned long long)run->chunks,
				 (unsigned long long)(run->size / AU_CHUNK));
	ev_write_text(w, "words", ev_buffer_span(&words));
}

void au_write_run(struct ev_writer *w, const struct au_image_diff *diff,
		  const struct au_run *run)
{
	ev_write_object(w, NULL);
	write_common(w, diff, run->first, run->component);
	if (run->first->d->class != AU_DIFF_POLICY) {
		au_write_address(w, "gpa", run->gpa);
		ev_write_int(w, "size", (int64_t)run->size);
	}
	ev_write_int(w, "differences", (int64_t)run->n);
	write_run_words(w, run);
	ev_write_end(w);
}
