/* SPDX-License-Identifier: Apache-2.0 */
/* Strict PEM: blocks of one label into DER. */
#include "evidence/base/pem.h"

#include "evidence/base/base64.h"
#include "evidence/limits.h"

#include <stdio.h>
#include <stdlib.h>

#define LINE_MAX_CHARS 64 /* RFC 7468 section 2 */

static const char *const object = "pem";

/* A walk over lines; text ends at the first NUL. */
struct walk {
	struct ev_span text;
	size_t at;
	uint64_t base;
	const char *label;
	struct ev_error *err;
};

static enum ev_code refuse(struct walk *w, enum ev_code code, size_t at,
			   const char *want, struct ev_span found)
{
	return ev_fail_bytes(w->err, code, object, w->label, w->base + at, want,
			     found);
}

/* The line at w->at without its LF or CR LF; w->at moves behind it. */
static struct ev_span next_line(struct walk *w)
{
	struct ev_span rest = ev_span_sub(w->text, w->at, w->text.n - w->at);
	const uint8_t *lf = rest.n > 0 ? memchr(rest.p, '\n', rest.n) : NULL;
	size_t n = lf != NULL ? (size_t)(lf - rest.p) : rest.n;

	w->at += lf != NULL ? n + 1 : n;
	if (lf != NULL && n > 0 && rest.p[n - 1] == '\r')
		n--;
	return ev_span_sub(rest, 0, n);
}

static void skip_white(struct walk *w)
{
	while (w->at < w->text.n &&
	       (w->text.p[w->at] == '\n' || w->text.p[w->at] == '\r' ||
		w->text.p[w->at] == ' ' || w->text.p[w->at] == '\t'))
		w->at++;
}

static bool is_boundary(struct ev_span line, const char *word,
			const char *label)
{
	char want[64];
	int n;

	/* Nearly every line is base64, which has no such byte. */
	if (line.n == 0 || line.p[0] != '-')
		return false;
	n = snprintf(want, sizeof(want), "-----%s %s-----", word, label);
	assert(n > 0 && (size_t)n < sizeof(want));
	return ev_span_eq(line, ev_span_of(want, (size_t)n));
}

/*
 * Joins the base64 lines in front of the end line at out, which has room for
 * the whole text; *n characters.  *end is where the end line stops.
 */
static enum ev_code join_lines(struct walk *w, uint8_t *out, size_t *n,
			       size_t *end)
{
	*n = 0;
	while (w->at < w->text.n) {
		size_t start = w->at;
		struct ev_span line = next_line(w);

		if (is_boundary(line, "END", w->label)) {
			*end = start + line.n;
			return EV_OK;
		}
		if (line.n == 0 || line.n > LINE_MAX_CHARS)
			return refuse(w, EV_SYNTAX, start,
				      "1 to 64 base64 characters a line", line);
		memcpy(out + *n, line.p, line.n);
		*n += line.n;
	}
	return refuse(w, EV_TRUNCATED, w->text.n, "the end line",
		      (struct ev_span){ NULL, 0 });
}

/* One block; its DER goes to out, which has room for the text left. */
static enum ev_code read_block(struct walk *w, uint8_t *out,
			       struct ev_pem_block *block)
{
	size_t start = w->at, n_chars, end = 0, n_der;
	struct ev_span line = next_line(w);

	if (!is_boundary(line, "BEGIN", w->label))
		return refuse(w, EV_SYNTAX, start, "the begin line", line);
	if (join_lines(w, out, &n_chars, &end) != EV_OK)
		return w->err->code;
	/* Decoded behind its characters, then moved over them. */
	if (n_chars == 0 ||
	    !ev_base64_decode(EV_BASE64_STD, ev_span_of(out, n_chars),
			      out + n_chars, &n_der))
		return refuse(w, EV_SYNTAX, start, "padded base64",
			      ev_span_of(out, n_chars));
	memmove(out, out + n_chars, n_der);
	block->text = ev_span_sub(w->text, start, end - start);
	block->offset = w->base + start;
	block->der = ev_span_of(out, n_der);
	return EV_OK;
}

static enum ev_code read_blocks(struct walk *w, struct ev_pem_list *list)
{
	uint8_t *out = list->storage;
	struct ev_pem_block *block;

	skip_white(w);
	while (w->at < w->text.n) {
		if (list->n_blocks == EV_PEM_BLOCKS_MAX)
			return ev_fail_u64(w->err, EV_LIMIT, object, "blocks",
					   w->base + w->at, EV_PEM_BLOCKS_MAX,
					   EV_PEM_BLOCKS_MAX + 1);
		block = &list->block[list->n_blocks];
		if (read_block(w, out, block) != EV_OK)
			return w->err->code;
		list->n_blocks++;
		out += block->der.n;
		list->end = block->offset + block->text.n;
		skip_white(w);
	}
	if (list->n_blocks == 0)
		return refuse(w, EV_MISSING, 0, "a block",
			      (struct ev_span){ NULL, 0 });
	return EV_OK;
}

enum ev_code ev_pem_list_parse(struct ev_span text, uint64_t base,
			       const char *label, struct ev_pem_list *out,
			       struct ev_error *err)
{
	const uint8_t *nul = text.n > 0 ? memchr(text.p, 0, text.n) : NULL;
	size_t n = nul != NULL ? (size_t)(nul - text.p) : text.n;
	struct walk w = { ev_span_sub(text, 0, n), 0, base, label, err };
	struct ev_pem_list list = { .n_blocks = 0 };

	if (n > EV_COLLATERAL_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, label, base,
				   EV_COLLATERAL_MAX, n);
	/* Characters and their bytes stand beside each other for a moment. */
	list.storage = malloc(2 * n + 4);
	if (list.storage == NULL)
		return ev_fail_trouble(err, object, "memory");
	if (read_blocks(&w, &list) != EV_OK) {
		ev_pem_list_free(&list);
		return err->code;
	}
	*out = list;
	return EV_OK;
}

void ev_pem_list_free(struct ev_pem_list *list)
{
	free(list->storage);
	*list = (struct ev_pem_list){ .n_blocks = 0 };
}
