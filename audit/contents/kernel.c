/* SPDX-License-Identifier: Apache-2.0 */
/* A Linux kernel in memory: what it says of itself, and where two differ. */
#include "audit/contents/kernel.h"

#include "audit/contents/elf.h"
#include "evidence/base/hex.h"

static const char prefix[] = "Linux version ";

enum { VERSION_MAX = 256, PAGE = 4096, BOOT_MAGIC_AT = 0x202 };

struct ev_span au_kernel_version(struct ev_span in)
{
	const uint8_t *p, *end;
	struct ev_span left = in;
	size_t n;

	/* printk's format, "Linux version %s", comes first in some. */
	while (left.n > 0 && (p = memmem(left.p, left.n, prefix,
					 sizeof(prefix) - 1)) != NULL) {
		n = left.n - (size_t)(p - left.p);
		if (n > VERSION_MAX)
			n = VERSION_MAX;
		end = memchr(p, '\n', n);
		if (end != NULL && p[sizeof(prefix) - 1] != '%')
			return ev_span_of(p, (size_t)(end - p));
		left = ev_span_of(p + 1, left.n - (size_t)(p - left.p) - 1);
	}
	return ev_span_of(NULL, 0);
}

bool au_kernel_recognise(struct ev_span in)
{
	return au_kernel_version(in).n > 0 ||
	       (in.n >= BOOT_MAGIC_AT + 4 &&
		memcmp(in.p + BOOT_MAGIC_AT, "HdrS", 4) == 0);
}

static void add_pair(struct au_walk *w, const char *name, const char *a,
		     const char *b)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	if (strcmp(a, b) == 0)
		return;
	ev_buffer_printf(&text, "%s \"%s\" in A, \"%s\" in B", name, a, b);
	au_walk_add_named(w, AU_FOUND_CHANGED, AU_PART_KERNEL, name, 0, 0,
			  EV_NO_BYTE, &text);
}

static void show_hex(struct ev_span in, char out[129])
{
	/* A build identifier has 64 bytes at most. */
	ev_hex_encode(in, out);
	out[2 * in.n] = '\0';
}

static void add_pages(struct au_walk *w, struct ev_span a, struct ev_span b)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	size_t n = a.n < b.n ? a.n : b.n, differ = 0, all = 0;
	uint64_t first = au_first_difference(a, b);

	for (size_t at = 0; at < n; at += PAGE, all++) {
		size_t size = n - at < PAGE ? n - at : PAGE;

		differ += memcmp(a.p + at, b.p + at, size) != 0;
	}
	ev_buffer_printf(&text, "%zu of %zu pages differ, first at 0x%llx",
			 differ, all, (unsigned long long)first);
	au_walk_add_named(w, AU_FOUND_CHANGED, AU_PART_KERNEL, "pages", a.n,
			  b.n, first, &text);
}

void au_kernel_compare(struct au_walk *w, struct au_part *a, struct au_part *b)
{
	char text_a[4 * VERSION_MAX + 8], text_b[4 * VERSION_MAX + 8];

	ev_show(au_kernel_version(a->bytes), text_a, sizeof(text_a));
	ev_show(au_kernel_version(b->bytes), text_b, sizeof(text_b));
	add_pair(w, "version", text_a, text_b);
	show_hex(au_elf_build_id(a->bytes), text_a);
	show_hex(au_elf_build_id(b->bytes), text_b);
	add_pair(w, "build id", text_a, text_b);
	add_pages(w, a->bytes, b->bytes);
}
