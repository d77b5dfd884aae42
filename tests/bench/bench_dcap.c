/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What judging quotes costs beside the signatures and digests that a verdict
 * needs: both are measured here, in the same process, on one core.  Needed of
 * an archive are the manifest's SHA-256, once for its id and once as signed,
 * and both digests of its quote.  Not counted: what a run has digested before
 * (collateral that repeats), the kilobyte of a quote that is signed, the keys
 * of the memory of signatures, digests that only a report shows.
 * usage: bench_dcap ROUNDS T POLICY ANCHOR MANY FLEET
 *
 * MANY and FLEET are files with a path of an archive on each line, of
 * tests/bench/corpus.py: in MANY every machine has one quote; in FLEET a
 * hundred machines have them all.
 */
#include "cli.h"
#include "evidence/ecart.h"
#include "replay/render.h"
#include "replay/replay.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define ROUNDS_MAX 1000
#define RAW	   1000
#define HASHED	   (64 * 1024)

struct list {
	struct cli_file file;
	char **path;
	size_t n;
};

struct bench {
	struct ev_crypto *crypto;
	struct rp_shelf *shelf;
	struct rp_anchors anchors;
	struct rp_policy policy;
	struct cli_file policy_file, anchor_file;
	int64_t at;
	size_t rounds;
	double verify, sha256, sha384; /* ns: one, and of a byte; the mean of
					* before and after what was timed */
	struct list many, fleet;
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void fail(const char *what, const struct ev_error *err)
{
	char line[400] = "";

	if (err != NULL && err->code != EV_OK)
		ev_error_format(err, line, sizeof(line));
	fprintf(stderr, "bench_dcap: %s %s\n", what, line);
	exit(CLI_TROUBLE);
}

/* --- what must be computed, alone --- */

static double time_verify(struct ev_crypto *crypto)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(ev_crypto_libctx(crypto), NULL, "EC",
					  "prime256v1");
	EVP_PKEY_CTX *ctx =
		EVP_PKEY_CTX_new_from_pkey(ev_crypto_libctx(crypto), key, NULL);
	unsigned char digest[32] = { 1 }, sig[80];
	size_t n = sizeof(sig);
	int64_t start;
	int ok;

	ok = EVP_PKEY_sign_init(ctx) == 1 &&
	     EVP_PKEY_sign(ctx, sig, &n, digest, sizeof(digest)) == 1 &&
	     EVP_PKEY_verify_init(ctx) == 1;
	start = now();
	for (int i = 0; ok && i < RAW; i++)
		ok = EVP_PKEY_verify(ctx, sig, n, digest, sizeof(digest)) == 1;
	if (!ok)
		fail("libcrypto does not verify", NULL);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return (double)(now() - start) / RAW;
}

static double time_digest(struct ev_crypto *crypto, enum ev_digest_alg alg)
{
	static const uint8_t bytes[HASHED];
	uint8_t digest[EV_DIGEST_MAX];
	int64_t start = now();

	for (int i = 0; i < 100; i++)
		if (!ev_digest(crypto, alg, EV_SPAN(bytes), digest))
			fail("libcrypto does not digest", NULL);
	return (double)(now() - start) / 100 / HASHED;
}

static void measure(struct bench *b)
{
	b->verify = time_verify(b->crypto);
	b->sha256 = time_digest(b->crypto, EV_SHA256);
	b->sha384 = time_digest(b->crypto, EV_SHA384);
}

static void measure_again(struct bench *b)
{
	struct bench before = *b;

	measure(b);
	b->verify = (before.verify + b->verify) / 2;
	b->sha256 = (before.sha256 + b->sha256) / 2;
	b->sha384 = (before.sha384 + b->sha384) / 2;
	if (b->verify > 1.1 * before.verify || before.verify > 1.1 * b->verify)
		puts("the machine was not quiet: the next ratio says little");
}

/* --- setting up --- */

static void read_file(const char *path, struct cli_file *out)
{
	if (cli_file_read(path, EV_ARCHIVE_MAX, out) != CLI_PASS)
		exit(CLI_UNREADABLE);
}

static void read_list(const char *path, struct list *out)
{
	char *text, *line, *rest = NULL;

	read_file(path, &out->file);
	text = strndup((const char *)out->file.bytes.p, out->file.bytes.n);
	out->path = calloc(out->file.bytes.n + 1, sizeof(*out->path));
	if (text == NULL || out->path == NULL)
		fail("out of memory", NULL);
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		out->path[out->n++] = line;
}

