/* SPDX-License-Identifier: Apache-2.0 */
/* The PCR file of tpm2_quote -o, as tpm2-tools' memory or as a TPM has it. */
#include "evidence/tpm.h"

#include "evidence/base/cleanup.h"

static const char object[] = "tpm-pcrs-serialized";

#define DIGEST_SLOTS 8	/* of a TPML_DIGEST */
#define DIGEST_BYTES 64 /* of a slot, used or not */
#define DIGEST_LISTS 32 /* tpm2_pcrs.pcr_values[TPM2_MAX_PCRS] */
#define SELECT_BYTES 4

static void refuse(struct ev_reader *r, const char *field, uint64_t at,
		   uint64_t want, uint64_t found)
{
	if (ev_reader_ok(r))
		ev_fail_u64(r->err, EV_VALUE, r->object, field, at, want,
			    found);
}

/* How the file is spelled. */
struct file {
	struct ev_reader r;
	bool marshaled; /* big-endian, without room for what is not there */
};

/* TPML_PCR_SELECTION begins with its count: of 16 bits at most, so that its
 * first byte is zero in big-endian alone.  One that selects nothing is 132
 * bytes in memory. */
static bool is_marshaled(struct ev_span item)
{
	struct ev_error ignored = { 0 };
	struct ev_reader r = ev_reader_init(item, 0, object, &ignored);
	uint32_t n = ev_read_u32be(&r, "selection.count");

	return ev_reader_ok(&r) &&
	       (n == 0 ? item.n == 2 * sizeof(n) : n <= EV_TPM_BANKS_MAX);
}

static uint16_t read_u16(struct file *f, const char *field)
{
	return f->marshaled ? ev_read_u16be(&f->r, field)
			    : ev_read_u16le(&f->r, field);
}

static uint32_t read_u32(struct file *f, const char *field)
{
	return f->marshaled ? ev_read_u32be(&f->r, field)
			    : ev_read_u32le(&f->r, field);
}

/* A bank; in memory its bitmap has four bytes and a byte of padding. */
static struct ev_pcr_selection read_bank(struct file *f, bool used)
{
	struct ev_pcr_selection b = { .alg = read_u16(f, "selection.hash") };
	uint64_t at = ev_reader_offset(&f->r);
	uint8_t size = ev_read_u8(&f->r, "selection.sizeofSelect");
	struct ev_span bitmap;

	if (used && size > SELECT_BYTES)
		refuse(&f->r, "selection.sizeofSelect", at, SELECT_BYTES, size);
	bitmap = ev_read_span(&f->r, f->marshaled ? size : SELECT_BYTES,
			      "selection.pcrSelect");
	if (!f->marshaled)
		ev_read_u8(&f->r, "selection.pad");
	for (size_t k = 0; ev_reader_ok(&f->r) && k < bitmap.n && k < size; k++)
		b.pcrs |= (uint32_t)bitmap.p[k] << (8 * k);
	b.n_pcrs = (unsigned int)__builtin_popcount(b.pcrs);
	return b;
}

/* Unused slots are memory as it lay there and are not judged. */
static size_t read_selection(struct file *f,
			     struct ev_pcr_selection bank[EV_TPM_BANKS_MAX])
{
	uint64_t at = ev_reader_offset(&f->r);
	uint32_t n = read_u32(f, "selection.count");
	size_t slots = f->marshaled ? n : EV_TPM_BANKS_MAX;

	if (n > EV_TPM_BANKS_MAX)
		refuse(&f->r, "selection.count", at, EV_TPM_BANKS_MAX, n);
	for (size_t i = 0; i < slots && ev_reader_ok(&f->r); i++) {
		struct ev_pcr_selection b = read_bank(f, i < n);

		if (i < n)
			bank[i] = b;
	}
	return ev_reader_ok(&f->r) ? n : 0;
}

/* Where the next value belongs. */
struct place {
	const struct ev_pcr_selection *bank;
	size_t n_banks;
	size_t i;	   /* bank */
	unsigned int used; /* values of it already taken */
};

/* Size of the next value; 0 where the selection has no more. */
static size_t next_size(struct place *p)
{
	enum ev_digest_alg alg;

	while (p->i < p->n_banks && p->used == p->bank[p->i].n_pcrs) {
		p->i++;
		p->used = 0;
	}
	if (p->i == p->n_banks || !ev_tpm_digest_alg(p->bank[p->i].alg, &alg))
		return 0;
	p->used++;
	return ev_digest_size(alg);
}

/* One TPML_DIGEST; the values used go to out. */
static size_t read_list(struct file *f, struct place *place, uint8_t *out)
{
	uint64_t at = ev_reader_offset(&f->r);
	uint32_t n = read_u32(f, "digests.count");
	size_t written = 0, slots = f->marshaled ? n : DIGEST_SLOTS;

	if (n > DIGEST_SLOTS)
		refuse(&f->r, "digests.count", at, DIGEST_SLOTS, n);
	for (size_t i = 0; i < slots && ev_reader_ok(&f->r); i++) {
		uint16_t size;
		struct ev_span digest;
		size_t want;

		at = ev_reader_offset(&f->r);
		size = read_u16(f, "digest.size");
		digest = ev_read_span(&f->r, f->marshaled ? size : DIGEST_BYTES,
				      "digest.buffer");
		if (i >= n || !ev_reader_ok(&f->r))
			continue;
		want = next_size(place);
		/* Where nothing is selected the tools write a value without a
		 * byte. */
		if (want == 0 && size == 0)
			continue;
		if (size != want || want == 0) {
			refuse(&f->r, "digest.size", at, want, size);
			break;
		}
		memcpy(out + written, digest.p, want);
		written += want;
	}
	return written;
}

static uint32_t read_n_lists(struct file *f)
{
	uint64_t at = ev_reader_offset(&f->r);
	uint32_t n = read_u32(f, "digest-lists");

	if (n > DIGEST_LISTS)
		refuse(&f->r, "digest-lists", at, DIGEST_LISTS, n);
	return ev_reader_ok(&f->r) ? n : 0;
}

enum ev_code ev_tpm_pcrs_serialized_parse(struct ev_span item,
					  struct ev_pcr_selection *bank,
					  size_t *n_banks, uint8_t **values,
					  size_t *n_values,
					  struct ev_error *err)
{
	struct file f = { ev_reader_init(item, 0, object, err),
			  is_marshaled(item) };
	struct ev_pcr_selection banks[EV_TPM_BANKS_MAX] = { 0 };
	struct place place = { .bank = banks };
	ev_auto_free uint8_t *joined = NULL;
	size_t n = 0;
	uint32_t n_lists;

	place.n_banks = read_selection(&f, banks);
	n_lists = read_n_lists(&f);
	if (!ev_reader_ok(&f.r))
		return err->code;
	joined = malloc((size_t)DIGEST_LISTS * DIGEST_SLOTS * DIGEST_BYTES);
	if (joined == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (uint32_t i = 0; i < n_lists && ev_reader_ok(&f.r); i++)
		n += read_list(&f, &place, joined + n);
	if (ev_reader_finish(&f.r) != EV_OK)
		return err->code;
	if (next_size(&place) != 0 || place.i < place.n_banks)
		return ev_fail(err, EV_MISSING, object, "digests", item.n,
			       "a value for each PCR selected", "fewer");
	memcpy(bank, banks, sizeof(banks));
	*n_banks = place.n_banks;
	*values = joined;
	joined = NULL;
	*n_values = n;
	return EV_OK;
}
