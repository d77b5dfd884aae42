/* SPDX-License-Identifier: Apache-2.0 */
/* The table of event types. */
#include "evidence/event_type.h"

#include "evidence/event_data.h"
#include "evidence/event_ipl.h"
#include "evidence/event_tag.h"
#include "evidence/firmware_blob.h"
#include "evidence/no_action.h"
#include "evidence/shown_text.h"
#include "evidence/spdm_event.h"
#include "evidence/uefi_gpt.h"
#include "evidence/uefi_image.h"
#include "evidence/uefi_variable.h"

#define TEXT	  ev_event_write_text, ev_event_describe_text
#define BLOB	  ev_firmware_blob_write, ev_firmware_blob_describe
#define BLOB2	  ev_firmware_blob2_write, ev_firmware_blob2_describe
#define TABLES	  ev_handoff_tables_write, ev_handoff_tables_describe
#define TABLES2	  ev_handoff_tables2_write, ev_handoff_tables2_describe
#define VARIABLE  ev_uefi_variable_write, ev_uefi_variable_describe
#define AUTHORITY ev_uefi_authority_write, ev_uefi_authority_describe
#define IMAGE	  ev_uefi_image_write, ev_uefi_image_describe
#define GPT	  ev_uefi_gpt_write, ev_uefi_gpt_describe
#define IPL	  ev_ipl_write, ev_ipl_describe
#define TAG	  ev_event_tag_write, ev_event_tag_describe
#define NO_ACTION ev_no_action_write, ev_no_action_describe
#define SPDM	  ev_spdm_write, ev_spdm_describe

/*
 * What binds always is what the profile says must: firmware that hashes
 * something else there is broken or lies.  EV_ACTION, EV_S_CRTM_VERSION and
 * the platform's configuration are hashed otherwise by machines that were
 * seen.
 */
static const struct ev_event_type types[] = {
	{ 0x0, "EV_PREBOOT_CERT", EV_BINDS_NO, TEXT },
	{ 0x1, "EV_POST_CODE", EV_BINDS_NO, BLOB },
	{ 0x2, "EV_UNUSED", EV_BINDS_NO, TEXT },
	{ EV_TCG_NO_ACTION, "EV_NO_ACTION", EV_BINDS_NO, NO_ACTION },
	{ EV_TCG_SEPARATOR, "EV_SEPARATOR", EV_BINDS, TEXT },
	{ 0x5, "EV_ACTION", EV_BINDS_SOMETIMES, TEXT },
	{ EV_TYPE_EVENT_TAG, "EV_EVENT_TAG", EV_BINDS_SOMETIMES, TAG },
	{ 0x7, "EV_S_CRTM_CONTENTS", EV_BINDS_NO, BLOB },
	{ 0x8, "EV_S_CRTM_VERSION", EV_BINDS_SOMETIMES, TEXT },
	{ 0x9, "EV_CPU_MICROCODE", EV_BINDS_NO, TEXT },
	{ 0xa, "EV_PLATFORM_CONFIG_FLAGS", EV_BINDS_SOMETIMES, TEXT },
	{ 0xb, "EV_TABLE_OF_DEVICES", EV_BINDS_NO, TEXT },
	{ 0xc, "EV_COMPACT_HASH", EV_BINDS_SOMETIMES, TEXT },
	{ EV_TYPE_IPL, "EV_IPL", EV_BINDS_SOMETIMES, IPL },
	{ 0xe, "EV_IPL_PARTITION_DATA", EV_BINDS, TEXT },
	{ 0xf, "EV_NONHOST_CODE", EV_BINDS_NO, TEXT },
	{ 0x10, "EV_NONHOST_CONFIG", EV_BINDS_NO, TEXT },
	{ 0x11, "EV_NONHOST_INFO", EV_BINDS_NO, TEXT },
	{ 0x12, "EV_OMIT_BOOT_DEVICE_EVENTS", EV_BINDS, TEXT },
	{ 0x13, "EV_POST_CODE2", EV_BINDS_NO, BLOB2 },
	{ EV_TYPE_VARIABLE_CONFIG, "EV_EFI_VARIABLE_DRIVER_CONFIG", EV_BINDS,
	  VARIABLE },
	{ EV_TYPE_VARIABLE_BOOT, "EV_EFI_VARIABLE_BOOT", EV_BINDS, VARIABLE },
	{ EV_TYPE_APPLICATION, "EV_EFI_BOOT_SERVICES_APPLICATION", EV_BINDS_NO,
	  IMAGE },
	{ 0x80000004, "EV_EFI_BOOT_SERVICES_DRIVER", EV_BINDS_NO, IMAGE },
	{ 0x80000005, "EV_EFI_RUNTIME_SERVICES_DRIVER", EV_BINDS_NO, IMAGE },
	{ 0x80000006, "EV_EFI_GPT_EVENT", EV_BINDS, GPT },
	{ EV_TYPE_EFI_ACTION, "EV_EFI_ACTION", EV_BINDS, TEXT },
	{ 0x80000008, "EV_EFI_PLATFORM_FIRMWARE_BLOB", EV_BINDS_NO, BLOB },
	{ 0x80000009, "EV_EFI_HANDOFF_TABLES", EV_BINDS_NO, TABLES },
	{ 0x8000000a, "EV_EFI_PLATFORM_FIRMWARE_BLOB2", EV_BINDS_NO, BLOB2 },
	{ 0x8000000b, "EV_EFI_HANDOFF_TABLES2", EV_BINDS_NO, TABLES2 },
	{ 0x8000000c, "EV_EFI_VARIABLE_BOOT2", EV_BINDS, VARIABLE },
	{ EV_TYPE_GPT2, "EV_EFI_GPT_EVENT2", EV_BINDS_SOMETIMES, GPT },
	{ EV_TCG_EFI_HCRTM, "EV_EFI_HCRTM_EVENT", EV_BINDS_NO, TEXT },
	{ EV_TYPE_AUTHORITY, "EV_EFI_VARIABLE_AUTHORITY", EV_BINDS, AUTHORITY },
	{ 0x800000e1, "EV_EFI_SPDM_FIRMWARE_BLOB", EV_BINDS_NO, SPDM },
	{ 0x800000e2, "EV_EFI_SPDM_FIRMWARE_CONFIG", EV_BINDS_NO, SPDM },
	{ EV_TYPE_SPDM_POLICY, "EV_EFI_SPDM_DEVICE_POLICY", EV_BINDS_SOMETIMES,
	  VARIABLE },
	{ EV_TYPE_SPDM_AUTHORITY, "EV_EFI_SPDM_DEVICE_AUTHORITY",
	  EV_BINDS_SOMETIMES, AUTHORITY },
	{ UINT32_MAX, "unknown", EV_BINDS_SOMETIMES, TEXT },
};

const struct ev_event_type *ev_event_type_of(uint32_t value)
{
	size_t i = 0;

	while (types[i].value != value && types[i].value != UINT32_MAX)
		i++;
	return &types[i];
}

void ev_event_type_name(uint32_t value, struct ev_buffer *out)
{
	const struct ev_event_type *type = ev_event_type_of(value);

	if (type->value != UINT32_MAX)
		ev_buffer_add_str(out, type->name);
	else
		ev_buffer_printf(out, "0x%08x", value);
}

void ev_event_describe(const struct ev_tcg_event *e, struct ev_buffer *out)
{
	size_t from = out->n;

	out->enough = from + EV_EVENT_LINE_MAX;
	ev_event_type_of(e->type)->describe(e, out);
	out->enough = 0;
	ev_shown_cut(out, from, EV_EVENT_LINE_MAX);
}
