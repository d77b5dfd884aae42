/* SPDX-License-Identifier: Apache-2.0 */
/* ecart collect: evidence of this machine, in one signed file. */
#include "cli_archive.h"
#include "cli_outfile.h"
#include "collect/cmd_collect_check.h"
#include "collect/cmd_collect_confine.h"
#include "collect/cmd_collect_plan.h"
#include "collect/cmd_collect_summary.h"
#include "collect/cmd_key.h"
#include "collect/collection_claims.h"
#include "collect/collection_file.h"
#include "collect/lock.h"
#include "collect/stop.h"
#include "commands.h"
#include "evidence/archive.h"

#include <stdio.h>
#include <stdlib.h>

/* Another collection takes a minute where services are slow. */
static const unsigned int LOCK_WAIT_MS = 60000;

/* What is between the command line and the archive. */
struct run {
	struct cmd_collect given;
	struct co_collection c;
	struct co_key *key;
	struct co_collection_claims claims;
	struct co_collection_file file;
	struct co_lock lock;
	uint8_t previous[32];
};

static void run_free(struct run *r)
{
	co_collection_file_free(&r->file);
	co_collection_claims_free(&r->claims);
	if (r->key != NULL)
		co_key_free(r->key);
	co_collection_close(&r->c);
	co_lock_free(&r->lock);
	cmd_collect_free(&r->given);
}

static enum cli_outfile_mode mode_of(const struct cmd_collect *given)
{
	return given->force ? CLI_OUTFILE_REPLACE : CLI_OUTFILE_NEW;
}

static int say_outcome(enum cli_outfile_result result, const char *why)
{
	if (result == CLI_OUTFILE_EXISTS)
		return cli_usage(&cmd_collect, "%s; --force replaces it", why);
	return result == CLI_OUTFILE_OK ? CLI_PASS : cli_trouble("%s", why);
}

/* Before a session is spent on it. */
static int check_output(const struct cmd_collect *given)
{
	enum cli_outfile_result result;
	char why[CLI_WHY_MAX];

	if (given->output == NULL)
		return given->dry_run ? CLI_PASS
				      : cli_usage(&cmd_collect,
						  "no -o FILE to write to");
	if (strcmp(given->output, "-") == 0)
		return cli_usage(&cmd_collect,
				 "-o -: an archive goes to a file");
	result = cli_outfile_check(given->output, mode_of(given), why);
	if (result != CLI_OUTFILE_TROUBLE)
		return say_outcome(result, why);
	return given->options.user != NULL
		       ? cli_trouble("%s (it is written as %s: --user)", why,
				     given->options.user)
		       : cli_trouble("%s (name another place)", why);
}

static int read_key(struct run *r)
{
	if (r->given.key == NULL)
		return CLI_PASS;
	return cmd_key_read(r->c.crypto, &cmd_collect, r->given.key, &r->c.tpm,
			    &r->key);
}

static int open_collection(struct run *r)
{
	char why[CO_WHY_TEXT];
	int status;

	if (!co_stop_install())
		return cli_trouble("signals cannot be handled");
	if (!co_collection_open(&r->c, &r->given.options, &status, why)) {
		if (status == CLI_USAGE)
			return cli_usage(&cmd_collect, "%s", why);
		return cli_trouble("%s", why);
	}
	return CLI_PASS;
}

/* All that can be wrong before the machine is asked, as the user that the
 * rest runs as. */
static int check(struct run *r)
{
	int status = cmd_collect_check(&cmd_collect, &r->given);

	return status == CLI_PASS ? check_output(&r->given) : status;
}

static int look(struct run *r)
{
	char why[CO_WHY_TEXT];

	co_journal_begin(&r->c.journal, r->given.quiet, r->given.json);
	if (!r->given.dry_run && !cmd_collect_confine(&r->given, &r->c.root))
		co_journal_say(&r->c.journal,
			       "this kernel has no Landlock: writing is not "
			       "confined");
	return co_collection_look(&r->c, why) ? CLI_PASS
					      : cli_trouble("%s", why);
}

