/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of UEFI Secure Boot as firmware measured it into PCR 7 (TCG PC
 * Client Platform Firmware Profile 1.05, 3.3.4.8), or RTMR 0 of a TD, the
 * log's measurement register 1 (UEFI 2.10, 38.4).
 *
 * Whoever holds the log may give an event another type and other data, so
 * only what a digest is of counts, by the rule of that very type.  A register
 * cannot be shortened, but whoever runs on the machine may extend PCR 7
 * further: only what stands before the separator counts, and no event may
 * hide one, or a variable SecureBoot, under another type.
 */
#ifndef RP_SECURE_BOOT_H
#define RP_SECURE_BOOT_H

#include "evidence/event_digest.h"
#include "replay/registers.h"

enum rp_secure_boot_state {
	RP_SECURE_BOOT_UNKNOWN,
	RP_SECURE_BOOT_ENABLED,
	RP_SECURE_BOOT_DISABLED,
};

#define RP_SECURE_BOOT_WHY 192
/* Authorities that are kept: one a certificate or digest that let an image
 * start; logs seen have at most five. */
#define RP_AUTHORITIES_MAX 16

struct rp_authority {
	uint64_t event;
	bool after; /* the separator */
};

struct rp_secure_boot {
	enum rp_secure_boot_state state;
	char why[RP_SECURE_BOOT_WHY]; /* one line, never empty */
	/* The event of the variable SecureBoot; event 0: none. */
	uint64_t event, offset, size;
	bool dma_open; /* "DMA Protection Disabled" */
	struct rp_authority authority[RP_AUTHORITIES_MAX];
	uint64_t n_authorities; /* all of them */
};

/* "enabled", "disabled", "unknown" */
const char *rp_secure_boot_word(enum rp_secure_boot_state state);

/* PCR 7, or measurement register 1. */
unsigned int rp_secure_boot_register(enum rp_register_set set);

/*
 * What an opened log says, read to its end, by the digests of the bank at that
 * place; whether the register is the quoted one is the caller's to ask first.
 * False is trouble.
 */
bool rp_secure_boot_read(struct ev_crypto *crypto, struct ev_tcg_log *log,
			 enum rp_register_set set, size_t bank,
			 struct rp_secure_boot *out);

#endif
