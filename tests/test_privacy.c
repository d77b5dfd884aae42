/* SPDX-License-Identifier: Apache-2.0 */
/* What names somebody is found, kind by kind, where it stands. */
#include "replay/privacy.h"

#include "tests/lcg.h"
#include "tests/log_sample.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct rp_traces search(const char *kind, struct ev_span bytes)
{
	struct rp_traces traces = { 0 };

	rp_privacy_item("items/x/0000.bin", kind, bytes, &traces);
	assert_false(traces.no_memory);
	return traces;
}

/* The nth trace of what, which must be there. */
static const struct rp_trace *trace(const struct rp_traces *traces,
				    const char *what, size_t nth)
{
	for (size_t i = 0; i < traces->n; i++)
		if (strcmp(traces->list[i].what, what) == 0 && nth-- == 0)
			return &traces->list[i];
	fail_msg("no trace of %s", what);
	return NULL;
}

static void expect(const struct rp_traces *traces, const char *what,
		   const char *value, const char *withhold)
{
	const struct rp_trace *t = trace(traces, what, 0);

	assert_true(ev_span_eq(ev_span_of(t->value, t->n), ev_span_str(value)));
	assert_string_equal(t->withhold, withhold);
}

static void expect_plain(struct ev_span item, const struct rp_traces *traces,
			 const char *what, const char *value)
{
	const struct rp_trace *t = trace(traces, what, 0);

	expect(traces, what, value, "whole item");
	assert_true(ev_span_eq(ev_span_sub(item, t->offset, t->length),
			       ev_span_str(value)));
}

/* One trace, which says why nothing else was found. */
static void expect_only(const char *kind, const char *text, const char *what)
{
	struct rp_traces t = search(kind, ev_span_str(text));

	assert_int_equal(t.n, 1);
	assert_string_equal(t.list[0].what, what);
	assert_int_equal(t.list[0].form, RP_TRACE_ABOUT);
	rp_traces_free(&t);
}

/* --- JSON --- */

static void instance_metadata_is_followed_into_its_arrays(void **state)
{
	static const char text[] =
		" {\"compute\": {\"name\":\"vm-7\",\"osProfile\": "
		"{\"computerName\" : \"lab\"},\"tags\":\"\","
		"\"publicKeys\":[{\"keyData\":\"k0\"},{\"keyData\":\"k1\"}],"
		"\"vmId\":\"id\"},\"network\":{\"interface\":[{},"
		"{\"macAddress\":\"000D3A\",\"ipv4\":{\"ipAddress\":["
		"{\"privateIpAddress\":\"10.0.0.4\"}]}}]}}";
	struct ev_span item = ev_span_str(text);
	struct rp_traces t = search("azure-imds-instance", item);

	(void)state;
	expect_plain(item, &t, "name of the VM", "vm-7");
	expect_plain(item, &t, "host name", "lab");
	expect_plain(item, &t, "vmId", "id");
	expect_plain(item, &t, "MAC address", "000D3A");
	expect_plain(item, &t, "private address", "10.0.0.4");
	assert_int_equal(trace(&t, "key of the administrator", 1)->value[1],
			 '1');
	assert_int_equal(t.n, 7); /* an empty text names nobody */
	rp_traces_free(&t);
}

static void keys_of_the_claims_are_told_by_kid(void **state)
{
	static const char text[] =
		"{\"keys\":[{\"kid\":\"Other\",\"n\":\"zz\"},"
		"{\"n\":\"ek\",\"kid\":\"HCLEkPub\"},"
		"{\"kid\":\"HCLAkPub\",\"n\":\"ak\"}],"
		"\"vm-configuration\":{\"vmUniqueId\":\"U\"}}";
	struct ev_span item = ev_span_str(text);
	struct rp_traces t = search("azure-runtime-data", item);

	(void)state;
	expect_plain(item, &t, "HCLAkPub", "ak");
	expect_plain(item, &t, "HCLEkPub", "ek");
	expect_plain(item, &t, "vmUniqueId", "U");
	assert_int_equal(t.n, 3);
	rp_traces_free(&t);
}

static void session_tells_the_command_line(void **state)
{
	static const char text[] =
		"{\"host\":{\"cmdline\":\"root=UUID=1 ip=a\",\"kernel\":{}}}";
	struct ev_span item = ev_span_str(text);
	struct rp_traces t = search("ecart-session", item);

	(void)state;
	expect_plain(item, &t, "kernel command line", "root=UUID=1 ip=a");
	assert_int_equal(t.n, 1);
	rp_traces_free(&t);
}

