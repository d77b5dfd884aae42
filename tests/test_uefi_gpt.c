/* SPDX-License-Identifier: Apache-2.0 */
/* Partition tables in events. */
#include "evidence/uefi_gpt.h"

#include "tests/event_case.h"

#define GPT	 UINT32_C(0x80000006)
#define HEAD	 (92 + 8)
#define ONE_SIZE (HEAD + 128)

/* A table of one partition, "ab". */
static void make(uint8_t p[ONE_SIZE])
{
	memset(p, 0, ONE_SIZE);
	memcpy(p, "EFI PART", 8);
	memset(p + EV_GPT_DISK_GUID, 0x11, 16);
	p[80] = 128;
	p[84] = 128;
	p[92] = 1;
	memset(p + HEAD, 0x22, 16);
	memset(p + HEAD + EV_GPT_PARTITION_GUID, 0x33, 16);
	p[HEAD + 33] = 8; /* 2048 */
	p[HEAD + 41] = 9;
	p[HEAD + 56] = 'a';
	p[HEAD + 58] = 'b';
}

static void disk_and_partitions_are_shown(void **state)
{
	uint8_t p[ONE_SIZE];

	(void)state;
	make(p);
	event_says(5, GPT, EV_SPAN(p),
		   "disk 11111111-1111-1111-1111-111111111111, 1 partition");
	event_holds(5, GPT, EV_SPAN(p),
		    "\"partitions\":[{\"attributes\":{\"length\":8,\"offset\":"
		    "148,\"value\":\"0000000000000000\"},\"endingLba\":{"
		    "\"length\":8,\"offset\":140,\"value\":\"2304\"}");
	event_holds(5, GPT, EV_SPAN(p),
		    "\"name\":{\"length\":4,\"offset\":156,\"value\":\"ab\"}");
	event_bears(5, GPT, EV_SPAN(p));
}

static void refuses(const uint8_t p[ONE_SIZE], enum ev_code code,
		    const char *field)
{
	struct ev_tcg_event e = event_of(5, GPT, ev_span_of(p, ONE_SIZE));
	struct ev_error err = { 0 };
	struct ev_uefi_gpt g;

	assert_int_equal(ev_uefi_gpt_parse(&e, &g, &err), code);
	parse_expect(&err, code, "gpt", field);
	event_holds(5, GPT, e.data, "\"refused\":\"gpt: ");
}

static void odd_tables_are_refused(void **state)
{
	uint8_t p[ONE_SIZE];

	(void)state;
	make(p);
	p[7] = 'X';
	refuses(p, EV_VALUE, "Signature");
	make(p);
	p[84] = 127;
	refuses(p, EV_VALUE, "SizeOfPartitionEntry");
	make(p);
	p[84] = 129;
	refuses(p, EV_TRUNCATED, "NumberOfPartitions");
	make(p);
	p[92] = 2;
	refuses(p, EV_TRUNCATED, "NumberOfPartitions");
	make(p);
	p[99] = 0x80; /* 2^63 and one: times 128 it wraps */
	refuses(p, EV_TRUNCATED, "NumberOfPartitions");
}

static void bytes_behind_the_table_are_shown(void **state)
{
	uint8_t p[ONE_SIZE + 2] = { 0 };

	(void)state;
	make(p);
	event_holds(5, GPT, EV_SPAN(p),
		    "\"trailing\":{\"length\":2,\"offset\":228");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(disk_and_partitions_are_shown),
		cmocka_unit_test(odd_tables_are_refused),
		cmocka_unit_test(bytes_behind_the_table_are_shown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
