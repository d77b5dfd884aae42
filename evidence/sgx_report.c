/* SPDX-License-Identifier: Apache-2.0 */
/* SGX report bodies: 384 bytes, little-endian. */
#include "evidence/sgx_report.h"

#include "evidence/base/reader.h"

static const char object[] = "sgx-report";

/* Reserved bytes are not judged: later CPUs give them a meaning (KSS did). */
enum ev_code ev_sgx_report_parse(struct ev_span in, uint64_t base,
				 struct ev_sgx_report *out,
				 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(in, base, object, err);
	struct ev_sgx_report s = { .bytes = in, .offset = base };

	ev_read_copy(&r, s.cpusvn, sizeof(s.cpusvn), "cpusvn");
	s.miscselect = ev_read_u32le(&r, "miscselect");
	ev_read_span(&r, 12, "reserved");
	s.isvextprodid = ev_read_span(&r, 16, "isvextprodid");
	s.flags = ev_read_u64le(&r, "attributes.flags");
	s.xfrm = ev_read_u64le(&r, "attributes.xfrm");
	s.mrenclave = ev_read_span(&r, 32, "mrenclave");
	ev_read_span(&r, 32, "reserved");
	s.mrsigner = ev_read_span(&r, 32, "mrsigner");
	ev_read_span(&r, 32, "reserved");
	s.configid = ev_read_span(&r, 64, "configid");
	s.isvprodid = ev_read_u16le(&r, "isvprodid");
	s.isvsvn = ev_read_u16le(&r, "isvsvn");
	s.configsvn = ev_read_u16le(&r, "configsvn");
	ev_read_span(&r, 42, "reserved");
	s.isvfamilyid = ev_read_span(&r, 16, "isvfamilyid");
	s.report_data = ev_read_span(&r, 64, "report_data");
	if (ev_reader_finish(&r) != EV_OK)
		return err->code;
	s.attributes = ev_span_sub(in, 48, 16);
	*out = s;
	return EV_OK;
}
