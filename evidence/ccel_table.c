/* SPDX-License-Identifier: Apache-2.0 */
/* The ACPI table CCEL. */
#include "evidence/ccel_table.h"

#include "evidence/base/reader.h"

static const char object[] = "acpi-ccel-table";

/* ACPI 6.5, 5.2.6: the whole table, checksum included, adds up to zero. */
static bool adds_up(struct ev_span item)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < item.n; i++)
		sum += item.p[i];
	return sum % 256 == 0;
}

enum ev_code ev_ccel_table_parse(struct ev_span item, struct ev_ccel_table *out,
				 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(item, 0, object, err);
	struct ev_ccel_table t = { 0 };
	struct ev_span signature = ev_read_span(&r, 4, "signature");

	t.length = ev_read_u32le(&r, "length");
	t.revision = ev_read_u8(&r, "revision");
	t.checksum = ev_read_u8(&r, "checksum");
	t.oem_id = ev_read_span(&r, 6, "oem_id");
	t.oem_table_id = ev_read_span(&r, 8, "oem_table_id");
	t.oem_revision = ev_read_u32le(&r, "oem_revision");
	t.creator_id = ev_read_span(&r, 4, "creator_id");
	t.creator_revision = ev_read_u32le(&r, "creator_revision");
	t.cc_type = ev_read_u8(&r, "cc_type");
	t.cc_subtype = ev_read_u8(&r, "cc_subtype");
	ev_read_u16le(&r, "reserved"); /* ignored, as of a later revision */
	t.laml = ev_read_u64le(&r, "laml");
	t.lasa = ev_read_u64le(&r, "lasa");
	if (!ev_reader_ok(&r))
		return err->code;
	if (memcmp(signature.p, "CCEL", 4) != 0)
		return ev_fail_text(err, EV_VALUE, object, "signature", 0,
				    "CCEL", signature);
	if (t.length != item.n)
		return ev_fail_u64(err, EV_VALUE, object, "length", 4, item.n,
				   t.length);
	t.checksum_ok = adds_up(item);
	*out = t;
	return EV_OK;
}
