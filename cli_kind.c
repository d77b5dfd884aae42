/* SPDX-License-Identifier: Apache-2.0 */
/* A word of kinds in front of a path. */
#include "cli_kind.h"

#include <string.h>
#include <sys/stat.h>

/* Spelled as kinds are. */
static size_t prefix_size(const char *argument)
{
	size_t n = strspn(argument, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return argument[n] == '=' ? n : 0;
}

int cli_kind_split(const struct cli_command *cmd, const char *argument,
		   const struct ev_kind **kind, const char **path)
{
	size_t n = prefix_size(argument);
	struct stat st;

	*kind = n > 0 ? ev_kind_find(ev_span_of(argument, n)) : NULL;
	*path = *kind != NULL ? argument + n + 1 : argument;
	if (n > 0 && *kind == NULL && stat(argument, &st) != 0)
		return cli_usage(cmd,
				 "no kind \"%.*s\" (`ecart kinds` lists "
				 "them)",
				 (int)n, argument);
	return CLI_PASS;
}
