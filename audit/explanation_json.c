/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation as canonical JSON. */
#include "audit/explanation.h"
#include "audit/image_report.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/json_write.h"
#include "replay/render_member.h"

#include <inttypes.h>
#include <stdio.h>

struct writing {
	const struct au_explanation *e;
	struct ev_writer *w;
	struct ev_error *err;
	bool ok; /* what is not the writer's own went well */
};

static void write_address(struct ev_writer *w, const char *name, uint64_t gpa)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, gpa);
	ev_write_str(w, name, text);
}

/* Appends whatever `say` says as a member. */
#define WRITE_SAID(s, name, say)                                               \
	do {                                                                   \
		ev_auto_buffer struct ev_buffer said = { 0 };                  \
		say;                                                           \
		(s)->ok = (s)->ok && ev_buffer_ok(&said);                      \
		ev_write_foreign((s)->w, name, ev_buffer_span(&said));         \
	} while (0)

static void write_copy(struct writing *s, const char *name, const json_t *v)
{
	ev_auto_free char *text = NULL;
	size_t n = 0;

	if (v == NULL)
		return;
	if (ev_json_canonical(v, name, &text, &n, s->err) != EV_OK)
		s->ok = false;
	else
		ev_write_raw(s->w, name, ev_span_of(text, n));
}

static void write_image(struct writing *s, const struct au_at_hand *image)
{
	ev_auto_buffer struct ev_buffer measure = { 0 };

	ev_write_object(s->w, NULL);
	ev_write_foreign(s->w, "name", ev_span_str(image->name));
	if (au_image_report_json(&image->image, &image->candidates, NULL,
				 &measure))
		ev_write_raw(s->w, "measure", ev_buffer_span(&measure));
	else
		s->ok = false;
	au_statements_write(image->statements, "statements", s->w);
	ev_write_end(s->w);
}

static void write_rule(struct writing *s, const struct au_candidate *c)
{
	ev_auto_json json_t *rule = au_rule_json(c);

	s->ok = s->ok && rule != NULL;
	write_copy(s, "rule", rule);
	ev_write_bool(s->w, "default", c->is_default);
}

static void write_answer(struct writing *s, const char *name,
			 enum au_policy_answer answer, const char *says)
{
	if (answer == AU_POLICY_NONE)
		return;
	ev_write_object(s->w, name);
	ev_write_bool(s->w, "agrees", answer == AU_POLICY_AGREES);
	ev_write_str(s->w, "says", says);
	ev_write_end(s->w);
}

/* What the image asks of the guest, beside what the guest is. */
static void write_answers(struct writing *s, const struct au_explained *x,
			  size_t i)
{
	const struct au_launch *launch = x->beside[i].launch;
	char says[AU_OUTSIDE_TEXT];

	if (launch == NULL)
		return;
	write_answer(s, "policy", au_outside_policy(x->measured, launch, says),
		     says);
	write_answer(s, "svn",
		     au_outside_svn(x->measured,
				    s->e->images->item[i].statements, says),
		     says);
}

static void write_beside(struct writing *s, const struct au_explained *x,
			 size_t i)
{
	const struct au_beside *b = &x->beside[i];

	ev_write_object(s->w, NULL);
	ev_write_int(s->w, "image", (int64_t)i + 1);
	ev_write_str(s->w, "result", au_result_name(b->result));
	WRITE_SAID(s, "reason", au_beside_reason(x, i, &said));
	ev_write_int(s->w, "compared",
		     x->measured->not_comparable != NULL
			     ? 0
			     : (int64_t)b->n_candidates);
	if (b->hit != NULL)
		write_rule(s, b->hit);
	write_answers(s, x, i);
	ev_write_end(s->w);
}

static void write_first(struct writing *s, const struct au_set_apart *apart)
{
	const struct au_difference *d = apart->first->d;

	ev_write_object(s->w, "first");
	ev_write_str(s->w, "class", au_difference_class_name(d->class));
	write_address(s->w, "gpa", d->gpa);
	if (d->class == AU_DIFF_DATA && d->chunks != 0)
		write_address(s->w, "chunk",
			      d->gpa + AU_CHUNK * (unsigned int)__builtin_ctz(
							  d->chunks));
	ev_write_foreign(s->w, "component",
			 ev_span_str(au_image_difference_component(
				 apart->diff, apart->first)));
	ev_write_end(s->w);
}

static void write_operations(struct writing *s,
			     const struct au_launch_diff *diff)
{
	ev_write_object(s->w, "operations");
	ev_write_u64(s->w, "a", diff->operations_a);
	ev_write_u64(s->w, "b", diff->operations_b);
	if (diff->has_first)
		ev_write_u64(s->w, "same", diff->first.operation);
	ev_write_end(s->w);
}

