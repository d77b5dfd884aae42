/* SPDX-License-Identifier: Apache-2.0 */
/* ecart verify: container, digests, signers, time; no evidence is judged. */
#include "replay/cmd_inputs.h"

#include "commands.h"
#include "evidence/base/json.h"

#include <getopt.h>
#include <inttypes.h>

static const char help[] =
	"Usage: ecart verify [OPTION...] FILE\n"
	"Check that an archive is intact, who signed it and since when it exists.\n"
	"The evidence in it is not judged: that is 'ecart replay'.\n"
	"\n"
	"  --key PUB.pem     a signer's public key; may be given several times\n"
	"  --threshold N     demand signatures of N distinct keys (default: 1 if "
	"a\n"
	"                    key is given)\n"
	"  --tsa-root PEM    root certificate of a time-stamping authority\n"
	"  --format FORMAT   text, or json: the archive's part of the report\n"
	"  --limit SIZE      refuse larger archives (default 64GiB)\n"
	"\n"
	"Exit: 0 intact and signed as demanded, 1 not, 4 not an archive, 5 "
	"trouble.\n"
	"\n"
	"Example: ecart verify run-07.ecart --key lab2026.pem.pub\n";

struct options {
	char *keys[RP_POLICY_KEYS_MAX];
	size_t n_keys;
	const char *tsa_roots[16];
	size_t n_tsa_roots;
	uint64_t threshold, limit;
	bool has_threshold, json;
};

enum {
	OPT_KEY = 256,
	OPT_THRESHOLD,
	OPT_TSA_ROOT,
	OPT_FORMAT,
	OPT_LIMIT,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "key", required_argument, NULL, OPT_KEY },
	{ "threshold", required_argument, NULL, OPT_THRESHOLD },
	{ "tsa-root", required_argument, NULL, OPT_TSA_ROOT },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static int take(struct options *o, int opt)
{
	bool ok;

	switch (opt) {
	case OPT_KEY:
		ok = o->n_keys < RP_POLICY_KEYS_MAX;
		if (ok)
			o->keys[o->n_keys++] = optarg;
		break;
	case OPT_TSA_ROOT:
		ok = o->n_tsa_roots < 16;
		if (ok)
			o->tsa_roots[o->n_tsa_roots++] = optarg;
		break;
	case OPT_THRESHOLD:
		ok = cli_parse_size(optarg, &o->threshold);
		o->has_threshold = true;
		break;
	case OPT_FORMAT:
		o->json = strcmp(optarg, "json") == 0;
		ok = o->json || strcmp(optarg, "text") == 0;
		break;
	case OPT_LIMIT:
		ok = cli_parse_size(optarg, &o->limit);
		break;
	default:
		return cli_usage(&cmd_verify, "see the options");
	}
	if (!ok)
		return cli_usage(&cmd_verify, "\"%s\" cannot be taken", optarg);
	return CLI_PASS;
}

static const char *text_of(const json_t *v, const char *name)
{
	const char *text = json_string_value(json_object_get(v, name));

	return text != NULL ? text : "";
}

/* One line a finding that is not a plain pass of the container. */
static void add_findings(const json_t *checks, struct ev_buffer *out)
{
	const json_t *check;
	size_t i;

	json_array_foreach (checks, i, check) {
		const char *outcome = text_of(check, "outcome");
		const char *got = text_of(check, "got");
		const char *reason = text_of(check, "reason");
		const char *subject = text_of(check, "subject");

		if (subject[0] == '\0' ||
		    (strcmp(outcome, "pass") == 0 && got[0] == '\0'))
			continue;
		ev_buffer_printf(out, "  %-5s %-18s %s%s%s\n", outcome,
				 text_of(check, "id"), subject,
				 reason[0] != '\0' || got[0] != '\0' ? "  "
								     : "",
				 reason[0] != '\0' ? reason : got);
	}
}

static size_t count_outcome(const json_t *checks, const char *id,
			    const char *outcome)
{
	const json_t *check;
	size_t i, n = 0;

	json_array_foreach (checks, i, check)
		n += strcmp(text_of(check, "id"), id) == 0 &&
		     strcmp(text_of(check, "outcome"), outcome) == 0;
	return n;
}

