/* SPDX-License-Identifier: Apache-2.0 */
/* Two images: their platforms paired, compared, and what is alike told once. */
#include "audit/diff/image_diff.h"

#include "audit/contents/linker_map.h"
#include "evidence/base/cleanup.h"

#include <stdlib.h>

struct comparing {
	struct au_image_diff *out;
	struct ev_crypto *crypto;
	struct ev_error *err;
};

static const struct au_launch *launch_named(const struct au_image *image,
					    const char *platform)
{
	for (size_t i = 0; i < image->n; i++) {
		if (strcmp(image->launch[i].platform, platform) == 0)
			return &image->launch[i];
	}
	return NULL;
}

static void add_platform(struct comparing *c, const char *name)
{
	struct au_image_diff *out = c->out;
	struct au_platform_diff p = {
		.platform = name,
		.a = launch_named(out->a.image, name),
		.b = launch_named(out->b.image, name),
		.contents_of = out->n_platforms,
	};

	for (size_t i = 0; i < out->n_platforms; i++) {
		if (strcmp(out->platform[i].platform, name) == 0)
			return;
	}
	p.reg = p.a != NULL ? p.a->reg : p.b->reg;
	out->platform[out->n_platforms++] = p;
}

/* TDX before others: what most readers ask for. */
static enum ev_code add_platforms(struct comparing *c)
{
	const struct au_image *const images[] = { c->out->a.image,
						  c->out->b.image };
	size_t n = images[0]->n + images[1]->n;

	assert(n <= AU_PLATFORMS_MAX);
	c->out->platform = calloc(n + 1, sizeof(*c->out->platform));
	if (c->out->platform == NULL)
		return ev_fail_trouble(c->err, "image differences", "memory");
	for (int others = 0; others < 2; others++) {
		for (size_t i = 0; i < n; i++) {
			const struct au_image *image =
				images[i >= images[0]->n];
			const struct au_launch *l =
				&image->launch[i < images[0]->n
						       ? i
						       : i - images[0]->n];
			bool tdx = l->reg != NULL && l->reg->platform == AU_TDX;

			if (tdx == (others == 0))
				add_platform(c, l->platform);
		}
	}
	return EV_OK;
}

/* Of a platform that one image alone has. */
static enum ev_code measure(struct comparing *c, const struct au_launch *launch,
			    uint8_t value[AU_VALUE_MAX])
{
	struct au_checkpoints list;
	struct au_units units;
	enum ev_code code;

	if (launch == NULL || launch->reg == NULL)
		return EV_OK;
	if (au_units_of(launch, &units, c->err) != EV_OK)
		return c->err->code;
	code = au_checkpoints_of(launch, &units, c->crypto, &list, c->err);
	au_units_free(&units);
	if (code != EV_OK)
		return code;
	memcpy(value, list.last, AU_VALUE_MAX);
	au_checkpoints_free(&list);
	return EV_OK;
}

static enum ev_code compare_platform(struct comparing *c,
				     struct au_platform_diff *p)
{
	if (p->a == NULL || p->b == NULL) {
		if (measure(c, p->a, p->value_a) != EV_OK)
			return c->err->code;
		return measure(c, p->b, p->value_b);
	}
	if (au_launch_diff(p->a, p->b, c->crypto, &p->diff, c->err) != EV_OK)
		return c->err->code;
	memcpy(p->value_a, p->diff.checkpoints_a.last, AU_VALUE_MAX);
	memcpy(p->value_b, p->diff.checkpoints_b.last, AU_VALUE_MAX);
	p->equal = p->reg != NULL &&
		   memcmp(p->value_a, p->value_b, p->reg->size) == 0;
	return EV_OK;
}

static int cmp_items(const void *x, const void *y)
{
	const struct au_image_difference *a = x, *b = y;
	int order = au_difference_cmp(a->d, b->d);

	if (order == 0)
		order = (a->platforms > b->platforms) -
			(a->platforms < b->platforms);
	if (order == 0)
		order = (a->d->place_a > b->d->place_a) -
			(a->d->place_a < b->d->place_a);
	return order;
}

/* What neighbours have in common becomes one. */
static void merge(struct au_image_diff *out)
{
	size_t n = 0, first = 0;

	for (size_t i = 0; i < out->n; i++) {
		struct au_image_difference item = out->item[i];
		size_t k = first;

		if (n > 0 && au_difference_cmp(out->item[n - 1].d, item.d) != 0)
			first = k = n;
		while (k < n && !au_difference_same(out->item[k].d, item.d))
			k++;
		if (k < n)
			out->item[k].platforms |= item.platforms;
		else
			out->item[n++] = item;
	}
	out->n = n;
}

static enum ev_code gather(struct comparing *c)
{
	struct au_image_diff *out = c->out;
	size_t n = 0;

	for (size_t i = 0; i < out->n_platforms; i++)
		n += out->platform[i].diff.differences.n;
	out->item = calloc(n + 1, sizeof(*out->item));
	if (out->item == NULL)
		return ev_fail_trouble(c->err, "image differences", "memory");
	for (size_t i = 0; i < out->n_platforms; i++) {
		const struct au_differences *list =
			&out->platform[i].diff.differences;

		for (size_t k = 0; k < list->n; k++)
			out->item[out->n++] = (struct au_image_difference){
				&list->item[k], (uint16_t)(1u << i)
			};
	}
	qsort(out->item, out->n, sizeof(*out->item), cmp_items);
	merge(out);
	return EV_OK;
}

