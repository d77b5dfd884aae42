/* SPDX-License-Identifier: Apache-2.0 */
/* One sentence: what is measured first, then what is not. */
#include "audit/diff/diff_summary.h"

#include "audit/diff/difference_words.h"

/* More pages than a person looks at one by one: then it is told what they
 * hold. */
static const size_t FEW_PAGES = 3;

/* What is counted: class, measured or not, and which memory it is about. */
struct sort {
	enum au_difference_class class;
	bool measured;
	bool shared; /* in both images; else in neither, or in one */
};

struct found {
	size_t n;
	const struct au_difference *first;
	const char *component; /* of the first */
};

static bool is_shared(const struct au_difference *d)
{
	const struct au_operation *op = au_difference_op(d);

	return op != NULL && op->shared &&
	       (d->b == NULL || d->a == NULL || d->b->shared);
}

/* How many pages, or operations that are none. */
static size_t pages_of(const struct au_difference *d)
{
	const struct au_operation *op = au_difference_op(d);

	return op != NULL && op->kind == AU_PAGES ? (size_t)(d->size / AU_PAGE)
						  : 1;
}

static struct found find(const struct au_image_diff *diff, size_t i,
			 struct sort want)
{
	struct found out = { 0, NULL, "" };

	for (size_t k = 0; k < diff->n; k++) {
		const struct au_difference *d = diff->item[k].d;

		if (!au_image_difference_has(&diff->item[k], i) ||
		    d->class != want.class || d->measured != want.measured ||
		    is_shared(d) != want.shared)
			continue;
		out.n += pages_of(d);
		if (out.first != NULL)
			continue;
		out.first = d;
		out.component =
			au_image_difference_component(diff, &diff->item[k]);
	}
	return out;
}

struct sentence {
	const struct au_image_diff *diff;
	size_t i; /* platform */
	struct ev_buffer *out;
	size_t start;
	bool any_measured;
	bool only_shared; /* of what is not measured */
};

static void separate(struct sentence *s)
{
	if (s->out->n > s->start)
		ev_buffer_add_str(s->out, "; ");
}

/* Begins a part: its count, and what there are. */
static void begin(struct sentence *s, size_t n, const char *one,
		  const char *many)
{
	separate(s);
	ev_buffer_printf(s->out, "%zu %s", n, n == 1 ? one : many);
}

/* "0x800d000 (kernel)"; what is named by its address alone is not again. */
static void place(struct sentence *s, const struct found *f)
{
	static const char unnamed[] = "memory at ";

	ev_buffer_printf(s->out, "0x%llx", (unsigned long long)f->first->gpa);
	if (strncmp(f->component, unnamed, sizeof(unnamed) - 1) != 0)
		ev_buffer_printf(s->out, " (%s)", f->component);
}

static void address(struct sentence *s, const struct found *f)
{
	ev_buffer_add_str(s->out, f->n > 1 ? ", the first " : ": ");
	place(s, f);
}

static void data(struct sentence *s, const struct found *f)
{
	begin(s, f->n, "measured page differs", "measured pages differ");
	address(s, f);
	if (f->n > 1)
		return;
	ev_buffer_add_str(s->out, ", ");
	au_difference_where(f->first, s->out);
}

static void only(struct sentence *s, const struct found *f)
{
	const char *image = f->first->class == AU_DIFF_ONLY_A ? "A" : "B";

	begin(s, f->n, "operation is in", "operations are in");
	ev_buffer_printf(s->out, " %s alone", image);
	address(s, f);
}

static void flags(struct sentence *s, const struct found *f)
{
	begin(s, f->n, "page is measured in another way",
	      "pages are measured in another way");
	address(s, f);
	ev_buffer_add_str(s->out, ", ");
	au_difference_words(f->first, s->out);
}

static void order(struct sentence *s, const struct found *f)
{
	const struct au_launch_diff *d = &s->diff->platform[s->i].diff;

	separate(s);
	if (s->out->n == s->start)
		ev_buffer_add_str(s->out, "the order alone differs: ");
	ev_buffer_printf(s->out, "%zu of %llu operations %s elsewhere", f->n,
			 (unsigned long long)d->operations_a,
			 f->n == 1 ? "stands" : "stand");
	address(s, f);
	ev_buffer_add_str(s->out, " (");
	au_difference_words(f->first, s->out);
	ev_buffer_add_str(s->out, ")");
}

