/* SPDX-License-Identifier: Apache-2.0 */
/* The header check that decides what is an archive, whatever a tar library
 * makes of the same bytes. */
#include "evidence/tar.h"

#include <stdio.h>

static const char object[] = "tar.header";

/* GNU tar and others fill up to a record of 20 blocks. */
static const uint64_t record_size = UINT64_C(20) * EV_TAR_BLOCK;

/* How the canonical writer spells a number. */
struct spelling {
	size_t digits;
	const char *tail; /* what follows them, to the end of the field */
};

static const struct spelling octal8 = { 6, " \0" };
static const struct spelling octal12 = { 11, " " };
static const struct spelling octal_sum = { 6, "\0 " };

static bool is_tail(struct ev_span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != ' ' && text.p[i] != 0)
			return false;
	}
	return text.n > 0;
}

/* POSIX ustar: octal digits, then one or more spaces or NULs.  At most 11
 * digits, so the value has 33 bits. */
static uint64_t read_octal(struct ev_reader *r, size_t n,
			   const struct spelling *canonical, const char *field,
			   struct ev_error *note)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span text = ev_read_span(r, n, field);
	struct ev_span tail;
	uint64_t value = 0;
	size_t digits = 0;

	if (text.n == 0)
		return 0;
	while (digits < text.n && text.p[digits] >= '0' &&
	       text.p[digits] <= '7') {
		value = value * 8 + (uint64_t)(text.p[digits] - '0');
		digits++;
	}
	tail = ev_span_sub(text, digits, text.n - digits);
	if (digits == 0 || !is_tail(tail)) {
		ev_fail_bytes(r->err, EV_VALUE, object, field, at,
			      "octal digits, then space or NUL", text);
		return 0;
	}
	if (digits != canonical->digits ||
	    memcmp(tail.p, canonical->tail, tail.n) != 0)
		ev_fail_bytes(note, EV_VALUE, object, field, at,
			      "the canonical spelling", text);
	return value;
}

/* Of these the canonical archive knows one value; another is a note. */
static void read_fixed(struct ev_reader *r, size_t n, uint64_t want,
		       const struct spelling *canonical, const char *field,
		       struct ev_error *note)
{
	uint64_t at = ev_reader_offset(r);
	uint64_t value = read_octal(r, n, canonical, field, note);

	if (ev_reader_ok(r) && value != want)
		ev_fail_u64(note, EV_VALUE, object, field, at, want, value);
}

/* A regular file has no device: another value is refused.  Python's tarfile
 * leaves the field empty, which is a note. */
static void read_device(struct ev_reader *r, const char *field,
			struct ev_error *note)
{
	uint64_t at = ev_reader_offset(r), value;
	struct ev_reader peek = *r;
	struct ev_span text = ev_read_span(&peek, 8, field);

	if (text.n > 0 && ev_span_is_zero(text)) {
		*r = peek;
		ev_fail_bytes(note, EV_VALUE, object, field, at,
			      "the canonical spelling", text);
		return;
	}
	value = read_octal(r, 8, &octal8, field, note);
	if (ev_reader_ok(r) && value != 0)
		ev_fail_u64(r->err, EV_VALUE, object, field, at, 0, value);
}

static void read_zeros(struct ev_reader *r, size_t n, const char *field,
		       struct ev_error *where)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span text = ev_read_span(r, n, field);

	if (!ev_span_is_zero(text))
		ev_fail_bytes(where, EV_VALUE, object, field, at, "zeros",
			      text);
}

static void read_name(struct ev_reader *r, char name[EV_TAR_NAME])
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span text = ev_read_span(r, EV_TAR_NAME - 1, "name");
	size_t n = 0;

	while (n < text.n && text.p[n] != 0)
		n++;
	if (n == 0 && text.n > 0)
		ev_fail(r->err, EV_VALUE, object, "name", at, "1 to 100 bytes",
			"nothing");
	else if (!ev_span_is_zero(ev_span_sub(text, n, text.n - n)))
		ev_fail_bytes(r->err, EV_VALUE, object, "name", at + n,
			      "zeros behind the name",
			      ev_span_sub(text, n, text.n - n));
	if (n > 0)
		memcpy(name, text.p, n);
	name[n] = 0;
}

static const char *type_words(uint8_t type)
{
	switch (type) {
	case 0:
		return "NUL (a file of the time before POSIX)";
	case '1':
		return "1 (hard link)";
	case '2':
		return "2 (symbolic link)";
	case '3':
	case '4':
	case '6':
		return "3, 4 or 6 (device)";
	case '5':
		return "5 (directory)";
	case 'x':
	case 'g':
		return "x or g (pax extension header)";
	case 'L':
	case 'K':
		return "L or K (GNU long name)";
	case 'S':
		return "S (sparse file)";
	default:
		return "another type";
	}
}

static void read_type(struct ev_reader *r)
{
	uint64_t at = ev_reader_offset(r);
	uint8_t type = ev_read_u8(r, "typeflag");

	if (ev_reader_ok(r) && type != '0')
		ev_fail(r->err, EV_VALUE, object, "typeflag", at,
			"0 (regular file)", type_words(type));
}

static void read_magic(struct ev_reader *r)
{
	static const char magic[] = "ustar\0"
				    "00";
	uint64_t at = ev_reader_offset(r);
	struct ev_span text = ev_read_span(r, 8, "magic");

	if (text.n > 0 && memcmp(text.p, magic, 8) != 0)
		ev_fail_bytes(r->err, EV_VALUE, object, "magic", at,
			      "7573746172003030", text);
}

