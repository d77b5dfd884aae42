/* SPDX-License-Identifier: Apache-2.0 */
/* The library through its public header alone, as a stranger uses it. */
#include <ecart.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *read_file(const char *rel, size_t *n)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	char path[1000];
	char *bytes;
	FILE *f;
	long end;

	assert_non_null(root);
	snprintf(path, sizeof(path), "%s/%s", root, rel);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	end = ftell(f);
	assert_true(end > 0);
	rewind(f);
	bytes = malloc((size_t)end);
	assert_non_null(bytes);
	*n = fread(bytes, 1, (size_t)end, f);
	assert_int_equal(*n, end);
	fclose(f);
	return bytes;
}

static void add_anchor(struct ecart *e, const char *rel)
{
	size_t n;
	char *file = read_file(rel, &n);

	assert_int_equal(ecart_add_anchor(e, file, n), ECART_OK);
	assert_int_equal(ecart_add_anchor(e, file, n), ECART_UNREADABLE);
	assert_string_not_equal(ecart_why(e), "");
	free(file);
}

static struct ecart *with_anchors(void)
{
	struct ecart *e = NULL;

	assert_int_equal(ecart_new(&e), ECART_OK);
	add_anchor(e, "testdata/anchors/simulated/intel-sgx-root.pem");
	add_anchor(e, "testdata/anchors/simulated/azure-vtpm-root.pem");
	return e;
}

static void an_archive_replays_to_a_report(void **state)
{
	struct ecart_options o = { .size = sizeof(o) };
	struct ecart *e = with_anchors();
	struct ecart_report *report = NULL;
	size_t n, size;
	char *archive = read_file("testdata/replay/pass/archive.tar", &n);

	(void)state;
	o.has_at = 1;
	o.at = 1780922561;
	assert_int_equal(ecart_replay(e, archive, n, &o, &report), ECART_OK);
	assert_int_equal(ecart_report_verdict(report), ECART_PASS);
	assert_non_null(ecart_report_json(report, &size));
	assert_int_equal(size, strlen(ecart_report_json(report, NULL)));
	ecart_report_free(report);
	free(archive);
	ecart_free(e);
}

static void loose_evidence_is_judged_without_an_archive(void **state)
{
	struct ecart_options o = { .size = sizeof(o) };
	struct ecart *e = with_anchors();
	struct ecart_report *report = NULL;
	size_t n;
	char *quote = read_file("testdata/loose/quote.bin", &n);
	struct ecart_item item = { "the quote", NULL, quote, n };

	(void)state;
	o.has_at = 1;
	o.at = 1780922561;
	o.items = &item;
	o.n_items = 1;
	assert_int_equal(ecart_replay(e, NULL, 0, &o, &report), ECART_OK);
	assert_int_equal(ecart_report_verdict(report), ECART_INCOMPLETE);
	ecart_report_free(report);
	o.has_at = 0;
	assert_int_equal(ecart_replay(e, NULL, 0, &o, &report), ECART_USAGE);
	free(quote);
	ecart_free(e);
}

/* One ustar header, as ecart-archive(5) has it. */
static void put_header(unsigned char *h, const char *name, size_t size)
{
	unsigned int sum = 0;

	memset(h, 0, 512);
	memcpy(h, name, strlen(name));
	memcpy(h + 100,
	       "000644 \0"
	       "000000 \0"
	       "000000 ",
	       24);
	snprintf((char *)h + 124, 26, "%011zo 00000000000 ", size);
	memcpy(h + 257, "ustar\00000", 8);
	memset(h + 148, ' ', 8);
	memcpy(h + 156, "0", 1);
	memcpy(h + 329,
	       "000000 \0"
	       "000000 ",
	       16);
	for (size_t i = 0; i < 512; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
}

/* A manifest that announces two GiB, as a zstd frame of one raw block. */
static size_t put_frame(unsigned char file[8192])
{
	static const char manifest[] =
		"{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":"
		"{\"collector\":{\"name\":\"x\",\"verb\":\"pack\",\"version\":"
		"\"1\"},\"format\":\"ecart-archive/1\",\"items\":["
		"{\"kind\":\"igvm\",\"mediaType\":"
		"\"application/octet-stream\",\"name\":"
		"\"items/igvm/0000.igvm\",\"size\":1073741824},"
		"{\"kind\":\"igvm\",\"mediaType\":"
		"\"application/octet-stream\",\"name\":"
		"\"items/igvm/0001.igvm\",\"size\":1073741824}"
		"]},\"predicateType\":"
		"\"https://w3id.org/ecart/evidence-archive/v1\","
		"\"subject\":["
		"{\"digest\":{\"sha256\":"
		"\"00000000000000000000000000000000"
		"00000000000000000000000000000000\"},"
		"\"name\":\"items/igvm/0000.igvm\"},"
		"{\"digest\":{\"sha256\":"
		"\"00000000000000000000000000000000"
		"00000000000000000000000000000000\"},"
		"\"name\":\"items/igvm/0001.igvm\"}"
		"]}";
	static const unsigned char head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0, 0x58 };
	size_t n = 512 + 1024;

	_Static_assert(sizeof(manifest) < 1024, "two blocks");
	memset(file, 0, 8192);
	memcpy(file, head, sizeof(head));
	file[6] = (unsigned char)(n << 3 | 1);
	file[7] = (unsigned char)(n >> 5);
	put_header(file + 9, "manifest.json", sizeof(manifest) - 1);
	memcpy(file + 9 + 512, manifest, sizeof(manifest) - 1);
	return 9 + n;
}

