/* SPDX-License-Identifier: Apache-2.0 */
/* ecart checks, kinds, policy: the tables, for people and pages. */
#include "commands.h"
#include "evidence/kind.h"
#include "replay/policy.h"
#include "replay/tables_man.h"

#include <inttypes.h>
#include <stdio.h>

enum form { FORM_TEXT, FORM_JSON, FORM_MAN, FORM_HELP, FORM_BAD };

static enum form form_of(int argc, char **argv, const char *extra)
{
	int i = 1;

	if (extra != NULL && i < argc && strcmp(argv[i], extra) == 0)
		i++;
	if (i == argc)
		return FORM_TEXT;
	if (i + 1 != argc)
		return FORM_BAD;
	if (strcmp(argv[i], "--json") == 0)
		return FORM_JSON;
	if (strcmp(argv[i], "--man") == 0)
		return FORM_MAN;
	return strcmp(argv[i], "--help") == 0 ? FORM_HELP : FORM_BAD;
}

static int deliver(struct ev_buffer *out)
{
	int exit = CLI_PASS;

	if (!ev_buffer_ok(out))
		exit = cli_trouble("out of memory");
	else if (!cli_print(ev_buffer_span(out)))
		exit = CLI_TROUBLE;
	ev_buffer_free(out);
	return exit;
}

static int deliver_json(struct ev_writer *w)
{
	size_t n = 0;
	char *text = ev_writer_finish(w, &n);
	int exit = CLI_PASS;

	ev_writer_free(w);
	if (text == NULL)
		return cli_trouble("out of memory");
	if (!cli_print(ev_span_of(text, n)))
		exit = CLI_TROUBLE;
	free(text);
	return exit;
}

static const char *default_word(enum rp_default d)
{
	static const char *const words[] = {
		[RP_REQUIRED] = "required",
		[RP_OPTIONAL] = "optional",
		[RP_INFORMS] = "informs",
	};

	return words[d];
}

static int checks_json(void)
{
	struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return cli_trouble("out of memory");
	ev_write_array(w, NULL);
	for (size_t i = 0; i < rp_n_checks; i++) {
		const struct rp_check *c = &rp_checks[i];

		ev_write_object(w, NULL);
		ev_write_str(w, "id", c->id);
		ev_write_str(w, "claim", c->title);
		ev_write_str(w, "rule", c->rule);
		ev_write_str(w, "source", c->source);
		ev_write_str(w, "default", default_word(c->by_default));
		ev_write_array(w, "after");
		for (size_t k = 0; k < RP_AFTER_MAX && c->after[k]; k++)
			ev_write_str(w, NULL, c->after[k]);
		ev_write_end(w);
		ev_write_end(w);
	}
	ev_write_end(w);
	return deliver_json(w);
}

static int run_checks(int argc, char **argv)
{
	struct ev_buffer out = { 0 };
	enum form form = form_of(argc, argv, NULL);

	if (form == FORM_HELP)
		return cli_help(&cmd_checks);
	if (form == FORM_BAD)
		return cli_usage(&cmd_checks, "--json or --man, or nothing");
	if (form == FORM_JSON)
		return checks_json();
	if (form == FORM_MAN)
		rp_checks_man(&out);
	else
		for (size_t i = 0; i < rp_n_checks; i++)
			ev_buffer_printf(&out, "%-30s %-8s  %s\n",
					 rp_checks[i].id,
					 default_word(rp_checks[i].by_default),
					 rp_checks[i].title);
	return deliver(&out);
}

static int kinds_json(void)
{
	struct ev_writer *w = ev_writer_new();

	if (w == NULL)
		return cli_trouble("out of memory");
	ev_write_array(w, NULL);
	for (size_t i = 0; i < ev_n_kinds; i++) {
		const struct ev_kind *k = &ev_kinds[i];

		ev_write_object(w, NULL);
		ev_write_str(w, "kind", k->kind);
		ev_write_str(w, "for", ev_kind_use_word(k->use));
		ev_write_str(w, "mediaType", k->media_type);
		ev_write_str(w, "title", k->title);
		ev_write_str(w, "source", k->source);
		ev_write_u64(w, "maxSize", k->max_size);
		ev_write_bool(w, "parsed", k->show != NULL);
		ev_write_end(w);
	}
	ev_write_end(w);
	return deliver_json(w);
}

static int run_kinds(int argc, char **argv)
{
	struct ev_buffer out = { 0 };
	enum form form = form_of(argc, argv, NULL);

	if (form == FORM_HELP)
		return cli_help(&cmd_kinds);
	if (form == FORM_BAD)
		return cli_usage(&cmd_kinds, "--json or --man, or nothing");
	if (form == FORM_JSON)
		return kinds_json();
	if (form == FORM_MAN)
		rp_kinds_man(&out);
	else
		for (size_t i = 0; i < ev_n_kinds; i++)
			ev_buffer_printf(&out, "%-24s %-10s  %-7s %s\n",
					 ev_kinds[i].kind,
					 ev_kind_use_word(ev_kinds[i].use),
					 ev_kinds[i].show != NULL ? "parsed"
								  : "opaque",
					 ev_kinds[i].title);
	return deliver(&out);
}

static int run_policy(int argc, char **argv)
{
	enum form form = form_of(argc, argv, "show");
	char *text;
	size_t n = 0;
	bool ok;

	if (form == FORM_HELP)
		return cli_help(&cmd_policy);
	if (form != FORM_TEXT && form != FORM_JSON)
		return cli_usage(&cmd_policy, "policy show prints the built-in "
					      "policy");
	text = rp_policy_default(&n);
	if (text == NULL)
		return cli_trouble("out of memory");
	ok = cli_print(ev_span_of(text, n));
	free(text);
	return ok ? CLI_PASS : CLI_TROUBLE;
}

#define TABLE_HELP(verb, what)                                                 \
	"Usage: ecart " verb " [--json|--man]\nPrint " what ".\n\n"            \
	"Example: ecart " verb " --json\n"

const struct cli_command cmd_checks = {
	.name = "checks",
	.group = "Tables",
	.summary = "the table of checks",
	.help = TABLE_HELP("checks", "the table of checks"),
	.run = run_checks,
};

const struct cli_command cmd_kinds = {
	.name = "kinds",
	.group = "Tables",
	.summary = "the table of evidence kinds",
	.help = TABLE_HELP("kinds", "the table of evidence kinds"),
	.run = run_kinds,
};

const struct cli_command cmd_policy = {
	.name = "policy",
	.group = "Tables",
	.summary = "the built-in policy default-1",
	.help = "Usage: ecart policy show\n"
		"Print the built-in policy, default-1, as canonical JSON: the "
		"very bytes\nwhose digest reports carry.\n\n"
		"Example: ecart policy show | sha256sum\n",
	.run = run_policy,
};
