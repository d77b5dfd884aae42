/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit diff: two images, operation by operation. */
#include "audit/cmd_audit.h"

#include "audit/cmd_delivery.h"
#include "audit/diff/diff_document.h"
#include "audit/diff/image_diff_json.h"
#include "evidence/base/cleanup.h"

#include <stdlib.h>

static const char help[] =
	"Usage: ecart audit diff A B [OPTION...]\n"
	"Compare two firmware or paravisor images (IGVM, TDVF, or the DLL that\n"
	"carries an IGVM): what a loader does with them, page by page, which\n"
	"256-byte chunk and which component differs, and whether a launch\n"
	"measurement can tell.\n"
	"\n"
	"  --format FORMAT   text, json, or html: one page with a drawn memory map\n"
	"  --map-a FILE      names of A's regions: the map of igvmfilegen\n"
	"  --map-b FILE      the same of B\n"
	"  -o FILE           write there instead of to standard output\n"
	"\n"
	"Exit: 0 both load the same, 1 they differ, 3 usage, 4 unreadable image,\n"
	"5 trouble.  See ecart-audit(1).\n"
	"\n"
	"Example: ecart audit diff old.igvm new.igvm --format html -o diff.html\n";

const struct cli_command au_command_diff = {
	.name = "audit diff",
	.group = "Auditing",
	.summary = "compare two images",
	.help = help,
	.run = au_cmd_diff,
};

/* A linker map has a line for each of some dozens of regions. */
static const uint64_t MAP_MAX = UINT64_C(16) << 20;

struct side {
	const char *path, *map_path;
	struct cli_file file, map;
	struct au_image image;
};

struct options {
	struct au_cmd_delivery delivery;
	struct side a, b;
};

static int refused(const struct options *o, const char *name,
		   const struct ev_error *err)
{
	return au_cmd_refused_image(name, err,
				    o->delivery.format == AU_JSON_FORMAT);
}

static int open_side(const struct options *o, struct side *side,
		     struct ev_crypto *crypto)
{
	struct ev_error err = { 0 };
	int exit = cli_file_read(side->path, AU_IMAGE_MAX, &side->file);

	if (exit == CLI_PASS && side->map_path != NULL)
		exit = cli_file_read(side->map_path, MAP_MAX, &side->map);
	if (exit != CLI_PASS)
		return exit;
	if (au_image_read(side->file.bytes, crypto, &side->image, &err) !=
	    EV_OK)
		return refused(o, side->path, &err);
	return CLI_PASS;
}

static void close_side(struct side *side)
{
	au_image_free(&side->image);
	cli_file_free(&side->file);
	cli_file_free(&side->map);
}

static int render(const struct options *o, struct ev_span json)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	bool done;

	if (o->delivery.format == AU_JSON_FORMAT)
		return au_cmd_deliver(&o->delivery, json);
	done = o->delivery.format == AU_TEXT_FORMAT
		       ? au_render_diff_text(json, &out)
		       : au_render_diff_html(json, &out);
	if (!done || !ev_buffer_ok(&out))
		return cli_trouble("the differences cannot be rendered");
	return au_cmd_deliver(&o->delivery, ev_buffer_span(&out));
}

static int compare(const struct options *o, struct ev_crypto *crypto)
{
	const struct au_image_side a = { au_cmd_base_name(o->a.path),
					 &o->a.image, o->a.map.bytes };
	const struct au_image_side b = { au_cmd_base_name(o->b.path),
					 &o->b.image, o->b.map.bytes };
	ev_auto_free char *json = NULL;
	struct au_image_diff diff;
	struct ev_error err = { 0 };
	int exit;
	size_t n = 0;

	if (au_image_map_check(&a, &err) != EV_OK)
		return refused(o, o->a.map_path, &err);
	if (au_image_map_check(&b, &err) != EV_OK)
		return refused(o, o->b.map_path, &err);
	if (au_image_diff(&a, &b, crypto, &diff, &err) != EV_OK)
		return refused(o, "audit diff", &err);
	if (au_image_diff_json(&diff, o->delivery.format == AU_JSON_FORMAT,
			       &json, &n, &err) != EV_OK) {
		au_image_diff_free(&diff);
		return au_cmd_refused("audit diff", &err);
	}
	exit = render(o, ev_span_of(json, n));
	if (exit == CLI_PASS && !diff.equal)
		exit = CLI_FAIL;
	au_image_diff_free(&diff);
	return exit;
}

static int compare_files(struct options *o)
{
	struct ev_crypto *crypto = ev_crypto_new();
	int exit;

	if (crypto == NULL)
		return cli_trouble("libcrypto cannot be used");
	exit = open_side(o, &o->a, crypto);
	if (exit == CLI_PASS)
		exit = open_side(o, &o->b, crypto);
	if (exit == CLI_PASS)
		exit = compare(o, crypto);
	close_side(&o->a);
	close_side(&o->b);
	ev_crypto_free(crypto);
	return exit;
}

enum { OPT_MAP_A = 256, OPT_MAP_B, OPT_HELP };

static const struct option long_options[] = {
	AU_CMD_FORMAT_OPTION,
	{ "map-a", required_argument, NULL, OPT_MAP_A },
	{ "map-b", required_argument, NULL, OPT_MAP_B },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static int take(struct options *o, int opt)
{
	switch (opt) {
	case OPT_MAP_A:
		o->a.map_path = optarg;
		return CLI_PASS;
	case OPT_MAP_B:
		o->b.map_path = optarg;
		return CLI_PASS;
	default:
		if (au_cmd_delivery_has(opt))
			return au_cmd_delivery_take(&au_command_diff,
						    &o->delivery,
						    AU_HTML_FORMAT, opt);
		return cli_usage(&au_command_diff, "see the options");
	}
}

int au_cmd_diff(int argc, char **argv)
{
	struct options o = { 0 };
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "o:", long_options, NULL)) !=
	       -1) {
		if (opt == OPT_HELP)
			return cli_help(&au_command_diff);
		exit = take(&o, opt);
		if (exit != CLI_PASS)
			return exit;
	}
	if (argc - optind != 2)
		return cli_usage(&au_command_diff, "two images are wanted");
	o.a.path = argv[optind];
	o.b.path = argv[optind + 1];
	return compare_files(&o);
}
