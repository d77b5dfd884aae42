/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a parser refused: object, field, byte offset, wanted, found.  The
 * first refusal wins; upper layers pass it on untouched.  Printed as
 *   quote.header: tee_type at byte 4: want 129, found 130
 */
#ifndef EV_ERROR_H
#define EV_ERROR_H

#include "evidence/base/bytes.h"

enum ev_code {
	EV_OK = 0,
	EV_TRUNCATED, /* the bytes end before the field does */
	EV_TRAILING,  /* bytes follow where the object must end */
	EV_VALUE,     /* a field holds a value that its document forbids */
	EV_SYNTAX,    /* text, DER or JSON that does not parse */
	EV_LIMIT,     /* larger than limits.h allows */
	EV_MISSING,   /* a member or part that must be there is not */
	EV_DUPLICATE, /* a member or part that may stand once stands twice */
	EV_TROUBLE,   /* memory or libcrypto: says nothing about the evidence */
};

#define EV_NO_BYTE  UINT64_MAX
#define EV_TEXT_MAX 120 /* bytes of want and found, NUL included */

struct ev_error {
	enum ev_code code;
	const char *object; /* static string: "quote.header" */
	const char *field;  /* static string: "tee_type" */
	/* Byte in the object's item, 0 where unknown; EV_NO_BYTE where none is
	 * meant: a folder, an option. */
	uint64_t offset;
	char want[EV_TEXT_MAX];
	char found[EV_TEXT_MAX];
};

/*
 * Each records a refusal, unless one stands there already, and returns the
 * code that err then holds.  want and found are ASCII for people; what comes
 * from the evidence is escaped by the caller or printed as numbers or hex.
 */
enum ev_code ev_fail(struct ev_error *err, enum ev_code code,
		     const char *object, const char *field, uint64_t offset,
		     const char *want, const char *found);
enum ev_code ev_fail_u64(struct ev_error *err, enum ev_code code,
			 const char *object, const char *field, uint64_t offset,
			 uint64_t want, uint64_t found);
/* found is shown as hex, at most its first 32 bytes. */
enum ev_code ev_fail_bytes(struct ev_error *err, enum ev_code code,
			   const char *object, const char *field,
			   uint64_t offset, const char *want,
			   struct ev_span found);
/* found is text from the evidence, shown as ev_show does. */
enum ev_code ev_fail_text(struct ev_error *err, enum ev_code code,
			  const char *object, const char *field,
			  uint64_t offset, const char *want,
			  struct ev_span found);
enum ev_code ev_fail_trouble(struct ev_error *err, const char *object,
			     const char *what);

/* One line without a newline, cut to size; always NUL-terminated. */
void ev_error_format(const struct ev_error *err, char *out, size_t size);

/* Text from outside as printable ASCII for people: other bytes and backslash
 * as \xNN, cut to size with "..." behind; NUL-terminated; size at least 8. */
void ev_show(struct ev_span in, char *out, size_t size);

/* The stable word of a code: "truncated", "value", ... */
const char *ev_code_word(enum ev_code code);

#endif
