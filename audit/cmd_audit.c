/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit: replay, then compare launch measurements with references. */
#include "audit/cmd_audit.h"

#include "audit/cmd_delivery.h"
#include "audit/cmd_images.h"
#include "audit/cmd_references.h"
#include "audit/render.h"
#include "audit/report.h"
#include "commands.h"
#include "evidence/base/hex.h"
#include "replay/cmd_judging.h"

#include <stdio.h>

static const char help[] =
	"Usage: ecart audit FILE... --references DIR|REPO[@REV] [OPTION...]\n"
	"       ecart audit measure IMAGE [--json] [--all]; ecart audit corim FILE ...\n"
	"       ecart audit diff A B ...; ecart audit explain FILE --image IMAGE ...\n"
	"       ecart audit history FILE ...; ecart audit reference add|list|check REPO\n"
	"Replay archives, then compare the paravisor's MRTD with references that\n"
	"somebody built: a git repository at one commit, or a plain folder.\n"
	"\n"
	"  --references R    git repository (REV: commit, tag, branch) or folder\n"
	"  --allowed-signers F  ssh-keygen(1)'s file: nobody else's word is a match\n"
	"  --known COMMIT    of an earlier report: REV must be it or come from it\n"
	"  --product P[@V]   only this product can match; another value differs\n"
	"  --image IMAGE     at hand: what sets the one that ran apart from P's\n"
	"  --at T            as of T: 2026-06-08T12:42:41Z or @1780922561\n"
	"  --policy P.json   what is required and accepted (default: default-1)\n"
	"  --anchors DIR     trust these keys and no others\n"
	"  --collateral FILE add what the archive lacks (archive, file or folder)\n"
	"  --format FORMAT   text, or json: the report with what was compared\n"
	"  --full            every check, and digests in full      -o FILE  write there\n"
	"\n"
	"Exit: 0 a good reference matches, 1 fail, differs or withdrawn, 2 incomplete\n"
	"or no reference, 3 usage, 4 unreadable, 5 trouble.  See ecart-reference(5).\n"
	"\n"
	"Example: ecart audit run-07.ecart --references refs.git@main\n";

struct options {
	struct cmd_judging judging;
	struct au_cmd_delivery delivery;
	struct au_cmd_references references;
	const char *image[AU_AT_HAND_MAX];
	size_t n_images;
	struct ev_span product, version;
};

enum { OPT_PRODUCT = 256, OPT_IMAGE, OPT_HELP };

static const struct option long_options[] = {
	CMD_JUDGING_OPTIONS,
	AU_CMD_REFERENCES_OPTIONS,
	{ "product", required_argument, NULL, OPT_PRODUCT },
	{ "image", required_argument, NULL, OPT_IMAGE },
	AU_CMD_FORMAT_OPTION,
	AU_CMD_FULL_OPTION,
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static void set_product(struct options *o, const char *text)
{
	const char *at = strchr(text, '@');
	size_t n = at != NULL ? (size_t)(at - text) : strlen(text);

	o->product = ev_span_of(text, n);
	o->version =
		at != NULL ? ev_span_str(at + 1) : (struct ev_span){ NULL, 0 };
}

static int take_product(struct options *o, const char *text)
{
	set_product(o, text);
	if (o->product.n > 0)
		return CLI_PASS;
	return cli_usage(&cmd_audit, "--product %s: want P or P@V", text);
}

static int take(struct options *o, int opt)
{
	switch (opt) {
	case OPT_PRODUCT:
		return take_product(o, optarg);
	case OPT_IMAGE:
		return au_cmd_take_image(&cmd_audit, o->image, &o->n_images);
	default:
		if (au_cmd_references_take(&o->references, opt))
			return CLI_PASS;
		if (au_cmd_delivery_has(opt))
			return au_cmd_delivery_take(&cmd_audit, &o->delivery,
						    AU_JSON_FORMAT, opt);
		return cmd_judging_take(&cmd_audit, &o->judging, opt);
	}
}

int au_cmd_refused(const char *name, const struct ev_error *err)
{
	char line[400];

	ev_error_format(err, line, sizeof(line));
	return err->code == EV_TROUBLE ? cli_trouble("%s: %s", name, line)
				       : cli_unreadable("%s: %s", name, line);
}

const char *au_cmd_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* What makes two reports the same. */
static bool add_report_digest(struct ev_crypto *crypto, struct ev_span report,
			      struct ev_buffer *out)
{
	uint8_t sha256[32];
	char hex[65];

	if (!ev_digest(crypto, EV_SHA256, report, sha256))
		return false;
	ev_hex_encode(EV_SPAN(sha256), hex);
	ev_buffer_printf(out, "report sha256 %s\n", hex);
	return true;
}

static bool render(struct ev_crypto *crypto, const struct options *o,
		   const char *name, bool several, struct ev_span report,
		   struct ev_buffer *out)
{
	if (o->delivery.format == AU_JSON_FORMAT) {
		ev_buffer_add(out, report);
		if (several)
			ev_buffer_add_str(out, "\n");
		return true;
	}
	if (several)
		ev_buffer_printf(out, "%s%s\n", out->n > 0 ? "\n" : "", name);
	return au_render_text(report, o->delivery.full, out) &&
	       add_report_digest(crypto, report, out);
}

/* One archive: the replay's report, then the comparison added to it. */
static int audit_file(struct cmd_inputs *in, const struct options *o,
		      const struct au_request *request, const char *path,
		      bool several, struct ev_buffer *out)
{
	struct cmd_archive archive = { 0 };
	struct rp_result replayed = { 0 };
	struct au_audited audited = { 0 };
	struct ev_error err = { 0 };
	int exit = cmd_archive_open(in, path, o->judging.limit, &archive);

	if (exit == CLI_PASS)
		exit = cmd_replay_one(in, &archive, path, &o->judging.when,
				      &replayed);
	if (replayed.report == NULL) {
		cmd_archive_free(&archive);
		return exit;
	}
	if (au_report_audit(ev_span_of(replayed.report, replayed.n), request,
			    &audited, &err) != EV_OK)
		exit = au_cmd_refused(path, &err);
	else if (!render(in->crypto, o, path, several,
			 ev_span_of(audited.report, audited.n), out))
		exit = cli_trouble("%s: the report cannot be rendered", path);
	else
		exit = audited.status;
	free(audited.report);
	free(replayed.report);
	cmd_archive_free(&archive);
	return exit;
}

static int deliver(const struct options *o, struct ev_buffer *out)
{
	if (!ev_buffer_ok(out))
		return cli_trouble("out of memory");
	return au_cmd_deliver(&o->delivery, ev_buffer_span(out));
}

static int audit_paths(struct cmd_inputs *in, const struct options *o,
		       const struct au_request *request,
		       const struct cmd_paths *paths)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	int worst = CLI_PASS;

	if (paths->n == 0)
		return cli_unreadable("no files there");
	for (size_t i = 0; i < paths->n; i++)
		worst = cmd_exit_of_many(worst, audit_file(in, o, request,
							   paths->path[i],
							   paths->n > 1, &out));
	if (out.n == 0 && ev_buffer_ok(&out))
		return worst;
	return cmd_exit_of_many(worst, deliver(o, &out));
}

