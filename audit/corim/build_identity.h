/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The identity document that igvmfilegen writes beside an image
 * (openhcl-tdx.json and so on; measurement page, section 5, 1): what the
 * build measures to, its version number, and whether it is a debug build.
 * Nothing signs it: it is worth what the build is that it came from.
 */
#ifndef AU_BUILD_IDENTITY_H
#define AU_BUILD_IDENTITY_H

#include "evidence/base/error.h"

/* igvmfilegen writes one; a guard. */
#define AU_BUILD_SERIES_MAX 8
/* One line of some 300 bytes. */
static const size_t AU_BUILD_IDENTITY_MAX = (size_t)64 << 10;

struct au_build_series {
	const char *platform; /* "tdx", "snp", "vbs" */
	const char *member;   /* "tdx_mrtd" */
	size_t size;	      /* bytes of value */
	uint8_t value[48];
	uint64_t svn;
	bool debug_build;
};

struct au_build_identity {
	char class_id[37]; /* a UUID, in lower case */
	struct au_build_series series[AU_BUILD_SERIES_MAX];
	size_t n_series;
};

/*
 * Refuses what is no JSON or lacks a member, a reference that names no known
 * measurement or two, a value of another length, a version number of another
 * platform than the measurement's.  Hex may have either case (igvmfilegen's
 * is upper).  Other members are not looked at.
 */
enum ev_code au_build_identity_parse(struct ev_span text,
				     struct au_build_identity *out,
				     struct ev_error *err);

#endif
