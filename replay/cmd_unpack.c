/* SPDX-License-Identifier: Apache-2.0 */
/* ecart unpack: the members of a sound archive as files. */
#include "cli_archive.h"
#include "cli_signals.h"
#include "commands.h"
#include "evidence/base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
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

/* --- a folder inside DIR that is filled, then emptied into DIR --- */

struct place {
	const struct options *o;
	const struct ev_archive *archive;
	char stage_path[PATH_MAX];
	int root, stage; /* DIR, and the folder in it */
	bool made;	 /* DIR was not there */
};

/* In the order of moving: with the manifest there, all is there. */
static const char *const tops[] = { "items", "sig", "manifest.json" };
static const size_t n_tops = sizeof(tops) / sizeof(*tops);

static bool fill(int fd, struct ev_span bytes)
{
	static const size_t PIECE = (size_t)1 << 20;

	while (bytes.n > 0) {
		ssize_t n =
			write(fd, bytes.p, bytes.n < PIECE ? bytes.n : PIECE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (cli_signals_wait()) {
			errno = EINTR;
			return false;
		}
		bytes = ev_span_sub(bytes, (size_t)n, bytes.n - (size_t)n);
	}
	return true;
}

/* The folders above a member, as far as they are not there. */
static bool make_folders(int stage, const char *name)
{
	for (const char *slash = strchr(name, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		char folder[EV_PATH_TEXT];

		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - name),
			 name);
		if (mkdirat(stage, folder, 0777) != 0 && errno != EEXIST)
			return false;
	}
	return true;
}

static bool put_member(int stage, const struct ev_member *m)
{
	bool done;
	int fd;

	if (!make_folders(stage, m->name))
		return false;
	fd = openat(stage, m->name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return false;
	done = fill(fd, m->data);
	if (close(fd) != 0)
		done = false;
	return done;
}

/* All members, on the disk; errno says why not. */
static bool fill_stage(const struct place *p)
{
	for (size_t i = 0; i < n_members(p->archive); i++) {
		struct ev_member m = member_at(p->archive, i);

		if (cli_signals_wait()) {
			errno = EINTR;
			return false;
		}
		if (!put_member(p->stage, &m))
			return false;
	}
	/* Once for all of them: an archive may have 65535. */
	return syncfs(p->stage) == 0;
}

/* A folder that holds nothing is removed with those above it. */
static void remove_folders(int stage, const char *name)
{
	char folder[EV_PATH_TEXT];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", name);
	while ((slash = strrchr(folder, '/')) != NULL) {
		*slash = 0;
		if (unlinkat(stage, folder, AT_REMOVEDIR) != 0)
			return;
	}
}

static void close_place(struct place *p, bool done)
{
	for (size_t i = 0; !done && p->stage >= 0 && i < n_members(p->archive);
	     i++) {
		struct ev_member m = member_at(p->archive, i);

		unlinkat(p->stage, m.name, 0);
		remove_folders(p->stage, m.name);
	}
	if (p->stage >= 0) {
		rmdir(p->stage_path);
		close(p->stage);
	}
	if (p->root >= 0)
		close(p->root);
	if (!done && p->made)
		rmdir(p->o->dir);
}

static int exists(const struct place *p, const char *name)
{
	return cli_usage(&cmd_unpack, "%s/%s exists; nothing was unpacked",
			 p->o->dir, name);
}

static int trouble(const struct place *p)
{
	return cli_trouble("%s: %s; nothing was unpacked", p->o->dir,
			   strerror(errno));
}

static int open_place(struct place *p)
{
	struct stat st;
	int n = snprintf(p->stage_path, sizeof(p->stage_path),
			 "%s/.ecart-unpack-XXXXXX", p->o->dir);

	if (n < 0 || (size_t)n >= sizeof(p->stage_path)) {
		errno = ENAMETOOLONG;
		return trouble(p);
	}
	p->made = mkdir(p->o->dir, 0777) == 0;
	if (!p->made && errno != EEXIST)
		return trouble(p);
	p->root = open(p->o->dir,
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (p->root < 0)
		return trouble(p);
	for (size_t i = 0; i < n_tops; i++) {
		if (fstatat(p->root, tops[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
			return exists(p, tops[i]);
	}
	if (mkdtemp(p->stage_path) == NULL)
		return trouble(p);
	p->stage = open(p->stage_path,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return p->stage >= 0 ? CLI_PASS : trouble(p);
}

/* True also where the archive has nothing of that name. */
static bool move_out(const struct place *p, const char *name)
{
	if (renameat2(p->stage, name, p->root, name, RENAME_NOREPLACE) == 0)
		return true;
	/* A file system that cannot promise it: open_place has looked. */
	if (errno == EINVAL)
		return renameat(p->stage, name, p->root, name) == 0;
	return errno == ENOENT;
}

static int move_all(const struct place *p)
{
	for (size_t i = 0; i < n_tops; i++) {
		int error;

		if (move_out(p, tops[i]))
			continue;
		error = errno;
		while (i-- > 0)
			renameat(p->root, tops[i], p->stage, tops[i]);
		errno = error;
		return trouble(p);
	}
	/* Some file systems cannot, and say so with EINVAL. */
	if (fsync(p->root) != 0 && errno != EINVAL)
		return cli_trouble("%s: %s", p->o->dir, strerror(errno));
	return CLI_PASS;
}

static int put_archive(const struct options *o, const struct ev_archive *a)
{
	struct place p = { .o = o, .archive = a, .root = -1, .stage = -1 };
	struct cli_signals before;
	int code;

	cli_signals_hold(&before);
	code = open_place(&p);
	if (code == CLI_PASS)
		code = fill_stage(&p) ? move_all(&p) : trouble(&p);
	close_place(&p, code == CLI_PASS);
	cli_signals_release(&before);
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
		"and digests are good is unpacked, and only where DIR holds none of\n"
		"manifest.json, sig and items; all of it or nothing. FILE may be - .\n"
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
