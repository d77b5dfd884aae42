/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit corim: what documents say of a launch measurement, and who. */
#include "audit/cmd_audit.h"

#include "audit/cmd_delivery.h"
#include "audit/corim/document_show.h"
#include "audit/endorsement.h"
#include "audit/image/image.h"
#include "evidence/base/pem.h"
#include "evidence/path.h"

#include <getopt.h>
#include <stdio.h>

static const char help[] =
	"Usage: ecart audit corim FILE [--signature S] [--roots PEM --at T]\n"
	"           [--image IMAGE] [--format text|json] [--full]\n"
	"Say what a document claims that an image measures to, who signed it, and\n"
	"whether the image does.  FILE is a CoRIM (bare, or inside COSE_Sign1), Google's\n"
	"launch endorsement, igvmfilegen's identity JSON, or an IGVM that carries any.\n"
	"\n"
	"  --signature S     a COSE_Sign1 that stands beside the CoRIM\n"
	"  --roots PEM       certificates of the roots that you trust; none are built in\n"
	"  --at T            judge certificates as of T; belongs to --roots\n"
	"  --image IMAGE     measure this image and compare\n"
	"  --full            values in full    -o FILE  write there\n"
	"\n"
	"Exit: 0 agrees with the image and is signed up to your root; 1 contradicts, or\n"
	"a signature does not hold; 2 nothing compared, unsigned, no root given, or a\n"
	"launch of the image that nothing endorses;\n"
	"3 usage, 4 refused, 5 trouble.\n"
	"\n"
	"Example: ecart audit corim openhcl-tdx.igvm\n";

const struct cli_command au_command_corim = {
	.name = "audit corim",
	.group = "Auditing",
	.summary = "what endorses an image, and who says so",
	.help = help,
	.run = au_cmd_corim,
};

struct options {
	const char *file, *signature, *roots, *image;
	struct au_cmd_delivery delivery;
	int64_t at;
	bool has_at;
};

enum { OPT_SIGNATURE = 256, OPT_ROOTS, OPT_AT, OPT_IMAGE, OPT_HELP };

