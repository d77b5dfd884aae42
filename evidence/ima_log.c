/* SPDX-License-Identifier: Apache-2.0 */
/* The measurement list of Linux's IMA, one entry at a time. */
#include "evidence/ima_log.h"

#include "evidence/base/reader.h"

#define SHA1_SIZE 20
#define PCRS	  24

static const char object[] = "ima-log.entry";

/* --- fields --- */

static uint32_t read_u32(const struct ev_ima_log *log, struct ev_reader *r,
			 const char *field)
{
	return log->big_endian ? ev_read_u32be(r, field)
			       : ev_read_u32le(r, field);
}

static void take_digest(struct ev_ima_entry *e, struct ev_span value)
{
	if (!ev_ima_digest_split(value, &e->kind, &e->algo, &e->file_digest))
		e->odd = "a digest without the name of its algorithm";
}

static void take_file(struct ev_ima_entry *e, struct ev_span value)
{
	const uint8_t *nul = value.n > 0 ? memchr(value.p, 0, value.n) : NULL;

	if (nul == NULL) {
		e->odd = "a file's name without NUL";
		e->file = value;
		return;
	}
	e->file = ev_span_sub(value, 0, (size_t)(nul - value.p));
	if (e->file.n + 1 != value.n)
		e->odd = "bytes behind the NUL of a file's name";
}

static void take(struct ev_ima_entry *e, enum ev_ima_form form,
		 struct ev_span value)
{
	if (form == EV_IMA_DIGEST)
		take_digest(e, value);
	else if (form == EV_IMA_FILE)
		take_file(e, value);
	else if (form == EV_IMA_BARE)
		e->file_digest = value;
	else if (form == EV_IMA_SIGNED && e->signature.n == 0)
		e->signature = value; /* sig before modsig */
}