static void area(struct sentence *s, const struct found *f)
{
	begin(s, f->n, "area that the host fills has another size",
	      "areas that the host fills have other sizes");
	address(s, f);
	ev_buffer_add_str(s->out, ", ");
	au_difference_words(f->first, s->out);
}

static void registers(struct sentence *s, const struct found *f)
{
	begin(s, f->n, "register differs: ", "registers differ, the first ");
	au_difference_words(f->first, s->out);
}

/* What the launch measurement takes, in the order of what it says; of memory
 * that differs nothing where the contents have said it. */
static void tell_measured(struct sentence *s, bool contents_told)
{
	static const struct {
		enum au_difference_class class;
		void (*tell)(struct sentence *s, const struct found *f);
	} parts[] = {
		{ AU_DIFF_DATA, data },
		{ AU_DIFF_ONLY_A, only },
		{ AU_DIFF_ONLY_B, only },
		{ AU_DIFF_FLAGS, flags },
		{ AU_DIFF_PARAMETER_AREA, area },
		{ AU_DIFF_REGISTERS, registers },
		{ AU_DIFF_ORDER, order },
	};

	for (size_t k = 0; k < 2 * sizeof(parts) / sizeof(parts[0]); k++) {
		const struct sort want = { parts[k / 2].class, true,
					   k % 2 == 1 };
		struct found f = find(s->diff, s->i, want);

		if (f.n == 0 || (contents_told && want.class <= AU_DIFF_ONLY_B))
			continue;
		s->any_measured = true;
		parts[k / 2].tell(s, &f);
	}
}

/* What it does not take: class, whether the memory is shared, and the words of
 * one and of several. */
static const struct {
	enum au_difference_class class;
	bool shared;
	const char *one, *many, *differs, *differ;
} unmeasured[] = {
	{ AU_DIFF_DATA, true, "shared page", "shared pages", "differs",
	  "differ" },
	{ AU_DIFF_DATA, false, "page with unmeasured contents",
	  "pages with unmeasured contents", "differs", "differ" },
	{ AU_DIFF_ONLY_A, true, "shared page", "shared pages", "is in A alone",
	  "are in A alone" },
	{ AU_DIFF_ONLY_B, true, "shared page", "shared pages", "is in B alone",
	  "are in B alone" },
	{ AU_DIFF_ONLY_A, false, "operation", "operations", "is in A alone",
	  "are in A alone" },
	{ AU_DIFF_ONLY_B, false, "operation", "operations", "is in B alone",
	  "are in B alone" },
	{ AU_DIFF_FLAGS, true, "shared page", "shared pages", "has other flags",
	  "have other flags" },
	{ AU_DIFF_FLAGS, false, "page", "pages", "has other flags",
	  "have other flags" },
	{ AU_DIFF_PARAMETER_AREA, false, "area", "areas", "has another size",
	  "have other sizes" },
	{ AU_DIFF_REGISTERS, false, "register", "registers", "differs",
	  "differ" },
};

static void tell_unmeasured(struct sentence *s, size_t row)
{
	const char *too = s->any_measured ? " too" : "";
	struct found f = find(s->diff, s->i,
			      (struct sort){ unmeasured[row].class, false,
					     unmeasured[row].shared });

	if (f.n == 0)
		return;
	s->only_shared = s->only_shared && unmeasured[row].shared;
	separate(s);
	if (f.n == 1) {
		ev_buffer_printf(s->out, "1 %s ", unmeasured[row].one);
		place(s, &f);
		ev_buffer_printf(s->out, " %s%s", unmeasured[row].differs, too);
	} else {
		ev_buffer_printf(s->out, "%zu %s %s%s, the first ", f.n,
				 unmeasured[row].many, unmeasured[row].differ,
				 too);
		place(s, &f);
	}
}

static void tell_policy(struct sentence *s)
{
	for (size_t k = 0; k < s->diff->n; k++) {
		const struct au_image_difference *item = &s->diff->item[k];

		if (!au_image_difference_has(item, s->i) ||
		    item->d->class != AU_DIFF_POLICY)
			continue;
		s->only_shared = false;
		separate(s);
		ev_buffer_printf(s->out, "the %s differs%s", item->d->word,
				 s->any_measured ? " too" : "");
	}
}

