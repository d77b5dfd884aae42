/* SPDX-License-Identifier: Apache-2.0 */
/* ecart replay: every check of one archive or many, offline. */
#include "replay/cmd_replay.h"

#include "commands.h"
#include "evidence/base/hex.h"
#include "replay/cmd_jobs.h"
#include "replay/hindsight.h"
#include "replay/render.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SHARDS_MAX 65536

static const char help[] =
	"Usage: ecart replay [OPTION...] FILE...\n"
	"Judge archives again, offline, as of one time, and report every check.\n"
	"\n"
	"  --at T            as of T: 2026-06-08T12:42:41Z or @1780922561; else "
	"the\n"
	"                    proven time, else the collector's claim\n"
	"  --policy P.json   what is required and accepted (default: default-1)\n"
	"  --anchors DIR     trust these keys and no others\n"
	"  --collateral FILE add what the archive lacks (archive, file or folder)\n"
	"  --hindsight FILE  beside: with this later collateral, as of its "
	"issue, or of\n"
	"                    --hindsight-at T\n"
	"  --nonce HEX       require that the session answers this challenge\n"
	"  --format FORMAT   text, or json: the canonical report, one line each\n"
	"  --table           one line for each archive; --jobs N: by N processes;"
	"\n"
	"                    --shard I/N: those of the Ith part, by their ids\n"
	"  --full            every check and digest in full, on whose word\n"
	"  -o FILE           write there instead of to standard output\n"
	"  --limit SIZE      refuse larger archives (default 64GiB)\n"
	"\n"
	"FILE may be - (standard input), a folder, or @LIST (a file of paths).\n"
	"Exit: 0 pass, 1 fail, 2 incomplete, 3 usage, 4 unreadable, 5 trouble.\n"
	"\n"
	"Example: ecart replay run-07.ecart --at 2026-06-08T12:42:41Z\n";

enum {
	OPT_FORMAT = 256,
	OPT_TABLE,
	OPT_FULL,
	OPT_HELP,
	OPT_HINDSIGHT,
	OPT_HINDSIGHT_AT,
	OPT_JOBS,
	OPT_SHARD
};

static const struct option long_options[] = {
	CMD_JUDGING_OPTIONS,
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "table", no_argument, NULL, OPT_TABLE },
	{ "full", no_argument, NULL, OPT_FULL },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "jobs", required_argument, NULL, OPT_JOBS },
	{ "shard", required_argument, NULL, OPT_SHARD },
	{ "hindsight", required_argument, NULL, OPT_HINDSIGHT },
	{ "hindsight-at", required_argument, NULL, OPT_HINDSIGHT_AT },
	{ 0 },
};

static int set_format(struct cmd_replay *o, const char *word)
{
	if (strcmp(word, "text") == 0)
		o->format = CMD_REPLAY_TEXT;
	else if (strcmp(word, "json") == 0)
		o->format = CMD_REPLAY_JSON;
	else
		return cli_usage(&cmd_replay,
				 "--format %s: this version "
				 "writes text and json",
				 word);
	return CLI_PASS;
}

static int add_hindsight(struct cmd_judging *j)
{
	if (j->n_hindsight == CMD_COLLATERAL_MAX)
		return cli_usage(&cmd_replay,
				 "--hindsight: at most %d times; give a folder",
				 CMD_COLLATERAL_MAX);
	j->hindsight[j->n_hindsight++] = optarg;
	return CLI_PASS;
}

static int set_hindsight_at(struct cmd_when *later)
{
	later->has_at = cli_parse_time(optarg, &later->at);
	return later->has_at ? CLI_PASS
			     : cli_usage(&cmd_replay,
					 "--hindsight-at %s: want "
					 "2026-06-08T12:42:41Z or @SECONDS",
					 optarg);
}

/* Digits alone, from 1. */
static bool take_number(const char **text, unsigned long max,
			unsigned long *out)
{
	char *end;

	if (**text < '1' || **text > '9')
		return false;
	errno = 0;
	*out = strtoul(*text, &end, 10);
	*text = end;
	return errno == 0 && *out <= max;
}

