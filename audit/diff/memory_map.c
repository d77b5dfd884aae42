/* SPDX-License-Identifier: Apache-2.0 */
/* Maps of memory: made of components, searched, made coarser. */
#include "audit/diff/memory_map.h"

#include "evidence/base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>

const char *au_region_state_name(enum au_region_state state)
{
	static const char *const names[] = {
		[AU_REGION_MEASURED] = "measured",
		[AU_REGION_UNMEASURED] = "unmeasured",
		[AU_REGION_SHARED] = "shared",
		[AU_REGION_HOST] = "host",
		[AU_REGION_MIXED] = "mixed",
	};

	return names[state];
}

static enum au_region_state state_of(const struct au_component *c)
{
	if (c->filled_by_host)
		return AU_REGION_HOST;
	if (c->shared)
		return AU_REGION_SHARED;
	return c->measured ? AU_REGION_MEASURED : AU_REGION_UNMEASURED;
}

/* Joins `in` to the last region where nothing sets them apart. */
static bool add(struct au_memory_map *map, uint64_t gpa, uint64_t size,
		enum au_region_state state, const char *name)
{
	struct au_region *last = map->n > 0 ? &map->region[map->n - 1] : NULL;

	if (name == NULL || *name == '\0')
		name = "without a name";
	if (last != NULL && last->gpa + last->size == gpa &&
	    last->state == state && strcmp(last->name, name) == 0) {
		last->size += size;
		return true;
	}
	map->region[map->n] = (struct au_region){
		.gpa = gpa,
		.size = size,
		.state = state,
		.name = strdup(name),
	};
	return map->region[map->n++].name != NULL;
}

static enum ev_code no_memory(struct au_memory_map *map, struct ev_error *err)
{
	au_memory_map_free(map);
	return ev_fail_trouble(err, "memory map", "memory");
}

enum ev_code au_memory_map_of(const struct au_components *components,
			      struct au_memory_map *out, struct ev_error *err)
{
	*out = (struct au_memory_map){ NULL, 0 };
	out->region = calloc(components->n + 1, sizeof(*out->region));
	if (out->region == NULL)
		return no_memory(out, err);
	for (size_t i = 0; i < components->n; i++) {
		const struct au_component *c = &components->item[i];

		if (!add(out, c->gpa, c->size, state_of(c),
			 au_component_label(c)))
			return no_memory(out, err);
	}
	return EV_OK;
}

void au_memory_map_free(struct au_memory_map *map)
{
	for (size_t i = 0; i < map->n; i++)
		free(map->region[i].name);
	free(map->region);
	*map = (struct au_memory_map){ NULL, 0 };
}

const struct au_region *au_memory_map_at(const struct au_memory_map *map,
					 uint64_t gpa)
{
	size_t low = 0, high = map->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct au_region *r = &map->region[middle];

		if (gpa < r->gpa)
			high = middle;
		else if (gpa - r->gpa >= r->size)
			low = middle + 1;
		else
			return r;
	}
	return NULL;
}

/* How many regions are left where gaps up to `gap` are bridged. */
static size_t count_at(const struct au_memory_map *map, uint64_t gap,
		       bool across_states)
{
	size_t n = map->n > 0;

	for (size_t i = 1; i < map->n; i++) {
		const struct au_region *x = &map->region[i - 1], *y = x + 1;

		n += y->gpa - (x->gpa + x->size) > gap ||
		     (!across_states && x->state != y->state);
	}
	return n;
}

/* One region out of those from first to last, named by the largest. */
static bool join(const struct au_memory_map *map, size_t first, size_t last,
		 struct au_memory_map *out)
{
	const struct au_region *x = &map->region[first], *largest = x;
	const struct au_region *y = &map->region[last];
	enum au_region_state state = x->state;
	ev_auto_free char *name = NULL;

	if (first == last)
		return add(out, x->gpa, x->size, x->state, x->name);
	for (const struct au_region *r = x; r <= y; r++) {
		if (r->size > largest->size)
			largest = r;
		if (r->state != state)
			state = AU_REGION_MIXED;
	}
	if (asprintf(&name, "%s and %zu more", largest->name, last - first) <
	    0) {
		name = NULL;
		return false;
	}
	return add(out, x->gpa, y->gpa + y->size - x->gpa, state, name);
}

static bool join_all(const struct au_memory_map *map, uint64_t gap,
		     bool across_states, struct au_memory_map *out)
{
	size_t first = 0;

	for (size_t i = 1; i <= map->n; i++) {
		const struct au_region *x = &map->region[i - 1], *y = x + 1;

		if (i < map->n && y->gpa - (x->gpa + x->size) <= gap &&
		    (across_states || x->state == y->state))
			continue;
		if (!join(map, first, i - 1, out))
			return false;
		first = i;
	}
	return true;
}

enum ev_code au_memory_map_coarse(const struct au_memory_map *map, size_t max,
				  struct au_memory_map *out,
				  struct ev_error *err)
{
	bool across = false;
	uint64_t gap = 0;

	*out = (struct au_memory_map){ NULL, 0 };
	out->region = calloc(map->n + 1, sizeof(*out->region));
	if (out->region == NULL)
		return no_memory(out, err);
	if (map->n <= max) {
		for (size_t i = 0; i < map->n; i++) {
			if (!join(map, i, i, out))
				return no_memory(out, err);
		}
		return EV_OK;
	}
	while (count_at(map, gap, across) > max) {
		if (gap == UINT64_MAX)
			across = true;
		gap = gap > UINT64_MAX / 2 ? UINT64_MAX
					   : 2 * gap + (gap == 0) * AU_PAGE;
	}
	if (!join_all(map, gap, across, out))
		return no_memory(out, err);
	return EV_OK;
}
