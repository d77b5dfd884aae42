/* SPDX-License-Identifier: Apache-2.0 */
/* A time-stamp query, and whether the reply answers it. */
#include "collect/stamp.h"

#include "evidence/archive.h"

#include <openssl/ts.h>
#include <stdio.h>
#include <sys/random.h>

static const unsigned int LIMIT_MS = 20000, TRIES = 3;

struct asking {
	uint8_t digest[32];
	uint64_t nonce;
	char *why;
};

static bool no(const struct asking *a, const char *text)
{
	snprintf(a->why, CO_HTTP_WHY_MAX, "%s", text);
	return false;
}

static bool set_imprint(TS_REQ *req, const struct asking *a)
{
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *alg = X509_ALGOR_new();
	uint8_t digest[32];
	bool ok = imprint != NULL && alg != NULL;

	memcpy(digest, a->digest, sizeof(digest));
	ok = ok &&
	     X509_ALGOR_set0(alg, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) &&
	     TS_MSG_IMPRINT_set_algo(imprint, alg) &&
	     TS_MSG_IMPRINT_set_msg(imprint, digest, sizeof(digest)) &&
	     TS_REQ_set_msg_imprint(req, imprint);
	X509_ALGOR_free(alg);
	TS_MSG_IMPRINT_free(imprint);
	return ok;
}

static bool set_nonce(TS_REQ *req, const struct asking *a)
{
	ASN1_INTEGER *nonce = ASN1_INTEGER_new();
	bool ok = nonce != NULL && ASN1_INTEGER_set_uint64(nonce, a->nonce) &&
		  TS_REQ_set_nonce(req, nonce);

	ASN1_INTEGER_free(nonce);
	return ok;
}

/* TimeStampReq (RFC 3161, 2.4.1), with certificates asked for: they must be
 * in the archive. */
static bool make_query(const struct asking *a, struct ev_buffer *out)
{
	TS_REQ *req = TS_REQ_new();
	uint8_t *der = NULL;
	int n = -1;

	if (req != NULL && TS_REQ_set_version(req, 1) && set_imprint(req, a) &&
	    set_nonce(req, a) && TS_REQ_set_cert_req(req, 1))
		n = i2d_TS_REQ(req, &der);
	if (n > 0)
		ev_buffer_add(out, ev_span_of(der, (size_t)n));
	OPENSSL_free(der);
	TS_REQ_free(req);
	return n > 0 && ev_buffer_ok(out);
}

static bool has_nonce(struct ev_span reply, uint64_t nonce)
{
	const uint8_t *p = reply.p;
	TS_RESP *resp = d2i_TS_RESP(NULL, &p, (long)reply.n);
	TS_TST_INFO *info = resp != NULL ? TS_RESP_get_tst_info(resp) : NULL;
	const ASN1_INTEGER *got =
		info != NULL ? TS_TST_INFO_get_nonce(info) : NULL;
	uint64_t value = 0;
	bool same = got != NULL && ASN1_INTEGER_get_uint64(&value, got) == 1 &&
		    value == nonce;

	TS_RESP_free(resp);
	return same;
}

static bool answers(const struct asking *a, struct ev_span reply,
		    struct ev_timestamp *ts)
{
	struct ev_error err = { 0 };

	if (ev_timestamp_parse(reply, ts, &err) != EV_OK) {
		ev_error_format(&err, a->why, CO_HTTP_WHY_MAX);
		return false;
	}
	if (ts->imprint_alg == EV_SHA256 &&
	    memcmp(ts->imprint, a->digest, sizeof(a->digest)) == 0 &&
	    has_nonce(reply, a->nonce))
		return true;
	ev_timestamp_free(ts);
	return no(a, "the time-stamp is over other data, or does not carry "
		     "our nonce");
}

bool co_stamp_ask(struct co_http *http, struct ev_crypto *crypto,
		  const char *url, struct ev_span data,
		  struct ev_buffer *response, struct ev_timestamp *ts,
		  char why[CO_HTTP_WHY_MAX])
{
	ev_auto_buffer struct ev_buffer query = { 0 };
	struct asking a = { .why = why };
	struct co_http_request request = {
		.url = url,
		.content_type = "application/timestamp-query",
		.accept = "application/timestamp-reply",
		.limit_ms = LIMIT_MS,
		.tries = TRIES,
		.plain = true,
	};
	struct co_http_reply reply = { 0 };
	bool ok;

	if (getrandom(&a.nonce, sizeof(a.nonce), 0) != sizeof(a.nonce) ||
	    !ev_digest(crypto, EV_SHA256, data, a.digest) ||
	    !make_query(&a, &query))
		return no(&a, "libcrypto or memory");
	request.body = ev_buffer_span(&query);
	ok = co_http_ask(http, &request, &reply, why);
	if (ok) {
		ev_buffer_add(response, ev_buffer_span(&reply.body));
		ok = (ev_buffer_ok(response) || no(&a, "out of memory")) &&
		     answers(&a, ev_buffer_span(response), ts);
	}
	co_http_reply_free(&reply);
	return ok;
}

bool co_stamp_name(const struct ev_archive *archive, char out[32])
{
	for (unsigned int n = 0; n < EV_SIG_FILES_MAX; n++) {
		bool taken = false;

		snprintf(out, 32, "sig/manifest.%u.tsr", n);
		for (size_t i = 0; i < archive->n_sigs; i++)
			taken |= strcmp(archive->sigs[i].name, out) == 0;
		if (!taken)
			return true;
	}
	return false;
}
