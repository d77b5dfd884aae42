/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit reference history: when references came, changed and went. */
#include "audit/cmd_audit.h"

#include "audit/cmd_references.h"
#include "audit/json_set.h"
#include "audit/references/history_json.h"
#include "audit/references/history_text.h"

#include <getopt.h>
#include <stdio.h>

static const char help[] =
	"Usage: ecart audit reference history REPO[@REV] [PRODUCT[@VERSION]]\n"
	"           [--allowed-signers F --at T] [--known COMMIT] [--json]\n"
	"When each reference was added, changed (its state, its measurements),\n"
	"withdrawn or deleted, back from REV as git's own log follows a file; by which\n"
	"commit, and whose signature that has.\n"
	"\n"
	"  --allowed-signers F  judge SSH signatures by this file (ssh-keygen(1),\n"
	"                       ALLOWED SIGNERS), namespace git\n"
	"  --at T               as of when: 2026-06-08T12:42:41Z or @1780922561\n"
	"  --known COMMIT       what an earlier report named, 40 digits: REV must be\n"
	"                       it or come from it, else the history was rewritten\n"
	"  --json               as JSON, the same on every run\n"
	"\n"
	"A reference is vouched for by the tag that REV names, its commit, or the commit\n"
	"that made the file what it is.  Times are what committers claim.\n"
	"\n"
	"Exit: 0 all vouched for, or no signers asked, 1 a bad signature or a rewritten\n"
	"history, 2 unsigned, unknown, expired, 3 usage, 4 unreadable, 5 trouble.\n"
	"\n"
	"Example: ecart audit reference history refs.git@main paravisor@1.0\n";

const struct cli_command au_command_reference_history = {
	.name = "audit reference history",
	.group = "Auditing",
	.summary = "when references came, changed and went",
	.help = help,
	.run = au_cmd_reference_history,
};

struct options {
	const char *place, *product, *signers, *known;
	int64_t at;
	bool has_at, json;
};

enum { OPT_SIGNERS = 256, OPT_AT, OPT_KNOWN, OPT_JSON, OPT_HELP };

