/* SPDX-License-Identifier: Apache-2.0 */
/* The ACPI table CCEL as JSON. */
#include "evidence/ccel_table.h"
#include "evidence/show.h"
#include "evidence/show_field.h"

/* ACPI 6.5, 5.2.34. */
static const struct ev_field layout[] = {
	{ "length", 4, 4, EV_FIELD_LE },
	{ "revision", 8, 1, EV_FIELD_LE },
	{ "checksum", 9, 1, EV_FIELD_LE },
	{ "oemRevision", 24, 4, EV_FIELD_LE },
	{ "creatorRevision", 32, 4, EV_FIELD_LE },
	{ "ccType", 36, 1, EV_FIELD_LE },
	{ "ccSubtype", 37, 1, EV_FIELD_LE },
	{ "reserved", 38, 2, EV_FIELD_LE },
	{ "logAreaMinimumLength", 40, 8, EV_FIELD_LE },
	{ "logAreaStartAddress", 48, 8, EV_FIELD_HEX },
};

enum ev_code ev_show_ccel_table(struct ev_span item, struct ev_writer *w,
				struct ev_error *err)
{
	struct ev_ccel_table t;

	if (ev_ccel_table_parse(item, &t, err) != EV_OK || w == NULL)
		return err->code;
	ev_show_text(w, "signature", 0, ev_span_sub(item, 0, 4));
	ev_show_layout(w, item, 0, layout, sizeof(layout) / sizeof(layout[0]));
	ev_write_bool(w, "checksumRight", t.checksum_ok);
	ev_show_text(w, "oemId", 10, t.oem_id);
	ev_show_text(w, "oemTableId", 16, t.oem_table_id);
	ev_show_text(w, "creatorId", 28, t.creator_id);
	if (item.n > EV_CCEL_TABLE_MIN)
		ev_show_hex(w, "rest", EV_CCEL_TABLE_MIN,
			    ev_span_sub(item, EV_CCEL_TABLE_MIN,
					item.n - EV_CCEL_TABLE_MIN));
	return EV_OK;
}
