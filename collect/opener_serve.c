/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that is root.  It believes nothing that it is told but a path
 * and flags.  That its parent died it sees by the socket and not by a signal
 * (PR_SET_PDEATHSIG), which would leave the entries behind; so that it always
 * comes back to the socket, no open waits.
 */
#include "collect/opener_serve.h"

#include "collect/opener_list.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES_MAX 8

/* The entries that were made: they alone are opened, and none is left. */
struct entries {
	char name[ENTRIES_MAX][CO_TSM_NAME_TEXT];
};

struct server {
	int root, socket;
	struct entries entries;
};

static char *entry_slot(struct server *s, const char *name)
{
	for (size_t i = 0; i < ENTRIES_MAX; i++)
		if (strcmp(s->entries.name[i], name) == 0)
			return s->entries.name[i];
	return NULL;
}

/* --- opening --- */

static int open_below(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint32_t)(flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* A file or a device.  One that is written to has no other name: below a
 * --root somebody may have put theirs. */
static bool is_fit(int fd, int flags)
{
	bool writes = (flags & O_ACCMODE) != O_RDONLY;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	return S_ISCHR(st.st_mode) ||
	       (S_ISREG(st.st_mode) && (!writes || st.st_nlink <= 1));
}

/* A descriptor, as it was asked for; -1 with an errno. */
static int open_listed(struct server *s, const char *path, int flags)
{
	struct co_opener_place place;
	int fd;

	errno = EACCES;
	if (!co_opener_listed(path, flags, &place) ||
	    (place.entry[0] != 0 && entry_slot(s, place.entry) == NULL))
		return -1;
	fd = open_below(s->root, path, flags);
	if (fd < 0)
		return -1;
	if ((place.folder || is_fit(fd, flags)) &&
	    ((flags & O_NONBLOCK) != 0 || fcntl(fd, F_SETFL, 0) == 0))
		return fd;
	close(fd);
	errno = EACCES;
	return -1;
}

/* --- entries --- */

static int make_entry(struct server *s, int reports, const char *name)
{
	char *slot = entry_slot(s, "");

	if (slot == NULL)
		return EMFILE;
	if (mkdirat(reports, name, 0700) != 0)
		return errno;
	memcpy(slot, name, CO_TSM_NAME_TEXT);
	return 0;
}

/* One of another run: the lock is held until it is gone, so that nobody
 * takes it up in between. */
static int remove_stale(int reports, const char *name)
{
	int entry = open_below(reports, name, O_RDONLY | O_DIRECTORY);
	int code = EACCES;

	if (entry < 0)
		return errno;
	if (co_tsm_is_stale(entry))
		code = unlinkat(reports, name, AT_REMOVEDIR) == 0 ? 0 : errno;
	close(entry);
	return code;
}

static int remove_entry(struct server *s, int reports, const char *name)
{
	char *slot = entry_slot(s, name);

	if (slot == NULL)
		return remove_stale(reports, name);
	if (unlinkat(reports, name, AT_REMOVEDIR) != 0)
		return errno;
	slot[0] = 0;
	return 0;
}

/* An errno, 0: done. */
static int change(struct server *s, enum co_opener_verb verb, const char *name)
{
	int code, reports;

	if (name == NULL)
		return EACCES;
	reports = open_below(s->root, CO_TSM_REPORT, O_RDONLY | O_DIRECTORY);
	if (reports < 0)
		return errno;
	code = verb == CO_OPENER_MAKE ? make_entry(s, reports, name)
				      : remove_entry(s, reports, name);
	close(reports);
	return code;
}

/* --- the questions --- */

static bool send_answer(int socket, struct co_opener_answer answer, int fd)
{
	struct iovec part = { &answer, sizeof(answer) };
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control.bytes);
		c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL) ==
	       (ssize_t)sizeof(answer);
}

static bool serve_one(struct server *s)
{
	struct co_opener_request request;
	struct co_opener_answer answer;
	ssize_t n = recv(s->socket, &request, sizeof(request), 0);
	int fd = -1;
	bool sent;

	if (n < 0 && errno == EINTR)
		return true;
	if (n != (ssize_t)sizeof(request))
		return false; /* the other side has ended */
	request.path[PATH_MAX - 1] = 0;
	answer = (struct co_opener_answer){ .number = request.number };
	if (request.verb == CO_OPENER_OPEN) {
		fd = open_listed(s, request.path, request.flags);
		answer.code = fd >= 0 ? 0 : errno;
	} else {
		answer.code =
			change(s, request.verb, co_opener_entry(request.path));
	}
	sent = send_answer(s->socket, answer, fd);
	if (fd >= 0)
		close(fd);
	return sent;
}

/* Signals of a terminal go to the whole group: the collection obeys them and
 * still has an entry to take away. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		sigaction(ignored[i], &ignore, NULL);
}

void co_opener_serve(int root_dir, int socket)
{
	struct server s = { .root = root_dir, .socket = socket };

	ignore_signals();
	while (serve_one(&s))
		;
	for (size_t i = 0; i < ENTRIES_MAX; i++)
		if (s.entries.name[i][0] != 0)
			change(&s, CO_OPENER_REMOVE, s.entries.name[i]);
	_exit(0);
}
