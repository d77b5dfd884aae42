/* SPDX-License-Identifier: Apache-2.0 */
/* Who vouches for the references of a place. */
#include "audit/references/vouching.h"

#include "audit/references/git_revision.h"
#include "audit/references/git_signature.h"
#include "audit/references/overruling.h"

#include <stdio.h>

static const char object[] = "repository";

/* One file that was asked for. */
struct answer {
	bool there;
	struct au_reference_history history;
	struct au_voucher by;
};

struct au_vouching {
	struct au_vouching_request request;
	struct au_voucher_trust trust;
	bool began;	      /* au_git_begin */
	git_repository *repo; /* NULL: a plain folder */
	git_oid commit;
	struct au_git_named_tag tag;
	struct au_voucher of_tag, of_commit;
	struct au_known known;
	struct au_voucher verdict_on_all; /* state NULL: none */
	/* From the first question on. */
	bool walked;
	struct au_git_changes changes;
	struct answer *answer; /* by number of the path */
	size_t budget;
	/* By number of the commit: how many are shared by many files. */
	struct au_voucher **voucher;
};

/* The graph and all changes, at the first need. */
static enum ev_code walk(struct au_vouching *v, struct ev_error *err)
{
	if (v->walked)
		return EV_OK;
	if (au_git_changes_read(v->repo, &v->commit, &v->changes, err) != EV_OK)
		return err->code;
	v->answer = calloc(v->changes.paths.n + 1, sizeof(*v->answer));
	v->voucher = calloc(v->changes.graph.n, sizeof(*v->voucher));
	if (v->answer == NULL || v->voucher == NULL) {
		free(v->answer);
		free(v->voucher);
		v->answer = NULL;
		v->voucher = NULL;
		au_git_changes_free(&v->changes);
		return ev_fail_trouble(err, object, "out of memory");
	}
	v->budget = AU_EVENTS_BYTES_MAX;
	v->walked = true;
	return EV_OK;
}

static enum ev_code judge_known(struct au_vouching *v, struct ev_error *err)
{
	git_oid id;

	if (v->request.known == NULL)
		return EV_OK;
	if (!au_known_is_id(v->request.known))
		return ev_fail_text(err, EV_VALUE, object, "known", EV_NO_BYTE,
				    "a commit id of 40 lower-case hex digits",
				    ev_span_str(v->request.known));
	if (v->repo == NULL)
		v->known =
			(struct au_known){ AU_KNOWN_NOT_REACHED, "not in git" };
	else if (walk(v, err) != EV_OK)
		return err->code;
	else if (git_oid_fromstr(&id, v->request.known) == 0)
		v->known = au_known_of(&v->changes.graph, &id);
	if (v->known.state == AU_KNOWN_REWRITTEN)
		v->verdict_on_all =
			au_voucher_none(AU_VOUCHED_REWRITTEN, v->known.reason);
	if (v->known.state == AU_KNOWN_NOT_REACHED)
		v->verdict_on_all = au_voucher_none(AU_VOUCHED_NOT_REACHED,
						    v->known.reason);
	return EV_OK;
}

/* Neither can be judged: there is nothing but files. */
static void say_not_in_git(struct au_vouching *v)
{
	v->of_commit = au_voucher_none(AU_VOUCHED_NOT_IN_GIT,
				       "a plain folder has no signatures");
	v->of_tag = v->of_commit;
	v->verdict_on_all = v->of_commit;
}

/* Those of REV itself. */
static enum ev_code judge_revision(struct au_vouching *v, struct ev_error *err)
{
	v->of_tag = au_voucher_none(AU_VOUCHED_UNSIGNED,
				    "no annotated tag was named");
	if (!git_oid_is_zero(&v->tag.id) &&
	    au_voucher_read(v->repo, AU_VOUCHER_TAG, &v->tag.id, &v->trust,
			    &v->of_tag, err) != EV_OK)
		return err->code;
	if (v->tag.other_name && au_voucher_is_good(&v->of_tag))
		au_voucher_object(&v->of_tag, AU_VOUCHED_OTHER_NAME,
				  "the tag has another name than it is "
				  "asked by");
	return au_voucher_read(v->repo, AU_VOUCHER_COMMIT, &v->commit,
			       &v->trust, &v->of_commit, err);
}

static enum ev_code open_repository(struct au_vouching *v, struct ev_error *err)
{
	const struct au_place *place = v->request.place;
	ev_auto(git_commit_free) git_commit *commit = NULL;
	char id[AU_COMMIT_TEXT];

