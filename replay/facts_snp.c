/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of SEV-SNP reports: facts.snp.  Members are written in the order of
 * their names. */
#include "replay/checks.h"
#include "replay/facts.h"

static bool is_parsed(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return s->snp->parsed.code == EV_OK;
}

/* The chip's certificate, and what it says of the chip. */
static void write_certificate(const struct rp_snp *s, struct ev_writer *w)
{
	const struct rp_ak_cert *cert = s->vcek;

	if (cert == NULL || cert->vcek_parsed.code != EV_OK)
		return;
	ev_write_object(w, "certificate");
	ev_write_hex(w, "hwId", cert->vcek.hw_id);
	ev_write_str(w, "issuer", cert->cert.issuer);
	ev_write_str(w, "item", cert->item->name);
	ev_write_time(w, "notAfter", cert->cert.not_after);
	ev_write_time(w, "notBefore", cert->cert.not_before);
	ev_write_foreign(w, "productName", cert->vcek.product_name);
	ev_write_end(w);
}

static void write_cpuid(const struct ev_snp_report *r, struct ev_writer *w)
{
	if (!r->has_cpuid)
		return;
	ev_write_object(w, "cpuid");
	ev_write_int(w, "family", r->cpuid_family);
	ev_write_int(w, "model", r->cpuid_model);
	ev_write_int(w, "stepping", r->cpuid_stepping);
	ev_write_end(w);
}

static void write_firmware(const struct ev_snp_report *r, struct ev_writer *w)
{
	const struct {
		const char *name;
		const struct ev_snp_firmware *f;
	} firmware[] = { { "committed", &r->committed },
			 { "current", &r->current } };

	ev_write_object(w, "firmware");
	for (size_t i = 0; i < 2; i++) {
		ev_write_object(w, firmware[i].name);
		ev_write_int(w, "build", firmware[i].f->build);
		ev_write_int(w, "major", firmware[i].f->major);
		ev_write_int(w, "minor", firmware[i].f->minor);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_tcb(const struct ev_snp_report *r, struct ev_writer *w)
{
	const struct {
		const char *name;
		uint64_t value;
	} tcbs[] = {
		{ "committed", r->committed_tcb },
		{ "current", r->current_tcb },
		{ "launch", r->launch_tcb },
		{ "reported", r->reported_tcb },
	};
	/* In the order of their names. */
	static const enum ev_snp_tcb_part parts[EV_SNP_TCB_PARTS] = {
		EV_SNP_BOOTLOADER, EV_SNP_FMC, EV_SNP_MICROCODE,
		EV_SNP_SNP,	   EV_SNP_TEE,
	};

	ev_write_object(w, "tcb");
	for (size_t i = 0; i < sizeof(tcbs) / sizeof(tcbs[0]); i++) {
		struct ev_snp_tcb tcb =
			ev_snp_tcb(tcbs[i].value, r->tcb_layout);

		ev_write_object(w, tcbs[i].name);
		for (size_t k = 0; k < EV_SNP_TCB_PARTS; k++)
			if (parts[k] != EV_SNP_FMC ||
			    r->tcb_layout == EV_SNP_TCB_TURIN)
				ev_write_int(w, ev_snp_tcb_word(parts[k]),
					     tcb.svn[parts[k]]);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_policy(const struct ev_snp_report *r, struct ev_writer *w)
{
	ev_write_hex(w, "policy", ev_span_sub(r->item, 0x08, 8));
	ev_write_object(w, "policyBits");
	ev_write_int(w, "abiMajor", (int64_t)(r->policy >> 8 & 0xff));
	ev_write_int(w, "abiMinor", (int64_t)(r->policy & 0xff));
	ev_write_bool(w, "debug", ev_snp_policy(r, EV_SNP_POLICY_DEBUG));
	ev_write_bool(w, "migrateMa",
		      ev_snp_policy(r, EV_SNP_POLICY_MIGRATE_MA));
	ev_write_bool(w, "singleSocket",
		      ev_snp_policy(r, EV_SNP_POLICY_SINGLE_SOCKET));
	ev_write_bool(w, "smt", ev_snp_policy(r, EV_SNP_POLICY_SMT));
	ev_write_end(w);
}

static void write_report(const struct rp_case *c, const struct rp_subject *s,
			 struct ev_writer *w)
{
	const struct ev_snp_report *r = &s->snp->report;

	ev_write_bool(w, "authorKey", r->author_key_en);
	ev_write_hex(w, "authorKeyDigest", r->author_key_digest);
	write_certificate(s->snp, w);
	ev_write_hex(w, "chipId", r->chip_id);
	write_cpuid(r, w);
	if (r->has_mitigations)
		ev_write_u64(w, "currentMitVector", r->current_mit_vector);
	ev_write_hex(w, "familyId", r->family_id);
	write_firmware(r, w);
	ev_write_int(w, "guestSvn", r->guest_svn);
	ev_write_hex(w, "hostData", r->host_data);
	ev_write_hex(w, "idKeyDigest", r->id_key_digest);
	ev_write_hex(w, "imageId", r->image_id);
	ev_write_str(w, "item", s->name);
	if (r->has_mitigations)
		ev_write_u64(w, "launchMitVector", r->launch_mit_vector);
	ev_write_hex(w, "measurement", r->measurement);
	ev_write_int(w, "offset", (int64_t)r->offset);
	ev_write_hex(w, "platformInfo", ev_span_sub(r->item, 0x40, 8));
	write_policy(r, w);
	if (r->product != NULL)
		ev_write_str(w, "product", r->product->name);
	ev_write_hex(w, "reportData", r->report_data);
	ev_write_hex(w, "reportId", r->report_id);
	ev_write_hex(w, "reportIdMa", r->report_id_ma);
	write_tcb(r, w);
	ev_write_bool(w, "trusted", rp_quote_trusted(c, s));
	ev_write_int(w, "version", r->version);
	ev_write_int(w, "vmpl", r->vmpl);
}

void rp_facts_snp_write(const struct rp_case *c, struct ev_writer *w)
{
	static const struct rp_area snp = { "snp", RP_SNP, is_parsed,
					    write_report };

	rp_area_write(c, &snp, w);
}
