/* SPDX-License-Identifier: Apache-2.0 */
/* How one file of references came to be what it is. */
#include "audit/references/reference_history.h"

#include "audit/references/file_walk.h"

#include <stdio.h>

static const char object[] = "repository";

const char *au_event_kind_name(enum au_event_kind kind)
{
	static const char *const names[] = { "added", "changed", "deleted",
					     "unreadable", "earlier" };

	return names[kind];
}

const char *au_reference_history_end_name(enum au_reference_history_end end)
{
	static const char *const names[] = { "whole", "shallow", "limit" };

	return names[end];
}

/* A manifest of some commit. */
struct version {
	struct au_git_file file;
	bool readable;
	struct au_reference reference; /* owned, where it is readable */
	struct ev_error refused;
};

struct reading {
	const struct au_git_graph *graph;
	const char *path;
	size_t *budget;
	struct ev_error *err;
};

static void version_free(struct version *v)
{
	au_reference_free(&v->reference);
	memset(v, 0, sizeof(*v));
}

static void refuse(struct version *v, enum ev_code code, const char *field,
		   const char *want, const char *found)
{
	ev_fail(&v->refused, code, "reference", field, 0, want, found);
}

static void check_path(struct version *v, const char *path)
{
	char want[AU_PATH_MAX];

	if (au_reference_path(v->reference.product, v->reference.version,
			      want) &&
	    strcmp(want, path) == 0)
		return;
	ev_fail_text(&v->refused, EV_VALUE, "reference", "path", 0, want,
		     ev_span_str(path));
}

/* The size of a blob that is small enough to be read; what it is not is in
 * v->refused. */
static enum ev_code check_blob(struct reading *r, struct version *v,
			       size_t *size)
{
	git_object_t type = GIT_OBJECT_INVALID;
	int code;

	if (v->file.mode != GIT_FILEMODE_BLOB &&
	    v->file.mode != GIT_FILEMODE_BLOB_EXECUTABLE) {
		refuse(v, EV_VALUE, "mode", "a regular file",
		       v->file.mode == GIT_FILEMODE_LINK ? "a symbolic link"
							 : "a submodule");
		return EV_OK;
	}
	code = git_odb_read_header(size, &type, r->graph->odb, &v->file.id);
	if (code != 0)
		return au_git_fail(code, object, "object", r->err);
	if (type != GIT_OBJECT_BLOB)
		refuse(v, EV_VALUE, "object", "blob",
		       git_object_type2string(type));
	else if (*size > AU_REFERENCE_MAX)
		refuse(v, EV_LIMIT, "size", "at most 262144 bytes", "more");
	else if (*size > *r->budget)
		return ev_fail(r->err, EV_LIMIT, object, "history", 0,
			       "versions of 128 MiB together", "more");
	return EV_OK;
}

static enum ev_code read_version(struct reading *r,
				 const struct au_git_file *file,
				 struct version *v)
{
	ev_auto(git_blob_free) git_blob *blob = NULL;
	size_t size = 0;
	int code;

	*v = (struct version){ .file = *file };
	if (check_blob(r, v, &size) != EV_OK)
		return r->err->code;
	if (v->refused.code != EV_OK)
		return EV_OK;
	*r->budget -= size;
	code = git_blob_lookup(&blob, r->graph->repo, &file->id);
	if (code != 0)
		return au_git_fail(code, object, "object", r->err);
	if (au_reference_parse(ev_span_of(git_blob_rawcontent(blob),
					  (size_t)git_blob_rawsize(blob)),
			       &v->reference, &v->refused) == EV_OK)
		check_path(v, r->path);
	if (v->refused.code == EV_TROUBLE)
		*r->err = v->refused;
	v->readable = v->refused.code == EV_OK;
	return r->err->code;
}

/* The commit's own words. */
static void describe_commit(const struct reading *r, size_t number,
			    struct au_event *e)
{
	const struct au_graph_commit *c = &r->graph->commit[number];

	e->number = number;
	e->time = c->time;
	git_oid_tostr(e->commit, sizeof(e->commit), &c->id);
	snprintf(e->author, sizeof(e->author), "%s", c->author);
}

