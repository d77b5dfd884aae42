/* SPDX-License-Identifier: Apache-2.0 */
/* The images at hand. */
#include "audit/at_hand.h"

#include <stdlib.h>

static void free_one(struct au_at_hand *image)
{
	free(image->statements);
	au_candidates_free(&image->candidates);
	au_image_free(&image->image);
}

static enum ev_code read_statements(struct au_at_hand *image,
				    struct ev_crypto *crypto,
				    struct ev_error *err)
{
	static const struct au_cose_trust nobody = { .n_roots = 0 };

	image->statements = calloc(1, sizeof(*image->statements));
	if (image->statements == NULL)
		return ev_fail_trouble(err, "images", "out of memory");
	return au_endorsements_read(&image->candidates, &nobody, crypto,
				    image->statements, err);
}

enum ev_code au_images_add(struct au_images *list, const char *name,
			   struct ev_span bytes, struct ev_crypto *crypto,
			   struct ev_error *err)
{
	struct au_at_hand *image = &list->item[list->n];
	enum ev_code code;

	if (list->n == AU_AT_HAND_MAX)
		return ev_fail_u64(err, EV_LIMIT, "images", "number", 0,
				   AU_AT_HAND_MAX, list->n + 1);
	*image = (struct au_at_hand){ .name = name };
	code = au_image_read(bytes, crypto, &image->image, err);
	for (size_t i = 0; code == EV_OK && i < image->image.n; i++)
		code = au_candidates_add(&image->image.launch[i], true, crypto,
					 &image->candidates, err);
	if (code == EV_OK)
		code = read_statements(image, crypto, err);
	if (code == EV_OK)
		list->n++;
	else
		free_one(image);
	return code;
}

void au_images_free(struct au_images *list)
{
	for (size_t a = 0; a < list->n; a++) {
		for (size_t b = 0; b < list->n; b++) {
			if (list->diff[a][b] != NULL)
				au_image_diff_free(list->diff[a][b]);
			free(list->diff[a][b]);
			list->diff[a][b] = NULL;
		}
		free_one(&list->item[a]);
	}
	list->n = 0;
}

static struct au_image_side side_of(const struct au_at_hand *image)
{
	return (struct au_image_side){ .name = image->name,
				       .image = &image->image };
}

enum ev_code au_images_diff(struct au_images *list, size_t a, size_t b,
			    struct ev_crypto *crypto,
			    const struct au_image_diff **out,
			    struct ev_error *err)
{
	const struct au_image_side from = side_of(&list->item[a]);
	const struct au_image_side to = side_of(&list->item[b]);
	struct au_image_diff *diff = list->diff[a][b];

	if (diff == NULL) {
		diff = calloc(1, sizeof(*diff));
		if (diff == NULL)
			return ev_fail_trouble(err, "images", "out of memory");
		if (au_image_diff(&from, &to, crypto, diff, err) != EV_OK) {
			free(diff);
			return err->code;
		}
		list->diff[a][b] = diff;
	}
	*out = diff;
	return EV_OK;
}

const struct au_candidate *au_at_hand_find(const struct au_at_hand *image,
					   const struct au_launch *launch,
					   const uint8_t *value)
{
	for (size_t i = 0; i < image->candidates.n; i++) {
		const struct au_candidate *c = &image->candidates.item[i];

		if (c->launch == launch &&
		    memcmp(c->value, value, launch->reg->size) == 0)
			return c;
	}
	return NULL;
}

size_t au_at_hand_count(const struct au_at_hand *image,
			const struct au_launch *launch)
{
	size_t n = 0;

	for (size_t i = 0; i < image->candidates.n; i++)
		n += image->candidates.item[i].launch == launch;
	return n;
}
