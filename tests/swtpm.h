/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TPM of software for one test program: swtpm on a socket in a directory
 * of its own, without a key and without an index, ended with the program.
 */
#ifndef TESTS_SWTPM_H
#define TESTS_SWTPM_H

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct swtpm {
	char dir[40];
	char tcti[80];
	pid_t pid; /* 0: it does not run */
};

/* Skips the calling cmocka test where swtpm is not installed. */
static inline void swtpm_need(const struct swtpm *s)
{
	if (s->pid == 0) {
		printf("# swtpm is not installed\n");
		skip();
	}
}

static inline bool swtpm_answers(const struct swtpm *s)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/s", s->dir);
	good = fd >= 0 &&
	       connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

static inline void swtpm_become(const struct swtpm *s)
{
	char state[80], server[80], ctrl[80];
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	snprintf(state, sizeof(state), "dir=%s", s->dir);
	snprintf(server, sizeof(server), "type=unixio,path=%s/s", s->dir);
	snprintf(ctrl, sizeof(ctrl), "type=unixio,path=%s/s.ctrl", s->dir);
	execl("/usr/bin/swtpm", "swtpm", "socket", "--tpm2", "--tpmstate",
	      state, "--server", server, "--ctrl", ctrl, "--flags",
	      "not-need-init,startup-clear", (char *)NULL);
	_exit(127);
}

/* True where it runs, or is not installed (pid is then 0). */
static inline bool swtpm_start(struct swtpm *s)
{
	*s = (struct swtpm){ .dir = "/tmp/ecart-test-swtpm-XXXXXX" };
	if (access("/usr/bin/swtpm", X_OK) != 0)
		return true;
	if (mkdtemp(s->dir) == NULL)
		return false;
	snprintf(s->tcti, sizeof(s->tcti), "swtpm:path=%s/s", s->dir);
	s->pid = fork();
	if (s->pid == 0)
		swtpm_become(s);
	for (unsigned int i = 0; i < 1000 && s->pid > 0; i++) {
		if (swtpm_answers(s))
			return true;
		usleep(10000);
	}
	return false;
}

static inline void swtpm_stop(struct swtpm *s)
{
	const struct dirent *e;
	DIR *d;

	if (s->pid <= 0)
		return;
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
	d = opendir(s->dir);
	while (d != NULL && (e = readdir(d)) != NULL)
		unlinkat(dirfd(d), e->d_name, 0); /* "." and ".." refuse */
	if (d != NULL)
		closedir(d);
	rmdir(s->dir);
}

#endif