static enum au_event_kind kind_of(const struct reading *r,
				  const struct au_file_step *step)
{
	if (r->graph->commit[step->number].end != AU_GRAPH_INNER)
		return AU_EVENT_EARLIER;
	if (step->to.mode == 0)
		return AU_EVENT_DELETED;
	return step->from.mode == 0 ? AU_EVENT_ADDED : AU_EVENT_CHANGED;
}

/* What the step made of the file; both versions may be unreadable. */
static void describe_content(const struct version *from,
			     const struct version *to, struct au_event *e)
{
	if (e->kind == AU_EVENT_DELETED)
		return;
	if (!to->readable) {
		if (e->kind != AU_EVENT_EARLIER)
			e->kind = AU_EVENT_UNREADABLE;
		ev_error_format(&to->refused, e->reason, sizeof(e->reason));
		return;
	}
	e->state = au_state_name(
		to->reference.status[to->reference.n_status - 1].state);
	if (e->kind == AU_EVENT_CHANGED)
		e->change = au_reference_compare(
			from->readable ? &from->reference : NULL,
			&to->reference);
}

/* *to holds the version that the step made, or an older file's where it made
 * none; it is what it changed when done, which mostly is what the next, older
 * step made. */
static enum ev_code describe(struct reading *r, const struct au_file_step *step,
			     struct version *to, struct au_event *e)
{
	struct version from = { .readable = false };

	e->kind = kind_of(r, step);
	e->came = e->kind == AU_EVENT_ADDED;
	e->time_goes_back = step->time_goes_back;
	describe_commit(r, step->number, e);
	if (step->to.mode != 0 && !au_git_file_eq(&step->to, &to->file)) {
		version_free(to);
		if (read_version(r, &step->to, to) != EV_OK)
			return r->err->code;
	}
	if (step->from.mode != 0 &&
	    read_version(r, &step->from, &from) != EV_OK)
		return r->err->code;
	describe_content(&from, to, e);
	version_free(to);
	*to = from;
	return EV_OK;
}

/* The nearest older step that made the file the same. */
static void find_restored(const struct au_file_walk *walk, size_t i,
			  struct au_event *event)
{
	const struct au_file_step *step = &walk->step[i];

	for (size_t k = i + 1; k < walk->n && step->to.mode != 0; k++) {
		if (!au_git_file_eq(&step->to, &walk->step[k].to))
			continue;
		memcpy(event[i].restores, event[k].commit,
		       sizeof(event[i].restores));
		return;
	}
}

static enum ev_code read_events(struct reading *r,
				const struct au_file_walk *walk,
				struct au_reference_history *out)
{
	struct version version = { .readable = false };
	enum ev_code code = EV_OK;

	out->event = calloc(walk->n + 1, sizeof(*out->event));
	if (out->event == NULL)
		return ev_fail_trouble(r->err, object, "out of memory");
	for (size_t i = 0; i < walk->n && code == EV_OK; i++)
		code = describe(r, &walk->step[i], &version, &out->event[i]);
	version_free(&version);
	out->n = walk->n;
	for (size_t i = 0; i < walk->n; i++)
		find_restored(walk, i, out->event);
	if (walk->dropped != SIZE_MAX)
		git_oid_tostr(out->dropped, sizeof(out->dropped),
			      &r->graph->commit[walk->dropped].id);
	out->is_present = walk->n > 0 && walk->step[0].to.mode != 0;
	out->end = walk->shallow ? AU_HISTORY_SHALLOW
		   : walk->limit ? AU_HISTORY_LIMIT
				 : AU_HISTORY_WHOLE;
	return code;
}

enum ev_code au_reference_history_read(const struct au_git_changes *changes,
				       size_t path, size_t *budget,
				       struct au_reference_history *out,
				       struct ev_error *err)
{
	struct reading r = { &changes->graph, changes->paths.path[path], budget,
			     err };
	struct au_reference_history history = { .n = 0 };
	struct au_file_walk walk = { .n = 0 };
	enum ev_code code = au_file_walk(changes, path, &walk, err);

	if (code == EV_OK)
		code = read_events(&r, &walk, &history);
	au_file_walk_free(&walk);
	if (code == EV_OK)
		*out = history;
	else
		au_reference_history_free(&history);
	return code;
}

void au_reference_history_free(struct au_reference_history *history)
{
	free(history->event);
	memset(history, 0, sizeof(*history));
}
