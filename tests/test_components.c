/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of a launch: laid out, named, and two launches compared. */
#include "audit/contents/component.h"

#include "audit/contents/contents_diff.h"
#include "audit/contents/shared_memory.h"
#include "tests/contents_sample.h"
#include "tests/sample.h"

enum {
	KERNEL = 0x8000000,
	SHIM = KERNEL + 0x3000, /* measured */
	INITRD = SHIM + 0x1000,
	CONFIG = 0x9000000, /* command line, hash page, EPHS */
	N_SHARED = 4,
};

/* A small OpenHCL: three pages of kernel and one of initrd are shared; page i
 * of its memory is bytes[i]. */
struct image {
	uint8_t bytes[8][4096];
	struct au_operation op[16];
	struct au_launch launch;
};

static void put_op(struct image *m, uint64_t gpa, uint8_t *page, bool shared)
{
	m->op[m->launch.n++] = (struct au_operation){
		.kind = AU_PAGES,
		.measured = !shared,
		.shared = shared,
		.gpa = gpa,
		.size = AU_PAGE,
		.data = ev_span_of(page, page == NULL ? 0 : AU_PAGE),
	};
}

static void put_hashes(struct image *m)
{
	uint8_t *page = m->bytes[6], *table = m->bytes[7];
	struct ev_span shared[N_SHARED] = {
		EV_SPAN(m->bytes[0]),
		EV_SPAN(m->bytes[1]),
		EV_SPAN(m->bytes[2]),
		EV_SPAN(m->bytes[4]),
	};

	assert_true(ev_digest_parts(sample_crypto(), EV_SHA384, shared,
				    N_SHARED, page));
	put_u64le(page + 48, KERNEL / AU_PAGE);
	put_u64le(page + 56, 3);
	memcpy(table, "EPHS", 4);
	put_u32le(table + 4, 1);
	put_u32le(table + 8, N_SHARED);
	for (size_t i = 0; i < N_SHARED; i++)
		assert_true(ev_digest(sample_crypto(), EV_SHA384, shared[i],
				      table + 16 + 48 * i));
}

static void put_image(struct image *m, const char *version, const char *line)
{
	*m = (struct image){ .launch.platform = "TDX" };
	m->launch.op = m->op;
	memset(m->bytes[0], 0x90, 4096);
	snprintf((char *)m->bytes[1] + 100, 200, "Linux version %s\n", version);
	memcpy(m->bytes[2], "\4\0\0\0\3\0\0\0\3\0\0\0GNU", 16);
	snprintf((char *)m->bytes[2] + 16, 4, "%.3s", version);
	memset(m->bytes[3], 0xcc, 4096);
	memcpy(m->bytes[4],
	       "070701000000000000000000000000000000000000000100000000"
	       "00000000000000000000000000000000000000000000000b00000000"
	       "TRAILER!!!",
	       121);
	put_u16le(m->bytes[5] + 2, (unsigned int)strlen(line));
	memcpy(m->bytes[5] + 4, line, strlen(line));
	put_hashes(m);
	/* Not in the order of addresses. */
	put_op(m, CONFIG, m->bytes[5], false);
	put_op(m, CONFIG + 0x1000, m->bytes[6], false);
	put_op(m, CONFIG + 0x2000, m->bytes[7], false);
	put_op(m, INITRD, m->bytes[4], true);
	for (unsigned int i = 0; i < 3; i++)
		put_op(m, KERNEL + 0x1000ULL * i, m->bytes[i], true);
	put_op(m, SHIM, m->bytes[3], false);
	put_op(m, 0xfffff000, m->bytes[3], false);
	put_op(m, 0xa000000, NULL, false); /* a page of zeros */
	m->op[m->launch.n++] = (struct au_operation){
		.kind = AU_INSERT, .gpa = 0xb000000, .size = 0x14000, .index = 3
	};
	m->op[m->launch.n++] = (struct au_operation){ .kind = AU_REGISTERS };
}

static void name(const struct image *m, const char *map,
		 struct au_components *out)
{
	struct ev_error err = { 0 };

	assert_int_equal(
		au_components_of(&m->launch, ev_span_str(map), out, &err),
		EV_OK);
}

