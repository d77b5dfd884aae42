/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of a launch, named. */
#include "audit/contents/component.h"

#include "audit/contents/command_page.h"
#include "audit/contents/contents.h"
#include "audit/contents/firmware_volume.h"
#include "audit/contents/hash_page.h"
#include "audit/contents/kernel.h"
#include "audit/contents/linker_map.h"
#include "evidence/base/reader.h"

#include <stdio.h>
#include <stdlib.h>

static const char object[] = "components";

/* Where a TDX processor starts, below 4 GiB: OpenHCL's entry code. */
static const uint64_t reset_page = UINT64_C(0xfffff000);

struct naming {
	const struct au_memory_run *run;
	const struct au_linker_map *map;
	struct au_components *out;
	struct au_part_budget *budget;
	struct ev_error *err;
};

/* What begins somewhere: kind, and how far it goes. */
struct found {
	enum au_part_kind kind;
	uint64_t size;
	const char *by;
};

/* Volumes one behind the other. */
static uint64_t firmware_size(struct ev_span in)
{
	uint64_t at = 0;
	struct au_volume_header h;
	struct ev_error err = { 0 };

	while (at < in.n &&
	       au_volume_header_parse(
		       ev_span_sub(in, (size_t)at, in.n - (size_t)at), &h,
		       &err) == EV_OK)
		at += h.size;
	return at > 0 ? at : in.n;
}

/* As its header has it; what stands behind is something else's. */
static uint64_t hash_table_size(struct ev_span in)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(in, 0, object, &err);
	uint64_t count, size;

	ev_read_u64le(&r, "magic and version");
	count = ev_read_u32le(&r, "count");
	if (!ev_reader_ok(&r) || count > AU_HASH_TABLE_MAX)
		count = AU_HASH_TABLE_MAX;
	size = 16 + count * AU_HASH_SIZE;
	return in.n < size ? in.n : size;
}

static bool is_command_line(struct ev_span page)
{
	struct au_command_page line;
	struct ev_error err = { 0 };

	return au_command_page_parse(page, &line, &err) == EV_OK;
}

static bool is_hash_page(struct ev_span page)
{
	struct au_hash_page hashes;
	struct ev_error err = { 0 };

	return au_hash_page_parse(page, &hashes, &err) == EV_OK;
}

/* left: the run from a page on, to its end. */
static struct found recognise(const struct au_memory_run *run, uint64_t gpa,
			      struct ev_span left)
{
	struct found f = { au_contents_recognise(left), left.n, "content" };
	struct ev_span page =
		ev_span_sub(left, 0, left.n < AU_PAGE ? left.n : AU_PAGE);

	if (f.kind == AU_PART_FIRMWARE) {
		f.size = firmware_size(left);
	} else if (f.kind != AU_PART_BYTES) {
		return f;
	} else if (au_hash_table_recognise(left)) {
		f.kind = AU_PART_HASH_TABLE;
		f.size = hash_table_size(left);
	} else if (run->op->measured && is_hash_page(page)) {
		f = (struct found){ AU_PART_HASH_PAGE, page.n, "content" };
	} else if (gpa == reset_page) {
		f = (struct found){ AU_PART_RESET_PAGE, page.n, "address" };
	} else if (run->op->measured && is_command_line(page)) {
		f = (struct found){ AU_PART_COMMAND_LINE, page.n, "content" };
	} else {
		f.by = "";
	}
	return f;
}

/* Memory of no known kind: up to where something begins, or limit. */
static uint64_t unknown_size(const struct naming *n, uint64_t at,
			     uint64_t limit)
{
	struct ev_span in = n->run->bytes;
	uint64_t size = AU_PAGE;

	while (size < limit &&
	       recognise(n->run, n->run->gpa + at + size,
			 ev_span_sub(in, (size_t)(at + size),
				     in.n - (size_t)(at + size)))
			       .kind == AU_PART_BYTES)
		size += AU_PAGE;
	return size < limit ? size : limit;
}

/* Nobody says where an archive or a program ends in memory, and a map may be
 * anyone's: at the latest where measured digests of shared memory begin. */
static uint64_t before_digests(const struct naming *n, uint64_t at,
			       uint64_t size)
{
	for (uint64_t i = AU_PAGE; n->run->op->measured && i < size;
	     i += AU_PAGE) {
		struct ev_span page =
			ev_span_sub(n->run->bytes, (size_t)(at + i), AU_PAGE);

		if (au_hash_table_recognise(page) || is_hash_page(page))
			return i;
	}
	return size;
}

