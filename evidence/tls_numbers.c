/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of TLS 1.3's numbers. */
#include "evidence/tls_numbers.h"

#include <stddef.h>

struct row {
	uint16_t number;
	const char *name;
	enum ev_digest_alg hash; /* of a cipher suite */
};

static const struct row ciphers[] = {
	{ 0x1301, "TLS_AES_128_GCM_SHA256", EV_SHA256 },
	{ 0x1302, "TLS_AES_256_GCM_SHA384", EV_SHA384 },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256", EV_SHA256 },
	{ 0x1304, "TLS_AES_128_CCM_SHA256", EV_SHA256 },
	{ 0x1305, "TLS_AES_128_CCM_8_SHA256", EV_SHA256 },
	{ 0, NULL },
};
static const struct row groups[] = {
	{ 0x0017, "secp256r1" }, { 0x0018, "secp384r1" },
	{ 0x0019, "secp521r1" }, { 0x001d, "x25519" },
	{ 0x001e, "x448" },	 { 0, NULL },
};
static const struct row schemes[] = {
	{ 0x0403, "ecdsa_secp256r1_sha256" },
	{ 0x0503, "ecdsa_secp384r1_sha384" },
	{ 0x0603, "ecdsa_secp521r1_sha512" },
	{ 0x0804, "rsa_pss_rsae_sha256" },
	{ 0x0805, "rsa_pss_rsae_sha384" },
	{ 0x0806, "rsa_pss_rsae_sha512" },
	{ 0x0807, "ed25519" },
	{ 0, NULL },
};

static const struct row *find(const struct row *rows, uint16_t number)
{
	while (rows->name != NULL && rows->number != number)
		rows++;
	return rows->name != NULL ? rows : NULL;
}

static const char *name_of(const struct row *rows, uint16_t number)
{
	const struct row *row = find(rows, number);

	return row != NULL ? row->name : "unknown";
}

bool ev_tls_cipher_hash(uint16_t cipher, enum ev_digest_alg *out)
{
	const struct row *row = find(ciphers, cipher);

	if (row != NULL)
		*out = row->hash;
	return row != NULL;
}

const char *ev_tls_cipher_name(uint16_t cipher)
{
	return name_of(ciphers, cipher);
}

const char *ev_tls_group_name(uint16_t group)
{
	return name_of(groups, group);
}

const char *ev_tls_scheme_name(uint16_t scheme)
{
	return name_of(schemes, scheme);
}