	if (au_git_begin(err) != EV_OK)
		return err->code;
	v->began = true;
	if (au_git_open(place->path, &v->repo, err) != EV_OK ||
	    au_git_commit_and_tag(v->repo, place->rev, &commit, &v->tag, err) !=
		    EV_OK)
		return err->code;
	git_oid_cpy(&v->commit, git_commit_id(commit));
	git_oid_tostr(id, sizeof(id), &v->commit);
	if (v->request.commit != NULL && strcmp(id, v->request.commit) != 0)
		return ev_fail(err, EV_VALUE, object, "commit", EV_NO_BYTE,
			       v->request.commit, id);
	return judge_revision(v, err);
}

static enum ev_code open_place(struct au_vouching *v, struct ev_error *err)
{
	bool is_git = true;

	if (v->request.commit != NULL)
		is_git = v->request.commit[0] != '\0';
	else if (au_place_is_git(v->request.place, &is_git, err) != EV_OK)
		return err->code;
	if (!is_git)
		say_not_in_git(v);
	else if (open_repository(v, err) != EV_OK)
		return err->code;
	return judge_known(v, err);
}

enum ev_code au_vouching_open(const struct au_vouching_request *request,
			      struct au_vouching **out, struct ev_error *err)
{
	struct au_vouching *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	v->request = *request;
	v->trust = (struct au_voucher_trust){ request->crypto, request->signers,
					      request->at };
	v->known = (struct au_known){ AU_KNOWN_NOT_ASKED, "" };
	if (open_place(v, err) != EV_OK) {
		au_vouching_free(v);
		return err->code;
	}
	*out = v;
	return EV_OK;
}

static void forget_answers(struct au_vouching *v)
{
	for (size_t i = 0; v->walked && i < v->changes.paths.n; i++) {
		au_reference_history_free(&v->answer[i].history);
		v->answer[i] = (struct answer){ .there = false };
	}
	for (size_t i = 0; v->walked && i < v->changes.graph.n; i++) {
		free(v->voucher[i]);
		v->voucher[i] = NULL;
	}
	v->budget = AU_EVENTS_BYTES_MAX;
}

enum ev_code au_vouching_at(struct au_vouching *v, int64_t at,
			    struct ev_error *err)
{
	if (v->request.signers == NULL || v->trust.at == at)
		return EV_OK;
	v->trust.at = at;
	forget_answers(v);
	return v->repo != NULL ? judge_revision(v, err) : EV_OK;
}

void au_vouching_free(struct au_vouching *v)
{
	if (v == NULL)
		return;
	forget_answers(v);
	free(v->answer);
	free(v->voucher);
	au_git_changes_free(&v->changes);
	if (v->repo != NULL)
		git_repository_free(v->repo);
	if (v->began)
		au_git_end();
	free(v);
}

const struct au_known *au_vouching_known(const struct au_vouching *v)
{
	return &v->known;
}

const struct au_voucher *au_vouching_tag(const struct au_vouching *v)
{
	return &v->of_tag;
}

const struct au_voucher *au_vouching_commit(const struct au_vouching *v)
{
	return &v->of_commit;
}

/* The voucher of commit number n, judged once. */
static enum ev_code file_commit(struct au_vouching *v, size_t n,
				struct au_voucher *out, struct ev_error *err)
{
	struct au_voucher *made = v->voucher[n];

	if (made == NULL) {
		made = calloc(1, sizeof(*made));
		if (made == NULL)
			return ev_fail_trouble(err, object, "out of memory");
		if (au_voucher_read(v->repo, AU_VOUCHER_FILE_COMMIT,
				    &v->changes.graph.commit[n].id, &v->trust,
				    made, err) != EV_OK) {
			free(made);
			return err->code;
		}
		v->voucher[n] = made;
	}
	*out = *made;
	return EV_OK;
}

static enum ev_code is_good_commit(void *state, size_t commit, bool *good,
				   struct ev_error *err)
{
	struct au_voucher by;
	enum ev_code code = file_commit(state, commit, &by, err);

	*good = code == EV_OK && au_voucher_is_good(&by);
	return code;
}

static struct au_voucher overruled(const struct au_vouching *v,
				   const struct au_overruling *o)
{
	char reason[200], shown[AU_PATH_MAX], id[AU_COMMIT_TEXT];

	git_oid_tostr(id, sizeof(id), &v->changes.graph.commit[o->commit].id);
	ev_show(ev_span_str(v->changes.paths.path[o->path]), shown,
		sizeof(shown));
	snprintf(reason, sizeof(reason),
		 "%.12s changed or deleted %.100s later, and nobody vouches "
		 "for that",
		 id, shown);
	return au_voucher_none(AU_VOUCHED_OVERRULED, reason);
}

