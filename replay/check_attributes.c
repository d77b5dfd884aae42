/* SPDX-License-Identifier: Apache-2.0 */
/* dcap.td.*, dcap.enclave.*: what a TD or an enclave was started with. */
#include "replay/checks.h"

#include <inttypes.h>
#include <stdio.h>

static void quote_input(struct rp_finding *f, const struct rp_subject *s,
			struct ev_span part)
{
	rp_input_part(f, s->name, s->item->bytes, part);
}

enum rp_outcome rp_check_td_debug(struct rp_case *c, const struct rp_subject *s,
				  struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	uint64_t attributes;

	(void)c;
	if (q->q.tee != EV_TEE_TDX)
		return rp_not_applicable(f, "no TD: an SGX quote");
	attributes = ev_td_attributes(&q->q.td);
	quote_input(f, s, q->q.td.td_attributes);
	rp_set_want(f, "bits 0 to 7 clear");
	rp_set_got(f, "attributes 0x%016" PRIx64, attributes);
	if ((attributes & EV_TD_TUD_MASK) != 0)
		return rp_fail(f, "debug: the TD is open to its host, nothing "
				  "it says is to be trusted");
	return RP_PASS;
}

/* What is said of attributes: all of it in one finding. */
struct remarks {
	char text[160];
};

static void remark(struct remarks *r, bool holds, const char *what)
{
	size_t n = strlen(r->text);

	if (holds)
		snprintf(r->text + n, sizeof(r->text) - n, "%s%s",
			 n > 0 ? ", " : "", what);
}

static enum rp_outcome say_remarks(const struct remarks *r,
				   struct rp_finding *f)
{
	return r->text[0] == '\0' ? RP_PASS
				  : rp_fail(f, "attributes: %s", r->text);
}

enum rp_outcome rp_check_td_attributes(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	/* dcap page 1.4: every bit that has a name. */
	static const uint64_t known = 0xffU | UINT64_C(1) << 16 |
				      UINT64_C(1) << 27 |
				      EV_TD_SEPT_VE_DISABLE | EV_TD_MIGRATABLE |
				      UINT64_C(3) << 30 | UINT64_C(3) << 62;
	const struct rp_quote *q = s->quote;
	struct ev_span service = q->q.td.mrservicetd;
	struct remarks r = { "" };
	uint64_t attributes;

	(void)c;
	if (q->q.tee != EV_TEE_TDX)
		return rp_not_applicable(f, "no TD: an SGX quote");
	attributes = ev_td_attributes(&q->q.td);
	quote_input(f, s, q->q.td.td_attributes);
	if (service.n > 0) /* bodies of TD report 1.5 */
		quote_input(f, s, service);
	rp_set_want(f,
		    "SEPT_VE_DISABLE set, MIGRATABLE and reserved bits "
		    "clear%s",
		    service.n > 0 ? ", MRSERVICETD zero" : "");
	rp_set_got(f, "attributes 0x%016" PRIx64, attributes);
	remark(&r, (attributes & EV_TD_SEPT_VE_DISABLE) == 0,
	       "SEPT_VE_DISABLE is clear");
	remark(&r, (attributes & EV_TD_MIGRATABLE) != 0, "MIGRATABLE is set");
	remark(&r, (attributes & ~known) != 0, "reserved bits are set");
	remark(&r, !ev_span_is_zero(service),
	       "a service TD is bound (MRSERVICETD)");
	return say_remarks(&r, f);
}

enum rp_outcome rp_check_enclave_debug(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	const struct ev_quote *q = &s->quote->q;

	(void)c;
	if (q->tee != EV_TEE_SGX)
		return rp_not_applicable(f, "no enclave: a TDX quote");
	quote_input(f, s, q->sgx.attributes);
	rp_set_want(f, "DEBUG clear");
	rp_set_got(f, "flags 0x%016" PRIx64, q->sgx.flags);
	if ((q->sgx.flags & EV_SGX_FLAG_DEBUG) != 0)
		return rp_fail(f, "debug: the enclave is open to its host, "
				  "nothing it says is to be trusted");
	return RP_PASS;
}

enum rp_outcome rp_check_enclave_attributes(struct rp_case *c,
					    const struct rp_subject *s,
					    struct rp_finding *f)
{
	/* SDM 3D, ATTRIBUTES: every bit that has a name. */
	static const uint64_t known = 0x4f7;
	const struct ev_quote *q = &s->quote->q;
	struct remarks r = { "" };

	(void)c;
	if (q->tee != EV_TEE_SGX)
		return rp_not_applicable(f, "no enclave: a TDX quote");
	quote_input(f, s, q->sgx.attributes);
	rp_set_want(f, "PROVISIONKEY and reserved bits clear");
	rp_set_got(f, "flags 0x%016" PRIx64, q->sgx.flags);
	remark(&r, (q->sgx.flags & EV_SGX_FLAG_PROVISION_KEY) != 0,
	       "PROVISIONKEY is set");
	remark(&r, (q->sgx.flags & ~known) != 0, "reserved bits are set");
	return say_remarks(&r, f);
}
