/* SPDX-License-Identifier: Apache-2.0 */
/* What check functions say: inputs, comparisons, reasons. */
#include "replay/checks.h"

#include "evidence/base/buffer.h"
#include "evidence/base/hex.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void rp_input_add(struct rp_finding *f, const char *item, uint64_t offset,
		  uint64_t length)
{
	assert(f->n_inputs < RP_INPUTS_MAX);
	f->input[f->n_inputs++] = (struct rp_input){ item, offset, length };
}

void rp_input_part(struct rp_finding *f, const char *item, struct ev_span whole,
		   struct ev_span part)
{
	uint64_t offset = part.n > 0 ? (uint64_t)(part.p - whole.p) : 0;

	rp_input_add(f, item, offset, part.n);
}

__attribute__((format(printf, 1, 0))) static char *formatted(const char *format,
							     va_list args)
{
	char *text = NULL;

	/* Half of them, for which printf needs ten times as long. */
	if (strcmp(format, "%s") == 0)
		return strdup(va_arg(args, const char *));
	if (strchr(format, '%') == NULL)
		return strdup(format);
	return vasprintf(&text, format, args) < 0 ? NULL : text;
}

void rp_set_want(struct rp_finding *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	free(f->want);
	f->want = formatted(format, args);
	f->no_memory |= f->want == NULL;
	va_end(args);
}

void rp_set_got(struct rp_finding *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	free(f->got);
	f->got = formatted(format, args);
	f->no_memory |= f->got == NULL;
	va_end(args);
}

static char *hex_copy(struct ev_span bytes)
{
	char *text = malloc(2 * bytes.n + 1);

	if (text != NULL)
		ev_hex_encode(bytes, text);
	return text;
}

static enum rp_outcome compared(struct rp_finding *f, bool equal)
{
	f->no_memory |= f->want == NULL || f->got == NULL;
	if (f->no_memory)
		return RP_TROUBLE;
	return equal ? RP_PASS : RP_FAIL;
}

enum rp_outcome rp_expect(struct rp_finding *f, struct ev_span want,
			  struct ev_span got)
{
	free(f->want);
	free(f->got);
	f->want = hex_copy(want);
	f->got = hex_copy(got);
	return compared(f, ev_span_eq(want, got));
}

enum rp_outcome rp_expect_text(struct rp_finding *f, const char *want,
			       const char *got)
{
	free(f->want);
	free(f->got);
	f->want = strdup(want);
	f->got = strdup(got);
	return compared(f, strcmp(want, got) == 0);
}

enum rp_outcome rp_expect_u64(struct rp_finding *f, uint64_t want, uint64_t got)
{
	rp_set_want(f, "%" PRIu64, want);
	rp_set_got(f, "%" PRIu64, got);
	return compared(f, want == got);
}

__attribute__((format(printf, 2, 0))) static void
set_reason(struct rp_finding *f, const char *format, va_list args)
{
	size_t n = strlen(format);

	/* A third of all findings are skipped in words that say no more. */
	if (n < sizeof(f->reason) && strchr(format, '%') == NULL)
		memcpy(f->reason, format, n + 1);
	else
		vsnprintf(f->reason, sizeof(f->reason), format, args);
}

enum rp_outcome rp_fail(struct rp_finding *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_reason(f, format, args);
	va_end(args);
	return RP_FAIL;
}

enum rp_outcome rp_skip(struct rp_finding *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_reason(f, format, args);
	va_end(args);
	return RP_SKIP;
}

enum rp_outcome rp_not_applicable(struct rp_finding *f, const char *why)
{
	f->applies = false;
	return rp_skip(f, "not-applicable: %s", why);
}

enum rp_outcome rp_refused(struct rp_finding *f, const char *code,
			   const struct ev_error *err)
{
	char line[RP_REASON_MAX];

	if (err->code == EV_TROUBLE)
		return RP_TROUBLE;
	ev_error_format(err, line, sizeof(line));
	rp_set_want(f, "%s", err->want);
	rp_set_got(f, "%s", err->found);
	f->shown = true;
	return rp_fail(f, "%s: %.200s", code, line);
}

enum rp_outcome rp_signature(struct rp_finding *f, enum ev_verified v,
			     const char *code, const char *why)
{
	if (v == EV_VERIFIED_TROUBLE)
		return RP_TROUBLE;
	if (v == EV_VERIFIED_YES)
		return RP_PASS;
	return rp_fail(f, "%s: %s", code, why);
}
