/* SPDX-License-Identifier: Apache-2.0 */
/* TD report bodies of quotes and the TDREPORT of the CPU. */
#include "evidence/td_report.h"

#include "evidence/base/reader.h"

/* TDREPORT_STRUCT, REPORTTYPE: type of a TD's report. */
#define TDREPORT_TYPE	     0x81
#define TDREPORT_VERSION_MAX 1

static void read_15(struct ev_reader *r, struct ev_td_body *b)
{
	b->tee_tcb_svn2 = ev_read_span(r, 16, "tee_tcb_svn2");
	b->mrservicetd = ev_read_span(r, 48, "mrservicetd");
	if (b->bytes.n == EV_TD_BODY_15_EXTENDED)
		ev_read_span(r, EV_TD_BODY_15_EXTENDED - EV_TD_BODY_15,
			     "extension");
}

enum ev_code ev_td_body_parse(struct ev_span in, uint64_t base,
			      struct ev_td_body *out, struct ev_error *err)
{
	static const char object[] = "td-report";
	struct ev_reader r = ev_reader_init(in, base, object, err);
	struct ev_td_body b = { .bytes = in, .offset = base };

	if (in.n != EV_TD_BODY_10 && in.n != EV_TD_BODY_15 &&
	    in.n != EV_TD_BODY_15_EXTENDED)
		return ev_fail_u64(err, EV_VALUE, object, "size", base,
				   EV_TD_BODY_10, in.n);
	b.tee_tcb_svn = ev_read_span(&r, 16, "tee_tcb_svn");
	b.mrseam = ev_read_span(&r, 48, "mrseam");
	b.mrsignerseam = ev_read_span(&r, 48, "mrsignerseam");
	b.seam_attributes = ev_read_span(&r, 8, "seam_attributes");
	b.td_attributes = ev_read_span(&r, 8, "td_attributes");
	b.xfam = ev_read_span(&r, 8, "xfam");
	b.mrtd = ev_read_span(&r, 48, "mrtd");
	b.mrconfigid = ev_read_span(&r, 48, "mrconfigid");
	b.mrowner = ev_read_span(&r, 48, "mrowner");
	b.mrownerconfig = ev_read_span(&r, 48, "mrownerconfig");
	for (size_t i = 0; i < 4; i++)
		b.rtmr[i] = ev_read_span(&r, 48, "rtmr");
	b.report_data = ev_read_span(&r, 64, "report_data");
	if (in.n > EV_TD_BODY_10)
		read_15(&r, &b);
	if (ev_reader_finish(&r) != EV_OK)
		return err->code;
	*out = b;
	return EV_OK;
}

uint64_t ev_td_attributes(const struct ev_td_body *body)
{
	uint64_t v = 0;

	for (size_t i = body->td_attributes.n; i > 0; i--)
		v = v << 8 | body->td_attributes.p[i - 1];
	return v;
}

/* TEE_TCB_INFO, 239 bytes; its reserved tail is covered by the hash. */
static void read_tcb_info(struct ev_reader *r, struct ev_tdreport *t)
{
	ev_read_span(r, 8, "tee_tcb_info.valid");
	t->tee_tcb_svn = ev_read_span(r, 16, "tee_tcb_svn");
	t->mrseam = ev_read_span(r, 48, "mrseam");
	t->mrsignerseam = ev_read_span(r, 48, "mrsignerseam");
	t->seam_attributes = ev_read_span(r, 8, "seam_attributes");
	t->tee_tcb_svn2 = ev_read_span(r, 16, "tee_tcb_svn2");
	ev_read_span(r, 95, "tee_tcb_info.reserved");
}

static void read_tdinfo(struct ev_reader *r, struct ev_tdreport *t)
{
	t->td_attributes = ev_read_span(r, 8, "td_attributes");
	t->xfam = ev_read_span(r, 8, "xfam");
	t->mrtd = ev_read_span(r, 48, "mrtd");
	t->mrconfigid = ev_read_span(r, 48, "mrconfigid");
	t->mrowner = ev_read_span(r, 48, "mrowner");
	t->mrownerconfig = ev_read_span(r, 48, "mrownerconfig");
	for (size_t i = 0; i < 4; i++)
		t->rtmr[i] = ev_read_span(r, 48, "rtmr");
	t->servtd_hash = ev_read_span(r, 48, "servtd_hash");
	ev_read_span(r, 64, "tdinfo.reserved");
}

enum ev_code ev_tdreport_parse(struct ev_span in, uint64_t base,
			       struct ev_tdreport *out, struct ev_error *err)
{
	static const char object[] = "tdreport";
	struct ev_reader r = ev_reader_init(in, base, object, err);
	struct ev_tdreport t = { .bytes = in, .offset = base };
	uint8_t type = ev_read_u8(&r, "type");
	struct ev_span zero[4];
	uint8_t version;

	zero[0] = ev_read_span(&r, 1, "subtype");
	version = ev_read_u8(&r, "version");
	zero[1] = ev_read_span(&r, 13, "reserved");
	t.cpusvn = ev_read_span(&r, 16, "cpusvn");
	t.tee_tcb_info_hash = ev_read_span(&r, 48, "tee_tcb_info_hash");
	t.tee_info_hash = ev_read_span(&r, 48, "tee_info_hash");
	t.report_data = ev_read_span(&r, 64, "report_data");
	zero[2] = ev_read_span(&r, 32, "reserved");
	t.mac = ev_read_span(&r, 32, "mac");
	read_tcb_info(&r, &t);
	zero[3] = ev_read_span(&r, 17, "reserved");
	read_tdinfo(&r, &t);
	if (ev_reader_finish(&r) != EV_OK)
		return err->code;
	if (type != TDREPORT_TYPE)
		return ev_fail_u64(err, EV_VALUE, object, "type", base,
				   TDREPORT_TYPE, type);
	if (version > TDREPORT_VERSION_MAX)
		return ev_fail_u64(err, EV_VALUE, object, "version", base + 2,
				   TDREPORT_VERSION_MAX, version);
	for (size_t i = 0; i < 4; i++)
		if (!ev_span_is_zero(zero[i]))
			return ev_fail_bytes(err, EV_VALUE, object, "reserved",
					     ev_offset_in(in, base, zero[i]),
					     "zeros", zero[i]);
	t.tee_tcb_info = ev_span_sub(in, 256, 239);
	t.tdinfo = ev_span_sub(in, 512, 512);
	*out = t;
	return EV_OK;
}
