/* SPDX-License-Identifier: Apache-2.0 */
/* IMA logs: the real ones, templates, byte orders, banks, bounds. */
#include "evidence/ima_log.h"

#include "evidence/base/hex.h"
#include "tests/ima_sample.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

#include <jansson.h>

/* What a log says, entry by entry. */
struct tally {
	struct ev_ima_log log;
	uint64_t violations, bad, odd, unknown;
	uint8_t pcr[2][24][EV_DIGEST_MAX]; /* SHA-1, SHA-256 */
};

static void extend(struct ev_crypto *crypto, const struct ev_ima_entry *e,
		   struct tally *t)
{
	for (enum ev_digest_alg alg = EV_SHA1; alg <= EV_SHA256; alg++) {
		size_t n = ev_digest_size(alg);
		uint8_t hash[EV_DIGEST_MAX];
		struct ev_span parts[2];
		bool good;

		assert_true(ev_ima_template_hash(crypto, e, alg, hash));
		good = ev_span_eq(e->template_hash, ev_span_of(hash, n));
		if (alg == EV_SHA1 && !e->violation && !good) {
			t->bad++;
			memcpy(hash, e->template_hash.p, n);
		}
		if (e->violation)
			memset(hash, 0xff, n);
		if (e->pcr >= 24)
			continue;
		parts[0] = ev_span_of(t->pcr[alg][e->pcr], n);
		parts[1] = ev_span_of(hash, n);
		assert_true(ev_digest_parts(crypto, alg, parts, 2,
					    t->pcr[alg][e->pcr]));
	}
}

static void tally(struct ev_crypto *crypto, struct ev_span item,
		  struct tally *t)
{
	struct ev_error err = { 0 };
	struct ev_ima_entry e;

	*t = (struct tally){ 0 };
	assert_int_equal(ev_ima_log_open(item, &t->log, &err), EV_OK);
	while (ev_ima_log_next(&t->log, &e)) {
		t->violations += e.violation;
		t->odd += e.odd != NULL;
		t->unknown += !e.known;
		extend(crypto, &e, t);
	}
}

/* --- vectors --- */

/* expected: what an outside program said, and where it stands. */
static const struct vector {
	const char *path, *expected;
	uint64_t entries, violations, bad, end;
} vectors[] = {
	{ "guard-ev-dl160-fwupd-report.ima", "guard-ev-dl160-fwupd-report",
	  16169, 24, 0, 2229984 },
	{ "guard-ev-h12ssl.ima", "guard-ev-h12ssl", 5071, 9, 0, 649061 },
	{ "guard-ev-hahuri-invalid-eventlog.ima",
	  "guard-ev-hahuri-invalid-eventlog", 37, 0, 0, 5417 },
	{ "acs-imasig.log.bin", "acs-imasig.log.bin", 1083, 0, 1, 260620 },
	{ "tss-sml-ima-ng-sha1.bin", "tss-sml-ima-ng-sha1.bin", 6, 0, 0, 558 },
	{ "tss-sml-ima-sha1.bin", "tss-sml-ima-sha1.bin", 12, 0, 0, 916 },
	{ "tss-sml-ima-sha1-invalidated.bin",
	  "tss-sml-ima-sha1-invalidated.bin", 1, 1, 0, 69 },
	{ "tss-sml-ima-sig-sha256.bin", "tss-sml-ima-sig-sha256.bin", 9, 0, 0,
	  987 },
};

