/* SPDX-License-Identifier: Apache-2.0 */
/* The map beside an image. */
#include "audit/contents/linker_map.h"

#include "tests/contents_sample.h"

static const char map_text[] =
	"IGVM file isolation: Tdx\n"
	"IGVM file layout:\n"
	"  0000000008200000 - 0000000008210000 (0x10000 bytes) underhill-kernel\n"
	"  0000000008000000 - 0000000008001000 (0x1000 bytes) a tag of words\n"
	"IGVM file required memory:\n"
	"  0000000008000000 - 000000000c000000 (0x4000000 bytes)\n"
	"\n"
	"IGVM file isolation: Snp\n"
	"IGVM file layout:\n"
	"  0000000008000000 - 0000000008002000 (0x2000 bytes) snp-page\n";

static enum ev_code parse(const char *text, const char *platform,
			  struct au_linker_map *map, struct ev_error *err)
{
	return au_linker_map_parse(ev_span_str(text), platform, map, err);
}

static void the_layout_of_one_platform_is_read(void **state)
{
	const struct au_map_entry *e;
	struct au_linker_map map;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(parse(map_text, "TDX", &map, &err), EV_OK);
	assert_int_equal(map.n, 2);
	assert_true(ev_span_eq(map.entry[0].tag,
			       EV_SPAN_LITERAL("a tag of words")));
	e = au_linker_map_from(&map, 0x8000fff);
	assert_ptr_equal(e, &map.entry[0]);
	e = au_linker_map_from(&map, 0x8001000);
	assert_ptr_equal(e, &map.entry[1]);
	assert_null(au_linker_map_from(&map, 0x8210000));
	au_linker_map_free(&map);
	assert_int_equal(parse(map_text, "SEV_SNP", &map, &err), EV_OK);
	assert_int_equal(map.n, 1);
	assert_int_equal(map.entry[0].end, 0x8002000);
	au_linker_map_free(&map);
}

#define LAYOUT "IGVM file layout:\n"

static const struct {
	const char *text, *field;
	enum ev_code code;
} refused[] = {
	{ "", "layout", EV_MISSING },
	{ LAYOUT, "layout", EV_MISSING },
	{ LAYOUT "  00 - 10 (0x10 bytes) x\n", "range", EV_SYNTAX },
	{ LAYOUT "  0000000000000000 - 0000000000001000 (0x1000 bytes) \n",
	  "range", EV_SYNTAX },
	{ LAYOUT "  0000000000000000 - 000000000000100g (0x1000 bytes) x\n",
	  "range", EV_SYNTAX },
	{ LAYOUT "  0000000000000000 - 0000000000001000 (0x1001 bytes) x\n",
	  "size", EV_VALUE },
	{ LAYOUT "  0000000000002000 - 0000000000001000 (0x1000 bytes) x\n",
	  "size", EV_VALUE },
	{ LAYOUT "  0000000000000000 - 0000000000002000 (0x2000 bytes) x\n"
		 "  0000000000001000 - 0000000000003000 (0x2000 bytes) y\n",
	  "overlap", EV_VALUE },
	{ "IGVM file isolation: Snp\n" LAYOUT
	  "  0000000000000000 - 0000000000001000 (0x1000 bytes) x\n",
	  "layout", EV_MISSING },
};

static void what_is_no_map_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct au_linker_map map;
		struct ev_error err = { 0 };

		assert_int_equal(parse(refused[i].text, "TDX", &map, &err),
				 refused[i].code);
		assert_string_equal(err.object, "map");
		assert_string_equal(err.field, refused[i].field);
		assert_null(map.entry);
	}
}

static void a_text_beyond_the_limit_is_refused(void **state)
{
	char *text = calloc(1, AU_MAP_TEXT_MAX + 1);
	struct au_linker_map map;
	struct ev_error err = { 0 };

	(void)state;
	assert_non_null(text);
	assert_int_equal(
		au_linker_map_parse(ev_span_of(text, AU_MAP_TEXT_MAX + 1),
				    "TDX", &map, &err),
		EV_LIMIT);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_layout_of_one_platform_is_read),
		cmocka_unit_test(what_is_no_map_is_refused),
		cmocka_unit_test(a_text_beyond_the_limit_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
