/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit explain: the evidence's launch measurements beside images. */
#include "audit/cmd_audit.h"

#include "audit/cmd_delivery.h"
#include "audit/cmd_images.h"
#include "audit/explanation.h"
#include "evidence/base/cleanup.h"
#include "replay/cmd_judging.h"
#include "replay/render_member.h"

#include <stdlib.h>

static const char help[] =
	"Usage: ecart audit explain FILE --image IMAGE... [OPTION...]\n"
	"Replay an archive, then set its launch measurements beside images that you\n"
	"have: which image makes the value and by which rule of a loader, and what sets\n"
	"the others apart from it. Where no image makes it: what was tried, and what\n"
	"would be needed. What the measurement does not cover is told apart.\n"
	"\n"
	"  --image IMAGE     IGVM, TDVF, or the DLL that carries an IGVM; up to 16\n"
	"  --at T            as of T: 2026-06-08T12:42:41Z or @1780922561\n"
	"  --policy P.json   what is required and accepted (default: default-1)\n"
	"  --anchors DIR     trust these keys and no others\n"
	"  --collateral FILE add what the archive lacks (archive, file or folder)\n"
	"  --format FORMAT   text or json\n"
	"  --full            every value that was tried, and digests in full\n"
	"  -o FILE           write there instead of to standard output\n"
	"\n"
	"Exit: 0 every image makes the value and the replay passes, 1 one does not, 2\n"
	"not comparable, no image for it, or the replay does not pass, 3 usage,\n"
	"4 unreadable, 5 trouble.  See ecart-audit(1).\n"
	"\n"
	"Example: ecart audit explain run-07.ecart --image openhcl-x64-cvm.bin\n";

const struct cli_command au_command_explain = {
	.name = "audit explain",
	.group = "Auditing",
	.summary = "launch measurements beside images",
	.help = help,
	.run = au_cmd_explain,
};

struct options {
	struct cmd_judging judging;
	struct au_cmd_delivery delivery;
	const char *image[AU_AT_HAND_MAX];
	size_t n_images;
};

enum { OPT_IMAGE = 256, OPT_HELP };

static const struct option long_options[] = {
	CMD_JUDGING_OPTIONS,
	{ "image", required_argument, NULL, OPT_IMAGE },
	AU_CMD_FORMAT_OPTION,
	AU_CMD_FULL_OPTION,
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static int take(struct options *o, int opt)
{
	if (opt == OPT_IMAGE)
		return au_cmd_take_image(&au_command_explain, o->image,
					 &o->n_images);
	if (au_cmd_delivery_has(opt))
		return au_cmd_delivery_take(&au_command_explain, &o->delivery,
					    AU_JSON_FORMAT, opt);
	return cmd_judging_take(&au_command_explain, &o->judging, opt);
}

static int render(const struct options *o, const struct au_explanation *e)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	ev_auto_free char *json = NULL;
	struct ev_error err = { 0 };
	size_t n = 0;

	if (o->delivery.format == AU_JSON_FORMAT) {
		if (au_explanation_json(e, &json, &n, &err) != EV_OK)
			return au_cmd_refused("audit explain", &err);
		return au_cmd_deliver(&o->delivery, ev_span_of(json, n));
	}
	au_explanation_text(e, o->delivery.full, &text);
	if (!ev_buffer_ok(&text))
		return cli_trouble("out of memory");
	return au_cmd_deliver(&o->delivery, ev_buffer_span(&text));
}

/* What nobody vouches for, or only in part, makes no good end. */
static int status_of(const struct au_explanation *e, const json_t *report)
{
	const char *verdict =
		json_string_value(json_object_get(report, "verdict"));

	if (e->status == CLI_PASS &&
	    (verdict == NULL || strcmp(verdict, "pass") != 0))
		return CLI_INCOMPLETE;
	return e->status;
}

static int explain(const struct options *o, const char *path,
		   struct ev_span report, struct au_images *images,
		   struct ev_crypto *crypto)
{
	ev_auto_json json_t *document = rp_report_load(report);
	struct au_explanation e;
	struct ev_error err = { 0 };
	int exit;

	if (document == NULL)
		return cli_trouble("%s: the report cannot be read back", path);
	if (au_explanation_make(document, images, crypto, &e, &err) != EV_OK)
		return au_cmd_refused(path, &err);
	exit = render(o, &e);
	if (exit == CLI_PASS)
		exit = status_of(&e, document);
	au_explanation_free(&e);
	return exit;
}

static int explain_file(struct cmd_inputs *in, const struct options *o,
			const char *path, struct au_images *images)
{
	struct cmd_archive archive = { 0 };
	struct rp_result replayed = { 0 };
	int exit = cmd_archive_open(in, path, o->judging.limit, &archive);

	if (exit == CLI_PASS)
		exit = cmd_replay_one(in, &archive, path, &o->judging.when,
				      &replayed);
	if (replayed.report != NULL)
		exit = explain(o, path, ev_span_of(replayed.report, replayed.n),
			       images, in->crypto);
	free(replayed.report);
	cmd_archive_free(&archive);
	return exit;
}

static int run(const struct options *o, const char *path)
{
	struct cmd_inputs in = { 0 };
	struct au_cmd_images images = { 0 };
	int exit = cmd_judging_prepare(&o->judging, &in);

	if (exit == CLI_PASS)
		exit = au_cmd_images_read(&images, o->image, o->n_images,
					  in.crypto,
					  o->delivery.format == AU_JSON_FORMAT);
	if (exit == CLI_PASS)
		exit = explain_file(&in, o, path, &images.list);
	au_cmd_images_free(&images);
	cmd_inputs_free(&in);
	return exit;
}

int au_cmd_explain(int argc, char **argv)
{
	struct options o = { .judging.limit = EV_ARCHIVE_MAX };
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "o:", long_options, NULL)) !=
	       -1) {
		if (opt == OPT_HELP)
			return cli_help(&au_command_explain);
		exit = take(&o, opt);
		if (exit != CLI_PASS)
			return exit;
	}
	if (argc - optind != 1)
		return cli_usage(&au_command_explain, "one archive is wanted");
	if (o.n_images == 0)
		return cli_usage(&au_command_explain, "--image is wanted");
	return run(&o, argv[optind]);
}
