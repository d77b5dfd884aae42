/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit reference add: a reference written and committed. */
#include "audit/cmd_audit.h"

#include "audit/references/git_commit.h"
#include "audit/references/reference_document.h"
#include "audit/references/reference_text.h"

#include <getopt.h>
#include <stdio.h>
#include <time.h>

static const char help[] =
	"Usage: ecart audit reference add REPO --product P --version V\n"
	"           --source URL@COMMIT --recipe FILE --artifact FILE --mrtd HEX\n"
	"       ecart audit reference add REPO --product P --version V --state S ...\n"
	"Write the reference of a new version, or add a state or a variant to one\n"
	"that is there, and commit it to the current branch.\n"
	"\n"
	"  --recipe FILE     how it was built; committed below recipes/\n"
	"  --artifact FILE   what was built; only its name, size and SHA-256 are kept\n"
	"  --mrtd HEX        its MRTD; or --identity FILE: what igvmfilegen's JSON says\n"
	"  --parameter N=V   what made this value, each; a further entry is a variant\n"
	"  --state S         good (for a new one), vulnerable or withdrawn\n"
	"  --since T         in force from T on (default: the commit's time)\n"
	"  --reason TEXT     why it is not good          --advisory TEXT  its name\n"
	"  --user \"N <mail>\" author and committer (default: ecart <ecart@localhost>)\n"
	"  --time T          the commit's time (default: now)\n"
	"  --init            make REPO, bare, where nothing is there\n"
	"\n"
	"Example: ecart audit reference add refs.git --product openhcl \\\n"
	"             --version 1.7.1 --state withdrawn --reason 'key in the image'\n";

const struct cli_command au_command_reference_add = {
	.name = "audit reference add",
	.group = "Auditing",
	.summary = "write and commit a reference",
	.help = help,
	.run = au_cmd_reference_add,
};

struct options {
	struct au_addition add;
	const char *repository, *recipe, *artifact, *user, *identity;
	char value[2 * AU_VALUE_MAX + 1]; /* that of --identity */
	const char *parameter[32];
	char *source; /* owned: the copy that is cut at its "@" */
	int64_t time;
	bool has_time, has_since, init;
};

enum {
	OPT_PRODUCT = 256,
	OPT_VERSION,
	OPT_SOURCE,
	OPT_RECIPE,
	OPT_ARTIFACT,
	OPT_MRTD,
	OPT_IDENTITY,
	OPT_PARAMETER,
	OPT_STATE,
	OPT_SINCE,
	OPT_REASON,
	OPT_ADVISORY,
	OPT_USER,
	OPT_TIME,
	OPT_INIT,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "product", required_argument, NULL, OPT_PRODUCT },
	{ "version", required_argument, NULL, OPT_VERSION },
	{ "source", required_argument, NULL, OPT_SOURCE },
	{ "recipe", required_argument, NULL, OPT_RECIPE },
	{ "artifact", required_argument, NULL, OPT_ARTIFACT },
	{ "mrtd", required_argument, NULL, OPT_MRTD },
	{ "identity", required_argument, NULL, OPT_IDENTITY },
	{ "parameter", required_argument, NULL, OPT_PARAMETER },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "reason", required_argument, NULL, OPT_REASON },
	{ "advisory", required_argument, NULL, OPT_ADVISORY },
	{ "user", required_argument, NULL, OPT_USER },
	{ "time", required_argument, NULL, OPT_TIME },
	{ "init", no_argument, NULL, OPT_INIT },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

/* Where an option's argument is kept as it stands. */
static const char **place_of(struct options *o, int opt)
{
	switch (opt) {
	case OPT_PRODUCT:
		return &o->add.product;
	case OPT_VERSION:
		return &o->add.version;
	case OPT_RECIPE:
		return &o->recipe;
	case OPT_ARTIFACT:
		return &o->artifact;
	case OPT_MRTD:
		return &o->add.value;
	case OPT_IDENTITY:
		return &o->identity;
	case OPT_STATE:
		return &o->add.state;
	case OPT_REASON:
		return &o->add.reason;
	case OPT_ADVISORY:
		return &o->add.advisory;
	case OPT_USER:
		return &o->user;
	default:
		return NULL;
	}
}