static void memory_is_named_by_what_it_is(void **state)
{
	static const struct {
		uint64_t gpa, size;
		const char *label, *by;
		bool shared;
	} want[] = {
		{ KERNEL, 0x3000, "kernel", "content", true },
		{ SHIM, 0x1000, "memory at 0x8003000", "", false },
		{ INITRD, 0x1000, "initrd", "content", true },
		{ CONFIG, 0x1000, "command line", "content", false },
		{ CONFIG + 0x1000, 0x1000, "hash page", "content", false },
		{ CONFIG + 0x2000, 0x1000, "hash table", "content", false },
		{ 0xa000000, 0x1000, "memory at 0xa000000", "", false },
		{ 0xb000000, 0x14000, "parameter area 3", "name", false },
		{ 0xfffff000, 0x1000, "reset page", "address", false },
	};
	struct image *m = malloc(sizeof(*m));
	struct au_components list;

	(void)state;
	put_image(m, "6.1", "quiet");
	name(m, "", &list);
	assert_int_equal(list.n, sizeof(want) / sizeof(*want));
	for (size_t i = 0; i < list.n; i++) {
		const struct au_component *c = &list.item[i];

		assert_int_equal(c->gpa, want[i].gpa);
		assert_int_equal(c->size, want[i].size);
		assert_string_equal(au_component_label(c), want[i].label);
		assert_string_equal(c->by, want[i].by);
		assert_int_equal(c->shared, want[i].shared);
		assert_ptr_equal(au_component_at(&list, c->gpa), c);
		assert_ptr_equal(au_component_at(&list, c->gpa + c->size - 1),
				 c);
	}
	assert_true(list.item[7].filled_by_host);
	assert_null(au_component_at(&list, KERNEL - 1));
	assert_null(au_component_at(&list, 0xa001000));
	au_components_free(&list);
	free(m);
}

static void a_map_names_what_it_has_and_cuts_there(void **state)
{
	static const char map[] =
		"IGVM file layout:\n"
		"  0000000008000000 - 0000000008001000 (0x1000 bytes) a-kernel\n"
		"  0000000008001000 - 0000000008002000 (0x1000 bytes) text\n"
		"  0000000008003000 - 0000000008004000 (0x1000 bytes) shim\n"
		"  0000000009000000 - 0000000009001000 (0x1000 bytes) line\n";
	struct image *m = malloc(sizeof(*m));
	struct au_components list;

	(void)state;
	put_image(m, "6.1", "quiet");
	name(m, map, &list);
	assert_string_equal(list.item[0].part.name, "a-kernel");
	assert_int_equal(list.item[0].part.kind, AU_PART_KERNEL);
	assert_int_equal(list.item[0].size, 0x1000);
	assert_string_equal(list.item[0].by, "map");
	assert_string_equal(list.item[1].part.name, "text");
	assert_int_equal(list.item[1].part.kind, AU_PART_KERNEL);
	/* Next to the kernel and shared: what the map leaves out. */
	assert_string_equal(au_component_label(&list.item[2]), "kernel");
	assert_int_equal(list.item[2].gpa, KERNEL + 0x2000);
	assert_string_equal(list.item[3].part.name, "shim");
	assert_string_equal(list.item[5].part.name, "line");
	assert_int_equal(list.item[5].part.kind, AU_PART_COMMAND_LINE);
	au_components_free(&list);
	free(m);
}

/* Where an archive or a program ends in memory nobody says, and a map of the
 * builder's may say it wrong. */
static void digests_are_no_end_of_what_is_before_them(void **state)
{
	static const char *const magics[] = { "\177ELF", "070701",
					      "\x1f\x8b\x08",
					      "\x28\xb5\x2f\xfd", "EPHS" };
	static const char map[] =
		"IGVM file layout:\n"
		"  0000000009000000 - 0000000009003000 (0x3000 bytes) config\n";

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct image m;
		struct au_components list;

		put_image(&m, "6.1", "quiet");
		memset(m.bytes[5], 0, AU_PAGE);
		memcpy(m.bytes[5], magics[i], strlen(magics[i]));
		name(&m, i == 0 ? map : "", &list);
		assert_int_equal(
			au_component_at(&list, CONFIG + 0x1000)->part.kind,
			AU_PART_HASH_PAGE);
		assert_int_equal(
			au_component_at(&list, CONFIG + 0x2000)->part.kind,
			AU_PART_HASH_TABLE);
		au_components_free(&list);
	}
}

