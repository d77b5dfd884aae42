/* SPDX-License-Identifier: Apache-2.0 */
/* The outside of every command: messages, terminals, arguments. */
#include "cli.h"

#include "evidence/base/time.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((format(printf, 2, 0))) static void
say(const char *who, const char *format, va_list args)
{
	fprintf(stderr, "ecart%s%s: ", *who ? " " : "", who);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int cli_usage(const struct cli_command *cmd, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(cmd->name, format, args);
	va_end(args);
	fprintf(stderr, "'ecart %s --help' shows how it is used.\n", cmd->name);
	return CLI_USAGE;
}

int cli_unreadable(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
	return CLI_UNREADABLE;
}

int cli_trouble(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
	return CLI_TROUBLE;
}

void cli_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int cli_help(const struct cli_command *cmd)
{
	return cli_print(ev_span_str(cmd->help)) ? CLI_PASS : CLI_TROUBLE;
}

bool cli_parse_time(const char *text, int64_t *out)
{
	return ev_time_parse_argument(text, out);
}

bool cli_parse_size(const char *text, uint64_t *out)
{
	static const char *const units[] = { "", "KiB", "MiB", "GiB", "TiB" };
	char *end;
	unsigned long long n;

	/* strtoull would take a sign, white space and nothing at all. */
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno != 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i]) == 0)
			return !__builtin_mul_overflow(
				n, UINT64_C(1) << (10 * i), out);
	}
	return false;
}

bool cli_print(struct ev_span out)
{
	if ((out.n == 0 || fwrite(out.p, 1, out.n, stdout) == out.n) &&
	    fflush(stdout) == 0)
		return true;
	cli_trouble("cannot write to standard output: %s", strerror(errno));
	return false;
}

bool cli_colour(int fd)
{
	const char *no = getenv("NO_COLOR");

	return (no == NULL || *no == '\0') && isatty(fd);
}
