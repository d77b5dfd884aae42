/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of a manifest's lists: a measurement, a state. */
#ifndef AU_REFERENCE_ENTRY_H
#define AU_REFERENCE_ENTRY_H

#include "audit/references/reference.h"

/* Reads an entry into the place behind those that ref holds already, with
 * which it is compared; the caller then counts it. */
enum ev_code au_measurement_parse(struct au_reference *ref, const json_t *entry,
				  struct au_measurement *m,
				  struct ev_error *err);
enum ev_code au_status_parse(struct au_reference *ref, const json_t *entry,
			     struct au_status *s, struct ev_error *err);

#endif