static void volumes_have_the_names_of_their_sections(void **state)
{
	struct ev_span file = contents_file("built.fd");
	struct au_operation op[] = {
		{ .kind = AU_PAGES,
		  .measured = true,
		  .gpa = 0xffe00000,
		  .size = file.n,
		  .data = file,
		  .name = "BFV" },
		{ .kind = AU_PAGES,
		  .gpa = 0xffe00000 + file.n,
		  .size = file.n,
		  .data = file,
		  .name = "CFV" },
		{ .kind = AU_PAGES,
		  .gpa = 0x800000,
		  .size = UINT64_C(3) << 30,
		  .name = "PermMem" },
	};
	struct au_launch launch = { .platform = "TDX", .op = op, .n = 3 };
	struct au_components list;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		au_components_of(&launch, ev_span_of(NULL, 0), &list, &err),
		EV_OK);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.item[0].part.name, "PermMem");
	assert_int_equal(list.item[0].part.bytes.n, 0);
	assert_string_equal(list.item[1].part.name, "BFV");
	assert_int_equal(list.item[1].part.kind, AU_PART_FIRMWARE);
	assert_string_equal(list.item[2].part.name, "CFV");
	au_components_free(&list);
	contents_free(file);
}

static void more_memory_than_the_limit_is_refused(void **state)
{
	uint8_t byte = 1;
	struct au_operation op = { .kind = AU_PAGES,
				   .size = AU_LAID_OUT_MAX + AU_PAGE,
				   .data = ev_span_of(&byte, 1) };
	struct au_launch launch = { .platform = "TDX", .op = &op, .n = 1 };
	struct au_components list;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		au_components_of(&launch, ev_span_of(NULL, 0), &list, &err),
		EV_LIMIT);
	assert_string_equal(err.object, "memory");
	assert_null(list.item);
}

static void diff(struct image *a, struct image *b, struct au_contents_diff *d)
{
	struct au_components list_a, list_b;
	struct ev_error err = { 0 };

	name(a, "", &list_a);
	name(b, "", &list_b);
	assert_int_equal(au_contents_diff_launches(&list_a, &list_b,
						   sample_crypto(), d, &err),
			 EV_OK);
	au_components_free(&list_a);
	au_components_free(&list_b);
}

static void equal_launches_have_no_difference(void **state)
{
	struct image *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	struct au_contents_diff d;

	(void)state;
	put_image(a, "6.1", "quiet");
	put_image(b, "6.1", "quiet");
	diff(a, b, &d);
	assert_true(d.equal);
	assert_string_equal(d.sentence, "no difference");
	au_contents_diff_free(&d);
	free(a);
	free(b);
}

static void another_place_is_no_change_of_contents(void **state)
{
	struct image *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	struct au_contents_diff d;

	(void)state;
	put_image(a, "6.1", "quiet");
	put_image(b, "6.1", "quiet");
	b->op[0].gpa = 0x9800000; /* the command line */
	diff(a, b, &d);
	assert_false(d.equal);
	assert_int_equal(d.n, 0);
	assert_string_equal(d.sentence,
			    "the same contents, placed or measured otherwise");
	au_contents_diff_free(&d);
	free(a);
	free(b);
}

static void a_changed_kernel_is_named_though_nothing_measures_it(void **state)
{
	struct image *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	struct au_contents_diff d;

	(void)state;
	put_image(a, "6.1", "quiet");
	put_image(b, "6.2", "quiet");
	diff(a, b, &d);
	assert_false(d.equal);
	assert_string_equal(
		d.item[0].sentence,
		"kernel (shared pages) differs; no measured page holds it; the "
		"hash page does, and the hash table");
	assert_int_equal(d.item[0].depth, 0);
	assert_int_equal(d.item[0].kind, AU_PART_KERNEL);
	assert_string_equal(d.item[1].sentence,
			    "kernel differs: version \"Linux version 6.1\" in "
			    "A, \"Linux version 6.2\" in B, and 2 more");
	assert_string_equal(d.item[3].sentence, "build id \"362e31\" in A, "
						"\"362e32\" in B");
	assert_string_equal(d.item[4].sentence,
			    "2 of 3 pages differ, first at 0x1074");
	/* Then what speaks for it. */
	assert_string_equal(d.item[5].sentence,
			    "hash page differs: first at 0x0");
	assert_int_equal(d.count[AU_FOUND_AT_ODDS], 0);
	assert_memory_equal(d.sentence, d.item[0].sentence,
			    strlen(d.item[0].sentence));
	au_contents_diff_free(&d);
	free(a);
	free(b);
}

