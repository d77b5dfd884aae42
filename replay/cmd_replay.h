/* SPDX-License-Identifier: Apache-2.0 */
/* What ecart replay was asked, for one archive and for many. */
#ifndef RP_CMD_REPLAY_H
#define RP_CMD_REPLAY_H

#include "replay/cmd_judging.h"

enum cmd_replay_format { CMD_REPLAY_TEXT, CMD_REPLAY_JSON };

struct cmd_replay {
	struct cmd_judging judging;
	const char *output;
	enum cmd_replay_format format;
	bool table; /* a line each: of text, or a flat object of JSON */
	bool full;
	unsigned int jobs;	     /* --jobs */
	unsigned long shard, shards; /* --shard I/N; shards 0: all of them */
};

/* Not an exit status: the archive is another shard's. */
#define CMD_REPLAY_NOT_MINE (-1)

/* Judges one archive and appends what is printed of it; several: as one line
 * of many.  Nothing is appended where there is no report. */
int cmd_replay_file(struct cmd_inputs *in, const struct cmd_replay *o,
		    const char *path, bool several, struct ev_buffer *out);

/* cmd_replay_many.c: each of them, by worker processes, a line each in the
 * order of paths; returns the exit status of all. */
int cmd_replay_many(struct cmd_inputs *in, const struct cmd_replay *o,
		    const struct cmd_paths *paths);

#endif
