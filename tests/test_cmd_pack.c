/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ecart pack, called as the program calls it.  What it prints is read back
 * from a file, so that it does not mix with the test's own output.
 */
#include "tests/vectors.h"

#include "commands.h"
#include "evidence/archive.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define AZURE "e2e-tdx/azure-tdx-with-ak-intermediates-1780922561.yaml"
#define AZURE_COLL                                                             \
	"e2e-tdx/azure-collateral-with-ak-intermediates-1780922561.yaml"
#define ARGS_MAX 12

static char folder[] = "/tmp/ecart-pack-XXXXXX";
static char said[2][16384]; /* stdout, stderr of the last call */

static const char *in_folder(const char *name)
{
	static char text[8][300];
	static int next;

	next = (next + 1) % 8;
	snprintf(text[next], sizeof(text[next]), "%s/%s", folder, name);
	return text[next];
}

/* Read and kept until the end. */
static struct cli_file files[16];
static size_t n_files;

static struct ev_span slurp(const char *path)
{
	struct cli_file *file = &files[n_files++];

	assert_true(n_files <= sizeof(files) / sizeof(*files));
	assert_int_equal(cli_file_read(path, 1 << 24, file), CLI_PASS);
	return file->bytes;
}

static void spill(const char *name, struct ev_span bytes)
{
	FILE *f = fopen(in_folder(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	assert_int_equal(fclose(f), 0);
}

/* Puts descriptor fd back and reads what was said there. */
static void end_capture(int fd, int saved, int file, char *text)
{
	ssize_t n;

	assert_true(dup2(saved, fd) >= 0);
	n = pread(file, text, sizeof(said[0]) - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	close(saved);
	close(file);
}

static int begin_capture(int fd, int *file)
{
	int saved = dup(fd);

	*file = open(folder, O_TMPFILE | O_RDWR, 0600);
	assert_true(saved >= 0 && *file >= 0);
	assert_true(dup2(*file, fd) >= 0);
	return saved;
}

/* The arguments after "pack", ended by NULL. */
static int pack(const char *first, ...)
{
	char words[ARGS_MAX][400] = { "pack" };
	char *argv[ARGS_MAX + 1] = { words[0] };
	int argc = 1, file[2], saved[2], status;
	va_list args;

	va_start(args, first);
	for (const char *a = first; a != NULL; a = va_arg(args, const char *)) {
		assert_true(argc < ARGS_MAX);
		snprintf(words[argc], sizeof(words[argc]), "%s", a);
		argv[argc] = words[argc];
		argc++;
	}
	va_end(args);
	fflush(stdout);
	for (int i = 0; i < 2; i++)
		saved[i] = begin_capture(i + 1, &file[i]);
	status = cmd_pack.run(argc, argv);
	fflush(stdout);
	for (int i = 0; i < 2; i++)
		end_capture(i + 1, saved[i], file[i], said[i]);
	return status;
}

static void assert_said(int stream, const char *text)
{
	if (strstr(said[stream], text) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", text, said[stream]);
}

static void assert_absent(const char *name)
{
	struct stat st;

	assert_int_not_equal(stat(in_folder(name), &st), 0);
}

static void packs_the_azure_set_into_an_archive_that_reads(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct ev_archive archive;
	struct ev_error err = { 0 };

	(void)state;
	vectors_need();
	assert_int_equal(pack("-o", in_folder("azure.ecart"), "--time",
			      "@1780922561", "--source-note", "from Azure",
			      vectors_path(AZURE), vectors_path(AZURE_COLL),
			      NULL),
			 CLI_PASS);
	assert_said(0, "items/tdx-quote/0000.bin");
	assert_said(0, "unsigned: nobody vouches that nothing was changed "
		       "(use --key)");
	assert_said(0, "claimed time 2026-06-08T12:42:41Z");
	assert_int_equal(ev_archive_open(crypto,
					 slurp(in_folder("azure.ecart")),
					 EV_ARCHIVE_MAX, &archive, &err),
			 EV_OK);
	assert_int_equal(archive.n_problems, 0);
	assert_int_equal(archive.manifest.n_items, 17);
	assert_true(archive.manifest.has_time);
	assert_int_equal(archive.manifest.time, 1780922561);
	assert_string_equal(archive.manifest.verb, "pack");
	for (size_t i = 0; i < archive.manifest.n_items; i++) {
		const struct ev_manifest_item *item =
			&archive.manifest.items[i];

		assert_int_equal(
			ev_archive_digest(crypto, &archive, i, NULL, &err),
			EV_VERIFIED_YES);
		assert_non_null(item->kind);
		assert_string_equal(item->source_type, "file");
		assert_memory_equal(item->source_detail, "from Azure; ", 12);
	}
	ev_archive_free(&archive);
	ev_crypto_free(crypto);
}

static void same_files_in_any_order_give_the_same_bytes(void **state)
{
	(void)state;
	vectors_need();
	assert_int_equal(pack("-o", in_folder("1.ecart"), vectors_path(AZURE),
			      vectors_path(AZURE_COLL), NULL),
			 CLI_PASS);
	assert_said(0, "no time claimed: replay needs --at");
	assert_int_equal(pack("-o", in_folder("2.ecart"),
			      vectors_path(AZURE_COLL), vectors_path(AZURE),
			      NULL),
			 CLI_PASS);
	assert_true(ev_span_eq(slurp(in_folder("1.ecart")),
			       slurp(in_folder("2.ecart"))));
}

static void same_bytes_twice_are_one_item(void **state)
{
	struct ev_span quote = { NULL, 0 };

	(void)state;
	vectors_need();
	vectors_read("azure/tdx1-td-quote.bin", &quote);
	spill("a-copy", quote);
	assert_int_equal(pack("-o", in_folder("twice.ecart"),
			      vectors_path("azure/tdx1-td-quote.bin"),
			      in_folder("a-copy"), NULL),
			 CLI_PASS);
	assert_said(1, "a-copy: the same bytes as ");
	assert_true(strstr(said[0], "tdx-quote/0001") == NULL);
}

static void a_folder_means_its_files(void **state)
{
	struct ev_span bytes = { NULL, 0 };

	(void)state;
	vectors_need();
	assert_int_equal(mkdir(in_folder("set"), 0700), 0);
	assert_int_equal(mkdir(in_folder("set/deeper"), 0700), 0);
	assert_int_equal(mkdir(in_folder("set/.git"), 0700), 0);
	vectors_read("azure/tdx1-td-quote.bin", &bytes);
	spill("set/b", bytes);
	vectors_read("azure/tdx1-hcl-report.bin", &bytes);
	spill("set/deeper/c", bytes);
	spill("set/.hidden", EV_SPAN_LITERAL("not for pack"));
	spill("set/.git/config", EV_SPAN_LITERAL("not for pack"));
	for (int i = 0; i < 2; i++) {
		/* The second time the folder holds the first archive. */
		assert_int_equal(pack("-o", in_folder("set/out.ecart"),
				      "--force", in_folder("set"), NULL),
				 CLI_PASS);
		assert_said(0, "items/tdx-quote/0000.bin");
		assert_said(0, "items/azure-hcl-report/0000.bin");
		assert_said(1, "/set/.git: hidden, left out\n");
		assert_said(1, "/set/.hidden: hidden, left out\n");
	}
}

/* A folder that came from elsewhere must not reach out of itself. */
static void links_in_a_folder_are_left_out_and_named(void **state)
{
	char argument[400];

	(void)state;
	assert_int_equal(mkdir(in_folder("links"), 0700), 0);
	assert_int_equal(mkdir(in_folder("outside"), 0700), 0);
	spill("outside/secret", EV_SPAN_LITERAL("not for pack"));
	spill("links/one", EV_SPAN_LITERAL("1"));
	assert_int_equal(symlink("../outside/secret", in_folder("links/file")),
			 0);
	assert_int_equal(symlink("../outside", in_folder("links/folder")), 0);
	assert_int_equal(symlink("nowhere", in_folder("links/gone")), 0);
	assert_int_equal(mkfifo(in_folder("links/pipe"), 0600), 0);
	snprintf(argument, sizeof(argument), "salt=%s", in_folder("links"));
	assert_int_equal(pack("-o", in_folder("links.ecart"), argument, NULL),
			 CLI_PASS);
	assert_said(1, "/links/file: a symbolic link, left out\n");
	assert_said(1, "/links/folder: a symbolic link, left out\n");
	assert_said(1, "/links/gone: a symbolic link, left out\n");
	assert_said(1, "/links/pipe: no regular file, left out\n");
	assert_said(0, "items/salt/0000.bin");
	assert_true(strstr(said[0], "items/salt/0001.bin") == NULL);
	/* What a person names is what they mean. */
	assert_int_equal(symlink("links", in_folder("named")), 0);
	snprintf(argument, sizeof(argument), "salt=%s", in_folder("named"));
	assert_int_equal(pack("-o", in_folder("named.ecart"), argument, NULL),
			 CLI_PASS);
}

static void what_is_not_recognised_is_named_and_nothing_written(void **state)
{
	(void)state;
	spill("odd", EV_SPAN_LITERAL("\x01\x11 odd"));
	spill("empty", EV_SPAN_LITERAL(""));
	assert_int_equal(pack("-o", in_folder("no.ecart"), in_folder("odd"),
			      in_folder("empty"), NULL),
			 CLI_UNREADABLE);
	assert_said(1, "odd: not recognised; first bytes 01 11 20 6f 64 64; "
		       "say KIND=");
	assert_said(1, "empty: not recognised; it is empty");
	assert_absent("no.ecart");
	assert_int_equal(
		pack("-o", in_folder("no.ecart"), in_folder("absent"), NULL),
		CLI_UNREADABLE);
	assert_absent("no.ecart");
}

static void a_kind_in_front_overrides(void **state)
{
	char argument[400];

	(void)state;
	spill("odd", EV_SPAN_LITERAL("\x01\x11 odd"));
	snprintf(argument, sizeof(argument), "tpm-pcrs=%s", in_folder("odd"));
	assert_int_equal(pack("-o", in_folder("kind.ecart"), argument, NULL),
			 CLI_PASS);
	assert_said(0, "items/tpm-pcrs/0000.bin");
	assert_int_equal(
		pack("-o", in_folder("no.ecart"), "tmp-pcrs=odd", NULL),
		CLI_USAGE);
	assert_said(1, "no kind \"tmp-pcrs\"");
}

static void a_zero_tail_is_kept_and_its_place_said(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_span crl = { NULL, 0 };
	char note[100];

	(void)state;
	vectors_need();
	assert_true(vectors_read("dcap/x-intel-sample-testroot/rootCaCrl.der",
				 &crl));
	ev_buffer_add(&b, crl);
	for (int i = 0; i < 24; i++)
		ev_buffer_add_byte(&b, 0);
	spill("crl", ev_buffer_span(&b));
	assert_int_equal(
		pack("-o", in_folder("crl.ecart"), in_folder("crl"), NULL),
		CLI_PASS);
	snprintf(note, sizeof(note),
		 "note: padded crl-der: %zu bytes, then 24 zero bytes\n",
		 crl.n);
	assert_said(0, note);
	snprintf(note, sizeof(note), "%9zu  items/crl-der/0000.crl\n", b.n);
	assert_said(0, note);
}

static void an_existing_archive_is_kept(void **state)
{
	char argument[400];

	(void)state;
	spill("keep.ecart", EV_SPAN_LITERAL("precious"));
	spill("odd", EV_SPAN_LITERAL("odd"));
	snprintf(argument, sizeof(argument), "tpm-pcrs=%s", in_folder("odd"));
	assert_int_equal(pack("-o", in_folder("keep.ecart"), argument, NULL),
			 CLI_USAGE);
	assert_said(1, "--force replaces it");
	assert_true(ev_span_eq(slurp(in_folder("keep.ecart")),
			       EV_SPAN_LITERAL("precious")));
	assert_int_equal(
		pack("-o", in_folder("keep.ecart"), "--force", argument, NULL),
		CLI_PASS);
}

static void bad_usage_is_told_apart(void **state)
{
	(void)state;
	assert_int_equal(pack(NULL), CLI_USAGE);
	assert_int_equal(pack("-o", "-", "x", NULL), CLI_USAGE);
	assert_int_equal(pack("-o", "x", NULL), CLI_USAGE);
	assert_int_equal(pack("-o", "x", "--time", "yesterday", "y", NULL),
			 CLI_USAGE);
	assert_int_equal(pack("--colour", NULL), CLI_USAGE);
	assert_int_equal(pack("--help", NULL), CLI_PASS);
	assert_said(0, "example: ecart pack");
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[100];

	(void)state;
	while (n_files > 0)
		cli_file_free(&files[--n_files]);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			packs_the_azure_set_into_an_archive_that_reads),
		cmocka_unit_test(same_files_in_any_order_give_the_same_bytes),
		cmocka_unit_test(same_bytes_twice_are_one_item),
		cmocka_unit_test(a_folder_means_its_files),
		cmocka_unit_test(links_in_a_folder_are_left_out_and_named),
		cmocka_unit_test(
			what_is_not_recognised_is_named_and_nothing_written),
		cmocka_unit_test(a_kind_in_front_overrides),
		cmocka_unit_test(a_zero_tail_is_kept_and_its_place_said),
		cmocka_unit_test(an_existing_archive_is_kept),
		cmocka_unit_test(bad_usage_is_told_apart),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
