/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions of a VCEK certificate. */
#include "evidence/vcek.h"

#include "evidence/extension.h"

static const char object[] = "vcek";

#define SVN_MAX	       255
#define HW_ID_SIZE     64
#define HW_ID_TURIN    8
#define DER_IA5_STRING 0x16

/* 1.3.6.1.4.1.3704.1 */
#define AMD "\x2b\x06\x01\x04\x01\x9c\x78\x01"

enum part {
	PART_STRUCT_VERSION,
	PART_PRODUCT_NAME,
	PART_BOOTLOADER,
	PART_TEE,
	PART_SNP,
	PART_MICROCODE,
	PART_HW_ID,
	/* Not in all: */
	PART_FMC,
	N_PARTS
};

static const struct part_row {
	const char *oid; /* content octets */
	size_t n;
	const char *name;
	enum ev_snp_tcb_part svn; /* of the SPLs */
} parts[N_PARTS] = {
	[PART_STRUCT_VERSION] = { AMD "\x01", 9, "structVersion", 0 },
	[PART_PRODUCT_NAME] = { AMD "\x02", 9, "productName1", 0 },
	[PART_BOOTLOADER] = { AMD "\x03\x01", 10, "blSPL", EV_SNP_BOOTLOADER },
	[PART_TEE] = { AMD "\x03\x02", 10, "teeSPL", EV_SNP_TEE },
	[PART_SNP] = { AMD "\x03\x03", 10, "snpSPL", EV_SNP_SNP },
	[PART_MICROCODE] = { AMD "\x03\x08", 10, "ucodeSPL", EV_SNP_MICROCODE },
	[PART_HW_ID] = { AMD "\x04", 9, "hwID", 0 },
	[PART_FMC] = { AMD "\x03\x09", 10, "fmcSPL", EV_SNP_FMC },
};

static enum part part_of(struct ev_span oid)
{
	enum part i = 0;

	while (i < N_PARTS &&
	       !ev_span_eq(oid, ev_span_of(parts[i].oid, parts[i].n)))
		i++;
	return i;
}

/* The bytes as they are, or as an OCTET STRING of their own: both occur. */
static struct ev_span read_hw_id(struct ev_reader *r)
{
	uint64_t offset = ev_reader_offset(r);
	struct ev_span id;

	if (r->left.n == HW_ID_SIZE || r->left.n == HW_ID_TURIN)
		return ev_read_rest(r);
	id = ev_der_read(r, EV_DER_OCTET_STRING, parts[PART_HW_ID].name);
	if (ev_reader_ok(r) && id.n != HW_ID_SIZE && id.n != HW_ID_TURIN)
		ev_fail_u64(r->err, EV_VALUE, object, parts[PART_HW_ID].name,
			    offset, HW_ID_SIZE, id.n);
	return id;
}

static void read_part(struct ev_reader *r, enum part part, struct ev_vcek *v)
{
	const struct part_row *row = &parts[part];

	if (part == PART_STRUCT_VERSION)
		v->struct_version = ev_der_read_uint(r, UINT32_MAX, row->name);
	else if (part == PART_PRODUCT_NAME)
		v->product_name = ev_der_read(r, DER_IA5_STRING, row->name);
	else if (part == PART_HW_ID)
		v->hw_id = read_hw_id(r);
	else
		v->tcb.svn[row->svn] =
			(uint8_t)ev_der_read_uint(r, SVN_MAX, row->name);
	ev_reader_finish(r);
}

/* A reader over the certificate's extensions, which end it. */
static struct ev_reader enter_extensions(struct ev_reader *item)
{
	struct ev_reader outer = ev_der_enter(item, EV_DER_SEQUENCE, object);
	struct ev_reader tbs =
		ev_der_enter(&outer, EV_DER_SEQUENCE, "tbsCertificate");

	while (ev_reader_ok(&tbs) && tbs.left.n > 0 &&
	       ev_der_peek(&tbs) != EV_DER_CONTEXT_CONSTRUCTED(3))
		ev_der_read_any(&tbs, "tbsCertificate");
	return ev_der_enter(&tbs, EV_DER_CONTEXT_CONSTRUCTED(3), "extensions");
}

enum ev_code ev_vcek_parse(struct ev_span der, uint64_t base,
			   struct ev_vcek *out, struct ev_error *err)
{
	struct ev_reader item = ev_reader_init(der, base, object, err);
	struct ev_reader explicit = enter_extensions(&item);
	struct ev_extensions list = ev_extensions_enter(&explicit);
	struct ev_vcek v = { .struct_version = 0 };
	struct ev_extension e;
	bool seen[N_PARTS] = { false };

	while (ev_extension_next(&list, &e)) {
		struct ev_reader value = ev_extension_value(&list, &e);
		enum part part = part_of(e.oid);

		if (part == N_PARTS)
			continue;
		seen[part] = true;
		read_part(&value, part, &v);
	}
	for (enum part i = 0; err->code == EV_OK && i < PART_FMC; i++)
		if (!seen[i])
			ev_fail(err, EV_MISSING, object, parts[i].name, base,
				"the extension", "none");
	if (err->code != EV_OK)
		return err->code;
	v.has_fmc = seen[PART_FMC];
	*out = v;
	return EV_OK;
}

bool ev_vcek_is_of(const struct ev_vcek *vcek, struct ev_span chip_id)
{
	size_t n = vcek->hw_id.n;

	return n <= chip_id.n && memcmp(vcek->hw_id.p, chip_id.p, n) == 0 &&
	       ev_span_is_zero(ev_span_sub(chip_id, n, chip_id.n - n));
}
