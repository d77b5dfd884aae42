/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit reference signer: a key as git and ssh-keygen allow it. */
#include "audit/cmd_audit.h"

#include "audit/cmd_audit_reference_key.h"
#include "evidence/base/base64.h"
#include "evidence/base/cleanup.h"

#include <getopt.h>

static const char help[] =
	"Usage: ecart audit reference signer KEY.pem.pub --principal NAME\n"
	"Print the line that lets a key of ecart keygen sign commits, for a file of\n"
	"allowed signers (ssh-keygen(1); git's gpg.ssh.allowedSignersFile).  It\n"
	"allows the key to sign what git signs, as NAME, and nothing else.\n"
	"\n"
	"  --principal NAME  who signs with it: a mail address by custom\n"
	"\n"
	"Example: ecart audit reference signer lab.pem.pub \\\n"
	"             --principal lab@example.org >> allowed_signers\n";

const struct cli_command au_command_reference_signer = {
	.name = "audit reference signer",
	.group = "Auditing",
	.summary = "a key as a line of allowed signers",
	.help = help,
	.run = au_cmd_reference_signer,
};

/* One principal, and no pattern of several: no blank, comma, quote, "*", "?",
 * "!", and no "#" or "@" in front, which mean something else to some. */
static bool is_principal(const char *name)
{
	for (const char *c = name; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || strchr(",\"'*?!\\", *c) != NULL)
			return false;
	return name[0] != '\0' && name[0] != '#' && name[0] != '@' &&
	       strlen(name) <= 128;
}

static int print_line(struct ev_crypto *crypto, const struct reference_key *key,
		      const char *principal)
{
	ev_auto_buffer struct ev_buffer blob = { 0 }, line = { 0 };
	const char *algorithm = reference_key_blob(crypto, key->spki, &blob);
	ev_auto_free char *text = malloc(4 * ((blob.n + 2) / 3) + 1);

	if (algorithm == NULL || text == NULL || !ev_buffer_ok(&blob))
		return cli_trouble("out of memory");
	ev_base64_encode(ev_buffer_span(&blob), text);
	ev_buffer_printf(&line, "%s namespaces=\"git\" %s %s\n", principal,
			 algorithm, text);
	if (!ev_buffer_ok(&line))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&line)) ? CLI_PASS : CLI_TROUBLE;
}

static int run(const char *path, const char *principal)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct reference_key key = { 0 };
	int exit;

	if (crypto == NULL)
		return cli_trouble("libcrypto does not start");
	exit = reference_key_read(crypto, path, &key);
	if (exit == CLI_PASS)
		exit = print_line(crypto, &key, principal);
	reference_key_free(&key);
	return exit;
}

int au_cmd_reference_signer(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "principal", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *principal = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == 'h')
			return cli_help(&au_command_reference_signer);
		if (opt != 'p')
			return cli_usage(&au_command_reference_signer,
					 "see the options");
		principal = optarg;
	}
	if (optind + 1 != argc || principal == NULL)
		return cli_usage(&au_command_reference_signer,
				 "KEY.pem.pub and --principal are wanted");
	if (!is_principal(principal))
		return cli_usage(
			&au_command_reference_signer,
			"--principal %s: want one name without blanks, "
			"quotes, commas and * ? !",
			principal);
	return run(argv[optind], principal);
}