/* Values of another implementation, and those that a TPM gave. */
static void compare(const struct vector *v, const struct tally *t,
		    unsigned int *unconfirmed, unsigned int *confirmed)
{
	const char *rel = vectors_join("eventlog/expected", v->expected);
	char path[256], hex[2 * EV_DIGEST_MAX + 1];
	json_t *root, *ima;
	struct ev_span text;

	snprintf(path, sizeof(path), "%s.json", rel);
	assert_true(vectors_read(path, &text));
	root = json_loadb((const char *)text.p, text.n, 0, NULL);
	assert_non_null(root);
	ima = json_object_get(root, "ima");
	ima = ima == NULL ? root : ima;
	assert_int_equal(json_integer_value(json_object_get(ima, "entries")),
			 v->entries);
	for (int bank = 0; bank < 2; bank++) {
		const char *name = ev_digest_name((enum ev_digest_alg)bank);
		const char *other = NULL, *tpm = NULL;

		json_unpack(ima, "{s:{s:{s:s}}}", "replayed", name, "10",
			    &other);
		/* The other one extends recomputed digests there. */
		if (bank == EV_SHA1)
			json_unpack(ima, "{s:{s:{s:s}}}",
				    "replayed_zero_padded_sha1", name, "10",
				    &other);
		json_unpack(root, "{s:{s:{s:s}}}", "tpm_pcrs", name, "10",
			    &tpm);
		ev_hex_encode(
			ev_span_of(t->pcr[bank][10],
				   ev_digest_size((enum ev_digest_alg)bank)),
			hex);
		if (tpm != NULL)
			assert_string_equal(hex, tpm);
		else if (other != NULL)
			assert_string_equal(hex, other);
		*confirmed += tpm != NULL;
		*unconfirmed += tpm == NULL && other != NULL;
	}
	json_decref(root);
}

static void the_logs_of_the_vectors_replay(void **state)
{
	unsigned int unconfirmed = 0, confirmed = 0;

	vectors_need();
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *v = &vectors[i];
		struct ev_span item;
		struct tally t;

		assert_true(
			vectors_read(vectors_join("eventlog", v->path), &item));
		tally(*state, item, &t);
		assert_int_equal(t.log.n_entries, v->entries);
		assert_int_equal(t.violations, v->violations);
		assert_int_equal(t.bad, v->bad);
		assert_int_equal(t.log.at, v->end);
		assert_int_equal(t.log.cut, v->end != item.n);
		assert_int_equal(t.odd + t.unknown, 0);
		assert_false(t.log.big_endian);
		compare(v, &t, &unconfirmed, &confirmed);
	}
	assert_int_equal(confirmed, 6);
	printf("# IMA logs: %zu, registers: %u equal to a TPM's, "
	       "%u unconfirmed\n",
	       sizeof(vectors) / sizeof(vectors[0]), confirmed, unconfirmed);
}

static void the_malformed_are_refused_or_noted(void **state)
{
	static const struct {
		const char *path;
		uint64_t entries, violations, bad, end;
		bool cut;
		const char *sha256; /* what PCR 10 begins with */
	} cases[] = {
		{ "ima-trunc", 36, 0, 0, 5302, true, "799dd2260e53bc8b" },
		{ "ima-big-endian-first", 37, 0, 0, 5417, false,
		  "5e449fb2816d21bc" },
		{ "ima-bad-template-hash", 37, 0, 1, 5417, false,
		  "799dd2260e53bc8b" },
		{ "ima-violation-first", 37, 1, 0, 5417, false,
		  "a3393d8d7a6c5f66" },
	};
	struct ev_error err = { 0 };
	struct ev_ima_log log;
	struct ev_span item;
	char path[128], hex[65];
	struct tally t;

	vectors_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(path, sizeof(path), "eventlog/malformed/%s.ima",
			 cases[i].path);
		assert_true(vectors_read(path, &item));
		tally(*state, item, &t);
		assert_int_equal(t.log.n_entries, cases[i].entries);
		assert_int_equal(t.violations, cases[i].violations);
		assert_int_equal(t.bad, cases[i].bad);
		assert_int_equal(t.log.at, cases[i].end);
		assert_int_equal(t.log.cut, cases[i].cut);
		ev_hex_encode(ev_span_of(t.pcr[1][10], 32), hex);
		hex[16] = 0;
		assert_string_equal(hex, cases[i].sha256);
	}
	assert_true(vectors_read("eventlog/malformed/ima-name-len-huge.ima",
				 &item));
	assert_int_not_equal(ev_ima_log_open(item, &log, &err), EV_OK);
	parse_expect(&err, EV_VALUE, "ima-log.entry", "template_name");
	assert_int_equal(err.offset, 24);
}

