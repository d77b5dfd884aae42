/* SPDX-License-Identifier: Apache-2.0 */
/* The program: the table of commands, and main. */
#include "commands.h"
#include "overview.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>

/* THE table of commands, in the order of the overview. */
static const struct cli_command *const commands[] = {
#if ECART_ALL_COMMANDS
	&cmd_collect, &cmd_pack,   &cmd_sign,	 &cmd_stamp, &cmd_redact,
	&cmd_keygen,  &cmd_doctor,
#endif
	&cmd_unpack,  &cmd_replay, &cmd_explain, &cmd_show,  &cmd_verify,
#if ECART_ALL_COMMANDS
	&cmd_audit,
#endif
	&cmd_checks,  &cmd_kinds,
#if ECART_ALL_COMMANDS
	&cmd_sources,
#endif
	&cmd_policy,  NULL,
};

static const struct cli_command *find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static int unknown(const char *name)
{
	fprintf(stderr, "ecart: no command is called \"%s\"%s\n", name,
		*name == '-' ? "; options follow the command" : "");
	cli_suggest(commands, name);
	fputs("'ecart help' lists the commands.\n", stderr);
	return CLI_USAGE;
}

static bool is_any(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static int help(const char *name)
{
	const struct cli_command *cmd;

	if (name == NULL)
		return cli_overview(commands);
	cmd = find(name);
	return cmd != NULL ? cli_help(cmd) : unknown(name);
}

int main(int argc, char **argv)
{
	const struct cli_command *cmd;

	/* A file that OPENSSL_CONF names can turn a verdict, and a hash seed
	 * would be read from the random device: neither may be. */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return cli_trouble("libcrypto does not start");
	json_object_seed(1);

	/* Nothing was judged, so the status must not read as a pass. */
	if (argc < 2)
		return cli_overview(commands) == CLI_PASS ? CLI_USAGE
							  : CLI_TROUBLE;
	if (is_any(argv[1], "--version", "version"))
		return cli_version();
	if (is_any(argv[1], "--help", "help"))
		return help(argc > 2 ? argv[2] : NULL);
	if (strcmp(argv[1], "-h") == 0)
		return help(NULL);
	cmd = find(argv[1]);
	if (cmd == NULL)
		return unknown(argv[1]);
	return cmd->run(argc - 1, argv + 1);
}
