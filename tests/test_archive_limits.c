/* SPDX-License-Identifier: Apache-2.0 */
/* What sig/ files may weigh, one by one and together. */
#include "evidence/archive_path.h"
#include "evidence/limits.h"

#include "collect/rewrite.h"
#include "tests/sample.h"

#include <stdio.h>
#include <stdlib.h>

/* Adds n zero bytes as sig/NAME; *b becomes the archive with them. */
static enum ev_code add(struct ev_buffer *b, const char *name, size_t n)
{
	struct ev_buffer more = { 0 };
	uint8_t *bytes = calloc(n, 1);
	struct ev_error err = { 0 };
	struct ev_archive a;
	enum ev_code code;

	assert_non_null(bytes);
	assert_int_equal(ev_archive_open(sample_crypto(), ev_buffer_span(b),
					 EV_ARCHIVE_MAX, &a, &err),
			 EV_OK);
	code = co_rewrite(&a, name, ev_span_of(bytes, n), ev_sink_buffer(&more),
			  &err);
	ev_archive_free(&a);
	free(bytes);
	if (code != EV_OK)
		return code;
	ev_buffer_free(b);
	*b = more;
	return EV_OK;
}

static enum ev_code open_code(const struct ev_buffer *b)
{
	struct ev_error err = { 0 };
	struct ev_archive a;
	enum ev_code code = ev_archive_open(sample_crypto(), ev_buffer_span(b),
					    EV_ARCHIVE_MAX, &a, &err);

	if (code == EV_OK)
		ev_archive_free(&a);
	return code;
}

static void envelopes_may_hold_the_largest_manifest(void **state)
{
	(void)state;
	assert_true(EV_DSSE_MAX > (EV_MANIFEST_MAX + 2) / 3 * 4 + 4096);
	assert_int_equal(ev_archive_sig_max("sig/00.dsse.json"), EV_DSSE_MAX);
	assert_int_equal(ev_archive_sig_max("00.dsse.json"), EV_DSSE_MAX);
	assert_int_equal(ev_archive_sig_max("sig/00.dsse.json.tsr"),
			 EV_SIG_FILE_MAX);
	assert_int_equal(ev_archive_sig_max("x"), EV_SIG_FILE_MAX);
}

static void each_sig_file_has_the_limit_of_its_name(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };

	(void)state;
	sample_archive(NULL, false, &b);
	assert_int_equal(add(&b, "sig/a.pem", EV_SIG_FILE_MAX + 1), EV_LIMIT);
	assert_int_equal(add(&b, "sig/a.dsse.json", EV_DSSE_MAX + 1), EV_LIMIT);
	assert_int_equal(add(&b, "sig/a.pem", EV_SIG_FILE_MAX), EV_OK);
	assert_int_equal(add(&b, "sig/a.dsse.json", EV_DSSE_MAX), EV_OK);
	assert_int_equal(open_code(&b), EV_OK);
	/* The same size under another name. */
	{
		static const char name[] = "sig/a.dsse.json", to[] = "sig/a.x";
		uint8_t *at = memmem(b.p, b.n, name, sizeof(name));
		unsigned int sum = 0;

		assert_non_null(at);
		memset(at, 0, sizeof(name));
		memcpy(at, to, sizeof(to));
		memset(at + 148, ' ', 8);
		for (size_t i = 0; i < 512; i++)
			sum += at[i];
		snprintf((char *)at + 148, 8, "%06o", sum);
		at[155] = ' ';
	}
	assert_int_equal(open_code(&b), EV_LIMIT);
}

static void all_sig_files_together_have_a_limit(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	size_t room = EV_SIG_ALL_MAX;
	char name[32];

	(void)state;
	sample_archive(NULL, false, &b);
	for (int i = 0; room >= EV_DSSE_MAX; i++) {
		snprintf(name, sizeof(name), "sig/%02d.dsse.json", i);
		assert_int_equal(add(&b, name, EV_DSSE_MAX), EV_OK);
		room -= EV_DSSE_MAX;
	}
	assert_int_equal(add(&b, "sig/z.dsse.json", room + 1), EV_LIMIT);
	assert_int_equal(add(&b, "sig/z.dsse.json", room), EV_OK);
	assert_int_equal(open_code(&b), EV_OK);
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
		cmocka_unit_test(envelopes_may_hold_the_largest_manifest),
		cmocka_unit_test(each_sig_file_has_the_limit_of_its_name),
		cmocka_unit_test(all_sig_files_together_have_a_limit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
