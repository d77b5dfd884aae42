/* SPDX-License-Identifier: Apache-2.0 */
/* Writing archives: the same bytes every time. */
#include "collect/write.h"

#include "collect/rewrite.h"
#include "collect/tar_write.h"
#include "evidence/archive.h"
#include "tests/sample.h"
#include "tests/vectors.h"

#include <stdlib.h>

static void tar_is_the_golden_one(void **state)
{
	static const struct co_tar_member members[] = {
		{ "manifest.json", { (const uint8_t *)"{\"x\":1}\n", 8 } },
		{ "items/a/b.bin", { (const uint8_t *)"hi\n", 3 } },
		{ "items/empty", { NULL, 0 } },
	};
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	struct ev_span golden;

	(void)state;
	vectors_need();
	assert_true(vectors_read("archive/tar/canonical-3.tar", &golden));
	assert_int_equal(
		co_tar_write(members, 3, false, ev_sink_buffer(&b), &err),
		EV_OK);
	assert_true(ev_span_eq(ev_buffer_span(&b), golden));
}

static void same_items_give_the_same_bytes(void **state)
{
	static const char *const pems[] = { NULL, sample_ed25519 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		ev_auto_buffer struct ev_buffer a = { 0 }, b = { 0 };

		sample_archive(pems[i], false, &a);
		assert_int_equal(setenv("TZ", "Asia/Tokyo", 1), 0);
		assert_int_equal(setenv("SOURCE_DATE_EPOCH", "1", 1), 0);
		sample_archive(pems[i], false, &b);
		assert_true(ev_span_eq(ev_buffer_span(&a), ev_buffer_span(&b)));
	}
}

static void manifest_has_what_was_told_and_nothing_else(void **state)
{
	static const char want[] =
		"\"predicate\":{\"collector\":{\"name\":\"ecart\",\"verb\":"
		"\"pack\",\"version\":\"" ECART_VERSION
		"\"},\"format\":\"ecart-archive/1\",\"items\":[{\"kind\":"
		"\"collect-log\",\"mediaType\":\"text/plain\",\"name\":"
		"\"items/collect-log/0000-early.txt\",\"size\":0},{\"kind\":"
		"\"http-headers\",\"mediaType\":\"text/plain\",\"name\":"
		"\"items/http-headers/0000.txt\",\"relates\":[{\"name\":"
		"\"items/tdx-quote/0000.bin\",\"rel\":\"headers-of\"}],"
		"\"size\":19},{\"kind\":\"tdx-quote\",\"mediaType\":"
		"\"application/octet-stream\",\"name\":"
		"\"items/tdx-quote/0000.bin\",\"nonce\":\"010203\",\"size\":11,"
		"\"source\":{\"detail\":\"told by a test\",\"type\":\"file\"}}]"
		",\"time\":\"2026-06-08T12:42:41Z\"},\"predicateType\":"
		"\"https://w3id.org/ecart/evidence-archive/v1\"";
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive a;

	(void)state;
	sample_archive(NULL, false, &b);
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&b),
					 EV_ARCHIVE_MAX, &a, &err),
			 EV_OK);
	assert_non_null(memmem(a.manifest_bytes.p, a.manifest_bytes.n, want,
			       sizeof(want) - 1));
	ev_archive_free(&a);
}

static void paths_are_numbered_within_their_kind(void **state)
{
	static struct co_item items[10002];
	char(*paths)[EV_PATH_TEXT] = NULL;
	struct ev_error err = { 0 };

	(void)state;
	for (size_t i = 0; i < 10002; i++)
		items[i].kind = i == 1 ? "crl-der" : "http-headers";
	items[2].hint = "round2";
	items[3].extension = "json";
	assert_int_equal(co_item_paths(items, 10002, &paths, &err), EV_OK);
	assert_string_equal(paths[0], "items/http-headers/0000.txt");
	assert_int_equal(strncmp(paths[1], "items/crl-der/0000.", 19), 0);
	assert_string_equal(paths[2], "items/http-headers/0001-round2.txt");
	assert_string_equal(paths[3], "items/http-headers/0002.json");
	assert_string_equal(paths[10001], "items/http-headers/10000.txt");
	free(paths);
}

static void what_no_reader_would_take_is_refused(void **state)
{
	static uint8_t large[300 * 1024];
	struct co_item items[] = { { .kind = "no-such-kind" } };
	const struct co_archive_options options = { .claims.verb = "pack" };
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	char(*paths)[EV_PATH_TEXT] = NULL;

	(void)state;
	assert_int_equal(co_archive_make(sample_crypto(), items, 1, &options,
					 ev_sink_buffer(&b), NULL, &err),
			 EV_VALUE);
	assert_string_equal(err.found, "no-such-kind");
	items[0].kind = "tdx-quote";
	items[0].bytes = EV_SPAN(large);
	err = (struct ev_error){ 0 };
	assert_int_equal(co_archive_make(sample_crypto(), items, 1, &options,
					 ev_sink_buffer(&b), NULL, &err),
			 EV_LIMIT);
	items[0].bytes.n = 0;
	items[0].hint = "../up";
	err = (struct ev_error){ 0 };
	assert_int_equal(co_item_paths(items, 1, &paths, &err), EV_VALUE);
	assert_int_equal(b.n, 0);
}