static int set_jobs(struct cmd_replay *o)
{
	const char *text = optarg;
	unsigned long n;

	if (!take_number(&text, CMD_JOBS_MAX, &n) || *text != '\0')
		return cli_usage(&cmd_replay, "--jobs %s: want 1 to %d", optarg,
				 CMD_JOBS_MAX);
	o->jobs = (unsigned int)n;
	return CLI_PASS;
}

static int set_shard(struct cmd_replay *o)
{
	const char *text = optarg;
	bool good = take_number(&text, SHARDS_MAX, &o->shard) && *text == '/';

	text += good;
	good = good && take_number(&text, SHARDS_MAX, &o->shards) &&
	       *text == '\0' && o->shard <= o->shards;
	return good ? CLI_PASS
		    : cli_usage(&cmd_replay,
				"--shard %s: want I/N, such as 2/8", optarg);
}

static int take(struct cmd_replay *o, int opt)
{
	switch (opt) {
	case OPT_FORMAT:
		return set_format(o, optarg);
	case OPT_TABLE:
		o->table = true;
		return CLI_PASS;
	case OPT_FULL:
		o->full = true;
		return CLI_PASS;
	case OPT_JOBS:
		return set_jobs(o);
	case OPT_SHARD:
		return set_shard(o);
	case OPT_HINDSIGHT:
		return add_hindsight(&o->judging);
	case OPT_HINDSIGHT_AT:
		return set_hindsight_at(&o->judging.later);
	case 'o':
		o->output = optarg;
		return CLI_PASS;
	default:
		return cmd_judging_take(&cmd_replay, &o->judging, opt);
	}
}

/* The last line of the text report: what makes two reports the same. */
static bool add_report_digest(struct cmd_inputs *in, struct ev_span report,
			      struct ev_buffer *out)
{
	uint8_t digest[32];
	char hex[65];

	if (!ev_digest(in->crypto, EV_SHA256, report, digest))
		return false;
	ev_hex_encode(EV_SPAN(digest), hex);
	ev_buffer_printf(out,
			 "report sha256 %s\n(same bytes on every machine; "
			 "--format json prints it)\n",
			 hex);
	return true;
}

static bool render(struct cmd_inputs *in, const struct cmd_replay *o,
		   const char *name, bool several,
		   const struct rp_result *result, struct ev_buffer *out)
{
	struct ev_span report = ev_span_of(result->report, result->n);

	if (o->format == CMD_REPLAY_JSON && o->table)
		return rp_render_flat(report, "", name, out);
	if (o->format == CMD_REPLAY_JSON) {
		ev_buffer_add(out, report);
		if (several)
			ev_buffer_add_str(out, "\n");
		return true;
	}
	if (o->table || several)
		return rp_render_row(report, name, out);
	return rp_render_text(report, o->full, out) &&
	       add_report_digest(in, report, out);
}

/* The same archive with what is known later; the verdict stays. */
static int add_later(struct cmd_inputs *in, const struct cmd_replay *o,
		     const struct cmd_archive *archive, const char *path,
		     struct rp_result *result)
{
	struct cmd_when when = o->judging.when;
	struct rp_result later = { 0 };
	char *merged;
	size_t n;
	int exit;

	when.hindsight = true;
	when.has_at = o->judging.later.has_at;
	when.at = o->judging.later.at;
	when.at_issue = !when.has_at;
	exit = cmd_replay_one(in, archive, path, &when, &later);
	if (later.report == NULL)
		return exit;
	merged = rp_hindsight_merge(ev_span_of(result->report, result->n),
				    ev_span_of(later.report, later.n), &n);
	free(later.report);
	if (merged == NULL)
		return cli_trouble("%s: out of memory", path);
	free(result->report);
	result->report = merged;
	result->n = n;
	return CLI_PASS;
}

static int judge(struct cmd_inputs *in, const struct cmd_replay *o,
		 const struct cmd_archive *archive, const char *path,
		 struct rp_result *result)
{
	int exit = cmd_replay_one(in, archive, path, &o->judging.when, result);
	int later;

	if (result->report == NULL || o->judging.n_hindsight == 0)
		return exit;
	later = add_later(in, o, archive, path, result);
	return later == CLI_PASS ? exit : later;
}

