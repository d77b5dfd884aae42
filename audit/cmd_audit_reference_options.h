/* SPDX-License-Identifier: Apache-2.0 */
/* What ecart audit reference add was asked for. */
#ifndef AU_CMD_AUDIT_REFERENCE_OPTIONS_H
#define AU_CMD_AUDIT_REFERENCE_OPTIONS_H

#include "audit/references/reference_document.h"
#include "collect/cmd_key.h"

struct reference_options {
	struct au_addition add;
	const char *repository, *recipe, *artifact, *user, *identity, *build;
	struct cmd_key key;		  /* named, not opened */
	char value[2 * AU_VALUE_MAX + 1]; /* that of --identity */
	const char *parameter[32];
	char *source; /* owned: the copy that is cut at its "@" */
	int64_t time;
	bool has_time, has_since, init;
	bool help; /* nothing else is asked for */
};

/* CLI_PASS, or has said why not; argv[0] is "add".  Free in any case. */
int reference_options_parse(int argc, char **argv, struct reference_options *o);
void reference_options_free(struct reference_options *o);

#endif
