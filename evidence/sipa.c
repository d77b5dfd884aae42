/* SPDX-License-Identifier: Apache-2.0 */
/* Measurements of Windows, entry by entry. */
#include "evidence/sipa.h"

#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/shown_text.h"

#include <stdio.h>

#define AGGREGATION UINT32_C(0x40000000)

struct row {
	uint32_t type;
	const char *name;
	bool text; /* UTF-16LE */
};

static const struct row rows[] = {
	{ 0x40010001, "TrustBoundary", false },
	{ 0x40010002, "ELAM_Aggregation", false },
	{ 0x40010003, "LoadedModule_Aggregation", false },
	{ 0xc0010004, "TrustPoint_Aggregation", false },
	{ 0x40010005, "KSR_Aggregation", false },
	{ 0x40010006, "KSR_SignedMeasurement_Aggregation", false },
	{ 0x00020001, "Information", false },
	{ 0x00020002, "BootCounter", false },
	{ 0x00020003, "TransferControl", false },
	{ 0x00020004, "ApplicationReturn", false },
	{ 0x00020005, "BitlockerUnlock", false },
	{ 0x00020006, "EventCounter", false },
	{ 0x00020007, "CounterId", false },
	{ 0x00020008, "MorBitNotCancelable", false },
	{ 0x00020009, "ApplicationSVN", false },
	{ 0x0002000a, "SVNChainStatus", false },
	{ 0x0002000b, "MorBitAPIStatus", false },
	{ 0x00040001, "BootDebugging", false },
	{ 0x00040002, "BootRevocationList", false },
	{ 0x00050001, "OSKernelDebug", false },
	{ 0x00050002, "CodeIntegrity", false },
	{ 0x00050003, "TestSigning", false },
	{ 0x00050004, "DataExecutionPrevention", false },
	{ 0x00050005, "SafeMode", false },
	{ 0x00050006, "WinPE", false },
	{ 0x00050007, "PhysicalAddressExtension", false },
	{ 0x00050008, "OSDevice", false },
	{ 0x00050009, "SystemRoot", true },
	{ 0x0005000a, "HypervisorLaunchType", false },
	{ 0x0005000b, "HypervisorPath", true },
	{ 0x0005000c, "HypervisorIOMMUPolicy", false },
	{ 0x0005000d, "HypervisorDebug", false },
	{ 0x0005000e, "DriverLoadPolicy", false },
	{ 0x0005000f, "SIPolicy", false },
	{ 0x00050010, "HypervisorMMIONXPolicy", false },
	{ 0x00050011, "HypervisorMSRFilterPolicy", false },
	{ 0x00050012, "VSMLaunchType", false },
	{ 0x00050013, "OSRevocationList", false },
	{ 0x00050014, "SMTStatus", false },
	{ 0x00050020, "VSMIDKInfo", false },
	{ 0x00050021, "FlightSigning", false },
	{ 0x00050022, "PagefileEncryptionEnabled", false },
	{ 0x00050023, "VSMIDKSInfo", false },
	{ 0x00050024, "HibernationDisabled", false },
	{ 0x00050025, "DumpsDisabled", false },
	{ 0x00050026, "DumpEncryptionEnabled", false },
	{ 0x00050027, "DumpEncryptionKeyDigest", false },
	{ 0x00050028, "LSAISOConfig", false },
	{ 0x00050029, "SBCPInfo", false },
	{ 0x00050030, "HypervisorBootDMAProtection", false },
	{ 0x00060001, "NoAuthority", false },
	{ 0x00060002, "AuthorityPubKey", false },
	{ 0x00070001, "FilePath", true },
	{ 0x00070002, "ImageSize", false },
	{ 0x00070003, "HashAlgorithmId", false },
	{ 0x00070004, "AuthenticodeHash", false },
	{ 0x00070005, "AuthorityIssuer", true },
	{ 0x00070006, "AuthoritySerial", false },
	{ 0x00070007, "ImageBase", false },
	{ 0x00070008, "AuthorityPublisher", true },
	{ 0x00070009, "AuthoritySHA1Thumbprint", false },
	{ 0x0007000a, "ImageValidated", false },
	{ 0x0007000b, "ModuleSVN", false },
	{ 0x80080001, "Quote", false },
	{ 0x80080002, "QuoteSignature", false },
	{ 0x80080003, "AIKID", true },
	{ 0x80080004, "AIKPubDigest", false },
	{ 0x00090001, "ELAMKeyname", true },
	{ 0x00090002, "ELAMConfiguration", false },
	{ 0x00090003, "ELAMPolicy", false },
	{ 0x00090004, "ELAMMeasured", false },
	{ 0x000a0001, "VBSVSMRequired", false },
	{ 0x000a0002, "VBSSecureBootRequired", false },
	{ 0x000a0003, "VBSIOMMURequired", false },
	{ 0x000a0004, "VBSMMIONXRequired", false },
	{ 0x000a0005, "VBSMSRFilteringRequired", false },
	{ 0x000a0006, "VBSMandatoryEnforcement", false },
	{ 0x000a0007, "VBSHVCIPolicy", false },
	{ 0x000a0008, "VBSMicrosoftBootChainRequired", false },
	{ 0x000a0009, "VBSDumpUsesAMERoot", false },
	{ 0x000a000a, "VBSVSMNoSecretsEnforced", false },
	{ 0x000b0001, "KSRSignature", false },
	{ 0x000c0001, "DRTMStateAuth", false },
	{ 0x000c0002, "DRTMSMMLevel", false },
	{ 0x000c0003, "DRTMAMDSMMHash", false },
	{ 0x000c0004, "DRTMAMDSMMSignerKey", false },
};

