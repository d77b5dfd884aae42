/* SPDX-License-Identifier: Apache-2.0 */
/* Event logs told apart by content: real ones, broken ones, near ones. */
#include "evidence/kind.h"

#include "tests/ima_sample.h"
#include "tests/log_sample.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static const char *kind_of(struct ev_span item)
{
	const struct ev_kind *k = ev_kind_recognise(item);

	return k != NULL ? k->kind : "none";
}

/* --- the vectors --- */

/* What is in the name of a file, the first that is, and its kind. */
struct part {
	const char *part, *kind;
};

static const struct part parts[] = {
	/* Nothing of these tells what they were. */
	{ "README", "none" },
	{ "empty.bin", "none" },
	{ "short-header", "none" },
	{ "bogus", "none" },
	{ "legacy-event-size-3g", "none" },
	{ "ima-name-len-huge", "none" },
	{ ".ima", "ima-log-binary" },
	{ "sml-ima", "ima-log-binary" },
	{ "imasig", "ima-log-binary" },
	{ "cel-cos-tdx", "cel-tlv" },
	{ "ccel-CCEL.bin", "acpi-ccel-table" },
	{ ".table.bin", "acpi-ccel-table" },
	{ "CCEL", "tdx-eventlog-ccel" },
	{ "ccel", "tdx-eventlog-ccel" },
	{ "", "tcg-eventlog" },
};

static size_t check_folder(const char *folder)
{
	const char *const *names;
	size_t n, seen = 0;

	assert_true(vectors_list(folder, &names, &n));
	for (size_t i = 0; i < n; i++) {
		const char *path = vectors_join(folder, names[i]);
		const struct part *p = parts;
		struct ev_span item;

		if (strchr(names[i], '.') == NULL)
			continue; /* a folder */
		while (strstr(names[i], p->part) == NULL)
			p++;
		assert_true(vectors_read(path, &item));
		if (strcmp(kind_of(item), p->kind) != 0)
			fail_msg("%s: %s", path, kind_of(item));
		seen++;
	}
	return seen;
}

static void the_vectors_are_told_apart(void **state)
{
	(void)state;
	vectors_need();
	assert_true(check_folder("eventlog") >= 63);
	assert_true(check_folder("eventlog/malformed") >= 35);
}

static void nothing_else_of_the_vectors_is_a_log(void **state)
{
	static const char *const folders[] = { "azure",		 "e2e-tdx",
					       "http",		 "tlog",
					       "tokens",	 "tpm-swtpm",
					       "eventlog/quotes" };
	size_t seen = 0;

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		const char *const *names;
		size_t n;

		assert_true(vectors_list(folders[i], &names, &n));
		for (size_t j = 0; j < n; j++) {
			const struct ev_kind *k;
			struct ev_span item;

			if (strchr(names[j], '.') == NULL)
				continue;
			/* Logs among other things. */
			if (strstr(names[j], "ascii_runtime") != NULL ||
			    strcmp(names[j], "tcg-event-log.bin") == 0)
				continue;
			vectors_read(vectors_join(folders[i], names[j]), &item);
			k = ev_kind_recognise(item);
			if (k != NULL && k->use == EV_FOR_LOG)
				fail_msg("%s: %s", names[j], k->kind);
			seen++;
		}
	}
	assert_true(seen > 80);
}

/* --- registers of a TPM, of a confidential machine --- */

#define SHA384 0x000c
#define SM3    0x0012

/* A log of one bank with an event in each register; up to 8. */
static const char *kind_of_log(uint16_t alg, const uint32_t *index, size_t n)
{
	static char kind[32];
	struct log_sample s = { 0 };

	log_header(&s, 1, &alg, 1);
	for (size_t i = 0; i < n; i++)
		log_data(&s, index[i], 0x80000001,
			 EV_SPAN_LITERAL("SIMULATED"));
	snprintf(kind, sizeof(kind), "%s", kind_of(ev_buffer_span(&s.log)));
	log_free(&s);
	return kind;
}

