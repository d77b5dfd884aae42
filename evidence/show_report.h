/* SPDX-License-Identifier: Apache-2.0 */
/* Showing the report bodies that quotes and paravisor reports hold. */
#ifndef EV_SHOW_REPORT_H
#define EV_SHOW_REPORT_H

#include "evidence/base/json_write.h"
#include "evidence/sgx_report.h"
#include "evidence/snp_report.h"
#include "evidence/td_report.h"

/* Each writes one object, member `name`. */
void ev_show_sgx_report(struct ev_writer *w, const char *name,
			const struct ev_sgx_report *report);
void ev_show_td_body(struct ev_writer *w, const char *name,
		     const struct ev_td_body *body);
void ev_show_tdreport(struct ev_writer *w, const char *name,
		      const struct ev_tdreport *report);

/* The fields of the report as members of the object that is open. */
void ev_show_snp_fields(struct ev_writer *w,
			const struct ev_snp_report *report);

#endif
