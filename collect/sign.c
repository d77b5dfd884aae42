/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that sign archives, and their signatures. */
#include "collect/sign.h"

#include "evidence/base/json_write.h"
#include "evidence/dsse.h"
#include "evidence/limits.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

static const char object[] = "key";

struct algorithm {
	const char *name;
	enum ev_key_kind kind;
	const char *type;  /* as libcrypto names it */
	const char *group; /* of an EC key */
	const char *digest;
};

static const struct algorithm algorithms[] = {
	{ "ed25519", EV_KEY_ED25519, "ED25519", NULL, NULL },
	{ "p256", EV_KEY_P256, "EC", "prime256v1", "SHA256" },
	{ "p384", EV_KEY_P384, "EC", "secp384r1", "SHA384" },
};
static const size_t n_algorithms = sizeof(algorithms) / sizeof(*algorithms);
static const char wanted[] = "Ed25519, P-256 or P-384";

static const struct algorithm *algorithm_of(enum ev_key_kind kind)
{
	for (size_t i = 0; i < n_algorithms; i++)
		if (algorithms[i].kind == kind)
			return &algorithms[i];
	return NULL;
}

struct co_key {
	struct ev_crypto *crypto; /* borrowed */
	EVP_PKEY *pkey;		  /* NULL where the secret half is elsewhere */
	struct co_signer signer;
	const struct algorithm *algorithm;
	uint8_t *spki;
	size_t spki_size;
	char id[65];
};

static enum ev_code trouble(struct ev_error *err, const char *what)
{
	ERR_clear_error();
	return ev_fail_trouble(err, object, what);
}

/* --- reading a key --- */

/* An encrypted key is refused, never asked about. */
static int no_password(char *buffer, int size, int writing, void *data)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)data;
	return -1;
}

static bool contains(struct ev_span text, const char *part)
{
	return text.p != NULL &&
	       memmem(text.p, text.n, part, strlen(part)) != NULL;
}

static enum ev_code refuse_pem(struct ev_span pem, struct ev_error *err)
{
	const char *found = "other text";

	ERR_clear_error();
	if (contains(pem, "ENCRYPTED"))
		found = "an encrypted key; decrypt it first (openssl pkey)";
	else if (contains(pem, "BEGIN OPENSSH PRIVATE KEY"))
		found = "a key in OpenSSH's own format";
	else if (contains(pem, "BEGIN PUBLIC KEY"))
		found = "a public key; the private one signs";
	else if (contains(pem, "BEGIN CERTIFICATE"))
		found = "a certificate; the private key signs";
	return ev_fail(err, EV_SYNTAX, object, "PEM", 0,
		       "a private key (BEGIN PRIVATE KEY)", found);
}

/* group: the key's curve, as text, empty where it has none. */
static const struct algorithm *find_algorithm(const EVP_PKEY *pkey,
					      char group[40])
{
	if (EVP_PKEY_get_group_name(pkey, group, 40, NULL) != 1)
		group[0] = 0;
	for (size_t i = 0; i < n_algorithms; i++) {
		const struct algorithm *a = &algorithms[i];

		if (EVP_PKEY_is_a(pkey, a->type) == 1 &&
		    (a->group == NULL || strcmp(a->group, group) == 0))
			return a;
	}
	return NULL;
}

static enum ev_code read_pkey(struct co_key *key, struct ev_span pem,
			      struct ev_error *err)
{
	char found[EV_TEXT_MAX], group[40] = "";
	BIO *bio;

	if (pem.n > EV_SIG_FILE_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   EV_SIG_FILE_MAX, pem.n);
	bio = BIO_new_mem_buf(pem.n > 0 ? (const void *)pem.p : "", (int)pem.n);
	if (bio == NULL)
		return trouble(err, "out of memory");
	key->pkey =
		PEM_read_bio_PrivateKey_ex(bio, NULL, no_password, NULL,
					   ev_crypto_libctx(key->crypto), NULL);
	BIO_free(bio);
	if (key->pkey == NULL)
		return refuse_pem(pem, err);
	key->algorithm = find_algorithm(key->pkey, group);
	if (key->algorithm != NULL)
		return EV_OK;
	snprintf(found, sizeof(found), "%s%s%s",
		 EVP_PKEY_get0_type_name(key->pkey), group[0] != 0 ? " " : "",
		 group);
	return ev_fail(err, EV_VALUE, object, "algorithm", 0, wanted, found);
}

