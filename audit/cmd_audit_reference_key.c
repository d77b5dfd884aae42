/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of KEY.pem.pub files. */
#include "audit/cmd_audit_reference_key.h"

#include "audit/cmd_audit.h"
#include "audit/ssh/ssh_signature.h"
#include "evidence/base/public_key.h"
#include "evidence/limits.h"
#include "replay/policy.h"

static const char object[] = "key";

static enum ev_code parse(struct ev_crypto *crypto, struct ev_span text,
			  struct reference_key *key, struct ev_error *err)
{
	if (rp_signer_key_parse(crypto, text, &key->pem, err) != EV_OK)
		return err->code;
	key->spki = key->pem.block[0].der;
	key->kind = ev_spki_kind(crypto, key->spki);
	if (key->kind == EV_KEY_RSA)
		return ev_fail(err, EV_VALUE, object, "algorithm", 0,
			       "Ed25519, P-256 or P-384", "RSA");
	return EV_OK;
}

int reference_key_read(struct ev_crypto *crypto, const char *path,
		       struct reference_key *out)
{
	struct cli_file file = { 0 };
	struct ev_error err = { 0 };
	int exit = cli_file_read(path, EV_SIG_FILE_MAX, &file);

	if (exit != CLI_PASS)
		return exit;
	if (parse(crypto, file.bytes, out, &err) != EV_OK)
		exit = au_cmd_refused(path, &err);
	cli_file_free(&file);
	return exit;
}

void reference_key_free(struct reference_key *key)
{
	ev_pem_list_free(&key->pem);
	memset(key, 0, sizeof(*key));
}

static bool put_point(struct ev_span spki, struct ev_buffer *out)
{
	const struct ev_public_key key = ev_public_key_of_spki(spki);

	return key.curve != NULL &&
	       au_ssh_put_ecdsa(out, key.curve->name,
				ev_span_of(key.point, 2 * key.curve->width));
}

const char *reference_key_blob(struct ev_crypto *crypto, struct ev_span spki,
			       struct ev_buffer *out)
{
	enum ev_key_kind kind = ev_spki_kind(crypto, spki);

	/* RFC 8410, 4: the key is the last 32 bytes. */
	if (kind == EV_KEY_ED25519 && spki.n > 32) {
		au_ssh_put_ed25519(out, spki.p + spki.n - 32);
		return "ssh-ed25519";
	}
	if (kind == EV_KEY_P256 && put_point(spki, out))
		return "ecdsa-sha2-nistp256";
	if (kind == EV_KEY_P384 && put_point(spki, out))
		return "ecdsa-sha2-nistp384";
	return NULL;
}
