/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ATTESTATION_REPORT of AMD's secure processor, 1184 bytes, little-endian
 * (SNP-ABI, 7.3), versions 2, 3 and 5.  Spans borrow; sizes in bytes are noted.
 */
#ifndef EV_SNP_REPORT_H
#define EV_SNP_REPORT_H

#include "evidence/amd_product.h"
#include "evidence/base/error.h"
#include "evidence/base/public_key.h"

#define EV_SNP_REPORT_SIZE 1184
#define EV_SNP_CHIP_ID	   64
#define EV_SNP_SCALAR	   72 /* of r and s, little-endian */

/* Privilege levels of a guest; and what stands there where the host asked for
 * the report (SNP-ABI, SNP_HV_REPORT_REQ). */
#define EV_SNP_VMPL_MAX	 3
#define EV_SNP_VMPL_HOST UINT32_MAX

enum ev_snp_policy_bit {
	EV_SNP_POLICY_SMT = 16,
	EV_SNP_POLICY_MIGRATE_MA = 18,
	EV_SNP_POLICY_DEBUG = 19,
	EV_SNP_POLICY_SINGLE_SOCKET = 20,
};

enum ev_snp_signing_key {
	EV_SNP_VCEK = 0,
	EV_SNP_VLEK = 1,
	EV_SNP_UNSIGNED = 7,
};

/* Where a TCB_VERSION holds which number (SNP-ABI, 2.2). */
enum ev_snp_tcb_layout {
	EV_SNP_TCB_MILAN, /* Milan and Genoa */
	EV_SNP_TCB_TURIN,
};

/* The security version numbers of one TCB_VERSION. */
enum ev_snp_tcb_part {
	EV_SNP_FMC, /* Turin alone, else 0 */
	EV_SNP_BOOTLOADER,
	EV_SNP_TEE,
	EV_SNP_SNP,
	EV_SNP_MICROCODE,
	EV_SNP_TCB_PARTS
};

struct ev_snp_tcb {
	uint8_t svn[EV_SNP_TCB_PARTS];
};

/* CURRENT_ and COMMITTED_ build, minor and major of the firmware. */
struct ev_snp_firmware {
	uint8_t build, minor, major;
};

struct ev_snp_report {
	struct ev_span item; /* all 1184 */
	uint64_t offset;     /* of item in the item that holds it */
	uint32_t version, guest_svn;
	uint64_t policy;
	struct ev_span family_id, image_id; /* 16 each */
	uint32_t vmpl, signature_algo;
	uint64_t current_tcb, platform_info;
	bool author_key_en, mask_chip_key;
	uint32_t signing_key;		  /* enum ev_snp_signing_key */
	struct ev_span report_data;	  /* 64 */
	struct ev_span measurement;	  /* 48 */
	struct ev_span host_data;	  /* 32 */
	struct ev_span id_key_digest;	  /* 48 */
	struct ev_span author_key_digest; /* 48 */
	struct ev_span report_id;	  /* 32 */
	struct ev_span report_id_ma;	  /* 32 */
	uint64_t reported_tcb;
	/* From version 3 on; family with its extension added, model with its
	 * extension in front. */
	bool has_cpuid;
	uint8_t cpuid_family, cpuid_model, cpuid_stepping;
	struct ev_span chip_id; /* 64; zeros where the host masks it */
	uint64_t committed_tcb;
	struct ev_snp_firmware current, committed;
	uint64_t launch_tcb;
	/* From version 5 on. */
	bool has_mitigations;
	uint64_t launch_mit_vector, current_mit_vector;

	struct ev_span signed_bytes; /* 672, what the signature covers */
	struct ev_span r, s;	     /* 72 each, little-endian */
	enum ev_snp_tcb_layout tcb_layout;
	/* NULL: of version 2, or a CPU that is not known here. */
	const struct ev_amd_product *product;
};

/*
 * in: exactly 1184 bytes; base: their offset in the item.  Refuses other
 * versions, a signature algorithm other than ECDSA P-384 with SHA-384, signing
 * keys that are not defined, a VMPL that is none, and reserved bytes that are
 * not zero, those of the four TCB_VERSIONs and the upper 24 bytes of r and s
 * among them.
 *
 * The layout of TCB_VERSION follows from the family of the CPU; a report of
 * version 2 does not name it, and there a chip id of 8 bytes is Turin's.
 */
enum ev_code ev_snp_report_parse(struct ev_span in, uint64_t base,
				 struct ev_snp_report *out,
				 struct ev_error *err);

struct ev_snp_tcb ev_snp_tcb(uint64_t tcb_version,
			     enum ev_snp_tcb_layout layout);
/* The TCB_VERSION that holds these numbers, and nothing else. */
uint64_t ev_snp_tcb_version(const struct ev_snp_tcb *tcb,
			    enum ev_snp_tcb_layout layout);

/* Whether the key made the report's signature: ECDSA P-384 with SHA-384.  A
 * key of another kind has signed nothing. */
enum ev_verified ev_snp_report_signed_by(struct ev_crypto *crypto,
					 const struct ev_snp_report *report,
					 const struct ev_public_key *key);

/* "bootloader", as reports name it. */
const char *ev_snp_tcb_word(enum ev_snp_tcb_part part);

static inline bool ev_snp_policy(const struct ev_snp_report *report,
				 enum ev_snp_policy_bit bit)
{
	return (report->policy >> bit & 1) != 0;
}

#endif
