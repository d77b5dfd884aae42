/* SPDX-License-Identifier: Apache-2.0 */
/* Public areas of TPM keys, and the keys in them. */
#include "evidence/tpm.h"

static const char object[] = "tpm-public";

#define RSA_EXPONENT_DEFAULT 65537
#define RSA_BITS_MIN	     1024
#define RSA_BITS_MAX	     4096
#define ECC_COORDINATE_MAX   66 /* P-521 */

static void refuse(struct ev_reader *r, const char *field, uint64_t at,
		   uint64_t want, uint64_t found)
{
	if (ev_reader_ok(r))
		ev_fail_u64(r->err, EV_VALUE, r->object, field, at, want,
			    found);
}

/* TPMT_SYM_DEF_OBJECT, 11.1.7. */
static void read_symmetric(struct ev_reader *r)
{
	uint64_t at = ev_reader_offset(r);
	uint16_t alg = ev_read_u16be(r, "symmetric");

	if (alg == EV_TPM_ALG_NULL)
		return;
	if (alg != EV_TPM_ALG_AES && alg != EV_TPM_ALG_SM4 &&
	    alg != EV_TPM_ALG_CAMELLIA) {
		refuse(r, "symmetric", at, EV_TPM_ALG_NULL, alg);
		return;
	}
	ev_read_u16be(r, "symmetric.keyBits");
	ev_read_u16be(r, "symmetric.mode");
}

/* TPMT_RSA_SCHEME and TPMT_ECC_SCHEME, 11.2.4.2 and 11.2.5.6. */
static void read_scheme(struct ev_reader *r, struct ev_tpm_public *p)
{
	uint64_t at = ev_reader_offset(r);
	uint16_t alg = ev_read_u16be(r, "scheme");

	p->scheme = alg;
	p->scheme_hash = EV_TPM_ALG_NULL;
	switch (alg) {
	case EV_TPM_ALG_NULL:
	case EV_TPM_ALG_RSAES:
		return;
	case EV_TPM_ALG_ECDAA:
		p->scheme_hash = ev_read_u16be(r, "scheme.hash");
		ev_read_u16be(r, "scheme.count");
		return;
	case EV_TPM_ALG_RSASSA:
	case EV_TPM_ALG_RSAPSS:
	case EV_TPM_ALG_ECDSA:
	case EV_TPM_ALG_OAEP:
	case EV_TPM_ALG_ECDH:
	case EV_TPM_ALG_SM2:
	case EV_TPM_ALG_ECSCHNORR:
		p->scheme_hash = ev_read_u16be(r, "scheme.hash");
		return;
	default:
		refuse(r, "scheme", at, EV_TPM_ALG_RSASSA, alg);
	}
}

/* TPMS_RSA_PARMS, 12.2.3.5, and the modulus, which is as long as it says. */
static void read_rsa(struct ev_reader *r, struct ev_tpm_public *p)
{
	uint64_t at;
	uint16_t bits;

	read_symmetric(r);
	read_scheme(r, p);
	at = ev_reader_offset(r);
	bits = ev_read_u16be(r, "keyBits");
	if (bits % 8 != 0 || bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		refuse(r, "keyBits", at, 2048, bits);
	p->exponent = ev_read_u32be(r, "exponent");
	if (p->exponent == 0)
		p->exponent = RSA_EXPONENT_DEFAULT;
	at = ev_reader_offset(r);
	p->modulus = ev_read_tpm2b(r, "unique");
	if (p->modulus.n * 8 != bits)
		refuse(r, "unique", at, bits / 8, p->modulus.n);
}

/* TPMS_ECC_PARMS, 12.2.3.6, and the point. */
static void read_ecc(struct ev_reader *r, struct ev_tpm_public *p)
{
	uint64_t at;

	read_symmetric(r);
	read_scheme(r, p);
	p->curve = ev_read_u16be(r, "curveID");
	if (ev_read_u16be(r, "kdf") != EV_TPM_ALG_NULL)
		ev_read_u16be(r, "kdf.hash");
	at = ev_reader_offset(r);
	p->x = ev_read_tpm2b(r, "unique.x");
	p->y = ev_read_tpm2b(r, "unique.y");
	if (p->x.n > ECC_COORDINATE_MAX || p->y.n > ECC_COORDINATE_MAX)
		refuse(r, "unique", at, ECC_COORDINATE_MAX,
		       p->x.n > p->y.n ? p->x.n : p->y.n);
}

/* The area inside a TPM2B_PUBLIC: its size, unlike a TPMT_PUBLIC's type, is
 * neither 1 nor 35. */
static bool is_sized(struct ev_span item)
{
	struct ev_error ignored = { 0 };
	struct ev_reader r = ev_reader_init(item, 0, object, &ignored);
	uint16_t first = ev_read_u16be(&r, "type");

	return first != EV_TPM_ALG_RSA && first != EV_TPM_ALG_ECC;
}

enum ev_code ev_tpm_public_parse(struct ev_span item, struct ev_tpm_public *out,
				 struct ev_error *err)
{
	struct ev_tpm_public p = { .area = item };
	struct ev_reader r = ev_reader_init(item, 0, object, err);
	uint64_t at = 0;

	if (is_sized(item)) {
		p.area = ev_read_tpm2b(&r, "size");
		if (ev_reader_finish(&r) != EV_OK)
			return err->code;
		at = 2;
		r = ev_reader_init(p.area, at, object, err);
	}
	p.type = ev_read_u16be(&r, "type");
	p.name_alg = ev_read_u16be(&r, "nameAlg");
	p.attributes = ev_read_u32be(&r, "objectAttributes");
	ev_read_tpm2b(&r, "authPolicy");
	if (p.type == EV_TPM_ALG_RSA)
		read_rsa(&r, &p);
	else if (p.type == EV_TPM_ALG_ECC)
		read_ecc(&r, &p);
	else
		refuse(&r, "type", at, EV_TPM_ALG_RSA, p.type);
	if (ev_reader_finish(&r) != EV_OK)
		return err->code;
	*out = p;
	return EV_OK;
}

struct ev_public_key ev_tpm_public_key(const struct ev_tpm_public *p)
{
	uint8_t exponent[4];
	size_t n = 0;

	if (p->type == EV_TPM_ALG_ECC)
		return ev_public_key_ec(ev_curve_of_tpm(p->curve), p->x, p->y);
	for (unsigned int shift = 32; shift > 0;) {
		uint8_t byte = (uint8_t)(p->exponent >> (shift -= 8));

		if (byte != 0 || n > 0)
			exponent[n++] = byte;
	}
	return ev_public_key_rsa(p->modulus, ev_span_of(exponent, n));
}
