/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest's own parts tell: its TPM, its chip. */
#include "replay/privacy_row.h"

#include "evidence/hcl.h"
#include "evidence/tpm.h"

#include <inttypes.h>
#include <stdio.h>

static struct rp_layer plain(struct ev_span item)
{
	return (struct rp_layer){ .item = item, .bytes = item };
}

/* --- TPM --- */

void rp_find_tpm_signer(const struct rp_privacy_row *row, struct ev_span item,
			const struct rp_trace *as, struct rp_traces *out,
			struct ev_error *err)
{
	const struct rp_layer layer = plain(item);
	struct ev_tpm_quote q;

	(void)row;
	if (ev_tpm_quote_parse(item, &q, err) == EV_OK)
		rp_trace_add(out, as, &layer, q.qualified_signer, RP_TRACE_HEX);
}

void rp_find_tpm_key(const struct rp_privacy_row *row, struct ev_span item,
		     const struct rp_trace *as, struct rp_traces *out,
		     struct ev_error *err)
{
	const struct rp_layer layer = plain(item);
	struct ev_tpm_public key;

	(void)row;
	if (ev_tpm_public_parse(item, &key, err) == EV_OK)
		rp_trace_add(out, as, &layer,
			     key.type == EV_TPM_ALG_RSA ? key.modulus : key.x,
			     RP_TRACE_HEX);
}

/* --- SEV-SNP --- */

/* CHIP_ID of ATTESTATION_REPORT (SNP-ABI). */
#define CHIP_OFFSET 0x1a0
#define CHIP_SIZE   64

void rp_find_snp_chip(const struct rp_privacy_row *row, struct ev_span item,
		      const struct rp_trace *as, struct rp_traces *out,
		      struct ev_error *err)
{
	const struct rp_layer layer = plain(item);

	(void)row;
	if (item.n < CHIP_OFFSET + CHIP_SIZE)
		ev_fail_u64(err, EV_TRUNCATED, "snp-report", "chip_id", 0,
			    CHIP_OFFSET + CHIP_SIZE, item.n);
	else
		rp_trace_add(out, as, &layer,
			     ev_span_sub(item, CHIP_OFFSET, CHIP_SIZE),
			     RP_TRACE_HEX);
}

void rp_find_hcl_chip(const struct rp_privacy_row *row, struct ev_span item,
		      const struct rp_trace *as, struct rp_traces *out,
		      struct ev_error *err)
{
	const struct rp_layer layer = plain(item);
	struct ev_hcl hcl;

	(void)row;
	if (ev_hcl_parse(item, &hcl, err) == EV_OK &&
	    hcl.report_type == EV_HCL_SNP)
		rp_trace_add(out, as, &layer,
			     ev_span_sub(hcl.hardware_report, CHIP_OFFSET,
					 CHIP_SIZE),
			     RP_TRACE_HEX);
}

/* --- headers of a reply --- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* name is in lower case. */
static bool begins_with(struct ev_span line, const char *name)
{
	size_t n = strlen(name);

	if (line.n <= n || line.p[n] != ':')
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(line.p[i]) != (uint8_t)name[i])
			return false;
	return true;
}

static struct ev_span trimmed(struct ev_span text)
{
	while (text.n > 0 && (text.p[0] == ' ' || text.p[0] == '\t'))
		text = ev_span_of(text.p + 1, text.n - 1);
	while (text.n > 0 &&
	       (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\r'))
		text.n--;
	return text;
}

/* Takes the next line, without its LF, off left. */
static struct ev_span next_line(struct ev_span *left)
{
	const uint8_t *lf = memchr(left->p, '\n', left->n);
	size_t n = lf != NULL ? (size_t)(lf - left->p) : left->n;
	struct ev_span line = ev_span_of(left->p, n);

	n += lf != NULL;
	*left = ev_span_of(left->p + n, left->n - n);
	return line;
}

void rp_find_header(const struct rp_privacy_row *row, struct ev_span item,
		    const struct rp_trace *as, struct rp_traces *out,
		    struct ev_error *err)
{
	const struct rp_layer layer = plain(item);
	const char *name = row->path[0];
	struct ev_span left = item;

	(void)err;
	while (left.n > 0) {
		struct ev_span line = next_line(&left), value;

		if (!begins_with(line, name))
			continue;
		value = trimmed(ev_span_of(line.p + strlen(name) + 1,
					   line.n - strlen(name) - 1));
		if (value.n > 0)
			rp_trace_add(out, as, &layer, value, RP_TRACE_TEXT);
	}
}

/* --- all of it --- */

void rp_find_whole(const struct rp_privacy_row *row, struct ev_span item,
		   const struct rp_trace *as, struct rp_traces *out,
		   struct ev_error *err)
{
	const struct rp_layer layer = plain(item);

	(void)err;
	if (item.n > 0)
		rp_trace_about(out, as, &layer, item, row->path[0]);
}
