/* SPDX-License-Identifier: Apache-2.0 */
/* facts.place and facts.endorsements as lines. */
#include "replay/render_place.h"

#include "replay/render_line.h"
#include "replay/render_member.h"

#define SHORT_STATEMENT 160

static const char *text(const json_t *v, const char *name)
{
	return rp_member_text(v, name, NULL, NULL);
}

static bool holds(const json_t *level)
{
	return strcmp(text(level, "holds"), "yes") == 0;
}

/* The first level whose condition does not hold; that behind the last where
 * all do. */
static size_t first_open(const json_t *levels)
{
	size_t i = 0;

	while (i < json_array_size(levels) && holds(json_array_get(levels, i)))
		i++;
	return i;
}

/* Conditions of higher levels that hold on their own. */
static void add_beyond(const json_t *levels, size_t open, struct ev_buffer *out)
{
	ev_auto_buffer struct ev_buffer list = { 0 };

	for (size_t i = open + 1; i < json_array_size(levels); i++) {
		const json_t *level = json_array_get(levels, i);

		if (holds(level))
			ev_buffer_printf(
				&list, "%s%s (%s)", list.n > 0 ? "; " : "",
				text(level, "level"), text(level, "means"));
	}
	ev_buffer_add_byte(&list, '\0');
	if (list.failed)
		out->failed = true;
	else if (list.n > 1)
		rp_render_line(out, "", "holds all the same: %s",
			       (const char *)list.p);
}

static void add_every_level(const json_t *levels, struct ev_buffer *out)
{
	const json_t *level;
	size_t i;

	json_array_foreach (levels, i, level) {
		const char *why = text(level, "why");

		rp_render_line(out, "", "%s %-6s  %s%s%s", text(level, "level"),
			       text(level, "holds"), text(level, "means"),
			       why[0] != '\0' ? "; " : "", why);
	}
}

static void add_levels(const json_t *place, bool full, struct ev_buffer *out)
{
	const json_t *levels = json_object_get(place, "levels");
	size_t at = first_open(levels);
	const json_t *open = json_array_get(levels, at);

	if (at > 0)
		rp_render_line(out, "place", "%s of L5: %s",
			       text(place, "level"),
			       text(json_array_get(levels, at - 1), "means"));
	else
		rp_render_line(out, "place", "none of L0 to L5 is reached");
	if (full) {
		add_every_level(levels, out);
		return;
	}
	if (open == NULL)
		return;
	rp_render_line(out, "", "not %s, %s: %s", text(open, "level"),
		       text(open, "means"), text(open, "why"));
	add_beyond(levels, at, out);
}

/* Said even where it is not told: which processor it is, is all that a quote
 * says of place. */
static void add_processor(const json_t *place, bool full, struct ev_buffer *out)
{
	const char *ppid = text(place, "ppid");
	const char *instance = text(place, "platformInstanceId");
	rp_digest_text digest;

	if (text(place, "chipId")[0] != '\0') {
		rp_render_line(out, "", "SEV-SNP chip id %s",
			       rp_member_digest(place, "chipId", full, digest));
		return;
	}
	if (strcmp(ppid, instance) == 0)
		rp_render_line(out, "", "PPID and platform instance id are %s",
			       ppid);
	else
		rp_render_line(out, "", "PPID %s, platform instance id %s",
			       ppid, instance);
}

static void add_place(const json_t *place, bool several, bool full,
		      struct ev_buffer *out)
{
	const json_t *line;
	size_t i;

	if (several)
		rp_render_line(out, "place of", "%s",
			       text(place, "report")[0] != '\0'
				       ? text(place, "report")
				       : text(place, "quote"));
	add_levels(place, full, out);
	add_processor(place, full, out);
	json_array_foreach (json_object_get(place, "notShown"), i, line)
		if (!several && (full || i == 0))
			rp_render_line(out, i == 0 ? "not shown" : "", "%s",
				       json_string_value(line));
}

static void add_endorsement(const json_t *v, bool full, struct ev_buffer *out)
{
	const char *issuer = text(v, "issuer");
	const char *statement = text(v, "statement");
	size_t n = strlen(statement);
	bool cut = !full && n > SHORT_STATEMENT;

	rp_render_line(out, "endorsed", "not judged: %s, by %s%s",
		       text(v, "item"),
		       issuer[0] != '\0' ? issuer : "nobody that is named",
		       strcmp(text(v, "issuerFrom"), "manifest") == 0
			       ? " (as the archive's maker says)"
			       : "");
	rp_render_line(out, "", "%.*s%s", cut ? SHORT_STATEMENT : (int)n,
		       statement, cut ? "..." : "");
}

void rp_render_place(const json_t *report, bool full, struct ev_buffer *out)
{
	const json_t *facts = json_object_get(report, "facts"), *v;
	bool several = rp_area_nth(facts, "place", 1) != NULL;
	size_t i;

	for (i = 0; (v = rp_area_nth(facts, "place", i)) != NULL; i++)
		add_place(v, several, full, out);
	json_array_foreach (json_object_get(facts, "endorsements"), i, v)
		add_endorsement(v, full, out);
}
