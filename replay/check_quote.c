/* SPDX-License-Identifier: Apache-2.0 */
/* dcap.quote.*, dcap.pck.*, dcap.qe-report.*: what a quote shows by itself. */
#include "replay/checks.h"
#include "replay/link.h"

#include <inttypes.h>

static void quote_input(struct rp_finding *f, const struct rp_subject *s,
			struct ev_span part)
{
	rp_input_part(f, s->name, s->item->bytes, part);
}

enum rp_outcome rp_check_quote_format(struct rp_case *c,
				      const struct rp_subject *s,
				      struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;

	(void)c;
	if (q->parsed.code != EV_OK) {
		rp_input_add(f, s->name, 0, s->item->bytes.n);
		return rp_refused(f, "QUOTE_MALFORMED", &q->parsed.err);
	}
	rp_input_add(f, s->name, 0, q->q.quote.n);
	if (q->leaf_parsed.code != EV_OK)
		return rp_refused(f, "QUOTE_MALFORMED", &q->leaf_parsed.err);
	rp_set_got(f, "version %u, TEE 0x%02x, body type %u, %zu bytes",
		   q->q.version, (unsigned int)q->q.tee,
		   (unsigned int)q->q.body_type, q->q.quote.n);
	return RP_PASS;
}

enum rp_outcome rp_check_quote_padding(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	struct ev_span padding = s->quote->q.padding;

	(void)c;
	if (padding.n == 0)
		return rp_not_applicable(f, "no bytes follow the quote");
	quote_input(f, s, padding);
	rp_set_want(f, "%zu zero bytes", padding.n);
	if (!ev_span_is_zero(padding)) {
		rp_set_got(f, "other bytes");
		return rp_fail(f, "padding: bytes that no signature covers are "
				  "not zero");
	}
	rp_set_got(f, "%zu zero bytes", padding.n);
	return RP_PASS;
}

/* Names, key identifiers, signatures, CA flags down to the pinned root. */
static enum rp_outcome judge_chain(struct rp_case *c, const struct ev_chain *ch,
				   struct rp_finding *f)
{
	for (size_t i = 0; i < ch->n_certs; i++) {
		size_t up = i + 1 < ch->n_certs ? i + 1 : i;
		enum ev_verified v = ev_cert_signed_by(c->crypto, &ch->cert[i],
						       &ch->cert[up]);

		if (v == EV_VERIFIED_TROUBLE)
			return RP_TROUBLE;
		if (v == EV_VERIFIED_NO)
			return rp_fail(f,
				       "PCK_CHAIN_BAD_SIGNATURE: certificate "
				       "%zu is not signed by certificate %zu",
				       i, up);
	}
	return RP_PASS;
}

static bool role_is(const struct ev_cert *cert, const char *cn)
{
	return ev_span_eq(cert->subject_cn, ev_span_str(cn));
}

static bool is_issuer(const struct ev_cert *cert)
{
	return cert->ca && (cert->key_usage & EV_KEY_USAGE_KEY_CERT_SIGN) != 0;
}

static bool is_leaf(const struct ev_cert *cert)
{
	return !cert->ca &&
	       (cert->key_usage & EV_KEY_USAGE_DIGITAL_SIGNATURE) != 0;
}

static const char *pck_roles_fault(const struct ev_chain *ch)
{
	if (ch->n_certs != 3)
		return "a PCK chain has three certificates";
	if (!role_is(&ch->cert[0], "Intel SGX PCK Certificate") ||
	    !is_leaf(&ch->cert[0]))
		return "certificate 0 is no PCK leaf";
	if ((!role_is(&ch->cert[1], "Intel SGX PCK Platform CA") &&
	     !role_is(&ch->cert[1], "Intel SGX PCK Processor CA")) ||
	    !is_issuer(&ch->cert[1]))
		return "certificate 1 is no PCK CA";
	if (!role_is(&ch->cert[2], "Intel SGX Root CA") ||
	    !is_issuer(&ch->cert[2]))
		return "certificate 2 is no root CA";
	return NULL;
}

