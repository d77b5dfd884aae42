/* SPDX-License-Identifier: Apache-2.0 */
/* Differences in words: one writer a class. */
#include "audit/diff/difference_words.h"

static const char *const types[] = {
	[AU_NORMAL] = "normal",
	[AU_SECRETS] = "secrets",
	[AU_CPUID] = "CPUID",
	[AU_CPUID_XF] = "CPUID extended",
};

/* "WORD in A, OTHER in B", with a comma before it where it is not the first. */
static void pair(struct ev_buffer *out, size_t start, const char *a,
		 const char *b)
{
	ev_buffer_printf(out, "%s%s in A, %s in B", out->n > start ? "; " : "",
			 a, b);
}

static void flags(const struct au_difference *d, struct ev_buffer *out)
{
	const struct au_operation *a = d->a, *b = d->b;
	const char *name_a = a->name != NULL ? a->name : "no section";
	const char *name_b = b->name != NULL ? b->name : "no section";
	size_t start = out->n;

	if (a->shared != b->shared)
		pair(out, start, a->shared ? "shared" : "private",
		     b->shared ? "shared" : "private");
	if (a->measured != b->measured)
		pair(out, start,
		     a->measured ? "contents measured" : "not measured",
		     b->measured ? "contents measured" : "not measured");
	if (a->type != b->type)
		pair(out, start, types[a->type], types[b->type]);
	if (a->aug != b->aug)
		pair(out, start, a->aug ? "PAGE.AUG" : "no PAGE.AUG",
		     b->aug ? "PAGE.AUG" : "no PAGE.AUG");
	if (strcmp(name_a, name_b) != 0)
		pair(out, start, name_a, name_b);
	if (d->page_a == 0 && d->page_b == 0 &&
	    !ev_span_eq(a->beyond, b->beyond))
		ev_buffer_printf(out,
				 "%sthe files differ behind the section's "
				 "data, which some loaders take",
				 out->n > start ? "; " : "");
}

static void only(const struct au_difference *d, struct ev_buffer *out)
{
	const struct au_operation *op = au_difference_op(d);

	if (op->kind == AU_PAGES) {
		ev_buffer_add_str(out, op->shared     ? "shared"
				       : op->measured ? "contents measured"
						      : "contents unmeasured");
		if (op->aug)
			ev_buffer_add_str(out, ", PAGE.AUG: some loaders "
					       "leave it out");
		return;
	}
	ev_buffer_printf(out, "%s", au_operation_kind_name(op->kind));
	if (op->kind == AU_INSERT || op->kind == AU_ERROR_RANGE)
		ev_buffer_printf(out, " of %llu pages",
				 (unsigned long long)(op->size / AU_PAGE));
	else
		ev_buffer_printf(out, " of processor %u", op->index);
}

static void order(const struct au_difference *d, struct ev_buffer *out)
{
	if (d->reg.size > 0) {
		au_difference_register(d, out);
		ev_buffer_add_str(out, ": ");
	}
	ev_buffer_printf(out, "operation %u in A, %u in B", d->place_a,
			 d->place_b);
}

static void parameter_area(const struct au_difference *d, struct ev_buffer *out)
{
	ev_buffer_printf(out, "%llu pages in A, %llu in B",
			 (unsigned long long)(d->a->size / AU_PAGE),
			 (unsigned long long)(d->b->size / AU_PAGE));
}

/* Little-endian, as a number. */
static void number(struct ev_span value, struct ev_buffer *out)
{
	size_t n = value.n;

	if (n == 0) {
		ev_buffer_add_str(out, "none");
		return;
	}
	while (n > 1 && value.p[n - 1] == 0)
		n--;
	ev_buffer_printf(out, "0x%x", value.p[n - 1]);
	while (n-- > 1)
		ev_buffer_printf(out, "%02x", value.p[n - 1]);
}

static void numbers(struct ev_span a, struct ev_span b, struct ev_buffer *out)
{
	number(a, out);
	ev_buffer_add_str(out, " in A, ");
	number(b, out);
	ev_buffer_add_str(out, " in B");
}

void au_difference_register(const struct au_difference *d,
			    struct ev_buffer *out)
{
	const struct au_operation *op = au_difference_op(d);

	if (d->reg.name != NULL)
		ev_buffer_add_str(out, d->reg.name);
	else
		ev_buffer_printf(out, "register 0x%x", d->reg.number);
	if (op->kind == AU_VMSA)
		ev_buffer_printf(out, " (VMSA byte 0x%x)", d->reg.number);
	else if (d->reg.vtl > 0)
		ev_buffer_printf(out, " of VTL %u", d->reg.vtl);
	if (op->index > 0)
		ev_buffer_printf(out, " of processor %u", op->index);
}

static void registers(const struct au_difference *d, struct ev_buffer *out)
{
	au_difference_register(d, out);
	ev_buffer_add_str(out, ": ");
	numbers(d->reg.a, d->reg.b, out);
}

/* A number is shown, a document not. */
static void policy(const struct au_difference *d, struct ev_buffer *out)
{
	size_t n = d->says_a.n < d->says_b.n ? d->says_a.n : d->says_b.n;
	size_t at = 0;

	if (d->says_a.n <= 8 && d->says_b.n <= 8) {
		numbers(d->says_a, d->says_b, out);
		return;
	}
	while (at < n && d->says_a.p[at] == d->says_b.p[at])
		at++;
	if (n > 0)
		ev_buffer_printf(
			out, "%zu bytes in A, %zu in B, first differ at %zu",
			d->says_a.n, d->says_b.n, at);
	else
		ev_buffer_printf(out, "in %s alone",
				 d->says_a.n > 0 ? "A" : "B");
}

static void nothing(const struct au_difference *d, struct ev_buffer *out)
{
	(void)d;
	(void)out;
}

void au_difference_words(const struct au_difference *d, struct ev_buffer *out)
{
	static void (*const words[])(const struct au_difference *,
				     struct ev_buffer *) = {
		[AU_DIFF_DATA] = nothing,
		[AU_DIFF_ONLY_A] = only,
		[AU_DIFF_ONLY_B] = only,
		[AU_DIFF_FLAGS] = flags,
		[AU_DIFF_ORDER] = order,
		[AU_DIFF_PARAMETER_AREA] = parameter_area,
		[AU_DIFF_REGISTERS] = registers,
		[AU_DIFF_POLICY] = policy,
	};

	words[d->class](d, out);
}

void au_difference_where(const struct au_difference *d, struct ev_buffer *out)
{
	struct au_byte_range bytes[AU_BYTE_RANGES_MAX];
	size_t chunk = (size_t)__builtin_ctz(d->chunks), n;
	int more = __builtin_popcount(d->chunks) - 1;

	n = au_difference_bytes(d, chunk, bytes);
	ev_buffer_printf(out, "chunk 0x%llx, ",
			 (unsigned long long)(d->gpa + chunk * AU_CHUNK));
	if (bytes[0].from == bytes[0].to)
		ev_buffer_printf(out, "byte 0x%x", bytes[0].from);
	else
		ev_buffer_printf(out, "bytes 0x%x to 0x%x", bytes[0].from,
				 bytes[0].to);
	if (n > 1)
		ev_buffer_add_str(out, " and more");
	if (more > 0)
		ev_buffer_printf(out, ", and %d other chunk%s", more,
				 more > 1 ? "s" : "");
}
