/* SPDX-License-Identifier: Apache-2.0 */
/* What the TPM says of its keys and PCRs. */
#include "collect/tpm_quote.h"

#include "evidence/base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>

static const size_t ANSWER_MAX = 4096;
static const size_t VALUES_MAX = 65536;
static const unsigned int LIMIT_MS = 10000;
static const unsigned int KEY_LIMIT_MS = 5000;
#define LIST_TEXT 128

/* Banks as tpm2-tools names them, in the order of co_tpm.banks. */
static const struct {
	const char *name;
	uint16_t alg;
} banks[] = {
	{ "sha1", EV_TPM_ALG_SHA1 },
	{ "sha256", EV_TPM_ALG_SHA256 },
	{ "sha384", EV_TPM_ALG_SHA384 },
	{ "sha512", EV_TPM_ALG_SHA512 },
};
static const size_t n_banks = sizeof(banks) / sizeof(banks[0]);

static const char *bank_name(uint16_t alg)
{
	for (size_t i = 0; i < n_banks; i++) {
		if (banks[i].alg == alg)
			return banks[i].name;
	}
	return "";
}

bool co_tpm_bank(const struct co_tpm *tpm, uint16_t alg,
		 struct ev_pcr_selection *out)
{
	*out = (struct ev_pcr_selection){ .alg = alg };
	for (size_t i = 0; i < n_banks; i++) {
		if (banks[i].alg == alg)
			/* 24 and up are no PCRs of a PC. */
			out->pcrs = tpm->banks[i] & 0xffffff;
	}
	out->n_pcrs = (unsigned int)__builtin_popcount(out->pcrs);
	return out->n_pcrs > 0;
}

/* "sha256:0,1,...,23": always spelled out, since the tools drop what they do
 * not know. */
static void bank_list(const struct ev_pcr_selection *bank, char out[LIST_TEXT])
{
	size_t n = (size_t)snprintf(out, LIST_TEXT, "%s", bank_name(bank->alg));
	char separator = ':';

	for (unsigned int i = 0; i < EV_TPM_PCRS_MAX && n < LIST_TEXT; i++) {
		if ((bank->pcrs >> i & 1) == 0)
			continue;
		n += (size_t)snprintf(out + n, LIST_TEXT - n, "%c%u", separator,
				      i);
		separator = ',';
	}
}

static bool no(char why[512], const char *text)
{
	snprintf(why, 512, "%s", text);
	return false;
}

bool co_tpm_read_public(struct co_tpm *tpm, uint32_t handle,
			struct ev_buffer *out, char why[512])
{
	struct co_exec_result result;
	char text[16];
	const char *args[] = { "-c",   text, "-f",	  "tss", "-o",
			       "./ak", "-n", "./ak.name", NULL };
	bool ok;

	snprintf(text, sizeof(text), "0x%08x", handle);
	ok = co_tpm_run(tpm, "tpm2_readpublic", args, (struct ev_span){ 0 },
			KEY_LIMIT_MS, &result, why);
	co_exec_free(&result);
	return ok &&
	       (co_workdir_take(&tpm->workdir, "ak", ANSWER_MAX, out) ||
		no(why, "tpm2_readpublic left no key (is the disk full?)"));
}

/* --- quotes --- */

void co_tpm_quoted_free(struct co_tpm_quoted *quoted)
{
	ev_buffer_free(&quoted->attest);
	ev_buffer_free(&quoted->signature);
	ev_buffer_free(&quoted->values);
	ev_buffer_free(&quoted->serialized);
	*quoted = (struct co_tpm_quoted){ 0 };
}

static bool says(struct ev_span text, const char *word)
{
	return text.p != NULL &&
	       memmem(text.p, text.n, word, strlen(word)) != NULL;
}

/* The values of a dump of C structures, as they are hashed. */
static bool convert(const struct ev_buffer *dump, struct ev_buffer *out,
		    char why[512])
{
	struct ev_pcr_selection dumped[EV_TPM_BANKS_MAX];
	struct ev_error err = { 0 };
	ev_auto_free uint8_t *values = NULL;
	size_t n_dumped, n;

	if (ev_tpm_pcrs_serialized_parse(ev_buffer_span(dump), dumped,
					 &n_dumped, &values, &n,
					 &err) != EV_OK) {
		ev_error_format(&err, why, 512);
		return false;
	}
	ev_buffer_add(out, ev_span_of(values, n));
	return ev_buffer_ok(out) || no(why, "out of memory");
}

static bool take_values(struct co_tpm *tpm, struct co_tpm_quoted *out,
			char why[512])
{
	struct ev_buffer *into =
		tpm->old_pcr_format ? &out->serialized : &out->values;

	if (!co_workdir_take(&tpm->workdir, "q.pcrs", VALUES_MAX, into) ||
	    into->n == 0)
		return no(why, "tpm2_quote left no PCR values (is the disk "
			       "full?)");
	return !tpm->old_pcr_format ||
	       convert(&out->serialized, &out->values, why);
}

