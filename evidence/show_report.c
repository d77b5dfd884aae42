/* SPDX-License-Identifier: Apache-2.0 */
/* SGX report bodies, TD report bodies and TDREPORTs as JSON. */
#include "evidence/show_report.h"

#include "evidence/show_field.h"

#define N_ROWS(layout) (sizeof(layout) / sizeof((layout)[0]))

static const struct ev_field sgx_layout[] = {
	{ "cpusvn", 0, 16, EV_FIELD_HEX },
	{ "miscselect", 16, 4, EV_FIELD_LE },
	{ "isvextprodid", 32, 16, EV_FIELD_HEX },
	{ "attributes", 48, 8, EV_FIELD_HEX },
	{ "xfrm", 56, 8, EV_FIELD_HEX },
	{ "mrenclave", 64, 32, EV_FIELD_HEX },
	{ "mrsigner", 128, 32, EV_FIELD_HEX },
	{ "configid", 192, 64, EV_FIELD_HEX },
	{ "isvprodid", 256, 2, EV_FIELD_LE },
	{ "isvsvn", 258, 2, EV_FIELD_LE },
	{ "configsvn", 260, 2, EV_FIELD_LE },
	{ "isvfamilyid", 304, 16, EV_FIELD_HEX },
	{ "report_data", 320, 64, EV_FIELD_HEX },
};

static const struct ev_field td_layout[] = {
	{ "tee_tcb_svn", 0, 16, EV_FIELD_HEX },
	{ "mrseam", 16, 48, EV_FIELD_HEX },
	{ "mrsignerseam", 64, 48, EV_FIELD_HEX },
	{ "seam_attributes", 112, 8, EV_FIELD_HEX },
	{ "td_attributes", 120, 8, EV_FIELD_HEX },
	{ "xfam", 128, 8, EV_FIELD_HEX },
	{ "mrtd", 136, 48, EV_FIELD_HEX },
	{ "mrconfigid", 184, 48, EV_FIELD_HEX },
	{ "mrowner", 232, 48, EV_FIELD_HEX },
	{ "mrownerconfig", 280, 48, EV_FIELD_HEX },
	{ "rtmr0", 328, 48, EV_FIELD_HEX },
	{ "rtmr1", 376, 48, EV_FIELD_HEX },
	{ "rtmr2", 424, 48, EV_FIELD_HEX },
	{ "rtmr3", 472, 48, EV_FIELD_HEX },
	{ "report_data", 520, 64, EV_FIELD_HEX },
	/* 1.5 */
	{ "tee_tcb_svn2", 584, 16, EV_FIELD_HEX },
	{ "mrservicetd", 600, 48, EV_FIELD_HEX },
	/* 1.5 extended */
	{ "vmid", 648, 1, EV_FIELD_LE },
	{ "tdid", 649, 32, EV_FIELD_HEX },
	{ "devinfo", 681, 48, EV_FIELD_HEX },
	{ "init_servtd_hash", 729, 48, EV_FIELD_HEX },
	{ "init_servtd_attributes", 777, 8, EV_FIELD_HEX },
	{ "init_cpusvn", 785, 16, EV_FIELD_HEX },
	{ "init_tee_tcb_svn", 801, 16, EV_FIELD_HEX },
	{ "init_tee_fmspc", 817, 12, EV_FIELD_HEX },
	{ "cur_servtd_hash", 829, 48, EV_FIELD_HEX },
	{ "cur_servtd_attributes", 877, 8, EV_FIELD_HEX },
};

static const struct ev_field tdreport_layout[] = {
	{ "report_type", 0, 4, EV_FIELD_HEX },
	{ "cpusvn", 16, 16, EV_FIELD_HEX },
	{ "tee_tcb_info_hash", 32, 48, EV_FIELD_HEX },
	{ "tee_info_hash", 80, 48, EV_FIELD_HEX },
	{ "report_data", 128, 64, EV_FIELD_HEX },
	{ "mac", 224, 32, EV_FIELD_HEX },
	{ "valid", 256, 8, EV_FIELD_HEX },
	{ "tee_tcb_svn", 264, 16, EV_FIELD_HEX },
	{ "mrseam", 280, 48, EV_FIELD_HEX },
	{ "mrsignerseam", 328, 48, EV_FIELD_HEX },
	{ "seam_attributes", 376, 8, EV_FIELD_HEX },
	{ "tee_tcb_svn2", 384, 16, EV_FIELD_HEX },
	{ "td_attributes", 512, 8, EV_FIELD_HEX },
	{ "xfam", 520, 8, EV_FIELD_HEX },
	{ "mrtd", 528, 48, EV_FIELD_HEX },
	{ "mrconfigid", 576, 48, EV_FIELD_HEX },
	{ "mrowner", 624, 48, EV_FIELD_HEX },
	{ "mrownerconfig", 672, 48, EV_FIELD_HEX },
	{ "rtmr0", 720, 48, EV_FIELD_HEX },
	{ "rtmr1", 768, 48, EV_FIELD_HEX },
	{ "rtmr2", 816, 48, EV_FIELD_HEX },
	{ "rtmr3", 864, 48, EV_FIELD_HEX },
	{ "servtd_hash", 912, 48, EV_FIELD_HEX },
};

static void show(struct ev_writer *w, const char *name, struct ev_span record,
		 uint64_t base, const struct ev_field *layout, size_t n)
{
	ev_write_object(w, name);
	ev_show_layout(w, record, base, layout, n);
	ev_write_end(w);
}

void ev_show_sgx_report(struct ev_writer *w, const char *name,
			const struct ev_sgx_report *report)
{
	show(w, name, report->bytes, report->offset, sgx_layout,
	     N_ROWS(sgx_layout));
}

void ev_show_td_body(struct ev_writer *w, const char *name,
		     const struct ev_td_body *body)
{
	show(w, name, body->bytes, body->offset, td_layout, N_ROWS(td_layout));
}

void ev_show_tdreport(struct ev_writer *w, const char *name,
		      const struct ev_tdreport *report)
{
	show(w, name, report->bytes, report->offset, tdreport_layout,
	     N_ROWS(tdreport_layout));
}
