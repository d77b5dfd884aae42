/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware and tables in memory, as events name them. */
#include "tests/event_case.h"

#define U64(n)	n "\0\0\0\0\0\0\0"
#define BLOB	UINT32_C(0x80000008)
#define BLOB2	UINT32_C(0x8000000a)
#define TABLES	UINT32_C(0x80000009)
#define TABLES2 UINT32_C(0x8000000b)

static void blobs_have_base_and_length(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(U64("\x10") U64("\xff"));

	(void)state;
	event_says(0, BLOB, in, "255 bytes at 0x10");
	event_says(0, 0x1, in, "255 bytes at 0x10");
	event_writes(0, BLOB, in,
		     "{\"base\":{\"length\":8,\"offset\":0,\"value\":\"16\"},"
		     "\"blobLength\":{\"length\":8,\"offset\":8,\"value\":"
		     "\"255\"}}");
	event_bears(0, BLOB, in);
}

static void text_and_older_forms_are_shown_as_they_are(void **state)
{
	(void)state;
	event_says(0, 0x1, EV_SPAN_LITERAL("ACPI DATA\0"), "ACPI DATA");
	event_says(0, 0x1, EV_SPAN_LITERAL("Embedded UEFI Dr"),
		   "Embedded UEFI Dr");
	event_says(0, BLOB, EV_SPAN_LITERAL("\1\2\3\4\5\6\7\x08"),
		   "0102030405060708");
	event_says(0, BLOB, EV_SPAN_LITERAL(""), "no data");
}

static void described_blobs_have_a_name(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL("\x03"
					    "CFV" U64("\x10") U64("\xff") "!");

	(void)state;
	event_says(1, BLOB2, in, "CFV: 255 bytes at 0x10");
	event_holds(1, BLOB2, in,
		    "\"description\":{\"length\":3,\"offset\":1,\"value\":"
		    "\"CFV\"}");
	event_holds(1, BLOB2, in, "\"trailing\":{\"length\":1,\"offset\":20");
	event_holds(1, BLOB2,
		    EV_SPAN_LITERAL("\x03"
				    "CF"),
		    "\"refused\":\"firmware-blob: description at byte 1: want "
		    "3, found 2\"");
	event_bears(1, BLOB2, in);
}

#define SMBIOS                                                                 \
	"\x31\x2d\x9d\xeb\x88\x2d\xd3\x11\x9a\x16\0\x90\x27\x3f\xc1\x4d" U64(  \
		"@")

static void tables_are_listed(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL(U64("\1") SMBIOS);

	(void)state;
	event_says(1, TABLES, in, "SMBIOS table");
	event_holds(1, TABLES, in,
		    "\"address\":{\"length\":8,\"offset\":24,\"value\":"
		    "\"4000000000000000\"}");
	event_says(1, TABLES, EV_SPAN_LITERAL(U64("\0")), "0 tables");
	event_bears(1, TABLES, in);
}

static void more_tables_than_bytes_are_refused(void **state)
{
	(void)state;
	event_holds(1, TABLES, EV_SPAN_LITERAL(U64("\2") SMBIOS),
		    "\"refused\":\"handoff-tables: NumberOfTables at byte 0: "
		    "want 1, found 2\"");
	event_holds(1, TABLES, EV_SPAN_LITERAL("\0\0\0\0\0\0\0\x80" SMBIOS),
		    "\"refused\":");
	/* 2^61: times 24 it wraps to 0. */
	event_holds(1, TABLES, EV_SPAN_LITERAL("\0\0\0\0\0\0\0\x20" SMBIOS),
		    "\"refused\":");
}

static void described_tables_have_a_name(void **state)
{
	struct ev_span in = EV_SPAN_LITERAL("\x09TdxTable\0" U64("\1") SMBIOS);

	(void)state;
	event_says(1, TABLES2, in, "TdxTable: SMBIOS table");
	event_bears(1, TABLES2, in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blobs_have_base_and_length),
		cmocka_unit_test(text_and_older_forms_are_shown_as_they_are),
		cmocka_unit_test(described_blobs_have_a_name),
		cmocka_unit_test(tables_are_listed),
		cmocka_unit_test(more_tables_than_bytes_are_refused),
		cmocka_unit_test(described_tables_have_a_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
