/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libecart: replay archived evidence of confidential VMs.
 *
 * The library is a function of what it is given: it opens no file, reads no
 * clock, no environment and no locale, and prints nothing.  The report is
 * canonical JSON, described in ecart-report(5); equal arguments give equal
 * bytes.  It uses a library context of its own in libcrypto, except for RFC
 * 3161 tokens, which libcrypto can only verify in its default context: a
 * program that wants those verdicts to be independent of OPENSSL_CONF calls
 * OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) first.  jansson
 * seeds its hash from the random device unless json_object_seed was called;
 * nothing in a report depends on it.
 *
 * Conventions.  Functions return enum ecart_status.  Out-parameters are
 * written on ECART_OK only.  What a function returns through a
 * pointer-to-pointer belongs to the caller and goes to the matching _free
 * function, which takes NULL.  Bytes that are passed in stay the caller's and
 * are needed only during the call, except where noted.  An object serves one
 * thread at a time; different objects are independent.
 */
#ifndef ECART_H
#define ECART_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ECART_PUBLIC __attribute__((visibility("default")))
#else
#define ECART_PUBLIC
#endif

/* Grows when a function or an option is added; never reused. */
#define ECART_API_VERSION 1

enum ecart_status {
	ECART_OK = 0,
	ECART_USAGE = 3,      /* the call makes no sense: see ecart_why */
	ECART_UNREADABLE = 4, /* an input is not what it should be */
	ECART_TROUBLE = 5,    /* memory or libcrypto: nothing was judged */
};

enum ecart_verdict {
	ECART_PASS = 0,
	ECART_FAIL = 1,
	ECART_INCOMPLETE = 2,
};

/*
 * A context: crypto, anchors and a policy; and, so that the next report of a
 * fleet costs less, what was parsed of collateral (32 MiB of memory at most)
 * and which signatures were good (4096).  No report depends on that.
 */
struct ecart;

/* ECART_TROUBLE when memory ran out or libcrypto has no default provider. */
ECART_PUBLIC enum ecart_status ecart_new(struct ecart **out);
ECART_PUBLIC void ecart_free(struct ecart *ecart);

/*
 * Adds one trust anchor: the content of an anchor file (ecart-policy(5),
 * ANCHORS).  Without anchors no chain passes.  ECART_UNREADABLE: not an
 * anchor file, or this key was added before.
 */
ECART_PUBLIC enum ecart_status ecart_add_anchor(struct ecart *ecart,
						const void *file, size_t size);

/*
 * Sets the policy from its JSON (ecart-policy(5)).  Without this call the
 * built-in policy default-1 is in force.  ECART_UNREADABLE: not a policy.
 */
ECART_PUBLIC enum ecart_status ecart_set_policy(struct ecart *ecart,
						const void *json, size_t size);

/* One sentence about the last call on this object that did not return
 * ECART_OK; "" where there was none.  Valid until the next call. */
ECART_PUBLIC const char *ecart_why(const struct ecart *ecart);

/* Evidence or collateral outside an archive. */
struct ecart_item {
	const char *name;  /* what the report calls it, not NULL */
	const char *kind;  /* ecart-kinds(7), "tdx-quote"; NULL: by content */
	const void *bytes; /* must stay valid as long as the call */
	size_t size;
};

/*
 * What may be asked beyond the evidence itself.  Set size to
 * sizeof(struct ecart_options) and everything else to zero, then what is
 * wanted; reserved members that are not zero are refused (ECART_USAGE).
 */
struct ecart_options {
	size_t size;
	int has_at;    /* judge as of `at`; else the proven, else the claimed
			* time of the archive */
	int hindsight; /* items are DCAP collateral of later and decide before
			* the archive's; without has_at: as of the newest
			* issue time among them */
	int64_t at;    /* seconds since 1970-01-01T00:00:00Z */
	const struct ecart_item *items; /* beside the archive */
	size_t n_items;
	uint64_t limit; /* bytes of the unpacked archive; a compressed one is
			 * unpacked in memory; 0: 64 GiB, and 1 GiB where it
			 * is compressed */
	uint64_t reserved[8];
};

/* A finished replay. */
struct ecart_report;

/*
 * Replays an archive (ecart-archive(5)), bytes of the whole file.  bytes may
 * be NULL with size 0: then options->items alone are judged, as of
 * options->at.  ECART_USAGE: no time is given, proven or claimed.
 * ECART_UNREADABLE: not an archive, or an item whose kind is not known.  Bad
 * evidence is ECART_OK with a report that says so.
 */
ECART_PUBLIC enum ecart_status ecart_replay(struct ecart *ecart,
					    const void *bytes, size_t size,
					    const struct ecart_options *options,
					    struct ecart_report **out);
ECART_PUBLIC void ecart_report_free(struct ecart_report *report);

ECART_PUBLIC enum ecart_verdict
ecart_report_verdict(const struct ecart_report *report);

/* The canonical JSON, NUL behind it; *size, if not NULL, is without the NUL.
 * Valid as long as the report. */
ECART_PUBLIC const char *ecart_report_json(const struct ecart_report *report,
					   size_t *size);

/*
 * Adds to the report `then` what `later`, of the same evidence judged with
 * options.hindsight, says otherwise: its JSON gets the member `hindsight`
 * (ecart-report(5)) and is another text afterwards.  The verdict stays that of
 * then.
 */
ECART_PUBLIC enum ecart_status
ecart_report_add_hindsight(struct ecart *ecart, struct ecart_report *then,
			   const struct ecart_report *later);

/* The library's version, "0.1.0", and its ECART_API_VERSION. */
ECART_PUBLIC const char *ecart_version(void);
ECART_PUBLIC int ecart_api_version(void);

#ifdef __cplusplus
}
#endif

#endif
