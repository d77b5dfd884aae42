/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a running collection: for the person, for programs, for the log. */
#include "collect/journal.h"

#include "evidence/base/json_string.h"
#include "evidence/base/json_write.h"
#include "evidence/base/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

const char *co_outcome_word(enum co_outcome outcome)
{
	static const char *const words[] = {
		[CO_OK] = "ok",
		[CO_ABSENT] = "absent",
		[CO_FAILED] = "failed",
		[CO_SKIPPED] = "skipped",
	};

	return words[outcome];
}

static unsigned int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

void co_journal_begin(struct co_journal *journal, bool quiet, bool json)
{
	*journal = (struct co_journal){ .width = 80 };
	if (json) {
		journal->style = CO_JOURNAL_JSON;
	} else if (quiet) {
		journal->style = CO_JOURNAL_QUIET;
	} else if (isatty(STDERR_FILENO)) {
		journal->style = CO_JOURNAL_TERMINAL;
		journal->width = terminal_width();
	} else {
		journal->style = CO_JOURNAL_LINES;
	}
}

void co_journal_free(struct co_journal *journal)
{
	ev_buffer_free(&journal->log);
}

/* Takes the unfinished line away. */
static void clear_line(struct co_journal *journal)
{
	if (journal->open_line)
		fprintf(stderr, "\r%*s\r", (int)journal->width - 1, "");
	journal->open_line = false;
}

/* A line that is written over by what comes next, cut to the terminal. */
static void passing_line(struct co_journal *journal, const char *text)
{
	clear_line(journal);
	fprintf(stderr, "%.*s", (int)journal->width - 1, text);
	journal->open_line = true;
	fflush(stderr);
}

/* One object a line; name is of the first member. */
static void json_line(const char *event, const char *name, const char *text,
		      const struct co_step *step)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	char *line;

	if (w == NULL)
		return;
	ev_write_object(w, NULL);
	ev_write_str(w, "event", event);
	ev_write_shown(w, name, text);
	if (step != NULL) {
		ev_write_str(w, "outcome", co_outcome_word(step->outcome));
		ev_write_time(w, "time", step->ended);
		ev_write_int(w, "bytes", (int64_t)step->n_bytes);
		ev_write_int(w, "items", (int64_t)step->n_items);
		ev_write_int(w, "ms", step->ms);
		if (step->reason[0] != 0)
			ev_write_shown(w, "reason", step->reason);
		if (step->detail[0] != 0)
			ev_write_shown(w, "detail", step->detail);
	}
	ev_write_end(w);
	line = ev_writer_finish(w, NULL);
	if (line != NULL)
		fprintf(stderr, "%s\n", line);
	free(line);
}

static void log_line(struct co_journal *journal, int64_t t, const char *name,
		     const char *text)
{
	char time[EV_TIME_TEXT];

	ev_time_format(t, time);
	ev_buffer_printf(&journal->log, "%s %s: ", time, name);
	ev_json_escape_shown(text, &journal->log);
	ev_buffer_add_str(&journal->log, "\n");
}

void co_journal_source(struct co_journal *journal,
		       const struct co_source *source)
{
	char line[128];

	snprintf(line, sizeof(line), "  %-17s ...", source->name);
	if (journal->style == CO_JOURNAL_TERMINAL)
		passing_line(journal, line);
}

/* To a person: begin, then text as the log has it. */
static void say_line(const char *begin, const char *text)
{
	ev_auto_buffer struct ev_buffer line = { 0 };

	ev_json_escape_shown(text, &line);
	if (ev_buffer_ok(&line))
		fprintf(stderr, "%s%.*s\n", begin, (int)line.n,
			(const char *)line.p);
}

void co_journal_say(struct co_journal *journal, const char *line)
{
	log_line(journal, (int64_t)time(NULL), "said", line);
	switch (journal->style) {
	case CO_JOURNAL_TERMINAL:
	case CO_JOURNAL_LINES:
		clear_line(journal);
		say_line("    ", line);
		break;
	case CO_JOURNAL_JSON:
		json_line("said", "line", line, NULL);
		break;
	case CO_JOURNAL_QUIET:
		break;
	}
}

static void person_line(struct co_journal *journal, const struct co_step *step)
{
	char begin[CO_DETAIL_TEXT];

	clear_line(journal);
	if (step->outcome == CO_OK) {
		fprintf(stderr, "  %-17s %8zu bytes   %s\n", step->source->name,
			step->n_bytes, step->detail);
		return;
	}
	snprintf(begin, sizeof(begin),
		 "  %-17s %8s         %s: ", step->source->name, "-",
		 step->outcome == CO_SKIPPED ? "not asked" : "NOT COLLECTED");
	say_line(begin, step->reason);
}

void co_journal_step(struct co_journal *journal, const struct co_step *step)
{
	char text[CO_WHY_TEXT + 128];

	snprintf(text, sizeof(text), "%s, %zu items, %zu bytes, %u ms%s%s",
		 co_outcome_word(step->outcome), step->n_items, step->n_bytes,
		 step->ms, step->reason[0] != 0 ? ": " : "", step->reason);
	log_line(journal, step->ended, step->source->name, text);
	switch (journal->style) {
	case CO_JOURNAL_TERMINAL:
	case CO_JOURNAL_LINES:
		person_line(journal, step);
		break;
	case CO_JOURNAL_JSON:
		json_line("step", "source", step->source->name, step);
		break;
	case CO_JOURNAL_QUIET:
		break;
	}
}
