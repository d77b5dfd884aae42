/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals: recorded once, printed as one line. */
#include "evidence/base/error.h"

#include "evidence/base/hex.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const code_words[] = {
	[EV_OK] = "ok",
	[EV_TRUNCATED] = "truncated",
	[EV_TRAILING] = "trailing",
	[EV_VALUE] = "value",
	[EV_SYNTAX] = "syntax",
	[EV_LIMIT] = "limit",
	[EV_MISSING] = "missing",
	[EV_DUPLICATE] = "duplicate",
	[EV_TROUBLE] = "trouble",
};

enum ev_code ev_fail(struct ev_error *err, enum ev_code code,
		     const char *object, const char *field, uint64_t offset,
		     const char *want, const char *found)
{
	if (err->code != EV_OK)
		return err->code;
	err->code = code;
	err->object = object;
	err->field = field;
	err->offset = offset;
	snprintf(err->want, sizeof(err->want), "%s", want);
	snprintf(err->found, sizeof(err->found), "%s", found);
	return code;
}

enum ev_code ev_fail_u64(struct ev_error *err, enum ev_code code,
			 const char *object, const char *field, uint64_t offset,
			 uint64_t want, uint64_t found)
{
	char want_text[24], found_text[24];

	snprintf(want_text, sizeof(want_text), "%" PRIu64, want);
	snprintf(found_text, sizeof(found_text), "%" PRIu64, found);
	return ev_fail(err, code, object, field, offset, want_text, found_text);
}

enum ev_code ev_fail_bytes(struct ev_error *err, enum ev_code code,
			   const char *object, const char *field,
			   uint64_t offset, const char *want,
			   struct ev_span found)
{
	char hex[2 * 32 + 1];
	size_t shown = found.n < 32 ? found.n : 32;

	ev_hex_encode(ev_span_of(found.p, shown), hex);
	return ev_fail(err, code, object, field, offset, want, hex);
}

void ev_show(struct ev_span in, char *out, size_t size)
{
	size_t at = 0;

	assert(size >= 8);
	for (size_t i = 0; i < in.n; i++) {
		uint8_t c = in.p[i];

		/* What is left must hold this byte, "..." and the NUL. */
		if (size - at < 8) {
			memcpy(out + at, "...", 3);
			at += 3;
			break;
		}
		if (c >= 0x20 && c < 0x7f && c != '\\') {
			out[at++] = (char)c;
			continue;
		}
		memcpy(out + at, "\\x", 2);
		ev_hex_encode(ev_span_of(&c, 1), out + at + 2);
		at += 4;
	}
	out[at] = '\0';
}

enum ev_code ev_fail_text(struct ev_error *err, enum ev_code code,
			  const char *object, const char *field,
			  uint64_t offset, const char *want,
			  struct ev_span found)
{
	char shown[EV_TEXT_MAX];

	ev_show(found, shown, sizeof(shown));
	return ev_fail(err, code, object, field, offset, want, shown);
}

enum ev_code ev_fail_trouble(struct ev_error *err, const char *object,
			     const char *what)
{
	return ev_fail(err, EV_TROUBLE, object, what, 0, "", "");
}

void ev_error_format(const struct ev_error *err, char *out, size_t size)
{
	if (err->code == EV_TROUBLE) {
		snprintf(out, size, "%s: %s", err->object, err->field);
		return;
	}
	if (err->offset == EV_NO_BYTE)
		snprintf(out, size, "%s: %s: want %s, found %s", err->object,
			 err->field, err->want, err->found);
	else
		snprintf(out, size,
			 "%s: %s at byte %" PRIu64 ": want %s, found %s",
			 err->object, err->field, err->offset, err->want,
			 err->found);
}

const char *ev_code_word(enum ev_code code)
{
	assert(code <= EV_TROUBLE);
	return code_words[code];
}
