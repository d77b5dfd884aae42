/* SPDX-License-Identifier: Apache-2.0 */
/* One launch measurement beside the images at hand. */
#include "audit/explained.h"

uint64_t au_launch_measured_pages(const struct au_launch *launch)
{
	uint64_t n = 0;

	for (size_t i = 0; i < launch->n; i++) {
		const struct au_operation *op = &launch->op[i];

		if (op->kind == AU_PAGES && op->measured && !op->shared)
			n += op->size / AU_PAGE;
	}
	return n;
}

static const struct au_contents_diff *
contents_of(const struct au_set_apart *apart)
{
	const struct au_platform_diff *p = apart->diff->platform;

	return &p[p[apart->platform].contents_of].contents;
}

const char *au_set_apart_contents(const struct au_set_apart *apart)
{
	const char *sentence = contents_of(apart)->sentence;

	return sentence != NULL ? sentence : "";
}

bool au_set_apart_by_contents(const struct au_set_apart *apart)
{
	return apart->pages > 3 ||
	       au_contents_diff_has_names(contents_of(apart));
}

/* What every image says by itself. */
static void look_at(const struct au_images *images, struct au_explained *e)
{
	const struct au_measured *m = e->measured;

	for (size_t i = 0; i < images->n; i++) {
		const struct au_at_hand *image = &images->item[i];
		struct au_beside *b = &e->beside[i];

		b->result = AU_NOT_COMPARABLE;
		b->launch = au_image_launch(&image->image, m->reg->platform);
		if (b->launch == NULL)
			continue;
		b->n_candidates = au_at_hand_count(image, b->launch);
		e->n_tried += b->n_candidates;
		if (m->not_comparable != NULL)
			continue;
		b->hit = au_at_hand_find(image, b->launch, m->value);
		b->result = b->hit == NULL	 ? AU_DIFFERS_UNEXPLAINED
			    : b->hit->is_default ? AU_MATCH
						 : AU_MATCH_WITH_VARIANT;
	}
}

/* The image that the others are set beside: the one that ran, by its default
 * rule before another; else the first with the platform. */
static bool choose(const struct au_images *images, struct au_explained *e,
		   size_t *out)
{
	bool found = false;

	for (size_t i = 0; i < images->n; i++) {
		const struct au_beside *b = &e->beside[i];

		if (b->hit != NULL &&
		    (!e->has_ran || (b->hit->is_default &&
				     !e->beside[e->ran].hit->is_default))) {
			e->has_ran = true;
			e->ran = i;
		}
		if (b->launch != NULL && !found) {
			found = true;
			*out = i;
		}
	}
	if (e->has_ran)
		*out = e->ran;
	return found;
}

static size_t platform_of(const struct au_image_diff *diff,
			  const struct au_register *reg)
{
	size_t i = 0;

	while (diff->platform[i].reg != reg)
		i++;
	return i;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* A difference that is not of pages has none. */
static size_t pages_of(const struct au_difference *d)
{
	const struct au_operation *op = au_difference_op(d);

	return op != NULL && op->kind == AU_PAGES && d->class <= AU_DIFF_FLAGS
		       ? (size_t)(d->size / AU_PAGE)
		       : 0;
}

static void count(struct au_set_apart *apart)
{
	const struct au_platform_diff *p =
		&apart->diff->platform[apart->platform];

	apart->measured_pages = larger(au_launch_measured_pages(p->a),
				       au_launch_measured_pages(p->b));
	for (size_t i = 0; i < apart->diff->n; i++) {
		const struct au_image_difference *item = &apart->diff->item[i];

		if (!au_image_difference_has(item, apart->platform))
			continue;
		if (!item->d->measured) {
			apart->unmeasured++;
			continue;
		}
		apart->pages += pages_of(item->d);
		apart->other += pages_of(item->d) == 0;
		if (apart->first == NULL || item->d->gpa < apart->first->d->gpa)
			apart->first = item;
	}
}

static enum ev_code set_apart(struct au_images *images, size_t a, size_t b,
			      struct ev_crypto *crypto, struct au_explained *e,
			      struct ev_error *err)
{
	struct au_set_apart *apart = &e->apart[e->n_apart];

	*apart = (struct au_set_apart){ .a = a, .b = b };
	if (au_images_diff(images, a, b, crypto, &apart->diff, err) != EV_OK)
		return err->code;
	apart->platform = platform_of(apart->diff, e->measured->reg);
	count(apart);
	e->n_apart++;
	/* Two that load the same under the default rule may still come to
	 * other values under the rule that was hit. */
	if (e->has_ran && apart->first != NULL)
		e->beside[b].result = AU_DIFFERS_EXPLAINED;
	return EV_OK;
}

static enum ev_code set_all_apart(struct au_images *images,
				  struct ev_crypto *crypto,
				  struct au_explained *e, struct ev_error *err)
{
	size_t from = 0;

	if (!choose(images, e, &from))
		return EV_OK;
	for (size_t i = 0; i < images->n; i++) {
		if (i == from || e->beside[i].launch == NULL ||
		    e->beside[i].hit != NULL)
			continue;
		if (set_apart(images, from, i, crypto, e, err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}

/* The worst that an image with the platform says. */
static enum au_result worst(const struct au_images *images,
			    const struct au_explained *e)
{
	static const int ranks[] = {
		[AU_MATCH] = 0,
		[AU_MATCH_WITH_VARIANT] = 1,
		[AU_NOT_COMPARABLE] = 2,
		[AU_DIFFERS_EXPLAINED] = 3,
		[AU_DIFFERS_UNEXPLAINED] = 4,
	};
	enum au_result result = AU_NOT_COMPARABLE;
	bool any = false;

	for (size_t i = 0; i < images->n; i++) {
		const struct au_beside *b = &e->beside[i];

		if (b->launch == NULL)
			continue;
		if (!any || ranks[b->result] > ranks[result])
			result = b->result;
		any = true;
	}
	return result;
}

enum ev_code au_explain(struct au_images *images,
			const struct au_measured *measured,
			struct ev_crypto *crypto, struct au_explained *out,
			struct ev_error *err)
{
	*out = (struct au_explained){ .measured = measured };
	look_at(images, out);
	if (measured->not_comparable == NULL &&
	    set_all_apart(images, crypto, out, err) != EV_OK)
		return err->code;
	out->result = worst(images, out);
	return EV_OK;
}
