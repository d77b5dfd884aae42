/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates are read, and told apart by what their bytes say. */
#include "replay/certificates.h"

#include "replay/ak.h"

#include "replay/link.h"
#include "replay/subject.h"

#include <stdlib.h>

static const char *const key_relations[] = { "key-of", "issuer-of" };

/* Certificates of Intel's PKI belong to quotes and collateral (link.c). */
static bool is_intel_cert(const struct rp_item *item)
{
	static const char role[] = "Intel SGX ";
	struct ev_error err = { 0 };
	struct ev_cert cert;

	if (item->role == RP_CHAIN_OF_QUOTE)
		return true;
	return ev_cert_parse(item->bytes, 0, &cert, &err) == EV_OK &&
	       cert.subject_cn.n > sizeof(role) - 1 &&
	       memcmp(cert.subject_cn.p, role, sizeof(role) - 1) == 0;
}

static struct rp_ak_cert *add(struct rp_case *c, const struct rp_item *item,
			      size_t place)
{
	struct rp_ak_cert *cert = rp_cert_add(c);

	if (cert == NULL)
		return NULL;
	cert->item = item;
	cert->place = place;
	cert->size = item->bytes.n;
	return cert;
}

static void parse(struct rp_case *c, struct rp_ak_cert *cert,
		  struct ev_span der)
{
	cert->parsed.code = ev_x509_parse(c->crypto, der, cert->offset,
					  &cert->cert, &cert->parsed.err);
	cert->vcek_parsed = cert->parsed;
	if (cert->parsed.code == EV_OK)
		cert->vcek_parsed.code =
			ev_vcek_parse(cert->cert.der, cert->offset, &cert->vcek,
				      &cert->vcek_parsed.err);
}

/* Each block, leaf and intermediates, is a certificate of its own; the first
 * keeps the bytes of all. */
static enum ev_code parse_pem(struct rp_case *c, const struct rp_item *item)
{
	struct rp_ak_cert *first = add(c, item, 0), *cert = first;

	if (first == NULL)
		return EV_TROUBLE;
	first->parsed.code = ev_pem_list_parse(item->bytes, 0, "CERTIFICATE",
					       &first->pem, &first->parsed.err);
	first->vcek_parsed = first->parsed;
	for (size_t i = 0; i < first->pem.n_blocks; i++) {
		const struct ev_pem_block *block = &first->pem.block[i];

		if (i > 0)
			cert = add(c, item, i);
		if (cert == NULL)
			return EV_TROUBLE;
		cert->offset = block->offset;
		cert->size = block->text.n;
		parse(c, cert, block->der);
	}
	return EV_OK;
}

/* The chip's certificate, then those above it: decoded text has no place of
 * its own in the item. */
static enum ev_code parse_thim(struct rp_case *c, const struct rp_item *item)
{
	struct rp_ak_cert *first = add(c, item, 0), *cert;

	if (first == NULL)
		return EV_TROUBLE;
	first->parsed.code = ev_thim_amd_parse(item->bytes, &first->thim,
					       &first->parsed.err);
	first->vcek_parsed = first->parsed;
	if (first->parsed.code != EV_OK)
		return EV_OK;
	parse(c, first, first->thim.vcek.block[0].der);
	for (size_t i = 0; i < first->thim.chain.n_blocks; i++) {
		cert = add(c, item, i + 1);
		if (cert == NULL)
			return EV_TROUBLE;
		parse(c, cert, first->thim.chain.block[i].der);
	}
	return EV_OK;
}

enum ev_code rp_certs_parse(struct rp_case *c, const struct rp_item *item)
{
	struct rp_ak_cert *cert;

	if (is_intel_cert(item))
		return EV_OK;
	if (rp_is_kind(item, "cert-pem"))
		return parse_pem(c, item);
	if (rp_is_kind(item, "azure-thim-amd"))
		return parse_thim(c, item);
	cert = add(c, item, 0);
	if (cert == NULL)
		return EV_TROUBLE;
	parse(c, cert, item->bytes);
	return EV_OK;
}