static void registers_tell_the_two_logs_of_one_form_apart(void **state)
{
	static const struct {
		uint16_t alg;
		uint32_t index[8];
		size_t n;
		const char *kind;
	} cases[] = {
		{ SHA384, { 1, 2, 3, 4 }, 4, "tdx-eventlog-ccel" },
		{ SM3, { 1, 2, 3 }, 3, "tdx-eventlog-ccel" },
		/* What is extended nowhere, or where nothing is. */
		{ SHA384, { UINT32_MAX, 1, 77 }, 3, "tdx-eventlog-ccel" },
		{ SHA384, { 1, 2, 0, 3 }, 4, "tdx-eventlog-ccel" },
		{ SHA384, { 0 }, 1, "tcg-eventlog" },
		{ SHA384, { 0, 1, 2, 3 }, 4, "tcg-eventlog" },
		{ SHA384, { 1, 2, 3, 5 }, 4, "tcg-eventlog" },
		{ SHA384, { 7, 1, 2, 3 }, 4, "tcg-eventlog" },
		{ SM3, { 0, 7 }, 2, "tcg-eventlog" },
		{ 0x000b, { 1, 2, 3 }, 3, "tcg-eventlog" },
		/* No event: neither for certain. */
		{ SHA384, { 0 }, 0, "tcg-eventlog" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *kind =
			kind_of_log(cases[i].alg, cases[i].index, cases[i].n);

		if (strcmp(kind, cases[i].kind) != 0)
			fail_msg("case %zu: %s", i, kind);
	}
}

static void a_log_of_two_banks_is_a_tpms(void **state)
{
	static const uint16_t algs[] = { 0x000b, SHA384 };
	struct log_sample s = { 0 };

	(void)state;
	log_header(&s, 0, algs, 2);
	log_data(&s, 1, 0x80000001, EV_SPAN_LITERAL("SIMULATED"));
	assert_string_equal(kind_of(ev_buffer_span(&s.log)), "tcg-eventlog");
	log_free(&s);
}

static void a_cut_log_is_still_one(void **state)
{
	static const uint16_t alg = SHA384;
	struct log_sample s = { 0 };
	struct ev_span log;

	(void)state;
	log_header(&s, 1, &alg, 1);
	for (int i = 0; i < 2; i++)
		log_data(&s, 1, 0x80000001, EV_SPAN_LITERAL("SIMULATED"));
	log = ev_buffer_span(&s.log);
	assert_string_equal(kind_of(ev_span_sub(log, 0, log.n - 1)),
			    "tdx-eventlog-ccel");
	/* All but its signature gone. */
	assert_string_equal(kind_of(ev_span_sub(log, 0, 48)), "tcg-eventlog");
	assert_string_equal(kind_of(ev_span_sub(log, 0, 47)), "none");
	log_free(&s);
}

/* --- logs without a signature --- */

static void old_logs_are_known_by_two_events(void **state)
{
	struct log_sample s = { 0 };
	struct ev_span log;

	(void)state;
	log_data(&s, 0, 0x8, EV_SPAN_LITERAL("v\0001\0\0\0"));
	assert_string_equal(kind_of(ev_buffer_span(&s.log)), "tcg-eventlog");
	ev_buffer_add_byte(&s.log, 0x30);
	assert_string_equal(kind_of(ev_buffer_span(&s.log)), "none");
	s.log.n--;
	log_data(&s, 7, 0x80000001, EV_SPAN_LITERAL("x"));
	log = ev_buffer_span(&s.log);
	assert_string_equal(kind_of(log), "tcg-eventlog");
	/* The second event cut, or in no PCR, or of a type that is none. */
	assert_string_equal(kind_of(ev_span_sub(log, 0, log.n - 1)), "none");
	log_data(&s, 24, 0x77, EV_SPAN_LITERAL("behind them"));
	assert_string_equal(kind_of(ev_buffer_span(&s.log)), "tcg-eventlog");
	log_free(&s);
}

static void what_has_fields_of_events_by_chance_is_none(void **state)
{
	/* ATTESTATION_REPORT of SEV-SNP: version, guest SVN, policy. */
	uint8_t report[1184] = { 5, 0, 0, 0, 8, 0, 0, 0, 0, 0, 3 };
	uint8_t zeros[4096] = { 0 };

	(void)state;
	assert_string_equal(kind_of(EV_SPAN(report)), "none");
	assert_string_equal(kind_of(EV_SPAN(zeros)), "none");
	zeros[4] = 3;
	assert_string_equal(kind_of(EV_SPAN(zeros)), "none");
	zeros[28] = 1;
	assert_string_equal(kind_of(ev_span_of(zeros, 40)), "tcg-eventlog");
}

/* --- the kernel's --- */

static void ima_logs_are_known_in_both_orders(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();

	(void)state;
	assert_non_null(crypto);
	for (int i = 0; i < 4; i++) {
		struct ima_sample s = {
			.crypto = crypto,
			.big_endian = i % 2 == 1,
			.alg = i < 2 ? EV_SHA1 : EV_SHA256,
		};
		struct ev_span log;

		ima_ng(&s, 10, "/usr/bin/true");
		log = ev_buffer_span(&s.log);
		assert_string_equal(kind_of(log), "ima-log-binary");
		/* The name of the template is enough. */
		assert_string_equal(kind_of(ev_span_sub(log, 0, log.n - 9)),
				    "ima-log-binary");
		assert_string_equal(kind_of(ev_span_sub(log, 0, 20)), "none");
		s.log.p[4 + ev_digest_size(s.alg) + 4] = 'I';
		assert_string_equal(kind_of(log), "none");
		ima_free(&s);
	}
}

#define HEX40 "1d8d532d463c9f8c205d0df7787669a85f93e260"

static void ima_text_is_known_by_its_first_line(void **state)
{
	static const struct {
		const char *text, *kind;
	} cases[] = {
		{ "10 " HEX40 " ima-ng sha1:00 boot_aggregate\n",
		  "ima-log-ascii" },
		{ " 9 " HEX40 " ima " HEX40 " /x\n", "ima-log-ascii" },
		{ "10 " HEX40 "000000000000000000000000 ima-sig sha256:00 /x",
		  "ima-log-ascii" },
		{ "10 " HEX40 " d-ng|n-ng sha256:00 /x", "ima-log-ascii" },
		{ "10 " HEX40 "0 ima-ng sha1:00 boot_aggregate\n", "none" },
		{ "100 " HEX40 " ima-ng sha1:00 boot_aggregate\n", "none" },
		{ "10 " HEX40 " blob /x\n", "none" },
		{ "10 " HEX40 " ima-ng", "none" },
		{ "ima-ng " HEX40 " ima-ng sha1:00 /x\n", "none" },
		{ "10", "none" },
	};
	struct ev_span item;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		item = ev_span_str(cases[i].text);
		if (strcmp(kind_of(item), cases[i].kind) != 0)
			fail_msg("%s: %s", cases[i].text, kind_of(item));
	}
	vectors_need();
	vectors_read("eventlog/quotes/"
		     "evm-sample-ascii_runtime_measurements-pcrs-8-9",
		     &item);
	assert_string_equal(kind_of(item), "ima-log-ascii");
}

