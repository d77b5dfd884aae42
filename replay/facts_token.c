/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of tokens, facts.token, and of the enclaves that vouch for the keys
 * of Azure Attestation, facts.maa.  Members are written in the order of their
 * names. */
#include "replay/claim_evidence.h"
#include "replay/facts.h"

#include <stdio.h>

/* --- claims --- */

static void write_input(const struct rp_input *input, struct ev_writer *w)
{
	if (input->item == NULL)
		return;
	ev_write_object(w, "input");
	ev_write_str(w, "item", input->item);
	ev_write_int(w, "length", (int64_t)input->length);
	ev_write_int(w, "offset", (int64_t)input->offset);
	ev_write_end(w);
}

static void write_claims(const struct rp_claims *claims, struct ev_writer *w)
{
	ev_write_array(w, "claims");
	for (size_t i = 0; i < claims->n; i++) {
		const struct rp_claim *claim = &claims->claim[i];

		ev_write_object(w, NULL);
		write_input(&claim->input, w);
		ev_write_shown(w, "name", claim->name);
		if (claim->note != NULL)
			ev_write_str(w, "note", claim->note);
		if (claim->recomputed != NULL)
			ev_write_shown(w, "recomputed", claim->recomputed);
		ev_write_str(w, "result", rp_claim_result_word(claim->result));
		ev_write_shown(w, "token", claim->token);
		ev_write_end(w);
	}
	ev_write_end(w);
}

/* --- tokens --- */

static const char *signature_word(const struct rp_case *c,
				  const struct rp_subject *s)
{
	char id[32];

	if (s->token->verified)
		return "good";
	snprintf(id, sizeof(id), "%s.signature", s->token->service->name);
	return rp_outcome_of(c, id, s) == RP_FAIL ? "bad" : "no-key";
}

/* What the service says it attested. */
static void write_type(const struct ev_jwt *jwt, struct ev_writer *w)
{
	static const char *const names[] = { "x-ms-attestation-type",
					     "attester_type", "hwmodel" };
	const struct ev_node *places[] = { jwt->payload_nodes.root,
					   rp_token_tee(jwt) };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t k = 0; k < 2; k++) {
			const struct ev_node *v =
				ev_node_member(places[k], names[i]);

			if (v == NULL || v->type != EV_NODE_STRING)
				continue;
			ev_write_foreign(w, "type", v->text);
			return;
		}
}

static void write_token(const struct rp_case *c, const struct rp_subject *s,
			struct ev_writer *w)
{
	const struct rp_token *t = s->token;
	struct ev_span iss = ev_token_iss(&t->jwt);

	ev_write_object(w, NULL);
	write_claims(&t->claims, w);
	if (t->evidence != NULL)
		ev_write_str(w, "evidence", t->evidence->name);
	if (iss.p != NULL)
		ev_write_foreign(w, "issuer", iss);
	ev_write_str(w, "item", s->name);
	ev_write_str(w, "service", t->service->name);
	ev_write_str(w, "signature", signature_word(c, s));
	write_type(&t->jwt, w);
	ev_write_end(w);
}

static void write_tokens(const struct rp_case *c, struct ev_writer *w)
{
	bool open = false;

	for (size_t i = 0; i < rp_n_token_services; i++) {
		const struct rp_subject *s = NULL;

		while ((s = rp_next_subject(c, rp_token_services[i].type, s)) !=
		       NULL) {
			if (s->token->parsed.code != EV_OK)
				continue;
			if (!open)
				ev_write_array(w, "token");
			open = true;
			write_token(c, s, w);
		}
	}
	if (open)
		ev_write_end(w);
}

/* --- enclaves --- */

static const char *const outcome_words[] = {
	[RP_PASS] = "pass",
	[RP_FAIL] = "fail",
	[RP_SKIP] = "skip",
};

static void write_rows(const struct rp_enclave *e, struct ev_writer *w)
{
	ev_write_array(w, "checks");
	for (size_t i = 0; i < e->n_rows; i++) {
		const struct rp_enclave_row *row = &e->row[i];

		ev_write_object(w, NULL);
		ev_write_str(w, "id", row->check->id);
		ev_write_str(w, "outcome", outcome_words[row->outcome]);
		if (row->reason[0] != '\0' && row->shown)
			ev_write_shown(w, "reason", row->reason);
		else if (row->reason[0] != '\0')
			ev_write_foreign(w, "reason", ev_span_str(row->reason));
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_platform(const struct rp_enclave *e, struct ev_writer *w)
{
	if (!e->has_platform)
		return;
	ev_write_object(w, "platform");
	ev_write_str(w, "ca", e->pck.platform_ca ? "platform" : "processor");
	ev_write_hex(w, "fmspc", EV_SPAN(e->pck.fmspc));
	ev_write_hex(w, "pceid", EV_SPAN(e->pck.pceid));
	ev_write_hex(w, "ppid", EV_SPAN(e->pck.ppid));
	ev_write_end(w);
}

static bool has_enclave(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return rp_enclave_is_read(&s->token->enclave);
}

static void write_enclave(const struct rp_case *c, const struct rp_subject *s,
			  struct ev_writer *w)
{
	const struct rp_enclave *e = &s->token->enclave;
	const struct ev_maa_evidence *v = &e->evidence;
	const char *doubt;

	write_rows(e, w);
	ev_write_bool(w, "debug", rp_enclave_is_debug(e));
	if (v->endorsements.n > 0)
		ev_write_str(w, "endorsements", "not judged by this version");
	ev_write_str(w, "form", v->form == EV_MAA_SGX ? "sgx" : "snp");
	ev_write_str(w, "identity", rp_enclave_identity(e, c->policy));
	ev_write_str(w, "item", s->token->certs_item->name);
	ev_write_bool(w, "octetString", v->octet_string);
	ev_write_bool(w, "oeHeader", v->oe_header);
	ev_write_str(w, "oid", v->oid);
	write_platform(e, w);
	ev_write_hex(w, "reportData", rp_enclave_report_data(e));
	if (v->tee.p != NULL)
		ev_write_foreign(w, "tee", v->tee);
	ev_write_str(w, "token", s->name);
	ev_write_bool(w, "trusted", rp_enclave_trusted(c, s, &doubt));
	rp_enclave_facts_write(e, w);
}

void rp_facts_token_write(const struct rp_case *c, struct ev_writer *w)
{
	static const struct rp_area maa = { "maa", RP_TOKEN_MAA, has_enclave,
					    write_enclave };

	write_tokens(c, w);
	rp_area_write(c, &maa, w);
}
