/* SPDX-License-Identifier: Apache-2.0 */
/* The table of event types, and what all decoders have in common. */
#include "evidence/event_type.h"

#include "tests/event_case.h"

static const uint32_t values[] = {
	0x0,	    0x1,	0x2,	    0x3,	0x4,	    0x5,
	0x6,	    0x7,	0x8,	    0x9,	0xa,	    0xb,
	0xc,	    0xd,	0xe,	    0xf,	0x10,	    0x11,
	0x12,	    0x13,	0x80000001, 0x80000002, 0x80000003, 0x80000004,
	0x80000005, 0x80000006, 0x80000007, 0x80000008, 0x80000009, 0x8000000a,
	0x8000000b, 0x8000000c, 0x8000000d, 0x80000010, 0x800000e0, 0x800000e1,
	0x800000e2, 0x800000e3, 0x800000e4, 0x8401,
};

#define N_VALUES (sizeof(values) / sizeof(values[0]))

static void every_type_has_a_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_VALUES; i++) {
		const struct ev_event_type *t = ev_event_type_of(values[i]);

		assert_non_null(t->write);
		assert_non_null(t->describe);
		if (values[i] == 0x8401) {
			assert_string_equal(t->name, "unknown");
			continue;
		}
		assert_int_equal(t->value, values[i]);
		assert_int_equal(strncmp(t->name, "EV_", 3), 0);
	}
	assert_string_equal(ev_event_type_of(UINT32_MAX)->name, "unknown");
}

static void types_say_whether_they_bind(void **state)
{
	(void)state;
	assert_int_equal(ev_event_type_of(EV_TCG_SEPARATOR)->binding, EV_BINDS);
	assert_int_equal(ev_event_type_of(EV_TYPE_VARIABLE_CONFIG)->binding,
			 EV_BINDS);
	assert_int_equal(ev_event_type_of(EV_TYPE_AUTHORITY)->binding,
			 EV_BINDS);
	assert_int_equal(ev_event_type_of(EV_TYPE_IPL)->binding,
			 EV_BINDS_SOMETIMES);
	assert_int_equal(ev_event_type_of(EV_TYPE_APPLICATION)->binding,
			 EV_BINDS_NO);
	assert_int_equal(ev_event_type_of(0x8401)->binding, EV_BINDS_SOMETIMES);
}

static void names_are_the_tcgs(void **state)
{
	struct ev_buffer out = { 0 };

	(void)state;
	ev_event_type_name(0x80000003, &out);
	ev_buffer_add_byte(&out, ' ');
	ev_event_type_name(0x8401, &out);
	assert_true(ev_span_eq(
		ev_buffer_span(&out),
		EV_SPAN_LITERAL(
			"EV_EFI_BOOT_SERVICES_APPLICATION 0x00008401")));
	ev_buffer_free(&out);
}

static void every_decoder_bears_every_data(void **state)
{
	uint64_t seed = 3;
	uint8_t data[200];

	(void)state;
	for (size_t i = 0; i < N_VALUES; i++) {
		for (int round = 0; round < 50; round++) {
			for (size_t k = 0; k < sizeof(data); k++)
				data[k] = (uint8_t)lcg_below(&seed, 256);
			event_survives(0, values[i],
				       ev_span_of(data, (size_t)round * 4));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_has_a_row),
		cmocka_unit_test(types_say_whether_they_bind),
		cmocka_unit_test(names_are_the_tcgs),
		cmocka_unit_test(every_decoder_bears_every_data),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
