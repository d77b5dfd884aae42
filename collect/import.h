/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence captured by other tools, as parts that become items of an archive
 * (ecart's import page): each file is a part byte for byte, and where it is
 * a wrapper, each piece decoded from it is a part of its own that says so.
 * What a file is follows from its content, never from its name.
 */
#ifndef CO_IMPORT_H
#define CO_IMPORT_H

#include "evidence/kind.h"

/* A v0 evidence file with every byte as a decimal number is 40 KiB; wrappers
 * with event logs reach some hundred KiB. */
#define CO_WRAPPER_MAX	 ((size_t)4 << 20)
#define CO_PARTS_MAX	 4096
#define CO_RELATIONS_MAX 3
#define CO_NOTES_MAX	 32
#define CO_NOTE_TEXT	 160

/* One row of "relates" (archive format, 4.2); part is an index of the list. */
struct co_relation {
	const char *rel; /* static: "issuer-of" */
	size_t part;
};

struct co_part {
	const char *kind; /* static, a name of the table of kinds */
	const uint8_t *bytes;
	size_t n;
	uint8_t *owned; /* of bytes; NULL where a file is borrowed as it is */
	struct co_relation relates[CO_RELATIONS_MAX];
	size_t n_relates;
	const char *scheme; /* "rsassa-sha256" of a bare signature, or NULL */
	/* Static: how a decoded part was spelled in its wrapper
	 * ("td_quote, base64url"), or the name of a wrapper's format; NULL
	 * for a file that is an item as it stands. */
	const char *detail;
	const char *media_type; /* static; NULL: as the kind has it */
	const char *extension;	/* static; NULL: as the kind has it */
};

struct co_parts {
	struct co_part *part;
	size_t n, room;
	/* What was seen in a wrapper and not decoded (it stays in the wrapper
	 * item): printable lines. */
	char note[CO_NOTES_MAX][CO_NOTE_TEXT];
	size_t n_notes;
	bool more_notes;
};

void co_parts_free(struct co_parts *list);

/* Takes p (from malloc, n bytes) over, on failure too.  *index, if not NULL,
 * is the new part's place.  Refuses more than CO_PARTS_MAX parts. */
enum ev_code co_parts_take(struct co_parts *list, const char *kind, uint8_t *p,
			   size_t n, size_t *index, struct ev_error *err);
/* The same with a copy of bytes. */
enum ev_code co_parts_add(struct co_parts *list, const char *kind,
			  struct ev_span bytes, size_t *index,
			  struct ev_error *err);
void co_parts_relate(struct co_parts *list, size_t part, const char *rel,
		     size_t other);
/* One line "what member"; member is text from outside, escaped and cut. */
void co_parts_note(struct co_parts *list, const char *what,
		   struct ev_span member);

/* One row a format: what it is called, how it is known, what is in it. */
struct co_format {
	const char *name;
	const char *kind;		    /* of the file itself */
	const char *media_type, *extension; /* NULL: as the kind has them */
	/* The fewest bytes by which the format is known. */
	bool (*recognise)(struct ev_span content);
	/* Appends what is inside, each part related "decoded-from" the file's
	 * own part `from`; after a refusal the caller cuts the list. */
	enum ev_code (*decode)(struct ev_span content, struct co_parts *list,
			       size_t from, struct ev_error *err);
};

extern const struct co_format co_formats[];
extern const size_t co_n_formats;

/* The first row whose recognise says yes, or NULL. */
const struct co_format *co_format_recognise(struct ev_span content);

/*
 * Appends the file and what is inside it.  forced: the kind that a person
 * gave for it, or NULL.  A content that neither table knows is refused as
 * EV_VALUE of object "pack", field "content"; one larger than its kind may be
 * as EV_LIMIT with the kind as field.  On failure the list is as it was.
 * content must stay valid as long as the list: it may be gigabytes, and the
 * file's own part borrows it.
 */
enum ev_code co_import(struct ev_span content, const struct ev_kind *forced,
		       struct co_parts *list, struct ev_error *err);

#endif
