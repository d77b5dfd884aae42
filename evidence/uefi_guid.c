/* SPDX-License-Identifier: Apache-2.0 */
/* GUIDs as text, and the names of those that logs have. */
#include "evidence/uefi_guid.h"

#include "evidence/base/hex.h"

struct known {
	const char *guid, *name;
};

/* UEFI 2.10: 3.3, 32.4.1, 5.3.3, 4.6.1, PI 1.7 volume 3; docs/sources.md has
 * where the others are from. */
static const struct known known[] = {
	{ EV_GUID_EFI_GLOBAL, "EFI global variable" },
	{ EV_GUID_SECURITY_DATABASE, "image security database" },
	{ EV_GUID_SHIM, "shim" },
	{ "77fa9abd-0359-4d32-bd60-28f4e78f784b", "Microsoft" },
	{ "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "EFI system partition" },
	{ "024dee41-33e7-11d3-9d69-0008c781f39f", "MBR partition scheme" },
	{ "0fc63daf-8483-4772-8e79-3d69d8477de4", "Linux data" },
	{ "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "Linux swap" },
	{ "e6d6d379-f507-44c2-a23c-238f2a3df928", "Linux LVM" },
	{ "bc13c2ff-59e6-4262-a352-b275fd6f7172", "Linux boot" },
	{ "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "Linux root x86-64" },
	{ "21686148-6449-6e6f-744e-656564454649", "BIOS boot" },
	{ "e3c9e316-0b5c-4db8-817d-f92df00215ae", "Microsoft reserved" },
	{ "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "Microsoft basic data" },
	{ "de94bba4-06d1-4d40-a16a-bfd50179d6ac", "Windows recovery" },
	{ "fe3a2a5d-4f32-41a7-b725-accc3285a309", "ChromeOS kernel" },
	{ "3cb8e202-3b7e-47dd-8a3c-7ff2a13cfcec", "ChromeOS root" },
	{ "2e0a753d-9e48-43b0-8337-b15192cb1b5e", "ChromeOS reserved" },
	{ "eb9d2d30-2d88-11d3-9a16-0090273fc14d", "ACPI 1.0 table" },
	{ "8868e871-e4f1-11d3-bc22-0080c73c8881", "ACPI table" },
	{ "eb9d2d31-2d88-11d3-9a16-0090273fc14d", "SMBIOS table" },
	{ "f2fd1544-9794-4a2c-992e-e5bbcf20e394", "SMBIOS3 table" },
	{ "a5c059a1-94e4-4aa7-87b5-ab155c2bf072", "X.509" },
	{ "c1c41626-504c-4092-aca9-41f936934328", "SHA-256" },
	{ "3bd2a492-96c0-4079-b420-fcf98ef103ed", "X.509 SHA-256" },
};

static void add_field(struct ev_span guid, size_t at, size_t n, char **out)
{
	uint8_t b[4];

	for (size_t i = 0; i < n; i++)
		b[i] = guid.p[at + n - 1 - i];
	ev_hex_encode(ev_span_of(b, n), *out);
	*out += 2 * n;
	*(*out)++ = '-';
}

void ev_uefi_guid_format(struct ev_span guid, char out[EV_GUID_TEXT])
{
	assert(guid.n == EV_GUID_SIZE);
	add_field(guid, 0, 4, &out);
	add_field(guid, 4, 2, &out);
	add_field(guid, 6, 2, &out);
	ev_hex_encode(ev_span_sub(guid, 8, 2), out);
	out[4] = '-';
	ev_hex_encode(ev_span_sub(guid, 10, 6), out + 5);
}

bool ev_uefi_guid_is(struct ev_span guid, const char *text)
{
	char have[EV_GUID_TEXT];

	ev_uefi_guid_format(guid, have);
	return strcmp(have, text) == 0;
}

const char *ev_uefi_guid_name(struct ev_span guid)
{
	char text[EV_GUID_TEXT];

	ev_uefi_guid_format(guid, text);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].guid, text) == 0)
			return known[i].name;
	return NULL;
}

void ev_uefi_guid_write(struct ev_writer *w, const char *name, uint64_t offset,
			struct ev_span guid)
{
	const char *known_as = ev_uefi_guid_name(guid);
	char text[EV_GUID_TEXT];

	ev_uefi_guid_format(guid, text);
	ev_write_object(w, name);
	ev_write_int(w, "offset", (int64_t)offset);
	ev_write_int(w, "length", EV_GUID_SIZE);
	ev_write_str(w, "value", text);
	if (known_as != NULL)
		ev_write_str(w, "name", known_as);
	ev_write_end(w);
}
