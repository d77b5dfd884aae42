/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and CRLs as JSON.  Offsets are those of the item; what is
 * decoded from PEM or hex has none and is shown as plain values. */
#include "evidence/base/pem.h"
#include "evidence/crl.h"
#include "evidence/path.h"
#include "evidence/pck.h"
#include "evidence/show.h"
#include "evidence/show_field.h"
#include "evidence/thim_amd.h"
#include "evidence/vcek.h"

#define HEX(w, name, array) ev_write_hex(w, name, EV_SPAN(array))

static void show_pck(struct ev_writer *w, const struct ev_pck *pck)
{
	ev_write_object(w, "sgx_extension");
	HEX(w, "ppid", pck->ppid);
	HEX(w, "components", pck->components);
	ev_write_int(w, "pcesvn", pck->pcesvn);
	HEX(w, "cpusvn", pck->cpusvn);
	HEX(w, "pceid", pck->pceid);
	HEX(w, "fmspc", pck->fmspc);
	ev_write_int(w, "sgx_type", pck->sgx_type);
	if (pck->platform_ca) {
		HEX(w, "platform_instance_id", pck->platform_instance_id);
		ev_write_bool(w, "dynamic_platform", pck->dynamic_platform);
		ev_write_bool(w, "cached_keys", pck->cached_keys);
		ev_write_bool(w, "smt_enabled", pck->smt_enabled);
	}
	ev_write_end(w);
}

static enum ev_code show_intel(struct ev_writer *w, const struct ev_cert *cert,
			       const struct ev_pem_block *block,
			       struct ev_error *err)
{
	struct ev_pck pck;
	bool is_pck = cert->sgx_extension.n > 0;

	if (is_pck && ev_pck_parse(cert->sgx_extension, &pck, err) != EV_OK)
		return err->code;
	if (w == NULL)
		return EV_OK;
	ev_write_object(w, NULL);
	ev_show_extent(w, "pem", block->offset, block->text.n);
	ev_write_foreign(w, "subject_cn", cert->subject_cn);
	ev_write_hex(w, "subject", cert->subject);
	ev_write_hex(w, "issuer", cert->issuer);
	ev_write_hex(w, "serial", cert->serial);
	ev_write_time(w, "not_before", cert->not_before);
	ev_write_time(w, "not_after", cert->not_after);
	ev_write_hex(w, "spki", cert->spki);
	ev_write_bool(w, "ca", cert->ca);
	if (is_pck)
		show_pck(w, &pck);
	ev_write_end(w);
	return EV_OK;
}

enum ev_code ev_show_issuer_chain(struct ev_span item, struct ev_writer *w,
				  struct ev_error *err)
{
	struct ev_chain chain;

	if (ev_chain_parse(item, 0, &chain, err) != EV_OK)
		return err->code;
	if (w != NULL)
		ev_write_array(w, "certificates");
	for (size_t i = 0; i < chain.n_certs; i++) {
		if (show_intel(w, &chain.cert[i], &chain.pem.block[i], err) !=
		    EV_OK)
			break;
	}
	if (w != NULL)
		ev_write_end(w);
	ev_chain_free(&chain);
	return err->code;
}

enum ev_code ev_show_crl(struct ev_span item, struct ev_writer *w,
			 struct ev_error *err)
{
	struct ev_crl crl;

	if (ev_crl_parse(item, &crl, err) != EV_OK)
		return err->code;
	if (w != NULL) {
		ev_write_hex(w, "issuer", crl.issuer);
		ev_write_time(w, "this_update", crl.this_update);
		ev_write_time(w, "next_update", crl.next_update);
		ev_write_int(w, "revoked", (int64_t)crl.n_entries);
		ev_write_hex(w, "authority_key_id", crl.aki);
		ev_write_int(w, "der_size", (int64_t)crl.der.n);
	}
	ev_crl_free(&crl);
	return EV_OK;
}

