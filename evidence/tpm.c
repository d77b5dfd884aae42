/* SPDX-License-Identifier: Apache-2.0 */
/* TPM 2.0 quotes and their signatures, big-endian. */
#include "evidence/tpm.h"

static const char object[] = "tpm-quote";
static const char signature_object[] = "tpm-signature";

#define GENERATED_VALUE UINT32_C(0xff544347) /* TPM_GENERATED_VALUE */
#define ST_ATTEST_QUOTE 0x8018

/* RSA signatures of 2048 to 4096 bits. */
#define RSA_SIGNATURE_MIN 256
#define RSA_SIGNATURE_MAX 512

/* TPMS_PCR_SELECTION, 10.6.3: octet i holds PCRs 8i to 8i + 7, low bit first;
 * no platform has more than 32 PCRs. */
static bool read_bank(struct ev_reader *r, struct ev_pcr_selection *out)
{
	struct ev_pcr_selection b = { 0 };
	struct ev_span bitmap;
	uint64_t at;
	uint8_t size;

	b.alg = ev_read_u16be(r, "pcrSelect.hash");
	at = ev_reader_offset(r);
	size = ev_read_u8(r, "pcrSelect.sizeofSelect");
	if (ev_reader_ok(r) && (size == 0 || size > EV_TPM_PCRS_MAX / 8))
		ev_fail_u64(r->err, EV_LIMIT, r->object,
			    "pcrSelect.sizeofSelect", at, EV_TPM_PCRS_MAX / 8,
			    size);
	bitmap = ev_read_span(r, size, "pcrSelect.pcrSelect");
	if (!ev_reader_ok(r))
		return false;
	for (size_t i = 0; i < bitmap.n; i++)
		b.pcrs |= (uint32_t)bitmap.p[i] << (8 * i);
	b.n_pcrs = (unsigned int)__builtin_popcount(b.pcrs);
	*out = b;
	return true;
}

static void read_selection(struct ev_reader *r, struct ev_tpm_quote *q)
{
	uint64_t at = ev_reader_offset(r);
	uint32_t n = ev_read_u32be(r, "pcrSelect.count");

	if (ev_reader_ok(r) && n > EV_TPM_BANKS_MAX)
		ev_fail_u64(r->err, EV_LIMIT, r->object, "pcrSelect.count", at,
			    EV_TPM_BANKS_MAX, n);
	if (!ev_reader_ok(r))
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t bank_at = ev_reader_offset(r);

		if (!read_bank(r, &q->bank[i]))
			return;
		for (uint32_t k = 0; k < i; k++)
			if (q->bank[k].alg == q->bank[i].alg)
				ev_fail(r->err, EV_DUPLICATE, r->object,
					"pcrSelect.hash", bank_at,
					"each bank once", "one again");
	}
	q->n_banks = n;
	q->selection_offset = at;
	q->selection_size = (size_t)(ev_reader_offset(r) - at);
}

/* TPMS_CLOCK_INFO, 10.11.1; safe is TPMI_YES_NO. */
static void read_clock(struct ev_reader *r, struct ev_tpm_quote *q)
{
	uint64_t at;
	uint8_t safe;

	q->clock = ev_read_u64be(r, "clock");
	q->reset_count = ev_read_u32be(r, "resetCount");
	q->restart_count = ev_read_u32be(r, "restartCount");
	at = ev_reader_offset(r);
	safe = ev_read_u8(r, "safe");
	if (ev_reader_ok(r) && safe > 1)
		ev_fail_u64(r->err, EV_VALUE, r->object, "safe", at, 1, safe);
	q->safe = safe == 1;
}

static bool read_kind(struct ev_reader *r)
{
	uint64_t at = ev_reader_offset(r);
	uint32_t magic = ev_read_u32be(r, "magic");
	uint16_t type;

	if (ev_reader_ok(r) && magic != GENERATED_VALUE)
		ev_fail_u64(r->err, EV_VALUE, r->object, "magic", at,
			    GENERATED_VALUE, magic);
	type = ev_read_u16be(r, "type");
	if (ev_reader_ok(r) && type != ST_ATTEST_QUOTE)
		ev_fail_u64(r->err, EV_VALUE, r->object, "type", at + 4,
			    ST_ATTEST_QUOTE, type);
	return ev_reader_ok(r);
}