static int audit_all(struct options *o, char *const *args, size_t n)
{
	struct cmd_inputs in = { 0 };
	struct cmd_paths paths = { 0 };
	struct au_cmd_images images = { 0 };
	int exit = cmd_judging_prepare(&o->judging, &in);
	const struct au_request request = {
		&o->references.all, &o->references.origins, o->product,
		o->version,	    &images.list,	    in.crypto
	};

	if (exit == CLI_PASS)
		exit = au_cmd_references_open(&o->references, in.crypto);
	if (exit == CLI_PASS)
		exit = au_cmd_images_read(&images, o->image, o->n_images,
					  in.crypto, false);
	if (exit == CLI_PASS)
		exit = cmd_paths_expand(args, n, &paths);
	if (exit == CLI_PASS)
		exit = audit_paths(&in, o, &request, &paths);
	cmd_paths_free(&paths);
	au_cmd_images_free(&images);
	au_cmd_references_free(&o->references);
	cmd_inputs_free(&in);
	return exit;
}

/* The part of the command that a first word names, or NULL. */
static int (*part_of(const char *word))(int argc, char **argv)
{
	static const struct {
		const char *word;
		int (*run)(int argc, char **argv);
	} parts[] = {
		{ "diff", au_cmd_diff },
		{ "corim", au_cmd_corim },
		{ "explain", au_cmd_explain },
		{ "history", au_cmd_history },
		{ "measure", au_cmd_measure },
		{ "reference", au_cmd_reference },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strcmp(word, parts[i].word) == 0)
			return parts[i].run;
	}
	return NULL;
}

static int run(int argc, char **argv)
{
	struct options o = { .judging.limit = EV_ARCHIVE_MAX };
	int opt, exit;

	if (argc > 1 && part_of(argv[1]) != NULL)
		return part_of(argv[1])(argc - 1, argv + 1);
	while ((opt = getopt_long(argc, argv, "o:", long_options, NULL)) !=
	       -1) {
		if (opt == OPT_HELP)
			return cli_help(&cmd_audit);
		exit = take(&o, opt);
		if (exit != CLI_PASS)
			return exit;
	}
	if (optind == argc)
		return cli_usage(&cmd_audit, "which archive?");
	if (o.references.text == NULL)
		return cli_usage(&cmd_audit,
				 "--references DIR|REPO[@REV] is wanted");
	exit = au_cmd_references_check(&o.references, &cmd_audit);
	if (exit != CLI_PASS)
		return exit;
	return audit_all(&o, argv + optind, (size_t)(argc - optind));
}

const struct cli_command cmd_audit = {
	.name = "audit",
	.group = "Auditing",
	.summary = "compare launch measurements with references",
	.help = help,
	.run = run,
};
