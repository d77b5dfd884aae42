/* SPDX-License-Identifier: Apache-2.0 */
/* A memory map of two images, drawn in SVG. */
#include "audit/diff/render_diff_map.h"

#include "audit/diff/address_rows.h"
#include "audit/diff/diff_document.h"
#include "audit/html.h"

#include <stdio.h>
#include <stdlib.h>

/* In units of the drawing, which a phone shows as pixels. */
#define WIDTH	    360
#define COLUMN	    128 /* of an image */
#define COLUMN_A    88
#define COLUMN_B    230
#define TOP	    24 /* headings */
#define MARK	    9  /* the width of a mark */
#define LABEL_AT    13 /* in a region, beside a mark of B */
#define LABEL_MAX   18 /* characters that a region has room for */
#define TEXT_HEIGHT 12
#define COLOURS	    9 /* k0 to k8; k9 is for all others */
#define NAMES_MAX   120

struct drawing {
	const json_t *platform;
	const json_t *map[2];
	struct au_address_rows rows;
	const char *name[NAMES_MAX]; /* components, in order of address */
	size_t n_names;
	size_t id;
	struct ev_buffer *out;
};

static struct au_address_range range_of(const json_t *v)
{
	uint64_t from = au_document_address(v, "gpa"), to;

	if (__builtin_add_overflow(from, au_document_number(v, "size"), &to))
		to = UINT64_MAX;
	return (struct au_address_range){ from, to };
}

static bool fold(struct drawing *d)
{
	size_t n_a = json_array_size(d->map[0]), n = 0;
	size_t n_all = n_a + json_array_size(d->map[1]);
	struct au_address_range *range = calloc(n_all + 1, sizeof(*range));
	bool done;

	if (range == NULL)
		return false;
	for (; n < n_all; n++)
		range[n] = range_of(json_array_get(d->map[n >= n_a],
						   n < n_a ? n : n - n_a));
	done = au_address_rows_of(range, n, &d->rows);
	free(range);
	return done;
}

/* Which colour a component has: the number of its name. */
static size_t colour_of(struct drawing *d, const char *name)
{
	size_t i = 0;

	while (i < d->n_names && strcmp(d->name[i], name) != 0)
		i++;
	if (i == d->n_names && i < NAMES_MAX)
		d->name[d->n_names++] = name;
	return i < COLOURS ? i : COLOURS;
}

static void text(struct drawing *d, const char *class, uint32_t x, uint32_t y,
		 const char *words, size_t max)
{
	size_t n = strlen(words);

	ev_buffer_printf(d->out, "<text class=\"%s\" x=\"%u\" y=\"%u\">", class,
			 x, y);
	au_html_printf(d->out, "%.*s", (int)(n > max ? max - 2 : n), words);
	ev_buffer_add_str(d->out, n > max ? "..</text>" : "</text>");
}

static void rectangle(struct drawing *d, const char *class, size_t colour,
		      uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	ev_buffer_printf(d->out,
			 "<rect class=\"%s k%zu\" x=\"%u\" y=\"%u\" "
			 "width=\"%u\" height=\"%u\"",
			 class, colour, x, y, width, height);
}

/* The hatch of what the digest does not take; none of what it does. */
static void hatch(struct drawing *d, const char *state, uint32_t x, uint32_t y,
		  uint32_t height)
{
	if (strcmp(state, "measured") == 0)
		return;
	ev_buffer_printf(d->out,
			 "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%u\" "
			 "fill=\"url(#h%zu-%s)\"/>",
			 x, y, COLUMN, height, d->id, state);
}

static void region(struct drawing *d, const json_t *r, uint32_t x)
{
	struct au_address_range range = range_of(r);
	const char *name = au_document_text(r, "component");
	const char *state = au_document_text(r, "state");
	uint32_t y = TOP + au_address_y(&d->rows, range.from);
	uint32_t height = TOP + au_address_y(&d->rows, range.to) - y;
	bool shared = strcmp(state, "shared") == 0;

	ev_buffer_add_str(d->out, "<g><title>");
	au_html_printf(d->out, "%s, %s, 0x%llx to 0x%llx", name, state,
		       (unsigned long long)range.from,
		       (unsigned long long)(range.to - 1));
	ev_buffer_add_str(d->out, "</title>");
	rectangle(d, shared ? "region shared" : "region", colour_of(d, name), x,
		  y, COLUMN, height);
	ev_buffer_add_str(d->out, "/>");
	hatch(d, state, x, y, height);
	if (height >= TEXT_HEIGHT)
		text(d, "name", x + LABEL_AT, y + TEXT_HEIGHT, name, LABEL_MAX);
	ev_buffer_add_str(d->out, "</g>\n");
}