/* --- made logs --- */

#define NG                                                                     \
	"sha1:\0"                                                              \
	"dddddddddddddddddddd"

static struct ev_ima_log opened(const struct ima_sample *s)
{
	struct ev_error err = { 0 };
	struct ev_ima_log log;

	assert_int_equal(ev_ima_log_open(ev_buffer_span(&s->log), &log, &err),
			 EV_OK);
	return log;
}

static void order_and_bank_are_found_from_the_first_entry(void **state)
{
	static const enum ev_digest_alg algs[] = { EV_SHA1, EV_SHA256,
						   EV_SHA384, EV_SHA512 };

	for (size_t i = 0; i < 8; i++) {
		struct ima_sample s = { .crypto = *state,
					.big_endian = i % 2 == 1,
					.alg = algs[i / 2] };
		struct ev_ima_entry e;
		struct ev_ima_log log;
		uint8_t hash[EV_DIGEST_MAX];

		ima_ng(&s, 10, "boot_aggregate");
		ima_ng(&s, 0x0a000000, "/init"); /* decided once */
		log = opened(&s);
		assert_int_equal(log.big_endian, s.big_endian);
		assert_int_equal(log.alg, s.alg);
		assert_true(ev_ima_log_next(&log, &e));
		assert_int_equal(e.pcr, 10);
		assert_true(
			ev_span_eq(e.file, EV_SPAN_LITERAL("boot_aggregate")));
		assert_true(ev_span_eq(e.algo, EV_SPAN_LITERAL("sha256")));
		assert_int_equal(e.file_digest.n, 32);
		assert_true(ev_ima_template_hash(*state, &e, log.alg, hash));
		assert_true(ev_span_eq(e.template_hash,
				       ev_span_of(hash, log.hash_size)));
		assert_true(ev_ima_log_next(&log, &e));
		assert_int_equal(e.pcr, 0x0a000000);
		assert_false(ev_ima_log_next(&log, &e));
		assert_false(log.cut);
		ima_free(&s);
	}
}

static void a_bank_that_is_known_is_not_guessed(void **state)
{
	struct ima_sample s = { .crypto = *state, .alg = EV_SM3_256 };
	struct ev_error err = { 0 };
	struct ev_ima_log log;
	enum ev_digest_alg alg;

	ima_ng(&s, 10, "boot_aggregate");
	assert_int_equal(ev_ima_log_open_bank(ev_buffer_span(&s.log),
					      EV_SM3_256, &log, &err),
			 EV_OK);
	assert_int_equal(log.alg, EV_SM3_256);
	assert_int_not_equal(ev_ima_log_open_bank(ev_buffer_span(&s.log),
						  EV_SHA1, &log, &err),
			     EV_OK);
	ima_free(&s);
	assert_true(ev_ima_path_alg(
		EV_SPAN_LITERAL("/sys/kernel/security/ima/"
				"binary_runtime_measurements_sm3"),
		&alg));
	assert_int_equal(alg, EV_SM3_256);
	assert_true(ev_ima_path_alg(
		EV_SPAN_LITERAL("binary_runtime_measurements"), &alg));
	assert_int_equal(alg, EV_SHA1);
	assert_true(ev_ima_path_alg(
		EV_SPAN_LITERAL("/x/binary_runtime_measurements_sha512"),
		&alg));
	assert_int_equal(alg, EV_SHA512);
	assert_false(ev_ima_path_alg(
		EV_SPAN_LITERAL("binary_runtime_measurements_md5"), &alg));
	assert_false(ev_ima_path_alg(
		EV_SPAN_LITERAL("binary_runtime_measurementssha1"), &alg));
	assert_false(ev_ima_path_alg(EV_SPAN_LITERAL("ima.log"), &alg));
	assert_false(ev_ima_path_alg(ev_span_of(NULL, 0), &alg));
}

