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

static const struct {
	enum ev_tpm_alg alg;
	enum ev_digest_alg digest;
} digests[] = {
	{ EV_TPM_ALG_SHA1, EV_SHA1 },
	{ EV_TPM_ALG_SHA256, EV_SHA256 },
	{ EV_TPM_ALG_SHA384, EV_SHA384 },
	{ EV_TPM_ALG_SHA512, EV_SHA512 },
	{ EV_TPM_ALG_SM3_256, EV_SM3_256 },
	{ EV_TPM_ALG_SHA3_256, EV_SHA3_256 },
	{ EV_TPM_ALG_SHA3_384, EV_SHA3_384 },
	{ EV_TPM_ALG_SHA3_512, EV_SHA3_512 },
};

bool ev_tpm_digest_alg(uint16_t alg, enum ev_digest_alg *out)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		if (digests[i].alg != alg)
			continue;
		*out = digests[i].digest;
		return true;
	}
	return false;
}

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
	if (ev_reader_ok(r) && size > EV_TPM_PCRS_MAX / 8)
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
		if (!read_bank(r, &q->bank[i]))
			return;
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

/* Offset of TPMS_ATTEST: behind the size where the item is a TPM2B_ATTEST,
 * which the magic number in front tells. */
static size_t attest_offset(struct ev_span item)
{
	struct ev_error ignored = { 0 };
	struct ev_reader r = ev_reader_init(item, 0, object, &ignored);
	bool bare = ev_read_u32be(&r, "magic") == GENERATED_VALUE;

	return bare || item.n < 2 ? 0 : 2;
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

bool ev_tpm_quoted(const struct ev_tpm_quote *q, struct ev_span values,
		   uint16_t alg, unsigned int pcr, struct ev_span *value)
{
	bool known = true;
	size_t at = 0;

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

/* Digests of banks alone are none of the signatures that can be verified. */
static enum ev_code check_hash(struct ev_reader *r, uint16_t hash)
{
	enum ev_digest_alg alg;

	if (ev_reader_ok(r) &&
	    (!ev_tpm_digest_alg(hash, &alg) || alg > EV_SHA512))
		ev_fail_u64(r->err, EV_VALUE, r->object, "hash", 2,
			    EV_TPM_ALG_SHA256, hash);
	return r->err->code;
}

static enum ev_code parse_tpmt_signature(struct ev_span item,
					 struct ev_tpm_signature *out,
					 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(item, 0, signature_object, err);
	struct ev_tpm_signature s = { 0 };

	s.scheme = ev_read_u16be(&r, "sigAlg");
	s.hash = ev_read_u16be(&r, "hash");
	if (ev_reader_ok(&r) && s.scheme != EV_TPM_ALG_RSASSA &&
	    s.scheme != EV_TPM_ALG_RSAPSS && s.scheme != EV_TPM_ALG_ECDSA)
		return ev_fail_u64(err, EV_VALUE, signature_object, "sigAlg", 0,
				   EV_TPM_ALG_RSASSA, s.scheme);
	if (check_hash(&r, s.hash) != EV_OK)
		return err->code;
	if (s.scheme == EV_TPM_ALG_ECDSA) {
		s.r = ev_read_tpm2b(&r, "signatureR");
		s.s = ev_read_tpm2b(&r, "signatureS");
	} else {
		s.rsa = ev_read_tpm2b(&r, "sig");
	}
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