static enum ev_code set_public(struct co_key *key, struct ev_span spki,
			       struct ev_error *err)
{
	key->spki = malloc(spki.n);
	key->spki_size = spki.n;
	if (key->spki == NULL)
		return trouble(err, "out of memory");
	memcpy(key->spki, spki.p, spki.n);
	if (!ev_key_id(key->crypto, spki, key->id))
		return trouble(err, "libcrypto");
	return EV_OK;
}

static enum ev_code read_public(struct co_key *key, struct ev_error *err)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key->pkey, &der);

	if (n <= 0)
		return trouble(err, "cannot encode the public key");
	set_public(key, ev_span_of(der, (size_t)n), err);
	OPENSSL_free(der);
	if (err->code != EV_OK)
		return err->code;
	/* A curve spelled out in parameters is no curve that readers take. */
	if (ev_spki_kind(key->crypto, co_key_spki(key)) == key->algorithm->kind)
		return EV_OK;
	return ev_fail(err, EV_VALUE, object, "algorithm", 0,
		       "a named curve and a point on it", "another");
}

static enum ev_code sign_here(void *state, struct ev_span message,
			      struct ev_buffer *sig, struct ev_error *err)
{
	const struct co_key *key = state;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t bytes[256];
	size_t n = sizeof(bytes);
	bool ok = ctx != NULL &&
		  EVP_DigestSignInit_ex(ctx, NULL, key->algorithm->digest,
					ev_crypto_libctx(key->crypto), NULL,
					key->pkey, NULL) == 1 &&
		  EVP_DigestSign(ctx, bytes, &n, message.p, message.n) == 1;

	EVP_MD_CTX_free(ctx);
	if (!ok)
		return trouble(err, "cannot sign");
	ev_buffer_add(sig, ev_span_of(bytes, n));
	return EV_OK;
}

enum ev_code co_key_read(struct ev_crypto *crypto, struct ev_span pem,
			 struct co_key **out, struct ev_error *err)
{
	struct co_key *key = calloc(1, sizeof(*key));

	if (key == NULL)
		return trouble(err, "out of memory");
	key->crypto = crypto;
	key->signer = (struct co_signer){ .sign = sign_here, .state = key };
	if (read_pkey(key, pem, err) == EV_OK && read_public(key, err) == EV_OK)
		*out = key;
	else
		co_key_free(key);
	return err->code;
}

enum ev_code co_key_of(struct ev_crypto *crypto, struct ev_span spki,
		       const struct co_signer *signer, struct co_key **out,
		       struct ev_error *err)
{
	struct co_key *key = calloc(1, sizeof(*key));
	enum ev_key_kind kind;

	if (key == NULL) {
		signer->free(signer->state);
		return trouble(err, "out of memory");
	}
	key->crypto = crypto;
	key->signer = *signer;
	kind = ev_spki_kind(crypto, spki);
	key->algorithm = algorithm_of(kind);
	if (key->algorithm == NULL)
		ev_fail(err, EV_VALUE, object, "algorithm", 0, wanted,
			kind == EV_KEY_RSA ? "RSA" : "another");
	else
		set_public(key, spki, err);
	if (err->code == EV_OK)
		*out = key;
	else
		co_key_free(key);
	return err->code;
}

void co_key_free(struct co_key *key)
{
	if (key == NULL)
		return;
	if (key->signer.free != NULL)
		key->signer.free(key->signer.state);
	EVP_PKEY_free(key->pkey);
	free(key->spki);
	free(key);
}

struct ev_span co_key_spki(const struct co_key *key)
{
	return ev_span_of(key->spki, key->spki_size);
}

const char *co_key_id(const struct co_key *key)
{
	return key->id;
}

const char *co_key_algorithm(const struct co_key *key)
{
	return key->algorithm->name;
}

/* --- a new key --- */

enum ev_key_kind co_key_kind_find(const char *algorithm)
{
	for (size_t i = 0; i < n_algorithms; i++)
		if (strcmp(algorithms[i].name, algorithm) == 0)
			return algorithms[i].kind;
	return EV_KEY_UNKNOWN;
}

static EVP_PKEY *generate(struct ev_crypto *crypto, enum ev_key_kind kind)
{
	OSSL_LIB_CTX *ctx = ev_crypto_libctx(crypto);
	const struct algorithm *a = algorithm_of(kind);

	if (a == NULL)
		return NULL;
	if (a->group == NULL)
		return EVP_PKEY_Q_keygen(ctx, NULL, a->type);
	return EVP_PKEY_Q_keygen(ctx, NULL, a->type, a->group);
}

