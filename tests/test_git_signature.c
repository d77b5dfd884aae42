/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of commits and tags, and the bytes that they are over. */
#include "audit/references/git_signature.h"
#include "tests/git_sample.h"

#define HEAD_LINES                                                             \
	"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"                      \
	"author a <b> 1780000000 +0000\n"                                      \
	"committer a <b> 1780000000 +0000\n"
#define SSH_BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define SSH_END	  "-----END SSH SIGNATURE-----\n"
#define TAG_LINES                                                              \
	"object 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"                    \
	"type commit\ntag v1\ntagger a <b> 1780000000 +0000\n\nv1\n"

static void expect(struct au_git_signature *s, enum au_signature_kind kind,
		   const char *armour, const char *message)
{
	assert_int_equal(s->kind, kind);
	assert_int_equal(s->armour.n, strlen(armour));
	assert_int_equal(s->message.n, strlen(message));
	if (s->armour.n > 0)
		assert_memory_equal(s->armour.p, armour, s->armour.n);
	if (s->message.n > 0)
		assert_memory_equal(s->message.p, message, s->message.n);
	au_git_signature_free(s);
	assert_int_equal(s->armour.n + s->message.n, 0);
}

static void commit_is(const char *bytes, enum au_signature_kind kind,
		      const char *armour, const char *message)
{
	struct au_git_signature s = { .kind = AU_SIGNATURE_NONE };
	struct ev_error err = { 0 };

	assert_int_equal(au_git_commit_signature(ev_span_str(bytes), &s, &err),
			 EV_OK);
	expect(&s, kind, armour, message);
}

static void tag_is(const char *bytes, enum au_signature_kind kind,
		   const char *armour, const char *message)
{
	struct au_git_signature s = { .kind = AU_SIGNATURE_NONE };
	struct ev_error err = { 0 };

	assert_int_equal(au_git_tag_signature(ev_span_str(bytes), &s, &err),
			 EV_OK);
	expect(&s, kind, armour, message);
}

static void a_commit_is_signed_without_its_signature(void **state)
{
	(void)state;
	commit_is(HEAD_LINES "gpgsig -----BEGIN SSH SIGNATURE-----\n abc\n"
			     " -----END SSH SIGNATURE-----\n"
			     "encoding x\n\nwords\n",
		  AU_SIGNATURE_SSH, SSH_BEGIN "abc\n" SSH_END,
		  HEAD_LINES "encoding x\n\nwords\n");
	commit_is(HEAD_LINES "\nwords\n", AU_SIGNATURE_NONE, "",
		  HEAD_LINES "\nwords\n");
	commit_is("", AU_SIGNATURE_NONE, "", "");
	/* Git leaves a signature for the other object format out, too. */
	commit_is(HEAD_LINES "gpgsig-sha256 x\n y\ngpgsig z\n\nwords\n",
		  AU_SIGNATURE_OTHER, "z\n", HEAD_LINES "\nwords\n");
	/* The lines that carry on another header are signed. */
	commit_is(HEAD_LINES "mergetag x\n gpgsig y\n\nwords",
		  AU_SIGNATURE_NONE, "",
		  HEAD_LINES "mergetag x\n gpgsig y\n\nwords");
	commit_is(HEAD_LINES "gpgsig x", AU_SIGNATURE_OTHER, "x", HEAD_LINES);
}

static void what_a_message_says_is_no_signature(void **state)
{
	static const char said[] =
		HEAD_LINES "\ngpgsig -----BEGIN SSH SIGNATURE-----\n abc\n";

	(void)state;
	commit_is(said, AU_SIGNATURE_NONE, "", said);
}

static void a_nul_ends_nothing(void **state)
{
	static const char bytes[] = "author a\0b\ngpgsig x\n\nwo\0rds\n";
	static const char message[] = "author a\0b\n\nwo\0rds\n";
	struct au_git_signature s = { .kind = AU_SIGNATURE_NONE };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		au_git_commit_signature(ev_span_of(bytes, sizeof(bytes) - 1),
					&s, &err),
		EV_OK);
	assert_int_equal(s.message.n, sizeof(message) - 1);
	assert_memory_equal(s.message.p, message, sizeof(message) - 1);
	assert_int_equal(s.armour.n, 2);
	au_git_signature_free(&s);
}

static void two_signatures_of_a_commit_are_refused(void **state)
{
	struct au_git_signature s = { .kind = AU_SIGNATURE_PGP };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		au_git_commit_signature(ev_span_str(HEAD_LINES "gpgsig x\n"
							       "gpgsig y\n\n"),
					&s, &err),
		EV_DUPLICATE);
	assert_string_equal(err.field, "gpgsig");
	assert_int_equal(s.kind, AU_SIGNATURE_PGP);
	assert_null(s.armour.p);
}

