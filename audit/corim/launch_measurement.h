/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CoMID of Microsoft's profile of CoRIM for launch measurements
 * (tag:microsoft.com,2026:launch-measurement/v1; measurement page, section 5,
 * 2): one digest of one kind of platform, and the security version number
 * that it is endorsed for.
 */
#ifndef AU_LAUNCH_MEASUREMENT_H
#define AU_LAUNCH_MEASUREMENT_H

#include "audit/corim/cbor.h"
#include "evidence/base/crypto.h"

#define AU_LAUNCH_MEASUREMENT_PROFILE                                          \
	"tag:microsoft.com,2026:launch-measurement/v1"
#define AU_UUID_TEXT 37

/* A row of the profile's table. */
struct au_measured_platform {
	const char *platform; /* "tdx", as references name it */
	const char *vendor, *model, *mkey;
	int64_t alg; /* named information hash: 1 SHA-256, 7 SHA-384 */
	size_t size; /* bytes of the digest */
};
extern const struct au_measured_platform au_measured_platforms[];
extern const size_t au_n_measured_platforms;

struct au_launch_measurement {
	const struct au_measured_platform *of;
	struct ev_span tag_id; /* as spelled */
	struct ev_span digest; /* of->size bytes */
	uint64_t digest_offset;
	uint64_t svn;
	uint64_t svn_offset;
};

/*
 * Reads a CoMID whose CoRIM names the profile.  Refused is whatever the
 * profile does not say: another vendor, model, key, algorithm or length, a
 * tag-id that is not the UUIDv5 of vendor and model (letters of either case),
 * an absent triple, more than one of anything, a series that selects another
 * digest, a version number under another tag than 552, any further key.
 * What is given out borrows from the tree's bytes.
 */
enum ev_code au_launch_measurement_parse(const struct au_cbor_node *comid,
					 struct ev_crypto *crypto,
					 struct au_launch_measurement *out,
					 struct ev_error *err);

/* UUIDv5 (RFC 9562, 5.5) of "vendor/model" in the profile's name space, in
 * lower case; false is trouble. */
bool au_launch_measurement_tag_id(struct ev_crypto *crypto,
				  const struct au_measured_platform *of,
				  char out[AU_UUID_TEXT]);

#endif