static void tell_rest(struct sentence *s)
{
	const struct au_platform_diff *p = &s->diff->platform[s->i];
	const char nothing[] = "nothing that is measured differs: ";
	size_t before = s->out->n;

	if (!s->any_measured && p->reg != NULL) {
		ev_buffer_add_str(s->out, nothing);
		s->start = s->out->n;
	}
	s->only_shared = true;
	before = s->out->n;
	for (size_t k = 0; k < sizeof(unmeasured) / sizeof(unmeasured[0]); k++)
		tell_unmeasured(s, k);
	tell_policy(s);
	if (s->out->n == before)
		return;
	ev_buffer_add_str(s->out,
			  s->only_shared && p->bound
				  ? ", which the digest covers through its "
				    "page of digests alone"
				  : ", which no digest covers");
}

static bool has_any(const struct au_image_diff *diff, size_t i)
{
	for (size_t k = 0; k < diff->n; k++) {
		if (au_image_difference_has(&diff->item[k], i))
			return true;
	}
	return false;
}

void au_diff_pages_sentence(const struct au_image_diff *diff, size_t i,
			    struct ev_buffer *out)
{
	const struct au_platform_diff *p = &diff->platform[i];
	struct sentence s = { .diff = diff, .i = i, .out = out };

	s.start = out->n;
	if (p->a == NULL || p->b == NULL) {
		ev_buffer_printf(out, "%s alone is for this platform",
				 p->a != NULL ? "A" : "B");
	} else if (has_any(diff, i)) {
		tell_measured(&s, false);
		tell_rest(&s);
	} else {
		ev_buffer_add_str(out, "both images load the same");
		if (memcmp(diff->a.image->sha256, diff->b.image->sha256,
			   sizeof(diff->a.image->sha256)) != 0)
			ev_buffer_add_str(out, ", though the files differ");
	}
}

/* How many pages of memory differ. */
static size_t n_pages(const struct au_image_diff *diff, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k < diff->n; k++) {
		const struct au_difference *d = diff->item[k].d;

		if (au_image_difference_has(&diff->item[k], i) &&
		    d->class <= AU_DIFF_ONLY_B)
			n += pages_of(d);
	}
	return n;
}

static void platform_sentence(const struct au_image_diff *diff, size_t i,
			      struct ev_buffer *out)
{
	const struct au_contents_diff *c =
		&diff->platform[diff->platform[i].contents_of].contents;

	if (n_pages(diff, i) > FEW_PAGES && au_contents_diff_has_names(c)) {
		struct sentence s = { .diff = diff, .i = i, .out = out };

		/* It has what is at odds, and no order, flag or register. */
		ev_buffer_add_str(out, c->sentence);
		tell_measured(&s, true);
		return;
	}
	au_diff_pages_sentence(diff, i, out);
	if (au_contents_diff_has_names(c))
		ev_buffer_printf(out, "; %s", c->sentence);
}

/* Whether a platform before number i says the same. */
static bool is_told(const struct ev_buffer *said, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (ev_span_eq(ev_buffer_span(&said[k]),
			       ev_buffer_span(&said[i])))
			return true;
	}
	return false;
}

void au_diff_summary(const struct au_image_diff *diff, struct ev_buffer *out)
{
	struct ev_buffer said[AU_PLATFORMS_MAX] = { 0 };
	size_t several = 0, told = 0;

	for (size_t i = 0; i < diff->n_platforms; i++) {
		platform_sentence(diff, i, &said[i]);
		several += !is_told(said, i);
		out->failed = out->failed || !ev_buffer_ok(&said[i]);
	}
	for (size_t i = 0; i < diff->n_platforms; i++) {
		if (is_told(said, i))
			continue;
		if (told++ > 0)
			ev_buffer_add_str(out, "; ");
		if (several > 1)
			ev_buffer_printf(
				out, "%s: ",
				au_platform_diff_name(&diff->platform[i]));
		ev_buffer_add(out, ev_buffer_span(&said[i]));
	}
	if (diff->n_platforms == 0)
		ev_buffer_add_str(out, "neither image launches anything");
	for (size_t i = 0; i < diff->n_platforms; i++)
		ev_buffer_free(&said[i]);
}
