/* SPDX-License-Identifier: Apache-2.0 */
/* Who vouches for references, with signatures made here. */
#include "audit/references/vouching.h"

#include "audit/ssh/allowed_signers.h"
#include "audit/ssh/ssh_signature.h"
#include "evidence/base/base64.h"
/* First: its functions name the variable that the next one declares. */
#include "tests/sample.h"

#include "tests/commits_sample.h"

#define AT (COMMIT_TIME + 1000)

static enum ev_code sign(void *key, struct ev_span covered,
			 struct ev_buffer *out, struct ev_error *err)
{
	return co_sign(key, covered, out, err);
}

static void put_public(const struct co_key *key, struct ev_buffer *out)
{
	struct ev_span spki = co_key_spki(key);

	/* RFC 8410, 4: the key is the end of it. */
	au_ssh_put_ed25519(out, spki.p + spki.n - 32);
}

/* The armour over a message, NUL-terminated; the caller frees it. */
static char *signature_over(const char *message)
{
	struct co_key *key = sample_key(sample_ed25519);
	struct ev_buffer pub = { 0 }, armour = { 0 };
	struct ev_error err = { 0 };
	struct au_ssh_signing how = { .name_space = "git",
				      .algorithm = "ssh-ed25519",
				      .sign = sign,
				      .user = key };

	put_public(key, &pub);
	how.public_key = ev_buffer_span(&pub);
	assert_int_equal(au_ssh_signature_write(crypto, &how,
						ev_span_str(message), &armour,
						&err),
			 EV_OK);
	ev_buffer_free(&pub);
	co_key_free(key);
	return ev_buffer_take(&armour, NULL);
}

/* Signers: "a@b" with the sample's key and these options. */
static struct au_allowed_signers *signers_with(const char *options)
{
	struct co_key *key = sample_key(sample_ed25519);
	struct au_allowed_signers *out = NULL;
	struct ev_buffer pub = { 0 }, line = { 0 };
	struct ev_error err = { 0 };
	char blob[128];

	put_public(key, &pub);
	assert_true(pub.n < 64);
	ev_base64_encode(ev_buffer_span(&pub), blob);
	ev_buffer_printf(&line, "a@b %s ssh-ed25519 %s\n", options, blob);
	assert_int_equal(au_allowed_signers_parse(crypto, ev_buffer_span(&line),
						  &out, &err),
			 EV_OK);
	ev_buffer_free(&pub);
	ev_buffer_free(&line);
	co_key_free(key);
	return out;
}

/* The tip of main again, signed, or with that text for a signature. */
static git_oid sign_tip(git_repository *repo, const git_oid *id,
			const char *armour)
{
	git_commit *found = NULL;
	git_reference *moved = NULL;
	char *made = NULL, content[1024];
	git_oid out;

	assert_int_equal(git_commit_lookup(&found, repo, id), 0);
	snprintf(content, sizeof(content), "%s\n%s",
		 git_commit_raw_header(found), git_commit_message_raw(found));
	if (armour == NULL)
		armour = made = signature_over(content);
	assert_int_equal(git_commit_create_with_signature(&out, repo, content,
							  armour, NULL),
			 0);
	assert_int_equal(git_reference_create(&moved, repo, "refs/heads/main",
					      &out, 1, NULL),
			 0);
	git_reference_free(moved);
	git_commit_free(found);
	free(made);
	return out;
}

static void tag(git_repository *repo, const git_oid *target, bool is_signed)
{
	char id[AU_COMMIT_TEXT], content[2048];
	git_reference *made = NULL;
	git_odb *odb = NULL;
	char *armour;
	git_oid out;
	size_t n;

	git_oid_tostr(id, sizeof(id), target);
	n = (size_t)snprintf(content, sizeof(content),
			     "object %s\ntype commit\ntag v1\n"
			     "tagger a <a@b> 1780000500 +0000\n\nm\n",
			     id);
	armour = signature_over(content);
	if (is_signed)
		snprintf(content + n, sizeof(content) - n, "%s", armour);
	free(armour);
	assert_int_equal(git_repository_odb(&odb, repo), 0);
	assert_int_equal(git_odb_write(&out, odb, content, strlen(content),
				       GIT_OBJECT_TAG),
			 0);
	assert_int_equal(git_reference_create(&made, repo, "refs/tags/v1", &out,
					      1, NULL),
			 0);
	git_reference_free(made);
	git_odb_free(odb);
}

/* One opened vouching, and what it rests on. */
struct opened {
	struct au_place place;
	struct au_references refs;
	struct au_vouching *v;
	struct ev_error err;
};

static enum ev_code try_to_open(const char *text,
				const struct au_allowed_signers *signers,
				const char *known, struct opened *out)
{
	struct au_vouching_request request = {
		.crypto = crypto, .signers = signers, .at = AT, .known = known
	};

	memset(out, 0, sizeof(*out));
	assert_int_equal(au_place_parse(text, &out->place, &out->err), EV_OK);
	assert_int_equal(
		au_place_read(&out->place, crypto, &out->refs, &out->err),
		EV_OK);
	request.place = &out->place;
	request.commit = out->refs.commit;
	return au_vouching_open(&request, &out->v, &out->err);
}