enum rp_outcome rp_root_pinned(struct rp_case *c, const struct ev_cert *root,
			       struct rp_finding *f)
{
	struct rp_anchor *anchor = rp_anchors_find_p256(
		c->anchors, RP_ANCHOR_INTEL_SGX_ROOT, root->key);
	uint8_t digest[32];
	char hex[65];

	if (anchor != NULL) {
		anchor->used = true;
		return RP_PASS;
	}
	if (!ev_digest(c->crypto, EV_SHA256, root->spki, digest))
		return RP_TROUBLE;
	ev_hex_encode(EV_SPAN(digest), hex);
	rp_set_got(f, "root key with SHA-256 %s", hex);
	return rp_fail(f,
		       "ROOT_UNTRUSTED: the root's key is not an anchor "
		       "given for intel-sgx-root%s",
		       rp_known_root(digest));
}

enum rp_outcome rp_check_pck_chain(struct rp_case *c,
				   const struct rp_subject *s,
				   struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	enum rp_outcome outcome;
	const char *fault;

	if (q->chain_item == NULL)
		return rp_skip(f,
			       "PCK_CHAIN_MISSING: the quote's certification "
			       "data (type %u) holds no chain and the "
			       "archive has none",
			       (unsigned int)q->q.cert_type);
	rp_input_add(f, q->chain_item->name, q->chain_offset, q->chain_size);
	if (q->chain_parsed.code != EV_OK)
		return rp_refused(f, "PCK_CHAIN_MALFORMED",
				  &q->chain_parsed.err);
	fault = pck_roles_fault(&q->chain);
	if (fault != NULL)
		return rp_fail(f, "PCK_CHAIN_MALFORMED: %s", fault);
	outcome = judge_chain(c, &q->chain, f);
	if (outcome != RP_PASS)
		return outcome;
	return rp_root_pinned(c, &q->chain.cert[2], f);
}

static enum rp_outcome another_pck(struct rp_finding *f)
{
	return rp_fail(f, "PCK_MISMATCH: the archive's PCK certificate is not "
			  "that of this quote");
}

/* dcap page 1.5: certification data 1 to 3 repeat what the certificate says,
 * and 4 is the certificate. */
static enum rp_outcome cert_data_fits(const struct rp_subject *s,
				      struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	struct ev_error err = { 0 };
	struct ev_ppid_data data;

	if (q->q.cert_type == EV_CERT_PCK_CHAIN)
		return RP_PASS;
	quote_input(f, s, q->q.cert_data);
	if (q->q.cert_type == EV_CERT_PCK_LEAF)
		return ev_span_eq(rp_quote_leaf(q), q->chain.cert[0].der)
			       ? RP_PASS
			       : another_pck(f);
	if (ev_ppid_data_parse(&q->q, &data, &err) != EV_OK)
		return rp_refused(f, "QUOTE_MALFORMED", &err);
	/* Intel's samples have type 1 data without the PCEID. */
	if ((data.pceid.n > 0 &&
	     !ev_span_eq(data.pceid, EV_SPAN(q->pck.pceid))) ||
	    !ev_span_eq(data.cpusvn, EV_SPAN(q->pck.cpusvn)) ||
	    data.pcesvn != q->pck.pcesvn)
		return another_pck(f);
	return RP_PASS;
}

/* dcap page 3: levels are compared with the components, which equal the
 * CPUSVN in every certificate known.  One that differs is worth a word, and
 * Intel's signature on it stands: it passes. */
static void note_components(const struct ev_pck *pck, struct rp_finding *f)
{
	char components[33], cpusvn[33];

	if (memcmp(pck->components, pck->cpusvn, sizeof(pck->cpusvn)) == 0)
		return;
	ev_hex_encode(EV_SPAN(pck->components), components);
	ev_hex_encode(EV_SPAN(pck->cpusvn), cpusvn);
	rp_set_got(f,
		   "TCB components %s, which count, differ from CPUSVN "
		   "%s",
		   components, cpusvn);
}