static bool is_magic(uint16_t high, uint16_t low)
{
	return ((uint32_t)high << 16 | low) == GENERATED_VALUE;
}

/* Offset of TPMS_ATTEST: behind the size where the item is a TPM2B_ATTEST,
 * which the magic number tells, else that the size fits. */
static size_t attest_offset(struct ev_span item)
{
	struct ev_error ignored = { 0 };
	struct ev_reader r = ev_reader_init(item, 0, object, &ignored);
	uint16_t size = ev_read_u16be(&r, "size");
	size_t rest = r.left.n;
	uint16_t low = ev_read_u16be(&r, "magic");
	uint16_t next = ev_read_u16be(&r, "magic");

	if (!ev_reader_ok(&r) || is_magic(size, low))
		return 0;
	return is_magic(low, next) || size == rest ? 2 : 0;
}

enum ev_code ev_tpm_quote_parse(struct ev_span item, struct ev_tpm_quote *out,
				struct ev_error *err)
{
	struct ev_tpm_quote q = { .item = item };
	struct ev_reader r = ev_reader_init(item, 0, object, err);

	q.attest = item;
	if (attest_offset(item) > 0) {
		q.attest = ev_read_tpm2b(&r, "attest");
		if (ev_reader_finish(&r) != EV_OK)
			return err->code;
		r = ev_reader_init(q.attest, 2, object, err);
	}
	if (!read_kind(&r))
		return err->code;
	q.qualified_signer = ev_read_tpm2b(&r, "qualifiedSigner");
	q.extra_data = ev_read_tpm2b(&r, "extraData");
	read_clock(&r, &q);
	q.firmware_version = ev_read_u64be(&r, "firmwareVersion");
	read_selection(&r, &q);
	q.pcr_digest = ev_read_tpm2b(&r, "pcrDigest");
	if (ev_reader_finish(&r) != EV_OK)
		return err->code;
	*out = q;
	return EV_OK;
}

/* Part of values that is a register's; empty: values end before it. */
static struct ev_span register_of(const struct ev_pcr_selection *bank,
				  size_t size, size_t at, unsigned int pcr,
				  struct ev_span values)
{
	uint32_t below = bank->pcrs & ((UINT32_C(1) << pcr) - 1);

	at += size * (size_t)__builtin_popcount(below);
	if (at > values.n || values.n - at < size)
		return (struct ev_span){ NULL, 0 };
	return ev_span_sub(values, at, size);
}

/* Bytes of all that the quote selects, up to a bank that is not known. */
static size_t all_values(const struct ev_tpm_quote *q)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n_banks; i++) {
		enum ev_digest_alg digest;

		if (!ev_tpm_digest_alg(q->bank[i].alg, &digest))
			return 0;
		n += ev_digest_size(digest) * q->bank[i].n_pcrs;
	}
	return n;
}

bool ev_tpm_quoted(const struct ev_tpm_quote *q, struct ev_span values,
		   uint16_t alg, unsigned int pcr, struct ev_span *value)
{
	bool known = true;
	size_t at = 0;

	/* Values of another selection are no values of this quote. */
	if (all_values(q) != values.n)
		values = (struct ev_span){ NULL, 0 };
	for (size_t i = 0; i < q->n_banks && pcr < EV_TPM_PCRS_MAX; i++) {
		const struct ev_pcr_selection *bank = &q->bank[i];
		enum ev_digest_alg digest = EV_SHA1;
		size_t size;

		known = known && ev_tpm_digest_alg(bank->alg, &digest);
		size = ev_digest_size(digest);
		if (bank->alg == alg && (bank->pcrs >> pcr & 1) != 0) {
			*value =
				known ? register_of(bank, size, at, pcr, values)
				      : (struct ev_span){ NULL, 0 };
			return true;
		}
		at += size * bank->n_pcrs;
	}
	return false;
}

/* What follows the hash of a TPMT_SIGNATURE, 11.3.4. */
enum form { FORM_RSA, FORM_ECC, FORM_HMAC };

static const struct scheme {
	uint16_t alg;
	enum form form;
	bool ours; /* is verified here, so that its hash must be ours too */
} schemes[] = {
	{ EV_TPM_ALG_RSASSA, FORM_RSA, true },
	{ EV_TPM_ALG_RSAPSS, FORM_RSA, true },
	{ EV_TPM_ALG_ECDSA, FORM_ECC, true },
	{ EV_TPM_ALG_ECDAA, FORM_ECC, false },
	{ EV_TPM_ALG_SM2, FORM_ECC, false },
	{ EV_TPM_ALG_ECSCHNORR, FORM_ECC, false },
	{ EV_TPM_ALG_HMAC, FORM_HMAC, false },
};