static void kinds_are_told_by_their_armour(void **state)
{
	static const struct {
		const char *begins;
		enum au_signature_kind kind;
		const char *name;
	} kinds[] = {
		{ "-----BEGIN SSH SIGNATURE-----", AU_SIGNATURE_SSH, "ssh" },
		{ "-----BEGIN PGP SIGNATURE-----", AU_SIGNATURE_PGP, "pgp" },
		{ "-----BEGIN PGP MESSAGE-----", AU_SIGNATURE_PGP, "pgp" },
		{ "-----BEGIN SIGNED MESSAGE-----", AU_SIGNATURE_X509, "x509" },
		{ "-----BEGIN NOTHING-----", AU_SIGNATURE_OTHER, "other" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char bytes[256];

		snprintf(bytes, sizeof(bytes), HEAD_LINES "gpgsig %s\n\nm\n",
			 kinds[i].begins);
		snprintf(bytes + 200, 56, "%s\n", kinds[i].begins);
		commit_is(bytes, kinds[i].kind, bytes + 200,
			  HEAD_LINES "\nm\n");
		assert_string_equal(au_signature_kind_name(kinds[i].kind),
				    kinds[i].name);
	}
	assert_string_equal(au_signature_kind_name(AU_SIGNATURE_NONE), "none");
}

static void a_tag_is_signed_up_to_its_last_armour(void **state)
{
	(void)state;
	tag_is(TAG_LINES SSH_BEGIN "abc\n" SSH_END, AU_SIGNATURE_SSH,
	       SSH_BEGIN "abc\n" SSH_END, TAG_LINES);
	tag_is(TAG_LINES, AU_SIGNATURE_NONE, "", TAG_LINES);
	tag_is("", AU_SIGNATURE_NONE, "", "");
	/* An armour in the words is signed by the one behind it. */
	tag_is(TAG_LINES "-----BEGIN PGP SIGNATURE-----\n" SSH_BEGIN "abc\n",
	       AU_SIGNATURE_SSH, SSH_BEGIN "abc\n",
	       TAG_LINES "-----BEGIN PGP SIGNATURE-----\n");
	/* Only a line begins one. */
	tag_is(TAG_LINES " " SSH_BEGIN, AU_SIGNATURE_NONE, "",
	       TAG_LINES " " SSH_BEGIN);
}

static void objects_are_read_by_their_id(void **state)
{
	ev_auto(git_odb_free) git_odb *odb = NULL;
	git_repository *repo = make("objects.git", true);
	struct au_git_signature s = { .kind = AU_SIGNATURE_NONE };
	struct ev_error err = { 0 }, missing = { 0 }, large = { 0 };
	char *much = calloc(1, AU_COMMIT_MAX + 1);
	git_oid id;

	(void)state;
	assert_non_null(much);
	assert_int_equal(git_repository_odb(&odb, repo), 0);
	assert_int_equal(git_odb_write(&id, odb, HEAD_LINES "gpgsig x\n\n",
				       sizeof(HEAD_LINES "gpgsig x\n\n") - 1,
				       GIT_OBJECT_COMMIT),
			 0);
	assert_int_equal(au_git_signature_read(odb, &id, &s, &err), EV_OK);
	expect(&s, AU_SIGNATURE_OTHER, "x\n", HEAD_LINES "\n");
	assert_int_equal(git_odb_write(&id, odb, TAG_LINES SSH_BEGIN,
				       sizeof(TAG_LINES SSH_BEGIN) - 1,
				       GIT_OBJECT_TAG),
			 0);
	assert_int_equal(au_git_signature_read(odb, &id, &s, &err), EV_OK);
	expect(&s, AU_SIGNATURE_SSH, SSH_BEGIN, TAG_LINES);
	assert_int_equal(git_odb_write(&id, odb, "x", 1, GIT_OBJECT_BLOB), 0);
	assert_int_equal(au_git_signature_read(odb, &id, &s, &err), EV_VALUE);
	assert_string_equal(err.found, "blob");
	memset(id.id, 7, sizeof(id.id));
	assert_int_equal(au_git_signature_read(odb, &id, &s, &missing),
			 EV_MISSING);
	assert_int_equal(
		git_odb_write(&id, odb, much, AU_COMMIT_MAX, GIT_OBJECT_COMMIT),
		0);
	assert_int_equal(au_git_signature_read(odb, &id, &s, &large), EV_OK);
	au_git_signature_free(&s);
	assert_int_equal(git_odb_write(&id, odb, much, AU_COMMIT_MAX + 1,
				       GIT_OBJECT_COMMIT),
			 0);
	assert_int_equal(au_git_signature_read(odb, &id, &s, &large), EV_LIMIT);
	free(much);
	git_repository_free(repo);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_is_signed_without_its_signature),
		cmocka_unit_test(what_a_message_says_is_no_signature),
		cmocka_unit_test(a_nul_ends_nothing),
		cmocka_unit_test(two_signatures_of_a_commit_are_refused),
		cmocka_unit_test(kinds_are_told_by_their_armour),
		cmocka_unit_test(a_tag_is_signed_up_to_its_last_armour),
		cmocka_unit_test(objects_are_read_by_their_id),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
