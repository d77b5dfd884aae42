/* SPDX-License-Identifier: Apache-2.0 */
/* Writing archives: the same bytes every time, whole files or none. */
#include "collect/write.h"

#include "collect/rewrite.h"
#include "collect/tar_write.h"
#include "evidence/archive.h"
#include "tests/sample.h"
#include "tests/vectors.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/ecart-test-write-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[sizeof(dir) + 100];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* How many names the directory holds; the last one is put into name. */
static size_t count_names(char name[256])
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(name, 256, "%s", e->d_name);
		n++;
	}
	closedir(d);
	return n;
}

static void read_file(const char *path, struct ev_buffer *out)
{
	FILE *f = fopen(path, "rb");
	uint8_t piece[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		ev_buffer_add(out, ev_span_of(piece, n));
	fclose(f);
}

/* --- bytes --- */

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
	assert_int_equal(co_tar_write(members, 3, &b, &err), EV_OK);
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
					 &b, NULL, &err),
			 EV_VALUE);
	assert_string_equal(err.found, "no-such-kind");
	items[0].kind = "tdx-quote";
	items[0].bytes = EV_SPAN(large);
	err = (struct ev_error){ 0 };
	assert_int_equal(co_archive_make(sample_crypto(), items, 1, &options,
					 &b, NULL, &err),
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
					 &b, NULL, &err),
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
					    EV_SPAN_LITERAL("token"), &after,
					    &err),
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
				    &out, &err),
			 EV_DUPLICATE);
	err = (struct ev_error){ 0 };
	assert_int_equal(
		co_rewrite(&a, "items/x", EV_SPAN_LITERAL("x"), &out, &err),
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
	assert_int_equal(
		co_rewrite(&a, "sig/x.pem", EV_SPAN_LITERAL("x"), &out, &err),
		EV_OK);
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(&out),
					 EV_ARCHIVE_MAX, &c, &err),
			 EV_OK);
	assert_int_equal(c.n_problems, 0);
	ev_archive_free(&a);
	ev_archive_free(&c);
}

/* --- files --- */

static void file_is_written_once_and_never_over(void **state)
{
	const struct co_archive_options options = { .claims.verb = "pack" };
	ev_auto_buffer struct ev_buffer file = { 0 }, want = { 0 };
	struct ev_error err = { 0 };
	char why[CO_WHY_MAX], name[256];
	size_t size = 0;

	(void)state;
	assert_int_equal(co_archive_make(sample_crypto(), sample_items,
					 sample_n_items, &options, &want, NULL,
					 &err),
			 EV_OK);
	assert_int_equal(co_archive_write(sample_crypto(), in_dir("a.ecart"),
					  sample_items, sample_n_items,
					  &options, &size, NULL, why),
			 CO_WRITTEN);
	assert_int_equal(co_archive_write(sample_crypto(), in_dir("a.ecart"),
					  sample_items, sample_n_items,
					  &options, &size, NULL, why),
			 CO_NOT_WRITTEN_EXISTS);
	assert_non_null(strstr(why, "exists"));
	read_file(in_dir("a.ecart"), &file);
	assert_int_equal(size, file.n);
	assert_true(ev_span_eq(ev_buffer_span(&file), ev_buffer_span(&want)));
	assert_int_equal(count_names(name), 1);
	assert_int_equal(unlink(in_dir("a.ecart")), 0);
}

