/* SPDX-License-Identifier: Apache-2.0 */
/* sig/ files and detached ones: signatures counted, tokens matched. */
#include "replay/signers.h"

#include "collect/rewrite.h"
#include "tests/replay_case.h"
#include "tests/sample.h"

#include <stdio.h>
#include <stdlib.h>

/* An archive, the keys that may have signed it, and the seal. */
struct fixture {
	struct ev_buffer file;
	struct ev_archive archive;
	struct rp_seal seal;
	struct co_key *key[3];
	struct ev_span spki[3];
};

static void open_fixture(struct fixture *f, const char *pem)
{
	static const char *const pems[] = { sample_ed25519, sample_p256,
					    sample_p384 };
	struct ev_error err = { 0 };

	*f = (struct fixture){ 0 };
	sample_archive(pem, false, &f->file);
	assert_int_equal(ev_archive_open(sample_crypto(),
					 ev_buffer_span(&f->file),
					 EV_ARCHIVE_MAX, &f->archive, &err),
			 EV_OK);
	for (size_t i = 0; i < 3; i++) {
		f->key[i] = sample_key(pems[i]);
		f->spki[i] = co_key_spki(f->key[i]);
	}
}

static void close_fixture(struct fixture *f)
{
	rp_seal_free(&f->seal);
	ev_archive_free(&f->archive);
	ev_buffer_free(&f->file);
	for (size_t i = 0; i < 3; i++)
		co_key_free(f->key[i]);
}

/* The archive with one more sig/ file. */
static void add(struct fixture *f, const char *name, struct ev_span data)
{
	struct ev_buffer out = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(
		co_rewrite(&f->archive, name, data, ev_sink_buffer(&out), &err),
		EV_OK);
	ev_archive_free(&f->archive);
	ev_buffer_free(&f->file);
	f->file = out;
	assert_int_equal(ev_archive_open(sample_crypto(),
					 ev_buffer_span(&f->file),
					 EV_ARCHIVE_MAX, &f->archive, &err),
			 EV_OK);
}

static void seal(struct fixture *f, const struct rp_detached *detached,
		 size_t n)
{
	struct ev_error err = { 0 };

	assert_int_equal(rp_seal_open(&f->archive, detached, n, &f->seal, &err),
			 EV_OK);
}

/* How many of the keys signed; which of them made the first line. */
static size_t count(const struct fixture *f, const struct ev_span *keys,
		    size_t n, size_t *first)
{
	struct rp_signers signers = { 0 };
	size_t n_distinct;

	assert_true(
		rp_signers_find(sample_crypto(), &f->seal, keys, n, &signers));
	if (first != NULL)
		*first = signers.key[0];
	n_distinct = signers.n_distinct;
	rp_signers_free(&signers);
	return n_distinct;
}

static void unsigned_archive_has_an_empty_seal(void **state)
{
	struct fixture f;

	(void)state;
	open_fixture(&f, NULL);
	seal(&f, NULL, 0);
	assert_int_equal(f.seal.n_files, 0);
	assert_int_equal(f.seal.n_signatures, 0);
	assert_int_equal(f.seal.n_tokens, 0);
	assert_int_equal(count(&f, f.spki, 3, NULL), 0);
	close_fixture(&f);
}

static void inner_signature_is_found_and_verified(void **state)
{
	struct fixture f;
	size_t key = 99;

	(void)state;
	open_fixture(&f, sample_p256);
	seal(&f, NULL, 0);
	assert_int_equal(f.seal.n_signatures, 1);
	assert_true(f.seal.signatures[0].envelope->covers_manifest);
	assert_false(f.seal.signatures[0].envelope->file->detached);
	assert_true(ev_span_eq(f.seal.signatures[0].keyid,
			       ev_span_str(co_key_id(f.key[1]))));
	assert_int_equal(count(&f, f.spki, 3, &key), 1);
	assert_int_equal(key, 1);
	assert_int_equal(count(&f, f.spki, 1, &key), 0);
	assert_int_equal(key, RP_SIGNER_NONE);
	close_fixture(&f);
}

