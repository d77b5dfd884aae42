/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A quote of the enclave that this program runs in, under Gramine
 * (/dev/attestation; Gramine documentation, Attestation and Secret
 * Provisioning).  The files are state of the process: one at a time.
 */
#include "collect/fresh.h"
#include "collect/src.h"
#include "collect/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const size_t QUOTE_MAX = (size_t)256 << 10;
static const size_t REPORT_MAX = 4096;
static const unsigned int AGAIN_MS = 250;

static bool write_file(const struct co_root *root, const char *path,
		       struct ev_span bytes, char why[CO_WHY_TEXT])
{
	int fd = co_root_openat(root, path, O_WRONLY);
	bool ok = fd >= 0 && write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n;

	if (!ok)
		snprintf(why, CO_WHY_TEXT, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

/* The report of the enclave to itself: a convenience. */
static void keep_report(struct co_collection *c)
{
	ev_auto_buffer struct ev_buffer target = { 0 }, report = { 0 };
	char ignored[CO_WHY_TEXT];
	struct co_item item = { .kind = "sgx-report",
				.source_type = "gramine" };

	if (co_root_read(&c->root, "dev/attestation/my_target_info", REPORT_MAX,
			 &target, ignored, sizeof(ignored)) != CO_READ_OK ||
	    !write_file(&c->root, "dev/attestation/target_info",
			ev_buffer_span(&target), ignored) ||
	    co_root_read(&c->root, "dev/attestation/report", REPORT_MAX,
			 &report, ignored, sizeof(ignored)) != CO_READ_OK ||
	    report.n == 0)
		return;
	item.bytes = ev_buffer_span(&report);
	co_collected(c, &item, NULL, ignored);
}

static bool is_dcap(struct co_collection *c, char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer type = { 0 };

	if (co_root_read(&c->root, "dev/attestation/attestation_type", 64,
			 &type, why, CO_WHY_TEXT) != CO_READ_OK)
		return false;
	while (type.n > 0 && type.p[type.n - 1] <= ' ')
		type.n--;
	if (ev_span_eq(ev_buffer_span(&type), EV_SPAN_LITERAL("dcap")))
		return true;
	snprintf(why, CO_WHY_TEXT,
		 "attestation_type is not \"dcap\" (set "
		 "sgx.remote_attestation in the manifest)");
	return false;
}

enum co_wanted co_wanted_gramine(const struct co_collection *c)
{
	return c->machine.kind == CO_MACHINE_GRAMINE ? CO_REQUIRED
						     : CO_NOT_HERE;
}

/* What is read right after the write can still be the quote of before. */
static bool ask_once(struct co_collection *c, struct ev_span nonce,
		     struct ev_buffer *quote, struct ev_quote *parsed,
		     char why[CO_WHY_TEXT])
{
	quote->n = 0;
	if (nonce.n > 0 &&
	    !write_file(&c->root, "dev/attestation/user_report_data", nonce,
			why))
		return false;
	return co_root_read(&c->root, "dev/attestation/quote", QUOTE_MAX, quote,
			    why, CO_WHY_TEXT) == CO_READ_OK &&
	       co_fresh_quote(ev_buffer_span(quote), EV_TEE_SGX, nonce, parsed,
			      why);
}

static bool ask(struct co_collection *c, struct ev_span nonce,
		struct ev_buffer *quote, struct ev_quote *parsed,
		char why[CO_WHY_TEXT])
{
	for (unsigned int i = 0; i < c->source->tries; i++) {
		if (i > 0 && !co_stop_sleep_ms(AGAIN_MS))
			return false;
		co_begin_try(c);
		if (ask_once(c, nonce, quote, parsed, why))
			return true;
	}
	return false;
}

enum co_outcome co_collect_gramine(struct co_collection *c,
				   char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer quote = { 0 };
	struct ev_span nonce = EV_SPAN(c->session_root);
	struct co_item item = { .kind = "sgx-quote", .source_type = "gramine" };
	struct ev_quote parsed;
	size_t index;

	if (!is_dcap(c, why))
		return CO_FAILED;
	if (!c->has_session)
		nonce = (struct ev_span){ 0 };
	if (!ask(c, nonce, &quote, &parsed, why))
		return CO_FAILED;
	item.bytes = ev_buffer_span(&quote);
	item.nonce = nonce;
	if (!co_collected(c, &item, &index, why) ||
	    (nonce.n > 0 && !co_bind(c, "report-data", 1, index, 0)))
		return CO_FAILED;
	/* --read-only writes to no file, and a report needs a written one. */
	if (c->has_session)
		keep_report(c);
	co_detail(c, "SGX quote v%u%s", parsed.version,
		  nonce.n > 0 ? ", nonce bound" : "");
	return CO_OK;
}
