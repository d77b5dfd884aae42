/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON value that was read and changed, as canonical bytes again
 * (ecart-archive(5): what ev_json_check_canonical accepts). */
#ifndef AU_CANONICAL_H
#define AU_CANONICAL_H

#include "evidence/base/json.h"

/* *out is owned by the caller (free) and has a NUL behind its *n bytes.
 * Refuses what the subset forbids, with what it is. */
enum ev_code au_canonical(const json_t *v, const char *object, char **out,
			  size_t *n, struct ev_error *err);

#endif