bool rp_cert_relates(const struct rp_case *c, const struct rp_ak_cert *cert,
		     const struct rp_subject *tpm_quote)
{
	static const char *const quotes[] = { "tpm-quote-attest", NULL };

	for (size_t i = 0; i < 2; i++)
		if (tpm_quote != NULL
			    ? rp_relates_to(cert->item, key_relations[i],
					    tpm_quote->item)
			    : rp_relates(c, cert->item, key_relations[i],
					 quotes))
			return true;
	return false;
}

bool rp_cert_is_issuer(const struct rp_case *c, const struct rp_ak_cert *cert)
{
	static const char *const certs[] = { "cert-der", "cert-pem", NULL };

	return !cert->leaf && rp_relates(c, cert->item, "issuer-of", certs);
}

/* Keys that the archive itself knows as attestation keys. */
struct known {
	struct ev_public_key *key; /* owned */
	size_t n;
};

static void know(struct known *known, struct ev_public_key key)
{
	if (ev_public_key_is_there(&key))
		known->key[known->n++] = key;
}

/* False when memory ran out. */
static bool know_all(const struct rp_case *c, struct known *known)
{
	const struct rp_subject *s = NULL;

	known->key = calloc(c->n_items + 1, sizeof(*known->key));
	if (known->key == NULL)
		return false;
	while ((s = rp_next_subject(c, RP_HCL, s)) != NULL)
		if (s->hcl->claims_parsed.code == EV_OK)
			know(known, rp_hcl_key(s->hcl));
	for (size_t i = 0; i < c->n_items; i++) {
		struct ev_tpm_public public;
		struct ev_error err = { 0 };

		if (rp_is_kind(&c->items[i], "tpm2b-public") &&
		    ev_tpm_public_parse(c->items[i].bytes, &public, &err) ==
			    EV_OK)
			know(known, ev_tpm_public_key(&public));
	}
	return true;
}

static bool is_ak_by_content(const struct rp_case *c, const struct known *known,
			     const struct rp_ak_cert *cert)
{
	if (cert->parsed.code != EV_OK || cert->cert.ca)
		return false;
	for (size_t i = 0; i < known->n; i++)
		if (ev_public_key_eq(&known->key[i], &cert->cert.key))
			return true;
	/* A vTPM's CAs say that usage too: one that lost its CA flag is still
	 * the issuer that the manifest calls it. */
	return cert->cert.aik && !rp_cert_is_issuer(c, cert);
}

static enum ev_code make_subject(struct rp_case *c, struct rp_ak_cert *cert)
{
	struct rp_subject *s =
		rp_subject_add(c, RP_AK_CERT, cert->item->name, cert->item);

	if (s == NULL)
		return EV_TROUBLE;
	cert->leaf = true;
	s->ak_cert = cert;
	return EV_OK;
}

/* One item's certificates, that is n from the first on.  Where none is an
 * AK's by content, the first is if the manifest says so. */
static enum ev_code link_item(struct rp_case *c, const struct known *known,
			      struct rp_ak_cert **certs, size_t n)
{
	bool found = false;

	for (size_t i = 0; i < n; i++) {
		if (!is_ak_by_content(c, known, certs[i]))
			continue;
		found = true;
		if (make_subject(c, certs[i]) != EV_OK)
			return EV_TROUBLE;
	}
	if (found || !rp_cert_relates(c, certs[0], NULL))
		return EV_OK;
	return make_subject(c, certs[0]);
}

enum ev_code rp_link_ak_certs(struct rp_case *c)
{
	struct known known = { .n = 0 };
	enum ev_code code = know_all(c, &known) ? EV_OK : EV_TROUBLE;
	size_t n;

	for (size_t i = 0; code == EV_OK && i < c->n_certs; i += n) {
		for (n = 1; i + n < c->n_certs &&
			    c->certs[i + n]->item == c->certs[i]->item;)
			n++;
		code = link_item(c, &known, &c->certs[i], n);
	}
	free(known.key);
	return code;
}