/* --- texts and logs --- */

static void headers_are_found_in_any_case(void **state)
{
	static const char text[] = "HTTP/1.1 200 OK\r\n"
				   "Request-ID: \t abc \r\n"
				   "X-Request-ID: no\r\n"
				   "DATE:Mon\r\n"
				   "trace-id:\r\n"
				   "trace-id";
	struct ev_span item = ev_span_str(text);
	struct rp_traces t = search("http-headers", item);

	(void)state;
	assert_int_equal(t.n, 2);
	expect_plain(item, &t, "header of a reply", "abc");
	assert_memory_equal(t.list[1].value, "Mon", 3);
	rp_traces_free(&t);
}

static void paths_of_ima_logs_are_counted(void **state)
{
	static const uint8_t binary[] = "\x0a\0\0\0"
					"01234567890123456789"
					"\6\0\0\0"
					"ima-ng"
					"\3\0\0\0"
					"abc"
					"\x0a\0\0\0"
					"01234567890123456789"
					"\3\0\0\0"
					"ima"
					"01234567890123456789"
					"\1\0\0\0"
					"a";
	struct rp_traces t =
		search("ima-log-ascii", EV_SPAN_LITERAL("10 a\n10 b\n\n10 c"));

	(void)state;
	expect(&t, "paths of files", "3 paths of files", "whole item");
	assert_true(t.list[0].length == 15);
	rp_traces_free(&t);
	t = search("ima-log-binary", ev_span_of(binary, sizeof(binary) - 1));
	expect(&t, "paths of files", "2 paths of files", "whole item");
	rp_traces_free(&t);
	for (size_t n = 1; n + 1 < sizeof(binary); n++) {
		t = search("ima-log-binary", ev_span_of(binary, n));
		/* What is in front of a cut, and that there is one. */
		assert_int_equal(t.n, n > 41 ? 2 : 1);
		if (n >= 41)
			expect(&t, "paths of files", "1 paths of files",
			       "whole item");
		if (n != 41)
			trace(&t, "cannot be read", 0);
		rp_traces_free(&t);
	}
}

static void buffers_in_ima_logs_are_listed(void **state)
{
	static const uint8_t log[] = "\0\0\0\x0a"
				     "01234567890123456789"
				     "\0\0\0\7"
				     "ima-buf"
				     "\0\0\0\x29"
				     "\0\0\0\7"
				     "sha1:\0d"
				     "\0\0\0\x0e"
				     "kexec-cmdline\0"
				     "\0\0\0\x08"
				     "root=/dv";
	struct ev_span item = ev_span_of(log, sizeof(log) - 1);
	struct rp_traces t = search("ima-log-binary", item);

	(void)state;
	expect_plain(item, &t, "command line of another kernel", "root=/dv");
	expect(&t, "paths of files", "1 paths of files", "whole item");
	assert_int_equal(t.n, 2);
	rp_traces_free(&t);
}

static void boot_logs_say_command_lines_and_what_else_they_hold(void **state)
{
	static const uint16_t sha256 = 0x000b;
	static const uint8_t unified[] = "r\0o\0=\0/\0\0";
	static const uint8_t options[] = "\xed\x22\x3b\x8f\2\0\0\0a";
	struct log_sample s = { 0 };
	struct ev_span item;
	struct rp_traces t;

	(void)state;
	log_header(&s, 0, &sha256, 1);
	log_data(&s, 7, 0x80000001, EV_SPAN_LITERAL("db"));
	log_data(&s, 1, 0x80000002, EV_SPAN_LITERAL("Boot0000"));
	log_data(&s, 4, 0x80000003, EV_SPAN_LITERAL("path"));
	log_data(&s, 5, 0x80000006, EV_SPAN_LITERAL("EFI PART"));
	log_data(&s, 8, 0xd, EV_SPAN_LITERAL("grub_cmd: ls\0"));
	log_data(&s, 8, 0xd, EV_SPAN_LITERAL("kernel_cmdline: ro\0x"));
	log_data(&s, 12, 0xd, EV_SPAN(unified));
	log_data(&s, 9, 0x6, EV_SPAN(options));
	item = ev_buffer_span(&s.log);
	for (int i = 0; i < 2; i++) {
		t = search(i == 0 ? "tcg-eventlog" : "tdx-eventlog-ccel", item);
		expect_plain(item, &t, "kernel command line",
			     "kernel_cmdline: ro");
		assert_int_equal(trace(&t, "kernel command line", 1)->length,
				 sizeof(unified));
		trace(&t, "kernel command line", 2);
		expect(&t, "device paths",
		       "2 events: MAC addresses, serial numbers, partitions",
		       "whole item");
		expect(&t, "disks", "1 event: GUIDs of disks and partitions",
		       "whole item");
		expect(&t, "keys of Secure Boot",
		       "1 event: keys that were enrolled", "whole item");
		trace(&t, "all of it", 0);
		assert_int_equal(t.n, 7);
		rp_traces_free(&t);
	}
	log_free(&s);
}

