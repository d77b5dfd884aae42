/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison with references as the report tells it: the reference that
 * decided, what explains a difference, the repository.  Each is NULL where
 * memory ran out. */
#ifndef AU_COMPARISON_JSON_H
#define AU_COMPARISON_JSON_H

#include "audit/compare.h"
#include "evidence/base/json.h"

/* The reference that decided, with all that a person needs to rebuild it;
 * c->listed is not NULL. */
json_t *au_reference_json(const struct au_comparison *c);
/* Which reference is not good, since when, and why; a text. */
json_t *au_not_good_json(const struct au_comparison *c);
/* Never where the repository lies: a report must not depend on it. */
json_t *au_repository_json(const struct au_references *refs);

#endif