static struct opened open_place(const char *text,
				const struct au_allowed_signers *signers,
				const char *known)
{
	struct opened o;

	if (try_to_open(text, signers, known, &o) != EV_OK)
		fail_msg("%s: %s: %s", text, o.err.field, o.err.found);
	return o;
}

static void opened_free(struct opened *o)
{
	au_vouching_free(o->v);
	au_references_free(&o->refs);
	au_place_free(&o->place);
}

static struct au_vouched find(struct opened *o, const char *path)
{
	struct au_vouched out;

	if (au_vouching_find(o->v, path, &out, &o->err) != EV_OK)
		fail_msg("%s: %s: %s", path, o->err.field, o->err.found);
	return out;
}

static void expect(const char *text, const struct au_allowed_signers *signers,
		   const char *state, enum au_voucher_kind kind, bool counts)
{
	struct opened o = open_place(in_dir(text), signers, NULL);
	struct au_vouched found = find(&o, PATH_17);

	if (strcmp(found.by->state, state) != 0)
		fail_msg("%s: %s (%s)", text, found.by->state,
			 found.by->reason);
	assert_int_equal(found.by->kind, kind);
	assert_int_equal(found.counts, counts);
	opened_free(&o);
}

static void the_first_that_is_good_decides(void **state)
{
	git_repository *repo = make("order.git", true);
	struct au_allowed_signers *signers = signers_with("");
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0), b;

	(void)state;
	expect("order.git", signers, "unsigned", AU_VOUCHER_COMMIT, false);
	expect("order.git", NULL, "unsigned", AU_VOUCHER_COMMIT, true);
	a = sign_tip(repo, &a, NULL);
	expect("order.git", signers, "good", AU_VOUCHER_COMMIT, true);
	expect("order.git", NULL, "not-asked", AU_VOUCHER_COMMIT, true);
	b = grow_one(repo, &a, "README", "x", 10);
	expect("order.git", signers, "good", AU_VOUCHER_FILE_COMMIT, true);
	tag(repo, &b, true);
	expect("order.git@v1", signers, "good", AU_VOUCHER_TAG, true);
	/* The same commit by another name: nobody named the tag. */
	expect("order.git@main", signers, "good", AU_VOUCHER_FILE_COMMIT, true);
	grow_one(repo, &b, PATH_17, V17_TWO, 20);
	expect("order.git", signers, "unsigned", AU_VOUCHER_COMMIT, false);
	au_allowed_signers_free(signers);
	git_repository_free(repo);
}

static void the_signer_is_judged_at_the_given_time(void **state)
{
	git_repository *repo = make("times.git", true);
	/* COMMIT_TIME is 2026-05-28T20:26:40Z. */
	static const struct {
		const char *options, *state;
	} cases[] = {
		{ "valid-before=\"20270101Z\"", "good" },
		{ "valid-before=\"20260101Z\"", "expired" },
		{ "valid-after=\"20270101Z\"", "not-yet-valid" },
		{ "namespaces=\"file\"", "other-namespace" },
		{ "namespaces=\"git\"", "good" },
	};
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);

	(void)state;
	sign_tip(repo, &a, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct au_allowed_signers *s = signers_with(cases[i].options);

		expect("times.git", s, cases[i].state, AU_VOUCHER_COMMIT,
		       strcmp(cases[i].state, "good") == 0);
		au_allowed_signers_free(s);
	}
	git_repository_free(repo);
}

static void other_kinds_are_named_and_never_good(void **state)
{
	git_repository *repo = make("kinds.git", true);
	struct au_allowed_signers *signers = signers_with("");
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	char *other = signature_over("something else");
	struct opened o;

	(void)state;
	sign_tip(repo, &a, "-----BEGIN PGP SIGNATURE-----\nabc");
	expect("kinds.git", signers, "not-judged", AU_VOUCHER_COMMIT, false);
	o = open_place(in_dir("kinds.git"), signers, NULL);
	assert_string_equal(find(&o, PATH_17).by->signature, "pgp");
	opened_free(&o);
	sign_tip(repo, &a, other);
	expect("kinds.git", signers, "bad-signature", AU_VOUCHER_COMMIT, false);
	sign_tip(repo, &a, "-----BEGIN SSH SIGNATURE-----\nabc");
	expect("kinds.git", signers, "unreadable", AU_VOUCHER_COMMIT, false);
	free(other);
	au_allowed_signers_free(signers);
	git_repository_free(repo);
}

