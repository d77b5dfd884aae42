/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys, plain and certified. */
#include "audit/ssh/ssh_certificate.h"

#include "audit/ssh/key_proof.h"

static const char key_object[] = "ssh.key";
static const char certificate_object[] = "ssh.certificate";

static const struct au_ssh_key_type *read_type(struct ev_reader *r,
					       bool *certified)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span name = au_ssh_read_text(r, "type");
	const struct au_ssh_key_type *type = NULL;

	if (ev_reader_ok(r)) {
		type = au_ssh_key_type_named(name, false, certified);
		if (type == NULL)
			ev_fail_text(r->err, EV_VALUE, r->object, "type", at,
				     "a key type that is known", name);
	}
	return type;
}

/* Principals are texts, a limited number of them. */
static void check_principals(struct ev_span list, struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(list, 0, certificate_object, err);
	const size_t most = AU_SSH_CERTIFICATE_PRINCIPALS_MAX;
	size_t n = 0;

	while (ev_reader_ok(&r) && r.left.n > 0) {
		if (n++ == most)
			ev_fail_u64(err, EV_LIMIT, certificate_object,
				    "principals", 0, most, n);
		au_ssh_read_text(&r, "principals");
	}
}

/* Options are pairs of strings. */
static void check_options(struct ev_span list, const char *field,
			  struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(list, 0, certificate_object, err);

	while (ev_reader_ok(&r) && r.left.n > 0) {
		au_ssh_read_string(&r, field);
		au_ssh_read_string(&r, field);
	}
}

static enum ev_code parse_authority(struct ev_span blob, struct au_ssh_key *out,
				    struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(blob, 0, certificate_object, err);
	bool certified = false;
	const struct au_ssh_key_type *type = read_type(&r, &certified);

	if (type == NULL)
		return err->code;
	if (certified)
		return ev_fail(err, EV_VALUE, certificate_object, "authority",
			       0, "a plain key", "a certificate");
	au_ssh_key_read(&r, type, out);
	return ev_reader_finish(&r);
}

static enum ev_code verify(struct ev_crypto *crypto,
			   const struct au_ssh_key *authority,
			   struct ev_span covered, struct ev_span proof,
			   struct ev_error *err)
{
	struct ev_span algorithm = au_key_proof_algorithm(proof);
	const char *wanted = au_key_proof_wanted(authority, algorithm);
	enum ev_verified answer;

	if (wanted != NULL)
		return ev_fail_text(err, EV_VALUE, certificate_object,
				    "signature algorithm", covered.n, wanted,
				    algorithm);
	answer = au_key_proof_verify(crypto, authority, proof, covered);
	if (answer == EV_VERIFIED_TROUBLE)
		return ev_fail_trouble(err, certificate_object, "signature");
	if (answer != EV_VERIFIED_YES)
		return ev_fail(err, EV_VALUE, certificate_object, "signature",
			       covered.n, "one by its authority", "another");
	return EV_OK;
}

/* What stands behind the key, and the authority's word for it. */
static enum ev_code read_certificate(struct ev_crypto *crypto,
				     struct ev_reader *r, struct ev_span blob,
				     struct au_ssh_certificate *c,
				     struct ev_error *err)
{
	struct ev_span critical, extensions, authority, covered, proof;

	ev_read_u64be(r, "serial");
	c->kind = ev_read_u32be(r, "kind");
	au_ssh_read_text(r, "key id");
	c->principals = au_ssh_read_string(r, "principals");
	c->valid_after = ev_read_u64be(r, "valid after");
	c->valid_before = ev_read_u64be(r, "valid before");
	critical = au_ssh_read_string(r, "critical options");
	extensions = au_ssh_read_string(r, "extensions");
	au_ssh_read_string(r, "reserved");
	authority = au_ssh_read_string(r, "authority");
	covered = ev_span_sub(blob, 0, blob.n - r->left.n);
	proof = au_ssh_read_string(r, "signature");
	if (ev_reader_finish(r) != EV_OK)
		return err->code;
	if (c->kind != AU_SSH_CERTIFICATE_USER &&
	    c->kind != AU_SSH_CERTIFICATE_HOST)
		return ev_fail_u64(err, EV_VALUE, certificate_object, "kind", 0,
				   AU_SSH_CERTIFICATE_USER, c->kind);
	check_principals(c->principals, err);
	check_options(critical, "critical options", err);
	check_options(extensions, "extensions", err);
	if (err->code != EV_OK ||
	    parse_authority(authority, &c->authority, err) != EV_OK)
		return err->code;
	return verify(crypto, &c->authority, covered, proof, err);
}

enum ev_code au_ssh_public_parse(struct ev_crypto *crypto, struct ev_span blob,
				 struct au_ssh_public *out,
				 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(blob, 0, key_object, err);
	struct au_ssh_public p = { .blob = blob };
	const struct au_ssh_key_type *type = read_type(&r, &p.certified);

	if (type == NULL)
		return err->code;
	if (p.certified) {
		r.object = certificate_object;
		au_ssh_read_string(&r, "nonce");
	}
	au_ssh_key_read(&r, type, &p.key);
	if (!p.certified)
		ev_reader_finish(&r);
	else if (ev_reader_ok(&r))
		read_certificate(crypto, &r, blob, &p.certificate, err);
	if (err->code != EV_OK)
		return err->code;
	*out = p;
	return EV_OK;
}

bool au_ssh_public_eq(const struct au_ssh_public *a,
		      const struct au_ssh_public *b)
{
	return a->certified == b->certified &&
	       au_ssh_key_eq(&a->key, &b->key) &&
	       (!a->certified || ev_span_eq(a->blob, b->blob));
}

bool au_ssh_certificate_principal(struct ev_span *left, struct ev_span *out)
{
	struct ev_error err = { EV_OK };
	struct ev_reader r = ev_reader_init(*left, 0, certificate_object, &err);

	if (left->n == 0)
		return false;
	*out = au_ssh_read_text(&r, "principals");
	*left = ev_read_rest(&r);
	return err.code == EV_OK;
}
