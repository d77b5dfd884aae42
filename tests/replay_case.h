/* SPDX-License-Identifier: Apache-2.0 */
/* Golden cases opened in memory, with the SIMULATED anchors and a policy. */
#ifndef TESTS_REPLAY_CASE_H
#define TESTS_REPLAY_CASE_H

#include "replay/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define REPLAY_AS_OF INT64_C(1780922561) /* the cases' own time */

struct replay_case {
	struct ev_crypto *crypto;
	struct rp_anchors anchors;
	struct rp_policy policy;
	char *file;
	struct ev_archive archive;
};

/* A file of the source tree; the caller frees it. */
static inline char *replay_read(const char *rel, size_t *n)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	char path[1000], *bytes;
	long end;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root != NULL ? root : ".", rel);
	f = fopen(path, "rb");
	if (f == NULL) {
		fail_msg("cannot open %s", path);
		abort();
	}
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	end = ftell(f);
	assert_true(end >= 0);
	rewind(f);
	bytes = calloc(1, (size_t)end + 1);
	assert_non_null(bytes);
	*n = fread(bytes, 1, (size_t)end, f);
	assert_int_equal(*n, end);
	fclose(f);
	return bytes;
}

static inline void replay_anchor(struct replay_case *r, const char *rel)
{
	struct ev_error err = { 0 };
	size_t n;
	char *file = replay_read(rel, &n);

	assert_int_equal(rp_anchors_add(r->crypto, ev_span_of(file, n),
					&r->anchors, &err),
			 EV_OK);
	free(file);
}

static inline enum ev_code replay_policy(struct replay_case *r,
					 const char *json, struct ev_error *err)
{
	rp_policy_free(&r->policy);
	return rp_policy_parse(r->crypto, ev_span_str(json), &r->policy, err);
}

/* name: a folder of testdata/replay, NULL for none. */
static inline void replay_open(struct replay_case *r, const char *name)
{
	struct ev_error err = { 0 };
	char rel[200], *text;
	size_t n;

	*r = (struct replay_case){ .crypto = ev_crypto_new() };
	assert_non_null(r->crypto);
	replay_anchor(r, "testdata/anchors/simulated/intel-sgx-root.pem");
	replay_anchor(r, "testdata/anchors/simulated/azure-vtpm-root.pem");
	replay_anchor(r, "testdata/anchors/simulated/tsa-root.pem");
	replay_anchor(r, "testdata/anchors/simulated/azure-imds-root.pem");
	replay_anchor(r, "testdata/anchors/simulated/azure-imds-self.pem");
	replay_anchor(r, "testdata/anchors/simulated/"
			 "intel-trust-authority-root.pem");
	replay_anchor(r, "testdata/anchors/simulated/"
			 "google-confidential-space-root.pem");
	replay_anchor(r, "testdata/anchors/simulated/amd-ark.pem");
	replay_anchor(r, "testdata/anchors/simulated/tls-root.pem");
	text = rp_policy_default(&n);
	assert_non_null(text);
	assert_int_equal(replay_policy(r, text, &err), EV_OK);
	free(text);
	if (name == NULL)
		return;
	snprintf(rel, sizeof(rel), "testdata/replay/%s/archive.tar", name);
	r->file = replay_read(rel, &n);
	assert_int_equal(ev_archive_open(r->crypto, ev_span_of(r->file, n),
					 EV_ARCHIVE_MAX, &r->archive, &err),
			 EV_OK);
}

static inline void replay_close(struct replay_case *r)
{
	ev_archive_free(&r->archive);
	rp_policy_free(&r->policy);
	rp_anchors_free(&r->anchors);
	ev_crypto_free(r->crypto);
	free(r->file);
}

/* The bytes of the nth item of a kind. */
static inline struct ev_span replay_item(const struct replay_case *r,
					 const char *kind, size_t nth)
{
	const struct ev_manifest *m = &r->archive.manifest;

	for (size_t i = 0; i < m->n_items; i++)
		if (strcmp(m->items[i].kind_name, kind) == 0 && nth-- == 0)
			return r->archive.items[i].data;
	fail_msg("no item of kind %s", kind);
	return (struct ev_span){ NULL, 0 };
}

static inline struct rp_request replay_request(struct replay_case *r)
{
	return (struct rp_request){
		.archive = r->file != NULL ? &r->archive : NULL,
		.anchors = &r->anchors,
		.policy = &r->policy,
		.has_at = true,
		.at = REPLAY_AS_OF,
	};
}

/* The report; the caller frees result.report. */
static inline struct rp_result replay_run(struct replay_case *r,
					  const struct rp_request *request)
{
	struct rp_result result = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(rp_replay(r->crypto, request, &result, &err), RP_OK);
	return result;
}

static inline void replay_visit(struct replay_case *r,
				const struct rp_request *request,
				rp_visit_fn *visit, void *user)
{
	struct ev_error err = { 0 };

	assert_int_equal(rp_replay_visit(r->crypto, request, visit, user, &err),
			 RP_OK);
}

#endif