/* How far [at, ...) of the run is one range of the map, or none of it. */
static uint64_t map_limit(const struct naming *n, uint64_t at,
			  const struct au_map_entry **entry)
{
	uint64_t gpa = n->run->gpa + at, left = n->run->size - at, end;

	*entry = au_linker_map_from(n->map, gpa);
	if (*entry == NULL)
		return left;
	end = (*entry)->start > gpa ? (*entry)->start : (*entry)->end;
	if ((*entry)->start > gpa)
		*entry = NULL;
	return end - gpa < left ? end - gpa : left;
}

static enum ev_code add(const struct naming *n, struct ev_span name,
			enum au_part_kind kind, uint64_t at, uint64_t size,
			const char *by)
{
	struct au_components *out = n->out;
	const struct au_operation *op = n->run->op;
	struct au_part holder = { 0 };
	struct au_part *part;

	if (out->n == AU_COMPONENTS_MAX)
		return ev_fail_u64(n->err, EV_LIMIT, object, "count",
				   op->offset, AU_COMPONENTS_MAX,
				   AU_COMPONENTS_MAX + 1);
	part = au_part_add(
		&holder, kind, name,
		n->run->bytes.n == 0
			? ev_span_of(NULL, 0)
			: ev_span_sub(n->run->bytes, (size_t)at, (size_t)size),
		n->run->gpa + at, n->budget, n->err);
	if (part == NULL)
		return n->err->code;
	out->item[out->n++] = (struct au_component){
		.part = *part,
		.gpa = n->run->gpa + at,
		.size = size,
		.measured = op->measured,
		.shared = op->shared,
		.filled_by_host = op->kind == AU_INSERT,
		.by = by,
	};
	free(holder.inside);
	return EV_OK;
}

static enum ev_code grow(struct au_components *out, struct ev_error *err)
{
	struct au_component *p;
	size_t n = out->n;

	if ((n & (n - 1)) != 0)
		return EV_OK;
	p = reallocarray(out->item, n > 0 ? 2 * n : 1, sizeof(*p));
	if (p == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	out->item = p;
	return EV_OK;
}

/* Names by which a report calls what is no component of the image. */
static void name_by_operation(const struct au_operation *op, char out[64])
{
	static const char *const types[] = {
		[AU_SECRETS] = "secrets page",
		[AU_CPUID] = "CPUID page",
		[AU_CPUID_XF] = "CPUID_XF page",
	};

	if (op->kind == AU_INSERT)
		snprintf(out, 64, "parameter area %u", op->index);
	else if (op->kind == AU_VMSA)
		snprintf(out, 64, "start of processor %u", op->index);
	else if (op->kind == AU_ERROR_RANGE)
		snprintf(out, 64, "error range");
	else if (op->name != NULL)
		snprintf(out, 64, "%s", op->name);
	else if (op->type != AU_NORMAL)
		snprintf(out, 64, "%s", types[op->type]);
	else
		out[0] = '\0';
}

/* One name for all of the run. */
static enum ev_code name_whole(const struct naming *n, const char *name)
{
	enum au_part_kind kind = n->run->bytes.n > 0
					 ? au_contents_recognise(n->run->bytes)
					 : AU_PART_BYTES;

	if (grow(n->out, n->err) != EV_OK)
		return n->err->code;
	return add(n, ev_span_str(name), kind, 0, n->run->size, "name");
}

/* What is left without a name is called by its address. */
static enum ev_code name_piece(const struct naming *n, uint64_t *at)
{
	struct ev_span in = n->run->bytes;
	const struct au_map_entry *entry;
	uint64_t limit = map_limit(n, *at, &entry), size;
	struct found f =
		recognise(n->run, n->run->gpa + *at,
			  ev_span_sub(in, (size_t)*at, in.n - (size_t)*at));
	struct ev_span name = entry != NULL ? entry->tag : ev_span_of(NULL, 0);
	char text[64];