static int take_source(struct options *o)
{
	char *at;

	free(o->source);
	o->source = strdup(optarg);
	if (o->source == NULL)
		return cli_trouble("out of memory");
	at = strrchr(o->source, '@');
	if (at == NULL || at == o->source)
		return cli_usage(&au_command_reference_add,
				 "--source %s: want URL@COMMIT", optarg);
	*at = '\0';
	o->add.source = o->source;
	o->add.source_commit = at + 1;
	return CLI_PASS;
}

static int take_time(struct options *o, int opt)
{
	bool since = opt == OPT_SINCE;

	*(since ? &o->has_since : &o->has_time) = true;
	if (cli_parse_time(optarg, since ? &o->add.since : &o->time))
		return CLI_PASS;
	return cli_usage(&au_command_reference_add,
			 "%s: want 2026-06-08T12:42:41Z or @SECONDS", optarg);
}

static int take(struct options *o, int opt)
{
	const char **place = place_of(o, opt);

	if (place != NULL) {
		*place = optarg;
		return CLI_PASS;
	}
	switch (opt) {
	case OPT_SOURCE:
		return take_source(o);
	case OPT_SINCE:
	case OPT_TIME:
		return take_time(o, opt);
	case OPT_PARAMETER:
		if (o->add.n_parameters == AU_PARAMETERS_MAX)
			return cli_usage(&au_command_reference_add,
					 "at most %zu times --parameter",
					 AU_PARAMETERS_MAX);
		o->parameter[o->add.n_parameters++] = optarg;
		return CLI_PASS;
	case OPT_INIT:
		o->init = true;
		return CLI_PASS;
	default:
		return cli_usage(&au_command_reference_add, "see the options");
	}
}

/* Everything that a commit is made of. */
struct work {
	struct options *o;
	struct ev_crypto *crypto;
	git_repository *repo;
	struct cli_file recipe, artifact;
	char path[AU_PATH_MAX], recipe_path[2 * AU_PATH_MAX];
	struct au_reference existing;
	bool exists;
	char *manifest;
	size_t n;
};

/* Options that would be given in vain. */
static bool is_idle(const struct work *w)
{
	const struct au_addition *add = &w->o->add;

	if (add->value == NULL && add->n_parameters > 0)
		return true;
	return w->exists && add->state == NULL &&
	       (w->o->has_since || add->reason != NULL ||
		add->advisory != NULL);
}

/* What a new reference needs, and one that is there must not change. */
static int check_options(const struct work *w)
{
	const struct au_addition *add = &w->o->add;
	bool build = add->source != NULL || w->o->recipe != NULL ||
		     w->o->artifact != NULL;

	if (w->exists && build)
		return cli_usage(&au_command_reference_add,
				 "%s is there already; only --state and --mrtd "
				 "with --parameter can be added to it",
				 w->path);
	if (is_idle(w))
		return cli_usage(&au_command_reference_add,
				 "--parameter belongs to --mrtd; --since, "
				 "--reason and --advisory to --state");
	if (w->exists && add->state == NULL && add->value == NULL)
		return cli_usage(&au_command_reference_add,
				 "%s is there already: --state or --mrtd?",
				 w->path);
	if (w->exists || (add->source != NULL && w->o->recipe != NULL &&
			  w->o->artifact != NULL && add->value != NULL))
		return CLI_PASS;
	return cli_usage(&au_command_reference_add,
			 "%s is not there yet: --source, --recipe, --artifact "
			 "and --mrtd or --identity are wanted",
			 w->path);
}

