/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation reports of AMD's secure processor as JSON. */
#include "evidence/show.h"
#include "evidence/show_field.h"
#include "evidence/show_report.h"

static const struct ev_field layout[] = {
	{ "version", 0x00, 4, EV_FIELD_LE },
	{ "guest_svn", 0x04, 4, EV_FIELD_LE },
	{ "policy", 0x08, 8, EV_FIELD_LE },
	{ "family_id", 0x10, 16, EV_FIELD_HEX },
	{ "image_id", 0x20, 16, EV_FIELD_HEX },
	{ "vmpl", 0x30, 4, EV_FIELD_LE },
	{ "signature_algo", 0x34, 4, EV_FIELD_LE },
	{ "current_tcb", 0x38, 8, EV_FIELD_HEX },
	{ "platform_info", 0x40, 8, EV_FIELD_LE },
	{ "signing_key", 0x48, 4, EV_FIELD_LE },
	{ "report_data", 0x50, 64, EV_FIELD_HEX },
	{ "measurement", 0x90, 48, EV_FIELD_HEX },
	{ "host_data", 0xc0, 32, EV_FIELD_HEX },
	{ "id_key_digest", 0xe0, 48, EV_FIELD_HEX },
	{ "author_key_digest", 0x110, 48, EV_FIELD_HEX },
	{ "report_id", 0x140, 32, EV_FIELD_HEX },
	{ "report_id_ma", 0x160, 32, EV_FIELD_HEX },
	{ "reported_tcb", 0x180, 8, EV_FIELD_HEX },
	{ "chip_id", 0x1a0, 64, EV_FIELD_HEX },
	{ "committed_tcb", 0x1e0, 8, EV_FIELD_HEX },
	{ "current_build", 0x1e8, 1, EV_FIELD_LE },
	{ "current_minor", 0x1e9, 1, EV_FIELD_LE },
	{ "current_major", 0x1ea, 1, EV_FIELD_LE },
	{ "committed_build", 0x1ec, 1, EV_FIELD_LE },
	{ "committed_minor", 0x1ed, 1, EV_FIELD_LE },
	{ "committed_major", 0x1ee, 1, EV_FIELD_LE },
	{ "launch_tcb", 0x1f0, 8, EV_FIELD_HEX },
	{ "signature_r", 0x2a0, 72, EV_FIELD_HEX },
	{ "signature_s", 0x2e8, 72, EV_FIELD_HEX },
};

/* Version 3 */
static const struct ev_field cpuid[] = {
	{ "cpuid_fam_id", 0x188, 1, EV_FIELD_LE },
	{ "cpuid_mod_id", 0x189, 1, EV_FIELD_LE },
	{ "cpuid_step", 0x18a, 1, EV_FIELD_LE },
};

/* Version 5 */
static const struct ev_field mitigations[] = {
	{ "launch_mit_vector", 0x1f8, 8, EV_FIELD_LE },
	{ "current_mit_vector", 0x200, 8, EV_FIELD_LE },
};

#define SHOW(w, report, rows)                                                  \
	ev_show_layout(w, (report)->item, (report)->offset, rows,              \
		       sizeof(rows) / sizeof((rows)[0]))

/* What the reported TCB means, which depends on the CPU. */
static void show_tcb(struct ev_writer *w, const struct ev_snp_report *report)
{
	struct ev_snp_tcb tcb =
		ev_snp_tcb(report->reported_tcb, report->tcb_layout);
	bool turin = report->tcb_layout == EV_SNP_TCB_TURIN;

	ev_write_object(w, "reported_tcb_parts");
	for (enum ev_snp_tcb_part i = turin ? EV_SNP_FMC : EV_SNP_BOOTLOADER;
	     i < EV_SNP_TCB_PARTS; i++)
		ev_write_int(w, ev_snp_tcb_word(i), tcb.svn[i]);
	ev_write_end(w);
}

void ev_show_snp_fields(struct ev_writer *w, const struct ev_snp_report *report)
{
	SHOW(w, report, layout);
	if (report->has_cpuid)
		SHOW(w, report, cpuid);
	if (report->has_mitigations)
		SHOW(w, report, mitigations);
	show_tcb(w, report);
	if (report->product != NULL)
		ev_write_str(w, "product", report->product->name);
}

enum ev_code ev_show_snp_report(struct ev_span item, struct ev_writer *w,
				struct ev_error *err)
{
	struct ev_snp_report report;

	if (ev_snp_report_parse(item, 0, &report, err) != EV_OK)
		return err->code;
	if (w != NULL)
		ev_show_snp_fields(w, &report);
	return EV_OK;
}
