/* SPDX-License-Identifier: Apache-2.0 */
/* One line on a list of findings: what a person must know first. */
#include "audit/contents/finding.h"

#include <stdlib.h>

/* A name or two help; the list behind has all. */
static const size_t sentences_max = 3;

static void separate(struct ev_buffer *out)
{
	if (out->n > 0)
		ev_buffer_add_str(out, "; ");
}

/* "3 files", or "3 parts" where they are of several kinds. */
static void add_count(const struct au_contents_diff *diff,
		      enum au_finding_class found, size_t n,
		      struct ev_buffer *out)
{
	const char *word = NULL;

	for (size_t i = 0; i < diff->n; i++) {
		const struct au_finding *f = &diff->item[i];

		if (f->depth != 0 || f->found != found)
			continue;
		if (word == NULL)
			word = au_part_kind_name(f->kind);
		else if (strcmp(word, au_part_kind_name(f->kind)) != 0)
			word = "part";
	}
	ev_buffer_printf(out, "%zu %s%s", n, word == NULL ? "part" : word,
			 n == 1 ? "" : "s");
}

/* The first sentences of a class, then how many more. */
static void add_sentences(const struct au_contents_diff *diff,
			  enum au_finding_class found, const char *more,
			  struct ev_buffer *out)
{
	size_t n = 0, all = diff->count[found];

	for (size_t i = 0; i < diff->n && n < sentences_max; i++) {
		const struct au_finding *f = &diff->item[i];

		if (f->depth != 0 || f->found != found)
			continue;
		separate(out);
		ev_buffer_add_str(out, f->sentence);
		n++;
	}
	if (all > n) {
		separate(out);
		ev_buffer_printf(out, "%zu more %s", all - n, more);
	}
}

/* What another size of one moves is an address of others. */
static void add_sizes(const struct au_contents_diff *diff, bool build_path,
		      struct ev_buffer *out)
{
	size_t n = diff->count[AU_FOUND_SIZE],
	       moved = diff->count[AU_FOUND_MOVED];

	if (n == 0)
		return;
	separate(out);
	add_count(diff, AU_FOUND_SIZE, n, out);
	ev_buffer_printf(out, " %s only in section size",
			 n == 1 ? "differs" : "differ");
	if (moved > 0)
		ev_buffer_printf(out,
				 ", %zu more only in the address which that "
				 "moves",
				 moved);
	if (build_path)
		ev_buffer_add_str(out, "; build path length");
}

static void add_moved(const struct au_contents_diff *diff,
		      struct ev_buffer *out)
{
	size_t n = diff->count[AU_FOUND_MOVED];

	if (n == 0 || diff->count[AU_FOUND_SIZE] > 0)
		return;
	separate(out);
	add_count(diff, AU_FOUND_MOVED, n, out);
	ev_buffer_printf(out, " %s only in the address",
			 n == 1 ? "differs" : "differ");
}

enum ev_code au_first_screen(struct au_contents_diff *diff, bool build_path,
			     struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer out = { 0 };

	add_sentences(diff, AU_FOUND_AT_ODDS, "at odds with themselves", &out);
	add_sentences(diff, AU_FOUND_CHANGED, "differ", &out);
	add_sentences(diff, AU_FOUND_UNREAD, "cannot be read", &out);
	add_sentences(diff, AU_FOUND_ONLY_A, "only in A", &out);
	add_sentences(diff, AU_FOUND_ONLY_B, "only in B", &out);
	add_sizes(diff, build_path, &out);
	add_moved(diff, &out);
	add_sentences(diff, AU_FOUND_PACKED, "placed or packed otherwise",
		      &out);
	if (out.n == 0)
		ev_buffer_add_str(&out,
				  diff->equal ? "no difference"
					      : "the same contents, placed or "
						"measured otherwise");
	free(diff->sentence);
	diff->sentence = ev_buffer_take(&out, NULL);
	if (diff->sentence == NULL)
		return ev_fail_trouble(err, "contents", "out of memory");
	return EV_OK;
}