/* Which TPM it is not, and which it is, where that is not plain. */
static void say_tpm(struct run *r)
{
	char line[CO_WHY_TEXT];

	if (getenv("TPM2TOOLS_TCTI") != NULL && r->given.options.tcti == NULL)
		co_journal_say(&r->c.journal,
			       "TPM2TOOLS_TCTI of the environment is not used "
			       "(--tcti names a TPM)");
	if (!r->c.tpm.there || co_tpm_is_device(&r->c.tpm))
		return;
	snprintf(line, sizeof(line), "the TPM is %s, no device of the machine",
		 r->c.tpm.tcti);
	co_journal_say(&r->c.journal, line);
}

static void take_lock(struct run *r)
{
	static const char waiting[] = "another collection runs here; waiting "
				      "for its end";
	static const char beside[] = "another collection has not ended; going "
				     "on beside it";

	/* Who writes nothing is in nobody's way. */
	if (r->given.options.read_only ||
	    co_lock_take(&r->c.root, 0, &r->lock) != CO_LOCK_BUSY)
		return;
	co_journal_say(&r->c.journal, waiting);
	if (co_lock_take(&r->c.root, LOCK_WAIT_MS, &r->lock) == CO_LOCK_BUSY)
		co_journal_say(&r->c.journal, beside);
}

static int nothing_here(const struct run *r)
{
	cli_note("collect: nothing on this machine can speak for it; looked "
		 "for:\n%s  `ecart doctor` says more; `ecart pack` archives "
		 "files from elsewhere",
		 r->c.machine.looked);
	return CLI_INCOMPLETE;
}

/* Whether anything is there beside the session, which is ours. */
static bool gathered_nothing(const struct co_collection *c)
{
	for (size_t i = 1; i < c->n_steps; i++) {
		if (c->steps[i].n_items > 0)
			return false;
	}
	return true;
}

/* The id of the archive before this one. */
static int previous_id(const struct run *r, uint8_t id[32])
{
	struct ev_archive archive = { 0 };
	struct ev_error err = { 0 };
	char why[CLI_WHY_MAX];
	struct cli_file file;
	int status = cli_file_read(r->given.previous, EV_ARCHIVE_MAX, &file);

	if (status != CLI_PASS)
		return status;
	if (cli_archive_open(r->c.crypto, file.bytes, EV_ARCHIVE_MAX, &archive,
			     &err) == EV_OK) {
		memcpy(id, archive.id, 32);
	} else {
		ev_error_format(&err, why, sizeof(why));
		status = cli_unreadable("--previous %s: %s", r->given.previous,
					why);
	}
	ev_archive_free(&archive);
	cli_file_free(&file);
	return status;
}

/* The collect-log stands last: what was said up to here. */
static bool add_log(struct co_collection *c, char why[CO_WHY_TEXT])
{
	struct co_item item = {
		.kind = "collect-log",
		.bytes = ev_buffer_span(&c->journal.log),
	};

	return co_collected(c, &item, NULL, why);
}

static int make_file(struct run *r)
{
	char why[CO_WHY_TEXT];

	if (!add_log(&r->c, why) ||
	    !co_collection_claims_make(&r->c, r->given.label, r->given.series,
				       &r->claims))
		return cli_trouble("the archive cannot be made");
	if (r->given.previous != NULL)
		r->claims.claims.previous = r->previous;
	if (!co_collection_file_make(&r->c, &r->claims.claims, r->key,
				     r->given.tsa, &r->file, why))
		return cli_trouble("%s", why);
	return CLI_PASS;
}

static int write_file(struct run *r)
{
	char why[CLI_WHY_MAX];
	enum cli_outfile_result result = cli_outfile_write(
		r->given.output, ev_buffer_span(&r->file.bytes), 0666,
		mode_of(&r->given), why);

	return say_outcome(result, why);
}

