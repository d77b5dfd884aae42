/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit history: measurements over many archives. */
#include "audit/cmd_audit.h"

#include "audit/cmd_delivery.h"
#include "audit/cmd_references.h"
#include "audit/history/history_document.h"
#include "replay/cmd_judging.h"

static const char help[] =
	"Usage: ecart audit history FILE... [OPTION...]\n"
	"Launch measurements over many archives, in order of first sight: each\n"
	"archive is replayed as of its own time, proven or claimed.  What nobody\n"
	"answers for is listed apart and never counted as seen.\n"
	"\n"
	"  --references R    git repository (REPO@REV) or folder: known builds; with\n"
	"                    --allowed-signers F and --known COMMIT as for 'audit'\n"
	"  --sightings FILE  what the public saw, shown beside: ecart-sightings(5)\n"
	"  --format FORMAT   text, json or html: a page with a timeline\n"
	"  --full            text: values, archives and sightings in full\n"
	"  -o FILE           write there instead of to standard output\n"
	"  --at T            as of T, for archives alone that say no time\n"
	"  --policy P.json   what is required and accepted (default: default-1)\n"
	"  --anchors DIR     trust these keys and no others\n"
	"  --collateral FILE add what the archives lack\n"
	"  --limit SIZE      refuse larger archives (default 64GiB)\n"
	"\n"
	"Exit: 0 every archive is in it, whatever it says; 2 measurements that were\n"
	"left out, or no time; 3 usage, 4 some unreadable, 5 trouble.\n"
	"\n"
	"Example: ecart audit history corpus/*.ecart --format html -o history.html\n";

const struct cli_command au_command_history = {
	.name = "audit history",
	.group = "Auditing",
	.summary = "launch measurements over many archives",
	.help = help,
	.run = au_cmd_history,
};

struct options {
	struct cmd_judging judging;
	struct au_cmd_delivery delivery;
	struct au_cmd_references references;
	const char *sightings;
};

/* What stands beside the archives. */
struct beside {
	struct au_references refs;
	struct au_sightings sightings;
};

enum {
	OPT_SIGHTINGS = 256,
	OPT_HELP,
};

static const struct option long_options[] = {
	CMD_JUDGING_OPTIONS,
	AU_CMD_REFERENCES_OPTIONS,
	{ "sightings", required_argument, NULL, OPT_SIGHTINGS },
	AU_CMD_FORMAT_OPTION,
	AU_CMD_FULL_OPTION,
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static int take(struct options *o, int opt)
{
	switch (opt) {
	case OPT_SIGHTINGS:
		o->sightings = optarg;
		return CLI_PASS;
	default:
		if (au_cmd_references_take(&o->references, opt))
			return CLI_PASS;
		if (au_cmd_delivery_has(opt))
			return au_cmd_delivery_take(&au_command_history,
						    &o->delivery,
						    AU_HTML_FORMAT, opt);
		return cmd_judging_take(&au_command_history, &o->judging, opt);
	}
}

static int read_sightings(const char *path, struct au_sightings *out)
{
	struct cli_file file = { 0 };
	struct ev_error err = { 0 };
	int exit = cli_file_read(path, AU_SIGHTINGS_BYTES_MAX, &file);

	if (exit == CLI_PASS &&
	    au_sightings_parse(file.bytes, out, &err) != EV_OK)
		exit = au_cmd_refused(path, &err);
	cli_file_free(&file);
	return exit;
}

/* One archive; without a time it is counted, and has been told of. */
static int add_archive(struct cmd_inputs *in, const struct options *o,
		       const char *path, struct au_sights *sights)
{
	struct cmd_archive archive = { 0 };
	struct rp_result replayed = { 0 };
	struct ev_error err = { 0 };
	int exit = cmd_archive_open(in, path, o->judging.limit, &archive);

	if (exit == CLI_PASS)
		exit = cmd_replay_one(in, &archive, path, &o->judging.when,
				      &replayed);
	if (replayed.report != NULL) {
		exit = CLI_PASS;
		if (au_sights_add(sights, in->crypto,
				  ev_span_of(replayed.report, replayed.n),
				  &err) != EV_OK)
			exit = au_cmd_refused(path, &err);
	}
	free(replayed.report);
	cmd_archive_free(&archive);
	return exit;
}

static bool render(const struct options *o, const struct au_history *h,
		   struct ev_buffer *out)
{
	struct au_lines lines = { 0 };
	char *json = NULL;
	size_t n = 0;
	bool done = au_lines_find(h, &lines);

	if (done && o->delivery.format == AU_JSON_FORMAT) {
		json = au_history_json(h, &lines, &n);
		ev_buffer_add(out, ev_span_of(json, n));
		done = json != NULL;
	} else if (done && o->delivery.format == AU_HTML_FORMAT) {
		au_history_html(h, &lines, out);
	} else if (done) {
		au_history_text(h, &lines, o->delivery.full, out);
	}
	free(json);
	au_lines_free(&lines);
	return done;
}

/* What was read becomes a history, however much that is. */
static int tell(struct options *o, const struct beside *b,
		struct au_sights *sights, size_t unreadable,
		size_t without_time)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct au_cmd_references *r = &o->references;
	const struct au_objector objector = { au_origins_objection,
					      &r->origins };
	struct au_history h = { 0 };
	struct ev_error err = { 0 };
	int exit;

	if (au_history_make(sights, r->text != NULL ? &r->all : NULL, &objector,
			    o->sightings != NULL ? &b->sightings : NULL, &h,
			    &err) != EV_OK)
		return cli_trouble("out of memory");
	if (r->origins.refused.code != EV_OK) {
		au_history_free(&h);
		return au_cmd_refused(r->text, &r->origins.refused);
	}
	h.unreadable = unreadable;
	h.without_time = without_time;
	if (render(o, &h, &out) && ev_buffer_ok(&out))
		exit = au_cmd_deliver(&o->delivery, ev_buffer_span(&out));
	else
		exit = cli_trouble("out of memory");
	if (exit == CLI_PASS && (h.n_uncounted > 0 || without_time > 0))
		exit = CLI_INCOMPLETE;
	au_history_free(&h);
	return exit;
}

