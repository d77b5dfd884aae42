/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit on what is read, with its reason. */
#ifndef EV_LIMITS_H
#define EV_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* Archive format, section "Limits": guards, an ordinary archive is 200 KiB. */
static const uint64_t EV_MANIFEST_MAX = UINT64_C(16) << 20;
static const uint64_t EV_SIG_FILE_MAX = UINT64_C(1) << 20;
static const size_t EV_SIG_FILES_MAX = 256;
static const uint64_t EV_SIG_ALL_MAX = UINT64_C(256) << 20;
/* A compressed archive that a program gives without a disk to unpack it to
 * and without a limit of its own. */
static const uint64_t EV_ARCHIVE_IN_MEMORY_MAX = UINT64_C(1) << 30;
/* An envelope holds its manifest in base64, and its signatures. */
static const uint64_t EV_DSSE_MAX =
	EV_MANIFEST_MAX / 3 * 4 + (UINT64_C(64) << 10);
static const size_t EV_ITEMS_MAX = 65535;
static const uint64_t EV_ITEM_MAX =
	(UINT64_C(8) << 30) - 1; /* 11 octal digits */
static const uint64_t EV_ARCHIVE_MAX = UINT64_C(64) << 30;

/* Collateral of Intel is below 20 KiB; its own library stops at 1 MiB. */
static const size_t EV_COLLATERAL_MAX = (size_t)1 << 20;

/* A TPM NV index holds at most 4096 bytes on Azure's vTPM. */
static const size_t EV_HCL_MAX = 65536;

/* Lists in JSON; the longest seen: 22 levels, 3 modules, 2 keys. */
static const size_t EV_TCB_LEVELS_MAX = 1024;
static const size_t EV_TDX_MODULES_MAX = 256; /* "TDX_00" to "TDX_FF" */
static const size_t EV_RUNTIME_KEYS_MAX = 64;

/* Keys of a token service: those of Azure Attestation have ten at most. */
static const size_t EV_JWKS_KEYS_MAX = 256;
/* Text of a certificate of 64 KiB; with an enclave's evidence it has 6 KiB. */
static const size_t EV_X5C_TEXT_MAX = (size_t)96 << 10;

/* Event logs of an archive that are judged, and quotes of a type whose
 * registers are held against them: a machine has five logs, a collection two
 * quotes. */
static const size_t EV_LOGS_MAX = 64;
static const size_t EV_QUOTES_BESIDE_LOGS_MAX = 64;

/* Machines of an archive whose place is told: each is held against every vTPM
 * quote and attested document. */
#define EV_PLACES_MAX ((size_t)64)

/* A collection: some 20 sources, a nonce for each report, quote, document and
 * token, one more for each of 50 TLS tries a host. */
static const size_t EV_STEPS_MAX = 256;
#define EV_STEP_REASON_MAX ((size_t)2048) /* 512 bytes, each escaped */
static const size_t EV_NONCES_MAX = 1024;
static const uint64_t EV_ROUNDS_MAX = 1000;
/* Kind and reason of a withheld item: a line, each byte escaped. */
#define EV_REDACTION_TEXT_MAX ((size_t)2048)

#endif
