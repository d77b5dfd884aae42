/* SPDX-License-Identifier: Apache-2.0 */
/* The spelling of names, addresses and paths in a reference manifest. */
#ifndef AU_REFERENCE_TEXT_H
#define AU_REFERENCE_TEXT_H

#include "evidence/base/bytes.h"

/* What a member that holds text may look like. */
enum au_text {
	AU_PRODUCT,   /* [a-z0-9][a-z0-9._-]*, at most 64 bytes */
	AU_VERSION,   /* [A-Za-z0-9][A-Za-z0-9._+~-]*, at most 64 bytes */
	AU_COMMIT,    /* 40 or 64 lower-case hex digits */
	AU_ADDRESS,   /* printable ASCII without blanks, at most 1024 */
	AU_FILE_NAME, /* printable ASCII without "/", at most 255 */
	AU_FILE_PATH, /* segments of [A-Za-z0-9._+~-], none begins with "." or
		       * "-", at most 255 bytes, depth at most 8 */
	AU_PROSE,     /* UTF-8 of the JSON subset, not empty, at most 1024 */
	AU_PARAMETER, /* [A-Za-z][A-Za-z0-9._-]*, at most 64 bytes */
};

bool au_text_is(enum au_text kind, struct ev_span text);

/* For the "want" of a refusal. */
const char *au_text_want(enum au_text kind);

#endif
