/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every byte of real evidence and its collateral is changed in turn, packed
 * anew and replayed as of its hour.  Some check whose inputs hold the byte
 * must fail, every check that fails must have the byte among its inputs, and
 * what does not pass any more without failing must be skipped because of
 * another check; or the byte is listed here with the reason why nothing
 * covers it.
 */
#include "tests/changed.h"
#include "tests/parts.h"
#include "tests/vectors.h"

#define NONE UINT8_MAX

/* Checks by their row in the table, or NONE. */
struct answer {
	uint8_t covered; /* one that failed, and the byte is its input */
	uint8_t foreign; /* one that failed, and the byte is not its input */
	uint8_t lost;	 /* one that says nothing any more, nor why */
	bool trouble;
};

/* One finding of the set as it came. */
struct before {
	const struct rp_check *check;
	char subject[EV_PATH_TEXT];
	enum rp_outcome outcome;
	bool applies;
};

#define BEFORE_MAX 512

struct worker {
	struct changed_set *set;
	struct before *before; /* of all workers */
	size_t n_before;
	size_t item;	  /* that is being changed */
	const char *path; /* of it */
	size_t byte;
	struct answer (*answers)[CHANGED_PATTERNS]; /* of all workers */
	struct answer *answer;			    /* this one's */
};

static const char *subject_of(const struct rp_finding *f)
{
	return f->subject != NULL ? f->subject->name : "";
}

static bool holds(const struct rp_finding *f, const char *path, size_t byte)
{
	for (size_t i = 0; i < f->n_inputs; i++)
		if (strcmp(f->input[i].item, path) == 0 &&
		    byte >= f->input[i].offset &&
		    byte - f->input[i].offset < f->input[i].length)
			return true;
	return false;
}

static bool same(const struct before *b, const struct rp_finding *f)
{
	return b->check == f->check && strcmp(b->subject, subject_of(f)) == 0;
}

/* Findings stand in the same order in both lists, but for some. */
static const struct before *find_before(const struct worker *w, size_t i,
					const struct rp_finding *f)
{
	if (i < w->n_before && same(&w->before[i], f))
		return &w->before[i];
	for (size_t k = 0; k < w->n_before; k++)
		if (same(&w->before[k], f))
			return &w->before[k];
	return NULL;
}

static const struct rp_finding *find_after(const struct rp_case *c, size_t i,
					   const struct before *b)
{
	if (i < c->n_findings && same(b, &c->findings[i]))
		return &c->findings[i];
	for (size_t k = 0; k < c->n_findings; k++)
		if (same(b, &c->findings[k]))
			return &c->findings[k];
	return NULL;
}

static void look_for_failures(const struct worker *w, const struct rp_case *c)
{
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct rp_finding *f = &c->findings[i];
		const struct before *b = find_before(w, i, f);
		uint8_t row = (uint8_t)(f->check - rp_checks);

		if (f->outcome != RP_FAIL ||
		    (b != NULL && b->outcome == RP_FAIL))
			continue;
		if (!holds(f, w->path, w->byte))
			w->answer->foreign = row;
		else if (w->answer->covered == NONE)
			w->answer->covered = row;
	}
}

static void look_for_losses(const struct worker *w, const struct rp_case *c)
{
	for (size_t i = 0; i < w->n_before; i++) {
		const struct before *b = &w->before[i];
		const struct rp_finding *f = find_after(c, i, b);

		if (b->outcome != RP_PASS)
			continue;
		if (f == NULL ||
		    (f->outcome == RP_SKIP && f->applies &&
		     strncmp(f->reason, "after: ", strlen("after: ")) != 0))
			w->answer->lost = (uint8_t)(b->check - rp_checks);
	}
}

static bool look(const struct rp_case *c, void *user)
{
	const struct worker *w = user;

	look_for_failures(w, c);
	look_for_losses(w, c);
	return true;
}

static bool remember(const struct rp_case *c, void *user)
{
	struct worker *w = user;

	w->before = calloc(BEFORE_MAX, sizeof(*w->before));
	if (w->before == NULL || c->n_findings > BEFORE_MAX)
		return false;
	for (size_t i = 0; i < c->n_findings; i++) {
		const struct rp_finding *f = &c->findings[i];
		struct before *b = &w->before[w->n_before++];

		*b = (struct before){ .check = f->check,
				      .outcome = f->outcome,
				      .applies = f->applies };
		snprintf(b->subject, sizeof(b->subject), "%s", subject_of(f));
	}
	return true;
}

