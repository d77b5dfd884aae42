/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures tried with the keys of a policy. */
#include "replay/signers.h"

#include <stdlib.h>

/* False is trouble. */
static bool find_key(struct ev_crypto *crypto,
		     const struct rp_seal_signature *line,
		     const struct ev_span *keys, size_t n_keys, size_t *key)
{
	const struct rp_envelope *e = line->envelope;

	*key = RP_SIGNER_NONE;
	for (size_t i = 0; e->covers_manifest && i < n_keys; i++) {
		enum ev_verified v =
			ev_dsse_verify(crypto, &e->dsse, line->index, keys[i]);

		if (v == EV_VERIFIED_TROUBLE)
			return false;
		if (v == EV_VERIFIED_NO)
			continue;
		*key = i;
		return true;
	}
	return true;
}

/* Equal keys have one index, that of the first. */
static size_t count_distinct(const size_t *key, size_t n_lines, size_t n_keys)
{
	size_t n = 0;

	for (size_t k = 0; k < n_keys; k++) {
		size_t i = 0;

		while (i < n_lines && key[i] != k)
			i++;
		n += i < n_lines;
	}
	return n;
}

bool rp_signers_find(struct ev_crypto *crypto, const struct rp_seal *seal,
		     const struct ev_span *keys, size_t n_keys,
		     struct rp_signers *out)
{
	/* One more than there are, since calloc(0) may give NULL. */
	size_t *key = calloc(seal->n_signatures + 1, sizeof(*key));

	if (key == NULL)
		return false;
	for (size_t i = 0; i < seal->n_signatures; i++) {
		if (find_key(crypto, &seal->signatures[i], keys, n_keys,
			     &key[i]))
			continue;
		free(key);
		return false;
	}
	out->key = key;
	out->n_distinct = count_distinct(key, seal->n_signatures, n_keys);
	return true;
}

void rp_signers_free(struct rp_signers *signers)
{
	free(signers->key);
	*signers = (struct rp_signers){ 0 };
}