/* The first eight bytes of an archive's id as a number, modulo N; one that has
 * none, since it cannot be read, is the first shard's. */
static bool is_mine(const struct cmd_replay *o,
		    const struct cmd_archive *archive)
{
	uint64_t n = 0;

	if (o->shards == 0)
		return true;
	for (size_t i = 0; archive != NULL && i < 8; i++)
		n = n << 8 | archive->archive.id[i];
	return n % o->shards + 1 == o->shard;
}

static int replay_open(struct cmd_inputs *in, const struct cmd_replay *o,
		       const struct cmd_archive *archive, const char *path,
		       bool several, struct ev_buffer *out)
{
	struct rp_result result = { 0 };
	int exit = judge(in, o, archive, path, &result);

	if (result.report != NULL &&
	    !render(in, o, path, several, &result, out))
		exit = cli_trouble("%s: the report cannot be rendered", path);
	free(result.report);
	return exit;
}

int cmd_replay_file(struct cmd_inputs *in, const struct cmd_replay *o,
		    const char *path, bool several, struct ev_buffer *out)
{
	struct cmd_archive archive = { 0 };
	int exit = cmd_archive_open(in, path, o->judging.limit, &archive);

	if (!is_mine(o, exit == CLI_PASS ? &archive : NULL))
		exit = CMD_REPLAY_NOT_MINE;
	if (exit == CLI_PASS)
		exit = replay_open(in, o, &archive, path, several, out);
	cmd_archive_free(&archive);
	return exit;
}

static int deliver(const struct cmd_replay *o, struct ev_buffer *out)
{
	if (!ev_buffer_ok(out))
		return cli_trouble("out of memory");
	if (o->output == NULL)
		return cli_print(ev_buffer_span(out)) ? CLI_PASS : CLI_TROUBLE;
	return cli_write_file(o->output, ev_buffer_span(out), 0644)
		       ? CLI_PASS
		       : CLI_TROUBLE;
}

static int replay_single(struct cmd_inputs *in, const struct cmd_replay *o,
			 const char *path)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	int exit, delivered;

	if (o->table && o->format != CMD_REPLAY_JSON)
		rp_render_row_header(&out);
	exit = cmd_replay_file(in, o, path, false, &out);
	if (exit == CMD_REPLAY_NOT_MINE)
		return CLI_PASS;
	delivered = out.n > 0 ? deliver(o, &out) : CLI_PASS;
	return cmd_exit_of_many(exit, delivered);
}

static int replay_all(const struct cmd_replay *o, char *const *args, size_t n)
{
	struct cmd_inputs in = { 0 };
	struct cmd_paths paths = { 0 };
	int exit = cmd_judging_prepare(&o->judging, &in);

	if (exit == CLI_PASS)
		exit = cmd_paths_expand(args, n, &paths);
	if (exit == CLI_PASS && paths.n == 0)
		exit = cli_unreadable("no files there");
	if (exit == CLI_PASS)
		exit = paths.n == 1 ? replay_single(&in, o, paths.path[0])
				    : cmd_replay_many(&in, o, &paths);
	cmd_paths_free(&paths);
	cmd_inputs_free(&in);
	return exit;
}

static int run(int argc, char **argv)
{
	struct cmd_replay o = { .judging.limit = EV_ARCHIVE_MAX, .jobs = 1 };
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "o:", long_options, NULL)) !=
	       -1) {
		if (opt == OPT_HELP)
			return cli_help(&cmd_replay);
		exit = take(&o, opt);
		if (exit != CLI_PASS)
			return exit;
	}
	if (optind == argc)
		return cli_usage(&cmd_replay, "which archive?");
	if (o.judging.later.has_at && o.judging.n_hindsight == 0)
		return cli_usage(&cmd_replay,
				 "--hindsight-at: there is no --hindsight");
	return replay_all(&o, argv + optind, (size_t)(argc - optind));
}

const struct cli_command cmd_replay = {
	.name = "replay",
	.group = "Reading archives",
	.summary = "judge archives offline, as of a time",
	.help = help,
	.run = run,
};