static void regions(struct drawing *d)
{
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < json_array_size(d->map[side]); i++)
			region(d, json_array_get(d->map[side], i),
			       side == 0 ? COLUMN_A : COLUMN_B);
	}
}

/* "3 MiB": of pages, so that nothing is rounded away that matters. */
static void gap(struct drawing *d, const struct au_address_row *row)
{
	static const char *const units[] = { "KiB", "MiB", "GiB",
					     "TiB", "PiB", "EiB" };
	uint64_t n = (row->to - row->from) / 1024;
	uint32_t y = TOP + row->y + row->height / 2;
	char words[64];
	size_t i = 0;

	for (; n >= 1024 && i + 1 < sizeof(units) / sizeof(units[0]); i++)
		n /= 1024;
	snprintf(words, sizeof(words), "%llu %s of nothing",
		 (unsigned long long)n, units[i]);
	ev_buffer_printf(d->out, "<path class=\"fold\" d=\"M%d %uH%d\"/>",
			 COLUMN_A + COLUMN, y, COLUMN_B + COLUMN);
	text(d, "at", COLUMN_A + LABEL_AT, y + 4, words, sizeof(words));
}

static void rows(struct drawing *d)
{
	for (size_t i = 0; i < d->rows.n; i++) {
		const struct au_address_row *row = &d->rows.row[i];
		char words[24];

		if (row->gap) {
			gap(d, row);
			continue;
		}
		snprintf(words, sizeof(words), "0x%llx",
			 (unsigned long long)row->from);
		text(d, "at", 0, TOP + row->y + 10, words, sizeof(words));
	}
}

static void mark(struct drawing *d, const json_t *v, uint32_t x)
{
	struct au_address_range range = range_of(v);
	uint32_t y = TOP + au_address_y(&d->rows, range.from);
	uint32_t end = TOP + au_address_y(&d->rows, range.to);
	bool measured = au_document_truth(v, "measured");

	ev_buffer_printf(d->out,
			 "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%d\" "
			 "height=\"%u\"><title>differs%s, 0x%llx to 0x%llx"
			 "</title></rect>\n",
			 measured ? "hit" : "miss", x, y, MARK,
			 end > y + 3 ? end - y : 3,
			 measured ? "" : ", not measured",
			 (unsigned long long)range.from,
			 (unsigned long long)(range.to - 1));
}

/* From the mark of A to that of B. */
static void link_marks(struct drawing *d, const json_t *v)
{
	struct au_address_range range = range_of(v);
	uint32_t y = TOP + au_address_y(&d->rows, range.from) + 1;

	ev_buffer_printf(d->out, "<path class=\"%s\" d=\"M%d %uH%d\"/>\n",
			 au_document_truth(v, "measured") ? "link" : "fold",
			 COLUMN_A + COLUMN, y, COLUMN_B);
}

static bool holds(const json_t *list, const json_t *v)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (json_equal(json_array_get(list, i), v))
			return true;
	}
	return false;
}

/* Differing memory on the edge of each image that has it. */
static void marks(struct drawing *d)
{
	const json_t *a = json_object_get(d->platform, "marksA");
	const json_t *b = json_object_get(d->platform, "marksB");

	for (size_t i = 0; i < json_array_size(a); i++) {
		mark(d, json_array_get(a, i), COLUMN_A + COLUMN - MARK);
		if (holds(b, json_array_get(a, i)))
			link_marks(d, json_array_get(a, i));
	}
	for (size_t i = 0; i < json_array_size(b); i++)
		mark(d, json_array_get(b, i), COLUMN_B);
}

/* One pattern for each way not to be measured. */
static void patterns(struct drawing *d)
{
	static const struct {
		const char *state, *path;
	} hatches[] = {
		{ "unmeasured", "M0 6L6 0" },
		{ "shared", "M0 0L6 6" },
		{ "host", "M0 6L6 0M0 0L6 6" },
		{ "mixed", "M3 0V6" },
	};

	ev_buffer_add_str(d->out, "<defs>");
	for (size_t i = 0; i < sizeof(hatches) / sizeof(hatches[0]); i++)
		ev_buffer_printf(
			d->out,
			"<pattern id=\"h%zu-%s\" width=\"6\" height=\"6\" "
			"patternUnits=\"userSpaceOnUse\">"
			"<path class=\"hatch\" d=\"%s\"/></pattern>",
			d->id, hatches[i].state, hatches[i].path);
	ev_buffer_add_str(d->out, "</defs>\n");
}

