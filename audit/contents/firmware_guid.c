/* SPDX-License-Identifier: Apache-2.0 */
/* Well-known GUIDs: PI 1.7 volumes 1 to 3, and EDK II's descriptions of OVMF
 * (OvmfPkgX64.fdf, OvmfPkg.dec). */
#include "audit/contents/firmware_guid.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *guid, *name;
} known[] = {
	{ "48db5e17-707c-472d-91cd-1613e7ef51b0", "FVMAIN_COMPACT" },
	{ "6938079b-b503-4e3d-9d24-b28337a25806", "PEIFV" },
	{ "7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1", "DXEFV" },
	{ "763bed0d-de9f-48f5-81f1-3e90e1b1a015", "SECFV" },
	{ "fff12b8d-7696-4c8b-a985-2747075b4f50", "variable store" },
	{ "9e21fd93-9c72-4c15-8c4b-e77f1db2d792", "packed volumes" },
	{ "1ba0062e-c779-4582-8566-336ae8f78f09", "volume top file" },
	{ "fc510ee7-ffdc-11d4-bd41-0080c73c8881", "a priori list (DXE)" },
	{ "1b45cc0a-156a-428a-af62-49864da0e6e6", "a priori list (PEI)" },
	{ "7e374e25-8e01-4fee-87f2-390c23c606cd", "ACPI tables" },
};

const char *au_firmware_guid_name(const char *guid)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].guid, guid) == 0)
			return known[i].name;
	return "";
}