	size = entry != NULL		 ? limit
	       : f.kind == AU_PART_BYTES ? unknown_size(n, *at, limit)
	       : f.size < limit		 ? f.size
					 : limit;
	/* Components are whole pages. */
	size = (size + AU_PAGE - 1) / AU_PAGE * AU_PAGE;
	if (size > n->run->size - *at)
		size = n->run->size - *at;
	if (f.kind != AU_PART_FIRMWARE && f.kind != AU_PART_HASH_TABLE)
		size = before_digests(n, *at, size);
	/* A segment without the version is told by the map alone; a kernel may
	 * be a program of UEFI as well. */
	if (f.kind == AU_PART_BYTES && name.n > 0 &&
	    memmem(name.p, name.n, "kernel", 6) != NULL)
		f.kind = AU_PART_KERNEL;
	if ((f.kind == AU_PART_BYTES || f.kind == AU_PART_PE) &&
	    au_kernel_recognise(ev_span_sub(in, (size_t)*at, (size_t)size))) {
		f.kind = AU_PART_KERNEL;
		f.by = "content";
	}
	if (entry == NULL && f.kind == AU_PART_BYTES) {
		snprintf(text, sizeof(text), "memory at 0x%llx",
			 (unsigned long long)(n->run->gpa + *at));
		name = ev_span_str(text);
	} else if (entry == NULL &&
		   (f.kind == AU_PART_CPIO || f.kind == AU_PART_STREAM)) {
		name = ev_span_str("initrd");
	}
	if (grow(n->out, n->err) != EV_OK ||
	    add(n, name, f.kind, *at, size, entry != NULL ? "map" : f.by) !=
		    EV_OK)
		return n->err->code;
	*at += size;
	return EV_OK;
}

static enum ev_code name_run(const struct naming *n)
{
	char name[64];
	uint64_t at = 0;

	name_by_operation(n->run->op, name);
	if (name[0] != '\0')
		return name_whole(n, name);
	if (n->run->bytes.n == 0)
		return name_whole(n, "memory without contents");
	while (at < n->run->size && name_piece(n, &at) == EV_OK)
		;
	return n->err->code;
}

static bool is_next_to_kernel(const struct au_component *c,
			      const struct au_component *kernel)
{
	return kernel->part.kind == AU_PART_KERNEL && kernel->shared &&
	       c->shared && c->part.kind == AU_PART_BYTES && c->by[0] == '\0';
}

static void make_kernel(struct au_component *c)
{
	c->part.kind = AU_PART_KERNEL;
	c->part.name[0] = '\0';
	c->by = "content";
}

/* Segments of a kernel have gaps between them: shared memory without a name
 * next to the one with the version is its own. */
static void spread_kernel(struct au_components *list)
{
	for (size_t i = 1; i < list->n; i++)
		if (is_next_to_kernel(&list->item[i], &list->item[i - 1]))
			make_kernel(&list->item[i]);
	for (size_t i = list->n; i > 1; i--)
		if (is_next_to_kernel(&list->item[i - 2], &list->item[i - 1]))
			make_kernel(&list->item[i - 2]);
}

static enum ev_code name_all(const struct au_linker_map *map,
			     struct au_components *out, struct ev_error *err)
{
	struct au_part_budget budget = au_part_budget();

	for (size_t i = 0; i < out->runs.n; i++) {
		struct naming n = { &out->runs.item[i], map, out, &budget,
				    err };

		if (name_run(&n) != EV_OK)
			return err->code;
	}
	spread_kernel(out);
	return EV_OK;
}

enum ev_code au_components_of(const struct au_launch *launch,
			      struct ev_span map, struct au_components *out,
			      struct ev_error *err)
{
	struct au_linker_map ranges = { 0 };

	*out = (struct au_components){ 0 };
	if (map.n > 0 &&
	    au_linker_map_parse(map, launch->platform, &ranges, err) != EV_OK)
		return err->code;
	if (au_memory_runs_of(launch, &out->runs, err) == EV_OK)
		name_all(&ranges, out, err);
	au_linker_map_free(&ranges);
	if (err->code != EV_OK)
		au_components_free(out);
	return err->code;
}

void au_components_free(struct au_components *list)
{
	for (size_t i = 0; i < list->n; i++)
		au_part_free(&list->item[i].part);
	free(list->item);
	au_memory_runs_free(&list->runs);
	*list = (struct au_components){ 0 };
}

const struct au_component *au_component_at(const struct au_components *list,
					   uint64_t gpa)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list->item[mid].gpa <= gpa)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 ||
	    gpa - list->item[low - 1].gpa >= list->item[low - 1].size)
		return NULL;
	return &list->item[low - 1];
}

const char *au_component_label(const struct au_component *component)
{
	if (component->part.name[0] != '\0')
		return component->part.name;
	return au_part_kind_name(component->part.kind);
}
