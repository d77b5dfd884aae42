/* SPDX-License-Identifier: Apache-2.0 */
/* What root alone may open, for a process that is not root. */
#include "collect/opener.h"

#include "evidence/base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENTRIES	    "sys/kernel/config/tsm/report/"
#define ENTRY	    ENTRIES "ecart-"
#define ENTRIES_MAX 8

enum verb { OPEN, MAKE, REMOVE };

struct request {
	enum verb verb;
	int flags;
	char path[PATH_MAX];
};

/* Each is a path, or all paths that begin so where it ends with a slash or
 * is of entries of ours. */
static const struct {
	const char *begin;
	bool writable;
} allowed[] = {
	{ ENTRY, true },
	{ "sys/kernel/config/tsm/report", false },
	{ "sys/kernel/security/", false },
	{ "sys/firmware/acpi/tables/", false },
	{ "sys/devices/virtual/misc/tdx_guest/", false },
	{ "dev/tdx_guest", true },
	{ "dev/tdx-guest", true },
	{ "dev/attestation/", true },
};

/* --- the process that is root --- */

static bool begins(const char *path, const char *begin)
{
	size_t n = strlen(begin);
	bool prefix = begin[n - 1] == '/' || begin[n - 1] == '-';

	return prefix ? strncmp(path, begin, n) == 0 : strcmp(path, begin) == 0;
}

/* "sys/kernel/security/../../../etc/shadow" begins well. */
static bool goes_up(const char *path)
{
	for (const char *at = path; (at = strstr(at, "..")) != NULL; at += 2) {
		if ((at == path || at[-1] == '/') &&
		    (at[2] == '/' || at[2] == 0))
			return true;
	}
	return false;
}

static bool may_open(const struct request *request)
{
	const int known = O_ACCMODE | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK |
			  O_NOCTTY | O_CLOEXEC | O_PATH;
	bool reads = (request->flags & O_ACCMODE) == O_RDONLY;

	if ((request->flags & ~known) != 0 || goes_up(request->path))
		return false;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (begins(request->path, allowed[i].begin) &&
		    (reads || allowed[i].writable))
			return true;
	}
	return false;
}

static int open_below(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint32_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* A name directly below the folder of entries, of ours. */
static const char *entry_name(const char *path)
{
	if (strncmp(path, ENTRY, sizeof(ENTRY) - 1) != 0 ||
	    strchr(path + sizeof(ENTRIES) - 1, '/') != NULL)
		return NULL;
	return path + sizeof(ENTRIES) - 1;
}

/* The entries that were made, so that none is left. */
struct entries {
	char name[ENTRIES_MAX][NAME_MAX + 1];
};

static char *entry_slot(struct entries *entries, const char *name)
{
	for (size_t i = 0; i < ENTRIES_MAX; i++)
		if (strcmp(entries->name[i], name) == 0)
			return entries->name[i];
	return NULL;
}

static int change(int root, struct entries *entries,
		  const struct request *request)
{
	const char *name = entry_name(request->path);
	bool makes = request->verb == MAKE;
	int dir, result;
	char *slot;

	if (name == NULL || strlen(name) > NAME_MAX)
		return EACCES;
	slot = entry_slot(entries, makes ? "" : name);
	dir = open_below(root, ENTRIES, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return errno;
	errno = EMFILE;
	result = makes ? (slot != NULL ? mkdirat(dir, name, 0700) : -1)
		       : unlinkat(dir, name, AT_REMOVEDIR);
	result = result == 0 ? 0 : errno;
	close(dir);
	if (result == 0 && slot != NULL)
		memcpy(slot, makes ? name : "", makes ? strlen(name) + 1 : 1);
	return result;
}

/* With every answer an errno, with that of an open a descriptor. */
static bool answer(int socket, int code, int fd)
{
	struct iovec part = { &code, sizeof(code) };
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
	return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(code);
}

static bool serve_one(int root, int socket, struct entries *entries)
{
	struct request request;
	ssize_t n = recv(socket, &request, sizeof(request), 0);
	int fd = -1, code = EACCES;
	bool sent;

	if (n < 0 && errno == EINTR)
		return true;
	if (n != (ssize_t)sizeof(request))
		return false; /* the other side has ended */
	request.path[PATH_MAX - 1] = 0;
	if (request.verb != OPEN)
		code = change(root, entries, &request);
	else if (may_open(&request)) {
		fd = open_below(root, request.path, request.flags);
		code = fd >= 0 ? 0 : errno;
	}
	sent = answer(socket, code, fd);
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

static void serve(int root, int socket) __attribute__((noreturn));
static void serve(int root, int socket)
{
	struct entries entries = { 0 };
	struct request left = { .verb = REMOVE };

	ignore_signals();
	while (serve_one(root, socket, &entries))
		;
	for (size_t i = 0; i < ENTRIES_MAX; i++) {
		if (entries.name[i][0] == 0)
			continue;
		snprintf(left.path, sizeof(left.path), ENTRIES "%s",
			 entries.name[i]);
		change(root, &entries, &left);
	}
	_exit(0);
}

/* --- the process that is not --- */

bool co_opener_start(int root_dir, struct co_opener *out)
{
	int ends[2];
	pid_t pid;

	*out = (struct co_opener){ .pid = 0 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		serve(root_dir, ends[1]);
	}
	close(ends[1]);
	if (pid < 0)
		close(ends[0]);
	else
		*out = (struct co_opener){ pid, ends[0] };
	return pid > 0;
}

void co_opener_stop(struct co_opener *opener)
{
	if (opener->pid == 0)
		return;
	close(opener->socket);
	while (waitpid(opener->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*opener = (struct co_opener){ .pid = 0 };
}

/* The descriptor of an answer, -1: none came with it. */
static int receive(int socket, int *code)
{
	struct iovec part = { code, sizeof(*code) };
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c;
	ssize_t n;
	int fd = -1;

	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	c = CMSG_FIRSTHDR(&message);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	if (n != (ssize_t)sizeof(*code))
		*code = EPIPE;
	return fd;
}

static int ask(const struct co_opener *opener, enum verb verb, const char *path,
	       int flags)
{
	struct request request = { .verb = verb, .flags = flags };
	int code = ENAMETOOLONG, fd = -1;
	size_t n = strlen(path);

	if (n < sizeof(request.path)) {
		memcpy(request.path, path, n);
		code = EPIPE;
		if (send(opener->socket, &request, sizeof(request),
			 MSG_NOSIGNAL) == (ssize_t)sizeof(request))
			fd = receive(opener->socket, &code);
	}
	errno = code;
	return verb == OPEN ? fd : -(code != 0);
}

int co_opener_open(const struct co_opener *opener, const char *path, int flags)
{
	return ask(opener, OPEN, path, flags);
}

bool co_opener_mkdir(const struct co_opener *opener, const char *path)
{
	return ask(opener, MAKE, path, 0) == 0;
}

bool co_opener_rmdir(const struct co_opener *opener, const char *path)
{
	return ask(opener, REMOVE, path, 0) == 0;
}
