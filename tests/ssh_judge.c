/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: ssh_judge [SIGNERS ARMOUR MESSAGE NAMESPACE IDENTITY AT]...
 * Files, "-" for no signers; AT in seconds.  A line each: state, line of the
 * signers, principals, algorithm, fingerprint, reason, between tabs.  A file
 * of signers that is refused is "refused" and why.
 */
#include "audit/ssh/ssh_verdict.h"

#include <stdio.h>
#include <stdlib.h>

static struct ev_span read_all(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct ev_span out = { 0 };
	uint8_t *p;
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET) != 0)
		exit(5);
	p = malloc((size_t)n + 1);
	if (p == NULL || fread(p, 1, (size_t)n, f) != (size_t)n)
		exit(5);
	fclose(f);
	out.p = p;
	out.n = (size_t)n;
	return out;
}

static void free_all(struct ev_span bytes)
{
	uint8_t *p;

	memcpy(&p, &bytes.p, sizeof(p));
	free(p);
}

static void print(const struct au_ssh_verdict *v)
{
	printf("%s\t%zu\t%s\t%s\t%s\t%s\n", au_ssh_state_name(v->state),
	       v->line, v->principals, v->algorithm, v->fingerprint, v->reason);
}

static bool judge(struct ev_crypto *crypto, char **argv)
{
	struct au_allowed_signers *signers = NULL;
	struct ev_span text = { 0 }, armour = read_all(argv[1]),
		       message = read_all(argv[2]);
	struct ev_error err = { EV_OK };
	struct au_ssh_verdict v;
	char why[400];

	if (strcmp(argv[0], "-") != 0) {
		text = read_all(argv[0]);
		au_allowed_signers_parse(crypto, text, &signers, &err);
		free_all(text);
	}
	if (err.code == EV_OK &&
	    au_ssh_judge(crypto, signers, armour, message, argv[3],
			 ev_span_str(argv[4]), atoll(argv[5]), &v,
			 &err) == EV_OK) {
		print(&v);
	} else {
		ev_error_format(&err, why, sizeof(why));
		printf("refused\t%s\n", why);
	}
	au_allowed_signers_free(signers);
	free_all(armour);
	free_all(message);
	return err.code != EV_TROUBLE;
}

int main(int argc, char **argv)
{
	struct ev_crypto *crypto = ev_crypto_new();
	int status = 0;

	if (crypto == NULL || argc % 6 != 1)
		return 3;
	for (int i = 1; i < argc; i += 6)
		if (!judge(crypto, argv + i))
			status = 5;
	ev_crypto_free(crypto);
	return status;
}
