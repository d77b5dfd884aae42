/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A quote, its collateral and a time, judged by libecart: no archive, no
 * network, no clock.
 *
 *	cc -o judge_quote judge_quote.c $(pkg-config --cflags --libs ecart)
 *	judge_quote SECONDS ANCHOR.pem FILE...
 *
 * FILE: the quote, TCB info, QE identity, issuer chains, revocation lists, in
 * any order; what each is, its bytes say.  Prints the report, and ends with
 * 0 pass, 1 fail, 2 incomplete, 3 usage, 4 unreadable, 5 trouble.
 */
#include <ecart.h>
#include <stdio.h>
#include <stdlib.h>

#define FILES_MAX 64
#define FILE_MAX  ((size_t)16 << 20)

/* The caller frees it; NULL: it cannot be read whole. */
static char *read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *bytes = malloc(FILE_MAX);

	if (f != NULL && bytes != NULL) {
		*n = fread(bytes, 1, FILE_MAX, f);
		if (!ferror(f) && feof(f)) {
			fclose(f);
			return bytes;
		}
	}
	if (f != NULL)
		fclose(f);
	free(bytes);
	fprintf(stderr, "%s: cannot be read\n", path);
	return NULL;
}

static enum ecart_status add_anchor(struct ecart *ecart, const char *path)
{
	enum ecart_status status = ECART_UNREADABLE;
	size_t n;
	char *bytes = read_file(path, &n);

	if (bytes != NULL)
		status = ecart_add_anchor(ecart, bytes, n);
	free(bytes);
	return status;
}

/* Prints the report; the verdict's number, or why there is none. */
static int judge(struct ecart *ecart, long long at,
		 const struct ecart_item *items, size_t n_items)
{
	struct ecart_options options = { .size = sizeof(options) };
	struct ecart_report *report;
	enum ecart_status status;
	int verdict;

	options.has_at = 1;
	options.at = at;
	options.items = items;
	options.n_items = n_items;
	status = ecart_replay(ecart, NULL, 0, &options, &report);
	if (status != ECART_OK)
		return (int)status;
	puts(ecart_report_json(report, NULL));
	verdict = (int)ecart_report_verdict(report);
	ecart_report_free(report);
	return verdict;
}

static int read_and_judge(struct ecart *ecart, int n, char **words)
{
	static struct ecart_item items[FILES_MAX];
	enum ecart_status status = add_anchor(ecart, words[1]);
	int result = (int)status;
	size_t n_items = 0;

	for (int i = 2; status == ECART_OK && i < n; i++) {
		struct ecart_item *item = &items[n_items];

		item->name = words[i];
		item->bytes = read_file(words[i], &item->size);
		if (item->bytes == NULL)
			status = ECART_UNREADABLE;
		else
			n_items++;
	}
	if (status == ECART_OK)
		result = judge(ecart, atoll(words[0]), items, n_items);
	else
		result = (int)status;
	if (result >= (int)ECART_USAGE)
		fprintf(stderr, "%s\n", ecart_why(ecart));
	for (size_t i = 0; i < n_items; i++)
		free((void *)items[i].bytes);
	return result;
}

int main(int argc, char **argv)
{
	struct ecart *ecart;
	int result;

	if (argc < 4 || argc - 3 > FILES_MAX) {
		fputs("usage: judge_quote SECONDS ANCHOR.pem FILE...\n",
		      stderr);
		return ECART_USAGE;
	}
	if (ecart_new(&ecart) != ECART_OK)
		return ECART_TROUBLE;
	result = read_and_judge(ecart, argc - 1, argv + 1);
	ecart_free(ecart);
	return result;
}
