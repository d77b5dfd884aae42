/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attested document of Azure's instance metadata service, as it was
 * received: JSON {"encoding":"pkcs7","signature":BASE64} around CMS
 * SignedData (RFC 5652) whose content is JSON.  Read, never verified here: a
 * document that is merely read is one that anybody can have made.
 */
#ifndef EV_IMDS_H
#define EV_IMDS_H

#include "evidence/base/crypto.h"
#include "evidence/base/error.h"

#include <openssl/pkcs7.h>

struct ev_imds {
	struct ev_span item;
	struct ev_span signature; /* base64 text, where it stands in item */
	PKCS7 *cms;		  /* owned */
	struct ev_span content;	  /* the signed JSON, borrowed from cms */
	struct ev_span nonce;	  /* text in content, without quotes; as it is
				   * spelled, escapes not undone */
};

/* Refuses another encoding, what is no SignedData over data, a content that
 * is no JSON object or has no nonce once.  Free with ev_imds_free. */
enum ev_code ev_imds_parse(struct ev_span item, struct ev_imds *out,
			   struct ev_error *err);
void ev_imds_free(struct ev_imds *imds);

#endif