/* Packs the set as it is now and replays it. */
static bool replay(struct worker *w, rp_visit_fn *visit)
{
	ev_auto_buffer struct ev_buffer file = { 0 };
	struct rp_request request = {
		.anchors = &w->set->anchors,
		.policy = &w->set->policy,
		.has_at = true,
		.at = w->set->at,
	};
	struct ev_error err = { 0 };
	struct ev_archive archive;
	bool ok;

	if (!changed_pack(w->set, NULL, &file) ||
	    ev_archive_open(w->set->crypto, ev_buffer_span(&file),
			    EV_ARCHIVE_MAX, &archive, &err) != EV_OK)
		return false;
	request.archive = &archive;
	ok = rp_replay_visit(w->set->crypto, &request, visit, w, &err) == RP_OK;
	ev_archive_free(&archive);
	return ok;
}

static void change(void *worker, size_t byte, unsigned int pattern)
{
	struct worker *w = worker;
	uint8_t *p = &w->set->parts.part[w->item].owned[byte];

	w->byte = byte;
	w->answer = &w->answers[byte][pattern];
	*w->answer = (struct answer){ NONE, NONE, NONE, false };
	*p ^= changed_patterns[pattern];
	w->answer->trouble = !replay(w, look);
	*p ^= changed_patterns[pattern];
}

/* --- what is said of one item --- */

static const char *id_of(uint8_t row)
{
	return row == NONE ? "-" : rp_checks[row].id;
}

/* Prints the ranges in which a rule is broken; true where it never is. */
static bool print_broken(const char *path, const char *what,
			 const uint8_t *rows, size_t n)
{
	bool ok = true;
	size_t from = 0, step = changed_step();

	for (size_t i = step; i - step < n; i += step) {
		if (i < n && rows[i] == rows[from])
			continue;
		if (rows[from] != NONE) {
			printf("# %s %zu..%zu: %s: %s\n", path, from,
			       (i < n ? i : n) - 1, id_of(rows[from]), what);
			ok = false;
		}
		from = i;
	}
	return ok;
}

/* Which check covers how many bytes, by the first in the table. */
static void print_cover(const char *path, const uint8_t *rows, size_t n)
{
	size_t count[NONE + 1] = { 0 };

	for (size_t i = 0; i < n; i += changed_step())
		count[rows[i]]++;
	printf("# %s:", path);
	for (size_t row = 0; row < NONE; row++)
		if (count[row] > 0)
			printf(" %s %zu", rp_checks[row].id, count[row]);
	printf("\n");
}

/* One column of the answers about an item. */
enum column { COVERED, FOREIGN, LOST };

static uint8_t *column(const struct worker *w, size_t n, enum column which)
{
	uint8_t *rows = malloc(n + 1);

	assert_non_null(rows);
	for (size_t i = 0; i < n; i += changed_step()) {
		rows[i] = which == COVERED ? 0 : NONE;
		for (size_t p = 0; p < CHANGED_PATTERNS; p++) {
			const struct answer *a = &w->answers[i][p];
			uint8_t row = which == COVERED	 ? a->covered
				      : which == FOREIGN ? a->foreign
							 : a->lost;

			assert_false(a->trouble);
			/* Covered only where every change was seen. */
			if (which == COVERED ? rows[i] != NONE : row != NONE)
				rows[i] = row;
		}
	}
	return rows;
}

/* A known gap may also leave a check without an answer. */
static void forgive(const char *path, uint8_t *lost, size_t n,
		    const struct changed_gap *gaps, size_t n_gaps)
{
	for (size_t i = 0; i < n_gaps; i++) {
		if (strcmp(gaps[i].item, path) != 0)
			continue;
		assert_true(gaps[i].offset + gaps[i].length <= n);
		memset(lost + gaps[i].offset, NONE, gaps[i].length);
	}
}

static bool judge(const struct worker *w, const struct changed_gap *gaps,
		  size_t n_gaps)
{
	size_t n = w->set->items[w->item].bytes.n;
	uint8_t *covered = column(w, n, COVERED);
	uint8_t *foreign = column(w, n, FOREIGN);
	uint8_t *lost = column(w, n, LOST);
	bool ok;

	print_cover(w->path, covered, n);
	forgive(w->path, lost, n, gaps, n_gaps);
	ok = print_broken(w->path, "failed, and this is not its input", foreign,
			  n);
	if (!print_broken(w->path, "neither failed nor skipped for another",
			  lost, n))
		ok = false;
	for (size_t i = 0; i < n; i += changed_step())
		covered[i] = covered[i] == NONE;
	if (!changed_explain(w->path, covered, n, gaps, n_gaps))
		ok = false;
	free(covered);
	free(foreign);
	free(lost);
	return ok;
}

