/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The artifact of a reference among the images at hand: where the evidence has
 * another value than the product that was asked for, what sets the image that
 * ran apart from the one that the reference is about.
 */
#ifndef AU_ARTIFACT_H
#define AU_ARTIFACT_H

#include "audit/explained.h"
#include "evidence/base/buffer.h"

struct au_artifact {
	struct au_explained explained; /* of the measurement */
	/* Of explained: A ran, B is the artifact; NULL: nothing explains the
	 * difference, and neither c nor anything else is changed. */
	const struct au_set_apart *apart;
};

/*
 * Turns differs-unexplained (c) into differs-explained where one image at hand
 * has the value, another is the artifact of a reference that was asked for and
 * makes a value of it, and something that is measured sets them apart; c then
 * tells of that reference.  Any other result stays.  images may be NULL.
 * EV_OK or trouble.
 */
enum ev_code au_artifact_explain(struct au_images *images,
				 const struct au_references *refs,
				 const struct au_question *question,
				 const struct au_measured *measured,
				 struct ev_crypto *crypto,
				 struct au_comparison *c,
				 struct au_artifact *out, struct ev_error *err);

/* Appends which image ran, which is the reference's, and what differs; ASCII,
 * no full stop. */
void au_artifact_words(const struct au_artifact *artifact,
		       const struct au_images *images,
		       const struct au_comparison *c, struct ev_buffer *out);

#endif
