/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot digest of VBS: SHA-256 over the digest so far and a chunk, pages in
 * order, then registers (measurement page, section 3.4).
 */
#include "audit/image/measuring.h"

#define DIGEST	    ((size_t)32)
#define HEAD	    ((size_t)32) /* of a page chunk, before its data */
#define VALUE	    ((size_t)16)
#define REGISTER    ((size_t)0x30)
#define CHUNK_PAGES 2 /* type of a chunk; that of registers is 0 */

/* Bits 0 and 1 say how the page is accepted, bit 2 that it is not measured. */
enum { UNMEASURED = 4, ERRORS = 7 };

static void put(uint8_t *to, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

static bool extend(struct au_measuring *m, struct ev_span chunk)
{
	const struct ev_span parts[] = { { m->value, DIGEST }, chunk };

	return ev_digest_parts(m->crypto, EV_SHA256, parts, 2, m->value);
}

/* u32 size, u32 type, u64 0, u64 metadata, u64 page number, the page. */
static bool add(struct au_measuring *m, const struct au_operation *op,
		const struct au_rule *rule)
{
	uint8_t chunk[HEAD + AU_PAGE] = { 0 };
	uint64_t metadata = op->measured ? 0 : UNMEASURED;
	bool ok = true;

	(void)rule;
	if (op->shared || op->kind == AU_REGISTERS)
		return true;
	if (op->kind == AU_ERROR_RANGE)
		metadata = ERRORS;
	put(chunk, sizeof(chunk), 4);
	put(chunk + 4, CHUNK_PAGES, 4);
	put(chunk + 16, metadata, 8);
	for (uint64_t i = 0; ok && i < op->size / AU_PAGE; i++) {
		put(chunk + 24, op->gpa / AU_PAGE + i, 8);
		if (metadata == 0)
			au_operation_page(op, i, chunk + HEAD);
		ok = extend(m, EV_SPAN(chunk));
	}
	return ok;
}

/* u32 size, u32 0, u64 0, u32 0, u8 VTL, 7 zeros, u32 name, 16 value; of an
 * entry: u8 VTL, u32 name, 11 zeros, 16 value. */
static bool add_registers(struct au_measuring *m, const struct au_operation *op)
{
	bool ok = true;

	for (size_t at = 0; ok && op->data.n - at >= AU_REGISTER;
	     at += AU_REGISTER) {
		const uint8_t *entry = op->data.p + at;
		uint8_t chunk[REGISTER] = { REGISTER };

		chunk[20] = entry[0];
		memcpy(chunk + 28, entry + 1, 4);
		memcpy(chunk + 32, entry + 16, VALUE);
		ok = extend(m, EV_SPAN(chunk));
	}
	return ok;
}

static bool finish(struct au_measuring *m, uint8_t *out)
{
	const struct au_launch *launch = m->launch;
	bool ok = true;

	for (size_t i = 0; ok && i < launch->n; i++) {
		if (launch->op[i].kind == AU_REGISTERS)
			ok = add_registers(m, &launch->op[i]);
	}
	if (ok)
		memcpy(out, m->value, DIGEST);
	return ok;
}

/* Nothing is open. */
static bool alike(const struct au_operation *op, const struct au_rule *a,
		  const struct au_rule *b)
{
	(void)op;
	(void)a;
	(void)b;
	return true;
}

const struct au_method au_vbs_digest = {
	.platform = AU_VBS,
	.add = add,
	.finish = finish,
	.alike = alike,
};
