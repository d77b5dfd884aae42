/* SPDX-License-Identifier: Apache-2.0 */
/* The process that is not root, and asks. */
#include "collect/opener.h"

#include "collect/opener_serve.h"
#include "collect/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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
		co_opener_serve(root_dir, ends[1]);
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

/* After a call that failed: whether it is worth another. */
static bool again(void)
{
	return errno == EINTR && co_stop_signal() == 0;
}

/* The next answer, and the descriptor that came with it, or -1. */
static bool receive_one(int socket, struct co_opener_answer *out, int *fd)
{
	struct iovec part = { out, sizeof(*out) };
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

	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && again());
	c = n >= 0 ? CMSG_FIRSTHDR(&message) : NULL;
	*fd = -1;
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	if (n >= 0 || errno != EINTR)
		errno = EPIPE; /* unless it is whole */
	return n == (ssize_t)sizeof(*out);
}

/* An errno.  What answers a question that was given up is put away. */
static int receive(int socket, uint32_t number, int *fd)
{
	struct co_opener_answer answer;

	while (receive_one(socket, &answer, fd)) {
		if (answer.number == number)
			return answer.code;
		if (*fd >= 0)
			close(*fd);
	}
	return errno;
}

static int ask(const struct co_opener *opener, enum co_opener_verb verb,
	       const char *path, int flags)
{
	static uint32_t asked;
	struct co_opener_request request = { .number = ++asked,
					     .verb = verb,
					     .flags = flags };
	size_t length = strlen(path);
	int code = ENAMETOOLONG, fd = -1;
	ssize_t n;

	if (length < sizeof(request.path)) {
		memcpy(request.path, path, length);
		do
			n = send(opener->socket, &request, sizeof(request),
				 MSG_NOSIGNAL);
		while (n < 0 && again());
		code = n == (ssize_t)sizeof(request)
			       ? receive(opener->socket, request.number, &fd)
			       : errno;
	}
	/* The kernel drops a descriptor that we have no room for. */
	if (verb == CO_OPENER_OPEN && code == 0 && fd < 0)
		code = EMFILE;
	errno = code;
	return verb == CO_OPENER_OPEN ? fd : -(code != 0);
}

int co_opener_open(const struct co_opener *opener, const char *path, int flags)
{
	return ask(opener, CO_OPENER_OPEN, path, flags);
}

bool co_opener_mkdir(const struct co_opener *opener, const char *path)
{
	return ask(opener, CO_OPENER_MAKE, path, 0) == 0;
}

bool co_opener_rmdir(const struct co_opener *opener, const char *path)
{
	return ask(opener, CO_OPENER_REMOVE, path, 0) == 0;
}