/* The recipe and the artifact: their names and digests. */
static int read_build(struct work *w)
{
	struct au_addition *add = &w->o->add;
	int exit = cli_file_read(w->o->recipe, AU_RECIPE_MAX, &w->recipe);

	if (exit == CLI_PASS)
		exit = cli_file_read(w->o->artifact, UINT64_C(64) << 30,
				     &w->artifact);
	if (exit != CLI_PASS)
		return exit;
	if (!ev_digest(w->crypto, EV_SHA256, w->recipe.bytes,
		       add->recipe_sha256) ||
	    !ev_digest(w->crypto, EV_SHA256, w->artifact.bytes,
		       add->artifact_sha256))
		return cli_trouble("libcrypto cannot take a digest");
	snprintf(w->recipe_path, sizeof(w->recipe_path), "recipes/%s/%s/%.250s",
		 add->product, add->version, au_cmd_base_name(w->o->recipe));
	add->recipe_path = w->recipe_path;
	add->artifact_name = au_cmd_base_name(w->o->artifact);
	add->artifact_size = w->artifact.bytes.n;
	if (au_text_is(AU_FILE_PATH, ev_span_str(w->recipe_path)))
		return CLI_PASS;
	return cli_usage(&au_command_reference_add,
			 "--recipe %s: its name must be of A-Z a-z 0-9 . _ + "
			 "~ - and not begin with . or -",
			 w->o->recipe);
}

static int read_existing(struct work *w)
{
	struct ev_error err = { 0 };
	uint8_t *bytes = NULL;
	size_t n = 0;

	if (au_git_file_read(w->repo, w->path, AU_REFERENCE_MAX, &bytes, &n,
			     &err) != EV_OK)
		return au_cmd_refused(w->path, &err);
	w->exists = bytes != NULL;
	if (w->exists)
		au_reference_parse(ev_span_of(bytes, n), &w->existing, &err);
	free(bytes);
	return err.code != EV_OK ? au_cmd_refused(w->path, &err) : CLI_PASS;
}

static int build_manifest(struct work *w)
{
	struct ev_error err = { 0 };
	int exit = read_existing(w);

	if (exit == CLI_PASS)
		exit = check_options(w);
	if (exit == CLI_PASS && !w->exists)
		exit = read_build(w);
	if (exit != CLI_PASS)
		return exit;
	if (au_reference_document(&w->o->add, w->exists ? &w->existing : NULL,
				  &w->manifest, &w->n, &err) != EV_OK) {
		char line[400];

		ev_error_format(&err, line, sizeof(line));
		return err.code == EV_TROUBLE
			       ? cli_trouble("%s", line)
			       : cli_usage(&au_command_reference_add, "%s",
					   line);
	}
	return CLI_PASS;
}

/* "NAME <mail>" cut into its two parts. */
static bool split_user(const char *user, char name[128], char mail[128])
{
	const char *open = strstr(user, " <");
	size_t n = strlen(user);

	if (open == NULL || open == user || (size_t)(open - user) >= 128 ||
	    user[n - 1] != '>' || n - (size_t)(open + 2 - user) - 1 >= 128 ||
	    strpbrk(user, "\n\r") != NULL)
		return false;
	snprintf(name, 128, "%.*s", (int)(open - user), user);
	snprintf(mail, 128, "%.*s", (int)(user + n - 1 - (open + 2)), open + 2);
	return mail[0] != '\0' && strpbrk(mail, "<>") == NULL;
}

