/* SPDX-License-Identifier: Apache-2.0 */
/* Which items are judged together where an archive holds several of a kind. */
#include "replay/checks.h"
#include "tests/link_scene.h"

static void the_set_whose_window_holds_the_time_decides(void **state)
{
	struct scene *s;
	const struct rp_quote *q;

	(void)state;
	vectors_need();
	s = two_sets();
	q = build(s, IN_SET1)->first[RP_QUOTE]->quote;
	assert_string_equal(q->tcb_info->name, "e");
	assert_string_equal(q->qe_identity->name, "c");
	assert_string_equal(q->pck_crl->name, "a");
	assert_true(rp_window_counts(&s->c, q->tcb_info));
	assert_false(rp_window_counts(&s->c, q->tcb_info->next));
	rp_case_free(&s->c);
	q = build(s, IN_SET2)->first[RP_QUOTE]->quote;
	assert_string_equal(q->tcb_info->name, "f");
	assert_string_equal(q->qe_identity->name, "d");
	assert_string_equal(q->pck_crl->name, "b");
	end(s);
}

static void the_set_asked_for_as_standard_decides_before_that(void **state)
{
	struct scene *s;
	const struct rp_quote *q;

	(void)state;
	vectors_need();
	s = two_sets();
	s->entry[4].source_uri = "https://x/tdx/tcb?fmspc=0&update=standard";
	q = build(s, IN_SET2)->first[RP_QUOTE]->quote;
	assert_string_equal(q->tcb_info->name, "e");
	assert_string_equal(q->qe_identity->name, "c"); /* of one number */
	end(s);
}

static void outside_every_window_the_higher_number_decides(void **state)
{
	struct scene *s;

	(void)state;
	vectors_need();
	s = two_sets();
	assert_string_equal(build(s, 1)->first[RP_QUOTE]->quote->tcb_info->name,
			    "f");
	end(s);
}

static void each_quote_has_the_collateral_of_its_own_tee(void **state)
{
	struct scene *s = NULL;
	const struct rp_subject *q;
	struct rp_case *c;

	(void)state;
	vectors_need();
	s = two_machines();
	c = build(s, IN_SET1);
	for (q = c->first[RP_QUOTE]; q != NULL; q = q->next) {
		bool tdx = q->quote->q.tee == EV_TEE_TDX;

		assert_string_equal(q->quote->tcb_info->name, tdx ? "e" : "f");
		assert_string_equal(q->quote->qe_identity->name,
				    tdx ? "c" : "d");
		assert_non_null(q->quote->pck_crl);
		assert_true(ev_span_eq(q->quote->pck_crl->crl->crl.issuer,
				       q->quote->chain.cert[0].issuer));
	}
	/* Neither list is another's: both PCK CAs are here. */
	assert_false(c->foreign_pck_crl);
	end(s);
}

static void a_list_of_a_stranger_is_foreign(void **state)
{
	struct scene *s;

	(void)state;
	vectors_need();
	s = scene(NULL);
	add(s, "a", "crl-der",
	    vector("dcap/sgx-v3-processor-ood/collateral-2025-05-27-eval17/"
		   "pck_crl.der"),
	    NULL, NULL);
	add(s, "b", "tdx-quote", vector(V5 "quote.bin"), NULL, NULL);
	assert_true(build(s, IN_SET1)->foreign_pck_crl);
	rp_case_free(&s->c);
	s->member[0].data = vector(SET1 "root_ca_crl.der");
	assert_false(build(s, IN_SET1)->foreign_pck_crl);
	end(s);
}

/* The paravisor's report with another key; the caller frees it. */
static uint8_t *other_key(struct ev_span hcl)
{
	uint8_t *copy = malloc(hcl.n), *at;

	assert_non_null(copy);
	memcpy(copy, hcl.p, hcl.n);
	at = memmem(copy, hcl.n, "HCLAkPub", 8);
	assert_non_null(at);
	at = memmem(at, hcl.n - (size_t)(at - copy), "\"n\":\"", 5);
	assert_non_null(at);
	at[40] = at[40] == 'A' ? 'B' : 'A';
	return copy;
}