static void many_texts_of_one_row_are_counted(void **state)
{
	static const uint16_t sha256 = 0x000b;
	struct log_sample s = { 0 };
	struct rp_traces t;

	(void)state;
	log_header(&s, 0, &sha256, 1);
	for (int i = 0; i < 70; i++)
		log_data(&s, 8, 0xd, EV_SPAN_LITERAL("kernel_cmdline: ro"));
	t = search("tcg-eventlog", ev_buffer_span(&s.log));
	assert_int_equal(t.n, 64 + 1 + 1);
	assert_memory_equal(trace(&t, "kernel command line", 64)->value,
			    "6 more like them", 16);
	rp_traces_free(&t);
	log_free(&s);
}

static void systemd_names_the_machine_and_its_volumes(void **state)
{
	static const char log[] =
		"\x1e{\"pcr\":15,\"digests\":[],\"content\":{\"string\":"
		"\"machine-id:00ff\",\"eventType\":\"machine-id\"}}\n"
		"\x1e{]\n"
		"\x1e{\"pcr\":15,\"digests\":[],\"content\":{\"string\":"
		"\"file-system:/\",\"eventType\":\"filesystem\"}}\n"
		"\x1e{\"pcr\":11,\"digests\":[],\"content\":{\"string\":"
		"\"ready\",\"eventType\":\"phase\"}}\n";
	struct ev_span item = ev_span_str(log);
	struct rp_traces t = search("cel-json", item);

	(void)state;
	expect_plain(item, &t, "machine id", "machine-id:00ff");
	expect_plain(item, &t, "file system", "file-system:/");
	trace(&t, "all of it", 0);
	assert_int_equal(t.n, 3);
	rp_traces_free(&t);
}

static void confidential_space_names_what_it_started(void **state)
{
	struct ev_span item;
	struct rp_traces t;

	(void)state;
	vectors_need();
	assert_true(vectors_read("eventlog/cel-cos-tdx.bin", &item));
	t = search("cel-tlv", item);
	assert_int_equal(trace(&t, "image", 0)->length, 101);
	expect_plain(item, &t, "argument", "/cuda-samples/sample");
	assert_int_equal(trace(&t, "environment", 1)->offset, 984);
	trace(&t, "all of it", 0);
	rp_traces_free(&t);
}

/* --- what nobody looked into --- */

static void silence_is_never_a_finding(void **state)
{
	(void)state;
	expect_only("maa-request", "{}", "not searched");
	expect_only("no-such-kind", "", "not searched");
	expect_only("maa-token", "a.b", "cannot be read");
	expect_only("tdx-quote", "short", "cannot be read");
	expect_only("azure-imds-attested", "{}", "cannot be read");
	expect_only("azure-hcl-report", "HCLA", "cannot be read");
	expect_only("cert-der", "0", "cannot be read");
	expect_only("cert-pem", "", "cannot be read");
	expect_only("ecart-session", "{", "cannot be read");
	expect_only("snp-report", "", "cannot be read");
	expect_only("tpm2b-public", "", "cannot be read");
	expect_only("tcg-eventlog", "x", "all of it");
}

/* --- real evidence --- */

static void read_vector(const char *rel, struct ev_span *out)
{
	assert_true(vectors_read(rel, out));
}

static void certificate_of_an_attestation_key_tells_its_host(void **state)
{
	struct ev_span item;
	struct rp_traces t;

	(void)state;
	vectors_need();
	read_vector("azure/ak-cert-0x01C101D0.der", &item);
	t = search("cert-der", item);
	expect_plain(item, &t, "host that asked for the certificate",
		     "LYH101050602037");
	expect(&t, "certificate subject",
	       "CN=f859864a6a31.TrustedVM.Azure.windows.net", "whole item");
	assert_int_equal(trace(&t, "certificate serial", 0)->n, 16);
	assert_int_equal(t.n, 5);
	rp_traces_free(&t);
	/* A CA is no machine. */
	read_vector("azure/ak-ca-global-virtual-tpm-ca-03.pem", &item);
	t = search("cert-pem", item);
	assert_int_equal(t.n, 0);
	rp_traces_free(&t);
}

