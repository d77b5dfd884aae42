/* SPDX-License-Identifier: Apache-2.0 */
/* ecart audit reference add: a reference written and committed. */
#include "audit/cmd_audit.h"

#include "audit/cmd_audit_reference_options.h"
#include "audit/cmd_audit_reference_sign.h"
#include "audit/references/git_commit.h"
#include "audit/references/reference_text.h"
#include "collect/stop.h"

#include <stdio.h>

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
	"  --build FILE      who built it: a SLSA predicate, signed by --key\n"
	"  --key KEY.pem     Ed25519, P-256 or P-384 (ecart keygen), or tpm:HANDLE\n"
	"                    with --tcti and --tpm2-tools as in ecart sign\n"
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

/* Everything that a commit is made of. */
struct work {
	struct reference_options *o;
	struct ev_crypto *crypto;
	git_repository *repo;
	struct au_git_tip tip;
	struct cli_file recipe, artifact;
	char path[AU_PATH_MAX], recipe_path[2 * AU_PATH_MAX];
	char provenance_path[AU_PATH_MAX];
	struct ev_buffer envelope; /* who built it, signed */
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
				 "%s is there already; only --state, --mrtd "
				 "with --parameter, and --build can be added "
				 "to it",
				 w->path);
	if (is_idle(w))
		return cli_usage(&au_command_reference_add,
				 "--parameter belongs to --mrtd; --since, "
				 "--reason and --advisory to --state");
	if (w->exists && add->state == NULL && add->value == NULL &&
	    w->o->build == NULL)
		return cli_usage(&au_command_reference_add,
				 "%s is there already: --state, --mrtd or "
				 "--build?",
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

	if (au_git_tip_read(w->repo, &w->tip, &err) != EV_OK)
		return au_cmd_refused(w->o->repository, &err);
	if (au_git_tip_file(&w->tip, w->path, AU_REFERENCE_MAX, &bytes, &n,
			    &err) != EV_OK)
		return au_cmd_refused(w->path, &err);
	w->exists = bytes != NULL;
	if (w->exists)
		au_reference_parse(ev_span_of(bytes, n), &w->existing, &err);
	free(bytes);
	return err.code != EV_OK ? au_cmd_refused(w->path, &err) : CLI_PASS;
}

/* Who built it, signed, and where it goes. */
static int sign_build(struct work *w)
{
	struct au_addition *add = &w->o->add;
	struct ev_span name = w->exists ? w->existing.artifact_name
					: ev_span_str(add->artifact_name);
	int exit;

	if (w->o->build == NULL)
		return CLI_PASS;
	if (w->exists && w->existing.provenance_path.n > 0)
		return cli_usage(&au_command_reference_add,
				 "%s says already who built it", w->path);
	exit = reference_sign_build(w->o->key.key, w->o->build, name,
				    w->exists ? w->existing.artifact_sha256
					      : add->artifact_sha256,
				    &w->envelope);
	if (exit != CLI_PASS)
		return exit;
	if (!ev_digest(w->crypto, EV_SHA256, ev_buffer_span(&w->envelope),
		       add->provenance_sha256))
		return cli_trouble("libcrypto cannot take a digest");
	snprintf(w->provenance_path, sizeof(w->provenance_path),
		 "provenance/%s/%s.dsse.json", add->product, add->version);
	add->provenance_path = w->provenance_path;
	return CLI_PASS;
}

static int build_manifest(struct work *w)
{
	struct ev_error err = { 0 };
	int exit = read_existing(w);

	if (exit == CLI_PASS)
		exit = check_options(w);
	if (exit == CLI_PASS && !w->exists)
		exit = read_build(w);
	if (exit == CLI_PASS)
		exit = sign_build(w);
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

/* All that the commit is made of, the manifest first. */
static size_t list_files(const struct work *w,
			 struct au_file files[AU_CHANGE_FILES_MAX])
{
	size_t n = 0;

	files[n++] = (struct au_file){ w->path, ev_span_of(w->manifest, w->n) };
	if (!w->exists)
		files[n++] =
			(struct au_file){ w->recipe_path, w->recipe.bytes };
	if (w->envelope.n > 0)
		files[n++] = (struct au_file){ w->provenance_path,
					       ev_buffer_span(&w->envelope) };
	return n;
}

static int commit(struct work *w)
{
	struct au_file files[AU_CHANGE_FILES_MAX];
	char message[300], id[AU_COMMIT_TEXT] = "", name[128], mail[128];
	struct au_change change = { .files = files,
				    .n_files = list_files(w, files),
				    .message = message,
				    .name = name,
				    .mail = mail,
				    .time = w->o->time };
	struct reference_signing signing = { w->crypto, w->o->key.key };
	const struct au_commit_signer signer =
		reference_commit_signer(&signing);
	struct ev_error err = { 0 };
	bool written = true;

	if (signing.key != NULL)
		change.signer = &signer;
	if (!split_user(w->o->user, name, mail))
		return cli_usage(&au_command_reference_add,
				 "--user %s: want NAME <mail>", w->o->user);
	snprintf(message, sizeof(message), "%s: %s %s%s%s%s\n",
		 w->o->add.product, w->exists ? "change" : "add",
		 w->o->add.version, w->o->add.state != NULL ? ", " : "",
		 w->o->add.state != NULL ? w->o->add.state : "",
		 w->envelope.n > 0 ? ", provenance" : "");
	if (au_git_commit_files(&w->tip, &change, id, &written, &err) != EV_OK)
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

/* The key first: a repository is not made for one that cannot be read. */
static int add_with_key(struct work *w)
{
	struct reference_options *o = w->o;
	struct ev_error err = { 0 };
	int exit = cmd_key_open(w->crypto, &au_command_reference_add, &o->key);

	if (exit == CLI_PASS && au_git_begin(&err) != EV_OK)
		return au_cmd_refused(o->repository, &err);
	if (exit != CLI_PASS)
		return exit;
	exit = add_reference(w);
	au_git_tip_free(&w->tip);
	git_repository_free(w->repo);
	au_git_end();
	return exit;
}

static int with_libraries(struct reference_options *o)
{
	struct work w = { .o = o, .crypto = ev_crypto_new() };
	int exit;

	if (w.crypto == NULL)
		return cli_trouble("libcrypto does not start");
	if (au_reference_path(ev_span_str(o->add.product),
			      ev_span_str(o->add.version), w.path))
		exit = add_with_key(&w);
	else
		exit = cli_usage(&au_command_reference_add,
				 "--product wants %s, --version %s",
				 au_text_want(AU_PRODUCT),
				 au_text_want(AU_VERSION));
	au_reference_free(&w.existing);
	cli_file_free(&w.recipe);
	cli_file_free(&w.artifact);
	ev_buffer_free(&w.envelope);
	free(w.manifest);
	cmd_key_free(&o->key);
	ev_crypto_free(w.crypto);
	return exit;
}

int au_cmd_reference_add(int argc, char **argv)
{
	struct reference_options o;
	int exit = reference_options_parse(argc, argv, &o);

	if (exit == CLI_PASS)
		exit = o.help ? cli_help(&au_command_reference_add)
			      : with_libraries(&o);
	reference_options_free(&o);
	/* Tools of a TPM were stopped by a signal that was caught for them. */
	co_stop_die();
	return exit;
}