/* A member of a plain tar in memory, as an item. */
static struct ecart_item member(const char *tar, size_t n, const char *name,
				const char *kind)
{
	struct ecart_item item = { .name = name, .kind = kind };

	for (size_t at = 0; at + 512 < n;) {
		size_t size = strtoul(tar + at + 124, NULL, 8);

		if (strcmp(tar + at, name) == 0) {
			item.bytes = tar + at + 512;
			item.size = size;
		}
		at += 512 + (size + 511) / 512 * 512;
	}
	assert_non_null(item.bytes);
	return item;
}

static void hindsight_is_added_and_turns_no_verdict(void **state)
{
	struct ecart_options o = { .size = sizeof(o), .has_at = 1 };
	struct ecart *e = with_anchors();
	struct ecart_report *then = NULL, *later = NULL;
	size_t n, n_revoked;
	char *archive = read_file("testdata/replay/pass/archive.tar", &n);
	char *revoked = read_file(
		"testdata/replay/fail-dcap.pck.revocation/archive.tar",
		&n_revoked);
	struct ecart_item lists[] = {
		member(revoked, n_revoked, "items/crl-der/0000.der", "crl-der"),
		member(revoked, n_revoked, "items/crl-der/0001.der", "crl-der"),
	};

	(void)state;
	o.at = 1780922561;
	assert_int_equal(ecart_replay(e, archive, n, &o, &then), ECART_OK);
	assert_null(strstr(ecart_report_json(then, NULL), "\"hindsight\""));
	o.items = lists;
	o.n_items = 2;
	o.hindsight = 1;
	assert_int_equal(ecart_replay(e, archive, n, &o, &later), ECART_OK);
	assert_int_equal(ecart_report_verdict(later), ECART_FAIL);
	assert_int_equal(ecart_report_add_hindsight(e, then, later), ECART_OK);
	assert_int_equal(ecart_report_verdict(then), ECART_PASS);
	assert_non_null(strstr(ecart_report_json(then, NULL),
			       "\"hindsight\":{\"asOf\""));
	ecart_report_free(then);
	ecart_report_free(later);
	free(archive);
	free(revoked);
	ecart_free(e);
}

static void what_unpacks_in_memory_has_a_limit(void **state)
{
	struct ecart_options o = { .size = sizeof(o) };
	struct ecart_report *report = NULL;
	struct ecart *e = with_anchors();
	unsigned char file[8192];
	size_t n = put_frame(file);

	(void)state;
	o.has_at = 1;
	o.at = 1780922561;
	assert_int_equal(ecart_replay(e, file, n, &o, &report),
			 ECART_UNREADABLE);
	assert_string_equal(ecart_why(e),
			    "archive: size at byte 0: want 1073741824, found "
			    "2147487232");
	/* The caller may know better; here the rest is just not there. */
	o.limit = (uint64_t)1 << 32;
	assert_int_equal(ecart_replay(e, file, n, &o, &report), ECART_OK);
	assert_int_equal(ecart_report_verdict(report), ECART_FAIL);
	ecart_report_free(report);
	ecart_free(e);
}

static void options_of_another_version_are_refused(void **state)
{
	struct ecart_options o = { .size = sizeof(o) - 8 };
	struct ecart_report *report = NULL;
	struct ecart *e = NULL;

	(void)state;
	assert_int_equal(ecart_new(&e), ECART_OK);
	assert_int_equal(ecart_replay(e, "x", 1, &o, &report), ECART_USAGE);
	o.size = sizeof(o);
	o.reserved[7] = 1;
	assert_int_equal(ecart_replay(e, "x", 1, &o, &report), ECART_USAGE);
	o.reserved[7] = 0;
	assert_int_equal(ecart_replay(e, "x", 1, &o, &report),
			 ECART_UNREADABLE);
	ecart_free(e);
	assert_int_equal(ecart_api_version(), ECART_API_VERSION);
}

static void a_policy_that_names_no_check_is_refused(void **state)
{
	static const char bad[] =
		"{\"policy\":\"ecart-policy/1\",\"name\":\"x\","
		"\"require\":[\"no.such.check\"],"
		"\"waive\":[]}";
	struct ecart *e = NULL;

	(void)state;
	assert_int_equal(ecart_new(&e), ECART_OK);
	assert_int_equal(ecart_set_policy(e, bad, sizeof(bad) - 1),
			 ECART_UNREADABLE);
	ecart_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_archive_replays_to_a_report),
		cmocka_unit_test(loose_evidence_is_judged_without_an_archive),
		cmocka_unit_test(hindsight_is_added_and_turns_no_verdict),
		cmocka_unit_test(what_unpacks_in_memory_has_a_limit),
		cmocka_unit_test(options_of_another_version_are_refused),
		cmocka_unit_test(a_policy_that_names_no_check_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