static void a_tpm_quote_finds_the_report_that_names_its_key(void **state)
{
	struct scene *s = scene("pass");
	struct ev_span hcl = replay_item(&s->r, "azure-hcl-report", 0);
	uint8_t *other = other_key(hcl);
	const struct rp_tpm_quote *t;

	(void)state;
	add(s, "a", "azure-hcl-report", ev_span_of(other, hcl.n), NULL, NULL);
	add(s, "b", "azure-hcl-report", hcl, NULL, NULL);
	add(s, "c", "cert-der", replay_item(&s->r, "cert-der", 0), NULL, NULL);
	add(s, "d", "cert-der", replay_item(&s->r, "cert-der", 1), NULL, NULL);
	add(s, "e", "tdx-quote", replay_item(&s->r, "tdx-quote", 0), NULL,
	    NULL);
	add(s, "f", "tpm-quote-attest",
	    replay_item(&s->r, "tpm-quote-attest", 0), NULL, NULL);
	t = build(s, REPLAY_AS_OF)->first[RP_TPM_QUOTE]->tpm_quote;
	assert_string_equal(t->hcl->name, "b");
	assert_non_null(t->ak_cert);
	assert_non_null(s->c.first[RP_HCL]->hcl->quote);
	assert_null(s->c.first[RP_AK_CERT]->next);
	end(s);
	free(other);
}

/* DER of a certificate, from a vector. */
static void add_vector(struct scene *s, const char *name, const char *kind,
		       const char *rel)
{
	add(s, name, kind, vector(rel), NULL, NULL);
}

static void a_certificate_of_another_pki_is_no_attestation_keys(void **state)
{
	struct scene *s;

	(void)state;
	vectors_need();
	s = scene("pass");
	add_vector(s, "a", "cert-pem", "azure/snp1-vcek.pem");
	add_vector(s, "b", "cert-pem", "azure/amd-milan-chain.pem");
	add_vector(s, "c", "cert-pem",
		   "azure/microsoft_tls_g2_rsa_ca_ocsp_02.pem");
	add(s, "d", "tpm-quote-attest",
	    replay_item(&s->r, "tpm-quote-attest", 0), NULL, NULL);
	assert_null(build(s, REPLAY_AS_OF)->first[RP_AK_CERT]);
	assert_null(s->c.first[RP_TPM_QUOTE]->tpm_quote->ak_cert);
	assert_true(s->c.n_certs > 3); /* each block is in the pool */
	end(s);
}

static void an_ak_certificate_is_told_by_purpose_key_or_relation(void **state)
{
	struct scene *s = scene("pass");
	struct ev_span cert[2] = { replay_item(&s->r, "cert-der", 0),
				   replay_item(&s->r, "cert-der", 1) };
	const struct rp_subject *ak;

	(void)state;
	/* An intermediate has the purpose too, and is none; a certificate that
	 * cannot be read is one only if somebody says so. */
	add(s, "a", "cert-der", cert[0], NULL, NULL);
	add(s, "b", "cert-der", cert[1], NULL, NULL);
	add(s, "c", "cert-der", EV_SPAN_LITERAL("broken"), NULL, NULL);
	add(s, "d", "cert-der", EV_SPAN_LITERAL("broken"), "key-of", "e");
	add(s, "e", "tpm-quote-attest",
	    replay_item(&s->r, "tpm-quote-attest", 0), NULL, NULL);
	ak = build(s, REPLAY_AS_OF)->first[RP_AK_CERT];
	assert_non_null(ak);
	assert_false(ak->ak_cert->cert.ca);
	assert_true(ak->ak_cert->cert.aik);
	assert_non_null(ak->next);
	assert_string_equal(ak->next->name, "d");
	assert_null(ak->next->next);
	end(s);
}

static void what_an_item_says_of_itself_goes_before_its_place(void **state)
{
	struct scene *s = scene("pass");
	struct ev_span quote = replay_item(&s->r, "tpm-quote-attest", 0);
	struct ev_span sig = replay_item(&s->r, "tpm-quote-signature", 0);
	const struct rp_subject *first;

	(void)state;
	add(s, "a", "tpm-pcrs", EV_SPAN_LITERAL("x"), NULL, NULL);
	add(s, "b", "tpm-pcrs", EV_SPAN_LITERAL("y"), NULL, NULL);
	add(s, "c", "tpm-quote-attest", quote, NULL, NULL);
	add(s, "d", "tpm-quote-attest", quote, NULL, NULL);
	add(s, "e", "tpm-quote-signature", sig, "signature-of", "d");
	add(s, "f", "tpm-quote-signature", sig, "signature-of", "c");
	add(s, "g", "tpm2b-public", sig, "key-of", "d");
	first = build(s, REPLAY_AS_OF)->first[RP_TPM_QUOTE];
	assert_string_equal(first->tpm_quote->signature_item->name, "f");
	assert_string_equal(first->next->tpm_quote->signature_item->name, "e");
	assert_string_equal(first->tpm_quote->pcrs_item->name, "a");
	assert_string_equal(first->next->tpm_quote->pcrs_item->name, "b");
	/* A key of another quote is not taken for lack of one. */
	assert_null(first->tpm_quote->public_item);
	assert_string_equal(first->next->tpm_quote->public_item->name, "g");
	end(s);
}