/* The four bytes at p, in the order of the log. */
static uint32_t number(const struct ev_ima_log *log, const uint8_t *p)
{
	uint32_t le = (uint32_t)p[0] | (uint32_t)p[1] << 8 |
		      (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

	return log->big_endian ? __builtin_bswap32(le) : le;
}

/* A length and as many bytes, taken off in; false: they do not fit. */
static bool take_counted(const struct ev_ima_log *log, struct ev_span *in,
			 struct ev_span *out)
{
	uint32_t n = in->n < 4 ? UINT32_MAX : number(log, in->p);

	if (in->n < 4 || in->n - 4 < n)
		return false;
	*out = ev_span_of(in->p + 4, n);
	*in = ev_span_of(out->p + n, in->n - 4 - n);
	return true;
}

/* What does not fit stays without names: the entry is hashed all the same. */
static void split(const struct ev_ima_log *log, struct ev_ima_entry *e)
{
	const struct ev_ima_template *t = &log->shape;
	struct ev_span left = e->data;

	for (size_t i = 0; i < t->n_fields; i++) {
		struct ev_ima_field *f = &e->field[i];

		*f = (struct ev_ima_field){ t->id[i], t->form[i], { 0 } };
		if (!take_counted(log, &left, &f->value)) {
			e->odd = "a field that does not fit";
			return;
		}
		e->n_fields = i + 1;
		take(e, f->form, f->value);
	}
	if (left.n > 0 && t->n_fields > 0)
		e->odd = "bytes behind the last field";
}

/* --- entries --- */

static const char head_field[] = "template_name";

/* The name, or a refusal; pcr, hash and length stand before it. */
static void read_head(const struct ev_ima_log *log, struct ev_reader *r,
		      struct ev_ima_entry *out)
{
	uint64_t at;
	uint32_t n;

	out->pcr = read_u32(log, r, "pcr");
	out->template_hash = ev_read_span(r, log->hash_size, "template_hash");
	at = ev_reader_offset(r);
	n = read_u32(log, r, head_field);
	if (ev_reader_ok(r) && (n == 0 || n > EV_IMA_NAME_MAX))
		ev_fail_bytes(r->err, EV_VALUE, object, head_field, at,
			      "a length of 1 to 255",
			      ev_span_of(r->left.p - 4, 4));
	if (!ev_reader_ok(r))
		return;
	out->template_name = ev_read_span(r, n, head_field);
	for (size_t i = 0; i < out->template_name.n; i++) {
		uint8_t c = out->template_name.p[i];

		if (c < 0x20 || c > 0x7e) {
			ev_fail_text(r->err, EV_VALUE, object, head_field,
				     at + 4, "printable ASCII",
				     out->template_name);
			return;
		}
	}
}

/* ima_fs.c: the digest has no length in front, the name no NUL behind. */
static void read_plain(const struct ev_ima_log *log, struct ev_reader *r,
		       struct ev_ima_entry *out)
{
	struct ev_span all = r->left;
	uint32_t n;

	out->file_digest = ev_read_span(r, SHA1_SIZE, "file_hash");
	n = read_u32(log, r, "file_name");
	out->file = ev_read_span(r, n, "file_name");
	if (!ev_reader_ok(r))
		return;
	out->data = ev_span_sub(all, 0, SHA1_SIZE + 4 + (size_t)n);
	out->field[0] =
		(struct ev_ima_field){ "d", EV_IMA_BARE, out->file_digest };
	out->field[1] = (struct ev_ima_field){ "n", EV_IMA_FILE, out->file };
	out->n_fields = 2;
	if (n > EV_IMA_PADDED)
		out->odd = "a file's name of more than 256 bytes";
}

static void read_data(struct ev_ima_log *log, struct ev_reader *r,
		      struct ev_ima_entry *out)
{
	uint32_t n;

	if (!ev_span_eq(log->shape.name, out->template_name))
		ev_ima_template_read(out->template_name, &log->shape);
	out->plain = log->shape.plain;
	out->known = out->plain || log->shape.n_fields > 0;
	if (out->plain) {
		read_plain(log, r, out);
		return;
	}
	n = read_u32(log, r, "template_data");
	out->data = ev_read_span(r, n, "template_data");
	if (ev_reader_ok(r) && !log->unsplit)
		split(log, out);
}

/* The bytes at the beginning of in hold an entry of the template of the one
 * before it, whole: read with one look at each length, for logs have many.
 * False: the reader says what is wrong, or new. */
static bool take_like(const struct ev_ima_log *log, struct ev_span in,
		      struct ev_ima_entry *out)
{
	const struct ev_span name = log->shape.name;
	struct ev_span left;

	if (name.n == 0 || log->shape.plain || in.n < 4 + log->hash_size)
		return false;
	left = ev_span_sub(in, 4 + log->hash_size, in.n - 4 - log->hash_size);
	if (!take_counted(log, &left, &out->template_name) ||
	    !ev_span_eq(out->template_name, name) ||
	    !take_counted(log, &left, &out->data))
		return false;
	out->pcr = number(log, in.p);
	out->template_hash = ev_span_sub(in, 4, log->hash_size);
	out->known = log->shape.n_fields > 0;
	out->size = in.n - left.n;
	if (!log->unsplit)
		split(log, out);
	return true;
}

/* The same of any entry. */
static bool read_entry(struct ev_ima_log *log, struct ev_span in,
		       struct ev_ima_entry *out)
{
	struct ev_reader r = ev_reader_init(in, log->at, object, &log->refusal);

	read_head(log, &r, out);
	if (ev_reader_ok(&r))
		read_data(log, &r, out);
	out->size = ev_reader_offset(&r) - log->at;
	return ev_reader_ok(&r);
}

bool ev_ima_log_next(struct ev_ima_log *log, struct ev_ima_entry *out)
{
	struct ev_span rest = ev_span_sub(log->item, (size_t)log->at,
					  log->item.n - (size_t)log->at);

	if (log->ended || rest.n == 0) {
		log->ended = true;
		return false;
	}
	/* The fields are written by n_fields. */
	memset(out, 0, offsetof(struct ev_ima_entry, field));
	if (!take_like(log, rest, out) && !read_entry(log, rest, out)) {
		log->ended = log->cut = true;
		return false;
	}
	ev_release_to(log->release, log->item, log->at, &log->released);
	out->number = ++log->n_entries;
	out->offset = log->at;
	out->violation = ev_span_is_zero(out->template_hash);
	log->at += out->size;
	return true;
}

/* --- the first entry --- */

/* Whether the first entry has a name, read so; its PCR. */
static bool fits(struct ev_ima_log *log, bool big_endian,
		 enum ev_digest_alg alg, uint32_t *pcr)
{
	struct ev_error err = { .code = EV_OK };
	struct ev_reader r = ev_reader_init(log->item, 0, object, &err);
	struct ev_ima_entry first;

	log->big_endian = big_endian;
	log->alg = alg;
	log->hash_size = ev_digest_size(alg);
	read_head(log, &r, &first);
	*pcr = first.pcr;
	return ev_reader_ok(&r);
}

/* Leaves in log the first of the ways in which the first entry can be read,
 * where its PCR is one before where it is none. */
static bool find_way(struct ev_ima_log *log, const enum ev_digest_alg *algs,
		     size_t n)
{
	for (int strict = 1; strict >= 0; strict--) {
		for (size_t i = 0; i < 2 * n; i++) {
			uint32_t pcr;

			if (fits(log, i % 2 == 1, algs[i / 2], &pcr) &&
			    (strict == 0 || pcr < PCRS))
				return true;
		}
	}
	return false;
}

static enum ev_code open_as(struct ev_span item, const enum ev_digest_alg *algs,
			    size_t n, struct ev_ima_log *out,
			    struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(item, 0, object, err);
	struct ev_ima_entry first;

	*out = (struct ev_ima_log){ .item = item };
	if (find_way(out, algs, n))
		return EV_OK;
	/* The refusal is that of the most usual way. */
	out->big_endian = false;
	out->alg = algs[0];
	out->hash_size = ev_digest_size(algs[0]);
	read_head(out, &r, &first);
	return err->code;
}

enum ev_code ev_ima_log_open(struct ev_span item, struct ev_ima_log *out,
			     struct ev_error *err)
{
	static const enum ev_digest_alg algs[] = { EV_SHA1, EV_SHA256,
						   EV_SHA384, EV_SHA512 };

	return open_as(item, algs, sizeof(algs) / sizeof(algs[0]), out, err);
}

enum ev_code ev_ima_log_open_bank(struct ev_span item, enum ev_digest_alg alg,
				  struct ev_ima_log *out, struct ev_error *err)
{
	return open_as(item, &alg, 1, out, err);
}

/* Linux, crypto/hash_info.c. */
static const struct {
	const char *name;
	enum ev_digest_alg alg;
} kernel_algs[] = {
	{ "sha1", EV_SHA1 },
	{ "sha256", EV_SHA256 },
	{ "sha384", EV_SHA384 },
	{ "sha512", EV_SHA512 },
	{ "sm3", EV_SM3_256 },
	{ "sm3-256", EV_SM3_256 }, /* before Linux 5.18 */
	{ "sha3-256", EV_SHA3_256 },
	{ "sha3-384", EV_SHA3_384 },
	{ "sha3-512", EV_SHA3_512 },
};

bool ev_ima_alg(struct ev_span name, enum ev_digest_alg *out)
{
	for (size_t i = 0; i < sizeof(kernel_algs) / sizeof(kernel_algs[0]);
	     i++) {
		if (!ev_span_eq(name, ev_span_str(kernel_algs[i].name)))
			continue;
		*out = kernel_algs[i].alg;
		return true;
	}
	return false;
}

bool ev_ima_path_alg(struct ev_span path, enum ev_digest_alg *out)
{
	const struct ev_span stem =
		EV_SPAN_LITERAL("binary_runtime_measurements");
	size_t slash = path.n;
	struct ev_span name;

	while (slash > 0 && path.p[slash - 1] != '/')
		slash--;
	name = ev_span_sub(path, slash, path.n - slash);
	if (name.n < stem.n || memcmp(name.p, stem.p, stem.n) != 0)
		return false;
	name = ev_span_sub(name, stem.n, name.n - stem.n);
	*out = EV_SHA1;
	if (name.n == 0)
		return true;
	return name.p[0] == '_' &&
	       ev_ima_alg(ev_span_sub(name, 1, name.n - 1), out);
}

bool ev_ima_template_hash(struct ev_crypto *crypto,
			  const struct ev_ima_entry *entry,
			  enum ev_digest_alg alg, uint8_t *out)
{
	static const uint8_t zeros[EV_IMA_PADDED];
	struct ev_span parts[3] = { entry->file_digest, entry->file };
	size_t n =
		entry->file.n < EV_IMA_PADDED ? entry->file.n : EV_IMA_PADDED;

	if (!entry->plain)
		return ev_digest(crypto, alg, entry->data, out);
	parts[2] = ev_span_of(zeros, EV_IMA_PADDED - n);
	return ev_digest_parts(crypto, alg, parts, 3, out);
}