static int finish(struct run *r)
{
	int status;

	if (gathered_nothing(&r->c)) {
		cli_note("collect: no source gave anything but the session; "
			 "nothing was written (`ecart doctor` says more)");
		return CLI_INCOMPLETE;
	}
	if (r->given.strict && r->c.n_missing > 0)
		return cmd_collect_incomplete(&r->c);
	status = make_file(r);
	/* A stop that came while the stamp was waited for. */
	if (status != CLI_PASS || co_stop_signal() != 0)
		return status;
	status = write_file(r);
	return status == CLI_PASS
		       ? cmd_collect_summary(&r->given, &r->c, r->key, &r->file)
		       : status;
}

static int collect(struct run *r)
{
	int status = open_collection(r);

	if (status == CLI_PASS)
		status = check(r);
	if (status == CLI_PASS && r->given.previous != NULL)
		status = previous_id(r, r->previous);
	if (status == CLI_PASS)
		status = look(r);
	if (status == CLI_PASS)
		status = read_key(r);
	/* Asked to stop while the TPM was looked for: it is not absent. */
	if (status == CLI_PASS && co_stop_signal() != 0)
		status = CLI_TROUBLE;
	if (status != CLI_PASS)
		return status;
	if (r->given.dry_run)
		return cmd_collect_plan(&r->c, &r->given);
	say_tpm(r);
	if (r->c.machine.kind == CO_MACHINE_NONE)
		return nothing_here(r);
	if (!r->given.quiet && !r->given.json)
		cli_note("collect: this looks like %s",
			 co_machine_word(r->c.machine.kind));
	take_lock(r);
	if (!co_collection_run(&r->c))
		return co_stop_signal() != 0 ? CLI_TROUBLE
					     : cli_trouble("out of memory");
	if (r->c.tpm.no_room)
		return cli_trouble("the work directory met a full disk, so "
				   "that pieces are missing; nothing was "
				   "written (free some space, or set TMPDIR)");
	return finish(r);
}

static int run(int argc, char **argv)
{
	struct run r = { .c = { .root = { .dir = -1 } }, .lock = { -1 } };
	int status = cmd_collect_parse(&cmd_collect, argc, argv, &r.given);

	if (status == CLI_PASS && r.given.help) {
		cmd_collect_free(&r.given);
		return cli_help(&cmd_collect);
	}
	if (status != CLI_PASS) {
		cmd_collect_free(&r.given);
		return status;
	}
	status = collect(&r);
	run_free(&r);
	/* Cleaned up; who sent the signal sees that it was obeyed. */
	co_stop_die();
	return status;
}

const struct cli_command cmd_collect = {
	.name = "collect",
	.group = "Making archives",
	.summary = "evidence of this machine -> a signed archive",
	.help = "usage: ecart collect -o FILE [options]\n"
		"\n"
		"Asks this confidential VM for its evidence, and the services "
		"for collateral and\n"
		"tokens; writes one archive. A missing piece is said and "
		"recorded: exit status 2.\n"
		"\n"
		"  -o FILE             the archive\n"
		"  --nonce HEX         a verifier's challenge; everything is "
		"bound to it\n"
		"  --key KEY.pem, --key tpm:HANDLE     sign; --tsa URL: also "
		"a time-stamp\n"
		"  --maa URL, --ita URL --ita-key-file F    ask for tokens\n"
		"  --pccs URL, --collateral-from pcs|pccs=URL|thim|ARCHIVE, "
		"--no-collateral\n"
		"  --source NAME,...   these alone; --skip NAME,...: not "
		"these (`ecart sources`)\n"
		"  --read-only         write nothing to the TPM; the report "
		"has no nonce then\n"
		"  --tcti STR, --tpm N, --ak HANDLE, --owner-auth-file F, "
		"--tpm2-tools DIR,\n"
		"  --qgs A, --cacert F  where things are, and whom to trust for "
		"https\n"
		"  --minimal, --with-instance, --salted, --sandwich, "
		"--timeout S\n"
		"  --label TEXT, --series TEXT, --previous ARCHIVE, --strict, "
		"--force\n"
		"  --dry-run           say what would be asked, and stop; "
		"--quiet, --json\n"
		"  --root DIR          a folder in place of the machine; "
		"--user NAME: not as root\n"
		"\n"
		"example: sudo ecart collect --nonce 8f1c22e2 --key lab.pem "
		"-o run-07.ecart\n",
	.run = run,
};
