/* SPDX-License-Identifier: Apache-2.0 */
/* ecart explain: one check, so that a person can repeat it by hand. */
#include "replay/by_hand.h"
#include "replay/cmd_judging.h"

#include "commands.h"
#include "evidence/base/json.h"
#include "replay/render_member.h"
#include "replay/render_token.h"
#include "replay/shell_line.h"

#include <inttypes.h>

static const char help[] =
	"Usage: ecart explain FILE --check ID [OPTION...]\n"
	"Explain one check on one archive: the claim, the rule and its source, the\n"
	"bytes it rests on, what was wanted and got, and, where one shell line can,\n"
	"how to repeat it by hand in a folder made by 'ecart unpack'.\n"
	"\n"
	"  --check ID        which check ('ecart checks' lists them)\n"
	"  --at T            as of T (as replay)\n"
	"  --policy P.json   as replay\n"
	"  --anchors DIR     as replay\n"
	"  --collateral FILE as replay\n"
	"  --nonce HEX       as replay\n"
	"  --by-hand         print only the shell lines\n"
	"\n"
	"Example: ecart explain run-07.ecart --check hcl.runtime-data.binding\n";

struct options {
	struct cmd_judging judging;
	const char *check;
	bool by_hand;
};

enum { OPT_CHECK = 256, OPT_BY_HAND, OPT_HELP };