static void an_answer_tells_when_and_by_whom(void **state)
{
	git_repository *repo = make("answer.git", true);
	struct au_allowed_signers *signers = signers_with("");
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0), b, c;
	struct au_vouched found;
	struct opened o;
	char hex[AU_COMMIT_TEXT];
	size_t n = 0;

	(void)state;
	a = sign_tip(repo, &a, NULL);
	b = grow_one(repo, &a, PATH_18, V18_GOOD, 10);
	c = grow_one(repo, &b, PATH_17, V17_GONE, 20);
	c = sign_tip(repo, &c, NULL);
	o = open_place(in_dir("answer.git"), signers, NULL);
	found = find(&o, PATH_17);
	assert_string_equal(found.entered->commit,
			    git_oid_tostr(hex, sizeof(hex), &a));
	assert_string_equal(found.entered->voucher.principals, "a@b");
	assert_int_equal(found.entered->voucher.time, COMMIT_TIME);
	assert_string_equal(found.changed->commit,
			    git_oid_tostr(hex, sizeof(hex), &c));
	found = find(&o, PATH_18);
	assert_null(found.changed);
	assert_string_equal(found.entered->voucher.state, "unsigned");
	assert_string_equal(found.by->object,
			    git_oid_tostr(hex, sizeof(hex), &c));
	assert_int_equal(au_vouching_paths(o.v, &n, &o.err), EV_OK);
	assert_int_equal(n, 2);
	assert_string_equal(au_vouching_path(o.v, 1), PATH_18);
	assert_null(au_vouching_path(o.v, 2));
	assert_int_equal(
		au_vouching_find(o.v, "references/x/y.json", &found, &o.err),
		EV_MISSING);
	opened_free(&o);
	au_allowed_signers_free(signers);
	git_repository_free(repo);
}

static void expect_known(const char *known, enum au_known_state state,
			 const char *by, bool counts)
{
	struct opened o = open_place(in_dir("known.git"), NULL, known);
	struct au_vouched found = find(&o, PATH_17);

	assert_int_equal(au_vouching_known(o.v)->state, state);
	assert_string_equal(found.by->state, by);
	assert_int_equal(found.counts, counts);
	assert_int_equal(au_voucher_is_bad(found.by),
			 state == AU_KNOWN_REWRITTEN);
	opened_free(&o);
}

static void a_rewritten_history_counts_for_nothing(void **state)
{
	git_repository *repo = make("known.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	git_oid b = grow_one(repo, &a, PATH_17, V17_GONE, 10);
	char first[AU_COMMIT_TEXT], lost[AU_COMMIT_TEXT], now[AU_COMMIT_TEXT];
	struct opened o;

	(void)state;
	git_oid_tostr(first, sizeof(first), &a);
	git_oid_tostr(lost, sizeof(lost), &b);
	expect_known(lost, AU_KNOWN_CURRENT, "unsigned", true);
	b = grow_one(repo, &a, "README", "x", 20);
	git_oid_tostr(now, sizeof(now), &b);
	expect_known(NULL, AU_KNOWN_NOT_ASKED, "unsigned", true);
	expect_known(now, AU_KNOWN_CURRENT, "unsigned", true);
	expect_known(first, AU_KNOWN_ANCESTOR, "unsigned", true);
	expect_known(lost, AU_KNOWN_REWRITTEN, "rewritten", false);
	expect_known("0123456789012345678901234567890123456789",
		     AU_KNOWN_REWRITTEN, "rewritten", false);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(try_to_open(in_dir("known.git"), NULL,
					     i == 0 ? "main" : "ABCDEF", &o),
				 EV_VALUE);
		assert_string_equal(o.err.field, "known");
		assert_null(o.v);
		opened_free(&o);
	}
	git_repository_free(repo);
}

static void a_folder_has_no_signatures(void **state)
{
	struct au_allowed_signers *signers = signers_with("");
	char path[320];
	FILE *f;

	(void)state;
	assert_int_equal(mkdir(in_dir("plain"), 0755), 0);
	assert_int_equal(mkdir(in_dir("plain/references"), 0755), 0);
	assert_int_equal(mkdir(in_dir("plain/references/openhcl"), 0755), 0);
	snprintf(path, sizeof(path), "%s", in_dir("plain/" PATH_17));
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(V17_GOOD, f) >= 0);
	fclose(f);
	expect("plain", signers, "not-in-git", AU_VOUCHER_NONE, false);
	expect("plain", NULL, "not-in-git", AU_VOUCHER_NONE, true);
	au_allowed_signers_free(signers);
}

static void a_repository_that_moved_on_is_refused(void **state)
{
	git_repository *repo = make("moved.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	struct au_place place = { NULL, NULL };
	char before[AU_COMMIT_TEXT];
	struct au_vouching_request request = { &place, before, crypto,
					       NULL,   0,      NULL };
	struct au_vouching *v = NULL;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_place_parse(in_dir("moved.git"), &place, &err),
			 EV_OK);
	git_oid_tostr(before, sizeof(before), &a);
	grow_one(repo, &a, "README", "x", 10);
	assert_int_equal(au_vouching_open(&request, &v, &err), EV_VALUE);
	assert_string_equal(err.field, "commit");
	assert_null(v);
	au_place_free(&place);
	git_repository_free(repo);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_that_is_good_decides),
		cmocka_unit_test(the_signer_is_judged_at_the_given_time),
		cmocka_unit_test(other_kinds_are_named_and_never_good),
		cmocka_unit_test(an_answer_tells_when_and_by_whom),
		cmocka_unit_test(a_rewritten_history_counts_for_nothing),
		cmocka_unit_test(a_folder_has_no_signatures),
		cmocka_unit_test(a_repository_that_moved_on_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