/* --- a set --- */

static bool run_item(struct worker *workers, size_t n_workers, size_t item,
		     const char *path, const struct changed_gap *gaps,
		     size_t n_gaps)
{
	size_t n = workers[0].set->items[item].bytes.n;
	struct answer(*answers)[CHANGED_PATTERNS] = calloc(n, sizeof(*answers));
	void *pointers[CHANGED_WORKERS_MAX];
	bool ok;

	assert_non_null(answers);
	for (size_t i = 0; i < n_workers; i++) {
		workers[i].item = item;
		workers[i].path = path;
		workers[i].answers = answers;
		pointers[i] = &workers[i];
	}
	changed_run(path, pointers, n_workers, n, change);
	ok = judge(&workers[0], gaps, n_gaps);
	free(answers);
	return ok;
}

static bool run_set(const char *const *files, int64_t at,
		    const struct changed_gap *gaps, size_t n_gaps)
{
	struct worker workers[CHANGED_WORKERS_MAX] = { 0 };
	ev_auto_free char(*paths)[EV_PATH_TEXT] = NULL;
	size_t n = changed_n_workers(), n_items;
	struct ev_error err = { 0 };
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		workers[i].set = changed_open(files, 2, false, at);
		workers[i].before = workers[0].before;
		workers[i].n_before = workers[0].n_before;
		if (i == 0)
			assert_true(replay(&workers[0], remember));
	}
	n_items = workers[0].set->n_items;
	assert_int_equal(
		co_item_paths(workers[0].set->items, n_items, &paths, &err),
		EV_OK);
	for (size_t i = 0; i < n_items; i++)
		if (!run_item(workers, n, i, paths[i], gaps, n_gaps))
			ok = false;
	free(workers[0].before);
	for (size_t i = 0; i < n; i++)
		changed_close(workers[i].set);
	return ok;
}

static const char *const azure[] = {
	"e2e-tdx/azure-tdx-with-ak-intermediates-1780922561.yaml",
	"e2e-tdx/azure-collateral-with-ak-intermediates-1780922561.yaml",
};
static const int64_t azure_at = 1780922561;

#define HCL_GAPS 4

/* What a paravisor's report holds that nothing off the machine can judge. */
static void hcl_gaps(const char *path, const struct ev_hcl *h,
		     struct changed_gap gaps[HCL_GAPS])
{
	gaps[0] = (struct changed_gap){
		path, 4, 4,
		"header version: 1 and 2 are known, others are reported and "
		"change nothing in the layout"
	};
	gaps[1] = (struct changed_gap){
		path, h->td.offset + 2, 1,
		"TDREPORT REPORTTYPE.VERSION: 0 and 1 both exist, and only the "
		"MAC covers which"
	};
	gaps[2] = (struct changed_gap){
		path, ev_hcl_offset(h, h->td.cpusvn), h->td.cpusvn.n,
		"TDREPORT CPUSVN: only the MAC covers it, and a quote does not "
		"repeat it"
	};
	gaps[3] = (struct changed_gap){
		path, ev_hcl_offset(h, h->td.mac), h->td.mac.n,
		"TDREPORT MAC: made with a key of the CPU, which alone can "
		"check it"
	};
}

static void azure_is_covered_or_listed(void **state)
{
	struct changed_gap gaps[HCL_GAPS];
	struct ev_error err = { 0 };
	struct changed_set *set;
	struct ev_hcl hcl;

	(void)state;
	vectors_need();
	set = changed_open(azure, 2, false, azure_at);
	assert_int_equal(
		ev_hcl_parse(parts_bytes(&set->parts, "azure-hcl-report", 0),
			     &hcl, &err),
		EV_OK);
	hcl_gaps("items/azure-hcl-report/0000.bin", &hcl, gaps);
	changed_close(set);
	assert_true(run_set(azure, azure_at, gaps, HCL_GAPS));
}

static void gcp_is_covered_or_listed(void **state)
{
	static const char *const files[] = {
		"e2e-tdx/gcp-tdx-collateral-1782809233226668671.yaml",
		"e2e-tdx/gcp-tdx-1782809233226668671",
	};

	(void)state;
	vectors_need();
	assert_true(run_set(files, 1782809233, NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(azure_is_covered_or_listed),
		cmocka_unit_test(gcp_is_covered_or_listed),
	};

	json_object_seed(1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
