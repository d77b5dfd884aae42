/* SPDX-License-Identifier: Apache-2.0 */
/* Sets that are changed, the loop over their bytes, and the list of what
 * nothing covers. */
#include "tests/changed.h"

#include "tests/parts.h"
#include "tests/sanitized.h"
#include "tests/vectors.h"

#include <glob.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

/* The lowest bit, which keeps most text well-formed, and the highest, which
 * does not. */
const uint8_t changed_patterns[CHANGED_PATTERNS] = { 0x01, 0x80 };

size_t changed_step(void)
{
	const char *given = getenv("ECART_COVERAGE_STEP");
	unsigned long step = given != NULL ? strtoul(given, NULL, 10) : 0;

	if (step > 0)
		return step;
	return SANITIZED ? 17 : 1;
}

/* Files that were read: each once, for as long as the program runs. */
static struct {
	char name[256];
	uint8_t *bytes;
	size_t n;
} files_read[32];

struct ev_span changed_source_file(const char *name)
{
	size_t slot = 0;
	const char *root = getenv("ECART_SOURCE_ROOT");
	const char *path =
		name[0] == '/' ? name
			       : vectors_join(root != NULL ? root : ".", name);
	FILE *f;

	for (; files_read[slot].bytes != NULL; slot++) {
		assert_true(slot + 1 <
			    sizeof(files_read) / sizeof(*files_read));
		if (strcmp(files_read[slot].name, name) == 0)
			return ev_span_of(files_read[slot].bytes,
					  files_read[slot].n);
	}
	assert_true(strlen(name) < sizeof(files_read[slot].name));
	f = fopen(path, "rb");
	files_read[slot].bytes = calloc(1, EV_COLLATERAL_MAX + 1);
	if (f == NULL || files_read[slot].bytes == NULL)
		fail_msg("%s cannot be read", path);
	strcpy(files_read[slot].name, name);
	files_read[slot].n =
		fread(files_read[slot].bytes, 1, EV_COLLATERAL_MAX, f);
	fclose(f);
	return ev_span_of(files_read[slot].bytes, files_read[slot].n);
}

static void add_anchors(struct changed_set *set)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	struct ev_error err = { 0 };
	glob_t files;

	if (glob(vectors_join(root != NULL ? root : ".", "anchors/*/*.pem"), 0,
		 NULL, &files) != 0)
		fail_msg("no anchors in the source tree");
	for (size_t i = 0; i < files.gl_pathc; i++)
		assert_int_equal(
			rp_anchors_add(set->crypto,
				       changed_source_file(files.gl_pathv[i]),
				       &set->anchors, &err),
			EV_OK);
	globfree(&files);
}

static void add_policy(struct changed_set *set)
{
	struct ev_error err = { 0 };
	size_t n;
	char *text = rp_policy_default(&n);

	assert_non_null(text);
	assert_int_equal(rp_policy_parse(set->crypto, ev_span_of(text, n),
					 &set->policy, &err),
			 EV_OK);
	free(text);
}

/* Relations to what is left out are left out. */
static void drop_wrappers(struct co_parts *parts)
{
	size_t place[CO_PARTS_MAX], n = 0;

	for (size_t i = 0; i < parts->n; i++) {
		place[i] = n;
		if (strcmp(parts->part[i].kind, "wrapper") != 0)
			n++;
		else
			place[i] = CO_PARTS_MAX;
	}
	for (size_t i = 0; i < parts->n; i++) {
		struct co_part *p = &parts->part[i];
		size_t kept = 0;

		for (size_t k = 0; k < p->n_relates; k++) {
			p->relates[kept] = p->relates[k];
			p->relates[kept].part = place[p->relates[k].part];
			kept += p->relates[kept].part != CO_PARTS_MAX;
		}
		p->n_relates = kept;
		if (place[i] == CO_PARTS_MAX)
			free(p->owned);
		else
			parts->part[place[i]] = *p;
	}
	parts->n = n;
}

/* Every byte is changed in turn, and a borrowed file cannot be. */
static void own_all(struct co_parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		struct co_part *p = &parts->part[i];

		if (p->owned != NULL)
			continue;
		p->owned = malloc(p->n + 1);
		assert_non_null(p->owned);
		memcpy(p->owned, p->bytes, p->n);
		p->bytes = p->owned;
	}
}

static void make_items(struct changed_set *set)
{
	set->n_items = set->parts.n;
	set->items = calloc(set->n_items, sizeof(*set->items));
	assert_non_null(set->items);
	for (size_t i = 0; i < set->n_items; i++) {
		const struct co_part *part = &set->parts.part[i];

		set->items[i] = (struct co_item){
			.kind = part->kind,
			.bytes = ev_span_of(part->bytes, part->n),
			.media_type = part->media_type,
			.extension = part->extension,
			.source_type = "file",
			.source_detail = part->detail,
			.scheme = part->scheme,
			.relates = part->relates,
			.n_relates = part->n_relates,
		};
	}
}