/* Of a certificate of AMD's chips; nothing of any other. */
static void show_vcek(struct ev_writer *w, struct ev_span der)
{
	struct ev_error none = { 0 };
	struct ev_vcek v;

	if (ev_vcek_parse(der, 0, &v, &none) != EV_OK)
		return;
	ev_write_object(w, "vcek");
	ev_write_int(w, "struct_version", (int64_t)v.struct_version);
	ev_write_foreign(w, "product_name", v.product_name);
	for (enum ev_snp_tcb_part i = v.has_fmc ? EV_SNP_FMC
						: EV_SNP_BOOTLOADER;
	     i < EV_SNP_TCB_PARTS; i++)
		ev_write_int(w, ev_snp_tcb_word(i), v.tcb.svn[i]);
	ev_write_hex(w, "hw_id", v.hw_id);
	ev_write_end(w);
}

static void show_x509(struct ev_writer *w, const struct ev_x509 *x)
{
	ev_write_str(w, "subject", x->subject);
	ev_write_str(w, "issuer", x->issuer);
	ev_write_str(w, "serial", x->serial);
	ev_write_time(w, "not_before", x->not_before);
	ev_write_time(w, "not_after", x->not_after);
	ev_write_foreign(w, "signature_algorithm",
			 ev_span_str(x->signature_algorithm));
	ev_write_hex(w, "spki", x->spki);
	ev_write_bool(w, "self_issued", x->self_issued);
	ev_write_int(w, "der_size", (int64_t)x->der_size);
	show_vcek(w, x->der);
}

/* One DER certificate at base; block is NULL where it is the item itself. */
static enum ev_code show_general(struct ev_crypto *crypto, struct ev_span der,
				 const struct ev_pem_block *block,
				 struct ev_writer *w, struct ev_error *err)
{
	struct ev_x509 x;

	if (ev_x509_parse(crypto, der, block != NULL ? block->offset : 0, &x,
			  err) != EV_OK)
		return err->code;
	if (w != NULL && block != NULL) {
		ev_write_object(w, NULL);
		ev_show_extent(w, "pem", block->offset, block->text.n);
	}
	if (w != NULL)
		show_x509(w, &x);
	if (w != NULL && block != NULL)
		ev_write_end(w);
	ev_x509_free(&x);
	return EV_OK;
}

enum ev_code ev_show_cert_der(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();

	if (crypto == NULL)
		return ev_fail_trouble(err, "certificate", "out of memory");
	return show_general(crypto, item, NULL, w, err);
}

enum ev_code ev_show_cert_pem(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_pem_list list;

	if (crypto == NULL)
		return ev_fail_trouble(err, "certificate", "out of memory");
	if (ev_pem_list_parse(item, 0, "CERTIFICATE", &list, err) != EV_OK)
		return err->code;
	if (w != NULL)
		ev_write_array(w, "certificates");
	for (size_t i = 0; i < list.n_blocks; i++) {
		if (show_general(crypto, list.block[i].der, &list.block[i], w,
				 err) != EV_OK)
			break;
	}
	if (w != NULL)
		ev_write_end(w);
	ev_pem_list_free(&list);
	return err->code;
}

/* Blocks of text that was decoded from JSON: they have no place of their
 * own. */
static enum ev_code show_decoded(struct ev_crypto *crypto,
				 const struct ev_pem_list *list,
				 struct ev_writer *w, struct ev_error *err)
{
	for (size_t i = 0; i < list->n_blocks && err->code == EV_OK; i++) {
		if (w != NULL)
			ev_write_object(w, NULL);
		show_general(crypto, list->block[i].der, NULL, w, err);
		if (w != NULL)
			ev_write_end(w);
	}
	return err->code;
}

enum ev_code ev_show_thim_amd(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	struct ev_thim_amd thim;

	if (crypto == NULL)
		return ev_fail_trouble(err, "certificate", "out of memory");
	if (ev_thim_amd_parse(item, &thim, err) != EV_OK)
		return err->code;
	if (w != NULL) {
		ev_write_foreign(w, "tcbm", thim.tcbm);
		ev_write_array(w, "certificates");
	}
	if (show_decoded(crypto, &thim.vcek, w, err) == EV_OK)
		show_decoded(crypto, &thim.chain, w, err);
	if (w != NULL)
		ev_write_end(w);
	ev_thim_amd_free(&thim);
	return err->code;
}
