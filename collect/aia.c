/* SPDX-License-Identifier: Apache-2.0 */
/* Issuers by their addresses. */
#include "collect/aia.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/pem.h"
#include "evidence/path.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#define URL_MAX 1024

/* The first http(s) address of the issuer; "" where there is none. */
static void issuer_address(const struct ev_x509 *cert, char out[URL_MAX])
{
	AUTHORITY_INFO_ACCESS *info =
		X509_get_ext_d2i(cert->x509, NID_info_access, NULL, NULL);

	out[0] = 0;
	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(info); i++) {
		const ACCESS_DESCRIPTION *d =
			sk_ACCESS_DESCRIPTION_value(info, i);
		const ASN1_IA5STRING *uri;
		const char *text;
		int n;

		if (OBJ_obj2nid(d->method) != NID_ad_ca_issuers ||
		    d->location->type != GEN_URI)
			continue;
		uri = d->location->d.uniformResourceIdentifier;
		text = (const char *)ASN1_STRING_get0_data(uri);
		n = ASN1_STRING_length(uri);
		if (n <= 4 || n >= URL_MAX || memcmp(text, "http", 4) != 0 ||
		    memchr(text, 0, (size_t)n) != NULL)
			continue;
		memcpy(out, text, (size_t)n);
		out[n] = 0;
		break;
	}
	AUTHORITY_INFO_ACCESS_free(info);
}

/* One certificate as DER, from DER or from the first block of a PEM. */
static bool take_der(struct ev_span body, struct ev_buffer *der)
{
	struct ev_pem_list pem = { 0 };
	struct ev_error err = { 0 };

	if (body.n > 0 && body.p[0] == 0x30) {
		ev_buffer_add(der, body);
		return ev_buffer_ok(der);
	}
	if (ev_pem_list_parse(body, 0, "CERTIFICATE", &pem, &err) != EV_OK)
		return false;
	ev_buffer_add(der, pem.block[0].der);
	ev_pem_list_free(&pem);
	return ev_buffer_ok(der);
}

static bool fetch(struct co_collection *c, const char *url,
		  struct ev_buffer *der, size_t of, char why[CO_WHY_TEXT])
{
	/* Signed by who is above it: plain http is what CAs offer. */
	struct co_http_request request = {
		.url = url,
		.limit_ms = co_limit_ms(c),
		.tries = 2,
		.plain = true,
	};
	struct co_http *http = co_collection_http(c, why);
	struct co_http_reply reply = { 0 };
	struct co_item item = {
		.kind = "cert-der",
		.source_type = "aia",
		.source_uri = url,
		.has_collected = true,
		.relates = &(struct co_relation){ "issuer-of", of },
		.n_relates = 1,
	};
	bool ok = http != NULL && co_http_ask(http, &request, &reply, why);

	if (ok && !take_der(ev_buffer_span(&reply.body), der)) {
		snprintf(why, CO_WHY_TEXT, "%s: not a certificate", url);
		ok = false;
	}
	item.bytes = ev_buffer_span(der);
	item.status = reply.status;
	item.not_before = reply.not_before;
	item.not_after = reply.not_after;
	ok = ok && co_collected(c, &item, NULL, why);
	co_http_reply_free(&reply);
	return ok;
}

bool co_aia_fetch(struct co_collection *c, struct ev_span cert, size_t of,
		  size_t *n, char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer der = { 0 };
	struct ev_error err = { 0 };

	*n = 0;
	ev_buffer_add(&der, cert);
	while (*n < CO_AIA_DEPTH) {
		struct ev_x509 parsed = { 0 };
		char url[URL_MAX] = "";
		bool self;

		if (ev_x509_parse(c->crypto, ev_buffer_span(&der), 0, &parsed,
				  &err) != EV_OK) {
			ev_error_format(&err, why, CO_WHY_TEXT);
			return false;
		}
		self = parsed.self_issued;
		issuer_address(&parsed, url);
		ev_x509_free(&parsed);
		if (self || url[0] == 0)
			return true;
		der.n = 0;
		if (!fetch(c, url, &der, of, why))
			return false;
		(*n)++;
	}
	return true;
}
