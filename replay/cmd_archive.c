/* SPDX-License-Identifier: Apache-2.0 */
/* One archive from disk with the detached signatures beside it, replayed. */
#include "replay/cmd_inputs.h"

#include "cli_archive.h"
#include "evidence/archive_path.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>

/* Whatever else lies there is nobody's business, unread. */
static int is_of_the_format(const struct dirent *e)
{
	return rp_seal_takes(e->d_name);
}

static int bytewise(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_detached(const char *dir, struct dirent *const *list, size_t n,
			 struct cmd_archive *out)
{
	out->sig_files = calloc(n, sizeof(*out->sig_files));
	out->sig_names = calloc(n, sizeof(*out->sig_names));
	out->detached = calloc(n, sizeof(*out->detached));
	if (out->sig_files == NULL || out->sig_names == NULL ||
	    out->detached == NULL)
		return cli_trouble("out of memory");
	for (size_t i = 0; i < n; i++) {
		char *path = NULL;
		int exit;

		if (asprintf(&path, "%s/%s", dir, list[i]->d_name) < 0)
			return cli_trouble("out of memory");
		exit = cli_file_read_plain(path,
					   ev_archive_sig_max(list[i]->d_name),
					   &out->sig_files[i]);
		free(path);
		out->n_detached = i + 1;
		out->sig_names[i] = strdup(list[i]->d_name);
		if (exit == CLI_PASS && out->sig_names[i] == NULL)
			exit = cli_trouble("out of memory");
		if (exit != CLI_PASS)
			return exit;
		out->detached[i] =
			(struct rp_detached){ out->sig_names[i],
					      out->sig_files[i].bytes };
	}
	return CLI_PASS;
}

static int read_folder(const char *dir, struct cmd_archive *out)
{
	struct dirent **list = NULL;
	int n = scandir(dir, &list, is_of_the_format, bytewise);
	int exit = CLI_PASS;

	if (n < 0 && (errno == ENOENT || errno == ENOTDIR))
		return CLI_PASS;
	if (n < 0)
		return cli_unreadable("%s: %s", dir, strerror(errno));
	if ((size_t)n > EV_SIG_FILES_MAX)
		exit = cli_unreadable("%s: %d files of signatures and time "
				      "stamps; at most %zu are read",
				      dir, n, EV_SIG_FILES_MAX);
	else if (n > 0)
		exit = read_detached(dir, list, (size_t)n, out);
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	return exit;
}

/* <archive>.sig/, where it is there; nothing lies beside standard input. */
static int open_detached(const char *path, struct cmd_archive *out)
{
	char *dir = NULL;
	int exit;

	if (strcmp(path, "-") == 0)
		return CLI_PASS;
	if (asprintf(&dir, "%s.sig", path) < 0)
		return cli_trouble("out of memory");
	exit = read_folder(dir, out);
	free(dir);
	return exit;
}

int cmd_archive_open(struct cmd_inputs *in, const char *path, uint64_t limit,
		     struct cmd_archive *out)
{
	struct ev_error err = { 0 };
	char line[400];
	int exit = cli_file_read(path, limit, &out->file);

	if (exit != CLI_PASS)
		return exit;
	if (cli_archive_open(in->crypto, out->file.bytes, limit, &out->archive,
			     &err) == EV_OK) {
		out->archive.release = cli_file_release(&out->file);
		return open_detached(path, out);
	}
	ev_error_format(&err, line, sizeof(line));
	cli_file_free(&out->file);
	if (err.code == EV_TROUBLE)
		return cli_trouble("%s: %s", path, line);
	return cli_unreadable("%s: %s", path, line);
}

void cmd_archive_free(struct cmd_archive *archive)
{
	for (size_t i = 0; i < archive->n_detached; i++) {
		cli_file_free(&archive->sig_files[i]);
		free(archive->sig_names[i]);
	}
	free(archive->sig_files);
	free(archive->sig_names);
	free(archive->detached);
	ev_archive_free(&archive->archive);
	cli_file_free(&archive->file);
	*archive = (struct cmd_archive){ 0 };
}

int cmd_replay_one(struct cmd_inputs *in, const struct cmd_archive *archive,
		   const char *name, const struct cmd_when *when,
		   struct rp_result *out)
{
	struct rp_request request = {
		.archive = &archive->archive,
		.detached = archive->detached,
		.n_detached = archive->n_detached,
		.loose = in->loose,
		.n_loose = in->n_loose + (when->hindsight ? in->n_later : 0),
		.anchors = &in->anchors,
		.shelf = in->shelf,
		.policy = &in->policy,
		.has_at = when->has_at && !when->own_time,
		.at = when->at,
		.at_issue = when->at_issue,
		.archive_only = when->archive_only,
		.has_nonce = when->has_nonce,
		.nonce = ev_span_of(when->nonce, when->nonce_size),
	};
	struct ev_error err = { 0 };
	char line[400];
	enum rp_code code = rp_replay(in->crypto, &request, out, &err);

	if (code == RP_NO_TIME && when->own_time && when->has_at) {
		request.has_at = true;
		code = rp_replay(in->crypto, &request, out, &err);
	}
	switch (code) {
	case RP_OK:
		return (int)out->verdict;
	case RP_NO_TIME:
		fprintf(stderr,
			when->at_issue
				? "ecart: %s: no piece given with --hindsight "
				  "says when it was issued\n"
				: "ecart: %s: the archive neither proves nor "
				  "claims a time; say as of when with --at T\n",
			name);
		return CLI_USAGE;
	case RP_NO_REPORT:
		break;
	}
	ev_error_format(&err, line, sizeof(line));
	return cli_trouble("%s: %s", name, line);
}
