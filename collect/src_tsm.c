/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A quote from the kernel through configfs-tsm (Linux 6.7 and later,
 * Documentation/ABI/testing/configfs-tsm): a directory of our own, 64 bytes
 * in, the quote out, and a generation number that tells when somebody else
 * wrote in between.
 */
#include "collect/deadline.h"
#include "collect/fresh.h"
#include "collect/round.h"
#include "collect/src.h"
#include "collect/stop.h"
#include "collect/tsm_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const size_t BLOB_MAX = (size_t)1 << 20;
/* Waiting for the kernel to fill in a new directory, and to take a nonce. */
static const unsigned int POLL_MS = 20, POLLS = 50;
static const unsigned int BUSY_MS = 10000, BUSY_TRIES = 3;

struct entry {
	struct co_collection *c;
	const struct co_round *round;
	struct co_tsm_entry files;
	struct co_deadline end; /* of this try */
	bool busy;		/* the kernel would not take our nonce */
	char *why;
};

static bool no(struct entry *e, const char *what)
{
	snprintf(e->why, CO_WHY_TEXT, "%s: %s", what, strerror(errno));
	return false;
}

static enum co_outcome cannot_open(struct entry *e)
{
	if (errno == EACCES || errno == EPERM)
		return co_failed(e->why,
				 CO_TSM_REPORT ": permission denied (run "
					       "as root)");
	return co_absent(e->why,
			 "no " CO_TSM_REPORT " (a kernel older than 6.7, "
			 "or configfs is not mounted; modprobe "
			 "tdx_guest)");
}

static enum co_outcome make_entry(struct entry *e)
{
	const struct co_root *root = &e->c->root;

	co_tsm_entry_remove_stale(root);
	if (co_tsm_entry_make(root, &e->files))
		return CO_OK;
	if (errno == ENXIO)
		return co_absent(e->why, "no provider behind configfs-tsm "
					 "(modprobe tdx_guest)");
	return cannot_open(e);
}

/* Up to the end of the file; -1 with errno.  Files of configfs cannot be
 * polled: outblob is held by the kernel until the host has made the quote,
 * and the end of our time is seen when that read comes back. */
static int read_pieces(const struct entry *e, int fd, size_t max,
		       struct ev_buffer *out)
{
	uint8_t piece[4096];
	ssize_t n;

	for (;;) {
		if (co_deadline_left_ms(&e->end) == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		n = read(fd, piece, sizeof(piece));
		if (n == 0)
			return 0;
		if (n < 0 && (errno != EINTR || co_stop_signal() != 0))
			return -1;
		if (n > 0)
			ev_buffer_add(out, ev_span_of(piece, (size_t)n));
		if (out->n > max) {
			errno = EFBIG;
			return -1;
		}
	}
}

/* Appends a file of the entry, in one open. */
static bool read_file(struct entry *e, const char *name, size_t max,
		      struct ev_buffer *out)
{
	int fd = co_tsm_entry_open(&e->files, name, O_RDONLY);
	int n;

	if (fd < 0)
		return no(e, name);
	n = read_pieces(e, fd, max, out);
	if (n < 0)
		no(e, name);
	close(fd);
	return n == 0 && ev_buffer_ok(out);
}

static bool read_generation(struct entry *e, unsigned long *out)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	if (!read_file(e, "generation", 64, &text))
		return false;
	ev_buffer_add_byte(&text, 0);
	if (!ev_buffer_ok(&text) || text.p[0] < '0' || text.p[0] > '9') {
		snprintf(e->why, CO_WHY_TEXT,
			 "generation is %s (see what stands behind "
			 "configfs-tsm)",
			 text.n <= 1 ? "empty" : "no number");
		return false;
	}
	*out = strtoul((const char *)text.p, NULL, 10);
	return true;
}

