/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure's attested document, whose nonce is of this session, with the
 * issuers of its certificate; and, where asked for, the unsigned instance
 * metadata (Azure IMDS, attested/document and instance).
 */
#include "collect/aia.h"
#include "collect/imds.h"
#include "collect/src.h"
#include "collect/stop.h"
#include "evidence/base/base64.h"
#include "evidence/base/cleanup.h"

#include <openssl/cms.h>
#include <stdio.h>
#include <stdlib.h>

static const size_t REPLY_MAX = (size_t)1 << 20;
/* The service answers the same question from a cache for a while. */
static const unsigned int CACHE_MS = 1500;

/* The CMS message of {"encoding":"pkcs7","signature":"<base64>"}. */
static bool decode(struct ev_span body, struct ev_buffer *out,
		   char why[CO_WHY_TEXT])
{
	ev_auto_json json_t *json = NULL;
	ev_auto_free uint8_t *bytes = NULL;
	struct ev_error err = { 0 };
	struct ev_span text;
	size_t n;

	if (ev_json_parse(body, REPLY_MAX, "attested", &json, &err) != EV_OK ||
	    ev_json_get_str(json, "attested", "signature", &text, &err) !=
		    EV_OK) {
		ev_error_format(&err, why, CO_WHY_TEXT);
		return false;
	}
	bytes = malloc(ev_base64_decoded_max(text.n) + 1);
	if (bytes == NULL ||
	    !ev_base64_decode(EV_BASE64_ANY, text, bytes, &n)) {
		snprintf(why, CO_WHY_TEXT,
			 "attested: signature is not "
			 "base64");
		return false;
	}
	ev_buffer_add(out, ev_span_of(bytes, n));
	return ev_buffer_ok(out);
}

/* Good enough to ask again; replay decides what the document says. */
static bool names_nonce(struct ev_span cms, const char *nonce)
{
	char member[32];

	snprintf(member, sizeof(member), "\"nonce\":\"%s\"", nonce);
	return memmem(cms.p, cms.n, member, strlen(member)) != NULL;
}

/* The one certificate in the message. */
static bool signer_cert(struct ev_span cms, struct ev_buffer *der)
{
	const uint8_t *p = cms.p;
	CMS_ContentInfo *info = d2i_CMS_ContentInfo(NULL, &p, (long)cms.n);
	STACK_OF(X509) *certs = info != NULL ? CMS_get1_certs(info) : NULL;
	uint8_t *out = NULL;
	int n = -1;

	if (sk_X509_num(certs) > 0)
		n = i2d_X509(sk_X509_value(certs, 0), &out);
	if (n > 0)
		ev_buffer_add(der, ev_span_of(out, (size_t)n));
	OPENSSL_free(out);
	sk_X509_pop_free(certs, X509_free);
	CMS_ContentInfo_free(info);
	return n > 0 && ev_buffer_ok(der);
}

struct asking {
	struct co_collection *c;
	char nonce[EV_SESSION_DIGITS];
	char url[512];
	struct co_http_reply reply; /* the last one that is a document */
	struct ev_buffer cms;
	bool fresh;
};

/* What came before stays where this answer is none. */
static bool ask_once(struct asking *a, const char *path, char why[CO_WHY_TEXT])
{
	struct co_http_reply reply = { 0 };
	struct ev_buffer cms = { 0 };
	char url[sizeof(a->url)];

	if (!co_imds_ask(a->c, path, (struct ev_span){ 0 }, url, &reply, why) ||
	    !decode(ev_buffer_span(&reply.body), &cms, why)) {
		co_http_reply_free(&reply);
		ev_buffer_free(&cms);
		return false;
	}
	co_http_reply_free(&a->reply);
	ev_buffer_free(&a->cms);
	a->reply = reply;
	a->cms = cms;
	memcpy(a->url, url, sizeof(url));
	return true;
}

/* False where no document came. */
static bool ask(struct asking *a, char why[CO_WHY_TEXT])
{
	char path[160];

	snprintf(path, sizeof(path),
		 "/metadata/attested/document?api-version=2021-02-01%s%s",
		 a->nonce[0] != 0 ? "&nonce=" : "", a->nonce);
	for (unsigned int i = 0; i < a->c->source->tries; i++) {
		if (i > 0 && !co_stop_sleep_ms(CACHE_MS))
			break;
		if (!ask_once(a, path, why))
			break;
		a->fresh = names_nonce(ev_buffer_span(&a->cms), a->nonce);
		if (a->fresh || a->nonce[0] == 0)
			break;
	}
	return a->cms.n > 0;
}

static enum co_outcome keep(struct asking *a, char why[CO_WHY_TEXT])
{
	ev_auto_buffer struct ev_buffer cert = { 0 };
	struct co_collection *c = a->c;
	size_t index, n = 0;

	if (!co_collected_reply(c, "azure-imds-attested",
				a->fresh || a->nonce[0] == 0 ? NULL : "unbound",
				NULL, a->url, &a->reply, &index, why))
		return CO_FAILED;
	if (a->fresh && !co_bind(c, "imds", 1, index, 0))
		return co_failed(why, "out of memory");
	if (signer_cert(ev_buffer_span(&a->cms), &cert) &&
	    !co_aia_fetch(c, ev_buffer_span(&cert), index, &n, why))
		return CO_FAILED;
	if (!a->fresh && a->nonce[0] != 0)
		return co_failed(why, "the nonce in the document is not ours "
				      "(a cached answer); stored, marked "
				      "unbound");
	co_detail(c, "+ %zu issuers%s", n, a->fresh ? ", nonce bound" : "");
	return CO_OK;
}

enum co_wanted co_wanted_imds_attested(const struct co_collection *c)
{
	if (!co_imds_there(c))
		return CO_NOT_HERE;
	return c->options.minimal ? CO_NOT_ASKED : CO_IF_THERE;
}

enum co_outcome co_collect_imds_attested(struct co_collection *c,
					 char why[CO_WHY_TEXT])
{
	struct asking a = { .c = c };
	enum co_outcome outcome = CO_FAILED;

	if (c->has_session &&
	    !ev_session_imds_nonce(c->crypto, c->session_root, a.nonce))
		return co_failed(why, "libcrypto");
	if (ask(&a, why))
		outcome = keep(&a, why);
	co_http_reply_free(&a.reply);
	ev_buffer_free(&a.cms);
	return outcome;
}

enum co_wanted co_wanted_imds_instance(const struct co_collection *c)
{
	if (!co_imds_there(c))
		return CO_NOT_HERE;
	return c->options.with_instance && !c->options.minimal ? CO_IF_THERE
							       : CO_NOT_ASKED;
}

enum co_outcome co_collect_imds_instance(struct co_collection *c,
					 char why[CO_WHY_TEXT])
{
	struct co_http_reply reply = { 0 };
	char url[512];
	bool ok = co_imds_ask(
		c, "/metadata/instance?api-version=2021-12-13&format=json",
		(struct ev_span){ 0 }, url, &reply, why);

	ok = ok && co_collected_reply(c, "azure-imds-instance", NULL, NULL, url,
				      &reply, NULL, why);
	co_http_reply_free(&reply);
	if (ok)
		co_detail(c, "unsigned: what the host says");
	return ok ? CO_OK : CO_FAILED;
}
