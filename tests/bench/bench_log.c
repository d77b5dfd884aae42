/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: bench_log tcg|ima LOG
 * Prints what reading a log costs in this process, beside the bare cost of
 * the digests that it cannot do without: of firmware's log one extend an
 * event and bank; of IMA's SHA-1 of each entry, SHA-256 of it and an extend.
 * Then what the digests of an archive's item cost.
 */
#include "replay/registers.h"

#include "evidence/ima_log.h"

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
	fprintf(stderr, "bench_log: %s\n", what);
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

/* --- firmware's --- */

static double replay_tcg(struct ev_crypto *crypto, struct ev_span item,
			 struct rp_registers *r, uint64_t *n)
{
	static struct rp_remarks remarks;
	struct ev_error err = { 0 };
	struct ev_tcg_log log;
	double from = now();

	if (ev_tcg_log_open(item, &log, &err) != EV_OK ||
	    !rp_registers_replay(crypto, &log, RP_PCRS, r, &remarks))
		die("not a log");
	*n = log.n_events;
	return now() - from;
}

static double extend_bare(struct ev_crypto *crypto, enum ev_digest_alg alg,
			  uint64_t n)
{
	uint8_t value[EV_DIGEST_MAX] = { 0 }, digest[EV_DIGEST_MAX] = { 0 };
	double from = now();

	for (uint64_t i = 0; i < n; i++)
		if (!rp_register_extend(
			    crypto, alg, value,
			    ev_span_of(digest, ev_digest_size(alg))))
			die("libcrypto");
	return now() - from;
}

static void bench_tcg(struct ev_crypto *crypto, struct ev_span item)
{
	static struct rp_registers r;
	double all, bare = 0;
	uint64_t n;

	all = replay_tcg(crypto, item, &r, &n);
	for (size_t i = 0; i < r.n_banks; i++)
		bare += extend_bare(crypto, r.bank[i].alg, n);
	printf("%llu events, %zu banks: %.0f ms, digests alone %.0f ms, ratio "
	       "%.2f\n",
	       (unsigned long long)n, r.n_banks, all * 1e3, bare * 1e3,
	       all / bare);
}

/* --- IMA's --- */

static double read_ima(struct ev_crypto *crypto, struct ev_span item,
		       bool unsplit, enum ev_digest_alg alg, bool extends,
		       uint64_t *n, uint64_t *bytes)
{
	uint8_t value[EV_DIGEST_MAX] = { 0 }, hash[EV_DIGEST_MAX];
	struct ev_error err = { 0 };
	struct ev_ima_entry e;
	struct ev_ima_log log;
	double from = now();

	if (ev_ima_log_open(item, &log, &err) != EV_OK)
		die("not a log");
	log.unsplit = unsplit;
	*bytes = 0;
	while (ev_ima_log_next(&log, &e)) {
		*bytes += e.data.n;
		if (!ev_ima_template_hash(crypto, &e, alg, hash) ||
		    (extends && !rp_register_extend(
					crypto, alg, value,
					ev_span_of(hash, ev_digest_size(alg)))))
			die("libcrypto");
	}
	*n = log.n_entries;
	return now() - from;
}

static double digest_bare(struct ev_crypto *crypto, enum ev_digest_alg alg,
			  size_t size, uint64_t n)
{
	static const uint8_t data[4096];
	uint8_t hash[EV_DIGEST_MAX];
	double from = now();

	for (uint64_t i = 0; i < n; i++)
		if (!ev_digest(crypto, alg, ev_span_of(data, size), hash))
			die("libcrypto");
	return now() - from;
}

static void bench_ima(struct ev_crypto *crypto, struct ev_span item)
{
	uint64_t n, bytes;
	double all = read_ima(crypto, item, false, EV_SHA1, false, &n, &bytes);
	size_t size = n > 0 ? (size_t)(bytes / n) : 0;
	double bare;

	all += read_ima(crypto, item, true, EV_SHA256, true, &n, &bytes);
	bare = digest_bare(crypto, EV_SHA1, size, n) +
	       digest_bare(crypto, EV_SHA256, size, n) +
	       extend_bare(crypto, EV_SHA256, n);
	printf("%llu entries of %zu bytes: %.0f ms, digests alone %.0f ms, "
	       "ratio %.2f\n",
	       (unsigned long long)n, size, all * 1e3, bare * 1e3, all / bare);
}

/* What a replay computes of the archive, and a reader of the bare log does
 * not. */
static void bench_container(struct ev_crypto *crypto, struct ev_span item)
{
	uint8_t digest[EV_DIGEST_MAX];
	double from = now();

	if (!ev_digest(crypto, EV_SHA256, item, digest) ||
	    !ev_digest(crypto, EV_SHA384, item, digest))
		die("libcrypto");
	printf("the archive's SHA-256 and SHA-384 of the log: %.0f ms\n",
	       (now() - from) * 1e3);
}

int main(int argc, char **argv)
{
	struct ev_span item;

	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();

	if (argc != 3 || crypto == NULL)
		die("usage: bench_log tcg|ima LOG");
	item = map(argv[2]);
	if (strcmp(argv[1], "tcg") == 0)
		bench_tcg(crypto, item);
	else
		bench_ima(crypto, item);
	bench_container(crypto, item);
	return 0;
}
