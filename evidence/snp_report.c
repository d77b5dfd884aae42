/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation reports of AMD's secure processor. */
#include "evidence/snp_report.h"

#include "evidence/base/reader.h"

#include <inttypes.h>
#include <stdio.h>

static const char object[] = "snp-report";

#define VERSION_FIRST	   2
#define VERSION_CPUID	   3
#define VERSION_MIT_VECTOR 5
#define ECDSA_P384_SHA384  1
#define SIGNED_SIZE	   672
#define SCALAR_USED	   48 /* of r and s, for P-384 */
#define RESERVED_MAX	   12
#define TURIN_FAMILY	   0x1a
#define TURIN_CHIP_ID	   8
#define KEY_RESERVED_FROM  5 /* bit of the word at 0x48 */
#define SIGNING_KEY_SHIFT  2
#define SIGNING_KEY_MASK   7

/* Spans that the ABI wants to be zero, judged once all has been read. */
struct reserved {
	struct ev_span span[RESERVED_MAX];
	size_t n;
};

static void read_reserved(struct ev_reader *r, size_t n, struct reserved *zero)
{
	assert(zero->n < RESERVED_MAX);
	zero->span[zero->n++] = ev_read_span(r, n, "reserved");
}

static void read_guest(struct ev_reader *r, struct ev_snp_report *s)
{
	s->guest_svn = ev_read_u32le(r, "guest_svn");
	s->policy = ev_read_u64le(r, "policy");
	s->family_id = ev_read_span(r, 16, "family_id");
	s->image_id = ev_read_span(r, 16, "image_id");
	s->vmpl = ev_read_u32le(r, "vmpl");
	s->signature_algo = ev_read_u32le(r, "signature_algo");
	s->current_tcb = ev_read_u64le(r, "current_tcb");
	s->platform_info = ev_read_u64le(r, "platform_info");
}

static void read_identity(struct ev_reader *r, struct ev_snp_report *s)
{
	s->report_data = ev_read_span(r, 64, "report_data");
	s->measurement = ev_read_span(r, 48, "measurement");
	s->host_data = ev_read_span(r, 32, "host_data");
	s->id_key_digest = ev_read_span(r, 48, "id_key_digest");
	s->author_key_digest = ev_read_span(r, 48, "author_key_digest");
	s->report_id = ev_read_span(r, 32, "report_id");
	s->report_id_ma = ev_read_span(r, 32, "report_id_ma");
	s->reported_tcb = ev_read_u64le(r, "reported_tcb");
}

static void read_cpuid(struct ev_reader *r, struct ev_snp_report *s,
		       struct reserved *zero)
{
	s->has_cpuid = s->version >= VERSION_CPUID;
	if (s->has_cpuid) {
		s->cpuid_family = ev_read_u8(r, "cpuid_fam_id");
		s->cpuid_model = ev_read_u8(r, "cpuid_mod_id");
		s->cpuid_stepping = ev_read_u8(r, "cpuid_step");
	}
	read_reserved(r, s->has_cpuid ? 21 : 24, zero);
}

static void read_firmware(struct ev_reader *r, struct ev_snp_firmware *f,
			  struct reserved *zero)
{
	f->build = ev_read_u8(r, "build");
	f->minor = ev_read_u8(r, "minor");
	f->major = ev_read_u8(r, "major");
	read_reserved(r, 1, zero);
}

static void read_mitigations(struct ev_reader *r, struct ev_snp_report *s,
			     struct reserved *zero)
{
	s->has_mitigations = s->version >= VERSION_MIT_VECTOR;
	if (s->has_mitigations) {
		s->launch_mit_vector = ev_read_u64le(r, "launch_mit_vector");
		s->current_mit_vector = ev_read_u64le(r, "current_mit_vector");
	}
	read_reserved(r, s->has_mitigations ? 152 : 168, zero);
}

static void read_scalar(struct ev_reader *r, struct ev_span *out,
			const char *field, struct reserved *zero)
{
	*out = ev_read_span(r, EV_SNP_SCALAR, field);
	if (ev_reader_ok(r))
		zero->span[zero->n++] = ev_span_sub(
			*out, SCALAR_USED, EV_SNP_SCALAR - SCALAR_USED);
}

/* Milan's and Genoa's chip ids are 64 bytes, Turin's 8 with zeros behind. */
static bool has_short_chip_id(const struct ev_snp_report *s)
{
	return !ev_span_is_zero(s->chip_id) &&
	       ev_span_is_zero(ev_span_sub(s->chip_id, TURIN_CHIP_ID,
					   EV_SNP_CHIP_ID - TURIN_CHIP_ID));
}