static void every_template_has_its_fields(void **state)
{
	static const struct {
		const char *name;
		const char *ids[10];
	} cases[] = {
		{ "ima-ng", { "d-ng", "n-ng" } },
		{ "ima-ngv2", { "d-ngv2", "n-ng" } },
		{ "ima-sig", { "d-ng", "n-ng", "sig" } },
		{ "ima-sigv2", { "d-ngv2", "n-ng", "sig" } },
		{ "ima-buf", { "d-ng", "n-ng", "buf" } },
		{ "ima-modsig",
		  { "d-ng", "n-ng", "sig", "d-modsig", "modsig" } },
		{ "evm-sig",
		  { "d-ng", "n-ng", "evmsig", "xattrnames", "xattrlengths",
		    "xattrvalues", "iuid", "igid", "imode" } },
		{ "n|d-ng|imode", { "n", "d-ng", "imode" } },
		{ "d", { "d" } },
		{ "ima-nx", { NULL } },
		{ "d-ng|", { NULL } },
		{ "|d-ng", { NULL } },
		{ "d-ng||n", { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_ima_template t;
		size_t n = 0;

		ev_ima_template_read(ev_span_str(cases[i].name), &t);
		assert_false(t.plain);
		for (; cases[i].ids[n] != NULL; n++)
			assert_string_equal(t.id[n], cases[i].ids[n]);
		assert_int_equal(t.n_fields, n);
	}
}

static void fields_are_named_by_what_they_are(void **state)
{
	struct ima_sample s = { .crypto = *state };
	struct ev_ima_entry e;
	struct ev_ima_log log;

	ima_field(&s, EV_SPAN_LITERAL("verity:" NG));
	ima_field(&s, EV_SPAN_LITERAL("/bin/a_b\0"));
	ima_field(&s, EV_SPAN_LITERAL("\3signature"));
	ima_entry(&s, 10, "ima-sigv2");
	ima_field(&s, EV_SPAN_LITERAL(NG));
	ima_field(&s, EV_SPAN_LITERAL("/m\0"));
	ima_field(&s, EV_SPAN_LITERAL("one"));
	ima_field(&s, EV_SPAN_LITERAL("sha1:\0stripped"));
	ima_field(&s, EV_SPAN_LITERAL("two"));
	ima_entry(&s, 10, "ima-modsig");
	ima_field(&s, EV_SPAN_LITERAL("dddddddddddddddddddd"));
	ima_entry(&s, 10, "d");
	ima_field(&s, EV_SPAN_LITERAL("whatever"));
	ima_entry(&s, 10, "of-nobody");
	log = opened(&s);
	assert_true(ev_ima_log_next(&log, &e));
	assert_true(ev_span_eq(e.kind, EV_SPAN_LITERAL("verity")));
	assert_true(ev_span_eq(e.algo, EV_SPAN_LITERAL("sha1")));
	assert_int_equal(e.file_digest.n, 20);
	assert_true(ev_span_eq(e.file, EV_SPAN_LITERAL("/bin/a_b")));
	assert_true(ev_span_eq(e.signature, EV_SPAN_LITERAL("\3signature")));
	assert_true(ev_ima_log_next(&log, &e));
	assert_true(ev_span_eq(e.signature, EV_SPAN_LITERAL("one")));
	assert_int_equal(e.kind.n, 0);
	assert_int_equal(e.file_digest.n, 20);
	assert_int_equal(e.n_fields, 5);
	assert_int_equal(e.field[3].form, EV_IMA_STRIPPED);
	assert_true(ev_ima_log_next(&log, &e));
	assert_int_equal(e.algo.n, 0);
	assert_int_equal(e.file_digest.n, 20);
	assert_true(ev_ima_log_next(&log, &e));
	assert_false(e.known);
	assert_null(e.odd);
	assert_int_equal(e.n_fields, 0);
	assert_int_equal(e.data.n, 12);
	ima_free(&s);
}

static void what_is_wrong_in_data_is_said_of_the_entry(void **state)
{
	static const struct {
		struct ev_span digest, file;
		const char *odd;
	} cases[] = {
		{ { (const uint8_t *)"sha1", 4 },
		  { (const uint8_t *)"a", 2 },
		  "a digest without the name of its algorithm" },
		{ { (const uint8_t *)":\0d", 3 },
		  { (const uint8_t *)"a", 2 },
		  "a digest without the name of its algorithm" },
		{ { (const uint8_t *)NG, 26 },
		  { (const uint8_t *)"a", 1 },
		  "a file's name without NUL" },
		{ { (const uint8_t *)NG, 26 },
		  { NULL, 0 },
		  "a file's name without NUL" },
		{ { (const uint8_t *)NG, 26 },
		  { (const uint8_t *)"a\0b", 4 },
		  "bytes behind the NUL of a file's name" },
	};
	struct ima_sample s = { .crypto = *state };
	struct ev_ima_entry e;
	struct ev_ima_log log;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ima_field(&s, cases[i].digest);
		ima_field(&s, cases[i].file);
		ima_entry(&s, 10, "ima-ng");
	}
	ima_field(&s, EV_SPAN_LITERAL(NG));
	ima_entry(&s, 10, "ima-ng");
	ima_field(&s, EV_SPAN_LITERAL(NG));
	ima_field(&s, EV_SPAN_LITERAL("a\0"));
	ev_buffer_add_byte(&s.data, 0);
	ima_entry(&s, 10, "ima-ng");
	log = opened(&s);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(ev_ima_log_next(&log, &e));
		assert_string_equal(e.odd, cases[i].odd);
	}
	assert_true(ev_ima_log_next(&log, &e));
	assert_string_equal(e.odd, "a field that does not fit");
	assert_int_equal(e.n_fields, 1);
	assert_true(ev_ima_log_next(&log, &e));
	assert_string_equal(e.odd, "bytes behind the last field");
	assert_false(ev_ima_log_next(&log, &e));
	assert_false(log.cut);
	ima_free(&s);
}

