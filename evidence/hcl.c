/* SPDX-License-Identifier: Apache-2.0 */
/* The attestation report of Azure's paravisor: layout and bounds. */
#include "evidence/hcl.h"

#include "evidence/base/reader.h"
#include "evidence/limits.h"

static const char object[] = "hcl";

/* Offset of the request data and size of its fixed part, version 1. */
#define REQUEST_OFFSET	1216
#define REQUEST_SIZE	20
#define REQUEST_AK_CERT 2 /* always, in the NV index */
#define CAPABILITY_SIZE 4 /* bitmap before the JSON, version 2 */

/* An NV index of the vTPM holds 4096 bytes, so the JSON is shorter. */
#define VARIABLE_MAX 4096

static enum ev_code check_enums(const struct ev_hcl *h, struct ev_error *err)
{
	if (h->request_version != 1 && h->request_version != 2)
		return ev_fail(err, EV_VALUE, object, "request_version",
			       REQUEST_OFFSET + 4, "1 or 2", "another");
	if (h->report_type < EV_HCL_VBS || h->report_type > EV_HCL_CCA)
		return ev_fail_u64(err, EV_VALUE, object, "report_type",
				   REQUEST_OFFSET + 8, EV_HCL_TDX,
				   h->report_type);
	/* SHA-256, SHA-384, SHA-512. */
	if (h->hash_type < 1 || h->hash_type > 3)
		return ev_fail_u64(err, EV_VALUE, object, "hash_type",
				   REQUEST_OFFSET + 12, 1, h->hash_type);
	return EV_OK;
}

/* What the paravisor writes as zero, and nothing else would notice. */
static enum ev_code check_zeros(const struct ev_hcl *h, struct ev_span reserved,
				struct ev_error *err)
{
	struct ev_span rest =
		ev_span_sub(h->hardware_report, EV_TDREPORT_SIZE,
			    EV_HCL_HARDWARE_SIZE - EV_TDREPORT_SIZE);

	if (h->request_type != REQUEST_AK_CERT)
		return ev_fail_u64(err, EV_VALUE, object, "request_type", 12,
				   REQUEST_AK_CERT, h->request_type);
	if (h->status != 0)
		return ev_fail_u64(err, EV_VALUE, object, "status", 16, 0,
				   h->status);
	if (!ev_span_is_zero(reserved))
		return ev_fail_bytes(err, EV_VALUE, object, "reserved", 20,
				     "zeros", reserved);
	if (h->report_type == EV_HCL_TDX && !ev_span_is_zero(rest))
		return ev_fail_bytes(err, EV_VALUE, object, "hardware_report",
				     EV_HCL_HARDWARE_OFFSET + EV_TDREPORT_SIZE,
				     "zeros behind the TDREPORT", rest);
	return EV_OK;
}

/* The three sizes say the same; n is the hostile one. */
static enum ev_code check_sizes(const struct ev_hcl *h, uint64_t n,
				struct ev_error *err)
{
	uint64_t fixed =
		REQUEST_SIZE + (h->request_version == 2 ? CAPABILITY_SIZE : 0);

	if (n > VARIABLE_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "variable_data_size",
				   REQUEST_OFFSET + 16, VARIABLE_MAX, n);
	if (h->data_size != fixed + n)
		return ev_fail_u64(err, EV_VALUE, object, "data_size",
				   REQUEST_OFFSET, fixed + n, h->data_size);
	if (h->report_size != REQUEST_OFFSET + fixed + n)
		return ev_fail_u64(err, EV_VALUE, object, "report_size", 8,
				   REQUEST_OFFSET + fixed + n, h->report_size);
	return EV_OK;
}

static void read_header(struct ev_reader *r, struct ev_hcl *h,
			struct ev_span *reserved)
{
	h->version = ev_read_u32le(r, "version");
	h->report_size = ev_read_u32le(r, "report_size");
	h->request_type = ev_read_u32le(r, "request_type");
	h->status = ev_read_u32le(r, "status");
	*reserved = ev_read_span(r, 12, "reserved");
	h->hardware_report =
		ev_read_span(r, EV_HCL_HARDWARE_SIZE, "hardware_report");
	h->data_size = ev_read_u32le(r, "data_size");
	h->request_version = ev_read_u32le(r, "request_version");
	h->report_type = ev_read_u32le(r, "report_type");
	h->hash_type = ev_read_u32le(r, "hash_type");
}

static enum ev_code parse_hardware(struct ev_hcl *h, struct ev_error *err)
{
	if (h->report_type == EV_HCL_TDX)
		return ev_tdreport_parse(
			ev_span_sub(h->hardware_report, 0, EV_TDREPORT_SIZE),
			EV_HCL_HARDWARE_OFFSET, &h->td, err);
	if (h->report_type == EV_HCL_SNP)
		return ev_snp_report_parse(h->hardware_report,
					   EV_HCL_HARDWARE_OFFSET, &h->snp,
					   err);
	return EV_OK;
}

enum ev_code ev_hcl_parse(struct ev_span item, struct ev_hcl *out,
			  struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(item, 0, object, err);
	struct ev_hcl h = { .item = item };
	struct ev_span magic = ev_read_span(&r, 4, "magic"), reserved;
	uint32_t n;

	if (ev_reader_ok(&r) && !ev_span_eq(magic, EV_SPAN_LITERAL("HCLA")))
		return ev_fail_bytes(err, EV_VALUE, object, "magic", 0,
				     "48434c41", magic);
	if (item.n > EV_HCL_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0, EV_HCL_MAX,
				   item.n);
	read_header(&r, &h, &reserved);
	n = ev_read_u32le(&r, "variable_data_size");
	if (!ev_reader_ok(&r) || check_enums(&h, err) != EV_OK ||
	    check_sizes(&h, n, err) != EV_OK ||
	    check_zeros(&h, reserved, err) != EV_OK)
		return err->code;
	if (h.request_version == 2)
		ev_read_span(&r, CAPABILITY_SIZE, "capabilities");
	h.runtime_data = ev_read_span(&r, n, "runtime_data");
	if (!ev_reader_ok(&r))
		return err->code;
	if (h.runtime_data.p == NULL)
		h.runtime_data.p = r.left.p; /* empty, but in its place */
	h.padding = r.left;
	if (parse_hardware(&h, err) != EV_OK)
		return err->code;
	*out = h;
	return EV_OK;
}
