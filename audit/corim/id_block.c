/* SPDX-License-Identifier: Apache-2.0 */
/* The SNP ID block of an IGVM file. */
#include "audit/corim/id_block.h"

#include "evidence/base/reader.h"

static const char object[] = "snp id block";

#define NUMBER_SIZE 72 /* of r, s and a coordinate, little-endian */

/* curve, reserved, X and Y; the curve is told. */
static uint32_t read_key(struct ev_reader *r)
{
	uint32_t curve = ev_read_u32le(r, "curve");
	uint64_t offset = ev_reader_offset(r);
	uint32_t reserved = ev_read_u32le(r, "reserved");

	if (ev_reader_ok(r) && reserved != 0)
		ev_fail_u64(r->err, EV_VALUE, object, "key reserved", offset, 0,
			    reserved);
	ev_read_span(r, 2 * (size_t)NUMBER_SIZE, "key");
	return curve;
}

enum ev_code au_id_block_parse(struct ev_span bytes, uint64_t base,
			       struct au_id_block *out, struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(bytes, base, object, err);
	struct au_id_block b = { 0 };
	struct ev_span reserved;
	uint8_t author;

	b.mask = ev_read_u32le(&r, "compatibility mask");
	author = ev_read_u8(&r, "author key enabled");
	reserved = ev_read_span(&r, 3, "reserved");
	b.ld_offset = ev_reader_offset(&r);
	b.ld = ev_read_span(&r, 48, "launch digest");
	b.family = ev_read_span(&r, 16, "family id");
	b.image = ev_read_span(&r, 16, "image id");
	b.version = ev_read_u32le(&r, "version");
	b.svn = ev_read_u32le(&r, "guest svn");
	b.id_algorithm = ev_read_u32le(&r, "id key algorithm");
	b.author_algorithm = ev_read_u32le(&r, "author key algorithm");
	ev_read_span(&r, 2 * (size_t)NUMBER_SIZE, "id key signature");
	b.id_curve = read_key(&r);
	ev_read_span(&r, 2 * (size_t)NUMBER_SIZE, "author key signature");
	b.author_curve = read_key(&r);
	if (ev_reader_finish(&r) != EV_OK)
		return err->code;
	if (author > 1)
		return ev_fail_u64(err, EV_VALUE, object, "author key enabled",
				   base + 4, 1, author);
	if (!ev_span_is_zero(reserved))
		return ev_fail_bytes(err, EV_VALUE, object, "reserved",
				     base + 5, "zeros", reserved);
	b.author = author == 1;
	*out = b;
	return EV_OK;
}
