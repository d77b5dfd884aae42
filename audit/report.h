/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finished report of a replay (ecart-report/1) with the comparison of its
 * launch measurements added: for each of them an entry of the member "audit"
 * and a finding (measure.mrtd, measure.snp), and the verdict that follows.
 * It is a function of the report, the references and where they come from.
 */
#ifndef AU_REPORT_H
#define AU_REPORT_H

#include "audit/artifact.h"
#include "audit/origin.h"

/* What is asked besides the report itself. */
struct au_request {
	const struct au_references *references;
	struct au_origins *origins;	 /* of these references */
	struct ev_span product, version; /* empty: any */
	/* At hand, which may explain a difference; NULL: none. */
	struct au_images *images;
	struct ev_crypto *crypto; /* of the images; NULL without them */
};

struct au_audited {
	char *report; /* canonical JSON, owned by the caller (free) */
	size_t n;
	/* 0 pass, 1 fail, 2 incomplete: replay and comparison together. */
	int status;
};

/*
 * EV_OK, or EV_TROUBLE, or what is wrong with the report.  A report without
 * a launch measurement gets an empty "audit" and a skipped finding.
 */
enum ev_code au_report_audit(struct ev_span report,
			     const struct au_request *request,
			     struct au_audited *out, struct ev_error *err);

#endif
