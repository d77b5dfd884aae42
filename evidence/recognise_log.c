/* SPDX-License-Identifier: Apache-2.0 */
/* Telling event logs apart by content. */
#include "evidence/recognise.h"

#include "evidence/base/json.h"
#include "evidence/base/reader.h"
#include "evidence/ima_log.h"
#include "evidence/systemd_log.h"
#include "evidence/tcg_log.h"

#define PCRS 24

static bool begins_with(struct ev_span text, struct ev_span head)
{
	return text.n >= head.n && memcmp(text.p, head.p, head.n) == 0;
}

/* --- firmware's logs --- */

/* TCG PC Client Platform Firmware Profile, 10.4.1. */
static bool is_event_type(uint32_t type)
{
	static const struct {
		uint32_t first, last;
	} types[] = {
		{ 0x01, 0x13 },
		{ 0x80000001, 0x80000010 },
		{ 0x800000e0, 0x800000e4 },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (type >= types[i].first && type <= types[i].last)
			return true;
	return false;
}

/* Of a log of SHA-1 alone, which has no signature, the first two events. */
static bool is_plausible(const struct ev_tcg_event *e)
{
	return e->index < PCRS && is_event_type(e->type) && e->data.n > 0 &&
	       (e->type == EV_TCG_NO_ACTION || !ev_span_is_zero(e->digest[0]));
}

/* The signature of any version of the Spec ID event; behind it everything may
 * be wrong. */
static bool has_spec_id(struct ev_span item)
{
	struct ev_error err = { .code = EV_OK };
	struct ev_reader r = ev_reader_init(item, 0, "tcg-log", &err);
	uint32_t type;

	ev_read_u32le(&r, "pcrIndex");
	type = ev_read_u32le(&r, "eventType");
	ev_read_span(&r, 20, "digest");
	ev_read_u32le(&r, "eventSize");
	return type == EV_TCG_NO_ACTION &&
	       begins_with(ev_read_span(&r, 16, "signature"),
			   EV_SPAN_LITERAL("Spec ID Event"));
}

static bool is_legacy(struct ev_span item)
{
	struct ev_error err = { .code = EV_OK };
	struct ev_tcg_event e = { 0 };
	struct ev_tcg_log log;
	size_t n = 0;

	if (ev_tcg_log_open(item, &log, &err) != EV_OK || log.agile)
		return false;
	while (n < 2 && ev_tcg_log_next(&log, &e) && is_plausible(&e))
		n++;
	return n == 2 || (n == 1 && (log.end == EV_TCG_CLEAN ||
				     log.end == EV_TCG_PADDING));
}

/*
 * What the registers of the events are.  A TPM's log begins with what
 * measures itself, in PCR 0 (3.3.4.1), and has events in PCR 5 to 7; one of
 * measurement registers (UEFI 2.10, 38.4.1) has one bank, and none but 1 to 4
 * are extended.  A later event in register 0 is one of the latter that is
 * wrong; what has no event at all may be of either.
 */
static bool has_measurement_registers(struct ev_tcg_log *log)
{
	struct ev_tcg_event e = { 0 };
	uint64_t n = 0;

	while (ev_tcg_log_next(log, &e)) {
		if (e.type == EV_TCG_NO_ACTION || e.index == EV_TCG_NOWHERE)
			continue;
		if ((n == 0 && e.index == 0) || (e.index > 4 && e.index < PCRS))
			return false;
		n++;
	}
	return n > 0;
}

/* SHA-384 of Intel TDX, SM3 of Hygon CSV. */
static bool is_cc_bank(uint16_t alg)
{
	return alg == 0x000c || alg == 0x0012;
}

bool ev_is_ccel_log(struct ev_span item)
{
	struct ev_error err = { .code = EV_OK };
	struct ev_tcg_log log;

	return ev_tcg_log_open(item, &log, &err) == EV_OK && log.agile &&
	       log.n_banks == 1 && is_cc_bank(log.bank[0].alg) &&
	       has_measurement_registers(&log);
}

/* Asked behind ev_is_ccel_log, whose logs have the signature too. */
bool ev_is_tcg_log(struct ev_span item)
{
	return has_spec_id(item) || is_legacy(item);
}

/* A length in bytes 4 to 7 that no text has there. */
bool ev_is_ccel_table(struct ev_span item)
{
	return item.n >= 8 && begins_with(item, EV_SPAN_LITERAL("CCEL")) &&
	       item.p[6] == 0 && item.p[7] == 0;
}

/* --- the kernel's --- */

/* A template of the kernel's, or a custom one. */
static bool is_template(struct ev_span name)
{
	struct ev_ima_template t;

	ev_ima_template_read(name, &t);
	return t.plain || t.n_fields > 0;
}

/* The order of the bytes and the size of the hashes are those in which the
 * first entry has a name; its PCR may be wrong. */
bool ev_is_ima_log(struct ev_span item)
{
	struct ev_error err = { .code = EV_OK };
	struct ev_ima_log log;
	struct ev_reader r;
	uint32_t n;

	if (ev_ima_log_open(item, &log, &err) != EV_OK)
		return false;
	r = ev_reader_init(item, 0, "ima-log", &err);
	ev_read_span(&r, 4 + log.hash_size, "head");
	n = log.big_endian ? ev_read_u32be(&r, "name")
			   : ev_read_u32le(&r, "name");
	return is_template(ev_read_span(&r, n, "name"));
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* The bytes in front that are so, taken off text. */
static struct ev_span take_while(struct ev_span *text, bool (*is)(uint8_t))
{
	struct ev_span taken = { text->p, 0 };

	while (taken.n < text->n && is(text->p[taken.n]))
		taken.n++;
	*text = ev_span_sub(*text, taken.n, text->n - taken.n);
	return taken;
}

static bool is_blank(uint8_t c)
{
	return c == ' ';
}

static bool is_visible(uint8_t c)
{
	return c > ' ' && c < 0x7f;
}

/* Linux, ima_fs.c, ima_ascii_measurements_show: "10 1d8d532d... ima-ng
 * sha1:... boot_aggregate"; the hash is as long as its bank's. */
bool ev_is_ima_text(struct ev_span item)
{
	struct ev_span pcr, hash, name;

	take_while(&item, is_blank);
	pcr = take_while(&item, is_digit);
	take_while(&item, is_blank);
	hash = take_while(&item, is_hex);
	take_while(&item, is_blank);
	name = take_while(&item, is_visible);
	return pcr.n >= 1 && pcr.n <= 2 &&
	       (hash.n == 40 || hash.n == 64 || hash.n == 96 ||
		hash.n == 128) &&
	       name.n <= EV_IMA_NAME_MAX && item.n > 0 && is_blank(item.p[0]) &&
	       is_template(name);
}

/* --- canonical event logs --- */

/* A record number, and a register: of a TPM, or of Confidential Space. */
bool ev_is_cel_tlv(struct ev_span item)
{
	static const uint8_t number[5] = { 0, 0, 0, 0, 8 };
	static const uint8_t size[4] = { 0, 0, 0, 1 };

	return item.n >= 18 && begins_with(item, EV_SPAN(number)) &&
	       (item.p[13] == 1 || item.p[13] == 108) &&
	       memcmp(item.p + 14, size, sizeof(size)) == 0;
}

/* A sequence of RFC 7464 whose first text has digests. */
bool ev_is_cel_json(struct ev_span item)
{
	const uint8_t rs = 0x1e;
	struct ev_span text, value;
	const uint8_t *end;

	if (item.n < 2 || item.p[0] != rs)
		return false;
	text = ev_span_sub(item, 1, item.n - 1);
	end = memchr(text.p, rs, text.n);
	if (end != NULL)
		text.n = (size_t)(end - text.p);
	return text.n <= EV_SYSTEMD_RECORD_MAX &&
	       ev_json_member(text, "digests", &value) && value.p[0] == '[';
}
