/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is there whole or not at all, whatever interrupts the writing:
 * an unnamed temporary file in the same directory, fsync, then one link or
 * rename, then fsync of the directory.
 */
#ifndef CO_OUTFILE_H
#define CO_OUTFILE_H

#include "evidence/base/bytes.h"

#define CO_WHY_MAX 512

enum co_outfile_mode {
	CO_OUTFILE_NEW,	    /* an existing name is an error */
	CO_OUTFILE_REPLACE, /* takes its place and keeps its permissions */
};

enum co_outfile_result {
	CO_OUTFILE_OK,
	CO_OUTFILE_EXISTS,  /* CO_OUTFILE_NEW, and the name is taken */
	CO_OUTFILE_TROUBLE, /* why says what and why */
};

/* permissions are those of a new file, less the umask.  On anything but
 * CO_OUTFILE_OK the directory is as it was, and why is one line. */
enum co_outfile_result co_outfile_write(const char *path, struct ev_span bytes,
					unsigned int permissions,
					enum co_outfile_mode mode,
					char why[CO_WHY_MAX]);

#endif
