/* SPDX-License-Identifier: Apache-2.0 */
/* The places that a collection writes to. */
#include "collect/cmd_collect_confine.h"

#include "collect/privilege.h"
#include "collect/workdir.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* The directory of the archive; --force writes through a symbolic link. */
static void directory_of(const char *path, char out[PATH_MAX])
{
	char *slash;

	if (realpath(path, out) == NULL)
		snprintf(out, PATH_MAX, "%s", path);
	slash = strrchr(out, '/');
	if (slash == NULL)
		snprintf(out, PATH_MAX, ".");
	else
		slash[1] = 0;
}

/* A program that stands for the TPM writes where it wants to. */
static bool runs_program(const struct cmd_collect *given,
			 const struct co_root *root)
{
	const char *tcti =
		given->options.tcti != NULL ? given->options.tcti : root->tcti;

	return tcti != NULL && strncmp(tcti, "cmd:", 4) == 0;
}

/* "device:/dev/tpmrm0" or --tpm N as a path; "": another way to it. */
static void tpm_device(const struct cmd_collect *given, char out[PATH_MAX])
{
	static const char device[] = "device:";
	const char *tcti = given->options.tcti;

	if (tcti == NULL)
		snprintf(out, PATH_MAX, "/dev/tpmrm%u",
			 given->options.tpm_number);
	else
		snprintf(out, PATH_MAX, "%s",
			 strncmp(tcti, device, sizeof(device) - 1) == 0
				 ? tcti + sizeof(device) - 1
				 : "");
}

bool cmd_collect_confine(const struct cmd_collect *given,
			 const struct co_root *root)
{
	char output[PATH_MAX], tpm[PATH_MAX];
	const char *const paths[] = {
		output,
		tpm,
		co_workdir_place(),
		given->options.root,
		"/run/lock",
		getenv("XDG_RUNTIME_DIR"),
		"/sys/kernel/config/tsm/report",
		"/dev/null",
		"/dev/tty",
		"/dev/tdx_guest",
		"/dev/tdx-guest",
		"/dev/attestation",
	};

	if (runs_program(given, root))
		return true;
	directory_of(given->output, output);
	tpm_device(given, tpm);
	return co_privilege_confine(paths, sizeof(paths) / sizeof(paths[0]));
}
