/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's command line: read, and compared word by word. */
#include "audit/contents/command_page.h"

#include "evidence/base/reader.h"

#include <stdio.h>

static const char object[] = "command line";

#define PAGE	  4096
#define WORDS_MAX (PAGE / 2)

static const char *const policy_name[] = { "static", "host appends" };

enum ev_code au_command_page_parse(struct ev_span page,
				   struct au_command_page *out,
				   struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(page, 0, object, err);
	uint16_t policy = ev_read_u16le(&r, "policy");
	uint16_t n = ev_read_u16le(&r, "length");
	struct ev_span text, rest;

	if (ev_reader_ok(&r) && policy > 1)
		return ev_fail_u64(err, EV_VALUE, object, "policy", 0, 1,
				   policy);
	if (ev_reader_ok(&r) && n == 0)
		return ev_fail_u64(err, EV_VALUE, object, "length", 2, 1, 0);
	text = ev_read_span(&r, n, "text");
	rest = ev_read_rest(&r);
	if (!ev_reader_ok(&r))
		return err->code;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] > 0x7e)
			return ev_fail_u64(err, EV_VALUE, object, "text", 4 + i,
					   0x20, text.p[i]);
	if (!ev_span_is_zero(rest))
		return ev_fail_bytes(err, EV_TRAILING, object, "rest",
				     4 + text.n, "zeros", rest);
	out->append = policy == 1;
	out->text = text;
	return EV_OK;
}

struct ev_span au_command_page_word(struct ev_span *in)
{
	size_t from = 0, to;
	bool quoted = false;
	struct ev_span word;

	while (from < in->n && in->p[from] == ' ')
		from++;
	to = from;
	while (to < in->n && (quoted || in->p[to] != ' '))
		quoted ^= in->p[to++] == '"';
	word = ev_span_sub(*in, from, to - from);
	*in = ev_span_sub(*in, to, in->n - to);
	return word;
}

struct words {
	struct ev_span word[WORDS_MAX];
	bool paired[WORDS_MAX];
	size_t n;
};

static void split(struct ev_span text, struct words *out)
{
	struct ev_span word = au_command_page_word(&text);

	out->n = 0;
	for (; word.n > 0 && out->n < WORDS_MAX;
	     word = au_command_page_word(&text)) {
		out->paired[out->n] = false;
		out->word[out->n++] = word;
	}
}

/* Each word of A with the first equal one of B that is free; false where the
 * pairs stand in another order.  At most 2048 words each. */
static bool pair(struct words *a, struct words *b)
{
	size_t last = 0;
	bool ordered = true;

	for (size_t i = 0; i < a->n; i++) {
		size_t k = 0;

		while (k < b->n &&
		       (b->paired[k] || !ev_span_eq(a->word[i], b->word[k])))
			k++;
		if (k == b->n)
			continue;
		a->paired[i] = true;
		b->paired[k] = true;
		ordered = ordered && k >= last;
		last = k;
	}
	return ordered;
}

static void add_words(struct au_walk *w, const struct words *list,
		      enum au_finding_class found)
{
	bool in_a = found == AU_FOUND_ONLY_A;

	for (size_t i = 0; i < list->n; i++) {
		ev_auto_buffer struct ev_buffer text = { 0 };
		size_t n = list->word[i].n;
		char shown[4 * PAGE + 8];

		if (list->paired[i])
			continue;
		ev_show(list->word[i], shown, sizeof(shown));
		au_finding_name(shown, &text);
		ev_buffer_printf(&text, " only in %s", in_a ? "A" : "B");
		au_walk_add_named(w, found, AU_PART_COMMAND_LINE, shown,
				  in_a ? n : 0, in_a ? 0 : n, EV_NO_BYTE,
				  &text);
	}
}

/* "key=" of "key=value"; empty where there is none. */
static struct ev_span key_of(struct ev_span word)
{
	const uint8_t *end = word.n > 0 ? memchr(word.p, '=', word.n) : NULL;

	return ev_span_of(word.p, end == NULL ? 0 : (size_t)(end - word.p) + 1);
}

static void add_value(struct au_walk *w, struct ev_span a, struct ev_span b)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct ev_span key = ev_span_sub(a, 0, key_of(a).n - 1);
	char name[4 * PAGE + 8], shown[4 * PAGE + 8];

	ev_show(a, shown, sizeof(shown));
	au_finding_name(shown, &text);
	ev_buffer_add_str(&text, " in A, ");
	ev_show(b, shown, sizeof(shown));
	au_finding_name(shown, &text);
	ev_buffer_add_str(&text, " in B");
	ev_show(key, name, sizeof(name));
	au_walk_add_named(w, AU_FOUND_CHANGED, AU_PART_COMMAND_LINE, name, a.n,
			  b.n, EV_NO_BYTE, &text);
}

/* What is left on both sides under one key has another value. */
static void add_values(struct au_walk *w, struct words *a, struct words *b)
{
	for (size_t i = 0; i < a->n; i++) {
		struct ev_span key = key_of(a->word[i]);
		size_t k = 0;

		if (a->paired[i] || key.n == 0)
			continue;
		while (k < b->n &&
		       (b->paired[k] || !ev_span_eq(key, key_of(b->word[k]))))
			k++;
		if (k == b->n)
			continue;
		a->paired[i] = true;
		b->paired[k] = true;
		add_value(w, a->word[i], b->word[k]);
	}
}

static void add_text(struct au_walk *w, const char *name, const char *sentence)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_add_str(&text, sentence);
	au_walk_add_named(w, AU_FOUND_CHANGED, AU_PART_COMMAND_LINE, name, 0, 0,
			  EV_NO_BYTE, &text);
}

void au_command_page_compare(struct au_walk *w, struct au_part *a,
			     struct au_part *b)
{
	struct ev_error refused = { 0 };
	struct au_command_page line_a, line_b;
	struct words words_a, words_b;
	char text[64];

	/* Then it is bytes, and where they differ is said of the whole. */
	if (au_command_page_parse(a->bytes, &line_a, &refused) != EV_OK ||
	    au_command_page_parse(b->bytes, &line_b, &refused) != EV_OK)
		return;
	if (line_a.append != line_b.append) {
		snprintf(text, sizeof(text), "policy %s in A, %s in B",
			 policy_name[line_a.append],
			 policy_name[line_b.append]);
		add_text(w, "policy", text);
	}
	split(line_a.text, &words_a);
	split(line_b.text, &words_b);
	if (!pair(&words_a, &words_b))
		add_text(w, "order", "words in another order");
	add_values(w, &words_a, &words_b);
	add_words(w, &words_a, AU_FOUND_ONLY_A);
	add_words(w, &words_b, AU_FOUND_ONLY_B);
}
