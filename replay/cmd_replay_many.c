/* SPDX-License-Identifier: Apache-2.0 */
/* Many archives: a line each, in their order. */
#include "replay/cmd_replay.h"

#include "cli_outfile.h"
#include "evidence/base/json_write.h"
#include "replay/cmd_jobs.h"
#include "replay/render.h"

#include <stdlib.h>

struct many {
	struct cmd_inputs *in;
	const struct cmd_replay *o;
	const struct cmd_paths *paths;
	struct ev_sink to;
	struct ev_error *err; /* of to */
	int worst;
};

/* --- a line for what has no report --- */

static const char *no_report_word(int exit)
{
	static const char *const words[] = {
		[CLI_USAGE] = "no-time",
		[CLI_UNREADABLE] = "unreadable",
		[CLI_TROUBLE] = "trouble",
	};

	return words[exit];
}

static void add_json_line(const char *path, int exit, struct ev_buffer *out)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	char *line;

	if (w == NULL)
		return;
	ev_write_object(w, NULL);
	ev_write_str(w, "report", "ecart-report/1");
	ev_write_str(w, "ecart", ECART_VERSION);
	ev_write_str(w, "verdict", no_report_word(exit));
	ev_write_foreign(w, "file", ev_span_str(path));
	ev_write_end(w);
	line = ev_writer_finish(w, NULL);
	if (line != NULL)
		ev_buffer_add_str(out, line);
	ev_buffer_add_str(out, "\n");
	free(line);
}

static void add_no_report(const struct many *m, const char *path, int exit,
			  struct ev_buffer *out)
{
	if (m->o->format == CMD_REPLAY_JSON && m->o->table)
		rp_render_flat((struct ev_span){ 0 }, no_report_word(exit),
			       path, out);
	else if (m->o->format == CMD_REPLAY_JSON)
		add_json_line(path, exit, out);
	else
		rp_render_row_without(no_report_word(exit), path, out);
}

/* --- the work --- */

static int replay_one(void *user, size_t i, struct ev_buffer *out)
{
	const struct many *m = user;
	const char *path = m->paths->path[i];
	int exit = cmd_replay_file(m->in, m->o, path, true, out);

	if (out->n == 0 && exit != CMD_REPLAY_NOT_MINE)
		add_no_report(m, path, exit, out);
	return exit;
}

/* The worker is gone, and the line of its archive says so. */
static int lost(const struct many *m, size_t i, int signal,
		struct ev_buffer *out)
{
	const char *path = m->paths->path[i];

	add_no_report(m, path, CLI_TROUBLE, out);
	return signal != 0 ? cli_trouble("%s: the process that judged it died "
					 "of signal %d; nothing is known of it",
					 path, signal)
			   : cli_trouble("%s: the process that judged it ended "
					 "before it was done",
					 path);
}

static bool use(void *user, size_t i, const int *exit, int signal,
		struct ev_span text)
{
	ev_auto_buffer struct ev_buffer line = { 0 };
	struct many *m = user;
	int one = exit != NULL ? *exit : lost(m, i, signal, &line);

	if (one == CMD_REPLAY_NOT_MINE)
		return true;
	m->worst = cmd_exit_of_many(m->worst, one);
	return ev_sink_put(m->to, exit != NULL ? text : ev_buffer_span(&line),
			   m->err) == EV_OK;
}

/* --- where it goes --- */

static enum ev_code fill(void *context, struct ev_sink to, struct ev_error *err)
{
	struct many *m = context;
	const struct cmd_jobs jobs = {
		.n = m->paths->n,
		.jobs = m->o->jobs,
		.work = replay_one,
		.use = use,
		.user = m,
	};
	ev_auto_buffer struct ev_buffer header = { 0 };

	m->to = to;
	m->err = err;
	if (m->o->format != CMD_REPLAY_JSON)
		rp_render_row_header(&header);
	if (ev_sink_put(to, ev_buffer_span(&header), err) != EV_OK)
		return err->code;
	if (cmd_jobs_run(&jobs))
		return EV_OK;
	return err->code != EV_OK
		       ? err->code
		       : ev_fail_trouble(err, "replay", "no worker processes");
}

static enum ev_code print(void *context, struct ev_span piece,
			  struct ev_error *err)
{
	(void)context;
	return piece.n == 0 || cli_print(piece)
		       ? EV_OK
		       : ev_fail_trouble(err, "stdout", "cannot write");
}

int cmd_replay_many(struct cmd_inputs *in, const struct cmd_replay *o,
		    const struct cmd_paths *paths)
{
	struct many m = { .in = in, .o = o, .paths = paths };
	struct ev_error err = { 0 };
	char why[CLI_WHY_MAX];

	if (o->output == NULL || strcmp(o->output, "-") == 0) {
		if (fill(&m, (struct ev_sink){ print, NULL }, &err) == EV_OK)
			return m.worst;
		ev_error_format(&err, why, sizeof(why));
		return cli_trouble("%s", why);
	}
	if (cli_outfile_make(o->output, 0644, CLI_OUTFILE_REPLACE, fill, &m,
			     NULL, why) == CLI_OUTFILE_OK)
		return m.worst;
	return cli_trouble("%s", why);
}