static void picture(struct drawing *d, const char *words)
{
	ev_buffer_printf(d->out,
			 "<svg role=\"img\" aria-labelledby=\"t%zu d%zu\" "
			 "viewBox=\"0 0 %d %u\">\n<title id=\"t%zu\">",
			 d->id, d->id, WIDTH, TOP + d->rows.height + 4, d->id);
	ev_buffer_printf(d->out, "Memory of A and B</title><desc id=\"d%zu\">",
			 d->id);
	au_html_text(d->out, words);
	ev_buffer_add_str(d->out, "</desc>\n");
	patterns(d);
	text(d, "name", 0, 14, "address", LABEL_MAX);
	text(d, "name", COLUMN_A + LABEL_AT, 14, "A", LABEL_MAX);
	text(d, "name", COLUMN_B + LABEL_AT, 14, "B", LABEL_MAX);
	rows(d);
	regions(d);
	marks(d);
	ev_buffer_add_str(d->out, "</svg>\n");
}

static void swatch(struct drawing *d, const char *class, size_t colour,
		   const char *state, const char *words)
{
	ev_buffer_add_str(d->out, "<li><svg viewBox=\"0 0 28 16\" "
				  "aria-hidden=\"true\">");
	rectangle(d, class, colour, 1, 1, 26, 14);
	ev_buffer_add_str(d->out, "/>");
	if (strcmp(state, "measured") != 0)
		ev_buffer_printf(d->out,
				 "<rect x=\"1\" y=\"1\" width=\"26\" "
				 "height=\"14\" fill=\"url(#h%zu-%s)\"/>",
				 d->id, state);
	ev_buffer_add_str(d->out, "</svg><span>");
	au_html_text(d->out, words);
	ev_buffer_add_str(d->out, "</span></li>\n");
}

static bool has_state(const struct drawing *d, const char *state)
{
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < json_array_size(d->map[side]); i++) {
			const json_t *r = json_array_get(d->map[side], i);

			if (strcmp(au_document_text(r, "state"), state) == 0)
				return true;
		}
	}
	return false;
}

static void legend(struct drawing *d)
{
	static const struct {
		const char *state, *class, *words;
	} states[] = {
		{ "unmeasured", "region",
		  "contents not measured, the address is" },
		{ "shared", "region shared",
		  "shared with the host: nothing is measured" },
		{ "host", "region",
		  "filled by the host: the address is measured" },
		{ "mixed", "region", "some of it measured, some not" },
	};
	size_t n = d->n_names < COLOURS ? d->n_names : COLOURS;

	ev_buffer_add_str(d->out, "<ul class=\"legend\" "
				  "aria-label=\"Legend\">\n");
	swatch(d, "hit", COLOURS, "measured", "differs, and is measured");
	swatch(d, "miss", COLOURS, "measured",
	       "differs, and cannot explain a digest");
	for (size_t i = 0; i < n; i++)
		swatch(d, "region", i, "measured", d->name[i]);
	if (d->n_names > COLOURS)
		swatch(d, "region", COLOURS, "measured", "other components");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (has_state(d, states[i].state))
			swatch(d, states[i].class, COLOURS, states[i].state,
			       states[i].words);
	}
	ev_buffer_add_str(d->out, "</ul>\n");
}

void au_render_diff_map(const json_t *platform, size_t id, const char *words,
			struct ev_buffer *out)
{
	struct drawing d = {
		.platform = platform,
		.map = { json_object_get(platform, "mapA"),
			 json_object_get(platform, "mapB") },
		.id = id,
		.out = out,
	};

	if (!fold(&d)) {
		out->failed = true;
		return;
	}
	ev_buffer_add_str(out, "<figure class=\"map\">\n");
	picture(&d, words);
	ev_buffer_add_str(out, "<figcaption>\n<p class=\"muted\">Heights are "
			       "not to scale: each doubling of a region adds "
			       "as much. Gaps are folded.</p>\n");
	legend(&d);
	ev_buffer_add_str(out, "</figcaption>\n</figure>\n");
	au_address_rows_free(&d.rows);
}
