/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file system that has no files without a name and renames only over what is
 * there, as network file systems do, for a program that runs with this in
 * LD_PRELOAD.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Seen by the program, in place of the C library's. */
__attribute__((visibility("default"))) int openat(int dir, const char *path,
						  int flags, ...);
__attribute__((visibility("default"))) int renameat2(int from, const char *old,
						     int to, const char *new,
						     unsigned int flags);

int openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	if ((flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	va_start(args, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(args, mode_t);
	va_end(args);
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}

int renameat2(int from, const char *old, int to, const char *new,
	      unsigned int flags)
{
	if (flags != 0) {
		errno = EINVAL;
		return -1;
	}
	return renameat(from, old, to, new);
}