static int read_and_tell(struct cmd_inputs *in, struct options *o,
			 const struct beside *b, const struct cmd_paths *paths)
{
	struct au_sights sights = { 0 };
	size_t unreadable = 0, without_time = 0;
	int worst = CLI_PASS;

	if (paths->n == 0)
		return cli_unreadable("no files there");
	for (size_t i = 0; i < paths->n && worst != CLI_TROUBLE; i++) {
		int exit = add_archive(in, o, paths->path[i], &sights);

		unreadable += exit == CLI_UNREADABLE;
		without_time += exit == CLI_USAGE;
		if (exit != CLI_USAGE)
			worst = cmd_exit_of_many(worst, exit);
	}
	/* A history made with too little memory would lack some at random. */
	if (worst != CLI_TROUBLE)
		worst = cmd_exit_of_many(
			worst, tell(o, b, &sights, unreadable, without_time));
	au_sights_free(&sights);
	return worst;
}

static int history(struct options *o, char *const *args, size_t n)
{
	struct cmd_inputs in = { 0 };
	struct cmd_paths paths = { 0 };
	struct beside b = { 0 };
	int exit = cmd_judging_prepare(&o->judging, &in);

	o->judging.when.own_time = true;
	if (exit == CLI_PASS)
		exit = au_cmd_references_open(&o->references, in.crypto);
	if (exit == CLI_PASS && o->sightings != NULL)
		exit = read_sightings(o->sightings, &b.sightings);
	if (exit == CLI_PASS)
		exit = cmd_paths_expand(args, n, &paths);
	if (exit == CLI_PASS)
		exit = read_and_tell(&in, o, &b, &paths);
	cmd_paths_free(&paths);
	au_sightings_free(&b.sightings);
	au_cmd_references_free(&o->references);
	cmd_inputs_free(&in);
	return exit;
}

int au_cmd_history(int argc, char **argv)
{
	struct options o = { .judging.limit = EV_ARCHIVE_MAX };
	int opt, exit;

	optind = 1;
	while ((opt = getopt_long(argc, argv, "o:", long_options, NULL)) !=
	       -1) {
		if (opt == OPT_HELP)
			return cli_help(&au_command_history);
		exit = take(&o, opt);
		if (exit != CLI_PASS)
			return exit;
	}
	if (optind == argc)
		return cli_usage(&au_command_history, "which archives?");
	exit = au_cmd_references_check(&o.references, &au_command_history);
	if (exit != CLI_PASS)
		return exit;
	return history(&o, argv + optind, (size_t)(argc - optind));
}
