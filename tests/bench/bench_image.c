/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: bench_image ROUNDS IMAGE...
 * Prints, of each image for TDX, what its MRTD costs (its bytes read as a
 * launch, which is measured by the default rule) beside one SHA-384 over as
 * many bytes as the records have, in one buffer; the two take turns, and the
 * least of each is taken, in processor time of this process.
 */
#include "audit/image/image.h"
#include "audit/image/measuring.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench_image: %s\n", what);
	exit(5);
}

static struct ev_span map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) != 0)
		die(path);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		die(path);
	return ev_span_of(p, (size_t)st.st_size);
}

/* Seconds of reading the image, and of measuring it. */
struct cost {
	double read, measure, bare;
};

/* 128 bytes a page that is added, 6144 more where it is measured. */
static size_t record_bytes(const struct au_launch *launch)
{
	uint64_t n = 0;

	for (size_t i = 0; i < launch->n; i++) {
		const struct au_operation *op = &launch->op[i];
		uint64_t pages = op->size / AU_PAGE;

		if (!op->shared)
			n += pages * (op->measured ? 6272 : 128);
	}
	return (size_t)n;
}

static size_t measure(struct ev_span bytes, struct ev_crypto *crypto,
		      struct cost *cost)
{
	struct ev_error err = { 0 };
	struct au_image image;
	const struct au_rule rule = { .aug_skips = true };
	const struct au_launch *launch;
	uint8_t value[AU_VALUE_MAX];
	struct au_measuring m;
	double from = now();
	size_t n;

	if (au_image_read(bytes, crypto, &image, &err) != EV_OK)
		die("not an image");
	cost->read = now() - from;
	launch = au_image_launch(&image, AU_TDX);
	if (launch == NULL)
		die("no TDX");
	from = now();
	if (!au_measuring_begin(launch, crypto, &m))
		die("libcrypto");
	for (size_t i = 0; i < launch->n; i++) {
		if (!au_measuring_add(&m, &launch->op[i], &rule))
			die("libcrypto");
	}
	if (!au_measuring_finish(&m, value))
		die("libcrypto");
	au_measuring_free(&m);
	cost->measure = now() - from;
	n = record_bytes(launch);
	au_image_free(&image);
	return n;
}

static void bare(struct ev_crypto *crypto, struct ev_span records,
		 struct cost *cost)
{
	uint8_t value[EV_DIGEST_MAX];
	double from = now();

	if (!ev_digest(crypto, EV_SHA384, records, value))
		die("libcrypto");
	cost->bare = now() - from;
}

static double least(double a, double b)
{
	return b < a ? b : a;
}

static void bench(const char *path, int rounds, struct ev_crypto *crypto)
{
	struct ev_span bytes = map(path);
	struct cost best = { 1e9, 1e9, 1e9 }, cost;
	size_t n = measure(bytes, crypto, &cost);
	uint8_t *records = malloc(n > 0 ? n : 1);

	if (records == NULL)
		die("out of memory");
	memset(records, 0xa5, n);
	for (int i = 0; i < rounds; i++) {
		measure(bytes, crypto, &cost);
		bare(crypto, ev_span_of(records, n), &cost);
		best.read = least(best.read, cost.read);
		best.measure = least(best.measure, cost.measure);
		best.bare = least(best.bare, cost.bare);
	}
	free(records);
	printf("%s: %zu bytes of records\n"
	       "  MRTD      %8.2f ms, %.3f times SHA-384 of as many bytes\n"
	       "  SHA-384   %8.2f ms, %.0f MB/s\n"
	       "  reading   %8.2f ms, SHA-256 of the file among it\n",
	       path, n, best.measure * 1e3, best.measure / best.bare,
	       best.bare * 1e3, (double)n / best.bare / 1e6, best.read * 1e3);
}

int main(int argc, char **argv)
{
	struct ev_crypto *crypto = ev_crypto_new();

	if (argc < 3 || crypto == NULL)
		die("usage: bench_image ROUNDS IMAGE...");
	for (int i = 2; i < argc; i++)
		bench(argv[i], atoi(argv[1]), crypto);
	ev_crypto_free(crypto);
	return 0;
}
