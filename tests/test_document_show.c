/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests and launch endorsements shown whole: canonical, and narrow. */
#include "audit/corim/document_show.h"

#include "evidence/base/json.h"
#include "tests/corim_case.h"

static void check_json(struct ev_writer *w)
{
	struct ev_error err = { 0 };
	size_t n = 0;
	char *text;

	ev_write_end(w);
	text = ev_writer_finish(w, &n);
	assert_non_null(text);
	assert_int_equal(ev_json_check_canonical(ev_span_of(text, n), NULL,
						 "test", &err),
			 EV_OK);
	free(text);
}

static void check_width(const struct ev_buffer *out)
{
	size_t width = 0;

	assert_true(ev_buffer_ok(out) && out->n > 0);
	for (size_t i = 0; i < out->n; i++) {
		width = out->p[i] == '\n' ? 0 : width + 1;
		assert_true(width <= 80);
		assert_true(out->p[i] == '\n' ||
			    (out->p[i] >= 0x20 && out->p[i] < 0x7f));
	}
}

static void every_manifest_is_shown(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_span index = corim_read("index");
	char *at = (char *)(uintptr_t)index.p, *column[CORIM_COLUMNS];
	size_t n = 0;

	(void)state;
	while (corim_line(&at, column)) {
		ev_auto_writer struct ev_writer *w = ev_writer_new();
		ev_auto_buffer struct ev_buffer out = { 0 };
		struct ev_span bytes = corim_read(column[0]);
		struct ev_error err = { 0 };
		struct au_corim c;

		if (au_corim_parse(bytes, 0, crypto, &c, &err) == EV_OK) {
			ev_write_object(w, NULL);
			au_corim_write(&c, w);
			check_json(w);
			au_corim_print(&c, false, &out);
			check_width(&out);
			n++;
		}
		corim_free(bytes);
	}
	assert_true(n >= 12);
	corim_free(index);
}

/* Texts that would break a line, a terminal or a document. */
static void foreign_text_is_escaped(void **state)
{
	static const char nasty[] = "\x1b[31m\nred\"\\ and very long, longer "
				    "than any line of eighty columns could be";
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	ev_auto_buffer struct ev_buffer out = { 0 };
	static struct au_corim c;

	(void)state;
	c.id = c.profile = EV_SPAN_LITERAL(nasty);
	c.n_tags = AU_CORIM_TAGS_MAX + 5;
	c.tag[0].number = UINT64_MAX;
	c.n_digests = AU_CORIM_DIGESTS_MAX + 1;
	c.digest[0].vendor = c.digest[0].model = c.digest[0].mkey = c.id;
	c.digest[0].alg = INT64_MIN;
	c.digest[0].value = c.id;
	ev_write_object(w, NULL);
	au_corim_write(&c, w);
	check_json(w);
	au_corim_print(&c, false, &out);
	check_width(&out);
}

static void an_endorsement_is_shown(void **state)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	ev_auto_buffer struct ev_buffer out = { 0 };
	static struct au_launch_endorsement e;
	static const uint8_t value[48] = { 0xe1 };

	(void)state;
	e.has_time = true;
	e.time = UINT64_MAX; /* no time that can be written */
	e.cl_spec = e.snp_policy = UINT64_MAX;
	e.digest = EV_SPAN(value);
	e.has_snp = e.has_tdx = true;
	e.n_snp = e.n_tdx = 2;
	for (size_t i = 0; i < 2; i++) {
		e.tdx[i] = (struct au_endorsed_tdx){ i == 1, UINT64_MAX, i == 1,
						     EV_SPAN(value), 1 };
		e.snp[i] = (struct au_endorsed_snp){ UINT64_MAX, EV_SPAN(value),
						     1 };
	}
	ev_write_object(w, NULL);
	au_launch_endorsement_write(&e, w);
	check_json(w);
	au_launch_endorsement_print(&e, false, &out);
	check_width(&out);
	ev_buffer_add_byte(&out, 0);
	assert_non_null(strstr((char *)out.p, "any memory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_manifest_is_shown),
		cmocka_unit_test(foreign_text_is_escaped),
		cmocka_unit_test(an_endorsement_is_shown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
