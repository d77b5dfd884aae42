/* SPDX-License-Identifier: Apache-2.0 */
/* What --key of ecart audit reference add signs. */
#include "audit/cmd_audit_reference_sign.h"

#include "audit/cmd_audit.h"
#include "audit/references/provenance.h"

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