static bool has_file(const struct entry *e, const char *name)
{
	int fd = co_tsm_entry_open(&e->files, name, O_RDONLY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool read_provider(struct entry *e)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	for (unsigned int i = 0; i < POLLS && !has_file(e, "provider"); i++) {
		if (!co_stop_sleep_ms(POLL_MS))
			return false;
	}
	if (!read_file(e, "provider", 64, &text))
		return false;
	while (text.n > 0 && text.p[text.n - 1] <= ' ')
		text.n--;
	if (ev_span_eq(ev_buffer_span(&text), EV_SPAN_LITERAL("tdx_guest")))
		return true;
	snprintf(e->why, CO_WHY_TEXT,
		 "the provider is \"%.*s\"; none but tdx_guest is read by this "
		 "version",
		 (int)text.n, text.n > 0 ? (const char *)text.p : "");
	return false;
}

/* Not behind the last try, and not past the end of our time. */
static bool wait_while_busy(const struct entry *e, unsigned int tried)
{
	return tried < BUSY_TRIES &&
	       co_deadline_left_ms(&e->end) > (int)BUSY_MS &&
	       co_stop_sleep_ms(BUSY_MS);
}

/* One write of 64 bytes, without truncation: the kernel takes it whole. */
static bool write_nonce(struct entry *e, struct ev_span nonce)
{
	for (unsigned int i = 0; i < BUSY_TRIES; i++) {
		int fd = co_tsm_entry_open(&e->files, "inblob", O_WRONLY);
		ssize_t n = fd >= 0 ? write(fd, nonce.p, nonce.n) : -1;
		int saved = errno;

		if (fd >= 0)
			close(fd);
		e->busy = fd >= 0 && n < 0 && saved == EBUSY;
		if (n == (ssize_t)nonce.n)
			return true;
		if (!e->busy || !wait_while_busy(e, i + 1)) {
			errno = saved;
			return no(e, "inblob");
		}
	}
	return false;
}

/* The number that our write made; false where another write came between. */
static bool wait_generation(struct entry *e, unsigned long before,
			    unsigned long *out)
{
	for (unsigned int i = 0; i < POLLS; i++) {
		if (!read_generation(e, out))
			return false;
		if (*out != before)
			break;
		if (!co_stop_sleep_ms(POLL_MS))
			return false;
	}
	if (*out == before + 1)
		return true;
	snprintf(e->why, CO_WHY_TEXT,
		 "generation went from %lu to %lu: somebody else wrote, or "
		 "nobody answered",
		 before, *out);
	return false;
}

static bool ask_once(struct entry *e, struct ev_span nonce,
		     struct ev_buffer *quote)
{
	unsigned long before, ours, after;
	struct ev_quote parsed;

	if (!read_generation(e, &before) || !write_nonce(e, nonce) ||
	    !wait_generation(e, before, &ours) ||
	    !read_file(e, "outblob", BLOB_MAX, quote))
		return false;
	if (quote->n == 0) {
		snprintf(e->why, CO_WHY_TEXT,
			 "outblob is empty: the quote "
			 "service of the host did not "
			 "answer");
		return false;
	}
	if (!read_generation(e, &after))
		return false;
	if (after != ours) {
		snprintf(e->why, CO_WHY_TEXT,
			 "generation moved while the "
			 "quote was read");
		return false;
	}
	return co_fresh_quote(ev_buffer_span(quote), EV_TEE_TDX, nonce, &parsed,
			      e->why);
}

static bool keep(struct entry *e, const struct ev_buffer *quote)
{
	ev_auto_buffer struct ev_buffer aux = { 0 };
	struct co_item item = {
		.kind = "tdx-quote",
		.hint = e->round->hint,
		.bytes = ev_buffer_span(quote),
		.source_type = "configfs-tsm",
		.source_detail = "tdx_guest",
		.nonce = e->round->nonce,
	};
	char ignored[CO_WHY_TEXT], *why = e->why;
	size_t index;

	if (!co_collected(e->c, &item, &index, e->why) ||
	    !co_bind(e->c, e->round->use, e->round->number, index, 0))
		return false;
	/* Absent with most providers. */
	e->why = ignored;
	if (read_file(e, "auxblob", BLOB_MAX, &aux) && aux.n > 0) {
		item = (struct co_item){ .kind = "tsm-auxblob",
					 .hint = e->round->hint,
					 .bytes = ev_buffer_span(&aux),
					 .source_type = "configfs-tsm" };
		co_collected(e->c, &item, NULL, ignored);
	}
	e->why = why;
	co_detail(e->c, "TDX quote from the kernel, nonce bound");
	return true;
}

static enum co_outcome ask(struct entry *e)
{
	if (!read_provider(e))
		return CO_FAILED;
	for (unsigned int i = 0; i < e->c->source->tries; i++) {
		ev_auto_buffer struct ev_buffer quote = { 0 };

		e->end = co_deadline_in(co_limit_ms(e->c));
		if (ask_once(e, e->round->nonce, &quote))
			return keep(e, &quote) ? CO_OK : CO_FAILED;
		/* A kernel that stayed busy was asked often enough. */
		if (co_stop_signal() != 0 || e->busy)
			break;
	}
	return CO_FAILED;
}

enum co_outcome co_round_tsm(struct co_collection *c,
			     const struct co_round *round,
			     char why[CO_WHY_TEXT])
{
	struct entry e = {
		.c = c,
		.round = round,
		.files = { .fd = -1 },
		.end = co_deadline_in(co_limit_ms(c)),
		.why = why,
	};
	enum co_outcome outcome = make_entry(&e);

	if (outcome == CO_OK)
		outcome = ask(&e);
	co_tsm_entry_remove(&e.files);
	return outcome;
}

enum co_wanted co_wanted_tsm_report(const struct co_collection *c)
{
	return c->machine.kind == CO_MACHINE_TD ? CO_REQUIRED : CO_NOT_HERE;
}

enum co_outcome co_collect_tsm_report(struct co_collection *c,
				      char why[CO_WHY_TEXT])
{
	struct co_round round = { .use = "report-data",
				  .number = 1,
				  .nonce = EV_SPAN(c->session_root) };

	if (!c->has_session)
		return co_failed(why, "a quote needs a directory in configfs, "
				      "which --read-only does not make");
	return co_round_tsm(c, &round, why);
}
