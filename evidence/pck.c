/* SPDX-License-Identifier: Apache-2.0 */
/* The SGX extension of a PCK certificate. */
#include "evidence/pck.h"

#include "evidence/base/der.h"

static const char *const object = "pck.extension";

/* 1.2.840.113741.1.13.1, under which all parts are numbered. */
static const uint8_t SGX_ARC[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8,
				   0x4d, 0x01, 0x0d, 0x01 };

/* Parts by their last number (section 1.5 of the profile). */
enum part {
	PART_PPID = 1,
	PART_TCB = 2,
	PART_PCEID = 3,
	PART_FMSPC = 4,
	PART_SGX_TYPE = 5,
	PART_INSTANCE = 6,
	PART_CONFIGURATION = 7,
};

enum { TCB_PCESVN = 17, TCB_CPUSVN = 18 };

static const uint32_t PROCESSOR_PARTS = 0x3e; /* bits 1 to 5 */
static const uint32_t PLATFORM_PARTS = 0xfe;  /* bits 1 to 7 */
static const uint32_t TCB_PARTS = 0x7fffe;    /* bits 1 to 18 */
static const uint32_t CONFIGURATION_PARTS = 0x0e;

/*
 * The last number of the next OID, which must be the arc, then middle where
 * that is not 0, then 1..max; noted in *seen, refused when it was there.
 */
static unsigned int read_number(struct ev_reader *r, uint8_t middle,
				unsigned int max, uint32_t *seen)
{
	size_t n = sizeof(SGX_ARC) + (middle != 0 ? 2 : 1);
	uint64_t offset = ev_reader_offset(r);
	struct ev_span oid = ev_der_read(r, EV_DER_OID, "part id");
	unsigned int number;

	if (!ev_reader_ok(r))
		return 0;
	number = oid.n > 0 ? oid.p[oid.n - 1] : 0;
	if (oid.n != n || memcmp(oid.p, SGX_ARC, sizeof(SGX_ARC)) != 0 ||
	    (middle != 0 && oid.p[n - 2] != middle) || number < 1 ||
	    number > max) {
		ev_fail_bytes(r->err, EV_VALUE, object, "part id", offset,
			      "a part of the SGX extension", oid);
		return 0;
	}
	if ((*seen & 1u << number) != 0) {
		ev_fail_bytes(r->err, EV_DUPLICATE, object, "part id", offset,
			      "each part once", oid);
		return 0;
	}
	*seen |= 1u << number;
	return number;
}

static void want_parts(struct ev_reader *r, const char *field, uint64_t offset,
		       uint32_t want, uint32_t seen)
{
	if (ev_reader_ok(r) && want != seen)
		ev_fail(r->err, EV_MISSING, object, field, offset, "all parts",
			"fewer");
}

static void read_octets(struct ev_reader *r, uint8_t *out, size_t n,
			const char *field)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span in = ev_der_read(r, EV_DER_OCTET_STRING, field);

	if (!ev_reader_ok(r))
		return;
	if (in.n != n)
		ev_fail_u64(r->err, EV_VALUE, object, field, offset, n, in.n);
	else
		memcpy(out, in.p, n);
}

static void read_tcb(struct ev_reader *in, struct ev_pck *p)
{
	struct ev_reader tcb = ev_der_enter(in, EV_DER_SEQUENCE, "TCB");
	uint64_t offset = ev_reader_offset(&tcb);
	uint32_t seen = 0;

	while (ev_reader_ok(&tcb) && tcb.left.n > 0) {
		struct ev_reader r =
			ev_der_enter(&tcb, EV_DER_SEQUENCE, "TCB part");
		unsigned int n = read_number(&r, PART_TCB, TCB_CPUSVN, &seen);

		if (n == TCB_CPUSVN)
			read_octets(&r, p->cpusvn, sizeof(p->cpusvn), "CPUSVN");
		else if (n == TCB_PCESVN)
			p->pcesvn = (uint16_t)ev_der_read_uint(&r, UINT16_MAX,
							       "PCESVN");
		else if (n > 0)
			p->components[n - 1] = (uint8_t)ev_der_read_uint(
				&r, UINT8_MAX, "TCB component");
		ev_reader_finish(&r);
	}
	want_parts(&tcb, "TCB", offset, TCB_PARTS, seen);
}

static void read_sgx_type(struct ev_reader *r, struct ev_pck *p)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span v = ev_der_read(r, EV_DER_ENUMERATED, "SGX type");

	if (!ev_reader_ok(r))
		return;
	if (v.n != 1 || v.p[0] > EV_SGX_SCALABLE_INTEGRITY)
		ev_fail_bytes(r->err, EV_VALUE, object, "SGX type", offset,
			      "0 to 2", v);
	else
		p->sgx_type = v.p[0];
}

static void read_configuration(struct ev_reader *in, struct ev_pck *p)
{
	struct ev_reader list =
		ev_der_enter(in, EV_DER_SEQUENCE, "configuration");
	bool *const flags[] = { NULL, &p->dynamic_platform, &p->cached_keys,
				&p->smt_enabled };
	uint64_t offset = ev_reader_offset(&list);
	uint32_t seen = 0;

	while (ev_reader_ok(&list) && list.left.n > 0) {
		struct ev_reader r =
			ev_der_enter(&list, EV_DER_SEQUENCE, "flag");
		unsigned int n = read_number(&r, PART_CONFIGURATION, 3, &seen);

		if (n > 0)
			*flags[n] = ev_der_read_bool(&r, "flag");
		ev_reader_finish(&r);
	}
	want_parts(&list, "configuration", offset, CONFIGURATION_PARTS, seen);
}

static void read_part(struct ev_reader *r, unsigned int part, struct ev_pck *p)
{
	switch (part) {
	case PART_PPID:
		read_octets(r, p->ppid, sizeof(p->ppid), "PPID");
		break;
	case PART_TCB:
		read_tcb(r, p);
		break;
	case PART_PCEID:
		read_octets(r, p->pceid, sizeof(p->pceid), "PCEID");
		break;
	case PART_FMSPC:
		read_octets(r, p->fmspc, sizeof(p->fmspc), "FMSPC");
		break;
	case PART_SGX_TYPE:
		read_sgx_type(r, p);
		break;
	case PART_INSTANCE:
		read_octets(r, p->platform_instance_id,
			    sizeof(p->platform_instance_id),
			    "platform instance id");
		break;
	case PART_CONFIGURATION:
		read_configuration(r, p);
		break;
	default: /* read_number has refused it */
		break;
	}
}

enum ev_code ev_pck_parse(struct ev_span value, struct ev_pck *out,
			  struct ev_error *err)
{
	struct ev_reader item = ev_reader_init(value, 0, object, err);
	struct ev_reader parts = ev_der_enter(&item, EV_DER_SEQUENCE, "parts");
	struct ev_pck p = { .pcesvn = 0 };
	uint32_t seen = 0;

	while (ev_reader_ok(&parts) && parts.left.n > 0) {
		struct ev_reader r =
			ev_der_enter(&parts, EV_DER_SEQUENCE, "part");

		read_part(&r, read_number(&r, 0, PART_CONFIGURATION, &seen),
			  &p);
		ev_reader_finish(&r);
	}
	p.platform_ca = seen == PLATFORM_PARTS;
	want_parts(&parts, "parts", 0,
		   p.platform_ca ? PLATFORM_PARTS : PROCESSOR_PARTS, seen);
	if (ev_reader_finish(&item) != EV_OK)
		return err->code;
	*out = p;
	return EV_OK;
}
