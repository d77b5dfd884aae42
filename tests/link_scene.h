/* SPDX-License-Identifier: Apache-2.0 */
/* Cases in which several items of a kind are to be told apart. */
#ifndef TESTS_LINK_SCENE_H
#define TESTS_LINK_SCENE_H

#include "replay/link.h"

#include "tests/replay_case.h"
#include "tests/vectors.h"

/* A case over items that are made up here, as if an archive held them. */
struct scene {
	struct replay_case r;
	struct ev_archive archive;
	struct ev_manifest_item entry[16];
	struct ev_relation relation[16];
	struct ev_member member[16];
	struct rp_seal seal;
	struct rp_case c;
};

static inline struct scene *scene(const char *golden)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	replay_open(&s->r, golden);
	s->archive.manifest.items = s->entry;
	s->archive.items = s->member;
	return s;
}

/* Names must be added in bytewise order; to NULL: no relation. */
static inline void add(struct scene *s, const char *name, const char *kind,
		       struct ev_span bytes, const char *rel, const char *to)
{
	size_t i = s->archive.manifest.n_items++;
	struct ev_manifest_item *e = &s->entry[i];

	assert_true(i < 16);
	*e = (struct ev_manifest_item){ .name = name, .kind_name = kind };
	e->kind = ev_kind_find(ev_span_str(kind));
	assert_non_null(e->kind);
	e->size = bytes.n;
	s->member[i].data = bytes;
	if (to == NULL)
		return;
	s->relation[i] = (struct ev_relation){ rel, to };
	e->relates = &s->relation[i];
	e->n_relates = 1;
}

static inline struct rp_case *build_with(struct scene *s, int64_t at,
					 const struct rp_loose *loose, size_t n)
{
	struct ev_error err = { 0 };

	s->c = (struct rp_case){
		.crypto = s->r.crypto,
		.archive = &s->archive,
		.seal = &s->seal,
		.anchors = &s->r.anchors,
		.policy = &s->r.policy,
		.at = at,
	};
	assert_int_equal(rp_case_build(&s->c, loose, n, &err), EV_OK);
	rp_case_link(&s->c);
	return &s->c;
}

static inline struct rp_case *build(struct scene *s, int64_t at)
{
	return build_with(s, at, NULL, 0);
}

static inline void end(struct scene *s)
{
	rp_case_free(&s->c);
	replay_close(&s->r);
	free(s);
}

static inline struct ev_span vector(const char *rel)
{
	struct ev_span out = { NULL, 0 };

	assert_true(vectors_read(rel, &out));
	return out;
}

#define V5	"dcap/tdx-v5-relaunch/"
#define SET1	V5 "collateral-2025-02-12-eval17/"
#define SET2	V5 "collateral-2026-01-12-eval18/"
#define IN_SET1 INT64_C(1740685200)
#define IN_SET2 INT64_C(1769529299)

static inline struct scene *two_sets(void)
{
	struct scene *s = scene(NULL);

	add(s, "a", "crl-der", vector(SET1 "pck_crl.der"), NULL, NULL);
	add(s, "b", "crl-der", vector(SET2 "pck_crl.der"), NULL, NULL);
	add(s, "c", "dcap-qe-identity", vector(SET1 "qe_identity.json"), NULL,
	    NULL);
	add(s, "d", "dcap-qe-identity", vector(SET2 "qe_identity.json"), NULL,
	    NULL);
	add(s, "e", "dcap-tcbinfo", vector(SET1 "tcb_info.json"), NULL, NULL);
	add(s, "f", "dcap-tcbinfo", vector(SET2 "tcb_info.json"), NULL, NULL);
	add(s, "g", "tdx-quote", vector(V5 "quote.bin"), NULL, NULL);
	return s;
}

/* An enclave with its set of number 19, a TD with that of 17. */
static inline struct scene *two_machines(void)
{
	static const char sgx[] = "dcap/sgx-v3-eval17-vs-19/"
				  "collateral-2025-05-27-eval19";
	struct scene *s = scene(NULL);

	add(s, "a", "crl-der", vector(vectors_join(sgx, "pck_crl.der")), NULL,
	    NULL);
	add(s, "b", "crl-der", vector(SET1 "pck_crl.der"), NULL, NULL);
	add(s, "c", "dcap-qe-identity", vector(SET1 "qe_identity.json"), NULL,
	    NULL);
	add(s, "d", "dcap-qe-identity",
	    vector(vectors_join(sgx, "qe_identity.json")), NULL, NULL);
	add(s, "e", "dcap-tcbinfo", vector(SET1 "tcb_info.json"), NULL, NULL);
	add(s, "f", "dcap-tcbinfo", vector(vectors_join(sgx, "tcb_info.json")),
	    NULL, NULL);
	add(s, "g", "sgx-quote", vector("dcap/sgx-v3-eval17-vs-19/quote.bin"),
	    NULL, NULL);
	add(s, "h", "tdx-quote", vector(V5 "quote.bin"), NULL, NULL);
	return s;
}

#endif
