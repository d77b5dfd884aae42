/* SPDX-License-Identifier: Apache-2.0 */
/* TPM quotes, signatures, public areas and PCR values as JSON. */
#include "evidence/base/cleanup.h"
#include "evidence/show.h"
#include "evidence/show_field.h"
#include "evidence/tpm.h"

/* Beside a number; nothing for one that has no name. */
static void show_name(struct ev_writer *w, const char *member, uint16_t alg)
{
	const char *name = ev_tpm_alg_name(alg);

	if (name != NULL)
		ev_write_str(w, member, name);
}

static void show_banks(struct ev_writer *w, const struct ev_pcr_selection *bank,
		       size_t n)
{
	ev_write_array(w, "banks");
	for (size_t i = 0; i < n; i++) {
		ev_write_object(w, NULL);
		ev_write_int(w, "alg", bank[i].alg);
		show_name(w, "bank", bank[i].alg);
		ev_write_array(w, "pcrs");
		for (unsigned pcr = 0; pcr < EV_TPM_PCRS_MAX; pcr++) {
			if (bank[i].pcrs >> pcr & 1)
				ev_write_int(w, NULL, pcr);
		}
		ev_write_end(w);
		ev_write_end(w);
	}
	ev_write_end(w);
}

/* value lies in item, or is empty and lies nowhere. */
static void show_part(struct ev_writer *w, const char *name,
		      struct ev_span item, struct ev_span value)
{
	if (value.n > 0)
		ev_show_hex(w, name, (uint64_t)(value.p - item.p), value);
}

/* The fields of fixed size between extraData and the selection. */
static const struct ev_field clock_layout[] = {
	{ "clock", 0, 8, EV_FIELD_BE },
	{ "resetCount", 8, 4, EV_FIELD_BE },
	{ "restartCount", 12, 4, EV_FIELD_BE },
	{ "safe", 16, 1, EV_FIELD_BE },
	{ "firmwareVersion", 17, 8, EV_FIELD_HEX },
};

enum ev_code ev_show_tpm_quote(struct ev_span item, struct ev_writer *w,
			       struct ev_error *err)
{
	struct ev_tpm_quote q;
	uint64_t clock;

	if (ev_tpm_quote_parse(item, &q, err) != EV_OK)
		return err->code;
	if (w == NULL)
		return EV_OK;
	ev_show_extent(w, "attest", (uint64_t)(q.attest.p - item.p),
		       q.attest.n);
	show_part(w, "qualifiedSigner", item, q.qualified_signer);
	show_part(w, "extraData", item, q.extra_data);
	clock = q.selection_offset - 25;
	ev_show_layout(w, ev_span_sub(item, clock, 25), clock, clock_layout,
		       sizeof(clock_layout) / sizeof(clock_layout[0]));
	ev_show_extent(w, "pcrSelect", q.selection_offset, q.selection_size);
	show_banks(w, q.bank, q.n_banks);
	show_part(w, "pcrDigest", item, q.pcr_digest);
	return EV_OK;
}

enum ev_code ev_show_tpm_signature(struct ev_span item, struct ev_writer *w,
				   struct ev_error *err)
{
	struct ev_tpm_signature s;

	if (ev_tpm_signature_parse(item, false, &s, err) != EV_OK)
		return err->code;
	if (w == NULL)
		return EV_OK;
	ev_write_int(w, "scheme", s.scheme);
	show_name(w, "schemeName", s.scheme);
	ev_write_int(w, "hash", s.hash);
	show_name(w, "hashName", s.hash);
	show_part(w, "rsa", item, s.rsa);
	show_part(w, "r", item, s.r);
	show_part(w, "s", item, s.s);
	show_part(w, "hmac", item, s.hmac);
	return EV_OK;
}

static void show_curve(struct ev_writer *w, uint16_t id)
{
	const struct ev_curve *curve = ev_curve_of_tpm(id);

	ev_write_int(w, "curve", id);
	if (curve != NULL)
		ev_write_str(w, "curveName", curve->name);
}

enum ev_code ev_show_tpm_public(struct ev_span item, struct ev_writer *w,
				struct ev_error *err)
{
	struct ev_tpm_public p;
	uint64_t at;

	if (ev_tpm_public_parse(item, &p, err) != EV_OK)
		return err->code;
	if (w == NULL)
		return EV_OK;
	at = (uint64_t)(p.area.p - item.p);
	ev_show_extent(w, "area", at, p.area.n);
	ev_show_number(w, "type", at, 2, p.type);
	show_name(w, "typeName", p.type);
	ev_show_number(w, "nameAlg", at + 2, 2, p.name_alg);
	show_name(w, "nameAlgName", p.name_alg);
	ev_show_hex(w, "objectAttributes", at + 4, ev_span_sub(p.area, 4, 4));
	ev_write_int(w, "scheme", p.scheme);
	show_name(w, "schemeName", p.scheme);
	if (p.scheme_hash != EV_TPM_ALG_NULL) {
		ev_write_int(w, "hash", p.scheme_hash);
		show_name(w, "hashName", p.scheme_hash);
	}
	show_part(w, "modulus", item, p.modulus);
	if (p.type == EV_TPM_ALG_RSA)
		ev_write_int(w, "exponent", p.exponent);
	else
		show_curve(w, p.curve);
	show_part(w, "x", item, p.x);
	show_part(w, "y", item, p.y);
	return EV_OK;
}

/* Plain values say neither bank nor PCR: the signed selection does. */
enum ev_code ev_show_tpm_pcrs(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err)
{
	if (item.n == 0)
		return ev_fail(err, EV_MISSING, "tpm-pcrs", "values", 0,
			       "a value", "none");
	if (w != NULL)
		ev_show_hex(w, "values", 0, item);
	return EV_OK;
}

enum ev_code ev_show_tpm_pcrs_serialized(struct ev_span item,
					 struct ev_writer *w,
					 struct ev_error *err)
{
	struct ev_pcr_selection bank[EV_TPM_BANKS_MAX];
	ev_auto_free uint8_t *values = NULL;
	size_t n_banks, n_values;

	if (ev_tpm_pcrs_serialized_parse(item, bank, &n_banks, &values,
					 &n_values, err) != EV_OK)
		return err->code;
	if (w == NULL)
		return EV_OK;
	show_banks(w, bank, n_banks);
	ev_write_hex(w, "values", ev_span_of(values, n_values));
	return EV_OK;
}
