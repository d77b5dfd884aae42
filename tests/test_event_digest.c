/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of events: every rule, and the verdicts on the vectors. */
#include "evidence/event_digest.h"

#include "tests/event_case.h"
#include "tests/vectors.h"

#include "evidence/event_type.h"

#define IPL    EV_TYPE_IPL
#define U64(n) n "\0\0\0\0\0\0\0"
#define NAME   "0123456789abcdef" U64("\1") U64("\2") "X\0"

static struct ev_crypto *crypto;

static int set_up(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

static const char *const nothing = "";

/* A log of one SHA-256 bank with that event, whose digest is of hashed. */
static void verdict_of(bool agile, uint32_t type, struct ev_span data,
		       struct ev_span hashed, enum ev_event_verdict want,
		       const char *rule)
{
	struct ev_tcg_log log = { .agile = agile,
				  .bank = { { 0x000b, 32 } },
				  .n_banks = 1 };
	struct ev_tcg_event e = event_of(8, type, data);
	struct ev_event_digest d;
	uint8_t digest[EV_DIGEST_MAX];

	assert_true(ev_digest(crypto, EV_SHA256, hashed, digest));
	e.digest[0] = ev_span_of(digest, 32);
	assert_true(ev_event_digest_check(crypto, &log, &e, 0, &d));
	if (d.verdict != want)
		fail_msg("%s: %s", rule, ev_event_verdict_word(d.verdict));
	assert_string_equal(d.rule != NULL ? d.rule : nothing, rule);
}

#define VERDICT(type, data, hashed, want, rule)                                \
	verdict_of(true, type, EV_SPAN_LITERAL(data), EV_SPAN_LITERAL(hashed), \
		   want, rule)

static void data_as_it_stands(void **state)
{
	(void)state;
	VERDICT(EV_TYPE_EFI_ACTION, "abc", "abc", EV_EVENT_MATCHES, "");
	VERDICT(EV_TYPE_APPLICATION, "abc", "abc", EV_EVENT_MATCHES, "");
	VERDICT(0x8401, "abc", "abc", EV_EVENT_MATCHES, "");
	VERDICT(EV_TYPE_EFI_ACTION, "", "", EV_EVENT_MATCHES, "");
	VERDICT(EV_TYPE_EFI_ACTION, "abc", "abd", EV_EVENT_MISMATCH, "");
	VERDICT(EV_TYPE_APPLICATION, "abc", "abd", EV_EVENT_NOT_RECOMPUTABLE,
		"");
	VERDICT(0x5, "abc", "abd", EV_EVENT_NOT_RECOMPUTABLE, "");
	VERDICT(0x8401, "abc", "abd", EV_EVENT_NOT_RECOMPUTABLE, "");
}

static void separators(void **state)
{
	const uint32_t separator = EV_TCG_SEPARATOR;

	(void)state;
	VERDICT(separator, "\0\0\0\0", "\0\0\0\0", EV_EVENT_MATCHES, "");
	VERDICT(separator, "WBCL", "WBCL", EV_EVENT_MATCHES, "");
	VERDICT(separator, "\x07\0\0\x80", "\1\0\0\0", EV_EVENT_EXPLAINED,
		"error separator");
	VERDICT(separator, "\0\0\0\0", "\1\0\0\0", EV_EVENT_MISMATCH, "");
	VERDICT(separator, "\xff\xff\xff\xff", "\1\0\0\0", EV_EVENT_MISMATCH,
		"");
	VERDICT(separator, "Skiboot Boot", "\xff\xff\xff\xff",
		EV_EVENT_EXPLAINED, "separator ffffffff");
	VERDICT(separator, "Skiboot Boot", "\0\0\0\0", EV_EVENT_EXPLAINED,
		"separator 00000000");
	VERDICT(separator, "\0\0\0\0", "\xff\xff\xff\xff", EV_EVENT_MISMATCH,
		"");
}

static void variables(void **state)
{
	const uint32_t config = EV_TYPE_VARIABLE_CONFIG;
	const uint32_t boot = EV_TYPE_VARIABLE_BOOT;
	const uint32_t authority = EV_TYPE_AUTHORITY;

	(void)state;
	VERDICT(config, NAME "ab", NAME "ab", EV_EVENT_MATCHES, "");
	VERDICT(config, NAME "ab", "ab", EV_EVENT_MISMATCH, "");
	verdict_of(false, config, EV_SPAN_LITERAL(NAME "ab"),
		   EV_SPAN_LITERAL("ab"), EV_EVENT_EXPLAINED, "variable data");
	VERDICT(config, NAME "abz", NAME "ab", EV_EVENT_EXPLAINED,
		"without trailing bytes");
	VERDICT(boot, NAME "ab", "ab", EV_EVENT_EXPLAINED, "variable data");
	VERDICT(boot, NAME "ab", "ac", EV_EVENT_MISMATCH, "");
	VERDICT(0x8000000c, NAME "ab", "ab", EV_EVENT_MISMATCH, "");
	VERDICT(authority, NAME "ab", NAME "a", EV_EVENT_EXPLAINED,
		"without its last byte");
	VERDICT(config, NAME "ab", NAME "a", EV_EVENT_MISMATCH, "");
	/* What is no variable has no data of one. */
	VERDICT(boot, "abc", "", EV_EVENT_MISMATCH, "");
}

static void loaders(void **state)
{
	(void)state;
	VERDICT(IPL, "grub_cmd: set a\0", "set a", EV_EVENT_EXPLAINED,
		"text without its prefix");
	VERDICT(IPL, "kernel_cmdline: /v ro\0", "/v ro\0", EV_EVENT_EXPLAINED,
		"text without its prefix, with NUL");
	VERDICT(IPL, "grub_kernel_cmdline /v\0xyz", "/v", EV_EVENT_EXPLAINED,
		"text without its prefix");
	VERDICT(IPL, "(hd0,gpt2)/v\0", "(hd0,gpt2)/v",
		EV_EVENT_NOT_RECOMPUTABLE, "");
	VERDICT(IPL, ".\0a\0\0\0", ".a\0", EV_EVENT_EXPLAINED, "section name");
	VERDICT(IPL, ".\0a\0\0\0", ".a", EV_EVENT_NOT_RECOMPUTABLE, "");
	VERDICT(IPL, "r\0o\0\0", "r\0o\0\0\0", EV_EVENT_EXPLAINED,
		"data and a NUL");
	VERDICT(IPL, "r\0o\0\0\0", "r\0o\0\0\0", EV_EVENT_MATCHES, "");
	/* Not by the rules of another type. */
	VERDICT(EV_TYPE_EVENT_TAG, "grub_cmd: a\0", "a",
		EV_EVENT_NOT_RECOMPUTABLE, "");
}

static void partition_tables_without_guids(void **state)
{
	uint8_t data[92 + 8 + 128] = "EFI PART", hashed[sizeof(data)];

	(void)state;
	data[84] = 128;
	data[92] = 1;
	memset(data + 56, 0x11, 16);
	memset(data + 100, 0x22, 16);
	memset(data + 116, 0x33, 16);
	memcpy(hashed, data, sizeof(data));
	memset(hashed + 56, 0, 16);
	memset(hashed + 116, 0, 16);
	verdict_of(true, EV_TYPE_GPT2, EV_SPAN(data), EV_SPAN(hashed),
		   EV_EVENT_EXPLAINED, "without GUIDs");
	verdict_of(true, 0x80000006, EV_SPAN(data), EV_SPAN(hashed),
		   EV_EVENT_MISMATCH, "");
	hashed[100] = 0;
	verdict_of(true, EV_TYPE_GPT2, EV_SPAN(data), EV_SPAN(hashed),
		   EV_EVENT_NOT_RECOMPUTABLE, "");
}

static void what_cannot_be_asked_says_why(void **state)
{
	struct ev_tcg_log log = { .agile = true,
				  .bank = { { 0x4444, 3 }, { 0x000b, 32 } },
				  .n_banks = 2 };
	struct ev_tcg_event e =
		event_of(0, EV_TCG_SEPARATOR, EV_SPAN_LITERAL("\0\0\0\0"));
	struct ev_event_digest d;

	(void)state;
	e.digest[0] = EV_SPAN_LITERAL("abc");
	assert_true(ev_event_digest_check(crypto, &log, &e, 0, &d));
	assert_int_equal(d.verdict, EV_EVENT_NOT_RECOMPUTABLE);
	assert_string_equal(d.rule, "no algorithm for this bank");
	assert_true(ev_event_digest_check(crypto, &log, &e, 1, &d));
	assert_int_equal(d.verdict, EV_EVENT_NOT_RECOMPUTABLE);
	assert_string_equal(d.rule, "no digest of this bank");
	e.type = EV_TCG_NO_ACTION;
	assert_true(ev_event_digest_check(crypto, &log, &e, 0, &d));
	assert_string_equal(d.rule, "not extended");
}

static void one_mismatch_counts_before_all(void **state)
{
	struct ev_tcg_log log = { .agile = true,
				  .bank = { { 0x0004, 20 }, { 0x000b, 32 } },
				  .n_banks = 2 };
	struct ev_tcg_event e =
		event_of(0, EV_TCG_SEPARATOR, EV_SPAN_LITERAL("\0\0\0\0"));
	uint8_t sha1[20], sha256[32];
	struct ev_event_digest d;

	(void)state;
	assert_true(ev_digest(crypto, EV_SHA1, e.data, sha1));
	assert_true(ev_digest(crypto, EV_SHA256, e.data, sha256));
	e.digest[0] = EV_SPAN(sha1);
	e.digest[1] = EV_SPAN(sha256);
	assert_true(ev_event_digest_check_all(crypto, &log, &e, &d));
	assert_int_equal(d.verdict, EV_EVENT_MATCHES);
	sha256[0] ^= 1;
	assert_true(ev_event_digest_check_all(crypto, &log, &e, &d));
	assert_int_equal(d.verdict, EV_EVENT_MISMATCH);
	sha1[0] ^= 1;
	e.digest[1].n = 0;
	assert_true(ev_event_digest_check_all(crypto, &log, &e, &d));
	assert_int_equal(d.verdict, EV_EVENT_MISMATCH);
	e.digest[0].n = 0;
	assert_true(ev_event_digest_check_all(crypto, &log, &e, &d));
	assert_int_equal(d.verdict, EV_EVENT_NOT_RECOMPUTABLE);
	assert_string_equal(d.rule, "no digest");
}

/* --- the vectors --- */

/* Events of one type, by the verdict on them. */
struct tally {
	uint32_t type;
	const char *name;
	size_t n[4];
};

static bool is_log(const char *name)
{
	static const char *const others[] = { "ima", "sml", "cel-cos",
					      "CCEL.bin", ".table." };
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strstr(name, others[i]) != NULL)
			return false;
	return n > 4 && strcmp(name + n - 4, ".bin") == 0;
}