/* --- the rest --- */

static void canonical_logs_and_tables_are_known_by_their_heads(void **state)
{
	static const uint8_t tlv[] = { 0, 0, 0, 0, 8, 9, 9, 9,	 9,
				       9, 9, 9, 9, 1, 0, 0, 0x0, 1 };
	uint8_t other[sizeof(tlv)];

	(void)state;
	assert_string_equal(kind_of(EV_SPAN(tlv)), "cel-tlv");
	memcpy(other, tlv, sizeof(tlv));
	other[13] = 108;
	assert_string_equal(kind_of(EV_SPAN(other)), "cel-tlv");
	other[13] = 2;
	assert_string_equal(kind_of(EV_SPAN(other)), "none");
	assert_string_equal(kind_of(ev_span_of(tlv, sizeof(tlv) - 1)), "none");
	assert_string_equal(kind_of(EV_SPAN_LITERAL("\x1e{\"digests\":[]}\n")),
			    "cel-json");
	assert_string_equal(
		kind_of(EV_SPAN_LITERAL("\x1e {\"digests\":[]}\x1e{")),
		"cel-json");
	assert_string_equal(kind_of(EV_SPAN_LITERAL("\x1e{\"a\":[]}\n")),
			    "none");
	assert_string_equal(kind_of(EV_SPAN_LITERAL("\x1e{\"digests\":1}")),
			    "none");
	assert_string_equal(kind_of(EV_SPAN_LITERAL("\x1e")), "none");
	assert_string_equal(kind_of(EV_SPAN_LITERAL("CCEL\x38\0\0\0")),
			    "acpi-ccel-table");
	assert_string_equal(kind_of(EV_SPAN_LITERAL("CCEL is a table")),
			    "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_are_told_apart),
		cmocka_unit_test(nothing_else_of_the_vectors_is_a_log),
		cmocka_unit_test(registers_tell_the_two_logs_of_one_form_apart),
		cmocka_unit_test(a_log_of_two_banks_is_a_tpms),
		cmocka_unit_test(a_cut_log_is_still_one),
		cmocka_unit_test(old_logs_are_known_by_two_events),
		cmocka_unit_test(what_has_fields_of_events_by_chance_is_none),
		cmocka_unit_test(ima_logs_are_known_in_both_orders),
		cmocka_unit_test(ima_text_is_known_by_its_first_line),
		cmocka_unit_test(
			canonical_logs_and_tables_are_known_by_their_heads),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
