/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON.  jansson parses; before it does, a scanner of our own refuses
 * what would cost stack (depth over 32), and a slice of the text can be cut
 * out where a signature covers exactly those bytes (jansson keeps no offsets).
 */
#ifndef EV_JSON_H
#define EV_JSON_H

#include "evidence/base/buffer.h"
#include "evidence/base/error.h"

#include <jansson.h>

#define EV_JSON_DEPTH_MAX 32

/* A manifest of 65535 items has about 1.6 million values. */
static const size_t EV_JSON_VALUES_MAX = (size_t)1 << 21;
/* Members of one object: jansson's table is seeded with a constant, so names
 * that collide can be made, and each then costs a walk over the others. */
static const size_t EV_JSON_MEMBERS_MAX = 1024;

static inline void ev_json_cleanup(json_t **v)
{
	json_decref(*v);
}
#define ev_auto_json __attribute__((cleanup(ev_json_cleanup)))

/*
 * Parses the whole text: UTF-8, no duplicate member at any level, depth at
 * most 32, nothing but white space behind the value, at most max bytes.
 * *out is owned by the caller.  Integers only: a real number, "-0" and what
 * does not fit int64_t are refused with their member.
 */
enum ev_code ev_json_parse(struct ev_span text, size_t max, const char *object,
			   json_t **out, struct ev_error *err);

/* The same with any number that a double can hold, each read as a real: for
 * documents whose unknown members are nobody's business here, and of whose
 * known ones none is a number. */
enum ev_code ev_json_parse_numbers(struct ev_span text, size_t max,
				   const char *object, json_t **out,
				   struct ev_error *err);

/*
 * The bytes of member `name` of the object that text begins with (white
 * space before it allowed), from the value's first byte to its last, white
 * space around it excluded; false where text is no object, is malformed, or
 * has no such member, or has it twice.  Names are compared without decoding
 * escapes: a name spelled with an escape does not match.
 */
bool ev_json_member(struct ev_span text, const char *name,
		    struct ev_span *value);
/* The same of n names at once; the value of one that is not there is empty,
 * with p NULL.  False: no object, malformed, or one of them twice.  extent,
 * if not NULL, is how many members the object has, and where it ends. */
struct ev_json_extent {
	size_t n_members;
	size_t end; /* offset behind the closing bracket */
};
bool ev_json_members(struct ev_span text, const char *const names[],
		     struct ev_span values[], size_t n,
		     struct ev_json_extent *extent);

/* As jansson sees members of an object; refuse with EV_MISSING / EV_SYNTAX.
 * want_* borrow from the object. */
enum ev_code ev_json_get_str(const json_t *obj, const char *object,
			     const char *name, struct ev_span *out,
			     struct ev_error *err);
enum ev_code ev_json_get_u64(const json_t *obj, const char *object,
			     const char *name, uint64_t max, uint64_t *out,
			     struct ev_error *err);
/* Hex of exactly n bytes, either case. */
enum ev_code ev_json_get_hex(const json_t *obj, const char *object,
			     const char *name, uint8_t *out, size_t n,
			     struct ev_error *err);
/* "YYYY-MM-DDTHH:MM:SSZ". */
enum ev_code ev_json_get_time(const json_t *obj, const char *object,
			      const char *name, int64_t *out,
			      struct ev_error *err);
enum ev_code ev_json_get_array(const json_t *obj, const char *object,
			       const char *name, size_t max, json_t **out,
			       struct ev_error *err);
enum ev_code ev_json_get_object(const json_t *obj, const char *object,
				const char *name, json_t **out,
				struct ev_error *err);

/*
 * The value in canonical bytes (spec archive.md 3), however its members are
 * ordered; *out is the caller's (free) and has a NUL behind its *n bytes.
 * Refuses what the subset forbids, with its member.
 */
enum ev_code ev_json_canonical(const json_t *v, const char *object, char **out,
			       size_t *n, struct ev_error *err);

/*
 * Whether text is canonical in the subset of spec archive.md 3: EV_OK, or
 * the refusal with the offset of the first byte that differs.  parsed may be
 * NULL: text, which is then known to parse, is parsed where that is needed.
 */
enum ev_code ev_json_check_canonical(struct ev_span text, const json_t *parsed,
				     const char *object, struct ev_error *err);

/* "an object", "a string", ...: for want and found. */
const char *ev_json_type_word(const json_t *v);

/* The text without insignificant white space, member order kept (dcap.md
 * 4.1: what Intel's library makes of collateral before it verifies). */
void ev_json_compact(struct ev_span text, struct ev_buffer *out);

#endif
