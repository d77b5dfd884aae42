/* SPDX-License-Identifier: Apache-2.0 */
/* Reading an archive that nothing is wrong with. */
#include "collect/cmd_whole.h"

#include "cli_archive.h"

int cmd_refused(const char *path, const struct ev_error *err)
{
	char line[512];

	ev_error_format(err, line, sizeof(line));
	if (err->code == EV_TROUBLE)
		return cli_trouble("%s: %s", path, line);
	return cli_unreadable("%s: %s", path, line);
}

int cmd_whole_read(struct ev_crypto *crypto, const char *path, uint64_t limit,
		   const char *undone, struct cmd_whole *out)
{
	struct ev_archive_problem fault = { 0 };
	struct ev_error err = { 0 };
	char line[512];
	int code = cli_file_read(path, limit, &out->file);

	if (code != CLI_PASS)
		return code;
	if (cli_archive_open(crypto, out->file.bytes, limit, &out->archive,
			     &err) != EV_OK)
		return cmd_refused(path, &err);
	switch (ev_archive_sound(crypto, &out->archive, &fault)) {
	case EV_VERIFIED_YES:
		return CLI_PASS;
	case EV_VERIFIED_TROUBLE:
		return cli_trouble("%s: libcrypto", path);
	case EV_VERIFIED_NO:
		break;
	}
	ev_error_format(&fault.err, line, sizeof(line));
	cli_note("%s: %s: %s%s%s: %s (ecart verify says more)", path, undone,
		 ev_archive_code_word(fault.code),
		 fault.name[0] != 0 ? " " : "", fault.name, line);
	return CLI_FAIL;
}

void cmd_whole_free(struct cmd_whole *whole)
{
	ev_archive_free(&whole->archive);
	cli_file_free(&whole->file);
}