/* What getopt says of -F, in the C locale, to tools before 5.2; they print
 * nothing of their own (tpm2-tools, lib/tpm2_options.c, case '?').  The first
 * is of glibc, the second of musl. */
static bool knows_no_format(struct ev_span err)
{
	return says(err, ": invalid option -- 'F'\n") ||
	       says(err, ": unrecognized option: F\n");
}

static bool quote_once(struct co_tpm *tpm, const char *key,
		       struct ev_span nonce, const char *list, bool values,
		       struct co_tpm_quoted *out, char why[512])
{
	struct co_exec_result result;
	const char *args[20] = { "-c",	 key,	    "-l",     list,  "-q",
				 "./in", "-g",	    "sha256", "-m",  "./q.msg",
				 "-s",	 "./q.sig", "-f",     "tss", "-Q" };
	size_t n = 15;
	bool ok;

	if (values) {
		args[n++] = "-o";
		args[n++] = "./q.pcrs";
	}
	if (values && !tpm->old_pcr_format) {
		args[n++] = "-F";
		args[n++] = "values";
	}
	ok = co_tpm_run(tpm, "tpm2_quote", args, nonce, LIMIT_MS, &result, why);
	out->pcrs_moved =
		says(ev_buffer_span(&result.err), "PCR values failed to match");
	if (!ok && knows_no_format(ev_buffer_span(&result.err)))
		tpm->old_pcr_format = true;
	co_exec_free(&result);
	return ok;
}

bool co_tpm_quote(struct co_tpm *tpm, uint32_t key, struct ev_span nonce,
		  const struct ev_pcr_selection *bank, bool values,
		  struct co_tpm_quoted *out, char why[512])
{
	bool old = tpm->old_pcr_format;
	char handle[16], list[LIST_TEXT];
	bool ok;

	*out = (struct co_tpm_quoted){ 0 };
	snprintf(handle, sizeof(handle), "0x%08x", key);
	bank_list(bank, list);
	ok = quote_once(tpm, handle, nonce, list, values, out, why);
	if (!ok && tpm->old_pcr_format && !old)
		ok = quote_once(tpm, handle, nonce, list, values, out, why);
	if (!ok)
		return false;
	if (!co_workdir_take(&tpm->workdir, "q.msg", ANSWER_MAX,
			     &out->attest) ||
	    !co_workdir_take(&tpm->workdir, "q.sig", ANSWER_MAX,
			     &out->signature))
		return no(why, "tpm2_quote left no quote (is the disk full?)");
	/* A quote is one without them too. */
	if (values && !take_values(tpm, out, why))
		ev_buffer_free(&out->values);
	return true;
}

/* --- all banks --- */

/* "sha1:0,1,...+sha256:...": all that the TPM has, and how many bytes their
 * values are; false where the list is too long. */
static bool all_banks(const struct co_tpm *tpm, char *list, size_t size,
		      size_t *n_values)
{
	size_t n = 0;

	list[0] = 0;
	*n_values = 0;
	for (size_t i = 0; i < n_banks; i++) {
		struct ev_pcr_selection bank;
		enum ev_digest_alg alg;
		char one[LIST_TEXT];

		if (!co_tpm_bank(tpm, banks[i].alg, &bank))
			continue;
		if (ev_tpm_digest_alg(bank.alg, &alg))
			*n_values += bank.n_pcrs * ev_digest_size(alg);
		bank_list(&bank, one);
		n += (size_t)snprintf(list + n, size - n, "%s%s",
				      n > 0 ? "+" : "", one);
		if (n >= size)
			return false;
	}
	return n > 0;
}

bool co_tpm_pcr_read(struct co_tpm *tpm, char *list, size_t list_size,
		     struct ev_buffer *out, char why[512])
{
	ev_auto_buffer struct ev_buffer file = { 0 };
	struct co_exec_result result;
	const char *args[] = { "-o", "./p", "-F", "values", list, NULL };
	const char *old[] = { "-o", "./p", list, NULL };
	size_t n_values;
	bool ok;

	if (!all_banks(tpm, list, list_size, &n_values))
		return no(why, "no banks of PCRs, or too many");
	ok = co_tpm_run(tpm, "tpm2_pcrread", tpm->old_pcr_format ? old : args,
			(struct ev_span){ 0 }, LIMIT_MS, &result, why);
	co_exec_free(&result);
	if (!ok)
		return false;
	/* Plain values are what tools without -F write too, some a dump. */
	co_workdir_take(&tpm->workdir, "p", VALUES_MAX, &file);
	if (file.n != n_values)
		return tpm->old_pcr_format
			       ? convert(&file, out, why)
			       : no(why, "tpm2_pcrread left other values than "
					 "it was asked for");
	ev_buffer_add(out, ev_buffer_span(&file));
	return ev_buffer_ok(out) || no(why, "out of memory");
}
