/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of one log, bank by bank: new = H(old || digest), with the
 * digests that stand in the log.  PCRs by TCG PC Client Platform Firmware
 * Profile 1.05, 3.3 and 10; measurement registers by UEFI 2.10, 38.4.1, where
 * index 0 is MRTD, which nothing extends, and 1 to 4 are RTMR 0 to 3.
 */
#ifndef RP_REGISTERS_H
#define RP_REGISTERS_H

#include "evidence/base/digest.h"
#include "evidence/tcg_log.h"
#include "replay/remarks.h"

enum rp_register_set { RP_PCRS, RP_MRS };

#define RP_REGISTERS_MAX 24

struct rp_register {
	uint8_t initial[EV_DIGEST_MAX]; /* before the first event */
	uint8_t value[EV_DIGEST_MAX];	/* after the last */
	uint64_t n_extends;
	bool touched; /* an event of it, or the locality, was seen */
	/* An event has no digest of this bank, and value is without it; or
	 * libcrypto has not the bank's. */
	bool incomplete;
	uint64_t lacking, lacking_at; /* the first such event; 0: none */
};

struct rp_bank {
	uint16_t tpm_alg;	/* TPMI_ALG_HASH */
	bool known;		/* libcrypto has its digest; else no values */
	enum ev_digest_alg alg; /* where known */
	struct rp_register reg[RP_REGISTERS_MAX];
};

struct rp_registers {
	enum rp_register_set set;
	size_t n; /* registers of a bank: 24 PCRs, 5 measurement registers */
	struct rp_bank bank[EV_TCG_BANKS_MAX];
	size_t n_banks;
};

/* "pcr7", "mrtd", "rtmr0"; n of the set's. */
#define RP_REGISTER_NAME 8
void rp_register_name(enum rp_register_set set, unsigned int n,
		      char out[RP_REGISTER_NAME]);

/* Empty registers of these banks: zero, PCR 17 to 22 all ones; those of a bank
 * whose digest libcrypto has not are incomplete. */
void rp_registers_begin(struct rp_registers *r, struct ev_crypto *crypto,
			enum rp_register_set set,
			const struct ev_tcg_bank *bank, size_t n_banks);

/* NULL: the log has no such bank. */
struct rp_bank *rp_registers_bank(struct rp_registers *r, uint16_t tpm_alg);

/* One extend; digest is of the bank's size.  False is trouble. */
bool rp_register_extend(struct ev_crypto *crypto, enum ev_digest_alg alg,
			uint8_t value[EV_DIGEST_MAX], struct ev_span digest);

/* Whether an event is extended into one of the n registers of the set. */
bool rp_event_extends(const struct rp_registers *r,
		      const struct ev_tcg_event *event);

/*
 * Reads the rest of the log, an opened one, into registers; what is odd goes
 * to remarks.  A log that is cut gives the registers of its prefix.  False is
 * trouble.
 */
bool rp_registers_replay(struct ev_crypto *crypto, struct ev_tcg_log *log,
			 enum rp_register_set set, struct rp_registers *r,
			 struct rp_remarks *remarks);

#endif