static void detached_signer_counts_beside_the_inner_one(void **state)
{
	ev_auto_buffer struct ev_buffer envelope = { 0 };
	char name[EV_PATH_TEXT];
	struct ev_error err = { 0 };
	struct rp_detached detached[4];
	struct ev_span twice[3];
	struct fixture f;

	(void)state;
	open_fixture(&f, sample_ed25519);
	assert_int_equal(co_sign_manifest(f.key[2], f.archive.manifest_bytes,
					  &envelope, name, &err),
			 EV_OK);
	detached[0] =
		(struct rp_detached){ name + 4, ev_buffer_span(&envelope) };
	detached[1] = (struct rp_detached){ "0.dsse.json",
					    ev_buffer_span(&envelope) };
	detached[2] = (struct rp_detached){ f.archive.sigs[0].name + 4,
					    f.archive.sigs[0].data };
	detached[3] = (struct rp_detached){ "notes.txt", EV_SPAN_LITERAL("x") };
	seal(&f, detached, 4);
	/* Equal bytes are merged, whatever they are called; what is no file
	 * of the format is left out. */
	assert_int_equal(f.seal.n_files, 2);
	assert_string_equal(f.seal.files[1].name, "sig/0.dsse.json");
	assert_true(f.seal.files[1].detached);
	assert_int_equal(f.seal.n_signatures, 2);
	assert_int_equal(count(&f, f.spki, 3, NULL), 2);
	twice[0] = twice[1] = f.spki[0];
	twice[2] = f.spki[1];
	assert_int_equal(count(&f, twice, 3, NULL), 1);
	close_fixture(&f);
}

static void same_key_in_two_envelopes_counts_once(void **state)
{
	ev_auto_buffer struct ev_buffer envelope = { 0 };
	char name[EV_PATH_TEXT];
	struct ev_error err = { 0 };
	struct fixture f;

	(void)state;
	open_fixture(&f, sample_p256);
	/* ECDSA signs otherwise every time, so that these bytes are new. */
	assert_int_equal(co_sign_manifest(f.key[1], f.archive.manifest_bytes,
					  &envelope, name, &err),
			 EV_OK);
	{
		const struct rp_detached d = { name + 4,
					       ev_buffer_span(&envelope) };

		seal(&f, &d, 1);
	}
	assert_int_equal(f.seal.n_files, 2);
	assert_string_equal(f.seal.files[0].name, f.seal.files[1].name);
	assert_int_equal(f.seal.n_signatures, 2);
	assert_int_equal(count(&f, f.spki, 3, NULL), 1);
	close_fixture(&f);
}

static void envelope_over_something_else_does_not_count(void **state)
{
	ev_auto_buffer struct ev_buffer envelope = { 0 };
	char name[EV_PATH_TEXT];
	struct ev_error err = { 0 };
	struct fixture f;
	size_t key;

	(void)state;
	open_fixture(&f, NULL);
	assert_int_equal(co_sign_manifest(f.key[0], EV_SPAN_LITERAL("{}"),
					  &envelope, name, &err),
			 EV_OK);
	add(&f, name, ev_buffer_span(&envelope));
	seal(&f, NULL, 0);
	assert_int_equal(f.seal.n_signatures, 1);
	assert_false(f.seal.signatures[0].envelope->covers_manifest);
	assert_int_equal(count(&f, f.spki, 3, &key), 0);
	assert_int_equal(key, RP_SIGNER_NONE);
	close_fixture(&f);
}

static void broken_envelope_stays_visible(void **state)
{
	struct fixture f;
	size_t key;

	(void)state;
	open_fixture(&f, sample_ed25519);
	add(&f, "sig/0.dsse.json", EV_SPAN_LITERAL("{}"));
	seal(&f, NULL, 0);
	assert_int_equal(f.seal.n_signatures, 2);
	assert_int_not_equal(f.seal.signatures[0].envelope->err.code, EV_OK);
	assert_int_equal(count(&f, f.spki, 3, &key), 1);
	assert_int_equal(key, RP_SIGNER_NONE);
	close_fixture(&f);
}

static const struct rp_seal_token *token(const struct fixture *f,
					 const char *name)
{
	for (size_t i = 0; i < f->seal.n_tokens; i++) {
		if (strcmp(f->seal.tokens[i].file->name, name) == 0)
			return &f->seal.tokens[i];
	}
	fail_msg("no token %s", name);
	return NULL;
}