static const struct option long_options[] = {
	{ "signature", required_argument, NULL, OPT_SIGNATURE },
	{ "roots", required_argument, NULL, OPT_ROOTS },
	{ "at", required_argument, NULL, OPT_AT },
	{ "image", required_argument, NULL, OPT_IMAGE },
	AU_CMD_FORMAT_OPTION,
	AU_CMD_FULL_OPTION,
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

/* Everything that is open while one file is looked at. */
struct work {
	const struct options *o;
	struct ev_crypto *crypto;
	struct cli_file file, signature, roots, image_file;
	struct ev_pem_list pem;
	struct ev_span root[EV_PEM_BLOCKS_MAX];
	struct au_cose_trust trust;
	struct au_image image; /* of --image, or of FILE */
	bool has_image;
	struct au_candidates candidates;
	struct au_recomputed recomputed[8];
	size_t n_recomputed;
	struct au_statements statements;
};

static int take(struct options *o, int opt)
{
	switch (opt) {
	case OPT_SIGNATURE:
		o->signature = optarg;
		return CLI_PASS;
	case OPT_ROOTS:
		o->roots = optarg;
		return CLI_PASS;
	case OPT_IMAGE:
		o->image = optarg;
		return CLI_PASS;
	case OPT_AT:
		o->has_at = true;
		if (cli_parse_time(optarg, &o->at))
			return CLI_PASS;
		return cli_usage(&au_command_corim,
				 "--at %s: want 2026-06-08T12:42:41Z or "
				 "@SECONDS",
				 optarg);
	default:
		if (au_cmd_delivery_has(opt))
			return au_cmd_delivery_take(&au_command_corim,
						    &o->delivery,
						    AU_JSON_FORMAT, opt);
		return cli_usage(&au_command_corim, "see the options");
	}
}

static bool is_json(const struct work *w)
{
	return w->o->delivery.format == AU_JSON_FORMAT;
}

/* The keys of the user's roots; the certificates' bytes stay in the list. */
static int read_roots(struct work *w)
{
	struct ev_error err = { 0 };
	int exit;

	if (w->o->roots == NULL)
		return CLI_PASS;
	exit = cli_file_read(w->o->roots, 1 << 20, &w->roots);
	if (exit != CLI_PASS)
		return exit;
	if (ev_pem_list_parse(w->roots.bytes, 0, "CERTIFICATE", &w->pem,
			      &err) != EV_OK)
		return au_cmd_refused(w->o->roots, &err);
	for (size_t i = 0; i < w->pem.n_blocks; i++)
		if (!ev_x509_spki(w->pem.block[i].der, &w->root[i]))
			return cli_unreadable("%s: block %zu is no certificate",
					      w->o->roots, i + 1);
	w->trust = (struct au_cose_trust){ w->root, w->pem.n_blocks, w->o->at };
	return CLI_PASS;
}

/* Reads and measures; each launch's default value is kept. */
static int measure(struct work *w, const char *name, struct ev_span bytes)
{
	struct ev_error err = { 0 };

	if (au_image_read(bytes, w->crypto, &w->image, &err) != EV_OK)
		return au_cmd_refused_image(name, &err, is_json(w));
	w->has_image = true;
	for (size_t i = 0; i < w->image.n; i++)
		if (au_candidates_add(&w->image.launch[i], false, w->crypto,
				      &w->candidates, &err) != EV_OK)
			return au_cmd_refused(name, &err);
	w->n_recomputed = au_recomputed_of(&w->candidates, w->recomputed,
					   sizeof(w->recomputed) /
						   sizeof(w->recomputed[0]));
	return CLI_PASS;
}

static bool begins(struct ev_span bytes, struct ev_span with)
{
	return bytes.n >= with.n &&
	       ev_span_eq(ev_span_sub(bytes, 0, with.n), with);
}

enum content { IS_CORIM, IS_COSE, IS_ENDORSEMENT, IS_IDENTITY, IS_IMAGE };

/* By the first bytes: CBOR's tag 18, field 1 of a message, a brace, IGVM's
 * magic or a DLL's; a CoRIM otherwise. */
static enum content content_of(struct ev_span bytes)
{
	static const struct {
		const char *begin;
		enum content content;
	} rows[] = { { "\xd2", IS_COSE },	 { "\xd8\x12", IS_COSE },
		     { "\x0a", IS_ENDORSEMENT }, { "{", IS_IDENTITY },
		     { "IGVM", IS_IMAGE },	 { "MZ", IS_IMAGE } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (begins(bytes, ev_span_str(rows[i].begin)))
			return rows[i].content;
	return IS_CORIM;
}

static enum ev_code read_image(struct work *w, struct ev_error *err)
{
	for (size_t i = 0; i < w->candidates.n; i++)
		if (w->candidates.item[i].is_default &&
		    au_endorsement_read(&w->candidates.item[i], &w->trust,
					w->crypto, &w->statements,
					err) != EV_OK)
			return err->code;
	return EV_OK;
}

static enum ev_code read_statements(struct work *w, enum content content,
				    struct ev_error *err)
{
	const struct au_signed_document doc = {
		.document = w->file.bytes,
		.signature = w->signature.bytes,
		.use = content == IS_COSE ? AU_COSE_ATTACHED : AU_COSE_DETACHED
	};

	if (content == IS_IMAGE)
		return read_image(w, err);
	if (content == IS_ENDORSEMENT)
		return au_statement_endorsement(w->file.bytes, w->recomputed,
						w->n_recomputed, &w->statements,
						err);
	if (content == IS_IDENTITY)
		au_statement_identity(w->file.bytes, &w->statements, err);
	else
		au_statement_corim(&doc, &w->trust, w->crypto, &w->statements,
				   err);
	au_statements_compare(&w->statements, w->recomputed, w->n_recomputed);
	return err->code;
}

/* The whole of a document that was not refused; false: no memory. */
static bool show_corim(struct work *w, bool attached, struct ev_writer *json,
		       struct ev_buffer *text)
{
	struct ev_span bytes = w->file.bytes;
	struct au_cose_sign1 sign = { 0 };
	struct ev_error err = { 0 };
	struct au_corim corim;
	uint64_t offset = 0;

	if (attached && au_cose_sign1_parse(bytes, 0, AU_COSE_ATTACHED, &sign,
					    &err) == EV_OK) {
		bytes = sign.payload;
		offset = sign.payload_offset;
	}
	if (au_corim_parse(bytes, offset, w->crypto, &corim, &err) != EV_OK)
		return err.code != EV_TROUBLE;
	if (json != NULL)
		au_corim_write(&corim, json);
	else
		au_corim_print(&corim, w->o->delivery.full, text);
	return true;
}

static bool show_endorsement(struct work *w, struct ev_writer *json,
			     struct ev_buffer *text)
{
	ev_auto_free struct au_launch_endorsement *e = malloc(sizeof(*e));
	struct ev_error err = { 0 };

	if (e == NULL)
		return false;
	if (au_launch_endorsement_parse(w->file.bytes, 0, e, &err) != EV_OK)
		return true;
	if (json != NULL)
		au_launch_endorsement_write(e, json);
	else
		au_launch_endorsement_print(e, w->o->delivery.full, text);
	return true;
}

static bool show(struct work *w, enum content content, struct ev_writer *json,
		 struct ev_buffer *text)
{
	if (content == IS_CORIM || content == IS_COSE)
		return show_corim(w, content == IS_COSE, json, text);
	return content != IS_ENDORSEMENT || show_endorsement(w, json, text);
}

static bool render(struct work *w, enum content content, struct ev_buffer *out)
{
	ev_auto_writer struct ev_writer *json = NULL;
	ev_auto_free char *text = NULL;
	size_t n = 0;

	if (!is_json(w)) {
		au_statements_print(&w->statements, "", w->o->delivery.full,
				    out);
		if (w->statements.n == 0)
			ev_buffer_add_str(out, "It carries no endorsement.\n");
		return show(w, content, NULL, out) && ev_buffer_ok(out);
	}
	json = ev_writer_new();
	if (json == NULL)
		return false;
	ev_write_object(json, NULL);
	au_statements_write(&w->statements, "statements", json);
	if (!show(w, content, json, out))
		return false;
	ev_write_end(json);
	text = ev_writer_finish(json, &n);
	if (text != NULL)
		ev_buffer_add(out, ev_span_of(text, n));
	return text != NULL && ev_buffer_ok(out);
}

static int report(struct work *w, enum content content)
{
	ev_auto_buffer struct ev_buffer out = { 0 };

	/* What stands in an image and is refused is a statement of it; a file
	 * that is refused is unreadable. */
	if (content != IS_IMAGE && w->statements.n > 0 &&
	    w->statements.item[0].refused.code != EV_OK)
		return au_cmd_refused_image(
			w->o->file, &w->statements.item[0].refused, is_json(w));
	if (!render(w, content, &out))
		return cli_trouble("out of memory");
	if (au_cmd_deliver(&w->o->delivery, ev_buffer_span(&out)) != CLI_PASS)
		return CLI_TROUBLE;
	return au_statements_status(&w->statements);
}

static int look(struct work *w)
{
	struct ev_error err = { 0 };
	enum content content = content_of(w->file.bytes);
	int exit = CLI_PASS;

	if (content != IS_CORIM && w->o->signature != NULL)
		return cli_usage(&au_command_corim,
				 "--signature belongs to a CoRIM alone");
	/* An empty file is no signature, and no absence of one. */
	if (w->o->signature != NULL && w->signature.bytes.n == 0)
		return cli_unreadable("%s: an empty file is no signature",
				      w->o->signature);
	if (content == IS_IMAGE && w->o->image != NULL)
		return cli_usage(&au_command_corim,
				 "%s is an image; --image is not wanted",
				 w->o->file);
	if (content == IS_IMAGE)
		exit = measure(w, w->o->file, w->file.bytes);
	else if (w->o->image != NULL)
		exit = measure(w, w->o->image, w->image_file.bytes);
	if (exit != CLI_PASS)
		return exit;
	if (read_statements(w, content, &err) != EV_OK)
		return au_cmd_refused(w->o->file, &err);
	return report(w, content);
}

static int open_all(struct work *w)
{
	int exit = cli_file_read(w->o->file, AU_IMAGE_MAX, &w->file);

	if (exit == CLI_PASS && w->o->signature != NULL)
		exit = cli_file_read(w->o->signature, AU_CBOR_BYTES_MAX,
				     &w->signature);
	if (exit == CLI_PASS && w->o->image != NULL)
		exit = cli_file_read(w->o->image, AU_IMAGE_MAX, &w->image_file);
	return exit == CLI_PASS ? read_roots(w) : exit;
}

static int run_with(const struct options *o)
{
	struct work *w = calloc(1, sizeof(*w));
	int exit;

	if (w == NULL)
		return cli_trouble("out of memory");
	w->o = o;
	w->crypto = ev_crypto_new();
	exit = w->crypto == NULL ? cli_trouble("libcrypto does not start")
				 : open_all(w);
	if (exit == CLI_PASS)
		exit = look(w);
	au_candidates_free(&w->candidates);
	if (w->has_image)
		au_image_free(&w->image);
	ev_pem_list_free(&w->pem);
	cli_file_free(&w->roots);
	cli_file_free(&w->signature);
	cli_file_free(&w->image_file);
	cli_file_free(&w->file);
	ev_crypto_free(w->crypto);
	free(w);
	return exit;
}

int au_cmd_corim(int argc, char **argv)
{
	struct options o = { 0 };
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "o:", long_options, NULL)) !=
	       -1) {
		if (opt == OPT_HELP)
			return cli_help(&au_command_corim);
		exit = take(&o, opt);
		if (exit != CLI_PASS)
			return exit;
	}
	if (optind + 1 != argc)
		return cli_usage(&au_command_corim, "one file is wanted");
	if ((o.roots != NULL) != o.has_at)
		return cli_usage(&au_command_corim,
				 "--roots and --at belong together");
	o.file = argv[optind];
	return run_with(&o);
}
