/* SPDX-License-Identifier: Apache-2.0 */
/* Adding to an archive what is over its manifest. */
#include "collect/cmd_addition.h"

#include "cli_outfile.h"
#include "collect/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int cmd_addition_lock(const char *path, int *lock)
{
	struct stat held, named;

	for (;;) {
		*lock = open(path, O_RDONLY | O_CLOEXEC);
		if (*lock < 0)
			return cli_unreadable("%s: %s", path, strerror(errno));
		/* Some file systems have no locks: then nobody waits. */
		if (flock(*lock, LOCK_EX) != 0)
			return CLI_PASS;
		if (fstat(*lock, &held) == 0 && stat(path, &named) == 0 &&
		    held.st_dev == named.st_dev && held.st_ino == named.st_ino)
			return CLI_PASS;
		close(*lock);
	}
}

struct addition {
	const struct ev_archive *archive;
	const char *name;
	struct ev_span data;
};

static enum ev_code fill(void *context, struct ev_sink out,
			 struct ev_error *err)
{
	const struct addition *a = context;

	return co_rewrite(a->archive, a->name, a->data, out, err);
}

int cmd_addition_inside(const char *path, const struct ev_archive *archive,
			const char *name, struct ev_span data)
{
	struct addition a = { archive, name, data };
	char why[CLI_WHY_MAX];

	switch (cli_outfile_make(path, 0666, CLI_OUTFILE_REPLACE, fill, &a,
				 NULL, why)) {
	case CLI_OUTFILE_OK:
		return CLI_PASS;
	case CLI_OUTFILE_REFUSED:
		return cli_unreadable("%s: %s", path, why);
	case CLI_OUTFILE_EXISTS:
	case CLI_OUTFILE_TROUBLE:
		break;
	}
	return cli_trouble("%s", why);
}

int cmd_addition_beside(const char *path, const char *name, struct ev_span data,
			char where[CMD_ADDITION_PATH], bool *exists)
{
	char dir[PATH_MAX], why[CLI_WHY_MAX];
	int n = snprintf(dir, sizeof(dir), "%s.sig", path);

	*exists = false;
	if (n < 0 || (size_t)n >= sizeof(dir))
		return cli_trouble("%.200s...: too long", path);
	if (mkdir(dir, 0777) != 0 && errno != EEXIST)
		return cli_trouble("%s: %s", dir, strerror(errno));
	snprintf(where, CMD_ADDITION_PATH, "%s/%s", dir, name + 4);
	switch (cli_outfile_write(where, data, 0666, CLI_OUTFILE_NEW, why)) {
	case CLI_OUTFILE_OK:
		return CLI_PASS;
	case CLI_OUTFILE_EXISTS:
		*exists = true;
		return CLI_FAIL;
	case CLI_OUTFILE_REFUSED:
	case CLI_OUTFILE_TROUBLE:
		break;
	}
	return cli_trouble("%s", why);
}