/* Adds the verdicts of a log; returns its mismatches. */
static size_t tally_log(const char *path, struct tally *t, size_t n_types)
{
	struct ev_error err = { 0 };
	struct ev_tcg_event e = { 0 };
	struct ev_tcg_log log;
	struct ev_span item;
	size_t mismatches = 0;

	assert_true(vectors_read(path, &item));
	if (ev_tcg_log_open(item, &log, &err) != EV_OK)
		return 0;
	while (ev_tcg_log_next(&log, &e)) {
		struct ev_event_digest d;

		assert_true(ev_event_digest_check_all(crypto, &log, &e, &d));
		mismatches += d.verdict == EV_EVENT_MISMATCH;
		for (size_t i = 0; i < n_types; i++)
			if (t[i].type == e.type)
				t[i].n[d.verdict]++;
	}
	return mismatches;
}

/* Match, explained, not recomputable: what the logs at hand hold. */
static const struct tally real[] = {
	{ EV_TCG_SEPARATOR, "separator", { 377, 8, 0 } },
	{ EV_TYPE_VARIABLE_CONFIG, "config", { 273, 0, 0 } },
	{ EV_TYPE_VARIABLE_BOOT, "boot", { 61, 267, 0 } },
	{ EV_TYPE_AUTHORITY, "authority", { 51, 7, 0 } },
	{ 0x80000006, "gpt", { 46, 0, 0 } },
	{ EV_TYPE_EFI_ACTION, "action", { 106, 0, 0 } },
	{ EV_TYPE_EVENT_TAG, "tag", { 72, 0, 12 } },
	{ IPL, "ipl", { 2, 1266, 330 } },
};

