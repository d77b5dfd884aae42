/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing every byte of something in turn and asking each time who noticed:
 * the real evidence set that is changed, the loop over its bytes on every
 * processor, and the list of bytes that nothing covers, each with its reason,
 * which must be exactly the list that is expected.
 */
#ifndef TESTS_CHANGED_H
#define TESTS_CHANGED_H

#include "collect/write.h"
#include "replay/replay.h"

/* What each byte is XORed with. */
extern const uint8_t changed_patterns[];
#define CHANGED_PATTERNS 2

/* Every how many bytes are taken: ECART_COVERAGE_STEP, else 1, more where a
 * sanitizer is at work. */
size_t changed_step(void);

/* A set as pack has it, and what judges it.  One a worker: nothing here may
 * be used by two threads. */
struct changed_set {
	struct ev_crypto *crypto;
	struct co_parts parts;
	struct co_item *items; /* of parts, which may be changed in place */
	size_t n_items;
	struct rp_anchors anchors; /* those that are installed */
	struct rp_policy policy;   /* default-1 */
	int64_t at;
};

/* Reads the files from the vectors in this order.  with_wrappers: the files
 * as they came are items, too.  Fails the calling test where that cannot be
 * done. */
struct changed_set *changed_open(const char *const *files, size_t n_files,
				 bool with_wrappers, int64_t at);
void changed_close(struct changed_set *set);

/* Appends the archive of the set; key may be NULL.  False is trouble. */
bool changed_pack(const struct changed_set *set, const struct co_key *key,
		  struct ev_buffer *out);

/* The content of a file of the source tree, with a NUL behind it; stays. */
struct ev_span changed_source_file(const char *name);

/* Asks about one byte; pattern is an index.  Called by several threads at
 * once, each with its own worker. */
typedef void changed_fn(void *worker, size_t byte, unsigned int pattern);

#define CHANGED_WORKERS_MAX 8
/* How many workers to make. */
size_t changed_n_workers(void);
/* Bytes [0, n), each with each pattern; prints how long that took. */
void changed_run(const char *what, void *const *workers, size_t n_workers,
		 size_t n, changed_fn *fn);

/* Bytes of which it is known, and why, that nothing covers them. */
struct changed_gap {
	const char *item; /* or NULL: offsets are the whole's */
	uint64_t offset, length;
	const char *reason;
};

/*
 * Prints every range of bytes in [0, n) where open[byte] is not zero, with
 * its reason; false where a byte has none, or a reason has a byte that is
 * covered after all (as far as changed_step looks).
 */
bool changed_explain(const char *item, const uint8_t *open, size_t n,
		     const struct changed_gap *gaps, size_t n_gaps);

#endif