static const struct option long_options[] = {
	{ "allowed-signers", required_argument, NULL, OPT_SIGNERS },
	{ "at", required_argument, NULL, OPT_AT },
	{ "known", required_argument, NULL, OPT_KNOWN },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

/* What is told, and the exit that it makes. */
struct telling {
	const struct options *o;
	struct au_vouching *v;
	struct ev_buffer text;
	json_t *references;
	size_t n;
	int exit;
};

/* A failure is worse than what is incomplete. */
static void worsen(struct telling *t, int exit)
{
	if (exit == CLI_FAIL || t->exit == CLI_PASS)
		t->exit = exit;
}

static bool is_asked(const struct options *o, const char *path)
{
	const char *at = o->product != NULL ? strchr(o->product, '@') : NULL;
	char want[AU_PATH_MAX];
	int n;

	if (o->product == NULL)
		return true;
	if (at == NULL) {
		n = snprintf(want, sizeof(want), "references/%s/", o->product);
		return strncmp(path, want, (size_t)n) == 0;
	}
	snprintf(want, sizeof(want), "references/%.*s/%s.json",
		 (int)(at - o->product), o->product, at + 1);
	return strcmp(path, want) == 0;
}

static void judge(struct telling *t, const struct au_vouched *found)
{
	if (t->o->signers == NULL)
		return;
	if (!au_voucher_is_good(found->by))
		worsen(t, CLI_INCOMPLETE);
	if (au_voucher_is_bad(found->by))
		worsen(t, CLI_FAIL);
	for (size_t i = 0; i < found->history->n; i++) {
		if (au_voucher_is_bad(&found->history->event[i].voucher))
			worsen(t, CLI_FAIL);
	}
}

/* CLI_PASS: told, or left out. */
static int tell_one(struct telling *t, const char *path, struct ev_error *err)
{
	struct au_vouched found;

	if (!is_asked(t->o, path))
		return CLI_PASS;
	if (au_vouching_find(t->v, path, &found, err) != EV_OK)
		return au_cmd_refused(t->o->place, err);
	/* Of a side branch that took it away again. */
	if (found.history->n == 0 && found.history->dropped[0] == '\0')
		return CLI_PASS;
	t->n++;
	judge(t, &found);
	au_vouched_text(path, &found, &t->text);
	if (json_array_append_new(t->references,
				  au_vouched_json(path, &found)) != 0)
		return cli_trouble("out of memory");
	return CLI_PASS;
}

static int tell_all(struct telling *t)
{
	struct ev_error err = { 0 };
	size_t n = 0;
	int exit = CLI_PASS;

	if (au_vouching_paths(t->v, &n, &err) != EV_OK)
		return au_cmd_refused(t->o->place, &err);
	for (size_t i = 0; i < n && exit == CLI_PASS; i++)
		exit = tell_one(t, au_vouching_path(t->v, i), &err);
	if (exit == CLI_PASS && t->n == 0 && t->o->product != NULL)
		return cli_unreadable("%s: no reference of %s in the history",
				      t->o->place, t->o->product);
	return exit;
}

static bool is_in_git(const struct telling *t)
{
	return au_vouching_commit(t->v)->object[0] != '\0';
}

static void judge_place(struct telling *t)
{
	enum au_known_state known = au_vouching_known(t->v)->state;

	if (known == AU_KNOWN_REWRITTEN ||
	    au_voucher_is_bad(au_vouching_tag(t->v)) ||
	    au_voucher_is_bad(au_vouching_commit(t->v)))
		worsen(t, CLI_FAIL);
	if (known == AU_KNOWN_NOT_REACHED ||
	    (t->o->signers != NULL && !is_in_git(t)))
		worsen(t, CLI_INCOMPLETE);
}

static void finish_text(struct telling *t)
{
	const struct au_voucher *tag = au_vouching_tag(t->v);
	const struct au_voucher *commit = au_vouching_commit(t->v);
	const struct au_known *known = au_vouching_known(t->v);
	char at[AU_CLAIMED_TIME];

	if (!is_in_git(t)) {
		ev_buffer_add_str(&t->text, "not in git: no history\n");
		return;
	}
	ev_buffer_printf(&t->text, "%zu reference%s at commit %s\n", t->n,
			 t->n == 1 ? "" : "s", commit->object);
	if (tag->kind != AU_VOUCHER_NONE) {
		ev_buffer_add_str(&t->text, "signature of the tag: ");
		au_voucher_text(tag, &t->text);
	}
	ev_buffer_add_str(&t->text, "signature of the commit: ");
	au_voucher_text(commit, &t->text);
	if (t->o->known != NULL)
		ev_buffer_printf(&t->text, "known %s: %s%s%s\n", t->o->known,
				 au_known_state_name(known->state),
				 known->reason[0] != '\0' ? ", " : "",
				 known->reason);
	au_claimed_time(t->o->at, at);
	ev_buffer_printf(&t->text, "signatures %s%s; times are claims\n",
			 t->o->signers != NULL ? "judged as of "
					       : "not asked for",
			 t->o->signers != NULL ? at : "");
}

static json_t *document(struct telling *t)
{
	const struct au_voucher *tag = au_vouching_tag(t->v);
	const struct au_voucher *commit = au_vouching_commit(t->v);
	char at[AU_CLAIMED_TIME];
	json_t *out =
		json_pack("{s:s,s:O}", "history", "ecart-reference-history/1",
			  "references", t->references);
	bool good = out != NULL &&
		    au_set(out, "signature", au_voucher_json(commit));

	au_claimed_time(t->o->at, at);
	if (good && is_in_git(t))
		good = au_set_str(out, "commit", commit->object);
	if (good && tag->kind != AU_VOUCHER_NONE)
		good = au_set(out, "tag", au_voucher_json(tag));
	if (good && t->o->known != NULL)
		good = au_set(
			out, "known",
			au_known_json(au_vouching_known(t->v), t->o->known));
	if (good && t->o->signers != NULL)
		good = au_set_str(out, "asOf", at);
	if (good)
		return out;
	json_decref(out);
	return NULL;
}

static int deliver_json(struct telling *t)
{
	ev_auto_json json_t *whole = document(t);
	ev_auto_free char *text = NULL;
	struct ev_error err = { 0 };
	size_t n = 0;

	if (whole == NULL)
		return cli_trouble("out of memory");
	if (ev_json_canonical(whole, "history", &text, &n, &err) != EV_OK)
		return au_cmd_refused(t->o->place, &err);
	return cli_print(ev_span_of(text, n)) ? CLI_PASS : CLI_TROUBLE;
}

static int deliver(struct telling *t)
{
	if (t->o->json)
		return deliver_json(t);
	finish_text(t);
	if (!ev_buffer_ok(&t->text))
		return cli_trouble("out of memory");
	return cli_print(ev_buffer_span(&t->text)) ? CLI_PASS : CLI_TROUBLE;
}

static int tell(const struct options *o, struct au_vouching *v)
{
	struct telling t = { .o = o, .v = v, .references = json_array() };
	int exit = t.references != NULL ? tell_all(&t)
					: cli_trouble("out of memory");

	judge_place(&t);
	if (exit == CLI_PASS)
		exit = deliver(&t);
	ev_buffer_free(&t.text);
	json_decref(t.references);
	return exit != CLI_PASS ? exit : t.exit;
}

static int open_and_tell(const struct options *o,
			 struct au_vouching_request *request)
{
	struct au_vouching *v = NULL;
	struct ev_error err = { 0 };
	int exit;

	if (au_vouching_open(request, &v, &err) != EV_OK)
		return au_cmd_refused(o->place, &err);
	exit = tell(o, v);
	au_vouching_free(v);
	return exit;
}

static int history(const struct options *o)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct au_allowed_signers *signers = NULL;
	struct au_place place = { 0 };
	struct au_vouching_request request = { .place = &place,
					       .crypto = crypto,
					       .at = o->at,
					       .known = o->known };
	struct ev_error err = { 0 };
	int exit = CLI_PASS;

	if (crypto == NULL)
		return cli_trouble("libcrypto does not start");
	if (o->signers != NULL)
		exit = au_cmd_read_signers(o->signers, crypto, &signers);
	request.signers = signers;
	if (exit == CLI_PASS && au_place_parse(o->place, &place, &err) != EV_OK)
		exit = au_cmd_refused(o->place, &err);
	if (exit == CLI_PASS)
		exit = open_and_tell(o, &request);
	au_place_free(&place);
	au_allowed_signers_free(signers);
	return exit;
}

