/* SPDX-License-Identifier: Apache-2.0 */
/* ecart sign: a signature over the manifest of an archive that exists. */
#include "collect/cmd_addition.h"
#include "collect/cmd_key.h"
#include "collect/cmd_whole.h"
#include "collect/stop.h"
#include "commands.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"
#include "evidence/dsse.h"

#include <getopt.h>
#include <unistd.h>

struct options {
	const char *path;
	uint64_t limit;
	bool detached;
	bool help;
};

/* Everything that signing one archive needs; freed together. */
struct signing {
	const struct options *o;
	struct ev_crypto *crypto;
	int lock; /* the archive, or -1 */
	struct cmd_whole whole;
	struct cmd_key key;
	struct ev_buffer envelope;
	char name[EV_PATH_TEXT];
};

static int parse_options(int argc, char **argv, struct options *o,
			 struct cmd_key *key)
{
	static const struct option longs[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "tcti", required_argument, NULL, 't' },
		{ "tpm2-tools", required_argument, NULL, '2' },
		{ "detached", no_argument, NULL, 'd' },
		{ "limit", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'k')
			key->name = optarg;
		else if (c == 't')
			key->tcti = optarg;
		else if (c == '2')
			key->tpm2_tools = optarg;
		else if (c == 'd')
			o->detached = true;
		else if (c == 'h')
			o->help = true;
		else if (c != 'l' || !cli_parse_size(optarg, &o->limit))
			return cli_usage(&cmd_sign, "see the options");
	}
	if (o->help)
		return CLI_PASS;
	if (optind + 1 != argc)
		return cli_usage(&cmd_sign, "one FILE is wanted");
	o->path = argv[optind];
	if (strcmp(o->path, "-") == 0)
		return cli_usage(&cmd_sign, "FILE is written to: not -");
	if (key->name == NULL)
		return cli_usage(&cmd_sign, "--key KEY.pem is missing");
	return CLI_PASS;
}

/* An envelope of that name: by this key already, or in the way, out of which
 * `hint` leads? */
static int already_there(struct signing *s, struct ev_span envelope,
			 const char *hint)
{
	struct ev_error err = { 0 };
	struct ev_dsse dsse;
	enum ev_verified v;

	if (ev_dsse_parse(envelope, &dsse, &err) != EV_OK)
		return cmd_refused(s->name, &err);
	v = ev_dsse_signed_by(s->crypto, &dsse, co_key_spki(s->key.key), NULL);
	if (v == EV_VERIFIED_YES &&
	    !ev_span_eq(dsse.payload, s->whole.archive.manifest_bytes))
		v = EV_VERIFIED_NO;
	ev_dsse_free(&dsse);
	if (v == EV_VERIFIED_TROUBLE)
		return cli_trouble("%s: libcrypto", s->o->path);
	cli_note("%s: %s %s", s->o->path, s->name,
		 v == EV_VERIFIED_YES ? "is there already: signed by this key"
				      : hint);
	return v == EV_VERIFIED_YES ? CLI_PASS : CLI_FAIL;
}

/* Signatures of some algorithms differ each time: the bytes say nothing. */
static int already_beside(struct signing *s, const char *path)
{
	struct cli_file old;
	int code = cli_file_read(path, EV_DSSE_MAX, &old);

	if (code != CLI_PASS)
		return code;
	code = already_there(s, old.bytes,
			     "is there beside it and is not this key's "
			     "signature; move it away");
	cli_file_free(&old);
	return code;
}

static int put_detached(struct signing *s)
{
	char where[CMD_ADDITION_PATH];
	bool exists;
	int code = cmd_addition_beside(s->o->path, s->name,
				       ev_buffer_span(&s->envelope), where,
				       &exists);

	return exists ? already_beside(s, where) : code;
}

static int report(const struct signing *s)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	char id[65];

	ev_hex_encode(EV_SPAN(s->whole.archive.id), id);
	ev_buffer_printf(&out, "archive %s\n", id);
	ev_buffer_printf(&out, "signed by %s key %s\n",
			 co_key_algorithm(s->key.key), co_key_id(s->key.key));
	ev_buffer_printf(&out, "wrote %s%s%s\n", s->o->path,
			 s->o->detached ? ".sig/" : "",
			 s->o->detached ? s->name + 4 : "");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static int sign(struct signing *s)
{
	struct ev_error err = { 0 };
	int code = cmd_key_open(s->crypto, &cmd_sign, &s->key);

	if (code == CLI_PASS && !s->o->detached)
		code = cmd_addition_lock(s->o->path, &s->lock);
	/* Nobody should sign what is not whole. */
	if (code == CLI_PASS)
		code = cmd_whole_read(s->crypto, s->o->path, s->o->limit,
				      "not signed", &s->whole);
	if (code != CLI_PASS)
		return code;
	if (co_sign_manifest(s->key.key, s->whole.archive.manifest_bytes,
			     &s->envelope, s->name, &err) != EV_OK)
		return cmd_refused(s->o->path, &err);
	for (size_t i = 0; i < s->whole.archive.n_sigs && !s->o->detached;
	     i++) {
		if (strcmp(s->whole.archive.sigs[i].name, s->name) == 0)
			return already_there(
				s, s->whole.archive.sigs[i].data,
				"is there and is not this key's signature; "
				"try --detached");
	}
	code = s->o->detached
		       ? put_detached(s)
		       : cmd_addition_inside(s->o->path, &s->whole.archive,
					     s->name,
					     ev_buffer_span(&s->envelope));
	return code == CLI_PASS ? report(s) : code;
}

static int run(int argc, char **argv)
{
	struct options o = { .limit = EV_ARCHIVE_MAX };
	struct signing s = { .o = &o, .lock = -1 };
	int code = parse_options(argc, argv, &o, &s.key);

	if (code != CLI_PASS)
		return code;
	if (o.help)
		return cli_help(&cmd_sign);
	s.crypto = ev_crypto_new();
	if (s.crypto == NULL)
		return cli_trouble("libcrypto does not start");
	code = sign(&s);
	ev_buffer_free(&s.envelope);
	cmd_key_free(&s.key);
	cmd_whole_free(&s.whole);
	if (s.lock >= 0)
		close(s.lock);
	ev_crypto_free(s.crypto);
	co_stop_die();
	return code;
}

const struct cli_command cmd_sign = {
	.name = "sign",
	.group = "Making archives",
	.summary = "sign an archive that exists",
	.help = "Usage: ecart sign FILE --key KEY.pem [--detached]\n"
		"\n"
		"Signs the manifest of an archive, and with it the digest of every item.\n"
		"The archive's id, its items and older signatures stay as they are. An\n"
		"archive that is damaged is not signed (exit status 1).\n"
		"\n"
		"      --key KEY.pem   private key: Ed25519, P-256 or P-384 (ecart keygen)\n"
		"      --key tpm:HANDLE  a key inside the TPM: 0x81000005\n"
		"      --tcti STR, --tpm2-tools DIR   where that TPM and its tools are\n"
		"      --detached      leave FILE alone, write into the folder FILE.sig\n"
		"      --limit SIZE    most bytes of the unpacked archive (64GiB)\n"
		"  -h, --help          this text\n"
		"\n"
		"FILE is replaced in one step; if that is interrupted, the old one stays.\n"
		"\n"
		"Example:\n"
		"  ecart sign run-07.ecart --key lab2026.pem\n",
	.run = run,
};