static void replacing_keeps_the_permissions(void **state)
{
	char why[CO_WHY_MAX], name[256];
	struct stat st;

	(void)state;
	assert_int_equal(co_outfile_write(in_dir("p"), EV_SPAN_LITERAL("old"),
					  0640, CO_OUTFILE_NEW, why),
			 CO_OUTFILE_OK);
	assert_int_equal(chmod(in_dir("p"), 0604), 0);
	assert_int_equal(co_outfile_write(in_dir("p"), EV_SPAN_LITERAL("new!"),
					  0666, CO_OUTFILE_REPLACE, why),
			 CO_OUTFILE_OK);
	assert_int_equal(stat(in_dir("p"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0604);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(count_names(name), 1);
	assert_int_equal(unlink(in_dir("p")), 0);
}

static void absent_directory_and_a_directory_are_trouble(void **state)
{
	char why[CO_WHY_MAX];

	(void)state;
	assert_int_equal(co_outfile_write(in_dir("no/such"),
					  EV_SPAN_LITERAL("x"), 0666,
					  CO_OUTFILE_NEW, why),
			 CO_OUTFILE_TROUBLE);
	assert_int_equal(co_outfile_write(in_dir(""), EV_SPAN_LITERAL("x"),
					  0666, CO_OUTFILE_REPLACE, why),
			 CO_OUTFILE_TROUBLE);
	assert_int_equal(co_outfile_write(in_dir("."), EV_SPAN_LITERAL("x"),
					  0666, CO_OUTFILE_REPLACE, why),
			 CO_OUTFILE_TROUBLE);
}

/* What a child makes of a file that it may write up to n bytes of. */
static int write_limited(rlim_t n, size_t size, enum co_outfile_mode mode)
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = { n, n };
		char why[CO_WHY_MAX] = "";
		uint8_t *bytes = calloc(size, 1);

		if (bytes == NULL || setrlimit(RLIMIT_FSIZE, &limit) != 0)
			_exit(99);
		_exit((int)co_outfile_write(
			in_dir("f"), ev_span_of(bytes, size), 0666, mode, why));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void full_disk_leaves_nothing_or_what_was_there(void **state)
{
	char why[CO_WHY_MAX], name[256];
	struct stat st;

	(void)state;
	assert_int_equal(write_limited(1000, 100000, CO_OUTFILE_NEW),
			 CO_OUTFILE_TROUBLE);
	assert_int_equal(count_names(name), 0);
	assert_int_equal(co_outfile_write(in_dir("f"), EV_SPAN_LITERAL("old"),
					  0666, CO_OUTFILE_NEW, why),
			 CO_OUTFILE_OK);
	assert_int_equal(write_limited(1000, 100000, CO_OUTFILE_REPLACE),
			 CO_OUTFILE_TROUBLE);
	assert_int_equal(count_names(name), 1);
	assert_int_equal(stat(in_dir("f"), &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(unlink(in_dir("f")), 0);
}

static const size_t large = (size_t)8 << 20;

/* Writes the file again and again until it is killed. */
static _Noreturn void write_for_ever(void)
{
	uint8_t *bytes = calloc(large, 1);
	char why[CO_WHY_MAX];

	while (bytes != NULL) {
		unlink(in_dir("k"));
		co_outfile_write(in_dir("k"), ev_span_of(bytes, large), 0666,
				 CO_OUTFILE_NEW, why);
	}
	_exit(99);
}

static void killed_writer_leaves_nothing_or_the_whole_file(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 40; i++) {
		char name[256] = "";
		struct stat st;
		pid_t child = fork();
		size_t n;

		assert_true(child >= 0);
		if (child == 0)
			write_for_ever();
		usleep(1000 + i * 777);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		n = count_names(name);
		if (n == 0)
			continue;
		assert_int_equal(n, 1);
		assert_string_equal(name, "k");
		assert_int_equal(stat(in_dir("k"), &st), 0);
		assert_int_equal(st.st_size, large);
		assert_int_equal(unlink(in_dir("k")), 0);
	}
}

static void detached_files_lie_beside_the_archive(void **state)
{
	char why[CO_WHY_MAX];
	ev_auto_buffer struct ev_buffer b = { 0 };

	(void)state;
	assert_int_equal(co_write_detached(in_dir("a"), "sig/manifest.0.tsr",
					   EV_SPAN_LITERAL("t"), why),
			 CO_OUTFILE_OK);
	assert_int_equal(co_write_detached(in_dir("a"), "sig/manifest.0.tsr",
					   EV_SPAN_LITERAL("t"), why),
			 CO_OUTFILE_EXISTS);
	read_file(in_dir("a.sig/manifest.0.tsr"), &b);
	assert_true(ev_span_eq(ev_buffer_span(&b), EV_SPAN_LITERAL("t")));
	assert_int_equal(unlink(in_dir("a.sig/manifest.0.tsr")), 0);
	assert_int_equal(rmdir(in_dir("a.sig")), 0);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	ev_crypto_free(sample_crypto());
	return rmdir(dir);
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
		cmocka_unit_test(file_is_written_once_and_never_over),
		cmocka_unit_test(replacing_keeps_the_permissions),
		cmocka_unit_test(absent_directory_and_a_directory_are_trouble),
		cmocka_unit_test(full_disk_leaves_nothing_or_what_was_there),
		cmocka_unit_test(
			killed_writer_leaves_nothing_or_the_whole_file),
		cmocka_unit_test(detached_files_lie_beside_the_archive),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
