/* SPDX-License-Identifier: Apache-2.0 */
/* Secure Boot: what is said of real logs, and of logs that hide something. */
#include "replay/secure_boot.h"

#include "evidence/event_type.h"
#include "tests/log_sample.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define GLOBAL                                                                 \
	"\x61\xdf\xe4\x8b\xca\x93\xd2\x11"                                     \
	"\xaa\x0d\x00\xe0\x98\x03\x2b\x8c"
#define DATABASE                                                               \
	"\xcb\xb2\x19\xd7\x3a\x3d\x96\x45"                                     \
	"\xa3\xbc\xda\xd0\x0e\x67\x65\x6f"
#define CONFIG	  EV_TYPE_VARIABLE_CONFIG
#define SEPARATOR EV_TCG_SEPARATOR
#define ZEROS	  EV_SPAN_LITERAL("\0\0\0\0")
#define SHA256_AT 1 /* the place of the bank */

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

/* UEFI_VARIABLE_DATA; the caller frees. */
static struct ev_buffer variable(const char *guid, const char *name,
				 struct ev_span data)
{
	struct log_sample s = { .agile = true };

	ev_buffer_add(&s.log, ev_span_of(guid, 16));
	log_le(&s, 8, strlen(name));
	log_le(&s, 8, data.n);
	for (size_t i = 0; name[i] != '\0'; i++)
		log_le(&s, 2, (uint8_t)name[i]);
	ev_buffer_add(&s.log, data);
	return s.log;
}

static void add_as(struct log_sample *s, uint32_t index, uint32_t type,
		   const char *guid, const char *name, struct ev_span data)
{
	struct ev_buffer v = variable(guid, name, data);

	log_event(s, index, type, ev_buffer_span(&v), ev_buffer_span(&v));
	ev_buffer_free(&v);
}

static void add(struct log_sample *s, const char *name, const char *value)
{
	const bool database = name[0] == 'd';

	add_as(s, 7, CONFIG, database ? DATABASE : GLOBAL, name,
	       ev_span_of(value, 1));
}

static void add_separator(struct log_sample *s, uint32_t index)
{
	log_event(s, index, SEPARATOR, ZEROS, ZEROS);
}

/* What firmware measures with these keys, up to the separator. */
static void begin(struct log_sample *s, const char *value)
{
	static const char *const keys[] = { "PK", "KEK", "db", "dbx" };

	log_begin(s, crypto, true);
	add(s, "SecureBoot", value);
	for (size_t i = 0; i < 4; i++)
		add(s, keys[i], "k");
}

static struct rp_secure_boot read_log(struct ev_span item,
				      enum rp_register_set set, size_t bank)
{
	struct rp_secure_boot out;
	struct ev_error err = { 0 };
	struct ev_tcg_log log;

	assert_int_equal(ev_tcg_log_open(item, &log, &err), EV_OK);
	assert_true(rp_secure_boot_read(crypto, &log, set, bank, &out));
	return out;
}

static struct rp_secure_boot said_of(struct log_sample *s)
{
	struct rp_secure_boot out =
		read_log(ev_buffer_span(&s->log), RP_PCRS, SHA256_AT);

	log_free(s);
	return out;
}

static void assert_said(struct log_sample *s, enum rp_secure_boot_state state,
			const char *why)
{
	struct rp_secure_boot out = said_of(s);

	assert_string_equal(out.why, why);
	assert_int_equal(out.state, state);
}

static void the_variable_says_it(void **state)
{
	struct log_sample s;
	struct rp_secure_boot out;

	(void)state;
	begin(&s, "\1");
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_ENABLED,
		    "SecureBoot is 1, with PK, KEK and db");
	begin(&s, "\0");
	add_separator(&s, 7);
	out = said_of(&s);
	assert_int_equal(out.state, RP_SECURE_BOOT_DISABLED);
	assert_string_equal(out.why, "SecureBoot is 0");
	assert_int_equal(out.event, 1);
	assert_int_equal(out.offset, 69);
	assert_int_equal(out.size, 72 + 53);
	begin(&s, "\2");
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "the variable SecureBoot is neither 0 nor 1");
}

static void an_empty_variable_is_no_secure_boot(void **state)
{
	struct log_sample s;

	(void)state;
	log_begin(&s, crypto, true);
	add_as(&s, 7, CONFIG, GLOBAL, "SecureBoot", (struct ev_span){ 0 });
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_DISABLED,
		    "SecureBoot is there and empty");
}

