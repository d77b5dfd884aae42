/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of GUIDs that ends an OVMF image, read backwards from its footer
 * (measurement page, section 2.1).
 */
#ifndef AU_GUID_TABLE_H
#define AU_GUID_TABLE_H

#include "evidence/base/error.h"

/* Whether the footer's GUID stands 48 bytes before the end. */
bool au_guid_table_is_there(struct ev_span image);

/*
 * The data of the entry with that GUID (text, lower case): *out borrows, its
 * p is NULL where there is none.  Refuses a table, or an entry, that leaves
 * its bounds, and a GUID that stands twice.
 */
enum ev_code au_guid_table_find(struct ev_span image, const char *guid,
				struct ev_span *out, struct ev_error *err);

#endif
