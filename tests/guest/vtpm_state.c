/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of the fixture's state. */
#include "tests/guest/vtpm_state.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

bool vt_state_open(struct vt_state *state, const char *path)
{
	state->lock = -1;
	state->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state->dir >= 0)
		state->lock = openat(state->dir, "lock",
				     O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return state->lock >= 0;
}

void vt_state_lock(const struct vt_state *state)
{
	flock(state->lock, LOCK_EX);
}

void vt_state_unlock(const struct vt_state *state)
{
	flock(state->lock, LOCK_UN);
}

bool vt_state_read(const struct vt_state *state, const char *name,
		   uint8_t *bytes, size_t max, size_t *n)
{
	int fd = openat(state->dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;
	size_t size = 0;
	uint8_t more;

	if (fd < 0)
		return false;
	while (size < max && got > 0) {
		got = read(fd, bytes + size, max - size);
		size += got > 0 ? (size_t)got : 0;
	}
	if (got > 0)
		got = read(fd, &more, 1);
	close(fd);
	*n = size;
	return got == 0;
}

bool vt_state_write(const struct vt_state *state, const char *name,
		    const uint8_t *bytes, size_t n)
{
	char part[128];
	int fd, length = snprintf(part, sizeof(part), "%s.part", name);
	bool good;

	if (length < 0 || (size_t)length >= sizeof(part))
		return false;
	fd = openat(state->dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return false;
	good = write(fd, bytes, n) == (ssize_t)n;
	close(fd);
	return good && renameat(state->dir, part, state->dir, name) == 0;
}

void vt_state_remove(const struct vt_state *state, const char *name)
{
	unlinkat(state->dir, name, 0);
}

uint64_t vt_state_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