static const struct row *row_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

struct entry {
	uint32_t type;
	uint64_t offset; /* of the type */
	struct ev_span value;
};

static bool next(struct ev_reader *r, struct entry *out)
{
	if (!ev_reader_ok(r) || r->left.n == 0)
		return false;
	out->offset = ev_reader_offset(r);
	out->type = ev_read_u32le(r, "type");
	out->value = ev_read_span(r, ev_read_u32le(r, "size"), "value");
	return ev_reader_ok(r);
}

bool ev_sipa_is(struct ev_span in)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(in, 0, "sipa", &err);
	bool known = false;
	struct entry e;

	for (uint64_t n = 0; next(&r, &e); n++)
		known |= n == 0 && row_of(e.type) != NULL;
	return known && err.code == EV_OK;
}

static void write_value(struct ev_writer *w, const struct row *row,
			struct ev_span value, uint64_t at)
{
	if (row != NULL && row->text)
		ev_shown_write_utf16le(w, "text", at,
				       ev_text_until_nul16(value));
	else if (row != NULL && (value.n == 1 || value.n == 4 || value.n == 8))
		ev_show_layout(w, value, at,
			       &(struct ev_field){ "number", 0,
						   (uint32_t)value.n,
						   EV_FIELD_LE },
			       1);
	else
		ev_event_write_bytes(w, "data", at, value);
}

/* *n counts over all depths, so that nesting does not multiply. */
static void write_stream(struct ev_writer *w, struct ev_span in, uint64_t base,
			 unsigned depth, uint64_t *n)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(in, base, "sipa", &err);
	struct entry e;
	char type[16];

	ev_write_array(w, "entries");
	while (next(&r, &e)) {
		const struct row *row = row_of(e.type);
		uint64_t at = e.offset + 8;

		if ((*n)++ >= EV_EVENT_LIST_MAX)
			continue;
		snprintf(type, sizeof(type), "0x%08x", e.type);
		ev_write_object(w, NULL);
		ev_write_int(w, "offset", (int64_t)e.offset);
		ev_write_str(w, "type", row != NULL ? row->name : type);
		if ((e.type & AGGREGATION) != 0 && depth < EV_SIPA_DEPTH_MAX)
			write_stream(w, e.value, at, depth + 1, n);
		else
			write_value(w, row, e.value, at);
		ev_write_end(w);
	}
	ev_write_end(w);
	ev_event_refused(w, &err);
}

void ev_sipa_write(struct ev_writer *w, struct ev_span in, uint64_t base)
{
	uint64_t n = 0;

	write_stream(w, in, base, 1, &n);
	ev_event_left_out(w, n);
}

/* Appends the first text of the stream, or of one in it. */
static bool describe_text(struct ev_span in, unsigned depth,
			  struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(in, 0, "sipa", &err);
	struct entry e;

	while (next(&r, &e)) {
		const struct row *row = row_of(e.type);

		if (row != NULL && row->text) {
			ev_buffer_add_str(out, ": ");
			ev_shown_utf16le(ev_text_until_nul16(e.value), out);
			return true;
		}
		if ((e.type & AGGREGATION) != 0 && depth < EV_SIPA_DEPTH_MAX &&
		    describe_text(e.value, depth + 1, out))
			return true;
	}
	return false;
}

void ev_sipa_describe(struct ev_span in, struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(in, 0, "sipa", &err);
	const struct row *row;
	struct entry e;
	uint64_t more = 0;

	if (!next(&r, &e)) {
		ev_event_describe_bytes(in, out);
		return;
	}
	row = row_of(e.type);
	if (row != NULL)
		ev_buffer_add_str(out, row->name);
	else
		ev_buffer_printf(out, "0x%08x", e.type);
	if (!describe_text(in, 1, out) && (e.type & AGGREGATION) == 0) {
		ev_buffer_add_str(out, ": ");
		ev_event_describe_bytes(e.value, out);
	}
	while (next(&r, &e))
		more++;
	if (more > 0)
		ev_buffer_printf(out, " and %llu more",
				 (unsigned long long)more);
}
