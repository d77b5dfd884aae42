/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the register that holds the state of Secure Boot, each taken by
 * the rule of its type (secure_boot.h): what they say, and what makes doubt. */
#ifndef RP_SECURE_BOOT_EVENT_H
#define RP_SECURE_BOOT_EVENT_H

#include "replay/secure_boot.h"

/* The variables that the state rests on. */
enum rp_boot_variable {
	RP_VARIABLE_SECURE_BOOT,
	RP_VARIABLE_PK,
	RP_VARIABLE_KEK,
	RP_VARIABLE_DB,
	RP_VARIABLE_DBX,
	RP_VARIABLE_DBT,
	RP_VARIABLE_DBR,
	RP_N_VARIABLES,
};

/* Digests of what nobody may measure under another type. */
enum rp_boot_known {
	RP_KNOWN_ZEROS, /* separators */
	RP_KNOWN_ONES,
	RP_KNOWN_ERROR,
	RP_KNOWN_OFF, /* the variable SecureBoot, whatever its value */
	RP_KNOWN_ON,
	RP_KNOWN_EMPTY,
	RP_N_KNOWN,
};

struct rp_boot_reading {
	struct ev_crypto *crypto;
	enum rp_register_set set;
	size_t bank;
	enum ev_digest_alg alg;
	bool agile;
	uint8_t known[RP_N_KNOWN][EV_DIGEST_MAX];
	uint64_t seen[RP_N_VARIABLES]; /* before the separator */
	struct ev_span value[RP_N_VARIABLES];
	uint64_t n_separators;
	uint64_t debug;	  /* event that says so, or 0 */
	uint64_t foreign; /* event of a type that PCR 7 does not have, or 0 */
	struct rp_secure_boot *out;
};

/* "SecureBoot" */
const char *rp_boot_variable_name(enum rp_boot_variable i);

/* The first doubt is the one that is told, as out->why. */
void rp_boot_doubt(struct rp_boot_reading *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What stands above `known` is given; false is trouble. */
bool rp_boot_reading_begin(struct rp_boot_reading *r);

/* An event that is extended into the register; false is trouble. */
bool rp_boot_event_take(struct rp_boot_reading *r, const struct ev_tcg_log *log,
			const struct ev_tcg_event *e);

#endif
