/* SPDX-License-Identifier: Apache-2.0 */
/* Signing inside a TPM, by tpm2_sign. */
#include "collect/sign_tpm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char object[] = "key";

/* Of a public key or a signature; RSA with 4096 bits has 550 bytes. */
static const size_t ANSWER_MAX = 1024;
static const unsigned int LIMIT_MS = 10000;
/* TPM2_HT_PERSISTENT (Part 2: Structures, 7.2). */
static const unsigned long PERSISTENT = 0x81;

struct tpm_key {
	struct co_tpm *tpm; /* borrowed */
	char handle[16];
	const char *hash;
};

/* Which digest goes with which kind (ecart-archive(5), SIGNATURES). */
static const struct {
	enum ev_key_kind kind;
	const char *hash;
} hashes[] = {
	{ EV_KEY_P256, "sha256" },
	{ EV_KEY_P384, "sha384" },
};

bool co_key_tpm_named(const char *text, uint32_t *handle)
{
	static const char prefix[] = "tpm:";
	const char *digits = text + sizeof(prefix) - 1;
	unsigned long n;
	char *end;

	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0)
		return false;
	*handle = 0;
	if (*digits < '0' || *digits > '9')
		return true;
	errno = 0;
	n = strtoul(digits, &end, 0);
	if (errno == 0 && *end == 0 && n >> 24 == PERSISTENT)
		*handle = (uint32_t)n;
	return true;
}

static enum ev_code trouble(struct co_tpm *tpm, struct ev_error *err)
{
	return ev_fail_trouble(err, "tpm", tpm->why);
}

/* Runs the tool and appends the file `out` that it left. */
static enum ev_code run(struct co_tpm *tpm, const char *tool,
			const char *const *args, struct ev_span in,
			struct ev_buffer *out, struct ev_error *err)
{
	struct co_exec_result result;
	bool ok = co_tpm_run(tpm, tool, args, in, LIMIT_MS, &result, tpm->why);

	co_exec_free(&result);
	if (!ok)
		return trouble(tpm, err);
	if (co_workdir_take(&tpm->workdir, "out", ANSWER_MAX, out) &&
	    ev_buffer_ok(out) && out->n > 0)
		return EV_OK;
	snprintf(tpm->why, sizeof(tpm->why),
		 "%s left nothing (is the disk full?)", tool);
	return trouble(tpm, err);
}

static enum ev_code sign(void *state, struct ev_span message,
			 struct ev_buffer *sig, struct ev_error *err)
{
	struct tpm_key *k = state;
	/* Without -d the tool has the TPM hash the file, and hands the ticket
	 * of that on. */
	const char *args[] = { "-c", k->handle, "-g", k->hash, "-s",   "ecdsa",
			       "-f", "plain",	"-o", "./out", "./in", NULL };

	return run(k->tpm, "tpm2_sign", args, message, sig, err);
}

static enum ev_code check_handle(const struct co_tpm *tpm, uint32_t handle,
				 struct ev_error *err)
{
	char found[40];

	if (co_tpm_has_key(tpm, handle))
		return EV_OK;
	snprintf(found, sizeof(found), "none at 0x%08x", handle);
	return ev_fail(err, EV_MISSING, object, "handle", 0,
		       "a key of this TPM (tpm2_getcap handles-persistent "
		       "lists them)",
		       found);
}

static enum ev_code find_hash(struct ev_crypto *crypto, struct ev_span spki,
			      const char **hash, struct ev_error *err)
{
	enum ev_key_kind kind = ev_spki_kind(crypto, spki);

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (hashes[i].kind != kind)
			continue;
		*hash = hashes[i].hash;
		return EV_OK;
	}
	return ev_fail(err, EV_VALUE, object, "algorithm", 0,
		       "ECDSA P-256 or P-384 (archives are not signed by RSA)",
		       kind == EV_KEY_RSA ? "RSA" : "another");
}

enum ev_code co_key_tpm(struct ev_crypto *crypto, struct co_tpm *tpm,
			uint32_t handle, struct co_key **out,
			struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer spki = { 0 };
	struct tpm_key k = { .tpm = tpm }, *kept;
	const char *args[] = {
		"-c", k.handle, "-f", "der", "-o", "./out", NULL
	};
	struct co_signer signer = { .sign = sign, .free = free };

	snprintf(k.handle, sizeof(k.handle), "0x%08x", handle);
	if (check_handle(tpm, handle, err) != EV_OK ||
	    run(tpm, "tpm2_readpublic", args, (struct ev_span){ 0 }, &spki,
		err) != EV_OK ||
	    find_hash(crypto, ev_buffer_span(&spki), &k.hash, err) != EV_OK)
		return err->code;
	kept = malloc(sizeof(*kept));
	if (kept == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	*kept = k;
	signer.state = kept;
	return co_key_of(crypto, ev_buffer_span(&spki), &signer, out, err);
}