/* An entry of template "ima" with that name of a file. */
static void plain(struct ima_sample *s, struct ev_span file)
{
	ima_u32(s, &s->log, 10);
	ev_buffer_add(&s->log, EV_SPAN_LITERAL("hhhhhhhhhhhhhhhhhhhh"));
	ima_u32(s, &s->log, 3);
	ev_buffer_add_str(&s->log, "ima");
	ev_buffer_add(&s->log, EV_SPAN_LITERAL("dddddddddddddddddddd"));
	ima_u32(s, &s->log, (uint32_t)file.n);
	ev_buffer_add(&s->log, file);
}

static void the_first_template_pads_the_name(void **state)
{
	uint8_t hashed[20 + EV_IMA_PADDED + 1], want[64], got[64], name[257];
	struct ima_sample s = { .crypto = *state };
	struct ev_ima_entry e;
	struct ev_ima_log log;

	memset(name, 'n', sizeof(name));
	plain(&s, EV_SPAN_LITERAL("/init"));
	plain(&s, ev_span_of(name, 256));
	plain(&s, ev_span_of(name, 257));
	log = opened(&s);
	for (size_t n = 5; ev_ima_log_next(&log, &e); n = n == 5 ? 256 : 257) {
		size_t all = 20 + (n == 257 ? 257 : 256);

		assert_true(e.plain && e.known);
		assert_int_equal(e.file.n, n);
		assert_int_equal(e.data.n, 24 + n);
		assert_int_equal(e.n_fields, 2);
		assert_int_equal(e.odd != NULL, n == 257);
		memset(hashed, 0, sizeof(hashed));
		memcpy(hashed, e.file_digest.p, 20);
		memcpy(hashed + 20, e.file.p, n);
		for (enum ev_digest_alg a = EV_SHA1; a <= EV_SHA512; a++) {
			assert_true(ev_digest(*state, a,
					      ev_span_of(hashed, all), want));
			assert_true(ev_ima_template_hash(*state, &e, a, got));
			assert_memory_equal(got, want, ev_digest_size(a));
		}
	}
	assert_int_equal(log.n_entries, 3);
	assert_false(log.cut);
	ima_free(&s);
}

