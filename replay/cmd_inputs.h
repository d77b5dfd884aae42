/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command that judges archives reads from the outside, before
 * anything is judged: anchors, policy, further collateral, archives with
 * their detached signatures.  Functions return enum cli_exit and have said
 * why where it is not CLI_PASS.
 */
#ifndef RP_CMD_INPUTS_H
#define RP_CMD_INPUTS_H

#include "cli.h"
#include "evidence/session.h"
#include "replay/replay.h"

struct cmd_inputs {
	struct ev_crypto *crypto;
	struct rp_shelf *shelf;
	struct rp_anchors anchors;
	struct rp_policy policy;
	struct cli_file *files;	     /* whatever was read, kept until the end */
	struct ev_archive *archives; /* given as collateral */
	char **names;
	size_t n_files, n_archives, n_names;
	struct rp_loose *loose; /* what is `later` last */
	size_t n_loose, n_later;
};

/* One archive to judge. */
struct cmd_archive {
	struct cli_file file;
	struct ev_archive archive;
	struct cli_file *sig_files;
	char **sig_names;
	struct rp_detached *detached;
	size_t n_detached;
};

int cmd_inputs_open(struct cmd_inputs *in);
void cmd_inputs_free(struct cmd_inputs *in);

/* dir NULL: the installed anchors.  Reads *.pem there and one level below,
 * in bytewise order of their paths. */
int cmd_inputs_anchors(struct cmd_inputs *in, const char *dir);

/* path NULL: default-1. */
int cmd_inputs_policy(struct cmd_inputs *in, const char *path);

/* Adds collateral: an archive's items, a loose file told by its content, or
 * all files of a folder.  Reports must not depend on file names: an item is
 * called "collateral/KIND/DIGEST", with the first 16 digits of its SHA-256. */
int cmd_inputs_collateral(struct cmd_inputs *in, const char *path);
/* The same for --hindsight: DCAP collateral alone, "hindsight/KIND/DIGEST". */
int cmd_inputs_hindsight(struct cmd_inputs *in, const char *path);

/* Once all collateral is there: in the order of kind and digest, equal bytes
 * once, so that reports do not depend on the order of arguments. */
void cmd_inputs_settle(struct cmd_inputs *in);

/* Adds a TSA root given on the command line: a PEM certificate, or an anchor
 * file of one with its terms.  The same file twice is once. */
int cmd_inputs_tsa_root(struct cmd_inputs *in, const char *path);

/* default-1 with these public keys as signers; n_keys may be 0. */
int cmd_inputs_signers(struct cmd_inputs *in, char *const *keys, size_t n_keys,
		       uint64_t threshold);

int cmd_archive_open(struct cmd_inputs *in, const char *path, uint64_t limit,
		     struct cmd_archive *out);
void cmd_archive_free(struct cmd_archive *archive);

/* Replays one archive with what is in `in`; CLI_PASS, CLI_FAIL and
 * CLI_INCOMPLETE come with a report. */
struct cmd_when {
	bool has_at;
	int64_t at;
	/* --at is for archives alone that neither prove nor claim a time. */
	bool own_time;
	bool archive_only;
	/* As of when, and with what is later in `in`; at_issue: of that. */
	bool hindsight, at_issue;
	bool has_nonce; /* --nonce: the challenge that must be answered */
	uint8_t nonce[EV_SESSION_CHALLENGE_MAX];
	size_t nonce_size;
};
int cmd_replay_one(struct cmd_inputs *in, const struct cmd_archive *archive,
		   const char *name, const struct cmd_when *when,
		   struct rp_result *out);

/* A list of paths: a folder becomes its files, "@LIST" the lines of LIST.
 * Owned; free with cmd_paths_free. */
struct cmd_paths {
	char **path;
	size_t n, room;
};
int cmd_paths_expand(char *const *args, size_t n_args, struct cmd_paths *out);
void cmd_paths_free(struct cmd_paths *paths);

/* The exit status of several: the first of 5, 4, 1, 2, 0 that one has. */
int cmd_exit_of_many(int a, int b);

#endif
