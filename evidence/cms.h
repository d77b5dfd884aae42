/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMS SignedData (RFC 5652, 5) in DER with its content inside and one signer,
 * as Azure's attested document is.  Read by our own parser, for its places;
 * verified by libcrypto, under one given certificate and no store.
 */
#ifndef EV_CMS_H
#define EV_CMS_H

#include "evidence/base/crypto.h"
#include "evidence/base/error.h"
#include "evidence/path.h"

/* Azure's has one; a guard. */
#define EV_CMS_CERTS_MAX 8

/* Spans borrow from the message; an OID is its content octets. */
struct ev_cms {
	struct ev_span message;
	struct ev_span content_type;	    /* OID */
	struct ev_span content;		    /* octets of eContent */
	struct ev_span digest_algorithm;    /* OID, of the SignerInfo */
	struct ev_span signed_attributes;   /* p NULL: there are none */
	struct ev_span signature_algorithm; /* OID */
	struct ev_span signature;
	struct ev_span issuer; /* whole DER Name, of the signer's certificate */
	struct ev_span serial; /* magnitude, likewise */
	struct ev_span cert[EV_CMS_CERTS_MAX]; /* DER, as they stand */
	size_t n_certs;
	int signer; /* of cert, by issuer and serial; -1: not in the message */
};

/* Refuses other content than SignedData, another encoding than DER, bytes
 * behind it, a content that is elsewhere, no signer or several, a signer that
 * is named by key identifier, too many certificates; versions that are not
 * those of what is in the message (RFC 5652, 5.1, 5.3); signed attributes
 * without content-type and message-digest, once and with one value each, and a
 * content that is no plain data without them.  base: where the message
 * begins in its item; 0 where it was decoded from it. */
enum ev_code ev_cms_parse(struct ev_span message, uint64_t base,
			  struct ev_cms *out, struct ev_error *err);

/*
 * "SHA-256" and so on: the digest that the signature covers; NULL for one that
 * is unknown or too weak to sign with (below SHA-256).  Azure names a signature
 * algorithm where a digest's should stand; that is taken as its digest, and
 * *misnamed, which may be NULL, says so.
 */
const char *ev_cms_digest(const struct ev_cms *cms, bool *misnamed);

/* Whether the key of the certificate signed the content (RFC 5652, 5.6), or
 * the signed attributes and they the content.  The certificate's purpose is not
 * asked, nor who made it. */
enum ev_verified ev_cms_verify(struct ev_crypto *crypto,
			       const struct ev_cms *cms,
			       const struct ev_x509 *signer);

#endif