/* --- bounds --- */

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_ima_entry e;
	struct ev_ima_log log;

	if (ev_ima_log_open(item, &log, err) != EV_OK)
		return err->code;
	while (ev_ima_log_next(&log, &e))
		assert_true(e.offset + e.size <= item.n);
	assert_true(log.ended);
	assert_int_equal(log.cut, log.refusal.code != EV_OK);
	*err = log.refusal;
	return err->code;
}

static void a_log_ends_between_entries_or_is_cut(void **state)
{
	struct ima_sample s = { .crypto = *state };
	struct ev_span all;
	size_t end[3];

	ima_ng(&s, 10, "boot_aggregate");
	end[0] = s.log.n;
	plain(&s, EV_SPAN_LITERAL("/init"));
	end[1] = s.log.n;
	ima_ng(&s, 11, "");
	end[2] = s.log.n;
	all = ev_buffer_span(&s.log);
	for (size_t n = 0; n <= all.n; n++) {
		uint8_t *p = parse_copy(all, n);
		struct ev_error err = { 0 };
		bool whole = n == end[0] || n == end[1] || n == end[2];

		if ((parse(ev_span_of(p, n), &err) == EV_OK) != whole)
			fail_msg("prefix of %zu bytes: %s", n,
				 ev_code_word(err.code));
		free(p);
	}
	parse_mutations(parse, all, 20000);
	ima_free(&s);
}

static void a_template_has_a_printable_name_of_some_length(void **state)
{
	struct ima_sample s = { .crypto = *state };
	struct ev_error err = { 0 };
	char name[257];
	size_t second;

	memset(name, 'x', 255);
	name[255] = 0;
	ima_entry(&s, 10, name);
	second = s.log.n;
	ima_entry(&s, 10, "ima-ng");
	assert_int_equal(parse(ev_buffer_span(&s.log), &err), EV_OK);
	parse_refuses_byte(parse, ev_buffer_span(&s.log), second + 24, 0,
			   EV_VALUE, "ima-log.entry", "template_name");
	parse_refuses_byte(parse, ev_buffer_span(&s.log), second + 30, 0x1f,
			   EV_VALUE, "ima-log.entry", "template_name");
	parse_refuses_byte(parse, ev_buffer_span(&s.log), 24, 0, EV_VALUE,
			   "ima-log.entry", "template_name");
	parse_refuses_byte(parse, ev_buffer_span(&s.log), second + 37, 1,
			   EV_TRUNCATED, "ima-log.entry", "template_data");
	ima_free(&s);
}

static int setup(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int teardown(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_logs_of_the_vectors_replay),
		cmocka_unit_test(the_malformed_are_refused_or_noted),
		cmocka_unit_test(order_and_bank_are_found_from_the_first_entry),
		cmocka_unit_test(a_bank_that_is_known_is_not_guessed),
		cmocka_unit_test(every_template_has_its_fields),
		cmocka_unit_test(fields_are_named_by_what_they_are),
		cmocka_unit_test(what_is_wrong_in_data_is_said_of_the_entry),
		cmocka_unit_test(the_first_template_pads_the_name),
		cmocka_unit_test(a_log_ends_between_entries_or_is_cut),
		cmocka_unit_test(
			a_template_has_a_printable_name_of_some_length),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