static void enabled_needs_its_keys(void **state)
{
	struct log_sample s;

	(void)state;
	log_begin(&s, crypto, true);
	add(&s, "SecureBoot", "\1");
	add(&s, "PK", "k");
	add(&s, "db", "k");
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "SecureBoot is 1 without a variable KEK");
	log_begin(&s, crypto, true);
	add(&s, "SecureBoot", "\1");
	add_as(&s, 7, CONFIG, GLOBAL, "PK", (struct ev_span){ 0 });
	add(&s, "KEK", "k");
	add(&s, "db", "k");
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "SecureBoot is 1 with an empty PK");
}

static void images_need_an_authority(void **state)
{
	struct ev_span image = EV_SPAN_LITERAL("image");
	struct log_sample s;
	struct rp_secure_boot out;

	(void)state;
	begin(&s, "\1");
	add_separator(&s, 7);
	log_event(&s, 4, EV_TYPE_APPLICATION, image, image);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "images were started, and none by an authority");
	begin(&s, "\1");
	add_separator(&s, 7);
	add_as(&s, 7, EV_TYPE_AUTHORITY, DATABASE, "db",
	       EV_SPAN_LITERAL("certificate"));
	log_event(&s, 4, EV_TYPE_APPLICATION, image, image);
	out = said_of(&s);
	assert_int_equal(out.state, RP_SECURE_BOOT_ENABLED);
	assert_int_equal(out.n_authorities, 1);
	assert_int_equal(out.authority[0].event, 7);
	assert_true(out.authority[0].after);
}

static void what_comes_twice_or_late_is_unknown(void **state)
{
	struct log_sample s;

	(void)state;
	begin(&s, "\1");
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "no separator ends what firmware measured");
	begin(&s, "\1");
	add_separator(&s, 7);
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 7 is a second separator");
	begin(&s, "\0");
	add(&s, "SecureBoot", "\1");
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 6 is a second variable SecureBoot");
	begin(&s, "\1");
	add_separator(&s, 7);
	add(&s, "db", "m");
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 7 is a variable behind the separator");
	log_begin(&s, crypto, true);
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "no variable SecureBoot before the separator");
}

/* The register was made by firmware without Secure Boot; then somebody extends
 * what firmware with it would have, and gives what stood before other names. */
static void nothing_hides_under_another_type(void **state)
{
	struct ev_buffer off =
		variable(GLOBAL, "SecureBoot", EV_SPAN_LITERAL("\0"));
	struct log_sample s;

	(void)state;
	log_begin(&s, crypto, true);
	log_event(&s, 7, EV_TYPE_AUTHORITY, ev_buffer_span(&off),
		  ev_buffer_span(&off));
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 1 is the variable SecureBoot under another type");
	ev_buffer_free(&off);
	log_begin(&s, crypto, true);
	log_event(&s, 7, EV_TYPE_EFI_ACTION, ZEROS, ZEROS);
	add(&s, "SecureBoot", "\1");
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 1 is a separator under another type");
	log_begin(&s, crypto, true);
	log_event(&s, 7, 0x8000000b, ZEROS, EV_SPAN_LITERAL("table"));
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 1 is a separator under another type");
}

static void data_that_was_not_measured_is_unknown(void **state)
{
	struct ev_buffer on =
		variable(GLOBAL, "SecureBoot", EV_SPAN_LITERAL("\1"));
	struct log_sample s;

	(void)state;
	log_begin(&s, crypto, true);
	log_event(&s, 7, CONFIG, EV_SPAN_LITERAL("else"), ev_buffer_span(&on));
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 1 has a digest that is not of its data");
	begin(&s, "\1");
	log_event(&s, 7, 0x8000000b, EV_SPAN_LITERAL("a"),
		  EV_SPAN_LITERAL("b"));
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 6 has a digest that nothing explains");
	/* A legacy log may measure the value alone: any variable's. */
	log_begin(&s, crypto, false);
	log_event(&s, 7, CONFIG, EV_SPAN_LITERAL("\1"), ev_buffer_span(&on));
	add_separator(&s, 7);
	assert_string_equal(
		read_log(ev_buffer_span(&s.log), RP_PCRS, 0).why,
		"event 1 has a digest of the value alone, which says not of "
		"which variable");
	log_free(&s);
	ev_buffer_free(&on);
}

static void actions_are_told(void **state)
{
	struct rp_secure_boot out;
	struct log_sample s;

	(void)state;
	begin(&s, "\1");
	log_action(&s, 7, "UEFI Debug Mode");
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 6 is of UEFI's debug mode");
	begin(&s, "\0");
	log_action(&s, 7, "UEFI Debug Mode");
	log_action(&s, 7, "DMA Protection Disabled");
	add_separator(&s, 7);
	out = said_of(&s);
	assert_int_equal(out.state, RP_SECURE_BOOT_DISABLED);
	assert_true(out.dma_open);
	begin(&s, "\1");
	log_event(&s, 7, EV_TYPE_IPL, EV_SPAN_LITERAL("a"),
		  EV_SPAN_LITERAL("a"));
	add_separator(&s, 7);
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 6 is of a type that PCR 7 has not");
	begin(&s, "\1");
	log_event(&s, 7, SEPARATOR, EV_SPAN_LITERAL("\1\0\0\0"),
		  EV_SPAN_LITERAL("\1\0\0\0"));
	assert_said(&s, RP_SECURE_BOOT_UNKNOWN,
		    "event 6 is the separator of an error");
}