static void quote_tells_its_processor(void **state)
{
	static const char chain[] = "no: inside the signed chain";
	struct ev_span item;
	struct rp_traces t;

	(void)state;
	vectors_need();
	read_vector("azure/tdx1-td-quote.bin", &item);
	t = search("tdx-quote", item);
	assert_int_equal(t.n, 6);
	assert_int_equal(trace(&t, "PPID", 0)->n, 16);
	assert_int_equal(trace(&t, "platform instance id", 0)->n, 16);
	assert_int_equal(trace(&t, "FMSPC", 0)->n, 6);
	assert_string_equal(trace(&t, "PPID", 0)->withhold, chain);
	assert_string_equal(trace(&t, "PPID", 0)->within, "base64");
	assert_true(trace(&t, "QE id (user data of the header)", 0)->offset ==
		    28);
	rp_traces_free(&t);
}

static void chip_of_sev_snp_is_told(void **state)
{
	struct ev_span item;
	struct rp_traces t;
	const struct rp_trace *chip;

	(void)state;
	vectors_need();
	read_vector("azure/snp1-hcl-report.bin", &item);
	t = search("azure-hcl-report", item);
	chip = trace(&t, "SEV-SNP chip id", 0);
	assert_int_equal(chip->n, 64);
	assert_true(chip->offset == 32 + 0x1a0);
	rp_traces_free(&t);
	read_vector("azure/snp1-vcek.pem", &item);
	t = search("cert-pem", item);
	assert_int_equal(trace(&t, "SEV-SNP chip id", 0)->n, 64);
	rp_traces_free(&t);
}

static const struct {
	const char *kind, *vector;
} changed[] = {
	{ "tdx-quote", "azure/tdx1-td-quote.bin" },
	{ "azure-hcl-report", "azure/tdx1-hcl-report.bin" },
	{ "maa-token", "tokens/maa-azureguest1-token.jwt" },
	{ "cert-der", "azure/ak-cert-0x01C101D0.der" },
	{ "cert-pem", "azure/snp1-vcek.pem" },
	{ "tpm-quote-attest", "azure/tl-tpm-quote.msg" },
};

/* Whatever the bytes: places lie inside the item. */
static void changed_items_are_searched_within_their_bounds(void **state)
{
	uint64_t seed = 7;

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++) {
		struct ev_span item;
		uint8_t *copy;

		read_vector(changed[i].vector, &item);
		copy = malloc(item.n);
		assert_non_null(copy);
		for (unsigned int k = 0; k < 400; k++) {
			size_t n = k % 2 == 0 ? item.n : item.n * k / 400;
			struct rp_traces t;

			memcpy(copy, item.p, item.n);
			copy[lcg_below(&seed, (uint32_t)item.n)] ^=
				(uint8_t)lcg_below(&seed, 256);
			t = search(changed[i].kind, ev_span_of(copy, n));
			for (size_t j = 0; j < t.n; j++)
				assert_true(t.list[j].offset <= n &&
					    t.list[j].length <=
						    n - t.list[j].offset);
			rp_traces_free(&t);
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instance_metadata_is_followed_into_its_arrays),
		cmocka_unit_test(keys_of_the_claims_are_told_by_kid),
		cmocka_unit_test(session_tells_the_command_line),
		cmocka_unit_test(headers_are_found_in_any_case),
		cmocka_unit_test(paths_of_ima_logs_are_counted),
		cmocka_unit_test(buffers_in_ima_logs_are_listed),
		cmocka_unit_test(
			boot_logs_say_command_lines_and_what_else_they_hold),
		cmocka_unit_test(many_texts_of_one_row_are_counted),
		cmocka_unit_test(systemd_names_the_machine_and_its_volumes),
		cmocka_unit_test(confidential_space_names_what_it_started),
		cmocka_unit_test(silence_is_never_a_finding),
		cmocka_unit_test(
			certificate_of_an_attestation_key_tells_its_host),
		cmocka_unit_test(quote_tells_its_processor),
		cmocka_unit_test(chip_of_sev_snp_is_told),
		cmocka_unit_test(
			changed_items_are_searched_within_their_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
