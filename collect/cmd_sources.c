/* SPDX-License-Identifier: Apache-2.0 */
/* ecart sources: the table of collection sources. */
#include "collect/sources.h"
#include "commands.h"
#include "evidence/base/json_write.h"

#include <stdlib.h>

static const char help[] =
	"Usage: ecart sources [--json]\n"
	"Print the table of collection sources: what 'ecart collect' asks of a "
	"machine,\nin its order, and what each needs.\n\n"
	"Example: ecart sources\n";

static void add_text(struct ev_buffer *out)
{
	for (const struct co_source *s = co_sources; s->name != NULL; s++)
		ev_buffer_printf(out, "%-16s %-12s  %s\n", s->name, s->needs,
				 s->title);
}

static void add_json(struct ev_buffer *out)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	char *text = NULL;

	if (w != NULL) {
		ev_write_array(w, NULL);
		for (const struct co_source *s = co_sources; s->name != NULL;
		     s++) {
			ev_write_object(w, NULL);
			ev_write_str(w, "name", s->name);
			ev_write_str(w, "title", s->title);
			ev_write_str(w, "kinds", s->kinds);
			ev_write_str(w, "needs", s->needs);
			ev_write_end(w);
		}
		ev_write_end(w);
		text = ev_writer_finish(w, NULL);
	}
	if (text == NULL)
		out->failed = true;
	else
		ev_buffer_add_str(out, text);
	free(text);
}

static int run(int argc, char **argv)
{
	ev_auto_buffer struct ev_buffer out = { 0 };

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return cli_help(&cmd_sources);
	if (argc == 2 && strcmp(argv[1], "--json") == 0)
		add_json(&out);
	else if (argc == 1)
		add_text(&out);
	else
		return cli_usage(&cmd_sources, "--json, or nothing");
	if (!ev_buffer_ok(&out))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

const struct cli_command cmd_sources = {
	.name = "sources",
	.group = "Tables",
	.summary = "the table of collection sources",
	.help = help,
	.run = run,
};