/* users.md (b): one sentence first. */
static void add_sentence(const json_t *report, struct ev_buffer *out)
{
	const json_t *checks = json_object_get(report, "checks");
	const json_t *archive = json_object_get(report, "archive");
	const json_t *check;
	size_t i, good = count_outcome(checks, "archive.signature", "pass");
	size_t all = json_array_size(json_object_get(archive, "signed"));
	bool intact = count_outcome(checks, "archive.container", "pass") == 1 &&
		      count_outcome(checks, "archive.manifest", "pass") == 1 &&
		      count_outcome(checks, "archive.digests", "fail") == 0;

	ev_buffer_printf(out, "archive %s: %zu parts, ",
			 intact ? "intact"
				: "DAMAGED, nothing in it was judged",
			 json_array_size(json_object_get(archive, "items")));
	if (all == 0)
		ev_buffer_add_str(out, "unsigned");
	else if (good > 0)
		ev_buffer_printf(out, "%zu of %zu signatures good", good, all);
	else
		ev_buffer_printf(out, "%zu signatures, none by a key given",
				 all);
	json_array_foreach (checks, i, check)
		if (strcmp(text_of(check, "id"), "time.proven") == 0)
			ev_buffer_printf(
				out, ", %s%s",
				strcmp(text_of(check, "outcome"), "pass") == 0
					? "existed before "
					: "no proven time",
				text_of(check, "got"));
	ev_buffer_printf(out, "\nid %s\n", text_of(archive, "id"));
	add_findings(checks, out);
}

static int print_result(const struct options *o, const struct rp_result *result)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_span report = ev_span_of(result->report, result->n);
	struct ev_error err = { 0 };
	ev_auto_json json_t *r = NULL;

	if (o->json)
		return cli_print(report) ? CLI_PASS : CLI_TROUBLE;
	if (ev_json_parse(report, report.n, "report", &r, &err) != EV_OK)
		return cli_trouble("the report cannot be rendered");
	add_sentence(r, &out);
	if (!ev_buffer_ok(&out))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&out)) ? CLI_PASS : CLI_TROUBLE;
}

static int verify(const struct options *o, const char *path)
{
	struct cmd_when when = { .archive_only = true };
	struct cmd_archive archive = { 0 };
	struct cmd_inputs in = { 0 };
	struct rp_result result = { 0 };
	uint64_t threshold = o->has_threshold ? o->threshold : o->n_keys > 0;
	int exit = cmd_inputs_open(&in), printed;

	for (size_t i = 0; i < o->n_tsa_roots && exit == CLI_PASS; i++)
		exit = cmd_inputs_tsa_root(&in, o->tsa_roots[i]);
	if (exit == CLI_PASS)
		exit = cmd_inputs_signers(&in, o->keys, o->n_keys, threshold);
	if (exit == CLI_PASS)
		exit = cmd_archive_open(&in, path, o->limit, &archive);
	if (exit == CLI_PASS)
		exit = cmd_replay_one(&in, &archive, path, &when, &result);
	if (result.report != NULL) {
		printed = print_result(o, &result);
		exit = printed == CLI_PASS ? exit : printed;
	}
	free(result.report);
	cmd_archive_free(&archive);
	cmd_inputs_free(&in);
	return exit;
}

static int run(int argc, char **argv)
{
	struct options o = { .limit = EV_ARCHIVE_MAX };
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (opt == OPT_HELP)
			return cli_help(&cmd_verify);
		exit = take(&o, opt);
		if (exit != CLI_PASS)
			return exit;
	}
	if (optind + 1 != argc)
		return cli_usage(&cmd_verify, "give one archive");
	if (o.threshold > o.n_keys)
		return cli_usage(&cmd_verify,
				 "--threshold %" PRIu64
				 " needs as many keys; --key names %zu",
				 o.threshold, o.n_keys);
	return verify(&o, argv[optind]);
}

const struct cli_command cmd_verify = {
	.name = "verify",
	.group = "Reading archives",
	.summary = "container, digests, signatures, timestamps",
	.help = help,
	.run = run,
};