/* Whether platforms i and k differ in the same pages in the same way. */
static bool alike(const struct au_image_diff *out, size_t i, size_t k)
{
	for (size_t d = 0; d < out->n; d++) {
		const struct au_image_difference *item = &out->item[d];

		if (item->d->class != AU_DIFF_POLICY &&
		    au_image_difference_has(item, i) !=
			    au_image_difference_has(item, k))
			return false;
	}
	return true;
}

static size_t contents_of(const struct au_image_diff *out, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		const struct au_platform_diff *p = &out->platform[k];

		if (p->a != NULL && p->b != NULL && p->contents_of == k &&
		    alike(out, i, k))
			return k;
	}
	return i;
}

struct laid_out {
	struct au_components a, b;
};

static void free_laid_out(struct laid_out *l)
{
	au_components_free(&l->a);
	au_components_free(&l->b);
}

static enum ev_code lay_out(struct comparing *c, const struct au_launch *launch,
			    struct ev_span map, struct au_components *out,
			    struct au_memory_map *regions)
{
	if (launch == NULL)
		return EV_OK;
	if (au_components_of(launch, map, out, c->err) != EV_OK)
		return c->err->code;
	return au_memory_map_of(out, regions, c->err);
}

static bool has_digests(const struct au_components *list)
{
	for (size_t i = 0; i < list->n; i++) {
		enum au_part_kind kind = list->item[i].part.kind;

		if (list->item[i].measured &&
		    (kind == AU_PART_HASH_PAGE || kind == AU_PART_HASH_TABLE))
			return true;
	}
	return false;
}

/* Memory is laid out for one platform at a time; what is kept are names. */
static enum ev_code attribute(struct comparing *c, size_t i)
{
	struct au_platform_diff *p = &c->out->platform[i];
	struct laid_out l = { 0 };
	enum ev_code code;

	code = lay_out(c, p->a, c->out->a.map, &l.a, &p->map_a);
	if (code == EV_OK)
		code = lay_out(c, p->b, c->out->b.map, &l.b, &p->map_b);
	if (code == EV_OK && p->a != NULL && p->b != NULL) {
		p->bound = has_digests(&l.a) && has_digests(&l.b);
		p->contents_of = contents_of(c->out, i);
		if (p->contents_of == i)
			code = au_contents_diff_launches(&l.a, &l.b, c->crypto,
							 &p->contents, c->err);
	}
	free_laid_out(&l);
	return code;
}

static void conclude(struct au_image_diff *out)
{
	out->equal = out->n == 0;
	for (size_t i = 0; i < out->n_platforms; i++) {
		const struct au_platform_diff *p = &out->platform[i];

		out->equal = out->equal && p->a != NULL && p->b != NULL &&
			     (p->reg == NULL || p->equal);
	}
}

static enum ev_code compare(struct comparing *c)
{
	if (add_platforms(c) != EV_OK)
		return c->err->code;
	for (size_t i = 0; i < c->out->n_platforms; i++) {
		if (compare_platform(c, &c->out->platform[i]) != EV_OK)
			return c->err->code;
	}
	if (gather(c) != EV_OK)
		return c->err->code;
	for (size_t i = 0; i < c->out->n_platforms; i++) {
		if (attribute(c, i) != EV_OK)
			return c->err->code;
	}
	conclude(c->out);
	return EV_OK;
}

enum ev_code au_image_map_check(const struct au_image_side *side,
				struct ev_error *err)
{
	struct au_linker_map map;

	for (size_t i = 0; side->map.n > 0 && i < side->image->n; i++) {
		if (au_linker_map_parse(side->map,
					side->image->launch[i].platform, &map,
					err) != EV_OK)
			return err->code;
		au_linker_map_free(&map);
	}
	return EV_OK;
}

enum ev_code au_image_diff(const struct au_image_side *a,
			   const struct au_image_side *b,
			   struct ev_crypto *crypto, struct au_image_diff *out,
			   struct ev_error *err)
{
	struct comparing c = { out, crypto, err };
	enum ev_code code;

	*out = (struct au_image_diff){ .a = *a, .b = *b };
	code = compare(&c);
	if (code != EV_OK)
		au_image_diff_free(out);
	return code;
}

void au_image_diff_free(struct au_image_diff *diff)
{
	for (size_t i = 0; i < diff->n_platforms; i++) {
		struct au_platform_diff *p = &diff->platform[i];

		au_launch_diff_free(&p->diff);
		au_memory_map_free(&p->map_a);
		au_memory_map_free(&p->map_b);
		au_contents_diff_free(&p->contents);
	}
	free(diff->platform);
	free(diff->item);
	*diff = (struct au_image_diff){ 0 };
}

const char *au_image_difference_component(const struct au_image_diff *diff,
					  const struct au_image_difference *d)
{
	const struct au_platform_diff *p =
		&diff->platform[__builtin_ctz(d->platforms)];
	const struct au_region *r;

	if (d->d->class == AU_DIFF_POLICY)
		return d->d->word;
	r = au_memory_map_at(d->d->a != NULL ? &p->map_a : &p->map_b,
			     d->d->gpa);
	if (r != NULL)
		return r->name;
	return au_operation_kind_name(au_difference_op(d->d)->kind);
}
