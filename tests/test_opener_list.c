/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/opener_list. */
#include "collect/opener_list.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NAME	"ecart-0123456789abcdef"
#define ENTRY	CO_TSM_REPORT "/" NAME
#define LOG	"sys/kernel/security/tpm0/binary_bios_measurements"
#define SYSTEMD "run/log/systemd/tpm2-measure.log"
#define RTMR	"sys/devices/virtual/misc/tdx_guest/measurements/rtmr0:sha384"
#define GRAMINE "dev/attestation/"

static void each_is_opened_in_one_way(void **state)
{
	static const struct {
		const char *path;
		int flags;
		const char *entry;
		bool folder;
	} rows[] = {
		{ LOG, O_RDONLY | O_NONBLOCK | O_NOCTTY, "", false },
		{ "sys/kernel/security/tpm12/binary_bios_measurements",
		  O_RDONLY | O_CLOEXEC, "", false },
		{ SYSTEMD, O_RDONLY, "", false },
		{ RTMR, O_RDONLY, "", false },
		{ "dev/tdx_guest", O_RDWR, "", false },
		{ GRAMINE "target_info", O_WRONLY, "", false },
		{ GRAMINE "quote", O_RDONLY, "", false },
		{ CO_TSM_REPORT, O_RDONLY | O_DIRECTORY, "", true },
		{ ENTRY, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, NAME, true },
		{ ENTRY "/inblob", O_WRONLY | O_NOFOLLOW, NAME, false },
		{ ENTRY "/outblob", O_RDONLY | O_NOFOLLOW, NAME, false },
	};
	struct co_opener_place place;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!co_opener_listed(rows[i].path, rows[i].flags, &place))
			fail_msg("%s", rows[i].path);
		assert_string_equal(place.entry, rows[i].entry);
		assert_int_equal(place.folder, rows[i].folder);
	}
}

static void and_in_no_other(void **state)
{
	static const struct {
		const char *path;
		int flags;
	} rows[] = {
		{ LOG, O_WRONLY },
		{ LOG, O_RDONLY | O_CREAT },
		{ LOG, O_RDONLY | O_DIRECTORY },
		{ LOG, O_PATH },
		{ SYSTEMD, O_RDWR },
		{ RTMR, O_WRONLY },
		{ RTMR, O_RDWR },
		{ "dev/tdx_guest", O_RDONLY },
		{ "dev/tdx_guest", O_RDWR | O_TRUNC },
		{ "dev/tdx_guest", O_RDWR | O_APPEND },
		{ "dev/tdx_guest", O_WRONLY | O_RDWR },
		{ GRAMINE "user_report_data", O_RDONLY },
		{ GRAMINE "quote", O_WRONLY },
		{ GRAMINE "keys", O_RDONLY },
		{ CO_TSM_REPORT, O_RDONLY },
		{ CO_TSM_REPORT, O_PATH | O_DIRECTORY },
		{ CO_TSM_REPORT, O_RDWR | O_TMPFILE },
		{ ENTRY, O_RDONLY },
		{ ENTRY "/", O_RDONLY | O_DIRECTORY },
		{ ENTRY "/inblob", O_RDONLY },
		{ ENTRY "/inblob", O_RDWR },
		{ ENTRY "/outblob", O_WRONLY },
		{ ENTRY "/privlevel", O_WRONLY },
		{ ENTRY "/../" NAME "/inblob", O_WRONLY },
		{ ENTRY "0/inblob", O_WRONLY },
		{ CO_TSM_REPORT "/com.intel.dcap/inblob", O_WRONLY },
		{ "sys/kernel/security/tpm#/binary_bios_measurements",
		  O_RDONLY },
	};
	struct co_opener_place place;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (co_opener_listed(rows[i].path, rows[i].flags, &place))
			fail_msg("%s, %o", rows[i].path,
				 (unsigned int)rows[i].flags);
}

static void entry_is_named_by_its_path(void **state)
{
	(void)state;
	assert_string_equal(co_opener_entry(ENTRY), NAME);
	assert_null(co_opener_entry(NAME));
	assert_null(co_opener_entry(CO_TSM_REPORT));
	assert_null(co_opener_entry(CO_TSM_REPORT "/"));
	assert_null(co_opener_entry(ENTRY "/"));
	assert_null(co_opener_entry(ENTRY "0"));
	assert_null(co_opener_entry(CO_TSM_REPORT "/ecart-0123456789ABCDEF"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_opened_in_one_way),
		cmocka_unit_test(and_in_no_other),
		cmocka_unit_test(entry_is_named_by_its_path),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
