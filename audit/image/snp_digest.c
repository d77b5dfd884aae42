/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The launch digest of SEV-SNP: SHA-384 over a structure of 112 bytes for each
 * page, the digest so far in it (measurement page, section 3.4; SEV-SNP
 * Firmware ABI 1.55, table 67).
 */
#include "audit/image/measuring.h"

/* PAGE_INFO.PAGE_TYPE */
enum { NORMAL = 1, VMSA = 2, ZERO = 3, UNMEASURED = 4, SECRETS = 5, CPUID = 6 };

#define DIGEST ((size_t)48)
#define INFO   ((size_t)0x70)

/* The type of an operation's pages; 0: they are not added. */
static uint8_t type_of(const struct au_operation *op,
		       const struct au_rule *rule)
{
	static const uint8_t types[] = {
		[AU_NORMAL] = NORMAL,
		[AU_SECRETS] = SECRETS,
		[AU_CPUID] = CPUID,
		[AU_CPUID_XF] = CPUID,
	};

	if (op->kind == AU_VMSA)
		return VMSA;
	if (op->kind == AU_INSERT)
		return UNMEASURED;
	if (op->kind != AU_PAGES || op->shared)
		return 0;
	if (op->type != AU_NORMAL)
		return types[op->type];
	if (!op->measured)
		return UNMEASURED;
	return rule->native_zero && op->data.n == 0 ? ZERO : NORMAL;
}

/* A parameter area of several pages, of which one is added. */
static uint64_t pages_of(const struct au_operation *op,
			 const struct au_rule *rule)
{
	uint64_t n = op->size / AU_PAGE;

	return op->kind == AU_INSERT && rule->insert_first && n > 1 ? 1 : n;
}

static bool alike(const struct au_operation *op, const struct au_rule *a,
		  const struct au_rule *b)
{
	return type_of(op, a) == type_of(op, b) &&
	       pages_of(op, a) == pages_of(op, b);
}

/* digest so far 48, contents 48, u16 size, u8 page type, u8 IMI, u8 VMPL
 * permissions 3, reserved 1, u64 GPA */
static bool add_page(struct au_measuring *m, uint8_t type,
		     const uint8_t contents[DIGEST], uint64_t gpa)
{
	uint8_t info[INFO] = { 0 };

	memcpy(info, m->value, DIGEST);
	memcpy(info + DIGEST, contents, DIGEST);
	info[96] = INFO;
	info[98] = type;
	for (size_t i = 0; i < 8; i++)
		info[104 + i] = (uint8_t)(gpa >> (8 * i));
	return ev_digest(m->crypto, EV_SHA384, EV_SPAN(info), m->value);
}

static bool add(struct au_measuring *m, const struct au_operation *op,
		const struct au_rule *rule)
{
	uint8_t type = type_of(op, rule), page[AU_PAGE];
	uint64_t n = type != 0 ? pages_of(op, rule) : 0;
	bool ok = true;

	for (uint64_t i = 0; ok && i < n; i++) {
		uint8_t contents[DIGEST] = { 0 };

		if (type == NORMAL || type == VMSA) {
			au_operation_page(op, i, page);
			ok = ev_digest(m->crypto, EV_SHA384, EV_SPAN(page),
				       contents);
		}
		ok = ok && add_page(m, type, contents, op->gpa + i * AU_PAGE);
	}
	return ok;
}

static bool finish(struct au_measuring *m, uint8_t *out)
{
	memcpy(out, m->value, DIGEST);
	return true;
}

const struct au_method au_snp_digest = {
	.platform = AU_SNP,
	.add = add,
	.finish = finish,
	.alike = alike,
};