static void write_apart(struct writing *s, const struct au_explained *x,
			const struct au_set_apart *apart)
{
	const struct au_platform_diff *p =
		&apart->diff->platform[apart->platform];
	const char *contents = au_set_apart_contents(apart);

	ev_write_object(s->w, NULL);
	ev_write_int(s->w, "a", (int64_t)apart->a + 1);
	ev_write_int(s->w, "b", (int64_t)apart->b + 1);
	WRITE_SAID(s, "says", au_set_apart_reason(x, apart, &said));
	ev_write_object(s->w, "measured");
	ev_write_u64(s->w, "of", apart->measured_pages);
	ev_write_u64(s->w, "other", apart->other);
	ev_write_u64(s->w, "pages", apart->pages);
	ev_write_end(s->w);
	ev_write_u64(s->w, "unmeasured", apart->unmeasured);
	write_operations(s, &p->diff);
	if (apart->first != NULL)
		write_first(s, apart);
	if (*contents != '\0')
		ev_write_foreign(s->w, "contents", ev_span_str(contents));
	ev_write_end(s->w);
}

static void write_outside(struct writing *s, const struct au_outside *outside)
{
	ev_write_array(s->w, "outside");
	for (size_t i = 0; i < outside->n; i++) {
		const struct au_outside_row *row = &outside->row[i];

		ev_write_object(s->w, NULL);
		ev_write_str(s->w, "name", row->name);
		if (row->value != NULL)
			ev_write_foreign(s->w, "value",
					 ev_span_str(row->value));
		ev_write_str(s->w, "says", row->says);
		ev_write_end(s->w);
	}
	ev_write_end(s->w);
}

static void write_wanted(struct writing *s, const struct au_explained *x)
{
	const char *text;

	if (au_explained_wanted(x, 0) == NULL)
		return;
	ev_write_array(s->w, "wanted");
	for (size_t i = 0; (text = au_explained_wanted(x, i)) != NULL; i++)
		ev_write_str(s->w, NULL, text);
	ev_write_end(s->w);
}

static void write_item(struct writing *s,
		       const struct au_explanation_item *item)
{
	const struct au_explained *x = &item->explained;
	const struct au_measured *m = x->measured;

	ev_write_object(s->w, NULL);
	ev_write_str(s->w, "platform", m->reg->platform_name);
	ev_write_str(s->w, "register", m->reg->name);
	ev_write_foreign(s->w, "item", ev_span_str(m->item));
	if (m->hex != NULL)
		ev_write_str(s->w, "value", m->hex);
	ev_write_str(s->w, "result", au_result_name(x->result));
	WRITE_SAID(s, "reason", au_explained_reason(x, s->e->images, &said));
	ev_write_array(s->w, "images");
	for (size_t i = 0; i < s->e->images->n; i++)
		write_beside(s, x, i);
	ev_write_end(s->w);
	ev_write_array(s->w, "differences");
	for (size_t i = 0; i < x->n_apart; i++)
		write_apart(s, x, &x->apart[i]);
	ev_write_end(s->w);
	write_outside(s, &item->outside);
	write_wanted(s, x);
	ev_write_end(s->w);
}

/* What the evidence is, and what the replay says of it. */
static void write_report(struct writing *s)
{
	static const char *const members[] = { "asOf", "policy" };
	const json_t *report = s->e->report;
	const char *verdict =
		json_string_value(json_object_get(report, "verdict"));

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		write_copy(s, members[i], json_object_get(report, members[i]));
	ev_write_foreign(s->w, "verdict",
			 ev_span_str(verdict != NULL ? verdict : ""));
	ev_write_bool(s->w, "simulated", rp_rests_on_simulated(report));
}

enum ev_code au_explanation_json(const struct au_explanation *e, char **out,
				 size_t *n, struct ev_error *err)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	struct writing s = { e, w, err, true };

	if (w == NULL)
		return ev_fail_trouble(err, "explanation", "out of memory");
	ev_write_object(w, NULL);
	ev_write_str(w, "result", au_result_name(e->result));
	write_report(&s);
	ev_write_array(w, "images");
	for (size_t i = 0; i < e->images->n; i++)
		write_image(&s, &e->images->item[i]);
	ev_write_end(w);
	ev_write_array(w, "measurements");
	for (size_t i = 0; i < e->measured.n; i++)
		write_item(&s, &e->item[i]);
	ev_write_end(w);
	ev_write_end(w);
	*out = s.ok ? ev_writer_finish(w, n) : NULL;
	return *out != NULL ? EV_OK
			    : ev_fail_trouble(err, "explanation",
					      "it cannot be written");
}
