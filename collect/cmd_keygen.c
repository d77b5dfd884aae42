/* SPDX-License-Identifier: Apache-2.0 */
/* ecart keygen: a new signing key. */
#include "cli_outfile.h"
#include "cli_signals.h"
#include "collect/sign.h"
#include "commands.h"
#include "evidence/base/cleanup.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

struct options {
	const char *out;
	const char *algorithm;
	bool help;
};

static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "algorithm", required_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "o:h", longs, NULL)) != -1) {
		if (c == 'o')
			o->out = optarg;
		else if (c == 'a')
			o->algorithm = optarg;
		else if (c == 'h')
			o->help = true;
		else
			return cli_usage(&cmd_keygen, "see the options");
	}
	if (o->help)
		return CLI_PASS;
	if (optind < argc)
		return cli_usage(&cmd_keygen, "unexpected argument %s",
				 argv[optind]);
	if (o->out == NULL)
		return cli_usage(&cmd_keygen, "-o KEY.pem is missing");
	return CLI_PASS;
}

static int said(enum cli_outfile_result r, const char *why)
{
	if (r == CLI_OUTFILE_OK)
		return CLI_PASS;
	if (r == CLI_OUTFILE_EXISTS)
		return cli_usage(&cmd_keygen, "%s; a key is never overwritten",
				 why);
	return cli_trouble("%s", why);
}

/* The public half first, so that a key file never stands without it. */
static int write_both(const char *path, const struct ev_buffer *secret,
		      const struct ev_buffer *public)
{
	char why[CLI_WHY_MAX], pub[PATH_MAX];
	int n = snprintf(pub, sizeof(pub), "%s.pub", path);
	int code;

	if (n < 0 || (size_t)n >= sizeof(pub))
		return cli_usage(&cmd_keygen, "%.200s...: too long", path);
	code = said(cli_outfile_write(pub, ev_buffer_span(public), 0644,
				      CLI_OUTFILE_NEW, why),
		    why);
	if (code != CLI_PASS)
		return code;
	code = said(cli_outfile_write(path, ev_buffer_span(secret), 0600,
				      CLI_OUTFILE_NEW, why),
		    why);
	if (code != CLI_PASS)
		unlink(pub);
	return code;
}

/* A signal between the two ends the second, which takes the first away. */
static int write_pair(const char *path, const struct ev_buffer *secret,
		      const struct ev_buffer *public)
{
	struct cli_signals before;
	int code;

	cli_signals_hold(&before);
	code = write_both(path, secret, public);
	cli_signals_release(&before);
	return code;
}

static int report(struct ev_crypto *crypto, const char *path,
		  const struct ev_buffer *secret)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	ev_auto(co_key_free) struct co_key *key = NULL;
	struct ev_error err = { 0 };

	if (co_key_read(crypto, ev_buffer_span(secret), &key, &err) != EV_OK)
		return cli_trouble("the new key cannot be read back");
	ev_buffer_printf(&out, "%s key %s\n", co_key_algorithm(key),
			 co_key_id(key));
	ev_buffer_printf(&out, "wrote %s (secret) and %s.pub\n", path, path);
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static int generate(const struct options *o, enum ev_key_kind kind)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_buffer secret = { 0 };
	ev_auto_buffer struct ev_buffer public = { 0 };
	struct ev_error err = { 0 };
	int code;

	if (crypto == NULL)
		return cli_trouble("libcrypto does not start");
	if (co_key_generate(crypto, kind, &secret, &public, &err) != EV_OK)
		code = cli_trouble("%s", err.field);
	else
		code = write_pair(o->out, &secret, &public);
	if (code == CLI_PASS)
		code = report(crypto, o->out, &secret);
	co_buffer_wipe(&secret);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = { .algorithm = "ed25519" };
	enum ev_key_kind kind;
	int code = parse_options(argc, argv, &o);

	if (code != CLI_PASS)
		return code;
	if (o.help)
		return cli_help(&cmd_keygen);
	kind = co_key_kind_find(o.algorithm);
	if (kind == EV_KEY_UNKNOWN)
		return cli_usage(&cmd_keygen,
				 "--algorithm %s: ed25519, p256 or p384",
				 o.algorithm);
	return generate(&o, kind);
}

const struct cli_command cmd_keygen = {
	.name = "keygen",
	.group = "Making archives",
	.summary = "make a key that signs archives",
	.help = "Usage: ecart keygen -o KEY.pem [--algorithm ALGORITHM]\n"
		"\n"
		"Makes a signing key: KEY.pem holds the private key (mode 0600, not\n"
		"encrypted), KEY.pem.pub the public one, which others give to\n"
		"`ecart verify --key`. Existing files are never overwritten.\n"
		"\n"
		"  -o, --output KEY.pem    where the key goes\n"
		"      --algorithm NAME    ed25519 (default), p256 or p384\n"
		"  -h, --help              this text\n"
		"\n"
		"The key id that is printed is SHA-256 of the public key.\n"
		"\n"
		"Example:\n"
		"  ecart keygen -o lab2026.pem\n",
	.run = run,
};
