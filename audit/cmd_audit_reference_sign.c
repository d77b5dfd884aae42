/* SPDX-License-Identifier: Apache-2.0 */
/* What --key of ecart audit reference add signs. */
#include "audit/cmd_audit_reference_sign.h"

#include "audit/cmd_audit.h"
#include "audit/cmd_audit_reference_key.h"
#include "audit/references/provenance.h"
#include "audit/ssh/ssh_signature.h"

static enum ev_code sign_build(const struct co_key *key, struct ev_span build,
			       struct ev_span name, const uint8_t sha256[32],
			       struct ev_buffer *envelope, struct ev_error *err)
{
	ev_auto_free char *statement = NULL;
	size_t n = 0;

	if (au_provenance_statement(build, name, sha256, &statement, &n, err) !=
	    EV_OK)
		return err->code;
	return co_sign_statement(key, ev_span_of(statement, n), envelope, err);
}

int reference_sign_build(const struct co_key *key, const char *path,
			 struct ev_span name, const uint8_t sha256[32],
			 struct ev_buffer *envelope)
{
	struct cli_file file = { 0 };
	struct ev_error err = { 0 };
	int exit = cli_file_read(path, AU_BUILD_MAX, &file);

	if (exit != CLI_PASS)
		return exit;
	if (sign_build(key, file.bytes, name, sha256, envelope, &err) != EV_OK)
		exit = au_cmd_refused(path, &err);
	cli_file_free(&file);
	return exit;
}

/* What the key makes over SSHSIG's bytes is what it makes over an archive's:
 * RFC 8709 and RFC 5656 take the same algorithms. */
static enum ev_code sign_covered(void *user, struct ev_span covered,
				 struct ev_buffer *out, struct ev_error *err)
{
	return co_sign(user, covered, out, err);
}

static enum ev_code sign_commit(void *state, struct ev_span commit,
				struct ev_buffer *armour, struct ev_error *err)
{
	const struct reference_signing *s = state;
	ev_auto_buffer struct ev_buffer blob = { 0 };
	struct au_ssh_signing how = {
		.name_space = "git",
		.sign = sign_covered,
		.user = (void *)(uintptr_t)s->key,
	};

	how.algorithm =
		reference_key_blob(s->crypto, co_key_spki(s->key), &blob);
	if (how.algorithm == NULL || !ev_buffer_ok(&blob))
		return ev_fail_trouble(err, "key", "out of memory");
	how.public_key = ev_buffer_span(&blob);
	return au_ssh_signature_write(s->crypto, &how, commit, armour, err);
}

struct au_commit_signer
reference_commit_signer(struct reference_signing *signing)
{
	return (struct au_commit_signer){ sign_commit, signing };
}
