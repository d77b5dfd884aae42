/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a signature over a CoRIM holds, and whose it is: the mathematics,
 * what the signing certificate is for, and the path to a root that the user
 * gives, as of a time.  A signature without a root to end in proves that
 * somebody has a key, and is never a pass.
 */
#ifndef AU_COSE_SIGNER_H
#define AU_COSE_SIGNER_H

#include "audit/corim/cose_sign1.h"

#define AU_SIGNER_TEXT 256

enum au_signature_state {
	AU_UNSIGNED, /* there is none */
	AU_SIGNED,   /* good, and its path ends in a root that was given */
	AU_SIGNED_NO_ROOT,    /* good, but no root was given */
	AU_SIGNED_NOT,	      /* no certificate's key made it */
	AU_SIGNED_KEY,	      /* the leaf's key is none of the algorithm */
	AU_SIGNED_USAGE,      /* the certificate is for something else */
	AU_SIGNED_INCOMPLETE, /* an issuer is not at hand */
	AU_SIGNED_UNTRUSTED,  /* the path ends in another root */
	AU_SIGNED_PATH,	      /* the path is bad */
	AU_SIGNED_EXPIRED,    /* good, but for the time: too late */
	AU_SIGNED_NOT_YET,    /* or too early */
	AU_SIGNED_OUTSIDE,    /* the statement itself is not valid then */
};
/* "unsigned", "good", "good-no-root", "bad-signature", ... */
const char *au_signature_state_name(enum au_signature_state state);

/* What the user trusts, and when. */
struct au_cose_trust {
	const struct ev_span *root; /* DER SubjectPublicKeyInfo each */
	size_t n_roots;		    /* 0: none was given; at is then not read */
	int64_t at;		    /* seconds since 1970 */
};

struct au_signature {
	enum au_signature_state state;
	const char *algorithm; /* "PS384"; NULL where there is no signature */
	char subject[AU_SIGNER_TEXT];  /* of the signing certificate, or "" */
	struct ev_span signer, issuer; /* borrowed from the signature */
	int root;	  /* which of trust->root the path ends in; or -1 */
	char reason[240]; /* why it is not AU_SIGNED; a sentence */
};

/*
 * payload is the document where it stands beside.  EV_OK whatever the answer;
 * refuses a certificate that is none, and EV_TROUBLE.
 */
enum ev_code au_cose_sign1_verify(const struct au_cose_sign1 *sign,
				  struct ev_span payload,
				  const struct au_cose_trust *trust,
				  struct ev_crypto *crypto,
				  struct au_signature *out,
				  struct ev_error *err);

#endif