static const struct scheme *scheme_of(uint16_t alg)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (schemes[i].alg == alg)
			return &schemes[i];
	return NULL;
}

/* size bytes of an HMAC; 0 where the hash is not ours. */
static void read_value(struct ev_reader *r, enum form form, size_t size,
		       struct ev_tpm_signature *out)
{
	switch (form) {
	case FORM_RSA:
		out->rsa = ev_read_tpm2b(r, "sig");
		break;
	case FORM_ECC:
		out->r = ev_read_tpm2b(r, "signatureR");
		out->s = ev_read_tpm2b(r, "signatureS");
		break;
	case FORM_HMAC:
		out->hmac = ev_read_span(r, size, "digest");
		break;
	}
}

static enum ev_code parse_tpmt_signature(struct ev_span item,
					 struct ev_tpm_signature *out,
					 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(item, 0, signature_object, err);
	struct ev_tpm_signature s = { 0 };
	const struct scheme *scheme;
	enum ev_digest_alg alg;
	size_t size = 0;

	s.scheme = ev_read_u16be(&r, "sigAlg");
	s.hash = ev_read_u16be(&r, "hash");
	if (!ev_reader_ok(&r))
		return err->code;
	scheme = scheme_of(s.scheme);
	if (scheme == NULL)
		return ev_fail_u64(err, EV_VALUE, signature_object, "sigAlg", 0,
				   EV_TPM_ALG_RSASSA, s.scheme);
	if (ev_tpm_common_digest_alg(s.hash, &alg))
		size = ev_digest_size(alg);
	else if (scheme->form != FORM_ECC || scheme->ours)
		return ev_fail_u64(err, EV_VALUE, signature_object, "hash", 2,
				   EV_TPM_ALG_SHA256, s.hash);
	read_value(&r, scheme->form, size, &s);
	if (ev_reader_finish(&r) != EV_OK)
		return err->code;
	*out = s;
	return EV_OK;
}

enum ev_code ev_tpm_signature_parse(struct ev_span item,
				    bool bare_rsassa_sha256,
				    struct ev_tpm_signature *out,
				    struct ev_error *err)
{
	struct ev_error why = { 0 };

	if (!bare_rsassa_sha256 &&
	    parse_tpmt_signature(item, out, &why) == EV_OK)
		return EV_OK;
	if (item.n >= RSA_SIGNATURE_MIN && item.n <= RSA_SIGNATURE_MAX) {
		*out = (struct ev_tpm_signature){
			.scheme = EV_TPM_ALG_RSASSA,
			.hash = EV_TPM_ALG_SHA256,
			.rsa = item,
		};
		return EV_OK;
	}
	if (bare_rsassa_sha256)
		return ev_fail_u64(err, EV_VALUE, signature_object, "size", 0,
				   RSA_SIGNATURE_MIN, item.n);
	if (err->code == EV_OK)
		*err = why;
	return err->code;
}

bool ev_tpm_signature_is_ours(const struct ev_tpm_signature *signature)
{
	const struct scheme *scheme = scheme_of(signature->scheme);

	return scheme != NULL && scheme->ours;
}

enum ev_verified
ev_tpm_signature_verify(struct ev_crypto *crypto,
			const struct ev_tpm_signature *signature,
			const struct ev_public_key *key, struct ev_span attest)
{
	enum ev_digest_alg alg;

	if (!ev_tpm_common_digest_alg(signature->hash, &alg))
		return EV_VERIFIED_NO;
	if (signature->scheme == EV_TPM_ALG_ECDSA)
		return ev_ecdsa_verify(crypto, key, alg, attest, signature->r,
				       signature->s);
	if (signature->rsa.n == 0)
		return EV_VERIFIED_NO;
	return ev_rsa_verify(crypto, key->modulus,
			     ev_span_of(key->exponent, key->exponent_size),
			     signature->scheme == EV_TPM_ALG_RSAPSS
				     ? EV_RSASSA_PSS
				     : EV_RSASSA_PKCS1,
			     alg, attest, signature->rsa);
}
