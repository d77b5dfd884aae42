/* SPDX-License-Identifier: Apache-2.0 */
/* systemd's log of its measurements: records, what is odd, bounds. */
#include "evidence/systemd_log.h"

#include "tests/parse_case.h"

#define SHA1_A "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"
#define SHA256_A                                                               \
	"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

static const char sample[] =
	"\x1e{\"pcr\":11,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\"" SHA256_A
	"\"},{\"hashAlg\":\"sha1\",\"digest\":\"" SHA1_A
	"\"}],\"content_type\":\"systemd\",\"content\":{\"string\":\"a\","
	"\"bootId\":\"0123456789abcdef0123456789abcdef\","
	"\"timestamp\":1700000000000000,\"eventType\":\"phase\"}}\n"
	"\x1e{\"pcr\":15,\"digests\":[{\"hashAlg\":\"sm9\",\"digest\":\"00\"}],"
	"\"content_type\":\"systemd\",\"content\":{\"string\":\"x:\\u00e9\","
	"\"eventType\":\"machine-id\"}}\n";
#define SAMPLE ev_span_of(sample, sizeof(sample) - 1)

/* The refusal of the first record that is refused. */
static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_systemd_record r;
	struct ev_systemd_log log;

	if (ev_systemd_log_open(item, &log, err) != EV_OK)
		return err->code;
	while (ev_systemd_log_next(&log, &r)) {
		assert_true(r.offset + r.size <= item.n);
		if (err->code == EV_OK)
			*err = r.refusal;
	}
	assert_false(log.trouble);
	assert_int_equal(log.at, item.n);
	ev_systemd_log_free(&log);
	return err->code;
}

static void a_record_gives_register_digests_and_text(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	uint8_t digest[EV_DIGEST_MAX];
	struct ev_error err = { 0 };
	struct ev_systemd_record r;
	struct ev_systemd_log log;

	(void)state;
	assert_non_null(crypto);
	assert_int_equal(ev_systemd_log_open(SAMPLE, &log, &err), EV_OK);
	assert_true(ev_systemd_log_next(&log, &r));
	assert_int_equal(r.refusal.code, EV_OK);
	assert_true(r.has_pcr);
	assert_int_equal(r.pcr, 11);
	assert_int_equal(r.n_digests, 2);
	for (size_t i = 0; i < r.n_digests; i++) {
		assert_true(
			ev_digest(crypto, r.digest[i].alg, r.string, digest));
		assert_memory_equal(digest, r.digest[i].value,
				    ev_digest_size(r.digest[i].alg));
	}
	assert_true(ev_span_eq(r.event_type, EV_SPAN_LITERAL("phase")));
	assert_true(ev_span_eq(r.content_type, EV_SPAN_LITERAL("systemd")));
	assert_true(ev_systemd_log_next(&log, &r));
	assert_int_equal(r.number, 2);
	assert_int_equal(sample[r.offset], 0x1e);
	assert_int_equal(r.refusal.code, EV_OK);
	assert_int_equal(r.n_digests, 0); /* of an algorithm of nobody */
	assert_true(ev_span_eq(r.string, EV_SPAN_LITERAL("x:\xc3\xa9")));
	assert_false(ev_systemd_log_next(&log, &r));
	assert_false(ev_systemd_log_next(&log, &r));
	ev_systemd_log_free(&log);
}

static void a_record_that_is_none_does_not_hide_the_next(void **state)
{
	static const char text[] =
		"\x1e{\"pcr\":11,\x1e\x1e[]\n\x1e{\"digests\""
		":[],\"content\":[]}\n";
	static const enum ev_code want[] = { EV_SYNTAX, EV_SYNTAX, EV_SYNTAX,
					     EV_OK };
	struct ev_error err = { 0 };
	struct ev_systemd_record r;
	struct ev_systemd_log log;

	(void)state;
	assert_int_equal(ev_systemd_log_open(ev_span_of(text, sizeof(text) - 1),
					     &log, &err),
			 EV_OK);
	for (size_t i = 0; i < 4; i++) {
		assert_true(ev_systemd_log_next(&log, &r));
		if (i != 2)
			assert_int_equal(r.refusal.code, want[i]);
		else
			assert_int_not_equal(r.refusal.code, EV_OK);
		assert_true(r.refusal.code == EV_OK ||
			    r.refusal.offset > r.offset);
		assert_false(r.has_pcr);
	}
	assert_false(ev_systemd_log_next(&log, &r));
	ev_systemd_log_free(&log);
}

static void members_of_another_shape_are_refused_by_name(void **state)
{
	static const struct {
		const char *from, *to, *field;
		enum ev_code code;
	} cases[] = {
		{ "\"pcr\":11", "\"pcr\":24", "pcr", EV_VALUE },
		{ "\"pcr\":11", "\"pcr\":-1", "pcr", EV_VALUE },
		{ "\"pcr\":11", "\"pcr\":\"11\"", "pcr", EV_SYNTAX },
		{ "\"digests\":[{", "\"digest\":[{", "digests", EV_MISSING },
		{ SHA1_A, "86", "digest", EV_SYNTAX },
		{ "\"sha1\",\"digest\":\"" SHA1_A,
		  "\"sha256\",\"digest\":\"" SHA256_A, "hashAlg",
		  EV_DUPLICATE },
		{ "\"hashAlg\":\"sha1\"", "\"hashAlg\":1", "hashAlg",
		  EV_SYNTAX },
		{ "\"hashAlg\":\"sha1\"", "\"hashAlgo\":\"sha1\"", "hashAlg",
		  EV_MISSING },
		{ "1700000000000000", "1.5", "number", EV_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		parse_refuses_text(parse, SAMPLE, cases[i].from, cases[i].to,
				   cases[i].code, "systemd-log.record",
				   cases[i].field);
}

static void a_log_begins_with_the_separator(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	parse(ev_span_of(sample + 1, sizeof(sample) - 2), &err);
	parse_expect(&err, EV_SYNTAX, "systemd-log.record", "text");
	err = (struct ev_error){ 0 };
	parse(ev_span_of(sample, 0), &err);
	parse_expect(&err, EV_TRUNCATED, "systemd-log.record", "text");
}

static void survives_every_cut_and_many_changes(void **state)
{
	(void)state;
	for (size_t n = 1; n < SAMPLE.n; n++) {
		uint8_t *p = parse_copy(SAMPLE, n);
		struct ev_error err = { 0 };

		parse(ev_span_of(p, n), &err);
		free(p);
	}
	parse_mutations(parse, SAMPLE, 20000);
}

static void a_record_has_a_limit(void **state)
{
	size_t n = EV_SYSTEMD_RECORD_MAX + 2;
	uint8_t *p = malloc(n);
	struct ev_error err = { 0 };

	(void)state;
	assert_non_null(p);
	memset(p, ' ', n);
	p[0] = 0x1e;
	parse(ev_span_of(p, n), &err);
	free(p);
	parse_expect(&err, EV_LIMIT, "systemd-log.record", "size");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_gives_register_digests_and_text),
		cmocka_unit_test(a_record_that_is_none_does_not_hide_the_next),
		cmocka_unit_test(members_of_another_shape_are_refused_by_name),
		cmocka_unit_test(a_log_begins_with_the_separator),
		cmocka_unit_test(survives_every_cut_and_many_changes),
		cmocka_unit_test(a_record_has_a_limit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
