/* SPDX-License-Identifier: Apache-2.0 */
/* The artifact of a reference among the images at hand. */
#include "audit/artifact.h"

#include "audit/diff/diff_summary.h"

#include <stdio.h>

#define NAME_SHOWN 64

/* The image comes to a value of the reference: one that does not is no word on
 * what the reference is about, whatever its digest. */
static bool makes(const struct au_at_hand *image,
		  const struct au_launch *launch,
		  const struct au_reference *ref)
{
	for (size_t i = 0; i < ref->n_measurements; i++) {
		const struct au_measurement *m = &ref->measurement[i];

		if (m->reg == launch->reg &&
		    au_at_hand_find(image, launch, m->value) != NULL)
			return true;
	}
	return false;
}

static const char *shown(const char *name, char out[NAME_SHOWN])
{
	ev_show(ev_span_str(name), out, NAME_SHOWN);
	return out;
}

static void decide(const struct au_artifact *a, const struct au_images *images,
		   const struct au_listed *listed, int64_t at,
		   struct au_comparison *c)
{
	char ran[NAME_SHOWN];

	c->result = AU_DIFFERS_EXPLAINED;
	c->listed = listed;
	c->status = au_reference_status(&listed->reference, at);
	snprintf(c->reason, sizeof(c->reason),
		 "%s has this value; the image of %.*s %.*s differs from it in "
		 "%zu of %llu measured pages",
		 shown(images->item[a->apart->a].name, ran),
		 (int)listed->reference.product.n,
		 (const char *)listed->reference.product.p,
		 (int)listed->reference.version.n,
		 (const char *)listed->reference.version.p, a->apart->pages,
		 (unsigned long long)a->apart->measured_pages);
}

enum ev_code au_artifact_explain(struct au_images *images,
				 const struct au_references *refs,
				 const struct au_question *question,
				 const struct au_measured *measured,
				 struct ev_crypto *crypto,
				 struct au_comparison *c,
				 struct au_artifact *out, struct ev_error *err)
{
	out->apart = NULL;
	if (images == NULL || c->result != AU_DIFFERS_UNEXPLAINED)
		return EV_OK;
	if (au_explain(images, measured, crypto, &out->explained, err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < out->explained.n_apart; i++) {
		const struct au_set_apart *apart = &out->explained.apart[i];
		const struct au_at_hand *image = &images->item[apart->b];
		const struct au_listed *listed = au_reference_of_artifact(
			refs, question, image->image.sha256);

		if (!out->explained.has_ran || apart->first == NULL ||
		    listed == NULL ||
		    !makes(image, out->explained.beside[apart->b].launch,
			   &listed->reference))
			continue;
		out->apart = apart;
		decide(out, images, listed, question->at, c);
		break;
	}
	return EV_OK;
}

void au_artifact_words(const struct au_artifact *artifact,
		       const struct au_images *images,
		       const struct au_comparison *c, struct ev_buffer *out)
{
	const struct au_set_apart *apart = artifact->apart;
	const struct au_reference *ref = &c->listed->reference;
	char a[NAME_SHOWN], b[NAME_SHOWN];

	ev_buffer_printf(out, "%s (A) has this value, %s (B) is the image of ",
			 shown(images->item[apart->a].name, a),
			 shown(images->item[apart->b].name, b));
	ev_buffer_add(out, ref->product);
	ev_buffer_add_str(out, " ");
	ev_buffer_add(out, ref->version);
	ev_buffer_add_str(out, ": ");
	au_diff_pages_sentence(apart->diff, apart->platform, out);
	if (*au_set_apart_contents(apart) != '\0')
		ev_buffer_printf(out, "; %s", au_set_apart_contents(apart));
}
