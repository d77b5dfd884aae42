/* SPDX-License-Identifier: Apache-2.0 */
/* ecart sign: a signature over the manifest of an archive that exists. */
#include "cli_archive.h"
#include "cli_outfile.h"
#include "collect/rewrite.h"
#include "collect/sign.h"
#include "commands.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"
#include "evidence/dsse.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct options {
	const char *path;
	const char *key;
	uint64_t limit;
	bool detached;
	bool help;
};

/* Everything that signing one archive needs; freed together. */
struct signing {
	const struct options *o;
	struct ev_crypto *crypto;
	int lock; /* the archive, or -1 */
	struct cli_file file;
	struct ev_archive archive;
	struct co_key *key;
	struct ev_buffer envelope;
	char name[EV_PATH_TEXT];
};

static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "detached", no_argument, NULL, 'd' },
		{ "limit", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'k')
			o->key = optarg;
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
	if (o->key == NULL)
		return cli_usage(&cmd_sign, "--key KEY.pem is missing");
	return CLI_PASS;
}

/* Exit status of a parser's refusal; says it. */
static int refused(const char *path, const struct ev_error *err)
{
	char line[512];

	ev_error_format(err, line, sizeof(line));
	if (err->code == EV_TROUBLE)
		return cli_trouble("%s: %s", path, line);
	return cli_unreadable("%s: %s", path, line);
}

static int read_key(struct signing *s)
{
	struct cli_file pem = { 0 };
	struct ev_error err = { 0 };
	int code = cli_file_read(s->o->key, EV_SIG_FILE_MAX, &pem);

	if (code != CLI_PASS)
		return code;
	if (co_key_read(s->crypto, pem.bytes, &s->key, &err) != EV_OK)
		code = refused(s->o->key, &err);
	cli_file_free(&pem);
	return code;
}

/* Other signers wait until the archive is replaced.  What was waited for is
 * then another file, so the name is looked up again. */
static int lock_archive(struct signing *s)
{
	struct stat held, named;

	for (;;) {
		s->lock = open(s->o->path, O_RDONLY | O_CLOEXEC);
		if (s->lock < 0)
			return cli_unreadable("%s: %s", s->o->path,
					      strerror(errno));
		/* Some file systems have no locks: then nobody waits. */
		if (flock(s->lock, LOCK_EX) != 0)
			return CLI_PASS;
		if (fstat(s->lock, &held) == 0 &&
		    stat(s->o->path, &named) == 0 &&
		    held.st_dev == named.st_dev && held.st_ino == named.st_ino)
			return CLI_PASS;
		close(s->lock);
	}
}