/* Tables and configuration of a TD are in the same register. */
static void register_1_of_a_td_holds_more(void **state)
{
	struct ev_span order = EV_SPAN_LITERAL("\1\0\0\0");
	struct rp_secure_boot out;
	struct log_sample s;

	(void)state;
	log_begin(&s, crypto, true);
	log_event(&s, 1, 0x8000000b, EV_SPAN_LITERAL("a"),
		  EV_SPAN_LITERAL("b"));
	add_as(&s, 1, CONFIG, GLOBAL, "SecureBoot", EV_SPAN_LITERAL("\0"));
	add_separator(&s, 1);
	add_as(&s, 1, CONFIG, GLOBAL, "Boot0001", EV_SPAN_LITERAL("x"));
	log_event(&s, 1, EV_TYPE_VARIABLE_BOOT, order, order);
	out = read_log(ev_buffer_span(&s.log), RP_MRS, SHA256_AT);
	assert_string_equal(out.why, "SecureBoot is 0");
	add_as(&s, 1, CONFIG, DATABASE, "dbx", EV_SPAN_LITERAL("x"));
	out = read_log(ev_buffer_span(&s.log), RP_MRS, SHA256_AT);
	assert_int_equal(out.state, RP_SECURE_BOOT_UNKNOWN);
	log_free(&s);
}

/* What google/go-eventlog, or who gave the log, says of it. */
static void real_logs_are_as_others_say(void **state)
{
	static const struct {
		const char *name;
		enum rp_register_set set;
		const char *word, *why;
	} logs[] = {
		{ "goev-arch-linux-workstation.bin", RP_PCRS, "disabled",
		  "SecureBoot is there and empty" },
		{ "goev-cos-101-amd-sev.bin", RP_PCRS, "enabled", NULL },
		{ "goev-cos-85-amd-sev.bin", RP_PCRS, "enabled", NULL },
		{ "goev-debian-10.bin", RP_PCRS, "enabled", NULL },
		{ "goev-glinux-alex.bin", RP_PCRS, "disabled", NULL },
		{ "goev-rhel8-uefi.bin", RP_PCRS, "enabled", NULL },
		{ "goev-ubuntu-1804-amd-sev.bin", RP_PCRS, "disabled", NULL },
		{ "goev-ubuntu-2104-no-dbx.bin", RP_PCRS, "disabled", NULL },
		{ "goatt-windows_gcp_shielded_vm.bin", RP_PCRS, "enabled",
		  NULL },
		{ "goatt-sb_cert_eventlog.bin", RP_PCRS, "enabled", NULL },
		{ "goev-ccel-cos-113-intel-tdx.bin", RP_MRS, "disabled", NULL },
		{ "goev-ccel-cos-113-intel-tdx-dupe-separator-unpadded.bin",
		  RP_MRS, "unknown", "event 16 is a second separator" },
		{ "keylime-binary_bios_measurements-secureboot.bin", RP_PCRS,
		  "enabled", NULL },
		{ "gtt-gdc-host.bin", RP_PCRS, "disabled", NULL },
		{ "malformed/data-flip-secureboot.bin", RP_PCRS, "unknown",
		  "event 3 has a digest that is not of its data" },
		{ "malformed/type-flip-to-noaction.bin", RP_PCRS, "unknown",
		  NULL },
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		struct rp_secure_boot out;
		struct ev_span item;

		assert_true(vectors_read(vectors_join("eventlog", logs[i].name),
					 &item));
		out = read_log(item, logs[i].set, 0);
		if (strcmp(rp_secure_boot_word(out.state), logs[i].word) != 0)
			fail_msg("%s: %s", logs[i].name, out.why);
		if (logs[i].why != NULL)
			assert_string_equal(out.why, logs[i].why);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_variable_says_it),
		cmocka_unit_test(an_empty_variable_is_no_secure_boot),
		cmocka_unit_test(enabled_needs_its_keys),
		cmocka_unit_test(images_need_an_authority),
		cmocka_unit_test(what_comes_twice_or_late_is_unknown),
		cmocka_unit_test(nothing_hides_under_another_type),
		cmocka_unit_test(data_that_was_not_measured_is_unknown),
		cmocka_unit_test(actions_are_told),
		cmocka_unit_test(register_1_of_a_td_holds_more),
		cmocka_unit_test(real_logs_are_as_others_say),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
