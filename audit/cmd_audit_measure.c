/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit measure: what an image measures to, on each platform. */
#include "audit/cmd_audit.h"

#include "audit/endorsement.h"
#include "audit/image_report.h"

#include <getopt.h>
#include <stdio.h>

static const char help[] =
	"Usage: ecart audit measure IMAGE [--json] [--all]\n"
	"Compute the launch measurements of an image: an IGVM file, OVMF or td-shim\n"
	"firmware with TDX metadata, or a DLL with an IGVM inside.  TDX: MRTD; SEV-SNP:\n"
	"launch digest; VBS: boot digest.\n"
	"\n"
	"Nobody sees which loader started a machine, so each value comes with the rule\n"
	"that makes it: the default first, then the page orders, then, with --all,\n"
	"everything that loaders are known to do otherwise.\n"
	"\n"
	"  --all             every rule that changes the value\n"
	"  --json            as JSON; of a refused image what was refused\n"
	"\n"
	"Firmware that is split in two files is refused: put the variable store before\n"
	"the code (cat OVMF_VARS.fd OVMF_CODE.fd).\n"
	"\n"
	"Exit: 0 measured, 3 usage, 4 refused, 5 trouble.\n"
	"\n"
	"Example: ecart audit measure /usr/share/ovmf/OVMF.fd\n";

const struct cli_command au_command_measure = {
	.name = "audit measure",
	.group = "Auditing",
	.summary = "launch measurements of an image",
	.help = help,
	.run = au_cmd_measure,
};

struct options {
	bool json, all;
};

enum { OPT_JSON = 256, OPT_ALL, OPT_HELP };

static const struct option long_options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static int deliver(struct ev_buffer *out, bool ok)
{
	if (!ok || !ev_buffer_ok(out))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(out)) ? CLI_PASS : CLI_TROUBLE;
}

int au_cmd_refused_image(const char *name, const struct ev_error *err,
			 bool json)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	int exit;

	if (json && err->code != EV_TROUBLE) {
		exit = deliver(&out, au_image_refused_json(err, &out));
		if (exit != CLI_PASS)
			return exit;
	}
	return au_cmd_refused(name, err);
}

static enum ev_code find_candidates(const struct au_image *image, bool all,
				    struct ev_crypto *crypto,
				    struct au_candidates *list,
				    struct ev_error *err)
{
	for (size_t i = 0; i < image->n; i++) {
		if (au_candidates_add(&image->launch[i], all, crypto, list,
				      err) != EV_OK)
			break;
	}
	return err->code;
}

/* Every candidate, and what the image carries about itself; whether anybody
 * whom one trusts signed that is `audit corim`'s to tell. */
static enum ev_code find(const struct au_image *image, bool all,
			 struct ev_crypto *crypto, struct au_candidates *list,
			 struct au_statements *said, struct ev_error *err)
{
	static const struct au_cose_trust nobody = { .n_roots = 0 };

	if (find_candidates(image, all, crypto, list, err) != EV_OK)
		return err->code;
	return au_endorsements_read(list, &nobody, crypto, said, err);
}

static int measure(struct ev_span bytes, const struct options *o,
		   const char *name)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct au_candidates list = { 0 };
	struct au_statements said = { .n = 0 };
	struct ev_error err = { 0 };
	struct au_image image;
	bool ok = true;
	int exit;

	if (crypto == NULL)
		return cli_trouble("libcrypto does not start");
	if (au_image_read(bytes, crypto, &image, &err) != EV_OK)
		return au_cmd_refused_image(name, &err, o->json);
	if (find(&image, o->all, crypto, &list, &said, &err) != EV_OK) {
		exit = au_cmd_refused(name, &err);
	} else {
		if (o->json)
			ok = au_image_report_json(&image, &list, &said, &out);
		else
			au_image_report_text(&image, &list, &said, name, &out);
		exit = deliver(&out, ok);
	}
	au_candidates_free(&list);
	au_image_free(&image);
	return exit;
}

int au_cmd_measure(int argc, char **argv)
{
	struct cli_file file = { 0 };
	struct options o = { 0 };
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (opt == OPT_HELP)
			return cli_help(&au_command_measure);
		if (opt != OPT_JSON && opt != OPT_ALL)
			return cli_usage(&au_command_measure, "unknown option");
		*(opt == OPT_JSON ? &o.json : &o.all) = true;
	}
	if (optind + 1 != argc)
		return cli_usage(&au_command_measure, "one image is wanted");
	exit = cli_file_read(argv[optind], AU_IMAGE_MAX, &file);
	if (exit == CLI_PASS) {
		exit = measure(file.bytes, &o, argv[optind]);
		cli_file_free(&file);
	}
	return exit;
}
