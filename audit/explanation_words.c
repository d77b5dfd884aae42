/* SPDX-License-Identifier: Apache-2.0 */
/* What an explanation says, in sentences. */
#include "audit/explanation.h"

#include "audit/diff/diff_summary.h"

/* Rules have at most five aspects. */
#define RULE_WORDS 200

static void add_rule(const struct au_candidate *c, struct ev_buffer *out)
{
	char words[RULE_WORDS];

	au_rule_words(c, words, sizeof(words));
	if (c->is_default)
		ev_buffer_add_str(out, "the default rule");
	else
		ev_buffer_add_str(out, "another rule than the default");
	if (words[0] != '\0')
		ev_buffer_printf(out, " (%s)", words);
}

void au_beside_reason(const struct au_explained *e, size_t image,
		      struct ev_buffer *out)
{
	const struct au_beside *b = &e->beside[image];

	if (b->launch == NULL) {
		ev_buffer_printf(out, "the image has no launch for %s",
				 e->measured->reg->platform_name);
	} else if (e->measured->not_comparable != NULL) {
		ev_buffer_add_str(out, "not compared");
	} else if (b->hit != NULL) {
		add_rule(b->hit, out);
		ev_buffer_add_str(out, " makes this value");
	} else {
		ev_buffer_printf(out,
				 b->n_candidates == 1
					 ? "its %zu value is not this one"
					 : "none of its %zu values is "
					   "this one",
				 b->n_candidates);
	}
}

static void add_counts(const struct au_set_apart *apart, struct ev_buffer *out)
{
	ev_buffer_printf(out, "%zu of %llu measured pages", apart->pages,
			 (unsigned long long)apart->measured_pages);
	if (apart->other > 0)
		ev_buffer_printf(out,
				 " and %zu measured difference%s of order, "
				 "areas or registers",
				 apart->other, apart->other == 1 ? "" : "s");
}

static void add_contents(const struct au_set_apart *apart,
			 struct ev_buffer *out)
{
	const char *contents = au_set_apart_contents(apart);

	if (*contents != '\0')
		ev_buffer_printf(out, ": %s", contents);
}

void au_set_apart_reason(const struct au_explained *e,
			 const struct au_set_apart *apart,
			 struct ev_buffer *out)
{
	ev_buffer_printf(
		out,
		"image %zu (A%s) and image %zu (B), of %llu measured "
		"pages: ",
		apart->a + 1, e->has_ran ? ", which has the value" : "",
		apart->b + 1, (unsigned long long)apart->measured_pages);
	au_diff_pages_sentence(apart->diff, apart->platform, out);
}

static void explained(const struct au_explained *e, struct ev_buffer *out)
{
	bool named = false;

	for (size_t i = 0; i < e->n_apart; i++)
		named = named || au_set_apart_by_contents(&e->apart[i]);
	ev_buffer_printf(out, "image %zu%s has this value; ", e->ran + 1,
			 named ? " (A)" : "");
	for (size_t i = 0; i < e->n_apart; i++) {
		named = au_set_apart_by_contents(&e->apart[i]);
		ev_buffer_printf(out, "%simage %zu%s differs from it in ",
				 i > 0 ? ", " : "", e->apart[i].b + 1,
				 named ? " (B)" : "");
		add_counts(&e->apart[i], out);
		if (named)
			add_contents(&e->apart[i], out);
	}
}

/* Of several images that make the value the first that is as bad as all. */
static void matched(const struct au_explained *e, struct ev_buffer *out)
{
	size_t i = 0;

	while (e->beside[i].result != e->result)
		i++;
	ev_buffer_printf(out, "image %zu: ", i + 1);
	au_beside_reason(e, i, out);
}

static void unexplained(const struct au_explained *e,
			const struct au_images *images, struct ev_buffer *out)
{
	if (e->has_ran)
		ev_buffer_printf(out,
				 "image %zu has this value, and nothing that "
				 "is measured by default sets it apart from "
				 "one that has not",
				 e->ran + 1);
	else
		ev_buffer_printf(
			out,
			e->n_tried == 1 ? "%zu value was tried, of %zu "
					  "image%s: it is another"
					: "%zu values were tried, of %zu "
					  "image%s: none is this one",
			e->n_tried, images->n, images->n == 1 ? "" : "s");
}

void au_explained_reason(const struct au_explained *e,
			 const struct au_images *images, struct ev_buffer *out)
{
	switch (e->result) {
	case AU_MATCH:
	case AU_MATCH_WITH_VARIANT:
		matched(e, out);
		break;
	case AU_DIFFERS_EXPLAINED:
		explained(e, out);
		break;
	case AU_DIFFERS_UNEXPLAINED:
		unexplained(e, images, out);
		break;
	case AU_NOT_COMPARABLE:
	case AU_NO_REFERENCE:
		if (e->measured->not_comparable != NULL)
			ev_buffer_add_str(out, e->measured->not_comparable);
		else
			ev_buffer_printf(out,
					 "no image at hand has a launch "
					 "for %s",
					 e->measured->reg->platform_name);
		break;
	}
}

const char *au_explained_wanted(const struct au_explained *e, size_t i)
{
	static const char *const wanted[] = {
		"the image that ran: on Azure the IGVM file inside the "
		"firmware DLL of the host's build (vmfirmwareigvm.dll, "
		"vmfirmwarecvm.dll); elsewhere the firmware file that the "
		"host was given",
		"a reference of its builder that has this value, together "
		"with the image: ecart audit FILE --references R --image "
		"IMAGE",
		"an endorsement that names this value and a build: a signed "
		"CoRIM, or Google's launch endorsement (in its bucket "
		"gce_tcb_integrity, ovmf_x64_csm/tdx/VALUE.binarypb; of "
		"SEV-SNP, ovmf_x64_csm/sevsnp/VALUE.binarypb)",
	};

	if (e->result != AU_DIFFERS_UNEXPLAINED || e->has_ran ||
	    i >= sizeof(wanted) / sizeof(wanted[0]))
		return NULL;
	return wanted[i];
}