static void a_key_alone_is_every_quotes_and_one_of_two_nobodys(void **state)
{
	struct scene *s = scene("pass");
	struct ev_span quote = replay_item(&s->r, "tpm-quote-attest", 0);
	const struct rp_subject *first;

	(void)state;
	add(s, "a", "key-pem", EV_SPAN_LITERAL("x"), NULL, NULL);
	add(s, "b", "tpm-quote-attest", quote, NULL, NULL);
	add(s, "c", "tpm-quote-attest", quote, NULL, NULL);
	first = build(s, REPLAY_AS_OF)->first[RP_TPM_QUOTE];
	assert_string_equal(first->tpm_quote->key_item->name, "a");
	assert_string_equal(first->next->tpm_quote->key_item->name, "a");
	assert_int_equal(first->tpm_quote->pem_key.modulus.n, 0);
	rp_case_free(&s->c);
	add(s, "d", "key-pem", EV_SPAN_LITERAL("y"), NULL, NULL);
	add(s, "e", "key-pem", EV_SPAN_LITERAL("z"), "key-of", "c");
	first = build(s, REPLAY_AS_OF)->first[RP_TPM_QUOTE];
	assert_null(first->tpm_quote->key_item);
	assert_string_equal(first->next->tpm_quote->key_item->name, "e");
	end(s);
}

static void a_dump_of_values_counts_where_there_are_none(void **state)
{
	/* Nothing selected, in no lists: a dump all the same. */
	static const uint8_t dump[8] = { 0 };
	struct scene *s = scene("pass");
	struct ev_span quote = replay_item(&s->r, "tpm-quote-attest", 0);
	const struct rp_tpm_quote *first, *second;

	(void)state;
	add(s, "a", "tpm-quote-attest", quote, NULL, NULL);
	add(s, "b", "tpm-quote-attest", quote, NULL, NULL);
	add(s, "c", "tpm-pcrs", EV_SPAN_LITERAL("x"), "values-of", "b");
	add(s, "d", "tpm-pcrs-serialized", EV_SPAN(dump), "values-of", "a");
	add(s, "e", "tpm-pcrs-serialized", EV_SPAN_LITERAL("y"), "values-of",
	    "b");
	first = build(s, REPLAY_AS_OF)->first[RP_TPM_QUOTE]->tpm_quote;
	second = s->c.first[RP_TPM_QUOTE]->next->tpm_quote;
	assert_string_equal(first->pcrs_item->name, "d");
	assert_int_equal(first->pcrs_parsed.code, EV_OK);
	assert_int_equal(first->values.n, 0);
	assert_string_equal(second->pcrs_item->name, "c");
	assert_string_equal(second->dump_item->name, "e");
	assert_int_equal(second->values.n, 1);
	end(s);
}

static void an_area_alone_is_of_the_quotes_of_one_key(void **state)
{
	struct scene *s = scene("pass");
	struct ev_span quote = replay_item(&s->r, "tpm-quote-attest", 0);
	struct ev_span area = replay_item(&s->r, "tpm2b-public", 0);
	uint8_t other[512];
	const struct rp_subject *first;

	(void)state;
	assert_true(quote.n <= sizeof(other));
	memcpy(other, quote.p, quote.n);
	other[20] ^= 1; /* in qualifiedSigner */
	add(s, "a", "tpm2b-public", area, NULL, NULL);
	add(s, "b", "tpm-quote-attest", quote, NULL, NULL);
	add(s, "c", "tpm-quote-attest", ev_span_of(other, quote.n), NULL, NULL);
	add(s, "d", "tpm-quote-attest", quote, NULL, NULL);
	first = build(s, REPLAY_AS_OF)->first[RP_TPM_QUOTE];
	assert_string_equal(first->tpm_quote->public_item->name, "a");
	assert_null(first->next->tpm_quote->public_item);
	assert_string_equal(first->next->next->tpm_quote->public_item->name,
			    "a");
	end(s);
}

