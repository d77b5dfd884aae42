/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What replays of archives say of launch measurements, report by report: each
 * authenticated measurement is an observation, each other one is uncounted,
 * with its reason.  Some 250 bytes an observation; no report is kept.
 */
#ifndef AU_SIGHTS_H
#define AU_SIGHTS_H

#include "audit/history/archive_seen.h"
#include "audit/references/reference.h"

/* Ten years of a corpus of 250 archives a day; two measurements each. */
static const size_t AU_ARCHIVES_MAX = 1000000;
static const size_t AU_OBSERVATIONS_MAX = 2000000;
/* A report with a long IMA log reaches some ten MiB. */
static const size_t AU_SIGHTS_REPORT_MAX = (size_t)256 << 20;

#define AU_SVN_TEXT    64
#define AU_POLICY_NAME 128
#define AU_TCB_WORD    48 /* "OutOfDateConfigurationNeeded" and its like */

struct au_observation {
	const struct au_register *reg;
	uint8_t value[AU_VALUE_MAX];
	size_t archive; /* index */
	/* The machine: SHA-256 of a text made of what identifies it
	 * (ecart-audit(1), "History"), since a history is published and
	 * identifiers of machines are not. */
	bool has_machine;
	uint8_t machine[32];
	/* TEE_TCB_SVN of a TD in hex; of an SNP guest what its report says,
	 * "bootloader=4 microcode=115 snp=24 tee=0".  Empty: not told. */
	char svn[AU_SVN_TEXT];
	char tcb[AU_TCB_WORD]; /* "UpToDate"; empty: not told */
	/* An HCL report, whose runtime data the measured guest answers for,
	 * came with it. */
	bool is_hcl;
};

struct au_uncounted {
	const struct au_register *reg;
	bool has_value;
	uint8_t value[AU_VALUE_MAX];
	size_t archive; /* index */
	size_t reason;	/* index */
};

struct au_sights {
	struct au_archive_seen *archive; /* in the order of au_sights_add */
	struct au_observation *item;
	struct au_uncounted *uncounted;
	char **reason; /* "stable-word: detail", each once */
	size_t n_archives, n, n_uncounted, n_reasons;
	size_t room_archives, room, room_uncounted;
	/* Under which all of them were judged: that of the first. */
	char policy[AU_POLICY_NAME], policy_sha256[65];
	bool simulated; /* one rests on anchors for tests */
};

/*
 * Adds what a finished report (ecart-report/1) says.  EV_OK, or what is wrong
 * with the report, EV_LIMIT beyond the bounds above, EV_TROUBLE; then nothing
 * was added.
 */
enum ev_code au_sights_add(struct au_sights *sights, struct ev_crypto *crypto,
			   struct ev_span report, struct ev_error *err);
void au_sights_free(struct au_sights *sights);

#endif
