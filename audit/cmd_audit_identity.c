/* SPDX-License-Identifier: Apache-2.0 */
/* The measurement of a new reference, from igvmfilegen's identity document. */
#include "audit/cmd_audit.h"

#include "audit/corim/build_identity.h"
#include "audit/references/reference_document.h"
#include "evidence/base/hex.h"

static const struct au_register *register_of(const char *platform)
{
	for (size_t i = 0; i < au_n_registers; i++)
		if (strcmp(au_registers[i].platform_name, platform) == 0)
			return &au_registers[i];
	return NULL;
}

static int take_series(const char *path, const struct au_build_identity *id,
		       struct au_addition *add, char *hex)
{
	const struct au_build_series *s = &id->series[0];

	if (id->n_series != 1)
		return cli_unreadable("%s: %zu series, want one", path,
				      id->n_series);
	if (s->debug_build &&
	    (add->state == NULL || strcmp(add->state, "good") == 0))
		return cli_usage(&au_command_reference_add,
				 "%s is of a debug build, which is no good "
				 "reference; --state vulnerable?",
				 path);
	ev_hex_encode(ev_span_of(s->value, s->size), hex);
	add->reg = register_of(s->platform);
	add->value = hex;
	return CLI_PASS;
}

int au_cmd_read_identity(const char *path, struct au_addition *add,
			 char hex[2 * AU_VALUE_MAX + 1])
{
	struct au_build_identity id = { 0 };
	struct cli_file file = { 0 };
	struct ev_error err = { 0 };
	int exit = cli_file_read(path, AU_BUILD_IDENTITY_MAX, &file);

	if (exit != CLI_PASS)
		return exit;
	exit = au_build_identity_parse(file.bytes, &id, &err) == EV_OK
		       ? take_series(path, &id, add, hex)
		       : au_cmd_refused(path, &err);
	cli_file_free(&file);
	return exit;
}
