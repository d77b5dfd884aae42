/* SPDX-License-Identifier: Apache-2.0 */
/* The container of firmware's event logs, one event at a time. */
#include "evidence/tcg_log.h"

#include "evidence/base/reader.h"

#include <stdio.h>

#define SHA1_ALG  0x0004
#define SHA1_SIZE 20
/* pcrIndex, eventType, SHA-1, eventSize: TCG_PCR_EVENT. */
#define LEGACY_HEAD 32

/* TPM 2.0 Part 2, 6.3: digests whose size is known. */
static const struct ev_tcg_bank known[] = {
	{ SHA1_ALG, SHA1_SIZE }, { 0x000b, 32 }, { 0x000c, 48 }, { 0x000d, 64 },
	{ 0x0012, 32 },		 { 0x0027, 32 }, { 0x0028, 48 }, { 0x0029, 64 },
};

static uint16_t known_size(uint16_t alg)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].alg == alg)
			return known[i].size;
	return 0;
}

size_t ev_tcg_log_bank(const struct ev_tcg_log *log, uint16_t alg)
{
	size_t i = 0;

	while (i < log->n_banks && log->bank[i].alg != alg)
		i++;
	return i;
}

/* --- the Spec ID event --- */

static bool is_spec_id(uint32_t type, struct ev_span data)
{
	static const uint8_t signature[16] = "Spec ID Event03";

	return type == EV_TCG_NO_ACTION && data.n >= sizeof(signature) &&
	       memcmp(data.p, signature, sizeof(signature)) == 0;
}

static void read_bank(struct ev_tcg_log *log, struct ev_reader *r)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_tcg_bank bank;

	bank.alg = ev_read_u16le(r, "algorithmId");
	bank.size = ev_read_u16le(r, "digestSize");
	if (!ev_reader_ok(r))
		return;
	if (ev_tcg_log_bank(log, bank.alg) < log->n_banks)
		ev_fail_u64(r->err, EV_DUPLICATE, r->object, "algorithmId", at,
			    0, bank.alg);
	else if (known_size(bank.alg) != 0 && known_size(bank.alg) != bank.size)
		ev_fail_u64(r->err, EV_VALUE, r->object, "digestSize", at + 2,
			    known_size(bank.alg), bank.size);
	else
		log->bank[log->n_banks++] = bank;
}

/* Events begin where the first one's size says, whatever this size is. */
static void read_vendor_info(struct ev_tcg_log *log, struct ev_reader *r)
{
	size_t n = ev_read_u8(r, "vendorInfoSize");

	log->header_short = n > r->left.n;
	log->vendor_info = ev_read_span(r, log->header_short ? r->left.n : n,
					"vendorInfo");
	log->header_rest = r->left.n;
}

/* TCG_EfiSpecIDEventStruct; what follows vendorInfo is counted, not read. */
static void read_spec_id(struct ev_tcg_log *log, struct ev_span data,
			 uint64_t base, struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(data, base, "tcg-log.spec-id", err);
	uint64_t at;
	uint32_t n;

	ev_read_span(&r, 16, "signature");
	log->platform_class = ev_read_u32le(&r, "platformClass");
	log->version_minor = ev_read_u8(&r, "specVersionMinor");
	log->version_major = ev_read_u8(&r, "specVersionMajor");
	log->errata = ev_read_u8(&r, "specErrata");
	log->uintn_size = ev_read_u8(&r, "uintnSize");
	at = ev_reader_offset(&r);
	n = ev_read_u32le(&r, "numberOfAlgorithms");
	if (ev_reader_ok(&r) && (n == 0 || n > EV_TCG_BANKS_MAX)) {
		char found[16];

		snprintf(found, sizeof(found), "%u", n);
		ev_fail(err, EV_VALUE, r.object, "numberOfAlgorithms", at,
			"1 to 16", found);
	}
	for (uint32_t i = 0; err->code == EV_OK && i < n; i++)
		read_bank(log, &r);
	read_vendor_info(log, &r);
}

/* --- events --- */

/* Both forms end in eventSize and the data. */
static void read_data(struct ev_reader *r, struct ev_tcg_event *out)
{
	out->data = ev_read_span(r, ev_read_u32le(r, "eventSize"), "event");
}

static void read_legacy(struct ev_reader *r, struct ev_tcg_event *out)
{
	out->digest[0] = ev_read_span(r, SHA1_SIZE, "digest");
	read_data(r, out);
}

static void refuse_alg(struct ev_reader *r, enum ev_code code, uint64_t at,
		       const char *want, uint16_t alg)
{
	char found[16];

	snprintf(found, sizeof(found), "0x%04x", alg);
	ev_fail(r->err, code, r->object, "algorithmId", at, want, found);
}

static void read_digest(const struct ev_tcg_log *log, struct ev_reader *r,
			struct ev_tcg_event *out)
{
	uint64_t at = ev_reader_offset(r);
	uint16_t alg = ev_read_u16le(r, "algorithmId");
	size_t i = ev_tcg_log_bank(log, alg);

	if (!ev_reader_ok(r))
		return;
	if (i == log->n_banks)
		refuse_alg(r, EV_VALUE, at, "a bank of the Spec ID event", alg);
	else if (out->digest[i].p != NULL)
		refuse_alg(r, EV_DUPLICATE, at, "each bank once", alg);
	else
		out->digest[i] = ev_read_span(r, log->bank[i].size, "digest");
}

static void read_agile(const struct ev_tcg_log *log, struct ev_reader *r,
		       struct ev_tcg_event *out)
{
	uint64_t at = ev_reader_offset(r);
	uint32_t n = ev_read_u32le(r, "digestCount");
	char want[32], found[16];

