/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificate of the attestation key, NV index 0x01c101d0, zero padded
 * as it lies there, and its issuers by the addresses in it.
 */
#include "collect/aia.h"
#include "collect/src.h"
#include "evidence/path.h"

#include <stdio.h>

enum co_wanted co_wanted_ak_cert(const struct co_collection *c)
{
	return c->machine.has_tpm ? CO_IF_THERE : CO_NOT_HERE;
}

/* How many bytes of the index are the certificate; 0: none is there. */
static size_t certificate_size(const struct co_collection *c,
			       struct ev_span index, char why[CO_WHY_TEXT])
{
	struct ev_x509 parsed = { 0 };
	struct ev_error err = { 0 };
	size_t n;

	if (ev_x509_parse(c->crypto, index, 0, &parsed, &err) != EV_OK) {
		ev_error_format(&err, why, CO_WHY_TEXT);
		return 0;
	}
	n = parsed.der_size;
	ev_x509_free(&parsed);
	return n;
}

/* What is no certificate is kept as it came; that it is the key's, nothing
 * says. */
static enum co_outcome keep_unread(struct co_collection *c,
				   struct co_item *item, char why[CO_WHY_TEXT])
{
	char ignored[CO_WHY_TEXT];
	size_t n = strlen(why);

	item->hint = "unread";
	item->n_relates = 0;
	if (item->bytes.n > 0 && co_collected(c, item, NULL, ignored))
		snprintf(why + n, CO_WHY_TEXT - n,
			 "; kept as it came (ask whoever runs the host)");
	return CO_FAILED;
}

enum co_outcome co_collect_ak_cert(struct co_collection *c,
				   char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer cert = { 0 };
	const struct co_gathered *key =
		co_gathering_last(&c->items, "tpm2b-public");
	struct co_relation of = { "key-of", 0 };
	struct co_item item = { .kind = "cert-der",
				.source_type = "tpm-nv",
				.source_detail = "0x01c101d0",
				.relates = &of };
	size_t index, n;

	if (!co_tpm_has_nv(&c->tpm, CO_NV_AK_CERT))
		return co_absent(why, "no certificate at NV 0x01c101d0 (the "
				      "host has not issued one; try later)");
	if (!co_tpm_nv_read(&c->tpm, CO_NV_AK_CERT, &cert, why))
		return CO_FAILED;
	item.bytes = ev_buffer_span(&cert);
	for (size_t i = 0; key != NULL && i < c->items.n; i++) {
		if (c->items.item[i] == key)
			of.part = i;
		item.n_relates = 1;
	}
	n = certificate_size(c, item.bytes, why);
	if (n == 0)
		return keep_unread(c, &item, why);
	if (!co_collected(c, &item, &index, why))
		return CO_FAILED;
	if (!co_aia_fetch(c, ev_span_sub(item.bytes, 0, n), index, &n, why))
		return CO_FAILED;
	co_detail(c, "+ %zu issuers from the addresses in it", n);
	return CO_OK;
}