static void a_chain_is_told_by_content_before_relation(void **state)
{
	struct scene *s = scene("pass");
	struct ev_span chain[2] = { replay_item(&s->r, "dcap-issuer-chain", 0),
				    replay_item(&s->r, "dcap-issuer-chain",
						1) };
	struct ev_span crl[2] = { replay_item(&s->r, "crl-der", 0),
				  replay_item(&s->r, "crl-der", 1) };
	const struct rp_subject *x;
	size_t with_issuer = 0;

	(void)state;
	add(s, "a", "crl-der", crl[0], NULL, NULL);
	add(s, "b", "crl-der", crl[1], NULL, NULL);
	/* Both chains claim the first list; at most one can be its issuer. */
	add(s, "c", "dcap-issuer-chain", chain[0], "issuer-of", "a");
	add(s, "d", "dcap-issuer-chain", chain[1], "issuer-of", "a");
	add(s, "e", "tdx-quote", replay_item(&s->r, "tdx-quote", 0), NULL,
	    NULL);
	x = build(s, REPLAY_AS_OF)->first[RP_CRL];
	assert_int_equal(s->c.n_issuers, 1);
	assert_non_null(s->c.first[RP_CHAIN]);
	assert_null(s->c.first[RP_CHAIN]->next);
	for (; x != NULL; x = x->next) {
		if (x->crl->issuer == NULL)
			continue;
		with_issuer++;
		assert_true(ev_span_eq(x->crl->issuer->chain.cert[0].subject,
				       x->crl->crl.issuer));
	}
	assert_int_equal(with_issuer, 1);
	end(s);
}

static void an_item_without_bytes_is_a_subject(void **state)
{
	struct scene *s = scene(NULL);
	const struct rp_subject *q;

	(void)state;
	add(s, "a", "tdx-quote", (struct ev_span){ NULL, 0 }, NULL, NULL);
	q = build(s, 1)->first[RP_QUOTE];
	assert_non_null(q);
	assert_int_not_equal(q->quote->parsed.code, EV_OK);
	end(s);
}

static void a_quote_finds_the_signing_chain_that_parses(void **state)
{
	struct scene *s = scene("pass");
	const struct rp_subject *t;

	(void)state;
	add(s, "a", "dcap-issuer-chain", EV_SPAN_LITERAL("broken"), NULL, NULL);
	add(s, "b", "dcap-issuer-chain",
	    replay_item(&s->r, "dcap-issuer-chain", 0), NULL, NULL);
	add(s, "c", "dcap-issuer-chain",
	    replay_item(&s->r, "dcap-issuer-chain", 1), NULL, NULL);
	add(s, "d", "dcap-tcbinfo", replay_item(&s->r, "dcap-tcbinfo", 0), NULL,
	    NULL);
	t = build(s, REPLAY_AS_OF)->first[RP_TCB_INFO];
	assert_non_null(t->tcb_info->chain);
	assert_int_equal(t->tcb_info->chain->chain->parsed.code, EV_OK);
	rp_case_free(&s->c);
	s->relation[0] = (struct ev_relation){ "issuer-of", "d" };
	s->entry[0].relates = &s->relation[0];
	s->entry[0].n_relates = 1;
	t = build(s, REPLAY_AS_OF)->first[RP_TCB_INFO];
	assert_string_equal(t->tcb_info->chain->name, "a");
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_set_whose_window_holds_the_time_decides),
		cmocka_unit_test(
			the_set_asked_for_as_standard_decides_before_that),
		cmocka_unit_test(
			outside_every_window_the_higher_number_decides),
		cmocka_unit_test(each_quote_has_the_collateral_of_its_own_tee),
		cmocka_unit_test(a_list_of_a_stranger_is_foreign),
		cmocka_unit_test(
			a_tpm_quote_finds_the_report_that_names_its_key),
		cmocka_unit_test(
			a_certificate_of_another_pki_is_no_attestation_keys),
		cmocka_unit_test(
			an_ak_certificate_is_told_by_purpose_key_or_relation),
		cmocka_unit_test(
			what_an_item_says_of_itself_goes_before_its_place),
		cmocka_unit_test(
			a_key_alone_is_every_quotes_and_one_of_two_nobodys),
		cmocka_unit_test(a_dump_of_values_counts_where_there_are_none),
		cmocka_unit_test(an_area_alone_is_of_the_quotes_of_one_key),
		cmocka_unit_test(a_chain_is_told_by_content_before_relation),
		cmocka_unit_test(an_item_without_bytes_is_a_subject),
		cmocka_unit_test(a_quote_finds_the_signing_chain_that_parses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