static bool is_turin(const struct ev_snp_report *s)
{
	return s->has_cpuid ? s->cpuid_family >= TURIN_FAMILY
			    : has_short_chip_id(s);
}

/* --- what the values may be --- */

static enum ev_code check_version(const struct ev_snp_report *s,
				  struct ev_error *err)
{
	char found[24];

	if (s->version == VERSION_FIRST || s->version == VERSION_CPUID ||
	    s->version == VERSION_MIT_VECTOR)
		return EV_OK;
	snprintf(found, sizeof(found), "%" PRIu32, s->version);
	return ev_fail(err, EV_VALUE, object, "version", s->offset, "2, 3 or 5",
		       found);
}

/* The word at 0x48. */
static enum ev_code check_key(struct ev_snp_report *s, uint32_t word,
			      struct ev_error *err)
{
	s->author_key_en = (word & 1) != 0;
	s->mask_chip_key = (word >> 1 & 1) != 0;
	s->signing_key = word >> SIGNING_KEY_SHIFT & SIGNING_KEY_MASK;
	if (word >> KEY_RESERVED_FROM != 0)
		return ev_fail_u64(err, EV_VALUE, object, "reserved",
				   s->offset + 0x48, 0, word);
	if (s->signing_key != EV_SNP_VCEK && s->signing_key != EV_SNP_VLEK &&
	    s->signing_key != EV_SNP_UNSIGNED)
		return ev_fail_u64(err, EV_VALUE, object, "signing_key",
				   s->offset + 0x48, EV_SNP_VCEK,
				   s->signing_key);
	return EV_OK;
}

static enum ev_code check_vmpl(const struct ev_snp_report *s,
			       struct ev_error *err)
{
	char found[24];

	if (s->vmpl <= EV_SNP_VMPL_MAX || s->vmpl == EV_SNP_VMPL_HOST)
		return EV_OK;
	snprintf(found, sizeof(found), "%" PRIu32, s->vmpl);
	return ev_fail(err, EV_VALUE, object, "vmpl", s->offset + 0x30,
		       "0 to 3, or 4294967295 where the host asked", found);
}

static enum ev_code check_reserved(const struct ev_snp_report *s,
				   const struct reserved *zero,
				   struct ev_error *err)
{
	for (size_t i = 0; i < zero->n; i++)
		if (!ev_span_is_zero(zero->span[i]))
			return ev_fail_bytes(
				err, EV_VALUE, object, "reserved",
				s->offset +
					(uint64_t)(zero->span[i].p - s->item.p),
				"zeros", zero->span[i]);
	return EV_OK;
}

/* Which bytes of a TCB_VERSION hold a number. */
static const uint8_t tcb_byte[][EV_SNP_TCB_PARTS] = {
	[EV_SNP_TCB_MILAN] = { UINT8_MAX, 0, 1, 6, 7 },
	[EV_SNP_TCB_TURIN] = { 0, 1, 2, 3, 7 },
};

static uint64_t tcb_mask(enum ev_snp_tcb_layout layout)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < EV_SNP_TCB_PARTS; i++)
		if (tcb_byte[layout][i] != UINT8_MAX)
			mask |= UINT64_C(0xff) << (8 * tcb_byte[layout][i]);
	return mask;
}

static enum ev_code check_tcbs(const struct ev_snp_report *s,
			       struct ev_error *err)
{
	const struct {
		const char *field;
		uint64_t offset, value;
	} tcbs[] = {
		{ "current_tcb", 0x38, s->current_tcb },
		{ "reported_tcb", 0x180, s->reported_tcb },
		{ "committed_tcb", 0x1e0, s->committed_tcb },
		{ "launch_tcb", 0x1f0, s->launch_tcb },
	};
	uint64_t mask = tcb_mask(s->tcb_layout);

	for (size_t i = 0; i < sizeof(tcbs) / sizeof(tcbs[0]); i++)
		if ((tcbs[i].value & ~mask) != 0)
			return ev_fail_bytes(
				err, EV_VALUE, object, tcbs[i].field,
				s->offset + tcbs[i].offset,
				s->tcb_layout == EV_SNP_TCB_TURIN
					? "zeros in bytes 4 to 6"
					: "zeros in bytes 2 to 5",
				ev_span_sub(s->item, (size_t)tcbs[i].offset,
					    8));
	return EV_OK;
}

