/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: kept in order, counted beyond the limit, summed up in a line. */
#include "audit/contents/finding.h"

#include "evidence/base/cleanup.h"

static const char object[] = "contents";

static const char *const class_name[AU_FOUND_N] = {
	[AU_FOUND_CHANGED] = "changed", [AU_FOUND_ONLY_A] = "only-a",
	[AU_FOUND_ONLY_B] = "only-b",	[AU_FOUND_SIZE] = "section-size",
	[AU_FOUND_MOVED] = "moved",	[AU_FOUND_PACKED] = "packed",
	[AU_FOUND_UNREAD] = "unread",	[AU_FOUND_AT_ODDS] = "at-odds",
};

const char *au_finding_class_name(enum au_finding_class found)
{
	assert(found < AU_FOUND_N);
	return class_name[found];
}

struct au_finding_draft au_finding_draft_of(enum au_finding_class found,
					    const struct au_part *a,
					    const struct au_part *b,
					    unsigned int depth,
					    const char *where)
{
	const struct au_part *part = a != NULL ? a : b;

	return (struct au_finding_draft){
		.found = found,
		.kind = part->kind,
		.depth = depth,
		.where = where,
		.name = part->name,
		.guid = part->guid,
		.size_a = a != NULL ? a->bytes.n : 0,
		.size_b = b != NULL ? b->bytes.n : 0,
		.at = EV_NO_BYTE,
	};
}

static void free_finding(struct au_finding *f)
{
	free(f->where);
	free(f->name);
	free(f->sentence);
}

static enum ev_code fill(struct au_finding *f,
			 const struct au_finding_draft *draft,
			 struct ev_buffer *sentence, struct ev_error *err)
{
	*f = (struct au_finding){
		.found = draft->found,
		.kind = draft->kind,
		.depth = draft->depth,
		.where = strdup(draft->where),
		.name = strdup(draft->name),
		.size_a = draft->size_a,
		.size_b = draft->size_b,
		.at = draft->at,
		.sentence = ev_buffer_take(sentence, NULL),
	};
	if (draft->guid != NULL)
		memcpy(f->guid, draft->guid, sizeof(f->guid));
	if (f->where == NULL || f->name == NULL || f->sentence == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	return EV_OK;
}

enum ev_code au_finding_begin(struct au_contents_diff *diff, size_t *index,
			      struct ev_error *err)
{
	size_t n = diff->n;
	struct au_finding *p;

	*index = n;
	if (n == AU_FINDINGS_MAX)
		return EV_OK;
	if ((n & (n - 1)) == 0) {
		p = reallocarray(diff->item, n > 0 ? 2 * n : 1, sizeof(*p));
		if (p == NULL)
			return ev_fail_trouble(err, object, "out of memory");
		diff->item = p;
	}
	diff->item[diff->n++] = (struct au_finding){ 0 };
	return EV_OK;
}

enum ev_code au_finding_end(struct au_contents_diff *diff, size_t index,
			    const struct au_finding_draft *draft,
			    struct ev_buffer *sentence, struct ev_error *err)
{
	if (draft->depth == 0)
		diff->count[draft->found]++;
	if (index == AU_FINDINGS_MAX) {
		diff->n_more++;
		ev_buffer_free(sentence);
		return EV_OK;
	}
	return fill(&diff->item[index], draft, sentence, err);
}

enum ev_code au_finding_add(struct au_contents_diff *diff,
			    const struct au_finding_draft *draft,
			    struct ev_buffer *sentence, struct ev_error *err)
{
	size_t index;

	if (au_finding_begin(diff, &index, err) != EV_OK)
		return err->code;
	return au_finding_end(diff, index, draft, sentence, err);
}

/* A name has as many bytes as its image likes: a sentence of three must not
 * be drowned in one.  The whole stands in the finding. */
void au_finding_name(const char *name, struct ev_buffer *out)
{
	ev_buffer_printf(out, "%.*s%s", AU_NAME_SHOWN, name,
			 strlen(name) > AU_NAME_SHOWN ? "..." : "");
}

void au_finding_subject(const struct au_part *part, struct ev_buffer *out)
{
	bool named = part->name[0] != '\0';
	/* "memory at 0x8003000" is all that is known of that. */
	bool kind = part->kind != AU_PART_BYTES || !named;

	if (kind)
		ev_buffer_add_str(out, au_part_kind_name(part->kind));
	if (named && kind)
		ev_buffer_add_byte(out, ' ');
	if (named)
		au_finding_name(part->name, out);
	if (part->guid[0] != '\0')
		ev_buffer_printf(out, named ? " (%s)" : " %s", part->guid);
}

bool au_contents_diff_has_names(const struct au_contents_diff *diff)
{
	for (size_t i = 0; i < diff->n; i++) {
		const struct au_finding *f = &diff->item[i];

		if (f->depth == 0 && f->kind != AU_PART_BYTES)
			return true;
	}
	return false;
}

void au_contents_diff_free(struct au_contents_diff *diff)
{
	for (size_t i = 0; i < diff->n; i++)
		free_finding(&diff->item[i]);
	free(diff->item);
	free(diff->sentence);
	*diff = (struct au_contents_diff){ 0 };
}
