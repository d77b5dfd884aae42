/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of general PKIs in a case.  One of an attestation key is a
 * subject; every other one (VCEK, MAA, IMDS, intermediates) is only a pool to
 * build paths from.
 */
#ifndef RP_CERTIFICATES_H
#define RP_CERTIFICATES_H

#include "replay/case.h"

/* Reads an item's certificates: the one of cert-der, all of cert-pem and of
 * azure-thim-amd. */
enum ev_code rp_certs_parse(struct rp_case *c, const struct rp_item *item);

/*
 * Makes subjects of those of attestation keys: whose key the archive knows as
 * one (HCLAkPub, the public area of a TPM key), or whose extended key usage
 * says it (an issuer's may as well), or that the manifest calls a TPM quote's.
 */
enum ev_code rp_link_ak_certs(struct rp_case *c);

/* The manifest calls it the issuer of a certificate, and it is no attestation
 * key's. */
bool rp_cert_is_issuer(const struct rp_case *c, const struct rp_ak_cert *cert);

/* The manifest calls the item's certificate that of a TPM quote (NULL: of
 * any). */
bool rp_cert_relates(const struct rp_case *c, const struct rp_ak_cert *cert,
		     const struct rp_subject *tpm_quote);

#endif
