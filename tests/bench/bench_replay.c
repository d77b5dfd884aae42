/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long one replay takes, from the archive's bytes to the report's, how
 * much of that is spent in libcrypto's signature verifications, and how much
 * memory the process ever had.
 * usage: bench_replay ROUNDS ARCHIVE T ANCHOR...
 *
 * The linker puts the wrap functions below in place of libcrypto's, so that
 * the verifications are timed where they happen, with what they really get.
 * Each round has a new context: nothing is remembered from the last one.
 */
#include "cli.h"
#include "replay/replay.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define ROUNDS_MAX 100000

int __real_EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig,
			   size_t n, const unsigned char *tbs, size_t n_tbs);
int __wrap_EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig,
			   size_t n, const unsigned char *tbs, size_t n_tbs);
int __real_EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t n,
			    const unsigned char *tbs, size_t n_tbs);
int __wrap_EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t n,
			    const unsigned char *tbs, size_t n_tbs);
int __real_X509_verify_cert(X509_STORE_CTX *ctx);
int __wrap_X509_verify_cert(X509_STORE_CTX *ctx);
int __real_X509_verify(X509 *cert, EVP_PKEY *key);
int __wrap_X509_verify(X509 *cert, EVP_PKEY *key);

static int64_t in_signatures;
static unsigned int n_calls;

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void count_since(int64_t start)
{
	in_signatures += now() - start;
	n_calls++;
}

int __wrap_EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *sig,
			   size_t n, const unsigned char *tbs, size_t n_tbs)
{
	int64_t start = now();
	int ok = __real_EVP_PKEY_verify(ctx, sig, n, tbs, n_tbs);

	count_since(start);
	return ok;
}

int __wrap_EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t n,
			    const unsigned char *tbs, size_t n_tbs)
{
	int64_t start = now();
	int ok = __real_EVP_DigestVerify(ctx, sig, n, tbs, n_tbs);

	count_since(start);
	return ok;
}

int __wrap_X509_verify_cert(X509_STORE_CTX *ctx)
{
	int64_t start = now();
	int ok = __real_X509_verify_cert(ctx);

	count_since(start);
	return ok;
}

int __wrap_X509_verify(X509 *cert, EVP_PKEY *key)
{
	int64_t start = now();
	int ok = __real_X509_verify(cert, key);

	count_since(start);
	return ok;
}

struct bench {
	struct cli_file archive;
	struct cli_file anchor[RP_ANCHORS_MAX];
	size_t n_anchors;
	int64_t at;
	/* Of each round, nanoseconds. */
	int64_t *context, *replay, *signatures;
	struct rp_result last;
};

static void fail(const char *what, const struct ev_error *err)
{
	char line[400] = "";

	if (err != NULL && err->code != EV_OK)
		ev_error_format(err, line, sizeof(line));
	fprintf(stderr, "bench_replay: %s %s\n", what, line);
	exit(CLI_TROUBLE);
}

static void run_round(struct bench *b, size_t round)
{
	static struct rp_anchors anchors;
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = NULL;
	ev_auto_free char *text = NULL;
	struct ev_archive archive;
	struct rp_policy policy;
	struct ev_error err = { 0 };
	int64_t start = now();
	size_t n;

	crypto = ev_crypto_new();
	text = rp_policy_default(&n);
	anchors.n = 0;
	if (crypto == NULL || text == NULL ||
	    rp_policy_parse(crypto, ev_span_of(text, n), &policy, &err))
		fail("policy", &err);
	for (size_t i = 0; i < b->n_anchors; i++) {
		if (rp_anchors_add(crypto, b->anchor[i].bytes, &anchors, &err))
			fail("anchor", &err);
	}
	b->context[round] = now() - start;

	in_signatures = 0;
	n_calls = 0;
	free(b->last.report);
	start = now();
	if (ev_archive_open(crypto, b->archive.bytes, EV_ARCHIVE_MAX, &archive,
			    &err))
		fail("archive", &err);
	if (rp_replay(crypto,
		      &(struct rp_request){ .archive = &archive,
					    .anchors = &anchors,
					    .policy = &policy,
					    .has_at = true,
					    .at = b->at },
		      &b->last, &err) != RP_OK)
		fail("replay", &err);
	b->replay[round] = now() - start;
	b->signatures[round] = in_signatures;
	ev_archive_free(&archive);
	rp_policy_free(&policy);
	rp_anchors_free(&anchors);
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void print(const char *what, int64_t *samples, size_t n)
{
	qsort(samples, n, sizeof(samples[0]), by_size);
	printf("%-44s %8.1f us median, %8.1f us least\n", what,
	       (double)samples[n / 2] / 1000, (double)samples[0] / 1000);
}

static void print_all(struct bench *b, size_t rounds)
{
	static const char *const verdicts[] = { "pass", "fail", "incomplete" };
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("archive %zu bytes, report %zu bytes, verdict %s, %zu rounds\n",
	       b->archive.bytes.n, b->last.n, verdicts[b->last.verdict],
	       rounds);
	print("context, policy, anchors (once a process)", b->context, rounds);
	print("one replay, archive's bytes to report's", b->replay, rounds);
	print("of that inside signature verification", b->signatures, rounds);
	printf("%-44s %8u calls\n", "signature verifications in libcrypto",
	       n_calls);
	printf("%-44s %8.1f MiB\n", "most memory the process had (goal 32 MiB)",
	       (double)usage.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
	static struct bench b;
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;

	if (argc < 5 || argc - 4 > RP_ANCHORS_MAX || rounds < 1 ||
	    rounds > ROUNDS_MAX || !cli_parse_time(argv[3], &b.at)) {
		fputs("usage: bench_replay ROUNDS ARCHIVE T ANCHOR...\n",
		      stderr);
		return CLI_USAGE;
	}
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	json_object_seed(1);
	if (cli_file_read(argv[2], EV_ARCHIVE_MAX, &b.archive) != CLI_PASS)
		return CLI_UNREADABLE;
	for (; b.n_anchors < (size_t)argc - 4; b.n_anchors++) {
		if (cli_file_read(argv[4 + b.n_anchors], EV_COLLATERAL_MAX,
				  &b.anchor[b.n_anchors]) != CLI_PASS)
			return CLI_UNREADABLE;
	}
	b.context = calloc(3 * (size_t)rounds, sizeof(int64_t));
	if (b.context == NULL)
		return CLI_TROUBLE;
	b.replay = b.context + rounds;
	b.signatures = b.replay + rounds;
	for (long i = 0; i < rounds; i++)
		run_round(&b, (size_t)i);
	print_all(&b, (size_t)rounds);
	free(b.last.report);
	free(b.context);
	return CLI_PASS;
}
