/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical event logs in TLV, one record at a time. */
#include "evidence/cel_tlv.h"

#include "evidence/base/reader.h"
#include "evidence/tpm.h"

static const char object[] = "cel-tlv.record";

/* Types of the TLVs of a record. */
enum {
	RECNUM = 0,
	PCR = 1,
	DIGESTS = 3,
	CC_MR = 108,
};

const char *ev_cel_cos_name(int cos_type)
{
	static const char *const names[] = {
		"image-reference",   "image-digest",
		"restart-policy",    "image-id",
		"argument",	     "environment",
		"override-argument", "override-environment",
		"launch-separator",  "memory-monitor",
		"gpu-cc-mode",	     "gpu-device-binding",
	};

	if (cos_type < 0 ||
	    (size_t)cos_type >= sizeof(names) / sizeof(names[0]))
		return NULL;
	return names[cos_type];
}

/* --- TLVs --- */

static struct ev_span read_tlv(struct ev_reader *r, uint8_t *type,
			       const char *field)
{
	uint32_t n;

	*type = ev_read_u8(r, field);
	n = ev_read_u32be(r, field);
	return ev_read_span(r, n, field);
}

/* The value of a TLV of that type and size. */
static struct ev_span read_typed(struct ev_reader *r, uint8_t want, size_t n,
				 const char *field)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span value;
	uint8_t type;

	value = read_tlv(r, &type, field);
	if (ev_reader_ok(r) && type != want)
		ev_fail_u64(r->err, EV_VALUE, object, field, at, want, type);
	else if (ev_reader_ok(r) && value.n != n)
		ev_fail_u64(r->err, EV_VALUE, object, field, at + 1, n,
			    value.n);
	return ev_reader_ok(r) ? value : (struct ev_span){ NULL, 0 };
}

static void read_recnum(struct ev_reader *r, struct ev_cel_record *out)
{
	struct ev_span value = read_typed(r, RECNUM, 8, "recnum");

	for (size_t i = 0; i < value.n; i++)
		out->recnum = out->recnum << 8 | value.p[i];
}

static void read_register(struct ev_reader *r, struct ev_cel_record *out)
{
	struct ev_span value;

	out->is_mr = r->left.n > 0 && r->left.p[0] == CC_MR;
	value = read_typed(r, out->is_mr ? CC_MR : PCR, 1, "register");
	if (value.n == 1)
		out->index = value.p[0];
}

/* The digest that is read next is one that may stand there. */
static void check_digest(struct ev_reader *r, const struct ev_cel_record *out,
			 uint64_t at, uint8_t type, size_t size)
{
	enum ev_digest_alg alg;

	if (!ev_reader_ok(r))
		return;
	for (size_t i = 0; i < out->n_digests; i++)
		if (out->digest[i].alg == type)
			ev_fail_u64(r->err, EV_DUPLICATE, object, "digest", at,
				    0, type);
	if (out->n_digests == EV_CEL_DIGESTS_MAX)
		ev_fail_u64(r->err, EV_LIMIT, object, "digests", at,
			    EV_CEL_DIGESTS_MAX, EV_CEL_DIGESTS_MAX + 1);
	if (ev_tpm_digest_alg(type, &alg) && size != ev_digest_size(alg))
		ev_fail_u64(r->err, EV_VALUE, object, "digest", at + 1,
			    ev_digest_size(alg), size);
}

/* The type of a digest is the low byte of its algorithm's number. */
static void read_digests(struct ev_reader *r, struct ev_cel_record *out)
{
	uint64_t at = ev_reader_offset(r);
	uint8_t type;
	struct ev_span all = read_tlv(r, &type, "digests");
	struct ev_reader in = ev_reader_init(all, ev_reader_offset(r) - all.n,
					     object, r->err);

	if (ev_reader_ok(r) && type != DIGESTS)
		ev_fail_u64(r->err, EV_VALUE, object, "digests", at, DIGESTS,
			    type);
	while (ev_reader_ok(r) && in.left.n > 0) {
		struct ev_span digest;

		at = ev_reader_offset(&in);
		digest = read_tlv(&in, &type, "digest");
		check_digest(&in, out, at, type, digest.n);
		if (ev_reader_ok(&in))
			out->digest[out->n_digests++] =
				(struct ev_cel_digest){ type, digest };
	}
}

/* Confidential Space: one TLV that fills the content. */
static void split_cos(struct ev_span value, struct ev_cel_record *out)
{
	struct ev_error err = { .code = EV_OK };
	struct ev_reader r = ev_reader_init(value, 0, object, &err);
	uint8_t type;
	struct ev_span inner = read_tlv(&r, &type, "cos");

	if (ev_reader_finish(&r) != EV_OK) {
		out->odd = "content that is not one TLV";
		return;
	}
	out->cos_type = type;
	out->cos_value = inner;
}

static void read_content(struct ev_reader *r, struct ev_cel_record *out)
{
	struct ev_span rest = r->left, value;

	value = read_tlv(r, &out->content_type, "content");
	if (!ev_reader_ok(r))
		return;
	out->content = ev_span_sub(rest, 0, rest.n - r->left.n);
	if (out->content_type == EV_CEL_COS)
		split_cos(value, out);
}

/* --- records --- */

static struct ev_reader rest_of(struct ev_cel_log *log, struct ev_error *err)
{
	struct ev_span rest = ev_span_sub(log->item, (size_t)log->at,
					  log->item.n - (size_t)log->at);

	return ev_reader_init(rest, log->at, object, err);
}

bool ev_cel_log_next(struct ev_cel_log *log, struct ev_cel_record *out)
{
	struct ev_reader r = rest_of(log, &log->refusal);

	if (log->ended || r.left.n == 0) {
		log->ended = true;
		return false;
	}
	*out = (struct ev_cel_record){ .cos_type = -1 };
	read_recnum(&r, out);
	read_register(&r, out);
	read_digests(&r, out);
	read_content(&r, out);
	if (!ev_reader_ok(&r)) {
		log->ended = log->cut = true;
		return false;
	}
	out->number = ++log->n_records;
	out->offset = log->at;
	out->size = ev_reader_offset(&r) - log->at;
	log->at += out->size;
	if (out->recnum != out->number - 1)
		out->odd = "a record number out of order";
	return true;
}

enum ev_code ev_cel_log_open(struct ev_span item, struct ev_cel_log *out,
			     struct ev_error *err)
{
	struct ev_reader r;

	*out = (struct ev_cel_log){ .item = item };
	r = rest_of(out, err);
	read_typed(&r, RECNUM, 8, "recnum");
	return err->code;
}
