/* SPDX-License-Identifier: Apache-2.0 */
/* Images at hand, as au_images_add leaves them, of launches by hand. */
#ifndef TESTS_AT_HAND_SAMPLE_H
#define TESTS_AT_HAND_SAMPLE_H

#include "audit/at_hand.h"
#include "tests/launch_sample.h"

#define SAMPLE_PAGES  6
#define SAMPLE_SHARED 5 /* the page that is shared, the last */

/* Adds an image of those pages; the measured ones are one operation, so that
 * their order is open. */
static inline struct au_at_hand *
sample_at_hand(struct au_images *images, enum au_platform platform,
	       uint8_t bytes[SAMPLE_PAGES][AU_PAGE], struct ev_crypto *crypto)
{
	size_t side = images->n++;
	struct au_at_hand *image = &images->item[side];
	struct au_operation op[2] = {
		sample_page(0, ev_span_of(bytes[0], SAMPLE_SHARED * AU_PAGE)),
		sample_page(SAMPLE_SHARED,
			    ev_span_of(bytes[SAMPLE_SHARED], AU_PAGE)),
	};
	struct ev_error err = { 0 };

	op[0].size = SAMPLE_SHARED * AU_PAGE;
	op[1].shared = true;
	*image = (struct au_at_hand){ .name = "sample" };
	image->statements = calloc(1, sizeof(*image->statements));
	assert_non_null(image->statements);
	image->image.launch = calloc(1, sizeof(*image->image.launch));
	assert_non_null(image->image.launch);
	image->image.launch[0] = sample_launch(platform, op, 2);
	image->image.n = 1;
	image->image.sha256[0] = (uint8_t)side;
	assert_int_equal(EV_OK,
			 au_candidates_add(&image->image.launch[0], true,
					   crypto, &image->candidates, &err));
	return image;
}

#endif