static int commit(struct work *w)
{
	struct au_file files[2] = {
		{ w->path, ev_span_of(w->manifest, w->n) },
		{ w->recipe_path, w->recipe.bytes },
	};
	char message[300], id[AU_COMMIT_TEXT] = "", name[128], mail[128];
	struct au_change change = { .files = files,
				    .n_files = w->exists ? 1 : 2,
				    .message = message,
				    .name = name,
				    .mail = mail,
				    .time = w->o->time };
	struct ev_error err = { 0 };
	bool written = true;

	if (!split_user(w->o->user, name, mail))
		return cli_usage(&au_command_reference_add,
				 "--user %s: want NAME <mail>", w->o->user);
	snprintf(message, sizeof(message), "%s: %s %s%s%s\n", w->o->add.product,
		 w->exists ? "change" : "add", w->o->add.version,
		 w->o->add.state != NULL ? ", " : "",
		 w->o->add.state != NULL ? w->o->add.state : "");
	if (au_git_commit_files(w->repo, &change, id, &written, &err) != EV_OK)
		return au_cmd_refused(w->o->repository, &err);
	if (!written)
		cli_note("the working tree has other files there and was left "
			 "as it is; the commit is made");
	printf("%s %s\n", id, w->path);
	return fflush(stdout) == 0 ? CLI_PASS
				   : cli_trouble("cannot write to stdout");
}

static int add_reference(struct work *w)
{
	struct ev_error err = { 0 };
	enum ev_code code =
		w->o->init
			? au_git_open_or_make(w->o->repository, &w->repo, &err)
			: au_git_open(w->o->repository, &w->repo, &err);
	int exit;

	if (code != EV_OK) {
		exit = au_cmd_refused(w->o->repository, &err);
		if (code == EV_MISSING && !w->o->init)
			cli_note("--init makes a repository there");
		return exit;
	}
	exit = build_manifest(w);
	return exit == CLI_PASS ? commit(w) : exit;
}

static int with_libraries(struct options *o)
{
	struct work w = { .o = o, .crypto = ev_crypto_new() };
	struct ev_error err = { 0 };
	int exit;

	if (w.crypto == NULL)
		return cli_trouble("libcrypto does not start");
	if (!au_reference_path(ev_span_str(o->add.product),
			       ev_span_str(o->add.version), w.path)) {
		ev_crypto_free(w.crypto);
		return cli_usage(&au_command_reference_add,
				 "--product wants %s, --version %s",
				 au_text_want(AU_PRODUCT),
				 au_text_want(AU_VERSION));
	}
	exit = au_git_begin(&err) == EV_OK
		       ? add_reference(&w)
		       : au_cmd_refused(o->repository, &err);
	au_reference_free(&w.existing);
	cli_file_free(&w.recipe);
	cli_file_free(&w.artifact);
	free(w.manifest);
	git_repository_free(w.repo);
	if (err.code == EV_OK)
		au_git_end();
	ev_crypto_free(w.crypto);
	return exit;
}

/* The value of --identity, as if it had been given by hand. */
static int take_identity(struct options *o)
{
	if (o->identity == NULL)
		return CLI_PASS;
	if (o->add.value != NULL)
		return cli_usage(&au_command_reference_add,
				 "--mrtd or --identity, not both");
	return au_cmd_read_identity(o->identity, &o->add, o->value);
}

static int parse_options(int argc, char **argv, struct options *o, bool *asked)
{
	int opt, exit;

	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		*asked = opt == OPT_HELP;
		exit = *asked ? cli_help(&au_command_reference_add)
			      : take(o, opt);
		if (*asked || exit != CLI_PASS)
			return exit;
	}
	if (optind + 1 != argc || o->add.product == NULL ||
	    o->add.version == NULL)
		return cli_usage(&au_command_reference_add,
				 "REPO, --product and --version are wanted");
	o->repository = argv[optind];
	return take_identity(o);
}

int au_cmd_reference_add(int argc, char **argv)
{
	struct options o = { .user = "ecart <ecart@localhost>" };
	bool asked = false;
	int exit = parse_options(argc, argv, &o, &asked);

	o.add.parameter = o.parameter;
	if (!o.has_time)
		o.time = (int64_t)time(NULL);
	if (!o.has_since)
		o.add.since = o.time;
	if (exit == CLI_PASS && !asked)
		exit = with_libraries(&o);
	free(o.source);
	return exit;
}
