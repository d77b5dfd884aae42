/* SPDX-License-Identifier: Apache-2.0 */
/* Two images compared, as JSON. */
#include "audit/diff/image_diff_json.h"

#include "audit/diff/diff_marks.h"
#include "audit/diff/diff_summary.h"
#include "audit/diff/difference_json.h"

#include <stdlib.h>

struct writing {
	struct ev_writer *w;
	const struct au_image_diff *diff;
	struct au_runs runs;
};

static void write_image(struct writing *s, const char *name,
			const struct au_image_side *side)
{
	const struct au_image *image = side->image;

	ev_write_object(s->w, name);
	ev_write_foreign(s->w, "name", ev_span_str(side->name));
	ev_write_hex(s->w, "sha256", EV_SPAN(image->sha256));
	ev_write_int(s->w, "size", (int64_t)image->bytes.n);
	ev_write_str(s->w, "format", au_image_format_name(image->format));
	ev_write_array(s->w, "notes");
	for (size_t i = 0; i < image->n_notes && i < AU_IMAGE_NOTES_MAX; i++)
		ev_write_foreign(s->w, NULL, ev_span_str(image->note[i]));
	ev_write_end(s->w);
	ev_write_end(s->w);
}

/* What it says of an image is shown as people see it already. */
static void write_sentence(struct writing *s, const char *name,
			   struct ev_buffer *text)
{
	ev_buffer_add_byte(text, 0);
	ev_write_shown(s->w, name,
		       ev_buffer_ok(text) ? (const char *)text->p : "");
}

static void write_summary(struct writing *s)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	au_diff_summary(s->diff, &text);
	write_sentence(s, "summary", &text);
}

static void write_measurement_equal(struct writing *s)
{
	ev_write_object(s->w, "measurementEqual");
	for (size_t i = 0; i < s->diff->n_platforms; i++) {
		const struct au_platform_diff *p = &s->diff->platform[i];

		if (p->reg != NULL)
			ev_write_bool(s->w, p->reg->platform_name, p->equal);
	}
	ev_write_end(s->w);
}

static void write_differences(struct writing *s)
{
	ev_write_array(s->w, "differences");
	for (size_t i = 0; i < s->diff->n; i++)
		au_write_difference(s->w, s->diff, &s->diff->item[i]);
	ev_write_end(s->w);
}

/* Measured ones first: they are what explains a digest. */
static void write_runs(struct writing *s)
{
	size_t n = 0;

	ev_write_array(s->w, "runs");
	for (int rest = 0; rest < 2; rest++) {
		for (size_t i = 0; i < s->runs.n && n < AU_RUNS_SHOWN_MAX;
		     i++) {
			const struct au_run *run = &s->runs.run[i];

			if (run->first->d->measured != (rest == 0))
				continue;
			au_write_run(s->w, s->diff, run);
			n++;
		}
	}
	ev_write_end(s->w);
	ev_write_int(s->w, "runsLeftOut", (int64_t)(s->runs.n - n));
}

static void write_finding(struct writing *s, const struct au_finding *f)
{
	ev_write_object(s->w, NULL);
	ev_write_str(s->w, "class", au_finding_class_name(f->found));
	ev_write_str(s->w, "kind", au_part_kind_name(f->kind));
	ev_write_int(s->w, "depth", (int64_t)f->depth);
	ev_write_shown(s->w, "where", f->where);
	ev_write_shown(s->w, "name", f->name);
	if (f->guid[0] != '\0')
		ev_write_str(s->w, "guid", f->guid);
	ev_write_int(s->w, "sizeA", (int64_t)f->size_a);
	ev_write_int(s->w, "sizeB", (int64_t)f->size_b);
	if (f->at != EV_NO_BYTE)
		ev_write_int(s->w, "at", (int64_t)f->at);
	ev_write_shown(s->w, "sentence", f->sentence);
	ev_write_end(s->w);
}

/* Of a platform that speaks for itself, and of those it speaks for. */
static void write_contents_of(struct writing *s, size_t i)
{
	const struct au_contents_diff *c = &s->diff->platform[i].contents;
	unsigned int platforms = 0;

	for (size_t k = i; k < s->diff->n_platforms; k++) {
		if (s->diff->platform[k].contents_of == i)
			platforms |= 1u << k;
	}
	ev_write_object(s->w, NULL);
	au_write_platforms(s->w, s->diff, platforms);
	ev_write_shown(s->w, "sentence", c->sentence);
	ev_write_array(s->w, "findings");
	for (size_t k = 0; k < c->n; k++)
		write_finding(s, &c->item[k]);
	ev_write_end(s->w);
	ev_write_int(s->w, "leftOut", (int64_t)c->n_more);
	ev_write_end(s->w);
}

static void write_contents(struct writing *s)
{
	ev_write_array(s->w, "contents");
	for (size_t i = 0; i < s->diff->n_platforms; i++) {
		if (s->diff->platform[i].contents_of == i &&
		    s->diff->platform[i].contents.sentence != NULL)
			write_contents_of(s, i);
	}
	ev_write_end(s->w);
}

static enum ev_code write_map(struct writing *s, const char *name,
			      const struct au_memory_map *map,
			      struct ev_error *err)
{
	struct au_memory_map coarse;