static void set_up(struct bench *b)
{
	struct ev_error err = { 0 };

	b->crypto = ev_crypto_new();
	b->shelf = rp_shelf_new(b->crypto);
	if (b->crypto == NULL || b->shelf == NULL ||
	    rp_policy_parse(b->crypto, b->policy_file.bytes, &b->policy,
			    &err) ||
	    rp_anchors_add(b->crypto, b->anchor_file.bytes, &b->anchors, &err))
		fail("policy or anchor", &err);
}

/* Nothing is remembered from before. */
static void start_anew(struct bench *b)
{
	ev_crypto_forget(b->crypto); /* its counts, too */
	rp_shelf_free(b->shelf);
	b->shelf = rp_shelf_new(b->crypto);
	if (b->shelf == NULL)
		fail("out of memory", NULL);
}

/* --- replays --- */

struct sum {
	int64_t time, row;
	uint64_t verified;
	uint64_t sha256, sha384; /* bytes of which a verdict needs it */
	size_t n;
};

static void replay(struct bench *b, const struct ev_archive *archive,
		   const struct rp_loose *loose, size_t n_loose,
		   struct rp_result *out)
{
	struct ev_error err = { 0 };

	if (rp_replay(b->crypto,
		      &(struct rp_request){ .archive = archive,
					    .anchors = &b->anchors,
					    .policy = &b->policy,
					    .shelf = b->shelf,
					    .loose = loose,
					    .n_loose = n_loose,
					    .has_at = true,
					    .at = b->at },
		      out, &err) != RP_OK)
		fail("replay", &err);
}

static void count_needed(const struct ev_archive *archive, struct sum *sum)
{
	sum->sha256 += 2 * archive->manifest_bytes.n;
	for (size_t i = 0; i < archive->manifest.n_items; i++) {
		if (strcmp(archive->manifest.items[i].kind_name, "tdx-quote") !=
		    0)
			continue;
		sum->sha256 += archive->items[i].data.n;
		sum->sha384 += archive->items[i].data.n;
	}
}

/* One archive, from its file to its report; its evidence must be good. */
static void replay_file(struct bench *b, const char *path, struct sum *sum)
{
	ev_auto_buffer struct ev_buffer row = { 0 };
	uint64_t before = ev_crypto_verifications(b->crypto);
	struct rp_result result = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive archive;
	struct cli_file file;
	int64_t start = now();

	read_file(path, &file);
	if (ev_archive_open(b->crypto, file.bytes, EV_ARCHIVE_MAX, &archive,
			    &err))
		fail("archive", &err);
	replay(b, &archive, NULL, 0, &result);
	sum->time += now() - start;
	start = now();
	if (!rp_render_flat(ev_span_of(result.report, result.n), "", path,
			    &row))
		fail("row", NULL);
	sum->row += now() - start;
	sum->verified += ev_crypto_verifications(b->crypto) - before;
	count_needed(&archive, sum);
	sum->n++;
	if (result.verdict != RP_VERDICT_PASS)
		fail("the archive does not pass:", NULL);
	free(result.report);
	ev_archive_free(&archive);
	cli_file_free(&file);
}

/* The quote with its collateral alone, without an archive around it. */
static void replay_items(struct bench *b, const char *path, bool anew,
			 struct sum *sum)
{
	struct rp_result result = { 0 };
	struct rp_loose loose[16] = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive archive;
	struct cli_file file;
	uint64_t before;
	int64_t start;
	size_t n;

	if (anew)
		start_anew(b);
	read_file(path, &file);
	if (ev_archive_open(b->crypto, file.bytes, EV_ARCHIVE_MAX, &archive,
			    &err))
		fail("archive", &err);
	n = archive.manifest.n_items;
	for (size_t i = 0; i < n && n <= 16; i++)
		loose[i] = (struct rp_loose){
			.name = archive.items[i].name,
			.kind = archive.manifest.items[i].kind,
			.bytes = archive.items[i].data,
		};
	before = ev_crypto_verifications(b->crypto);
	start = now();
	replay(b, NULL, loose, n, &result);
	sum->time += now() - start;
	sum->verified += ev_crypto_verifications(b->crypto) - before;
	sum->n++;
	free(result.report);
	ev_archive_free(&archive);
	cli_file_free(&file);
}

/* --- printing --- */

static void print(struct bench *b, const char *what, const struct sum *sum,
		  double goal)
{
	double n = (double)sum->n, each = (double)sum->time / n;
	double signatures = (double)sum->verified / n;
	double sha256 = (double)sum->sha256 / n;
	double sha384 = (double)sum->sha384 / n;
	double bound;

	measure_again(b);
	bound = signatures * b->verify + sha256 * b->sha256 +
		sha384 * b->sha384;
	printf("%-30s %6.0f/s %6.1f us; bound %6.1f us", what, 1e9 / each,
	       each / 1000, bound / 1000);
	printf(" of %5.2f signatures", signatures);
	if (sha256 > 0)
		printf(", SHA-256 of %.0f and SHA-384 of %.0f bytes", sha256,
		       sha384);
	printf("; ratio %.2f, goal %.2f: %s\n", each / bound, goal,
	       each / bound <= goal ? "met" : "not met");
}

