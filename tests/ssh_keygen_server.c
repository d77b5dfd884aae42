/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into ssh-keygen: many runs of it for one start.  Libraries are
 * loaded and libcrypto is set up once; then each request is a fork, whose child
 * is the program as it would have been with those words.
 *
 * Requests on standard input: the size of what follows (4 bytes, this
 * machine's), then words, each with a NUL behind it: a file that becomes
 * standard input, and those of the command line.  Replies on standard output:
 * the status and the size of what the run said (4 bytes each), and that.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 32
#define NO_EXIT	  256 /* a signal ended it */

typedef int main_fn(int argc, char **argv, char **env);
typedef int start_fn(main_fn *program, int argc, char **argv,
		     void (*init)(void), void (*fini)(void),
		     void (*rtld_fini)(void), void *stack_end);
typedef int init_fn(uint64_t options, const void *settings);
typedef int random_fn(uint8_t *out, int n);

__attribute__((visibility("default"))) start_fn __libc_start_main;

static main_fn *program;

static bool transfer(bool out, void *bytes, size_t n)
{
	uint8_t *p = bytes;

	while (n > 0) {
		ssize_t done = out ? write(STDOUT_FILENO, p, n)
				   : read(STDIN_FILENO, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

/* Before libcrypto tidies up what nobody needs any more. */
static void leave(int status, void *unused)
{
	(void)unused;
	fflush(NULL);
	_exit(status);
}

/* The child: it never returns. */
static void run(char *words, size_t n, int said, char **env)
{
	char *argv[WORDS_MAX + 1] = { NULL };
	int in = open(words, O_RDONLY);
	int argc = 0;

	for (size_t at = strlen(words) + 1; at < n && argc < WORDS_MAX;
	     at += strlen(words + at) + 1)
		argv[argc++] = words + at;
	if (in < 0 || on_exit(leave, NULL) != 0 || dup2(in, STDIN_FILENO) < 0 ||
	    dup2(said, STDOUT_FILENO) < 0)
		abort();
	exit(program(argc, argv, env));
}

static bool reply(int said, int status)
{
	off_t size = lseek(said, 0, SEEK_END);
	uint32_t head[2] = { (uint32_t)status, (uint32_t)size };
	void *bytes = malloc((size_t)size + 1);
	bool done = bytes != NULL && size >= 0 &&
		    pread(said, bytes, (size_t)size, 0) == size &&
		    transfer(true, head, sizeof(head)) &&
		    transfer(true, bytes, (size_t)size);

	free(bytes);
	return done;
}

static bool serve_one(char **env)
{
	uint32_t n = 0;
	char *words;
	int status = 0, said;
	pid_t child;
	bool done;

	if (!transfer(false, &n, sizeof(n)))
		return false;
	words = calloc((size_t)n + 1, 1);
	said = memfd_create("said", MFD_CLOEXEC);
	if (words == NULL || said < 0 || !transfer(false, words, n))
		abort();
	child = fork();
	if (child == 0)
		run(words, n, said, env);
	done = child > 0 && waitpid(child, &status, 0) == child &&
	       reply(said, WIFEXITED(status) ? WEXITSTATUS(status) : NO_EXIT);
	close(said);
	free(words);
	return done;
}

/* Whatever each run would look up and read anew. */
static void prepare(void)
{
	void *symbols[] = { dlsym(RTLD_DEFAULT, "OPENSSL_init_crypto"),
			    dlsym(RTLD_DEFAULT, "RAND_bytes") };
	init_fn *init = NULL;
	random_fn *random_bytes = NULL;
	uint8_t byte;

	memcpy(&init, &symbols[0], sizeof(init));
	memcpy(&random_bytes, &symbols[1], sizeof(random_bytes));
	/* Strings, ciphers, digests, configuration: <openssl/crypto.h> */
	if (init != NULL)
		init(0x02 | 0x04 | 0x08 | 0x40, NULL);
	if (random_bytes != NULL)
		random_bytes(&byte, 1);
	getpwuid(getuid());
	setlocale(LC_CTYPE, "");
}

/* Instead of the program's main. */
static int serve(int argc, char **argv, char **env)
{
	(void)argc;
	(void)argv;
	prepare();
	while (serve_one(env)) {
	}
	return 0;
}

int __libc_start_main(main_fn *main_of, int argc, char **argv,
		      void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	void *symbol = dlsym(RTLD_NEXT, "__libc_start_main");
	start_fn *start = NULL;

	memcpy(&start, &symbol, sizeof(start));
	program = main_of;
	return start(serve, argc, argv, init, fini, rtld_fini, stack_end);
}
