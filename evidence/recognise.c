/* SPDX-License-Identifier: Apache-2.0 */
/* Telling binary and JSON evidence apart by content. */
#include "evidence/recognise.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"
#include "evidence/base/reader.h"
#include "evidence/limits.h"
#include "evidence/quote.h"
#include "evidence/roundtrip.h"
#include "evidence/snp_report.h"
#include "evidence/tpm.h"

/* Quotes: version, attestation key type, TEE type, Intel's vendor id. */
static bool is_quote(struct ev_span item, uint32_t tee)
{
	static const uint8_t vendor[16] = {
		0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9,
		0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07,
	};
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(item, 0, "quote", &err);
	uint16_t version = ev_read_u16le(&r, "version");
	uint16_t key_type = ev_read_u16le(&r, "att_key_type");
	uint32_t found = ev_read_u32le(&r, "tee_type");
	struct ev_span id;

	ev_read_u32le(&r, "svns");
	id = ev_read_span(&r, sizeof(vendor), "qe_vendor_id");
	/* Key type 3, ECDSA P-384, is defined and known by name only. */
	return ev_reader_ok(&r) && version >= 3 && version <= 5 &&
	       (key_type == 2 || key_type == 3) && found == tee &&
	       ev_span_eq(id, EV_SPAN(vendor));
}

bool ev_is_tdx_quote(struct ev_span item)
{
	return is_quote(item, EV_TEE_TDX);
}

bool ev_is_sgx_quote(struct ev_span item)
{
	return is_quote(item, EV_TEE_SGX);
}

/* The size, and what begins the report: no version of it has another. */
bool ev_is_snp_report(struct ev_span item)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(item, 0, "snp-report", &err);
	uint32_t version = ev_read_u32le(&r, "version"), algo;

	ev_read_span(&r, 48, "guest");
	algo = ev_read_u32le(&r, "signature_algo");
	return item.n == EV_SNP_REPORT_SIZE && version >= 2 && version <= 16 &&
	       algo == 1;
}

bool ev_is_hcl_report(struct ev_span item)
{
	return item.n >= 4 && memcmp(item.p, "HCLA", 4) == 0;
}

/* TPM structures */

/* TPM_GENERATED_VALUE and TPM_ST_ATTEST_QUOTE. */
static bool is_attest(struct ev_span item)
{
	static const uint8_t head[6] = { 0xff, 0x54, 0x43, 0x47, 0x80, 0x18 };

	return item.n >= sizeof(head) &&
	       memcmp(item.p, head, sizeof(head)) == 0;
}

bool ev_is_tpm_quote(struct ev_span item)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(item, 0, "tpm", &err);

	if (is_attest(item))
		return true;
	item = ev_read_tpm2b(&r, "attest");
	return ev_reader_finish(&r) == EV_OK && is_attest(item);
}

/* A bare RSA signature looks like any other 256 bytes: by KIND=PATH only. */
bool ev_is_tpm_signature(struct ev_span item)
{
	struct ev_error err = { 0 };
	struct ev_tpm_signature s;

	if (ev_tpm_signature_parse(item, false, &s, &err) != EV_OK)
		return false;
	if (s.scheme == EV_TPM_ALG_ECDSA)
		return s.r.n > 0 && s.r.n <= 66 && s.s.n > 0 && s.s.n <= 66;
	return s.rsa.n < item.n && s.rsa.n % 128 == 0 && s.rsa.n >= 256 &&
	       s.rsa.n <= 512;
}

bool ev_is_tpm_public(struct ev_span item)
{
	struct ev_error err = { 0 };
	struct ev_tpm_public p;

	return ev_tpm_public_parse(item, &p, &err) == EV_OK;
}

bool ev_is_tpm_pcrs_serialized(struct ev_span item)
{
	struct ev_pcr_selection bank[EV_TPM_BANKS_MAX];
	ev_auto_free uint8_t *values = NULL;
	struct ev_error err = { 0 };
	size_t n_banks, n_values;

	return ev_tpm_pcrs_serialized_parse(item, bank, &n_banks, &values,
					    &n_values, &err) == EV_OK &&
	       n_values > 0;
}

/* JSON by members */

/* Whether item is an object whose member `name` begins with this character. */
static bool has(struct ev_span item, const char *name, uint8_t first)
{
	struct ev_span value;

	return item.n <= EV_COLLATERAL_MAX &&
	       ev_json_member(item, name, &value) && value.p[0] == first;
}

bool ev_is_tcb_info(struct ev_span item)
{
	return has(item, "tcbInfo", '{') && has(item, "signature", '"');
}

bool ev_is_qe_identity(struct ev_span item)
{
	return has(item, "enclaveIdentity", '{') && has(item, "signature", '"');
}

/* The paravisor's keys stand beside the configuration it was given. */
bool ev_is_runtime_data(struct ev_span item)
{
	return has(item, "keys", '[') && has(item, "vm-configuration", '{');
}

bool ev_is_jwks(struct ev_span item)
{
	return has(item, "keys", '[') && !has(item, "vm-configuration", '{');
}

bool ev_is_oidc_config(struct ev_span item)
{
	return has(item, "jwks_uri", '"') && has(item, "issuer", '"');
}

/* Code and documentation spell the names apart. */
bool ev_is_thim_amd(struct ev_span item)
{
	return (has(item, "vcekCert", '"') || has(item, "VcekCert", '"')) &&
	       (has(item, "certificateChain", '"') ||
		has(item, "CertificateChain", '"'));
}

bool ev_is_imds_attested(struct ev_span item)
{
	struct ev_span encoding;

	return has(item, "encoding", '"') && has(item, "signature", '"') &&
	       ev_json_member(item, "encoding", &encoding) &&
	       ev_span_eq(encoding, EV_SPAN_LITERAL("\"pkcs7\""));
}

/* The record is longer than what others serve, and ours: its first members
 * tell. */
bool ev_is_roundtrip(struct ev_span item)
{
	struct ev_span format;

	return ev_json_member(item, "format", &format) &&
	       ev_span_eq(format,
			  EV_SPAN_LITERAL("\"" EV_ROUNDTRIP_FORMAT "\""));
}

bool ev_is_registry_reply(struct ev_span item)
{
	return has(item, "machineId", '"') && has(item, "jwt", '"');
}
