/* SPDX-License-Identifier: Apache-2.0 */
/* The PCR file of tpm2_quote -o: C structures of tpm2-tools, little-endian. */
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

/* Unused slots are memory as it lay there and are not judged. */
static size_t read_selection(struct ev_reader *r,
			     struct ev_pcr_selection bank[EV_TPM_BANKS_MAX])
{
	uint64_t at = ev_reader_offset(r);
	uint32_t n = ev_read_u32le(r, "selection.count");

	if (n > EV_TPM_BANKS_MAX)
		refuse(r, "selection.count", at, EV_TPM_BANKS_MAX, n);
	for (size_t i = 0; i < EV_TPM_BANKS_MAX; i++) {
		struct ev_pcr_selection b = { 0 };
		struct ev_span bitmap;
		uint8_t size;

		b.alg = ev_read_u16le(r, "selection.hash");
		at = ev_reader_offset(r);
		size = ev_read_u8(r, "selection.sizeofSelect");
		bitmap = ev_read_span(r, SELECT_BYTES, "selection.pcrSelect");
		ev_read_u8(r, "selection.pad");
		if (i >= n || !ev_reader_ok(r))
			continue;
		if (size > SELECT_BYTES)
			refuse(r, "selection.sizeofSelect", at, SELECT_BYTES,
			       size);
		for (size_t k = 0; k < bitmap.n && k < size; k++)
			b.pcrs |= (uint32_t)bitmap.p[k] << (8 * k);
		b.n_pcrs = (unsigned int)__builtin_popcount(b.pcrs);
		bank[i] = b;
	}
	return ev_reader_ok(r) ? n : 0;
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
static size_t read_list(struct ev_reader *r, struct place *place, uint8_t *out)
{
	uint64_t at = ev_reader_offset(r);
	uint32_t n = ev_read_u32le(r, "digests.count");
	size_t written = 0;

	if (n > DIGEST_SLOTS)
		refuse(r, "digests.count", at, DIGEST_SLOTS, n);
	for (size_t i = 0; i < DIGEST_SLOTS && ev_reader_ok(r); i++) {
		uint16_t size;
		struct ev_span digest;
		size_t want;

		at = ev_reader_offset(r);
		size = ev_read_u16le(r, "digest.size");
		digest = ev_read_span(r, DIGEST_BYTES, "digest.buffer");
		if (i >= n || !ev_reader_ok(r))
			continue;
		want = next_size(place);
		if (size != want || want == 0) {
			refuse(r, "digest.size", at, want, size);
			break;
		}
		memcpy(out + written, digest.p, want);
		written += want;
	}
	return written;
}

static uint32_t read_n_lists(struct ev_reader *r)
{
	uint64_t at = ev_reader_offset(r);
	uint32_t n = ev_read_u32le(r, "digest-lists");

	if (n > DIGEST_LISTS)
		refuse(r, "digest-lists", at, DIGEST_LISTS, n);
	return ev_reader_ok(r) ? n : 0;
}

enum ev_code ev_tpm_pcrs_serialized_parse(struct ev_span item,
					  struct ev_pcr_selection *bank,
					  size_t *n_banks, uint8_t **values,
					  size_t *n_values,
					  struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(item, 0, object, err);
	struct ev_pcr_selection banks[EV_TPM_BANKS_MAX] = { 0 };
	struct place place = { .bank = banks };
	ev_auto_free uint8_t *joined = NULL;
	size_t n = 0;
	uint32_t n_lists;

	place.n_banks = read_selection(&r, banks);
	n_lists = read_n_lists(&r);
	if (!ev_reader_ok(&r))
		return err->code;
	joined = malloc((size_t)DIGEST_LISTS * DIGEST_SLOTS * DIGEST_BYTES);
	if (joined == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (uint32_t i = 0; i < n_lists && ev_reader_ok(&r); i++)
		n += read_list(&r, &place, joined + n);
	if (ev_reader_finish(&r) != EV_OK)
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