/* Nobody should sign what is not whole. */
static int read_archive(struct signing *s)
{
	struct ev_archive_problem fault = { 0 };
	struct ev_error err = { 0 };
	char line[512];
	int code = cli_file_read(s->o->path, s->o->limit, &s->file);

	if (code != CLI_PASS)
		return code;
	if (cli_archive_open(s->crypto, s->file.bytes, s->o->limit, &s->archive,
			     &err) != EV_OK)
		return refused(s->o->path, &err);
	switch (ev_archive_sound(s->crypto, &s->archive, &fault)) {
	case EV_VERIFIED_YES:
		return CLI_PASS;
	case EV_VERIFIED_TROUBLE:
		return cli_trouble("%s: libcrypto", s->o->path);
	case EV_VERIFIED_NO:
		break;
	}
	ev_error_format(&fault.err, line, sizeof(line));
	cli_note("%s: not signed: %s%s%s: %s", s->o->path,
		 ev_archive_code_word(fault.code),
		 fault.name[0] != 0 ? " " : "", fault.name, line);
	return CLI_FAIL;
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
		return refused(s->name, &err);
	v = ev_dsse_signed_by(s->crypto, &dsse, co_key_spki(s->key), NULL);
	if (v == EV_VERIFIED_YES &&
	    !ev_span_eq(dsse.payload, s->archive.manifest_bytes))
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

/* FILE.sig/NAME, where the envelope's name is "sig/NAME". */
static int put_detached(struct signing *s)
{
	char dir[PATH_MAX], path[PATH_MAX + EV_PATH_TEXT], why[CLI_WHY_MAX];
	int n = snprintf(dir, sizeof(dir), "%s.sig", s->o->path);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return cli_trouble("%.200s...: too long", s->o->path);
	if (mkdir(dir, 0777) != 0 && errno != EEXIST)
		return cli_trouble("%s: %s", dir, strerror(errno));
	snprintf(path, sizeof(path), "%s/%s", dir, s->name + 4);
	switch (cli_outfile_write(path, ev_buffer_span(&s->envelope), 0666,
				  CLI_OUTFILE_NEW, why)) {
	case CLI_OUTFILE_OK:
		return CLI_PASS;
	case CLI_OUTFILE_EXISTS:
		return already_beside(s, path);
	case CLI_OUTFILE_REFUSED:
	case CLI_OUTFILE_TROUBLE:
		break;
	}
	return cli_trouble("%s", why);
}

static enum ev_code put_archive(void *context, struct ev_sink out,
				struct ev_error *err)
{
	struct signing *s = context;

	return co_rewrite(&s->archive, s->name, ev_buffer_span(&s->envelope),
			  out, err);
}

static int put_inside(struct signing *s)
{
	char why[CLI_WHY_MAX];

	switch (cli_outfile_make(s->o->path, 0666, CLI_OUTFILE_REPLACE,
				 put_archive, s, NULL, why)) {
	case CLI_OUTFILE_OK:
		return CLI_PASS;
	case CLI_OUTFILE_REFUSED:
		return cli_unreadable("%s: %s", s->o->path, why);
	case CLI_OUTFILE_EXISTS:
	case CLI_OUTFILE_TROUBLE:
		break;
	}
	return cli_trouble("%s", why);
}

static int report(const struct signing *s)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	char id[65];

	ev_hex_encode(EV_SPAN(s->archive.id), id);
	ev_buffer_printf(&out, "archive %s\n", id);
	ev_buffer_printf(&out, "signed by %s key %s\n",
			 co_key_algorithm(s->key), co_key_id(s->key));
	ev_buffer_printf(&out, "wrote %s%s%s\n", s->o->path,
			 s->o->detached ? ".sig/" : "",
			 s->o->detached ? s->name + 4 : "");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static int sign(struct signing *s)
{
	struct ev_error err = { 0 };
	int code = read_key(s);

	if (code == CLI_PASS && !s->o->detached)
		code = lock_archive(s);
	if (code == CLI_PASS)
		code = read_archive(s);
	if (code != CLI_PASS)
		return code;
	if (co_sign_manifest(s->key, s->archive.manifest_bytes, &s->envelope,
			     s->name, &err) != EV_OK)
		return refused(s->o->path, &err);
	for (size_t i = 0; i < s->archive.n_sigs && !s->o->detached; i++) {
		if (strcmp(s->archive.sigs[i].name, s->name) == 0)
			return already_there(
				s, s->archive.sigs[i].data,
				"is there and is not this key's signature; "
				"try --detached");
	}
	code = s->o->detached ? put_detached(s) : put_inside(s);
	return code == CLI_PASS ? report(s) : code;
}

static int run(int argc, char **argv)
{
	struct options o = { .limit = EV_ARCHIVE_MAX };
	struct signing s = { .o = &o, .lock = -1 };
	int code = parse_options(argc, argv, &o);

	if (code != CLI_PASS)
		return code;
	if (o.help)
		return cli_help(&cmd_sign);
	s.crypto = ev_crypto_new();
	if (s.crypto == NULL)
		return cli_trouble("libcrypto does not start");
	code = sign(&s);
	ev_buffer_free(&s.envelope);
	co_key_free(s.key);
	ev_archive_free(&s.archive);
	cli_file_free(&s.file);
	if (s.lock >= 0)
		close(s.lock);
	ev_crypto_free(s.crypto);
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
