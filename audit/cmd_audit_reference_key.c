/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of KEY.pem.pub files. */
#include "audit/cmd_audit_reference_key.h"

#include "audit/cmd_audit.h"
#include "evidence/limits.h"

static const char object[] = "key";

static enum ev_code parse(struct ev_crypto *crypto, struct ev_span text,
			  struct reference_key *key, struct ev_error *err)
{
	if (ev_pem_list_parse(text, 0, "PUBLIC KEY", &key->pem, err) != EV_OK)
		return err->code;
	if (key->pem.n_blocks != 1)
		return ev_fail_u64(err, EV_VALUE, object, "keys in the file", 0,
				   1, key->pem.n_blocks);
	key->spki = key->pem.block[0].der;
	key->kind = ev_spki_kind(crypto, key->spki);
	if (key->kind == EV_KEY_UNKNOWN || key->kind == EV_KEY_RSA)
		return ev_fail(err, EV_VALUE, object, "algorithm", 0,
			       "Ed25519, P-256 or P-384",
			       key->kind == EV_KEY_RSA ? "RSA" : "another");
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
