/* SPDX-License-Identifier: Apache-2.0 */
/* facts.boot as lines. */
#include "replay/render_boot.h"

#include "replay/render_line.h"
#include "replay/render_member.h"

/* Logs that are shown; a machine has one of its vTPM and one of its TD. */
#define LOGS_MAX 8

/* Columns that a line has for a command line. */
#define COMMAND_COLUMNS (RP_LINE_COLUMNS - RP_LINE_INDENT - 8)

static void secure_boot_line(const json_t *boot, const char *label,
			     struct ev_buffer *out)
{
	const json_t *s = json_object_get(boot, "secureBoot");
	const char *by = rp_member_text(s, "register", NULL, NULL);
	const char *logged = rp_member_text(s, "logged", NULL, NULL);

	const char *weak = rp_member_text(s, "weak", NULL, NULL);

	rp_render_line(out, label, "Secure Boot %s: %s%s%s%s%s%s%s%s",
		       rp_member_text(s, "state", NULL, NULL),
		       rp_member_text(s, "why", NULL, NULL),
		       by[0] != '\0' ? "; by " : "", by,
		       weak[0] != '\0' ? ", weak: by nothing but " : "", weak,
		       logged[0] != '\0' ? "; the log says " : "", logged,
		       logged[0] != '\0' ? " [not trusted]" : "");
	if (rp_member_is_true(s, "dmaProtectionDisabled"))
		rp_render_line(out, "", "DMA protection was disabled");
}

/* The file of a device path; all of it where it names none. */
static const char *file_of(const char *path, bool full)
{
	const char *slash = strrchr(path, '/');

	return full || slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

static void loader_lines(const json_t *boot, bool full, struct ev_buffer *out)
{
	const json_t *list = json_object_get(boot, "loader");
	size_t shown = full ? json_array_size(list) : 1;
	size_t i;

	for (i = 0; i < shown && i < json_array_size(list); i++)
		rp_render_line(
			out, "", "loader  %s%s%s",
			file_of(json_string_value(json_array_get(list, i)),
				full),
			!full && json_array_size(list) > 1 ? ", and others"
							   : "",
			rp_member_is_true(boot, "loaderTrusted")
				? ""
				: " [not trusted]");
}

/* Cut to n bytes, whole code points. */
static int cut(const char *text, size_t n)
{
	if (strlen(text) <= n)
		return (int)strlen(text);
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

static const char *mark_of(const json_t *row)
{
	if (rp_member_is_true(row, "trusted"))
		return "";
	return rp_member_is_true(row, "measured") ? " [measured, not trusted]"
						  : " [not trusted]";
}

static void command_lines(const json_t *boot, bool full, struct ev_buffer *out)
{
	const json_t *row;
	size_t i;

	json_array_foreach (json_object_get(boot, "commandLine"), i, row) {
		const char *text = rp_member_text(row, "text", NULL, NULL);
		const char *mark = mark_of(row);
		size_t room = full ? strlen(text)
				   : COMMAND_COLUMNS - 3 - strlen(mark);
		int n = cut(text, room);

		rp_render_line(out, "", "kernel  %.*s%s%s", n, text,
			       text[n] != '\0' ? "..." : "", mark);
	}
}

void rp_render_boot(const json_t *report, bool full, struct ev_buffer *out)
{
	const json_t *facts = json_object_get(report, "facts");
	const json_t *boot;
	bool several = rp_area_nth(facts, "boot", 1) != NULL;

	for (size_t i = 0; i < LOGS_MAX; i++) {
		boot = rp_area_nth(facts, "boot", i);
		if (boot == NULL)
			return;
		if (several)
			rp_render_line(
				out, i == 0 ? "boot" : "", "%s:",
				rp_member_text(boot, "item", NULL, NULL));
		secure_boot_line(boot, several ? "" : "boot", out);
		loader_lines(boot, full, out);
		command_lines(boot, full, out);
	}
}
