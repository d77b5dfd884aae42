/* SPDX-License-Identifier: Apache-2.0 */
/* The key that a person names, from a file or a TPM. */
#include "collect/cmd_key.h"

#include "collect/cmd_whole.h"
#include "collect/stop.h"
#include "evidence/limits.h"

static int read_file(struct ev_crypto *crypto, const char *path,
		     struct co_key **out)
{
	struct cli_file pem = { 0 };
	struct ev_error err = { 0 };
	int status = cli_file_read(path, EV_SIG_FILE_MAX, &pem);

	if (status != CLI_PASS)
		return status;
	if (co_key_read(crypto, pem.bytes, out, &err) != EV_OK)
		status = cmd_refused(path, &err);
	cli_file_free(&pem);
	return status;
}

int cmd_key_read(struct ev_crypto *crypto, const struct cli_command *cmd,
		 const char *name, struct co_tpm *tpm, struct co_key **out)
{
	struct ev_error err = { 0 };
	uint32_t handle;

	if (!co_key_tpm_named(name, &handle))
		return read_file(crypto, name, out);
	if (handle == 0)
		return cli_usage(cmd,
				 "--key %s: want a persistent handle such as "
				 "tpm:0x81000005",
				 name);
	if (!tpm->there)
		return cli_trouble("--key %s: %s", name, tpm->why);
	if (co_key_tpm(crypto, tpm, handle, out, &err) != EV_OK)
		return cmd_refused(name, &err);
	return CLI_PASS;
}

int cmd_key_open(struct ev_crypto *crypto, const struct cli_command *cmd,
		 struct cmd_key *key)
{
	const struct co_tpm_options options = { .tcti = key->tcti,
						.tools = key->tpm2_tools };
	uint32_t handle = 0;

	if (key->name == NULL)
		return CLI_PASS;
	if (co_key_tpm_named(key->name, &handle) && handle != 0) {
		if (!co_stop_install())
			return cli_trouble("signals cannot be handled");
		if (!co_tpm_open(&options, &key->tpm))
			return cli_trouble("%s", key->tpm.why);
	}
	return cmd_key_read(crypto, cmd, key->name, &key->tpm, &key->key);
}

void cmd_key_free(struct cmd_key *key)
{
	co_key_free(key->key);
	co_tpm_close(&key->tpm);
	key->key = NULL;
}