static void hostile_text_of_a_source_stays_canonical(void **state)
{
	const struct co_item items[] = { {
		.kind = "tdx-quote",
		.source_type = "file",
		.source_detail = "a\\b\n\x1b[31m\xff\"",
	} };
	const struct co_archive_options options = { .claims.verb = "pack" };
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive a;

	(void)state;
	assert_int_equal(co_archive_make(sample_crypto(), items, 1, &options,
					 ev_sink_buffer(&b), NULL, &err),
			 EV_OK);
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&b),
					 EV_ARCHIVE_MAX, &a, &err),
			 EV_OK);
	assert_int_equal(a.n_problems, 0);
	ev_archive_free(&a);
}

/* --- adding a signature --- */

static void adding_a_file_changes_nothing_else(void **state)
{
	ev_auto_buffer struct ev_buffer before = { 0 }, after = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive a, b;

	(void)state;
	for (int zstd = 0; zstd < 2; zstd++) {
		ev_buffer_free(&before);
		ev_buffer_free(&after);
		sample_archive(sample_ed25519, zstd != 0, &before);
		assert_int_equal(ev_archive_open(sample_crypto(),
						 ev_buffer_span(&before),
						 EV_ARCHIVE_MAX, &a, &err),
				 EV_OK);
		assert_int_equal(co_rewrite(&a, "sig/manifest.0.tsr",
					    EV_SPAN_LITERAL("token"),
					    ev_sink_buffer(&after), &err),
				 EV_OK);
		assert_int_equal(ev_archive_open(sample_crypto(),
						 ev_buffer_span(&after),
						 EV_ARCHIVE_MAX, &b, &err),
				 EV_OK);
		assert_int_equal(b.n_problems, 0);
		assert_memory_equal(a.id, b.id, 32);
		assert_int_equal(b.n_sigs, 2);
		assert_int_equal(b.compressed, zstd != 0);
		assert_true(ev_span_eq(a.sigs[0].data, b.sigs[0].data));
		for (size_t i = 0; i < 3; i++)
			assert_true(
				ev_span_eq(a.items[i].data, b.items[i].data));
		ev_archive_free(&a);
		ev_archive_free(&b);
	}
}

static void taken_and_foreign_names_are_not_added(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 }, out = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive a;

	(void)state;
	sample_archive(sample_ed25519, false, &b);
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&b),
					 EV_ARCHIVE_MAX, &a, &err),
			 EV_OK);
	assert_int_equal(co_rewrite(&a, a.sigs[0].name, EV_SPAN_LITERAL("x"),
				    ev_sink_buffer(&out), &err),
			 EV_DUPLICATE);
	err = (struct ev_error){ 0 };
	assert_int_equal(co_rewrite(&a, "items/x", EV_SPAN_LITERAL("x"),
				    ev_sink_buffer(&out), &err),
			 EV_VALUE);
	assert_int_equal(out.n, 0);
	ev_archive_free(&a);
}

static void blocking_padding_goes_when_a_file_is_added(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 }, out = { 0 };
	struct ev_error err = { 0 };
	struct ev_archive a, c;

	(void)state;
	sample_archive(NULL, false, &b);
	while (b.n % 10240 != 0)
		ev_buffer_add_byte(&b, 0);
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&b),
					 EV_ARCHIVE_MAX, &a, &err),
			 EV_OK);
	assert_int_equal(a.n_problems, 1);
	assert_int_equal(a.problem[0].code, EV_ARCHIVE_NONCANONICAL);
	assert_int_equal(co_rewrite(&a, "sig/x.pem", EV_SPAN_LITERAL("x"),
				    ev_sink_buffer(&out), &err),
			 EV_OK);
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&out),
					 EV_ARCHIVE_MAX, &c, &err),
			 EV_OK);
	assert_int_equal(c.n_problems, 0);
	ev_archive_free(&a);
	ev_archive_free(&c);
}

static int tear_down(void **state)
{
	(void)state;
	ev_crypto_free(sample_crypto());
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tar_is_the_golden_one),
		cmocka_unit_test(same_items_give_the_same_bytes),
		cmocka_unit_test(manifest_has_what_was_told_and_nothing_else),
		cmocka_unit_test(paths_are_numbered_within_their_kind),
		cmocka_unit_test(what_no_reader_would_take_is_refused),
		cmocka_unit_test(hostile_text_of_a_source_stays_canonical),
		cmocka_unit_test(adding_a_file_changes_nothing_else),
		cmocka_unit_test(taken_and_foreign_names_are_not_added),
		cmocka_unit_test(blocking_padding_goes_when_a_file_is_added),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