/* What the file's commit says, and whether somebody took away later what it
 * vouched for; out->state NULL: it does not vouch. */
static enum ev_code ask_file_commit(struct au_vouching *v, size_t path,
				    const struct au_reference_history *h,
				    struct au_voucher *out,
				    struct ev_error *err)
{
	const struct au_commit_judge judge = { is_good_commit, v };
	struct au_overruling found;

	if (h->n == 0 || h->dropped[0] != '\0' ||
	    h->event[0].kind == AU_EVENT_EARLIER ||
	    !au_voucher_is_good(&h->event[0].voucher))
		return EV_OK;
	if (au_overruling_find(&v->changes, path, h->event[0].number, &judge,
			       &found, err) != EV_OK)
		return err->code;
	*out = found.commit == SIZE_MAX ? h->event[0].voucher
					: overruled(v, &found);
	return EV_OK;
}

/* The first that is good; else that of the commit, or of a tag that is worse
 * than unsigned, or why the file's own does not count. */
static enum ev_code decide(struct au_vouching *v, size_t path,
			   const struct au_reference_history *h,
			   struct au_voucher *out, struct ev_error *err)
{
	const struct au_voucher *of_revision =
		au_voucher_is_bad(&v->of_tag) ? &v->of_tag : &v->of_commit;
	struct au_voucher file = { .state = NULL };

	if (v->verdict_on_all.state != NULL)
		of_revision = &v->verdict_on_all;
	else if (au_voucher_is_good(&v->of_tag))
		of_revision = &v->of_tag;
	else if (au_voucher_is_good(&v->of_commit))
		of_revision = &v->of_commit;
	else if (ask_file_commit(v, path, h, &file, err) != EV_OK)
		return err->code;
	*out = file.state != NULL ? file : *of_revision;
	return EV_OK;
}

static enum ev_code make_answer(struct au_vouching *v, size_t path,
				struct ev_error *err)
{
	struct answer *a = &v->answer[path];
	struct au_reference_history history = { .n = 0 };
	struct au_voucher by;

	if (a->there)
		return EV_OK;
	if (au_reference_history_read(&v->changes, path, &v->budget, &history,
				      err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < history.n; i++) {
		if (file_commit(v, history.event[i].number,
				&history.event[i].voucher, err) != EV_OK) {
			au_reference_history_free(&history);
			return err->code;
		}
	}
	if (decide(v, path, &history, &by, err) != EV_OK) {
		au_reference_history_free(&history);
		return err->code;
	}
	*a = (struct answer){ true, history, by };
	return EV_OK;
}

static void fill(const struct au_vouching *v, const struct answer *a,
		 struct au_vouched *out)
{
	const struct au_reference_history *h = &a->history;

	*out = (struct au_vouched){ .by = &a->by, .history = h };
	out->counts =
		v->verdict_on_all.state == NULL &&
		(v->request.signers == NULL || au_voucher_is_good(&a->by));
	for (size_t i = 0; i < h->n && out->entered == NULL; i++) {
		const struct au_event *e = &h->event[i];

		if (e->came)
			out->entered = e;
	}
	if (h->n > 0 && h->is_present && out->entered != h->event &&
	    h->event[0].kind != AU_EVENT_EARLIER)
		out->changed = h->event;
}

enum ev_code au_vouching_find(struct au_vouching *v, const char *path,
			      struct au_vouched *out, struct ev_error *err)
{
	size_t number;

	*out = (struct au_vouched){ .by = &v->verdict_on_all };
	if (v->repo == NULL) {
		out->counts =
			v->request.signers == NULL && v->request.known == NULL;
		return EV_OK;
	}
	if (walk(v, err) != EV_OK)
		return err->code;
	number = au_path_table_find(&v->changes.paths, path);
	if (number == SIZE_MAX)
		return ev_fail_text(err, EV_MISSING, object, "path", EV_NO_BYTE,
				    "a file that the history knows",
				    ev_span_str(path));
	if (make_answer(v, number, err) != EV_OK)
		return err->code;
	fill(v, &v->answer[number], out);
	return EV_OK;
}

enum ev_code au_vouching_paths(struct au_vouching *v, size_t *n,
			       struct ev_error *err)
{
	if (v->repo != NULL && walk(v, err) != EV_OK)
		return err->code;
	*n = v->changes.paths.n;
	return EV_OK;
}

const char *au_vouching_path(const struct au_vouching *v, size_t i)
{
	return i < v->changes.paths.n ? v->changes.paths.path[i] : NULL;
}