/* Of whole words, of fewer than 128: four sums of 16 bits side by side. */
static uint64_t sum_of(struct ev_span bytes)
{
	static const uint64_t every_other = UINT64_C(0x00ff00ff00ff00ff);
	uint64_t sums = 0, word;

	for (size_t at = 0; at < bytes.n; at += sizeof(word)) {
		memcpy(&word, bytes.p + at, sizeof(word));
		sums += (word & every_other) + (word >> 8 & every_other);
	}
	return (sums & 0xffff) + (sums >> 16 & 0xffff) + (sums >> 32 & 0xffff) +
	       (sums >> 48);
}

/* Sum of all bytes, the checksum field itself counted as spaces. */
static uint64_t checksum(struct ev_span block)
{
	return sum_of(block) - sum_of(ev_span_sub(block, 148, 8)) + 8 * ' ';
}

/* The fields in the order of POSIX.1-2017 pax, "ustar Interchange Format". */
static void read_fields(struct ev_reader *r, struct ev_tar_member *m,
			uint64_t *sum, struct ev_error *note)
{
	read_name(r, m->name);
	read_fixed(r, 8, 0644, &octal8, "mode", note);
	read_fixed(r, 8, 0, &octal8, "uid", note);
	read_fixed(r, 8, 0, &octal8, "gid", note);
	m->size = read_octal(r, 12, &octal12, "size", note);
	read_fixed(r, 12, 0, &octal12, "mtime", note);
	*sum = read_octal(r, 8, &octal_sum, "chksum", note);
	read_type(r);
	read_zeros(r, 100, "linkname", r->err);
	read_magic(r);
	read_zeros(r, 32, "uname", note);
	read_zeros(r, 32, "gname", note);
	read_device(r, "devmajor", note);
	read_device(r, "devminor", note);
	read_zeros(r, 155, "prefix", r->err);
	read_zeros(r, 12, "pad", r->err);
}

enum ev_code ev_tar_header(struct ev_span in, uint64_t at,
			   struct ev_tar_member *member, struct ev_error *note,
			   struct ev_error *err)
{
	struct ev_error departed = { 0 };
	struct ev_tar_member m = { .header_offset = at };
	struct ev_reader r, fields;
	struct ev_span block;
	uint64_t sum = 0;

	assert(at <= in.n);
	r = ev_reader_init(ev_span_sub(in, at, in.n - at), at, object, err);
	block = ev_read_span(&r, EV_TAR_BLOCK, "block");
	if (!ev_reader_ok(&r))
		return err->code;
	fields = ev_reader_init(block, at, object, err);
	read_fields(&fields, &m, &sum, &departed);
	if (ev_reader_finish(&fields) != EV_OK)
		return err->code;
	if (sum != checksum(block))
		return ev_fail_u64(err, EV_VALUE, object, "chksum", at + 148,
				   checksum(block), sum);
	*member = m;
	if (note->code == EV_OK)
		*note = departed;
	return EV_OK;
}

/* The reader stands behind the first zero block. */
static enum ev_code read_end(struct ev_reader *r, struct ev_error *note)
{
	uint64_t at = ev_reader_offset(r), padded;
	struct ev_span second = ev_read_span(r, EV_TAR_BLOCK, "second end");
	struct ev_span rest;

	if (!ev_reader_ok(r))
		return r->err->code;
	if (!ev_span_is_zero(second))
		return ev_fail_bytes(r->err, EV_VALUE, "tar", "end", at,
				     "two zero blocks", second);
	at = ev_reader_offset(r);
	rest = ev_read_rest(r);
	if (rest.n == 0)
		return EV_OK;
	padded = (at + record_size - 1) / record_size * record_size;
	if (at + rest.n != padded || !ev_span_is_zero(rest))
		return ev_fail_u64(r->err, EV_TRAILING, "tar", "end", at, 0,
				   rest.n);
	ev_fail_u64(note, EV_TRAILING, "tar", "end", at, 0, rest.n);
	return EV_OK;
}

static enum ev_code read_data(struct ev_reader *r, struct ev_tar_member *m)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span padding;

	m->data = ev_read_span(r, m->size, "data");
	padding = ev_read_span(r, ev_tar_padded(m->size) - m->size, "padding");
	if (!ev_reader_ok(r))
		return r->err->code;
	if (!ev_span_is_zero(padding))
		return ev_fail_bytes(r->err, EV_VALUE, "tar", "padding",
				     at + m->size, "zeros", padding);
	return EV_OK;
}

enum ev_code ev_tar_next(struct ev_tar *tar, struct ev_tar_member *member,
			 bool *end, struct ev_error *note, struct ev_error *err)
{
	struct ev_span left =
		ev_span_sub(tar->in, tar->at, tar->in.n - tar->at);
	struct ev_reader r = ev_reader_init(left, tar->at, "tar", err);
	struct ev_span block = ev_read_span(&r, EV_TAR_BLOCK, "header");
	struct ev_error departed = { 0 };
	struct ev_tar_member m;

	if (!ev_reader_ok(&r))
		return err->code;
	if (ev_span_is_zero(block)) {
		if (read_end(&r, note) == EV_OK)
			*end = true;
		return err->code;
	}
	if (ev_tar_header(tar->in, tar->at, &m, &departed, err) != EV_OK ||
	    read_data(&r, &m) != EV_OK)
		return err->code;
	if (m.data.p == NULL)
		m.data.p = tar->in.p + tar->at + EV_TAR_BLOCK;
	*member = m;
	*end = false;
	if (note->code == EV_OK)
		*note = departed;
	tar->at += EV_TAR_BLOCK + ev_tar_padded(m.size);
	return EV_OK;
}