struct changed_set *changed_open(const char *const *files, size_t n_files,
				 bool with_wrappers, int64_t at)
{
	struct changed_set *set = calloc(1, sizeof(*set));

	assert_non_null(set);
	set->at = at;
	set->crypto = ev_crypto_new();
	assert_non_null(set->crypto);
	for (size_t i = 0; i < n_files; i++) {
		struct ev_span file;

		assert_true(vectors_read(files[i], &file));
		parts_import(&set->parts, file);
	}
	if (!with_wrappers)
		drop_wrappers(&set->parts);
	own_all(&set->parts);
	make_items(set);
	add_anchors(set);
	add_policy(set);
	return set;
}

void changed_close(struct changed_set *set)
{
	rp_policy_free(&set->policy);
	rp_anchors_free(&set->anchors);
	co_parts_free(&set->parts);
	ev_crypto_free(set->crypto);
	free(set->items);
	free(set);
}

bool changed_pack(const struct changed_set *set, const struct co_key *key,
		  struct ev_buffer *out)
{
	struct co_archive_options options = {
		.claims = { .verb = "pack", .has_time = true, .time = set->at },
		.key = key,
	};
	struct ev_error err = { 0 };

	return co_archive_make(set->crypto, set->items, set->n_items, &options,
			       ev_sink_buffer(out), NULL, &err) == EV_OK;
}

/* --- the loop --- */

/* Bytes that a thread takes at a time. */
#define CHUNK 32

struct loop {
	atomic_size_t next; /* chunk */
	size_t n;
	changed_fn *fn;
};

struct thread {
	pthread_t id;
	struct loop *loop;
	void *worker;
};

static void *work(void *argument)
{
	const struct thread *t = argument;
	struct loop *l = t->loop;
	size_t step = changed_step();

	for (;;) {
		size_t from = CHUNK * atomic_fetch_add(&l->next, 1);

		if (from >= l->n)
			return NULL;
		for (size_t i = from; i < from + CHUNK && i < l->n; i++)
			for (unsigned int p = 0;
			     i % step == 0 && p < CHANGED_PATTERNS; p++)
				l->fn(t->worker, i, p);
	}
}

size_t changed_n_workers(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 1)
		return 1;
	return n < CHANGED_WORKERS_MAX ? (size_t)n : CHANGED_WORKERS_MAX;
}

static int64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void changed_run(const char *what, void *const *workers, size_t n_workers,
		 size_t n, changed_fn *fn)
{
	struct thread threads[CHANGED_WORKERS_MAX];
	struct loop loop = { .n = n, .fn = fn };
	int64_t wall = now(CLOCK_MONOTONIC);
	int64_t cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	size_t step = changed_step();
	size_t asked = (n + step - 1) / step * CHANGED_PATTERNS;

	assert_in_range(n_workers, 1, CHANGED_WORKERS_MAX);
	for (size_t i = 0; i < n_workers; i++) {
		threads[i] =
			(struct thread){ .loop = &loop, .worker = workers[i] };
		assert_int_equal(
			pthread_create(&threads[i].id, NULL, work, &threads[i]),
			0);
	}
	for (size_t i = 0; i < n_workers; i++)
		pthread_join(threads[i].id, NULL);
	wall = now(CLOCK_MONOTONIC) - wall;
	cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	printf("# %s: %zu bytes, every %zu%s, XOR 0x%02x and 0x%02x: %zu "
	       "changes in %" PRId64 ".%03" PRId64 " s, %" PRId64
	       " us of processor each\n",
	       what, n, step, step > 1 ? "th" : "", changed_patterns[0],
	       changed_patterns[1], asked, wall / 1000000, wall / 1000 % 1000,
	       cpu / (int64_t)asked);
}

/* --- the list --- */

static const struct changed_gap *gap_at(const char *item, size_t byte,
					const struct changed_gap *gaps,
					size_t n_gaps)
{
	for (size_t i = 0; i < n_gaps; i++)
		if ((item == NULL || strcmp(gaps[i].item, item) == 0) &&
		    byte >= gaps[i].offset &&
		    byte - gaps[i].offset < gaps[i].length)
			return &gaps[i];
	return NULL;
}

static bool print_range(const char *item, size_t from, size_t end, bool open,
			const struct changed_gap *gap)
{
	const char *name = item != NULL ? item : "archive";

	if (gap == NULL && !open)
		return true;
	printf("# %s %zu..%zu: %s%s\n", name, from, end - 1,
	       gap == NULL ? "NOTHING COVERS THIS, and no reason is known"
	       : open	   ? "nothing covers this: "
			   : "COVERED, though it is said: ",
	       gap != NULL ? gap->reason : "");
	return gap != NULL && open;
}

bool changed_explain(const char *item, const uint8_t *open, size_t n,
		     const struct changed_gap *gaps, size_t n_gaps)
{
	bool ok = true;
	size_t from = 0, step = changed_step();

	for (size_t i = step; i - step < n; i += step) {
		const struct changed_gap *gap =
			gap_at(item, from, gaps, n_gaps);

		if (i < n && (open[i] != 0) == (open[from] != 0) &&
		    gap_at(item, i, gaps, n_gaps) == gap)
			continue;
		if (!print_range(item, from, i < n ? i : n, open[from] != 0,
				 gap))
			ok = false;
		from = i;
	}
	return ok;
}