static bool add_bio(BIO *bio, struct ev_buffer *out)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);

	if (n <= 0)
		return false;
	ev_buffer_add(out, ev_span_of(p, (size_t)n));
	return ev_buffer_ok(out);
}

static bool add_pem(const EVP_PKEY *pkey, struct ev_buffer *secret,
		    struct ev_buffer *public)
{
	BIO *s = BIO_new(BIO_s_secmem()), *p = BIO_new(BIO_s_mem());
	bool ok = s != NULL && p != NULL &&
		  PEM_write_bio_PKCS8PrivateKey(s, pkey, NULL, NULL, 0, NULL,
						NULL) == 1 &&
		  PEM_write_bio_PUBKEY(p, pkey) == 1 && add_bio(s, secret) &&
		  add_bio(p, public);

	BIO_free(s);
	BIO_free(p);
	return ok;
}

enum ev_code co_key_generate(struct ev_crypto *crypto, enum ev_key_kind kind,
			     struct ev_buffer *secret, struct ev_buffer *public,
			     struct ev_error *err)
{
	EVP_PKEY *pkey = generate(crypto, kind);
	bool ok = pkey != NULL && add_pem(pkey, secret, public);

	EVP_PKEY_free(pkey);
	return ok ? EV_OK : trouble(err, "cannot generate a key");
}

void co_buffer_wipe(struct ev_buffer *b)
{
	if (b->p != NULL)
		OPENSSL_cleanse(b->p, b->n);
	ev_buffer_free(b);
}

/* --- signing --- */

/* A signature that does not verify never leaves. */
static enum ev_code check_own(const struct co_key *key, struct ev_span message,
			      struct ev_span sig, struct ev_error *err)
{
	if (ev_spki_verify(key->crypto, co_key_spki(key), message, sig) !=
	    EV_VERIFIED_YES)
		return trouble(err, "the new signature does not verify");
	return EV_OK;
}

enum ev_code co_sign(const struct co_key *key, struct ev_span message,
		     struct ev_buffer *sig, struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer made = { 0 };

	if (key->signer.sign(key->signer.state, message, &made, err) != EV_OK)
		return err->code;
	if (!ev_buffer_ok(&made))
		return trouble(err, "out of memory");
	if (check_own(key, message, ev_buffer_span(&made), err) != EV_OK)
		return err->code;
	ev_buffer_add(sig, ev_buffer_span(&made));
	return ev_buffer_ok(sig) ? EV_OK : trouble(err, "out of memory");
}

static enum ev_code write_envelope(const struct co_key *key,
				   struct ev_span statement, struct ev_span sig,
				   struct ev_buffer *out, struct ev_error *err)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	ev_auto_free char *text = NULL;
	size_t n = 0;

	if (w == NULL)
		return trouble(err, "out of memory");
	ev_write_object(w, NULL);
	ev_write_base64(w, "payload", statement);
	ev_write_str(w, "payloadType", EV_DSSE_TYPE);
	ev_write_array(w, "signatures");
	ev_write_object(w, NULL);
	ev_write_str(w, "keyid", key->id);
	ev_write_base64(w, "sig", sig);
	ev_write_end(w);
	ev_write_end(w);
	ev_write_end(w);
	text = ev_writer_finish(w, &n);
	if (text == NULL)
		return trouble(err, "out of memory");
	if (n > EV_DSSE_MAX)
		return ev_fail_u64(err, EV_LIMIT, "dsse", "size", 0,
				   EV_DSSE_MAX, n);
	ev_buffer_add(out, ev_span_of(text, n));
	return ev_buffer_ok(out) ? EV_OK : trouble(err, "out of memory");
}

enum ev_code co_sign_statement(const struct co_key *key,
			       struct ev_span statement,
			       struct ev_buffer *envelope, struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer pae = { 0 };
	ev_auto_buffer struct ev_buffer sig = { 0 };

	ev_dsse_pae(ev_span_str(EV_DSSE_TYPE), statement, &pae);
	if (!ev_buffer_ok(&pae))
		return trouble(err, "out of memory");
	if (co_sign(key, ev_buffer_span(&pae), &sig, err) == EV_OK)
		write_envelope(key, statement, ev_buffer_span(&sig), envelope,
			       err);
	return err->code;
}

enum ev_code co_sign_manifest(const struct co_key *key, struct ev_span manifest,
			      struct ev_buffer *envelope,
			      char name[EV_PATH_TEXT], struct ev_error *err)
{
	if (co_sign_statement(key, manifest, envelope, err) == EV_OK)
		snprintf(name, EV_PATH_TEXT, "sig/%.16s.dsse.json", key->id);
	return err->code;
}