static enum ev_code judge(struct ev_snp_report *s, uint32_t key_word,
			  const struct reserved *zero, struct ev_error *err)
{
	if (s->signature_algo != ECDSA_P384_SHA384)
		return ev_fail_u64(err, EV_VALUE, object, "signature_algo",
				   s->offset + 0x34, ECDSA_P384_SHA384,
				   s->signature_algo);
	if (check_vmpl(s, err) != EV_OK ||
	    check_key(s, key_word, err) != EV_OK ||
	    check_reserved(s, zero, err) != EV_OK)
		return err->code;
	if (s->has_cpuid)
		s->product =
			ev_amd_product_of_cpu(s->cpuid_family, s->cpuid_model);
	s->tcb_layout = is_turin(s) ? EV_SNP_TCB_TURIN : EV_SNP_TCB_MILAN;
	return check_tcbs(s, err);
}

enum ev_code ev_snp_report_parse(struct ev_span in, uint64_t base,
				 struct ev_snp_report *out,
				 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(in, base, object, err);
	struct ev_snp_report s = { .item = in, .offset = base };
	struct reserved zero = { .n = 0 };
	uint32_t key_word;

	s.version = ev_read_u32le(&r, "version");
	if (!ev_reader_ok(&r) || check_version(&s, err) != EV_OK)
		return err->code;
	read_guest(&r, &s);
	key_word = ev_read_u32le(&r, "signing_key");
	read_reserved(&r, 4, &zero);
	read_identity(&r, &s);
	read_cpuid(&r, &s, &zero);
	s.chip_id = ev_read_span(&r, EV_SNP_CHIP_ID, "chip_id");
	s.committed_tcb = ev_read_u64le(&r, "committed_tcb");
	read_firmware(&r, &s.current, &zero);
	read_firmware(&r, &s.committed, &zero);
	s.launch_tcb = ev_read_u64le(&r, "launch_tcb");
	read_mitigations(&r, &s, &zero);
	read_scalar(&r, &s.r, "r", &zero);
	read_scalar(&r, &s.s, "s", &zero);
	read_reserved(&r, 512 - 2 * EV_SNP_SCALAR, &zero);
	if (ev_reader_finish(&r) != EV_OK ||
	    judge(&s, key_word, &zero, err) != EV_OK)
		return err->code;
	s.signed_bytes = ev_span_sub(in, 0, SIGNED_SIZE);
	*out = s;
	return EV_OK;
}

struct ev_snp_tcb ev_snp_tcb(uint64_t tcb_version,
			     enum ev_snp_tcb_layout layout)
{
	struct ev_snp_tcb tcb = { { 0 } };

	for (size_t i = 0; i < EV_SNP_TCB_PARTS; i++)
		if (tcb_byte[layout][i] != UINT8_MAX)
			tcb.svn[i] = (uint8_t)(tcb_version >>
					       (8 * tcb_byte[layout][i]));
	return tcb;
}

uint64_t ev_snp_tcb_version(const struct ev_snp_tcb *tcb,
			    enum ev_snp_tcb_layout layout)
{
	uint64_t version = 0;

	for (size_t i = 0; i < EV_SNP_TCB_PARTS; i++)
		if (tcb_byte[layout][i] != UINT8_MAX)
			version |= (uint64_t)tcb->svn[i]
				   << (8 * tcb_byte[layout][i]);
	return version;
}

/* libcrypto and everybody else have the most significant byte first. */
static void reversed(struct ev_span scalar, uint8_t out[SCALAR_USED])
{
	for (size_t i = 0; i < SCALAR_USED; i++)
		out[i] = scalar.p[SCALAR_USED - 1 - i];
}

enum ev_verified ev_snp_report_signed_by(struct ev_crypto *crypto,
					 const struct ev_snp_report *report,
					 const struct ev_public_key *key)
{
	uint8_t r[SCALAR_USED], s[SCALAR_USED];

	if (key->curve == NULL || key->curve->width != SCALAR_USED)
		return EV_VERIFIED_NO;
	reversed(report->r, r);
	reversed(report->s, s);
	return ev_ecdsa_verify(crypto, key, EV_SHA384, report->signed_bytes,
			       EV_SPAN(r), EV_SPAN(s));
}

const char *ev_snp_tcb_word(enum ev_snp_tcb_part part)
{
	static const char *const words[EV_SNP_TCB_PARTS] = {
		[EV_SNP_FMC] = "fmc",
		[EV_SNP_BOOTLOADER] = "bootloader",
		[EV_SNP_TEE] = "tee",
		[EV_SNP_SNP] = "snp",
		[EV_SNP_MICROCODE] = "microcode",
	};

	return words[part];
}
