/* SPDX-License-Identifier: Apache-2.0 */
/* Registers that have one answer share a line. */
#include "replay/render_registers.h"

#include "replay/render_line.h"

#include <stdio.h>

/* Each row is held against the others; a machine has some hundred. */
#define ROWS_MAX 2048

/* The rows of facts.log that say the same of one quote and bank. */
struct group {
	const json_t *first;
	const char *set; /* "PCR" */
	uint32_t numbers;
	unsigned int n;
};

static const char *text_of(const json_t *row, const char *name)
{
	return rp_member_text(row, name, NULL, NULL);
}

static const char *set_of(const json_t *row)
{
	return strncmp(text_of(row, "register"), "rtmr", 4) == 0 ? "RTMR"
								 : "PCR";
}

/* The digits behind "pcr" or "rtmr". */
static unsigned int number_of(const json_t *row)
{
	const char *name = text_of(row, "register");
	unsigned int n = 0;

	for (name += strcspn(name, "0123456789"); *name != '\0'; name++)
		n = 10 * n + (unsigned int)(*name - '0');
	return n & 31;
}

static bool is_like(const json_t *a, const json_t *b)
{
	static const char *const same[] = { "quote", "bank", "result", "weak",
					    "explanation" };

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (strcmp(text_of(a, same[i]), text_of(b, same[i])) != 0)
			return false;
	return strcmp(set_of(a), set_of(b)) == 0;
}

/* False where an earlier row has the same answer. */
static bool gather(const json_t *rows, size_t at, struct group *g)
{
	const json_t *row;
	size_t i;

	*g = (struct group){ .first = json_array_get(rows, at) };
	g->set = set_of(g->first);
	json_array_foreach (rows, i, row) {
		if (!is_like(g->first, row))
			continue;
		if (i < at)
			return false;
		g->numbers |= UINT32_C(1) << number_of(row);
		g->n++;
	}
	return true;
}

/* "0-7 14" */
static void add_numbers(uint32_t numbers, struct ev_buffer *out)
{
	for (unsigned int i = 0; i < 32; i++) {
		unsigned int first = i;

		if ((numbers >> i & 1) == 0)
			continue;
		while (i < 31 && (numbers >> (i + 1) & 1) != 0)
			i++;
		ev_buffer_printf(out, " %u", first);
		if (i > first)
			ev_buffer_printf(out, "-%u", i);
	}
}

/* By result: the verb for one and for many, and whether the explanation is
 * said. */
static const struct {
	const char *result, *one, *many;
} phrases[] = {
	{ "equal", "is what the log gives", "are what the log gives" },
	{ "differs", "DIFFERS from what the log gives",
	  "DIFFER from what the log gives" },
	{ "differs-explained", "DIFFERS from what the log gives",
	  "DIFFER from what the log gives" },
	{ "extended-outside-log", "was extended outside the log",
	  "were extended outside the log" },
	{ "incomplete", "cannot be told from the log",
	  "cannot be told from the log" },
	{ "no-evidence", "has no entry in a log", "have no entry in a log" },
	{ "unquoted", "is in the log and in no quote",
	  "are in the log and in no quote" },
	{ "left-out", "is not what the log that was left out gives",
	  "are not what the log that was left out gives" },
};

static const char *phrase_of(const struct group *g)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++)
		if (strcmp(phrases[i].result, text_of(g->first, "result")) == 0)
			return g->n == 1 ? phrases[i].one : phrases[i].many;
	return "";
}

static bool is_shown(const json_t *row, bool full)
{
	return full || strcmp(text_of(row, "result"), "unquoted") != 0;
}

static void add_line(const struct group *g, const char *label,
		     struct ev_buffer *out)
{
	ev_auto_buffer struct ev_buffer numbers = { 0 };
	const char *why = text_of(g->first, "explanation");
	const char *weak = text_of(g->first, "weak"); /* "SHA-1" */
	bool trusted = rp_member_is_true(g->first, "trusted") ||
		       json_object_get(g->first, "trusted") == NULL;

	add_numbers(g->numbers, &numbers);
	if (!ev_buffer_ok(&numbers))
		return;
	rp_render_line(out, label, "%s%.*s of %s %s%s%s%s%s%s", g->set,
		       (int)numbers.n, (const char *)numbers.p,
		       text_of(g->first, "bank"), phrase_of(g),
		       why[0] != '\0' ? ": " : "", why,
		       weak[0] != '\0' ? ", weak: by nothing but " : "", weak,
		       trusted ? "" : " [not trusted]");
}

void rp_render_registers(const json_t *report, bool full, struct ev_buffer *out)
{
	const json_t *rows =
		json_object_get(json_object_get(report, "facts"), "log");
	const char *quote = "";
	const json_t *row;
	bool began = false;
	size_t i;

	if (json_array_size(rows) > ROWS_MAX) {
		rp_render_line(out, "registers",
			       "%zu of them: --format json lists them",
			       json_array_size(rows));
		return;
	}
	json_array_foreach (rows, i, row) {
		struct group g;

		if (!is_shown(row, full) || !gather(rows, i, &g))
			continue;
		/* Which quote's, where there are several. */
		if (began && strcmp(quote, text_of(row, "quote")) != 0)
			rp_render_line(out, "", "%s:", text_of(row, "quote"));
		quote = text_of(row, "quote");
		add_line(&g, began ? "" : "registers", out);
		began = true;
	}
}
