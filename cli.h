/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every command needs of the outside: its row in the command table, the
 * words for usage errors and trouble, reading a file, parsing an argument.
 */
#ifndef CLI_H
#define CLI_H

#include "evidence/base/error.h"
#include "evidence/base/release.h"

/* The same for every command (ecart(1), EXIT STATUS). */
enum cli_exit {
	CLI_PASS = 0,
	CLI_FAIL = 1,
	CLI_INCOMPLETE = 2,
	CLI_USAGE = 3,
	CLI_UNREADABLE = 4,
	CLI_TROUBLE = 5,
};

struct cli_command {
	const char *name;    /* "replay" */
	const char *group;   /* heading of the overview: "Making archives" */
	const char *summary; /* at most 50 characters */
	const char *help;    /* --help: at most 24 lines of 80 columns; an
			      * example that works stands last */
	/* argv[0] is the command's name; returns enum cli_exit. */
	int (*run)(int argc, char **argv);
};

/* Prints "ecart NAME: message" and how to get help; returns CLI_USAGE. */
int cli_usage(const struct cli_command *cmd, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* "ecart: message" to stderr; return CLI_UNREADABLE and CLI_TROUBLE. */
int cli_unreadable(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
int cli_trouble(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line for a person that is waiting, to stderr. */
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints cmd->help to stdout; CLI_PASS, or CLI_TROUBLE if it cannot. */
int cli_help(const struct cli_command *cmd);

/* A whole file in memory; "-" is standard input.  Over 16 MiB it is mapped:
 * where it is cut short meanwhile, the process ends as CLI_TROUBLE. */
struct cli_file {
	struct ev_span bytes;
	void *map;
	size_t map_size;
};
/* CLI_PASS, or has said why: CLI_UNREADABLE (no such file, over max bytes, a
 * directory) or CLI_TROUBLE.  Free with cli_file_free. */
int cli_file_read(const char *path, uint64_t max, struct cli_file *out);
/* The same of a plain file alone: a pipe or device is unreadable, and not
 * waited for.  "-" is a name like any other. */
int cli_file_read_plain(const char *path, uint64_t max, struct cli_file *out);
void cli_file_free(struct cli_file *file);
/* Gives pages of a mapped file back, which are then read again; of one that is
 * not mapped nobody is told. */
struct ev_release cli_file_release(struct cli_file *file);

/* "@SECONDS" or RFC 3339; false where it is neither. */
bool cli_parse_time(const char *text, int64_t *out);
/* "65536", "64KiB", "2MiB", "64GiB". */
bool cli_parse_size(const char *text, uint64_t *out);

/* Writes all of out to stdout and flushes; false has said why. */
bool cli_print(struct ev_span out);

/* Writes a file so that either the whole new file or what was there before
 * remains (cli_outfile.h); "-" is standard output; false has said why. */
bool cli_write_file(const char *path, struct ev_span bytes, unsigned int mode);

/* stderr / stdout is a terminal and NO_COLOR is not set. */
bool cli_colour(int fd);

#endif