	if (au_memory_map_coarse(map, AU_REGIONS_SHOWN_MAX, &coarse, err) !=
	    EV_OK)
		return err->code;
	ev_write_array(s->w, name);
	for (size_t i = 0; i < coarse.n; i++) {
		const struct au_region *r = &coarse.region[i];

		ev_write_object(s->w, NULL);
		au_write_address(s->w, "gpa", r->gpa);
		ev_write_int(s->w, "size", (int64_t)r->size);
		ev_write_str(s->w, "state", au_region_state_name(r->state));
		ev_write_shown(s->w, "component", r->name);
		ev_write_end(s->w);
	}
	ev_write_end(s->w);
	au_memory_map_free(&coarse);
	return EV_OK;
}

/* A range with anything measured in it is measured. */
static enum ev_code write_marks(struct writing *s, const char *name, size_t i,
				int side, struct ev_error *err)
{
	struct au_memory_map marks;

	if (au_diff_marks_of(s->diff, i, side, AU_MARKS_SHOWN_MAX, &marks,
			     err) != EV_OK)
		return err->code;
	ev_write_array(s->w, name);
	for (size_t k = 0; k < marks.n; k++) {
		const struct au_region *r = &marks.region[k];

		ev_write_object(s->w, NULL);
		au_write_address(s->w, "gpa", r->gpa);
		ev_write_int(s->w, "size", (int64_t)r->size);
		ev_write_bool(s->w, "measured",
			      r->state != AU_REGION_UNMEASURED);
		ev_write_end(s->w);
	}
	ev_write_end(s->w);
	au_memory_map_free(&marks);
	return EV_OK;
}

static void write_values(struct writing *s, const struct au_platform_diff *p)
{
	ev_write_str(s->w, "register", p->reg->name);
	ev_write_bool(s->w, "equal", p->equal);
	if (p->a != NULL)
		ev_write_hex(s->w, "a", ev_span_of(p->value_a, p->reg->size));
	if (p->b != NULL)
		ev_write_hex(s->w, "b", ev_span_of(p->value_b, p->reg->size));
}

static void write_operations(struct writing *s,
			     const struct au_platform_diff *p)
{
	ev_write_int(s->w, "operationsA", (int64_t)p->diff.operations_a);
	ev_write_int(s->w, "operationsB", (int64_t)p->diff.operations_b);
	if (!p->diff.has_first)
		return;
	ev_write_object(s->w, "first");
	ev_write_int(s->w, "operation", (int64_t)p->diff.first.operation);
	au_write_address(s->w, "gpa", p->diff.first.gpa);
	ev_write_end(s->w);
}

/* For who has one of the images, or a log of its digest. */
static void write_checkpoints(struct writing *s,
			      const struct au_platform_diff *p)
{
	const struct au_checkpoints *a = &p->diff.checkpoints_a;
	const struct au_checkpoints *b = &p->diff.checkpoints_b;

	ev_write_array(s->w, "checkpoints");
	for (size_t i = 0; i < a->n || i < b->n; i++) {
		ev_write_object(s->w, NULL);
		ev_write_int(s->w, "operations",
			     (int64_t)((i + 1) * AU_CHECKPOINT_EVERY));
		if (i < a->n)
			ev_write_hex(s->w, "a",
				     ev_span_of(a->value[i], p->reg->size));
		if (i < b->n)
			ev_write_hex(s->w, "b",
				     ev_span_of(b->value[i], p->reg->size));
		ev_write_end(s->w);
	}
	ev_write_end(s->w);
}

static enum ev_code write_platform(struct writing *s, size_t i,
				   struct ev_error *err)
{
	const struct au_platform_diff *p = &s->diff->platform[i];
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_write_object(s->w, NULL);
	ev_write_str(s->w, "platform", au_platform_diff_name(p));
	if (p->reg != NULL)
		write_values(s, p);
	if (p->a != NULL && p->b != NULL) {
		write_operations(s, p);
		write_checkpoints(s, p);
	}
	au_diff_pages_sentence(s->diff, i, &text);
	write_sentence(s, "sentence", &text);
	if (write_map(s, "mapA", &p->map_a, err) != EV_OK ||
	    write_map(s, "mapB", &p->map_b, err) != EV_OK ||
	    write_marks(s, "marksA", i, 0, err) != EV_OK ||
	    write_marks(s, "marksB", i, 1, err) != EV_OK)
		return err->code;
	ev_write_end(s->w);
	return EV_OK;
}

static enum ev_code write_all(struct writing *s, bool whole,
			      struct ev_error *err)
{
	ev_write_object(s->w, NULL);
	ev_write_bool(s->w, "equal", s->diff->equal);
	write_measurement_equal(s);
	if (whole)
		write_differences(s);
	write_summary(s);
	write_image(s, "a", &s->diff->a);
	write_image(s, "b", &s->diff->b);
	write_runs(s);
	write_contents(s);
	ev_write_array(s->w, "platforms");
	for (size_t i = 0; i < s->diff->n_platforms; i++) {
		if (write_platform(s, i, err) != EV_OK)
			return err->code;
	}
	ev_write_end(s->w);
	ev_write_end(s->w);
	return EV_OK;
}

enum ev_code au_image_diff_json(const struct au_image_diff *diff, bool whole,
				char **out, size_t *n, struct ev_error *err)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	struct writing s = { .w = w, .diff = diff };
	enum ev_code code;

	if (w == NULL)
		return ev_fail_trouble(err, "image differences", "memory");
	if (au_runs_of(diff, &s.runs, err) != EV_OK)
		return err->code;
	code = write_all(&s, whole, err);
	au_runs_free(&s.runs);
	if (code != EV_OK)
		return code;
	*out = ev_writer_finish(w, n);
	if (*out == NULL)
		return ev_fail_trouble(err, "image differences", "memory");
	return EV_OK;
}
