/* SPDX-License-Identifier: Apache-2.0 */
/* TDVF launch: sections become operations. */
#include "audit/image/tdvf_launch.h"

#include "audit/image/overlap.h"
#include "audit/image/tdvf.h"

#include <stdlib.h>

static struct au_operation operation_of(struct ev_span bytes,
					const struct au_tdvf_section *s)
{
	struct au_operation op = { .kind = AU_PAGES };
	uint64_t end = (uint64_t)s->data_offset + s->raw_size;
	uint64_t lacks = s->size > s->raw_size ? s->size - s->raw_size : 0;

	op.measured = s->extend;
	op.aug = s->aug;
	op.gpa = s->gpa;
	op.size = s->size;
	op.offset = s->offset;
	op.name = au_tdvf_type_name(s->type);
	if (s->raw_size == 0)
		return op;
	op.data = ev_span_sub(bytes, s->data_offset, s->raw_size);
	op.data_offset = s->data_offset;
	if (lacks > bytes.n - end)
		lacks = bytes.n - end;
	op.beyond = ev_span_sub(bytes, (size_t)end, (size_t)lacks);
	return op;
}

static bool is_of_td_shim(const struct au_tdvf_section *s,
			  const struct au_operation *op)
{
	(void)op;
	return s->type >= AU_TDVF_PERM_MEM;
}

static bool is_aug(const struct au_tdvf_section *s,
		   const struct au_operation *op)
{
	(void)op;
	return s->aug;
}

static bool is_measured_hob(const struct au_tdvf_section *s,
			    const struct au_operation *op)
{
	return op->measured && s->type == AU_TDVF_TD_HOB;
}

static bool ends_early(const struct au_tdvf_section *s,
		       const struct au_operation *op)
{
	(void)s;
	return op->measured && !ev_span_is_zero(op->beyond);
}

/* What is odd about a section whose name stands between. */
static const struct {
	bool (*is)(const struct au_tdvf_section *s,
		   const struct au_operation *op);
	const char *before, *behind;
} oddities[] = {
	{ is_of_td_shim, "A",
	  "section: td-shim knows its type, QEMU and Google's loader refuse "
	  "it." },
	{ is_aug, "PAGE.AUG on a",
	  "section: td-shim and dstack leave its pages out, QEMU and Google's "
	  "loader ignore the bit (audit measure --all has both values)." },
	{ is_measured_hob, "A measured",
	  "section: loaders fill it with a block that tells the memory of the "
	  "machine; the value holds for zeros alone." },
	{ ends_early, "The data of a measured",
	  "section end early: some loaders fill with zeros, some with what "
	  "follows in the file; both values stand here." },
};
#define N_ODDITIES (sizeof(oddities) / sizeof(oddities[0]))

/* Once a type, so that a long list of sections pushes no other note out. */
static void note_section(struct au_image *image,
			 const struct au_tdvf_section *s,
			 const struct au_operation *op,
			 bool said[AU_TDVF_TYPES][N_ODDITIES])
{
	for (size_t i = 0; i < N_ODDITIES; i++) {
		if (said[s->type][i] || !oddities[i].is(s, op))
			continue;
		said[s->type][i] = true;
		au_image_note(image, "%s %s %s", oddities[i].before,
			      au_tdvf_type_name(s->type), oddities[i].behind);
	}
}

enum ev_code au_tdvf_launch(struct au_image *image, struct ev_error *err)
{
	bool said[AU_TDVF_TYPES][N_ODDITIES] = { 0 };
	struct au_launch *launch;
	struct au_tdvf t;

	if (au_tdvf_parse(image->bytes, &t, err) != EV_OK)
		return err->code;
	launch = calloc(1, sizeof(*launch));
	if (launch == NULL)
		return ev_fail_trouble(err, "tdvf descriptor", "out of memory");
	image->launch = launch;
	image->n = 1;
	launch->platform = "TDX";
	for (size_t i = 0; i < au_n_registers; i++) {
		if (au_registers[i].platform == AU_TDX)
			launch->reg = &au_registers[i];
	}
	for (size_t i = 0; i < t.n; i++) {
		struct au_operation op =
			operation_of(image->bytes, &t.section[i]);

		note_section(image, &t.section[i], &op, said);
		if (t.section[i].type == AU_TDVF_TD_INFO)
			continue;
		if (au_launch_add(launch, &op, err) != EV_OK)
			return err->code;
	}
	return au_overlap_check(launch, "tdvf section", err);
}