static void tokens_cover_what_their_names_say(void **state)
{
	char sig[EV_PATH_TEXT];
	struct rp_detached detached = { "manifest.1.tsr",
					EV_SPAN_LITERAL("later") };
	const struct rp_seal_token *t;
	struct fixture f;

	(void)state;
	open_fixture(&f, sample_ed25519);
	snprintf(sig, sizeof(sig), "sig/%.16s.0.sig.tsr", co_key_id(f.key[0]));
	add(&f, "sig/manifest.0.tsr", EV_SPAN_LITERAL("first"));
	add(&f, "sig/manifest.0.tsr.0.tsr", EV_SPAN_LITERAL("renewed"));
	add(&f, "sig/manifest.00.tsr", EV_SPAN_LITERAL("bad number"));
	add(&f, "sig/manifest.7.tsr.0.tsr", EV_SPAN_LITERAL("of nothing"));
	add(&f, "sig/0123456789abcdef.0.sig.tsr", EV_SPAN_LITERAL("no key"));
	add(&f, "sig/other.tsr", EV_SPAN_LITERAL("no number"));
	add(&f, sig, EV_SPAN_LITERAL("signature"));
	seal(&f, &detached, 1);
	assert_int_equal(f.seal.n_tokens, 8);

	t = token(&f, "sig/manifest.0.tsr");
	assert_string_equal(t->covers_name, "manifest.json");
	assert_true(ev_span_eq(t->covers, f.archive.manifest_bytes));
	t = token(&f, "sig/manifest.1.tsr");
	assert_string_equal(t->covers_name, "manifest.json");
	assert_true(t->file->detached);
	t = token(&f, "sig/manifest.0.tsr.0.tsr");
	assert_string_equal(t->covers_name, "sig/manifest.0.tsr");
	assert_true(ev_span_eq(t->covers, EV_SPAN_LITERAL("first")));
	t = token(&f, sig);
	assert_string_equal(t->covers_name,
			    f.seal.signatures[0].envelope->file->name);
	assert_true(ev_span_eq(
		t->covers,
		f.seal.signatures[0].envelope->dsse.signature[0].sig));
	assert_null(token(&f, "sig/manifest.00.tsr")->covers_name);
	assert_null(token(&f, "sig/manifest.7.tsr.0.tsr")->covers_name);
	assert_null(token(&f, "sig/0123456789abcdef.0.sig.tsr")->covers_name);
	assert_null(token(&f, "sig/other.tsr")->covers_name);
	close_fixture(&f);
}

static void certificates_are_collected_up_to_a_bound(void **state)
{
	ev_auto_buffer struct ev_buffer many = { 0 };
	struct rp_detached detached[7];
	struct fixture f;
	size_t n;
	char *anchor =
		replay_read("testdata/anchors/simulated/tsa-root.pem", &n);
	char *pem = strstr(anchor, "-----BEGIN");

	(void)state;
	assert_non_null(pem);
	for (size_t i = 0; i < 15; i++)
		ev_buffer_add_str(&many, pem);
	open_fixture(&f, NULL);
	add(&f, "sig/tsa.pem", ev_span_str(pem));
	add(&f, "sig/note.pem", EV_SPAN_LITERAL("no certificate"));
	seal(&f, NULL, 0);
	assert_int_equal(f.seal.n_certs, 1);
	assert_int_equal(f.seal.cert[0].p[0], 0x30);
	rp_seal_free(&f.seal);
	for (size_t i = 0; i < 7; i++) {
		/* Other bytes each, so that none is merged. */
		static const char *const names[] = { "1.pem", "2.pem", "3.pem",
						     "4.pem", "5.pem", "6.pem",
						     "7.pem" };

		detached[i].name = names[i];
		detached[i].data = ev_span_sub(ev_buffer_span(&many), 0,
					       many.n - (6 - i) * strlen(pem));
	}
	seal(&f, detached, 7);
	assert_int_equal(f.seal.n_certs, RP_SEAL_CERTS_MAX);
	close_fixture(&f);
	free(anchor);
}

static void detached_limits_hold(void **state)
{
	static struct rp_detached many[256 + 1];
	struct ev_error err = { 0 };
	struct fixture f;
	uint8_t *large = calloc(EV_SIG_FILE_MAX + 1, 1);

	(void)state;
	assert_non_null(large);
	open_fixture(&f, NULL);
	for (size_t i = 0; i < 256 + 1; i++)
		many[i].name = "x.pem";
	assert_int_equal(rp_seal_open(&f.archive, many, 256 + 1, &f.seal, &err),
			 EV_LIMIT);
	many[0].data = ev_span_of(large, EV_SIG_FILE_MAX + 1);
	err = (struct ev_error){ 0 };
	assert_int_equal(rp_seal_open(&f.archive, many, 1, &f.seal, &err),
			 EV_LIMIT);
	many[0].name = "../../up.pem";
	err = (struct ev_error){ 0 };
	assert_int_equal(rp_seal_open(&f.archive, many, 1, &f.seal, &err),
			 EV_OK);
	assert_int_equal(f.seal.n_files, 0);
	close_fixture(&f);
	free(large);
}

static int tear_down(void **state)
{
	(void)state;
	ev_crypto_free(sample_crypto());
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsigned_archive_has_an_empty_seal),
		cmocka_unit_test(inner_signature_is_found_and_verified),
		cmocka_unit_test(detached_signer_counts_beside_the_inner_one),
		cmocka_unit_test(same_key_in_two_envelopes_counts_once),
		cmocka_unit_test(envelope_over_something_else_does_not_count),
		cmocka_unit_test(broken_envelope_stays_visible),
		cmocka_unit_test(tokens_cover_what_their_names_say),
		cmocka_unit_test(certificates_are_collected_up_to_a_bound),
		cmocka_unit_test(detached_limits_hold),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
