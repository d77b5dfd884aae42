/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation for people. */
#include "audit/explanation.h"
#include "evidence/base/hex.h"
#include "replay/render_line.h"
#include "replay/render_member.h"

#include <stdarg.h>
#include <stdio.h>

static const size_t INDENT = 18; /* behind the longest label of a line */
/* Of a file's name, which may be 255 bytes. */
#define NAME_SHOWN 48

struct page {
	const struct au_explanation *e;
	bool full;
	struct ev_buffer *out;
};

static void line_of(struct page *p, const char *label, struct ev_buffer *text)
{
	ev_buffer_add_byte(text, 0);
	if (ev_buffer_ok(text))
		rp_render_words(p->out, label, INDENT, (const char *)text->p);
	else
		p->out->failed = true;
}

static void line(struct page *p, const char *label, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void line(struct page *p, const char *label, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	rp_render_words(p->out, label, INDENT, text);
}

/* Lower-case hex, whole or its first 16 digits. */
static const char *digest(const struct page *p, const char *hex, char out[136])
{
	snprintf(out, 136, "%.*s%s", p->full ? 130 : 16, hex,
		 !p->full && strlen(hex) > 16 ? "..." : "");
	return out;
}

static const char *digest_of(const struct page *p, const uint8_t *bytes,
			     size_t n, char out[136])
{
	char hex[2 * EV_DIGEST_MAX + 1];

	assert(n <= EV_DIGEST_MAX);
	ev_hex_encode(ev_span_of(bytes, n), hex);
	return digest(p, hex, out);
}

static void answer(struct page *p)
{
	static const char *const words[] = { "MATCH", "DIFFERS",
					     "NOT COMPARED" };
	const struct au_explanation *e = p->e;
	const json_t *report = e->report;
	char hex[136];

	line(p, words[e->status],
	     "%zu measurement%s beside %zu image%s as of %s", e->measured.n,
	     e->measured.n == 1 ? "" : "s", e->images->n,
	     e->images->n == 1 ? "" : "s",
	     rp_member_text(report, "asOf", "time", NULL));
	line(p, "  replay", "%s under policy \"%s\", sha256 %s%s",
	     rp_verdict_word(report),
	     rp_member_text(report, "policy", "name", NULL),
	     digest(p, rp_member_text(report, "policy", "sha256", NULL), hex),
	     strcmp(rp_verdict_word(report), "PASS") == 0
		     ? ""
		     : "; 'ecart replay' says why");
	if (rp_rests_on_simulated(report))
		line(p, "  SIMULATED",
		     "anchors: this says nothing about a real machine");
}

static void images(struct page *p)
{
	for (size_t i = 0; i < p->e->images->n; i++) {
		const struct au_at_hand *image = &p->e->images->item[i];
		char label[32], name[NAME_SHOWN], hex[136];

		ev_show(ev_span_str(image->name), name, sizeof(name));
		snprintf(label, sizeof(label), "  image %zu", i + 1);
		line(p, label, "%s: %s of %zu bytes, sha256 %s", name,
		     au_image_format_name(image->image.format),
		     image->image.bytes.n,
		     digest_of(p, image->image.sha256, 32, hex));
		au_statements_print(image->statements, "    ", p->full, p->out);
	}
}

static void candidates(struct page *p, size_t image,
		       const struct au_launch *launch)
{
	const struct au_candidates *all = &p->e->images->item[image].candidates;

	for (size_t i = 0; i < all->n; i++) {
		const struct au_candidate *c = &all->item[i];
		char words[200], hex[136];

		if (c->launch != launch)
			continue;
		au_rule_words(c, words, sizeof(words));
		line(p, c->is_default ? "    default" : "    variant", "%s%s%s",
		     digest_of(p, c->value, launch->reg->size, hex),
		     words[0] != '\0' ? " " : "", words);
	}
}

/* What the image asks of the guest and the guest is not. */
static void answers(struct page *p, const struct au_explained *x, size_t i)
{
	char says[AU_OUTSIDE_TEXT];

	if (au_outside_policy(x->measured, x->beside[i].launch, says) ==
	    AU_POLICY_DIFFERS)
		line(p, "    policy", "DIFFERS: %s", says);
	if (au_outside_svn(x->measured, p->e->images->item[i].statements,
			   says) == AU_POLICY_DIFFERS)
		line(p, "    SVN", "DIFFERS: %s", says);
}

static void beside(struct page *p, const struct au_explained *x)
{
	for (size_t i = 0; i < p->e->images->n; i++) {
		const struct au_beside *b = &x->beside[i];
		ev_auto_buffer struct ev_buffer text = { 0 };
		char label[32];

		snprintf(label, sizeof(label), "  image %zu", i + 1);
		ev_buffer_printf(&text, "%s: ", au_result_name(b->result));
		au_beside_reason(x, i, &text);
		line_of(p, label, &text);
		if (b->launch == NULL)
			continue;
		if (p->full)
			candidates(p, i, b->launch);
		answers(p, x, i);
	}
}

static void unmeasured(struct page *p, size_t n)
{
	if (n > 0)
		line(p, "  unmeasured",
		     n == 1 ? "%zu difference is not measured: it explains "
			      "nothing"
			    : "%zu differences are not measured: they explain "
			      "nothing",
		     n);
}

static void apart(struct page *p, const struct au_explained *x,
		  const struct au_set_apart *a)
{
	const char *contents = au_set_apart_contents(a);
	/* The first line of the measurement has it already. */
	bool told = x->result == AU_DIFFERS_EXPLAINED &&
		    au_set_apart_by_contents(a);
	const char *component =
		a->first != NULL
			? au_image_difference_component(a->diff, a->first)
			: "";
	ev_auto_buffer struct ev_buffer text = { 0 };

	au_set_apart_reason(x, a, &text);
	line_of(p, "  difference", &text);
	if (a->first != NULL)
		line(p, "  component", "0x%llx: %s",
		     (unsigned long long)a->first->d->gpa,
		     *component != '\0' ? component
					: "nothing says what it is");
	if (!told && *contents != '\0')
		rp_render_words(p->out, "  contents", INDENT, contents);
	unmeasured(p, a->unmeasured);
}

static void unexplained(struct page *p, const struct au_explained *x)
{
	const char *text;

	if (au_explained_wanted(x, 0) == NULL)
		return;
	line(p, "  nearest",
	     "cannot be told: one measurement cannot be turned back into the "
	     "pages that made it, and two that differ in one bit are as far "
	     "apart as any two");
	for (size_t i = 0; (text = au_explained_wanted(x, i)) != NULL; i++)
		line(p, i == 0 ? "  wanted" : "  or", "%s", text);
}

/* The measurement says nothing of these. */
static void outside(struct page *p, const struct au_outside *o)
{
	if (o->n > 0)
		line(p, "  outside",
		     "the measurement, which says nothing of these:");
	for (size_t i = 0; i < o->n; i++) {
		const struct au_outside_row *row = &o->row[i];
		char label[24], hex[136];

		snprintf(label, sizeof(label), "    %s", row->label);
		if (row->value == NULL || (row->zero && !p->full))
			line(p, label, "%s", row->says);
		else
			line(p, label, "%s %s", digest(p, row->value, hex),
			     row->says);
	}
}

static void measurement(struct page *p, const struct au_explanation_item *item)
{
	const struct au_explained *x = &item->explained;
	const struct au_measured *m = x->measured;
	ev_auto_buffer struct ev_buffer reason = { 0 };
	char hex[136];

	ev_buffer_add_byte(p->out, '\n');
	au_explained_reason(x, p->e->images, &reason);
	line_of(p, au_result_name(x->result), &reason);
	if (m->hex != NULL)
		line(p, m->reg->platform == AU_TDX ? "  MRTD" : "  LD", "%s",
		     digest(p, m->hex, hex));
	rp_render_words(p->out, "  item", INDENT, m->item);
	beside(p, x);
	for (size_t i = 0; i < x->n_apart; i++)
		apart(p, x, &x->apart[i]);
	unexplained(p, x);
	outside(p, &item->outside);
}

void au_explanation_text(const struct au_explanation *e, bool full,
			 struct ev_buffer *out)
{
	struct page p = { e, full, out };

	answer(&p);
	images(&p);
	for (size_t i = 0; i < e->measured.n; i++)
		measurement(&p, &e->item[i]);
	if (e->measured.n == 0)
		line(&p, "\nnothing",
		     "no launch measurement in the evidence to explain");
}