static void an_image_at_odds_with_its_hashes_is_told(void **state)
{
	struct image *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	struct au_contents_diff d;

	(void)state;
	put_image(a, "6.1", "quiet");
	put_image(b, "6.1", "quiet");
	b->bytes[2][2000] ^= 1; /* of the kernel; the hashes stay */
	diff(a, b, &d);
	assert_int_equal(d.count[AU_FOUND_AT_ODDS], 2);
	assert_string_equal(d.item[0].sentence,
			    "image B: the hash page does not match the 4 "
			    "shared pages");
	assert_string_equal(d.item[1].sentence,
			    "image B: the hash table does not match the "
			    "shared pages, first that at 0x8002000");
	assert_string_equal(d.item[2].sentence,
			    "kernel (shared pages) differs; no measured page "
			    "holds it or its digest");
	au_contents_diff_free(&d);
	free(a);
	free(b);
}

static void words_of_the_command_line_are_compared(void **state)
{
	static const struct {
		const char *a, *b, *sentence;
	} cases[] = {
		{ "quiet ro", "quiet DEBUG=1 ro",
		  "command line differs: DEBUG=1 only in B" },
		{ "quiet ro", "ro", "command line differs: quiet only in A" },
		{ "a=1 b c=\"x y\"", "a=1 c=\"x z\" b",
		  "command line differs: c=\"x y\" in A, c=\"x z\" in B" },
		{ "b=1 b=2 =", "b=2 b=3 x",
		  "command line differs: b=1 in A, b=3 in B, and 2 more" },
		{ "a b", "b a",
		  "command line differs: words in another order" },
		{ "a a", "a", "command line differs: a only in A" },
	};
	struct image *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct au_contents_diff d;

		put_image(a, "6.1", cases[i].a);
		put_image(b, "6.1", cases[i].b);
		diff(a, b, &d);
		assert_string_equal(d.sentence, cases[i].sentence);
		au_contents_diff_free(&d);
	}
	put_image(a, "6.1", "x");
	put_image(b, "6.1", "x");
	b->bytes[5][0] = 1;
	{
		struct au_contents_diff d;

		diff(a, b, &d);
		assert_string_equal(d.sentence,
				    "command line differs: policy static in A, "
				    "host appends in B");
		au_contents_diff_free(&d);
	}
	free(a);
	free(b);
}

static void unmeasured_memory_cannot_explain_a_measurement(void **state)
{
	struct image *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	struct au_contents_diff d;

	(void)state;
	put_image(a, "6.1", "quiet");
	put_image(b, "6.1", "quiet");
	/* The shim: neither shared nor measured. */
	a->op[7].measured = b->op[7].measured = false;
	b->bytes[3][9] = 0;
	/* It is the reset page's as well. */
	a->launch.n = b->launch.n = 8;
	diff(a, b, &d);
	assert_string_equal(d.sentence,
			    "memory at 0x8003000 (unmeasured pages) "
			    "differs; its contents are not marked as "
			    "measured");
	au_contents_diff_free(&d);
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_named_by_what_it_is),
		cmocka_unit_test(a_map_names_what_it_has_and_cuts_there),
		cmocka_unit_test(digests_are_no_end_of_what_is_before_them),
		cmocka_unit_test(volumes_have_the_names_of_their_sections),
		cmocka_unit_test(more_memory_than_the_limit_is_refused),
		cmocka_unit_test(equal_launches_have_no_difference),
		cmocka_unit_test(another_place_is_no_change_of_contents),
		cmocka_unit_test(
			a_changed_kernel_is_named_though_nothing_measures_it),
		cmocka_unit_test(an_image_at_odds_with_its_hashes_is_told),
		cmocka_unit_test(words_of_the_command_line_are_compared),
		cmocka_unit_test(
			unmeasured_memory_cannot_explain_a_measurement),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
