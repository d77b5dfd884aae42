/* SPDX-License-Identifier: Apache-2.0 */
/* SSHSIG and its armour, read. */
#include "audit/ssh/ssh_signature.h"

#include "audit/ssh/ssh_base64.h"
#include "audit/ssh/ssh_wire.h"
#include "evidence/base/base64.h"

#define VERSION 1

static const char object[] = "ssh.signature";
static const char magic[] = "SSHSIG"; /* without its NUL */
static const char begin_line[] = "-----BEGIN SSH SIGNATURE-----";
static const char end_line[] = "\n-----END SSH SIGNATURE-----";

static const struct {
	const char *name;
	enum ev_digest_alg alg;
} hashes[] = {
	{ "sha256", EV_SHA256 },
	{ "sha512", EV_SHA512 },
};

bool au_ssh_signature_hash(struct ev_span name, enum ev_digest_alg *out)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (ev_span_eq(name, ev_span_str(hashes[i].name))) {
			*out = hashes[i].alg;
			return true;
		}
	return false;
}

static bool begins(struct ev_span text, const char *with)
{
	struct ev_span first = ev_span_str(with);

	return text.n >= first.n &&
	       ev_span_eq(ev_span_sub(text, 0, first.n), first);
}

/* What stands between the two lines. */
static enum ev_code find_body(struct ev_span armour, struct ev_span *out,
			      struct ev_error *err)
{
	struct ev_span body = armour;
	size_t first = sizeof(begin_line) - 1;
	const uint8_t *end;

	if (armour.n > AU_SSH_ARMOUR_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "armour", 0,
				   AU_SSH_ARMOUR_MAX, armour.n);
	if (!begins(armour, begin_line))
		return ev_fail_text(
			err, EV_SYNTAX, object, "first line", 0, begin_line,
			ev_span_sub(armour, 0,
				    armour.n < first ? armour.n : first));
	body = ev_span_sub(armour, first, armour.n - first);
	if (!begins(body, "\n"))
		return ev_fail(err, EV_SYNTAX, object, "first line", first,
			       "LF behind it", "another byte or none");
	body = ev_span_sub(body, 1, body.n - 1);
	end = body.n > 0
		      ? memmem(body.p, body.n, end_line, sizeof(end_line) - 1)
		      : NULL;
	if (end == NULL)
		return ev_fail(err, EV_MISSING, object, "last line", armour.n,
			       end_line + 1, "no such line");
	*out = ev_span_sub(body, 0, (size_t)(end - body.p));
	return EV_OK;
}

static enum ev_code parse_bytes(struct ev_span bytes,
				struct au_ssh_signature *s,
				struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(bytes, 0, object, err);
	struct ev_span found = ev_read_span(&r, sizeof(magic) - 1, "magic");
	uint32_t version = ev_read_u32be(&r, "version");

	if (!ev_reader_ok(&r))
		return err->code;
	if (!ev_span_eq(found, ev_span_str(magic)))
		return ev_fail_text(err, EV_VALUE, object, "magic", 0, magic,
				    found);
	if (version > VERSION)
		return ev_fail_u64(err, EV_VALUE, object, "version",
				   sizeof(magic) - 1, VERSION, version);
	s->public_key = au_ssh_read_string(&r, "public key");
	s->name_space = au_ssh_read_text(&r, "namespace");
	au_ssh_read_string(&r, "reserved");
	s->hash = au_ssh_read_text(&r, "hash");
	s->proof = au_ssh_read_string(&r, "signature");
	return ev_reader_finish(&r);
}

enum ev_code au_ssh_signature_parse(struct ev_span armour,
				    struct au_ssh_signature *out,
				    struct ev_error *err)
{
	ev_auto_free uint8_t *bytes = NULL;
	struct au_ssh_signature s = { 0 };
	struct ev_span body;
	size_t n = 0;

	if (find_body(armour, &body, err) != EV_OK)
		return err->code;
	/* One NUL may end it, as it may any text of OpenSSH. */
	if (body.n > 0 && body.p[body.n - 1] == 0)
		body = ev_span_sub(body, 0, body.n - 1);
	bytes = malloc(ev_base64_decoded_max(body.n) + 1);
	if (bytes == NULL)
		return ev_fail_trouble(err, object, "memory");
	if (!au_ssh_base64_decode(body, bytes, &n))
		return ev_fail(err, EV_SYNTAX, object, "armour",
			       sizeof(begin_line), "base64", "other text");
	if (parse_bytes(ev_span_of(bytes, n), &s, err) != EV_OK)
		return err->code;
	s.bytes = bytes;
	bytes = NULL;
	*out = s;
	return EV_OK;
}

void au_ssh_signature_free(struct au_ssh_signature *s)
{
	free(s->bytes);
	*s = (struct au_ssh_signature){ 0 };
}

bool au_ssh_signature_covered(struct ev_crypto *crypto,
			      struct ev_span name_space, struct ev_span hash,
			      struct ev_span message, struct ev_buffer *out)
{
	uint8_t digest[EV_DIGEST_MAX];
	enum ev_digest_alg alg;

	if (!au_ssh_signature_hash(hash, &alg) ||
	    !ev_digest(crypto, alg, message, digest))
		return false;
	ev_buffer_add_str(out, magic);
	au_ssh_put_string(out, name_space);
	au_ssh_put_string(out, (struct ev_span){ NULL, 0 }); /* reserved */
	au_ssh_put_string(out, hash);
	au_ssh_put_string(out, ev_span_of(digest, ev_digest_size(alg)));
	return ev_buffer_ok(out);
}