static int take(struct options *o, int opt)
{
	switch (opt) {
	case OPT_SIGNERS:
		o->signers = optarg;
		return CLI_PASS;
	case OPT_KNOWN:
		o->known = optarg;
		return CLI_PASS;
	case OPT_JSON:
		o->json = true;
		return CLI_PASS;
	case OPT_AT:
		o->has_at = cli_parse_time(optarg, &o->at);
		if (o->has_at)
			return CLI_PASS;
		return cli_usage(&au_command_reference_history,
				 "--at %s: want a time", optarg);
	default:
		return cli_usage(&au_command_reference_history,
				 "unknown option");
	}
}

int au_cmd_reference_history(int argc, char **argv)
{
	struct options o = { 0 };
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (opt == OPT_HELP)
			return cli_help(&au_command_reference_history);
		exit = take(&o, opt);
		if (exit != CLI_PASS)
			return exit;
	}
	if (optind == argc || argc - optind > 2)
		return cli_usage(&au_command_reference_history,
				 "one REPO[@REV] is wanted, then at most one "
				 "PRODUCT[@VERSION]");
	/* No verdict may depend on a clock. */
	if ((o.signers != NULL) != o.has_at)
		return cli_usage(&au_command_reference_history,
				 "--allowed-signers and --at want each other");
	o.place = argv[optind];
	o.product = optind + 1 < argc ? argv[optind + 1] : NULL;
	return history(&o);
}
