/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plain directory cannot play of configfs (tsm.py), for a program that
 * runs with this in LD_PRELOAD: rmdir takes the attributes of a directory of
 * sys/kernel/config/tsm/report away with it (Linux,
 * Documentation/filesystems/configfs.rst).
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const attributes[] = { "inblob", "outblob", "auxblob",
					  "generation", "provider" };
static const char place[] = "/sys/kernel/config/tsm/report";

/* Seen by the program, in place of the C library's. */
__attribute__((visibility("default"))) int unlinkat(int dir, const char *name,
						    int flags);

static int is_in_place(int dir)
{
	char link[64], path[4096];
	const size_t size = sizeof(place) - 1;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = readlink(link, path, sizeof(path));
	return n >= (ssize_t)size &&
	       memcmp(path + (size_t)n - size, place, size) == 0;
}

int unlinkat(int dir, const char *name, int flags)
{
	int entry = -1;

	if ((flags & AT_REMOVEDIR) != 0 && is_in_place(dir))
		entry = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0;
	     entry >= 0 && i < sizeof(attributes) / sizeof(attributes[0]); i++)
		syscall(SYS_unlinkat, entry, attributes[i], 0);
	if (entry >= 0)
		close(entry);
	return (int)syscall(SYS_unlinkat, dir, name, flags);
}