	if (ev_reader_ok(r) && n > log->n_banks) {
		snprintf(want, sizeof(want), "at most %zu", log->n_banks);
		snprintf(found, sizeof(found), "%u", n);
		ev_fail(r->err, EV_VALUE, r->object, "digestCount", at, want,
			found);
	}
	for (uint32_t i = 0; r->err->code == EV_OK && i < n; i++)
		read_digest(log, r, out);
	if (r->err->code == EV_OK)
		read_data(r, out);
}

static uint32_t le(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

/* The bytes from at on hold a crypto-agile event that is as it should be: read
 * with one look at each length, for logs have many.  False: the reader says
 * what is wrong. */
static bool take_agile(const struct ev_tcg_log *log, struct ev_span in,
		       struct ev_tcg_event *out)
{
	size_t at = 12, place;
	uint32_t n = in.n < at ? UINT32_MAX : le(in.p + 8, 4);

	if (n > log->n_banks)
		return false;
	for (; n > 0; n--, at += log->bank[place].size) {
		if (in.n - at < 2)
			return false;
		place = ev_tcg_log_bank(log, (uint16_t)le(in.p + at, 2));
		at += 2;
		if (place == log->n_banks || out->digest[place].p != NULL ||
		    in.n - at < log->bank[place].size)
			return false;
		out->digest[place] = ev_span_sub(in, at, log->bank[place].size);
	}
	if (in.n - at < 4 || in.n - at - 4 < le(in.p + at, 4))
		return false;
	out->index = le(in.p, 4);
	out->type = le(in.p + 4, 4);
	out->data = ev_span_sub(in, at + 4, le(in.p + at, 4));
	out->size = at + 4 + out->data.n;
	return true;
}

/* --- the end --- */

/* How many bytes at the beginning of rest are its first one. */
static size_t run_of(struct ev_span rest)
{
	/* Each byte equals the one before it. */
	size_t n = 1;

	while (n < rest.n && rest.p[n] == rest.p[0])
		n++;
	return n;
}

/* Fewer than these bytes may begin an event: of PCR 0 and type 0, with
 * digests. */
static size_t padding_min(uint8_t pad)
{
	return pad == 0xff ? 8 : 12;
}

/* Whether the log ends at this boundary; it says how. */
static bool ends(struct ev_tcg_log *log, struct ev_span rest)
{
	size_t run;

	if (rest.n == 0) {
		log->end = EV_TCG_CLEAN;
		return true;
	}
	if (rest.p[0] != 0x00 && rest.p[0] != 0xff)
		return false;
	run = run_of(rest);
	if (run < rest.n && run < padding_min(rest.p[0]))
		return false;
	log->pad = rest.p[0];
	log->end = run == rest.n ? EV_TCG_PADDING : EV_TCG_HIDDEN;
	log->hidden = log->at + run;
	return true;
}

static bool read_event(struct ev_tcg_log *log, struct ev_span rest,
		       struct ev_tcg_event *out)
{
	struct ev_reader r =
		ev_reader_init(rest, log->at, "tcg-log.event", &log->refusal);

	memset(out->digest, 0, log->n_banks * sizeof(out->digest[0]));
	out->index = ev_read_u32le(&r, "pcrIndex");
	out->type = ev_read_u32le(&r, "eventType");
	if (log->agile)
		read_agile(log, &r, out);
	else
		read_legacy(&r, out);
	out->size = ev_reader_offset(&r) - log->at;
	return log->refusal.code == EV_OK;
}

bool ev_tcg_log_next(struct ev_tcg_log *log, struct ev_tcg_event *out)
{
	struct ev_span rest = ev_span_sub(log->item, (size_t)log->at,
					  log->item.n - (size_t)log->at);

	if (log->end != EV_TCG_OPEN || ends(log, rest))
		return false;
	out->number = log->n_events + 1;
	out->offset = log->at;
	memset(out->digest, 0, log->n_banks * sizeof(out->digest[0]));
	if ((!log->agile || !take_agile(log, rest, out)) &&
	    !read_event(log, rest, out)) {
		log->end = EV_TCG_CUT;
		return false;
	}
	ev_release_to(log->release, log->item, log->at, &log->released);
	log->at += out->size;
	log->n_events++;
	return true;
}

bool ev_tcg_log_again(struct ev_tcg_log *log, uint64_t offset,
		      struct ev_tcg_event *out)
{
	log->at = offset;
	log->end = EV_TCG_OPEN;
	log->release = NULL; /* told of it when it was first read */
	return ev_tcg_log_next(log, out);
}

enum ev_code ev_tcg_log_open(struct ev_span item, struct ev_tcg_log *out,
			     struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(item, 0, "tcg-log.header", err);
	struct ev_span data;
	uint32_t type;

	*out = (struct ev_tcg_log){
		.item = item,
		.bank = { { SHA1_ALG, SHA1_SIZE } },
		.n_banks = 1,
	};
	ev_read_u32le(&r, "pcrIndex");
	type = ev_read_u32le(&r, "eventType");
	ev_read_span(&r, SHA1_SIZE, "digest");
	data = ev_read_span(&r, ev_read_u32le(&r, "eventSize"), "event");
	if (!ev_reader_ok(&r))
		return err->code;
	if (!is_spec_id(type, data))
		return EV_OK;
	out->agile = true;
	out->n_banks = 0;
	read_spec_id(out, data, LEGACY_HEAD, err);
	out->at = LEGACY_HEAD + data.n;
	return err->code;
}
