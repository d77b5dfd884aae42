/* SPDX-License-Identifier: Apache-2.0 */
/* What endorses an image: manifests, their signatures, launch endorsements,
 * ID blocks, identity documents.  What is given out lies in what went in. */
#include "audit/corim/build_identity.h"
#include "audit/corim/corim.h"
#include "audit/corim/cose_signer.h"
#include "audit/corim/id_block.h"
#include "audit/corim/launch_endorsement.h"
#include "audit/corim/statement.h"
#include "tests/fuzz/target.h"

/* The offset of a span, which must be its place. */
static void inside(struct ev_span in, struct ev_span part, uint64_t offset)
{
	assert(part.n <= in.n);
	if (part.n > 0)
		assert(part.p >= in.p && part.p + part.n <= in.p + in.n &&
		       (uint64_t)(part.p - in.p) == offset);
}

static void fuzz_corim(struct ev_crypto *crypto, struct ev_span in)
{
	struct ev_error err = { 0 };
	struct au_corim c;

	if (au_corim_parse(in, 0, crypto, &c, &err) != EV_OK) {
		assert(err.code != EV_OK && err.offset <= in.n);
		return;
	}
	for (size_t i = 0; i < c.n_digests && i < AU_CORIM_DIGESTS_MAX; i++)
		inside(in, c.digest[i].value, c.digest[i].offset);
	if (!c.is_launch_measurement)
		return;
	assert(c.n_tags == 1 && c.launch.digest.n == c.launch.of->size);
	inside(in, c.launch.digest, c.launch.digest_offset);
}

static void fuzz_cose(struct ev_crypto *crypto, struct ev_span in)
{
	for (int use = AU_COSE_IGVM; use <= AU_COSE_ATTACHED; use++) {
		const struct au_cose_trust nobody = { NULL, 0, 0 };
		struct ev_error err = { 0 };
		struct au_signature answer;
		struct au_cose_sign1 s;

		if (au_cose_sign1_parse(in, 0, (enum au_cose_use)use, &s,
					&err) != EV_OK)
			continue;
		inside(in, s.signature, s.signature_offset);
		inside(in, s.payload, s.payload_offset);
		assert(s.n_certs > 0 && s.algorithm != NULL);
		if (au_cose_sign1_verify(&s, s.payload, &nobody, crypto,
					 &answer, &err) == EV_OK)
			assert(answer.state != AU_SIGNED && answer.root == -1);
	}
}

static void fuzz_others(struct ev_span in)
{
	static struct au_launch_endorsement e;
	struct au_build_identity id = { 0 };
	struct ev_error err = { 0 };
	struct au_id_block block;

	if (au_launch_endorsement_parse(in, 0, &e, &err) == EV_OK)
		for (size_t i = 0; i < e.n_tdx; i++)
			inside(in, e.tdx[i].mrtd, e.tdx[i].offset);
	err = (struct ev_error){ 0 };
	if (au_id_block_parse(in, 0, &block, &err) == EV_OK)
		inside(in, block.ld, block.ld_offset);
	err = (struct ev_error){ 0 };
	if (au_build_identity_parse(in, &id, &err) == EV_OK)
		assert(id.n_series > 0);
}

/* As statements: they can be written, and without a root none is a pass. */
static void fuzz_statements(struct ev_crypto *crypto, struct ev_span in)
{
	static struct au_statements list;
	static const uint8_t value[48];
	const struct au_recomputed r = { "tdx", EV_SPAN(value) };
	const struct au_cose_trust nobody = { NULL, 0, 0 };
	const struct au_signed_document doc = { .document = in,
						.use = AU_COSE_ATTACHED };
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_error err = { 0 };

	list.n = 0;
	assert(au_statement_corim(&doc, &nobody, crypto, &list, &err) == EV_OK);
	assert(au_statement_id_block(in, 0, &list, &err) == EV_OK);
	assert(au_statement_identity(in, &list, &err) == EV_OK);
	assert(au_statement_endorsement(in, &r, 1, &list, &err) == EV_OK);
	au_statements_compare(&list, &r, 1);
	assert(list.n >= 4 && au_statements_status(&list) != 0);
	au_statements_write(&list, NULL, w);
	assert(ev_writer_ok(w));
	au_statements_print(&list, "", false, &out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto;

	if (crypto == NULL)
		crypto = ev_crypto_new();
	assert(crypto != NULL);
	fuzz_corim(crypto, ev_span_of(bytes, n));
	fuzz_cose(crypto, ev_span_of(bytes, n));
	fuzz_others(ev_span_of(bytes, n));
	fuzz_statements(crypto, ev_span_of(bytes, n));
	return 0;
}
