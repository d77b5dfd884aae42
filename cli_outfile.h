/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is there whole or not at all, whatever interrupts the writing:
 * a part (cli_part.h) in the same directory, fsync, then one link or rename,
 * then fsync of the directory.
 */
#ifndef CLI_OUTFILE_H
#define CLI_OUTFILE_H

#include "evidence/base/sink.h"

#define CLI_WHY_MAX 512

enum cli_outfile_mode {
	CLI_OUTFILE_NEW, /* an existing name is an error */
	/* Takes its place and keeps its permissions; through a symbolic link,
	 * whose target is what is replaced.  A device or a pipe is written
	 * to. */
	CLI_OUTFILE_REPLACE,
};

enum cli_outfile_result {
	CLI_OUTFILE_OK,
	CLI_OUTFILE_EXISTS,  /* CLI_OUTFILE_NEW, and the name is taken */
	CLI_OUTFILE_REFUSED, /* by the filler, in its own words */
	CLI_OUTFILE_TROUBLE, /* why says what and why */
};

/* Puts the content into out; what a put refuses is passed on. */
typedef enum ev_code cli_outfile_fill(void *context, struct ev_sink out,
				      struct ev_error *err);

/* permissions are those of a new file, less the umask; *size, if not NULL,
 * is set on CLI_OUTFILE_OK.  On anything else the directory is as it was,
 * and why is one line.  SIGHUP, SIGINT, SIGQUIT and SIGTERM end the filling
 * and are delivered once nothing is left of it. */
enum cli_outfile_result cli_outfile_make(const char *path,
					 unsigned int permissions,
					 enum cli_outfile_mode mode,
					 cli_outfile_fill *fill, void *context,
					 uint64_t *size, char why[CLI_WHY_MAX]);

/* Whether a plain file could be written there: the name, and whether the
 * directory takes a part (cli_part.h), which is made and dropped.  A device
 * or a pipe is CLI_OUTFILE_TROUBLE here.  For work that should not be done in
 * vain. */
enum cli_outfile_result cli_outfile_check(const char *path,
					  enum cli_outfile_mode mode,
					  char why[CLI_WHY_MAX]);

/* The same as cli_outfile_make with content that is there. */
enum cli_outfile_result cli_outfile_write(const char *path,
					  struct ev_span bytes,
					  unsigned int permissions,
					  enum cli_outfile_mode mode,
					  char why[CLI_WHY_MAX]);

#endif
