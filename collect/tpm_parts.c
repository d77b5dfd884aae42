/* SPDX-License-Identifier: Apache-2.0 */
/* The three parts of a TPM quote, and the values of a tpm2-tools PCR file. */
#include "collect/tpm_parts.h"

#include "collect/part.h"
#include "collect/wrap.h"
#include "evidence/base/cleanup.h"
#include "evidence/tpm.h"

static void note_others(json_t *quote, struct co_parts *list)
{
	static const char *const known[] = { "message", "signature", "pcrs",
					     NULL };

	co_part_note_unknown(quote, known, list);
}

enum ev_code co_tpm_parts(json_t *quote, const struct co_tpm_spelling *how,
			  struct co_parts *list, size_t from, size_t *attest,
			  struct ev_error *err)
{
	const struct co_part_row message = { "message", how->message,
					     "tpm-quote-attest", how->spelling,
					     how->message_detail };
	const struct co_part_row signature = { "signature", how->signature,
					       "tpm-quote-signature",
					       how->spelling,
					       how->signature_detail };
	ev_auto_free uint8_t *values = NULL;
	enum ev_code code;
	size_t at, n;

	code = co_part_decode(quote, how->object, &message, list, from, attest,
			      err);
	if (code != EV_OK)
		return code;
	code = co_part_decode(quote, how->object, &signature, list, from, &at,
			      err);
	if (code != EV_OK)
		return code;
	co_parts_relate(list, at, "signature-of", *attest);
	list->part[at].scheme = "rsassa-sha256";
	code = co_encoded_joined(json_object_get(quote, "pcrs"), how->object,
				 how->pcrs, how->spelling, EV_TPM_PCRS_MAX,
				 &values, &n, err);
	if (code != EV_OK)
		return code;
	code = co_parts_take(list, "tpm-pcrs", values, n, &at, err);
	values = NULL;
	if (code != EV_OK)
		return code;
	co_parts_relate(list, at, "decoded-from", from);
	co_parts_relate(list, at, "values-of", *attest);
	list->part[at].detail = how->pcrs_detail;
	note_others(quote, list);
	return EV_OK;
}

enum ev_code co_wrap_pcrs_serialized(struct ev_span content,
				     struct co_parts *list, size_t from,
				     struct ev_error *err)
{
	struct ev_pcr_selection bank[EV_TPM_BANKS_MAX];
	uint8_t *values = NULL;
	size_t n_banks, n, at;
	enum ev_code code;

	code = ev_tpm_pcrs_serialized_parse(content, bank, &n_banks, &values,
					    &n, err);
	if (code != EV_OK)
		return code;
	code = co_parts_take(list, "tpm-pcrs", values, n, &at, err);
	if (code != EV_OK)
		return code;
	co_parts_relate(list, at, "decoded-from", from);
	list->part[at].detail = "values of the PCR file, joined";
	return EV_OK;
}
