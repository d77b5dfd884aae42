/* SPDX-License-Identifier: Apache-2.0 */
/* The overview of commands, the version, and suggestions. */
#include "overview.h"

#include "evidence/base/buffer.h"

#include <archive.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>

#if ECART_ALL_COMMANDS
#include <git2.h>
#include <yaml.h>
#endif

/* One for each part: what a person does first. */
static const struct {
	const char *command, *example;
} examples[] = {
	{ "pack", "ecart pack -o run.ecart --key K.pem --time T EVIDENCE/" },
	{ "replay", "ecart replay run.ecart --at 2026-06-08T12:42:41Z" },
	{ "audit", "ecart audit run.ecart --references REPOSITORY" },
};

static const char *example_of(const char *command)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		if (strcmp(examples[i].command, command) == 0)
			return examples[i].example;
	}
	return NULL;
}

static int print(struct ev_buffer *text)
{
	if (!ev_buffer_ok(text))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(text)) ? CLI_PASS : CLI_TROUBLE;
}

/* One line of names and one of the example; returns where to go on. */
static const struct cli_command *const *
add_group(struct ev_buffer *text, const struct cli_command *const *at)
{
	const char *group = (*at)->group, *example = NULL;

	ev_buffer_printf(text, "  %-22s", group);
	for (; *at != NULL && strcmp((*at)->group, group) == 0; at++) {
		ev_buffer_printf(text, " %s", (*at)->name);
		if (example == NULL)
			example = example_of((*at)->name);
	}
	ev_buffer_add_str(text, "\n");
	if (example != NULL)
		ev_buffer_printf(text, "      %s\n", example);
	return at;
}

int cli_overview(const struct cli_command *const *commands)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_add_str(&text,
			  "ecart archives what a confidential VM says about "
			  "itself, replays years later\nwhat that proves, and "
			  "audits it against builds that anyone can make.\n\n");
	while (*commands != NULL)
		commands = add_group(&text, commands);
	ev_buffer_add_str(&text,
			  "\n'ecart help COMMAND' shows one screen for each; "
			  "'ecart --version' what this is.\n"
			  "Exit status: 0 pass, 1 fail, 2 incomplete, 3 usage, "
			  "4 unreadable, 5 trouble.\n");
	return print(&text);
}

int cli_version(void)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_printf(&text, "ecart %s\n", ECART_VERSION);
	ev_buffer_add_str(&text, "formats    ecart-archive/1 ecart-report/1 "
				 "ecart-policy/1");
	ev_buffer_add_str(&text,
			  ECART_ALL_COMMANDS ? " ecart-reference/1\n" : "\n");
	ev_buffer_printf(&text, "libraries  OpenSSL %s, %s, jansson %s",
			 OpenSSL_version(OPENSSL_VERSION_STRING),
			 archive_version_string(), jansson_version_str());
#if ECART_ALL_COMMANDS
	{
		int major, minor, revision;

		git_libgit2_version(&major, &minor, &revision);
		ev_buffer_printf(&text,
				 ",\n           libgit2 %d.%d.%d, "
				 "libyaml %s",
				 major, minor, revision,
				 yaml_get_version_string());
	}
#endif
	ev_buffer_add_str(&text, "\n");
	return print(&text);
}

#define WORD_MAX 32

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters inserted, deleted or changed on the way from a to b. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int d[WORD_MAX + 1][WORD_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > WORD_MAX || nb > WORD_MAX)
		return WORD_MAX;
	for (unsigned int i = 0; i <= WORD_MAX; i++)
		d[i][0] = d[0][i] = i;
	for (size_t i = 1; i <= na; i++) {
		for (size_t j = 1; j <= nb; j++)
			d[i][j] =
				least(d[i - 1][j] + 1, d[i][j - 1] + 1,
				      d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
	}
	return d[na][nb];
}

void cli_suggest(const struct cli_command *const *commands, const char *word)
{
	const char *lead = "the nearest: ";

	for (; *commands != NULL; commands++) {
		const char *name = (*commands)->name;
		bool begins =
			*word != '\0' && strncmp(name, word, strlen(word)) == 0;

		if (!begins && distance(name, word) > 2)
			continue;
		fprintf(stderr, "%s%s", lead, name);
		lead = ", ";
	}
	if (lead[0] == ',')
		fputc('\n', stderr);
}