#define N_TALLIES (sizeof(real) / sizeof(real[0]))

static void verdicts_on_real_logs(void **state)
{
	struct tally have[N_TALLIES];
	const char *const *names;
	size_t n, logs = 0;

	(void)state;
	vectors_need();
	for (size_t i = 0; i < N_TALLIES; i++)
		have[i] = (struct tally){ real[i].type, real[i].name, { 0 } };
	assert_true(vectors_list("eventlog", &names, &n));
	for (size_t i = 0; i < n; i++) {
		if (!is_log(names[i]))
			continue;
		logs++;
		if (tally_log(vectors_join("eventlog", names[i]), have,
			      N_TALLIES) != 0)
			fail_msg("%s has a mismatch", names[i]);
	}
	printf("# %zu logs\n", logs);
	for (size_t i = 0; i < N_TALLIES; i++) {
		printf("# %s: %zu match, %zu explained, %zu not recomputable\n",
		       have[i].name, have[i].n[0], have[i].n[1], have[i].n[2]);
		assert_memory_equal(have[i].n, real[i].n, sizeof(real[i].n));
	}
}

static void changed_data_is_found(void **state)
{
	struct tally none;

	(void)state;
	vectors_need();
	assert_int_equal(
		tally_log("eventlog/malformed/data-flip-secureboot.bin", &none,
			  0),
		1);
	assert_int_equal(
		tally_log("eventlog/malformed/type-flip-app-to-ipl.bin", &none,
			  0),
		0);
	assert_int_equal(
		tally_log("eventlog/malformed/swap-two-events.bin", &none, 0),
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_as_it_stands),
		cmocka_unit_test(separators),
		cmocka_unit_test(variables),
		cmocka_unit_test(loaders),
		cmocka_unit_test(partition_tables_without_guids),
		cmocka_unit_test(what_cannot_be_asked_says_why),
		cmocka_unit_test(one_mismatch_counts_before_all),
		cmocka_unit_test(verdicts_on_real_logs),
		cmocka_unit_test(changed_data_is_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