enum rp_outcome rp_check_pck_extension(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	bool platform = role_is(&q->chain.cert[1], "Intel SGX PCK Platform CA");
	enum rp_outcome outcome;

	(void)c;
	rp_input_add(f, q->chain_item->name, q->chain.pem.block[0].offset,
		     q->chain.pem.block[0].text.n);
	/* The CA's name says which members there must be. */
	rp_input_add(f, q->chain_item->name, q->chain.pem.block[1].offset,
		     q->chain.pem.block[1].text.n);
	if (q->pck_parsed.code != EV_OK)
		return rp_refused(f, "PCK_CHAIN_MALFORMED", &q->pck_parsed.err);
	if (platform != q->pck.platform_ca)
		return rp_fail(f, "PCK_CHAIN_MALFORMED: the extension has the "
				  "members of the other CA");
	outcome = cert_data_fits(s, f);
	if (outcome == RP_PASS)
		note_components(&q->pck, f);
	return outcome;
}

enum rp_outcome rp_check_qe_report_signature(struct rp_case *c,
					     const struct rp_subject *s,
					     struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	enum ev_verified v;

	quote_input(f, s, q->q.qe_report.bytes);
	quote_input(f, s, q->q.qe_report_signature);
	/* The key is in the leaf, the first block of the chain's text. */
	rp_input_add(f, q->chain_item->name, q->chain.pem.block[0].offset,
		     q->chain.pem.block[0].text.n);
	v = ev_p256_verify_raw(c->crypto, q->chain.cert[0].key,
			       q->q.qe_report.bytes,
			       q->q.qe_report_signature.p);
	return rp_signature(f, v, "QE_REPORT_BAD_SIGNATURE",
			    "the PCK key did not sign the QE report");
}

enum rp_outcome rp_check_qe_report_binding(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	const struct ev_span parts[] = { q->q.attestation_key,
					 q->q.qe_auth_data };
	uint8_t want[64] = { 0 };

	quote_input(f, s, q->q.attestation_key);
	quote_input(f, s, q->q.qe_auth_data);
	quote_input(f, s, q->q.qe_report.report_data);
	if (!ev_digest_parts(c->crypto, EV_SHA256, parts, 2, want))
		return RP_TROUBLE;
	if (rp_expect(f, EV_SPAN(want), q->q.qe_report.report_data) == RP_PASS)
		return RP_PASS;
	return rp_fail(f, "QE_REPORT_DATA_MISMATCH: the QE report does not "
			  "commit to the attestation key");
}

enum rp_outcome rp_check_quote_signature(struct rp_case *c,
					 const struct rp_subject *s,
					 struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	enum ev_verified v;

	quote_input(f, s, q->q.signed_bytes);
	quote_input(f, s, q->q.signature);
	quote_input(f, s, q->q.attestation_key);
	v = ev_p256_on_curve(c->crypto, q->q.attestation_key.p);
	if (v == EV_VERIFIED_NO)
		return rp_fail(f, "QUOTE_MALFORMED: the attestation key is no "
				  "point of P-256");
	if (v == EV_VERIFIED_YES)
		v = ev_p256_verify_raw(c->crypto, q->q.attestation_key.p,
				       q->q.signed_bytes, q->q.signature.p);
	return rp_signature(f, v, "QUOTE_BAD_SIGNATURE",
			    "the attestation key did not sign the quote");
}

enum rp_outcome rp_check_qe_debug(struct rp_case *c, const struct rp_subject *s,
				  struct rp_finding *f)
{
	const struct ev_sgx_report *r = &s->quote->q.qe_report;

	(void)c;
	quote_input(f, s, r->attributes);
	rp_set_want(f, "DEBUG clear");
	rp_set_got(f, "flags 0x%016" PRIx64, r->flags);
	if ((r->flags & EV_SGX_FLAG_DEBUG) != 0)
		return rp_fail(f, "QE_IDENTITY_MISMATCH: the quoting enclave "
				  "runs in debug mode");
	return RP_PASS;
}
