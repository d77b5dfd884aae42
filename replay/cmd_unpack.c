/* SPDX-License-Identifier: Apache-2.0 */
/* ecart unpack: the members of a sound archive as files. */
#include "cli_archive.h"
#include "commands.h"
#include "evidence/base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct options {
	const char *file, *dir;
	uint64_t limit;
	bool help;
};

static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "limit", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h')
			o->help = true;
		else if (c != 'l' || !cli_parse_size(optarg, &o->limit))
			return cli_usage(&cmd_unpack, "see the options");
	}
	if (o->help)
		return CLI_PASS;
	if (optind + 2 != argc)
		return cli_usage(&cmd_unpack, "FILE and DIR are wanted");
	o->file = argv[optind];
	o->dir = argv[optind + 1];
	return CLI_PASS;
}

/* --- members as files --- */

static size_t n_members(const struct ev_archive *a)
{
	return 1 + a->n_sigs + a->manifest.n_items;
}

/* manifest.json, then sig/, then items/, as they stand in the archive. */
static struct ev_member member_at(const struct ev_archive *a, size_t i)
{
	struct ev_member manifest = { "manifest.json", a->manifest_bytes, 0 };

	if (i == 0)
		return manifest;
	return i <= a->n_sigs ? a->sigs[i - 1] : a->items[i - 1 - a->n_sigs];
}

/* A directory below dir, made if it is not there; a symbolic link is not
 * followed.  -1 with errno; closes dir. */
static int enter(int dir, const char *name, bool make)
{
	int fd, error;

	if (make && mkdirat(dir, name, 0777) != 0 && errno != EEXIST)
		fd = -1;
	else
		fd = openat(dir, name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	error = errno;
	close(dir);
	errno = error;
	return fd;
}

/* The directory that holds path's last segment; *last points at that. */
static int enter_all(int root, const char *path, bool make, const char **last)
{
	int dir = fcntl(root, F_DUPFD_CLOEXEC, 0);
	const char *slash;

	while (dir >= 0 && (slash = strchr(path, '/')) != NULL) {
		char name[EV_PATH_TEXT];

		snprintf(name, sizeof(name), "%.*s", (int)(slash - path), path);
		dir = enter(dir, name, make);
		path = slash + 1;
	}
	*last = path;
	return dir;
}

static bool fill(int fd, struct ev_span bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
	return true;
}

/* errno says why not; a file that was begun is taken away again. */
static bool put_member(int root, const struct ev_member *m)
{
	const char *last;
	int dir = enter_all(root, m->name, true, &last);
	int fd = -1, error;
	bool done = false;

	if (dir >= 0)
		fd = openat(dir, last,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
				    O_CLOEXEC,
			    0666);
	if (fd >= 0)
		done = fill(fd, m->data);
	if (fd >= 0 && close(fd) != 0)
		done = false;
	error = errno;
	if (fd >= 0 && !done)
		unlinkat(dir, last, 0);
	if (dir >= 0)
		close(dir);
	errno = error;
	return done;
}

static void take_away(int root, const struct ev_archive *a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ev_member m = member_at(a, i);
		const char *last;
		int dir = enter_all(root, m.name, false, &last);

		if (dir < 0)
			continue;
		unlinkat(dir, last, 0);
		close(dir);
	}
}

static int put_all(const struct options *o, int root,
		   const struct ev_archive *a)
{
	for (size_t i = 0; i < n_members(a); i++) {
		struct ev_member m = member_at(a, i);
		int error;

		if (put_member(root, &m))
			continue;
		error = errno;
		take_away(root, a, i);
		if (error == EEXIST)
			return cli_usage(&cmd_unpack,
					 "%s/%s exists; nothing was unpacked",
					 o->dir, m.name);
		return cli_trouble("%s/%s: %s; nothing was unpacked", o->dir,
				   m.name, strerror(error));
	}
	return CLI_PASS;
}

static int put_archive(const struct options *o, const struct ev_archive *a)
{
	int root, code;

	if (mkdir(o->dir, 0777) != 0 && errno != EEXIST)
		return cli_trouble("%s: %s", o->dir, strerror(errno));
	root = open(o->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (root < 0)
		return cli_trouble("%s: %s", o->dir, strerror(errno));
	code = put_all(o, root, a);
	close(root);
	return code;
}

/* --- the archive --- */

static int check_sound(const struct options *o, struct ev_crypto *crypto,
		       const struct ev_archive *a)
{
	struct ev_archive_problem fault = { 0 };
	char line[512];

	switch (ev_archive_sound(crypto, a, &fault)) {
	case EV_VERIFIED_YES:
		return CLI_PASS;
	case EV_VERIFIED_TROUBLE:
		return cli_trouble("%s: libcrypto", o->file);
	case EV_VERIFIED_NO:
		break;
	}
	ev_error_format(&fault.err, line, sizeof(line));
	cli_note("%s: not unpacked: %s%s%s: %s", o->file,
		 ev_archive_code_word(fault.code),
		 fault.name[0] != 0 ? " " : "", fault.name, line);
	return CLI_FAIL;
}

static int report(const struct options *o, const struct ev_archive *a)
{
	ev_auto_buffer struct ev_buffer out = { 0 };

	ev_buffer_printf(&out, "unpacked %zu items into %s\n",
			 a->manifest.n_items, o->dir);
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static int unpack(const struct options *o, struct ev_crypto *crypto,
		  struct ev_span bytes)
{
	struct ev_error err = { 0 };
	struct ev_archive a;
	char line[512];
	int code;

	if (cli_archive_open(crypto, bytes, o->limit, &a, &err) != EV_OK) {
		ev_error_format(&err, line, sizeof(line));
		if (err.code == EV_TROUBLE)
			return cli_trouble("%s: %s", o->file, line);
		return cli_unreadable("%s: %s", o->file, line);
	}
	code = check_sound(o, crypto, &a);
	if (code == CLI_PASS)
		code = put_archive(o, &a);
	if (code == CLI_PASS)
		code = report(o, &a);
	ev_archive_free(&a);
	return code;
}

static int run(int argc, char **argv)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = NULL;
	struct options o = { .limit = EV_ARCHIVE_MAX };
	struct cli_file file = { 0 };
	int code = parse_options(argc, argv, &o);

	if (code != CLI_PASS)
		return code;
	if (o.help)
		return cli_help(&cmd_unpack);
	crypto = ev_crypto_new();
	if (crypto == NULL)
		return cli_trouble("libcrypto does not start");
	code = cli_file_read(o.file, o.limit, &file);
	if (code == CLI_PASS)
		code = unpack(&o, crypto, file.bytes);
	cli_file_free(&file);
	return code;
}

const struct cli_command cmd_unpack = {
	.name = "unpack",
	.group = "Making archives",
	.summary = "write an archive's items as files",
	.help = "Usage: ecart unpack FILE DIR\n"
		"\n"
		"Writes manifest.json, the signatures and every item of an archive below\n"
		"DIR, which is made if it is not there. Only an archive whose container\n"
		"and digests are good is unpacked, and only where none of its files\n"
		"exists; symbolic links are not followed. FILE may be - .\n"
		"\n"
		"      --limit SIZE   most bytes of the unpacked archive (64GiB)\n"
		"  -h, --help         this text\n"
		"\n"
		"Signatures are not judged here: see `ecart verify`.\n"
		"\n"
		"Example:\n"
		"  ecart unpack run-07.ecart run-07\n",
	.run = run,
};
