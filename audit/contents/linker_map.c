/* SPDX-License-Identifier: Apache-2.0 */
/* Names of memory by the map of the image's builder. */
#include "audit/contents/linker_map.h"

#include <stdlib.h>

static const char object[] = "map";

static const struct {
	const char *isolation; /* lower case, the beginning of the word */
	const char *platform;
} platforms[] = {
	{ "tdx", "TDX" },
	{ "snp", "SEV_SNP" },
	{ "vbs", "VSM_ISOLATION" },
	{ "none", "VSM_ISOLATION" },
};

/* Takes the bytes of literal from the front of *in. */
static bool take(struct ev_span *in, const char *literal)
{
	size_t n = strlen(literal);

	if (in->n < n || memcmp(in->p, literal, n) != 0)
		return false;
	*in = ev_span_sub(*in, n, in->n - n);
	return true;
}

static int digit(uint8_t c)
{
	const char digits[] = "0123456789abcdef";
	const char *at = c == 0 ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* From one to sixteen digits; exactly n where n is not 0. */
static bool take_hex(struct ev_span *in, size_t n, uint64_t *out)
{
	size_t i = 0;

	*out = 0;
	while (i < in->n && i < 16 && digit(in->p[i]) >= 0)
		*out = *out << 4 | (uint64_t)digit(in->p[i++]);
	if (i == 0 || (n != 0 && i != n))
		return false;
	*in = ev_span_sub(*in, i, in->n - i);
	return true;
}

static bool parse_line(struct ev_span line, struct au_map_entry *out,
		       uint64_t *size)
{
	if (!take(&line, "  ") || !take_hex(&line, 16, &out->start) ||
	    !take(&line, " - ") || !take_hex(&line, 16, &out->end) ||
	    !take(&line, " (0x") || !take_hex(&line, 0, size) ||
	    !take(&line, " bytes) ") || line.n == 0)
		return false;
	out->tag = line;
	return true;
}

/* Whether what follows "isolation: " is that of the platform. */
static bool is_platform(struct ev_span word, const char *platform)
{
	for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++) {
		const char *want = platforms[i].isolation;
		size_t k = 0;

		/* 0x20 is what lower case letters have more. */
		while (k < word.n && want[k] != '\0' &&
		       (word.p[k] | 0x20) == (uint8_t)want[k])
			k++;
		if (want[k] == '\0')
			return strcmp(platforms[i].platform, platform) == 0;
	}
	return false;
}

struct place {
	struct ev_span text;
	size_t at;
	bool wanted; /* the isolation is the platform's */
	bool layout; /* the lines are ranges */
};

static struct ev_span next_line(struct place *p, size_t *at)
{
	const uint8_t *from = p->text.p + p->at;
	size_t left = p->text.n - p->at;
	const uint8_t *end = memchr(from, '\n', left);
	size_t n = end == NULL ? left : (size_t)(end - from);

	*at = p->at;
	p->at += end == NULL ? n : n + 1;
	if (n > 0 && from[n - 1] == '\r')
		n--;
	return ev_span_of(from, n);
}

static enum ev_code add(struct au_linker_map *map, const struct au_map_entry *e,
			uint64_t size, size_t at, struct ev_error *err)
{
	struct au_map_entry *p;
	size_t n = map->n;

	if (e->end < e->start || e->end - e->start != size)
		return ev_fail_u64(err, EV_VALUE, object, "size", at,
				   e->end - e->start, size);
	if ((n & (n - 1)) == 0) {
		p = reallocarray(map->entry, n > 0 ? 2 * n : 1, sizeof(*p));
		if (p == NULL)
			return ev_fail_trouble(err, object, "out of memory");
		map->entry = p;
	}
	map->entry[map->n++] = *e;
	return EV_OK;
}

static enum ev_code read_line(struct place *p, const char *platform,
			      struct au_linker_map *map, struct ev_error *err)
{
	struct au_map_entry e = { 0 };
	uint64_t size = 0;
	size_t at;
	struct ev_span line = next_line(p, &at);

	if (take(&line, "IGVM file isolation: "))
		p->wanted = is_platform(line, platform);
	if (take(&line, "IGVM file layout:"))
		p->layout = true;
	else if (line.n == 0 || line.p[0] != ' ')
		p->layout = false;
	else if (p->layout && p->wanted) {
		if (!parse_line(line, &e, &size))
			return ev_fail_text(err, EV_SYNTAX, object, "range", at,
					    "start - end (0xsize bytes) tag",
					    line);
		return add(map, &e, size, at, err);
	}
	return EV_OK;
}

static int order_of_entries(const void *x, const void *y)
{
	const struct au_map_entry *a = x, *b = y;
	int order = (a->start > b->start) - (a->start < b->start);

	if (order != 0)
		return order;
	return (a->end > b->end) - (a->end < b->end);
}

static enum ev_code check(const struct au_linker_map *map, struct ev_error *err)
{
	if (map->n == 0)
		return ev_fail(err, EV_MISSING, object, "layout", 0,
			       "a range of the platform", "none");
	for (size_t i = 1; i < map->n; i++)
		if (map->entry[i].start < map->entry[i - 1].end)
			return ev_fail_u64(err, EV_VALUE, object, "overlap", 0,
					   map->entry[i - 1].end,
					   map->entry[i].start);
	return EV_OK;
}

enum ev_code au_linker_map_parse(struct ev_span text, const char *platform,
				 struct au_linker_map *out,
				 struct ev_error *err)
{
	struct place p = { .text = text, .wanted = true };

	*out = (struct au_linker_map){ 0 };
	if (text.n > AU_MAP_TEXT_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "text", 0,
				   AU_MAP_TEXT_MAX, text.n);
	while (p.at < text.n && read_line(&p, platform, out, err) == EV_OK)
		;
	if (err->code == EV_OK && out->n > 0)
		qsort(out->entry, out->n, sizeof(*out->entry),
		      order_of_entries);
	if (err->code == EV_OK)
		check(out, err);
	if (err->code != EV_OK)
		au_linker_map_free(out);
	return err->code;
}

void au_linker_map_free(struct au_linker_map *map)
{
	free(map->entry);
	*map = (struct au_linker_map){ 0 };
}

const struct au_map_entry *au_linker_map_from(const struct au_linker_map *map,
					      uint64_t gpa)
{
	size_t low = 0, high = map->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (map->entry[mid].end <= gpa)
			low = mid + 1;
		else
			high = mid;
	}
	return low < map->n ? &map->entry[low] : NULL;
}