static const struct option long_options[] = {
	{ "check", required_argument, NULL, OPT_CHECK },
	CMD_JUDGING_OPTIONS,
	{ "by-hand", no_argument, NULL, OPT_BY_HAND },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static const char *text_of(const json_t *v, const char *name)
{
	const char *text = json_string_value(json_object_get(v, name));

	return text != NULL ? text : "";
}

static json_int_t int_of(const json_t *v, const char *name)
{
	return json_integer_value(json_object_get(v, name));
}

/* "sha256:7", where the finding is of a PCR: behind the quote's name. */
static const char *pcr_of(const json_t *finding)
{
	const char *subject = text_of(finding, "subject");
	const char *space = strrchr(subject, ' ');

	return space != NULL ? space + 1 : subject;
}

/* A bank that openssl has by that name, and a register that starts as zeros
 * whatever the machine did. */
static bool is_plain_pcr(const char *pcr)
{
	static const char *const banks[] = { "sha1:", "sha256:", "sha384:",
					     "sha512:" };

	for (size_t i = 0; i < sizeof(banks) / sizeof(banks[0]); i++)
		if (strncmp(pcr, banks[i], strlen(banks[i])) == 0)
			return atoi(pcr + strlen(banks[i])) < 17;
	return false;
}

/* What a per cent sign stands before; returns the last byte of it. */
static const char *fill_one(const char *p, const json_t *finding,
			    struct ev_buffer *out)
{
	const json_t *input;
	char what = '\0';

	if (*p == '%') {
		ev_buffer_add_byte(out, '%');
		return p;
	}
	if (*p == 'S') {
		ev_buffer_add_str(out, text_of(finding, "subject"));
		return p;
	}
	if (*p == 'H') {
		ev_buffer_printf(out, "%ssum", text_of(finding, "hash"));
		return p;
	}
	if (*p == 'h' || *p == 'R') {
		const char *pcr = pcr_of(finding);
		size_t n = strcspn(pcr, ":");

		if (*p == 'R')
			ev_buffer_add_str(out,
					  pcr[n] == ':' ? pcr + n + 1 : "");
		else
			ev_buffer_printf(out, "%.*s", (int)n, pcr);
		return p;
	}
	if (*p == 's' || *p == 'n')
		what = *p++;
	input = json_array_get(json_object_get(finding, "inputs"),
			       (size_t)(*p - '0'));
	if (what == 's')
		ev_buffer_printf(out, "%" JSON_INTEGER_FORMAT,
				 int_of(input, "offset") + 1);
	else if (what == 'n')
		ev_buffer_printf(out, "%" JSON_INTEGER_FORMAT,
				 int_of(input, "length"));
	else
		ev_buffer_add_str(out, text_of(input, "item"));
	return p;
}

/*
 * "%0" path, "%s0" first byte counted from 1, "%n0" length, of input 0; "%S"
 * the subject; "%H" the program that computes the finding's hash; "%h" and "%R"
 * the bank and the number of the PCR that is the subject; "%%" is one.
 */
static void fill_line(const char *line, const json_t *finding,
		      struct ev_buffer *out)
{
	for (; *line != '\0'; line++) {
		if (*line == '%')
			line = fill_one(line + 1, finding, out);
		else
			ev_buffer_add_byte(out, (uint8_t)*line);
	}
}

static void add_line(const char *label, const char *text, struct ev_buffer *out)
{
	if (text[0] != '\0')
		ev_buffer_printf(out, "  %-9s %s\n", label, text);
}

static void add_input(const json_t *input, struct ev_buffer *out)
{
	json_int_t offset = int_of(input, "offset");
	json_int_t length = int_of(input, "length");

	if (length == 0)
		ev_buffer_printf(out, "  input     %s, no bytes\n",
				 text_of(input, "item"));
	else
		ev_buffer_printf(out,
				 "  input     %s, bytes %" JSON_INTEGER_FORMAT
				 "..%" JSON_INTEGER_FORMAT
				 " (%" JSON_INTEGER_FORMAT " bytes)\n",
				 text_of(input, "item"), offset,
				 offset + length - 1, length);
}

static void add_finding(const struct rp_check *check, const json_t *f,
			struct ev_buffer *out)
{
	const json_t *inputs = json_object_get(f, "inputs"), *input;
	size_t i;

	ev_buffer_printf(out, "%s   %s   %s\n", check->id,
			 text_of(f, "outcome"), text_of(f, "subject"));
	add_line("claim", check->title, out);
	add_line("rule", check->rule, out);
	add_line("source", check->source, out);
	json_array_foreach (inputs, i, input)
		add_input(input, out);
	add_line("want", text_of(f, "want"), out);
	add_line("got", text_of(f, "got"), out);
	add_line("reason", text_of(f, "reason"), out);
}

/* Checks that compare a list of claims, one by one. */
static bool is_of_claims(const struct rp_check *check)
{
	const char *dot = strrchr(check->id, '.');

	return dot != NULL && strcmp(dot, ".claims") == 0;
}

/* Whether an item's path, "items/KIND/...", is of the first kind of a list. */
static bool is_of_kind(const char *path, const char *kinds)
{
	size_t n = strcspn(kinds, " ");

	return strncmp(path, "items/", 6) == 0 &&
	       strncmp(path + 6, kinds, n) == 0 && path[6 + n] == '/';
}

/* What the line names is there: a file of sig/, a hash; and the inputs are of
 * its kinds, one after the other, and no more. */
static bool fits(const struct rp_by_hand *row, const json_t *f)
{
	const json_t *inputs = json_object_get(f, "inputs"), *input;
	const char *kinds = row->kinds;
	size_t i;

	if ((strstr(row->line, "%S") != NULL &&
	     strncmp(text_of(f, "subject"), "sig/", 4) != 0) ||
	    (strstr(row->line, "%H") != NULL &&
	     text_of(f, "hash")[0] == '\0') ||
	    (strstr(row->line, "%R") != NULL && !is_plain_pcr(pcr_of(f))))
		return false;
	if (kinds == NULL)
		return strstr(row->line, "%0") == NULL ||
		       json_array_size(inputs) > 0;
	json_array_foreach (inputs, i, input) {
		if (!is_of_kind(text_of(input, "item"), kinds))
			return false;
		kinds += strcspn(kinds, " ");
		kinds += *kinds == ' ';
	}
	return *kinds == '\0';
}

/* Alone it is for a shell, else for a screen. */
static void print_line(const char *line, const json_t *f, bool alone,
		       struct ev_buffer *out)
{
	ev_auto_buffer struct ev_buffer filled = { 0 };

	fill_line(line, f, &filled);
	ev_buffer_add_byte(&filled, '\0');
	if (!ev_buffer_ok(&filled))
		out->failed = true;
	else if (alone)
		ev_buffer_printf(out, "%s\n", (const char *)filled.p);
	else
		rp_shell_line_add(out, "  by hand   ", (const char *)filled.p);
}

static void add_by_hand(const struct rp_check *check, const json_t *f,
			bool alone, struct ev_buffer *out)
{
	if (text_of(f, "subject")[0] == '\0')
		return;
	for (size_t i = 0; i < rp_n_by_hand; i++) {
		const struct rp_by_hand *row = &rp_by_hand[i];

		if (strcmp(row->check, check->id) != 0 || !fits(row, f))
			continue;
		print_line(row->line, f, alone, out);
		return;
	}
}

static int explain_report(const struct options *o, const struct rp_check *check,
			  const struct rp_result *result)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_error err = { 0 };
	ev_auto_json json_t *r = NULL;
	const json_t *f;
	size_t i;

	if (ev_json_parse(ev_span_of(result->report, result->n), result->n,
			  "report", &r, &err) != EV_OK)
		return cli_trouble("the report cannot be read back");
	/* A comment to a shell. */
	if (rp_rests_on_simulated(r))
		ev_buffer_printf(&out, "%s%s\n", o->by_hand ? "# " : "",
				 RP_SIMULATED);
	json_array_foreach (json_object_get(r, "checks"), i, f) {
		if (strcmp(text_of(f, "id"), check->id) != 0)
			continue;
		if (!o->by_hand)
			add_finding(check, f, &out);
		if (!o->by_hand && is_of_claims(check))
			rp_render_claims(r, text_of(f, "subject"), &out);
		add_by_hand(check, f, o->by_hand, &out);
	}
	if (!ev_buffer_ok(&out))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static int explain(const struct options *o, const char *path)
{
	const struct rp_check *check = rp_check_find(o->check);
	struct cmd_archive archive = { 0 };
	struct cmd_inputs in = { 0 };
	struct rp_result result = { 0 };
	int exit = cmd_judging_prepare(&o->judging, &in);

	if (exit == CLI_PASS)
		exit = cmd_archive_open(&in, path, o->judging.limit, &archive);
	if (exit == CLI_PASS)
		exit = cmd_replay_one(&in, &archive, path, &o->judging.when,
				      &result);
	if (result.report != NULL)
		exit = explain_report(o, check, &result);
	free(result.report);
	cmd_archive_free(&archive);
	cmd_inputs_free(&in);
	return exit;
}

static int take(struct options *o, int opt)
{
	switch (opt) {
	case OPT_CHECK:
		o->check = optarg;
		return CLI_PASS;
	case OPT_BY_HAND:
		o->by_hand = true;
		return CLI_PASS;
	default:
		return cmd_judging_take(&cmd_explain, &o->judging, opt);
	}
}

static int run(int argc, char **argv)
{
	struct options o = { .judging.limit = EV_ARCHIVE_MAX };
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (opt == OPT_HELP)
			return cli_help(&cmd_explain);
		exit = take(&o, opt);
		if (exit != CLI_PASS)
			return exit;
	}
	if (optind + 1 != argc || o.check == NULL)
		return cli_usage(&cmd_explain, "give one archive and --check");
	if (rp_check_find(o.check) == NULL)
		return cli_usage(&cmd_explain,
				 "no check is called %s; 'ecart "
				 "checks' lists them",
				 o.check);
	return explain(&o, argv[optind]);
}

const struct cli_command cmd_explain = {
	.name = "explain",
	.group = "Reading archives",
	.summary = "one check, to be repeated by hand",
	.help = help,
	.run = run,
};