static double memory(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024;
}

/* --- the phases --- */

static void run_cold(struct bench *b)
{
	struct sum sum = { 0 };

	measure(b);
	for (size_t i = 0; i < b->rounds; i++)
		replay_items(b, b->many.path[i % b->many.n], true, &sum);
	print(b, "cold: nothing remembered", &sum, 1.25);
}

/* Of MANY each quote has a chain of its own; of FLEET a hundred have one. */
static void run_warm(struct bench *b, const char *what, struct list *list,
		     size_t step)
{
	struct sum sum = { 0 }, warming = { 0 };

	start_anew(b);
	for (size_t i = 0; i < list->n && i < 10 * step; i++)
		replay_items(b, list->path[i], false, &warming);
	measure(b);
	for (size_t i = 10 * step; i < list->n && sum.n < 4 * b->rounds; i++)
		replay_items(b, list->path[i], false, &sum);
	print(b, what, &sum, 1.40);
}

static void print_layer(const char *what, uint64_t found, uint64_t asked)
{
	printf("  %-32s %10" PRIu64 " of %10" PRIu64 " asked for, %.2f %%\n",
	       what, found, asked, 100.0 * (double)found / (double)asked);
}

static void print_layers(const struct bench *b, uint64_t verified)
{
	static const char *const names[RP_N_SHELF_TYPES] = {
		[RP_SHELF_CHAIN] = "chains",
		[RP_SHELF_CRL] = "revocation lists",
		[RP_SHELF_TCB_INFO] = "TCB infos",
		[RP_SHELF_QE_IDENTITY] = "QE identities",
	};
	uint64_t found = ev_crypto_remembrances(b->crypto);

	puts("found, and not computed or parsed again:");
	print_layer("good signatures", found, found + verified);
	for (unsigned int t = RP_SHELF_CHAIN; t < RP_N_SHELF_TYPES; t++) {
		struct rp_shelf_count count =
			rp_shelf_counted(b->shelf, (enum rp_shelf_type)t);

		print_layer(names[t], count.found, count.asked);
	}
}

/* The fleet again and again: its signatures are more than are remembered,
 * and the number of those that were computed tells that. */
static void run_fleet(struct bench *b)
{
	static const size_t sizes[] = { 100, 1000, 10000, 100000 };
	struct sum sum = { 0 };
	size_t k = 0;

	start_anew(b);
	measure(b);
	while (k < sizeof(sizes) / sizeof(sizes[0]) &&
	       sizes[k] <= 10 * b->fleet.n) {
		char what[40];

		replay_file(b, b->fleet.path[sum.n % b->fleet.n], &sum);
		if (sum.n < sizes[k])
			continue;
		snprintf(what, sizeof(what), "corpus: %zu archives", sizes[k]);
		print(b, what, &sum, 1.60);
		printf("  most memory so far %.1f MiB; a row of --table "
		       "beside %.1f us\n",
		       memory(), (double)sum.row / (double)sum.n / 1000);
		k++;
	}
	print_layers(b, sum.verified);
}

int main(int argc, char **argv)
{
	static struct bench b;
	long rounds = argc == 7 ? strtol(argv[1], NULL, 10) : 0;

	if (rounds < 1 || rounds > ROUNDS_MAX ||
	    !cli_parse_time(argv[2], &b.at)) {
		fputs("usage: bench_dcap ROUNDS T POLICY ANCHOR MANY FLEET\n",
		      stderr);
		return CLI_USAGE;
	}
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	json_object_seed(1);
	b.rounds = (size_t)rounds;
	read_file(argv[3], &b.policy_file);
	read_file(argv[4], &b.anchor_file);
	read_list(argv[5], &b.many);
	read_list(argv[6], &b.fleet);
	set_up(&b);
	measure(&b);
	printf("raw: %.0f P-256 verifications/s (%.1f us), SHA-256 %.0f "
	       "MB/s, SHA-384 %.0f MB/s\n",
	       1e9 / b.verify, b.verify / 1000, 1e3 / b.sha256, 1e3 / b.sha384);
	run_cold(&b);
	run_warm(&b, "warm: a chain for each quote", &b.many, 1);
	run_warm(&b, "warm: the chain repeats", &b.fleet, 10);
	run_fleet(&b);
	return CLI_PASS;
}
