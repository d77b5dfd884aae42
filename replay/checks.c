/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of checks.  Its order is the order of the report, and every
 * `after` names an earlier row.  Sources are abbreviated as in
 * docs/sources.md.
 */
#include "replay/checks.h"

#define ONE(type) RP_SUBJECTS(type)
#define DATED                                                                  \
	(ONE(RP_QUOTE) | ONE(RP_CHAIN) | ONE(RP_CRL) | ONE(RP_TCB_INFO) |      \
	 ONE(RP_QE_IDENTITY))

#define AFTER(...)                                                             \
	{                                                                      \
		__VA_ARGS__                                                    \
	}
#define CHECK(id, subjects, after, weight, run, title, rule, source)           \
	{                                                                      \
		id, subjects, after, weight, run, title, rule, source          \
	}

const struct rp_check rp_checks[] = {
#include "replay/checks_archive.inc"
#include "replay/checks_dcap.inc"
#include "replay/checks_guest.inc"
#include "replay/checks_log.inc"
#include "replay/checks_token.inc"

#include "replay/checks_session.inc"
};

const size_t rp_n_checks = sizeof(rp_checks) / sizeof(rp_checks[0]);
