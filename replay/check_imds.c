/* SPDX-License-Identifier: Apache-2.0 */
/* imds.*: the attested document of Azure's metadata service. */
#include "replay/certified.h"
#include "replay/checks.h"
#include "replay/imds.h"
#include "replay/link.h"

#include "evidence/cert_hosts.h"
#include "evidence/purpose.h"

#include <stdio.h>

/* The message in base64, or the message. */
static void message_input(struct rp_finding *f, const struct rp_subject *s)
{
	rp_input_part(f, s->name, s->item->bytes, s->imds->m.signature);
}

enum rp_outcome rp_check_imds_format(struct rp_case *c,
				     const struct rp_subject *s,
				     struct rp_finding *f)
{
	char created[EV_TIME_TEXT], expires[EV_TIME_TEXT];
	const struct ev_imds *m = &s->imds->m;

	(void)c;
	rp_input_add(f, s->name, 0, s->item->bytes.n);
	if (s->imds->parsed.code != EV_OK)
		return rp_refused(f, "imds", &s->imds->parsed.err);
	ev_time_format(m->created, created);
	ev_time_format(m->expires, expires);
	rp_set_got(f, "created %s, expires %s, %zu certificate%s", created,
		   expires, m->cms.n_certs, m->cms.n_certs == 1 ? "" : "s");
	return RP_PASS;
}

enum rp_outcome rp_check_imds_signature(struct rp_case *c,
					const struct rp_subject *s,
					struct rp_finding *f)
{
	const struct rp_imds *i = s->imds;
	bool misnamed = false;
	const char *digest = ev_cms_digest(&i->m.cms, &misnamed);

	message_input(f, s);
	if (i->signer_parsed.code == EV_MISSING)
		return rp_skip(f, "absent: the signer's certificate is not in "
				  "the message");
	if (i->signer_parsed.code != EV_OK)
		return rp_refused(f, "certificate", &i->signer_parsed.err);
	if (digest == NULL)
		return rp_fail(f, "weak: the digest that was signed is none of "
				  "SHA-256, SHA-384 and SHA-512");
	rp_set_want(f, "the content signed over %s by %.120s", digest,
		    i->signer.subject);
	if (misnamed)
		rp_set_got(f,
			   "the message names a signature algorithm in place "
			   "of %s, as Azure's do",
			   digest);
	return rp_signature(f, ev_cms_verify(c->crypto, &i->m.cms, &i->signer),
			    "signature",
			    "the key of the certificate in the message did "
			    "not sign this content");
}

/* Of a service of Azure: public, US government, China, the old Germany. */
static const char *const domains[] = {
	"metadata.azure.com",
	"metadata.azure.us",
	"metadata.azure.cn",
	"metadata.microsoftazure.de",
};

static bool is_accepted(struct ev_span host)
{
	for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++)
		if (ev_host_is_of(host, domains[i]))
			return true;
	return false;
}

/* One name of the certificate is a metadata service's. */
static enum rp_outcome judge_names(const struct ev_x509 *signer,
				   struct rp_finding *f)
{
	struct ev_cert_hosts hosts;
	struct ev_error err = { 0 };
	char name[80];

	if (ev_cert_hosts_read(signer->der, &hosts, &err) != EV_OK)
		return rp_refused(f, "certificate", &err);
	for (size_t i = hosts.first; i < hosts.n; i++) {
		if (!is_accepted(hosts.name[i]))
			continue;
		ev_show(hosts.name[i], name, sizeof(name));
		rp_set_got(f, "good, for %s", name);
		return RP_PASS;
	}
	return rp_fail(f,
		       "name: the certificate is for no metadata service of "
		       "Azure (%.120s)",
		       signer->subject);
}

enum rp_outcome rp_check_imds_chain(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	struct rp_imds *i = s->imds;
	const struct rp_leaf leaf = {
		.cert = &i->signer,
		.item = s->item,
		.title = "document's certificate",
		.use = RP_ANCHOR_AZURE_IMDS_ROOT,
		.more = i->other,
		.n_more = i->n_other,
	};
	const char *why = ev_no_tls_server(&i->signer);
	enum rp_outcome outcome;

	message_input(f, s);
	if (why != NULL)
		return rp_fail(f,
			       "usage: the document's certificate is no TLS "
			       "server's: %s",
			       why);
	outcome = rp_certify(c, &leaf, &i->certified, f);
	if (outcome == RP_PASS)
		outcome = rp_path_of_servers(f, &i->certified.path);
	return outcome == RP_PASS ? judge_names(&i->signer, f) : outcome;
}

enum rp_outcome rp_check_imds_window(struct rp_case *c,
				     const struct rp_subject *s,
				     struct rp_finding *f)
{
	const struct ev_imds *m = &s->imds->m;
	char created[EV_TIME_TEXT], expires[EV_TIME_TEXT], at[EV_TIME_TEXT];
	const char *word = "current";

	message_input(f, s);
	ev_time_format(m->created, created);
	ev_time_format(m->expires, expires);
	ev_time_format(c->at, at);
	if (c->at < m->created)
		word = "not_yet_valid";
	else if (c->at > m->expires)
		word = "expired";
	rp_set_want(f, "%s to %s", created, expires);
	rp_set_got(f, "%s", at);
	if (rp_holds_at(c, m->created, m->expires))
		return RP_PASS;
	return rp_fail(f, "%s: the document holds from %s to %s", word, created,
		       expires);
}

enum rp_outcome rp_check_imds_vm_id(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct rp_imds *i = s->imds;
	const struct rp_hcl *h;
	char vm[80], unique[80];

	(void)c;
	message_input(f, s);
	if (i->hcl == NULL)
		return rp_skip(f, "absent: azure-hcl-report");
	h = i->hcl->hcl;
	rp_input_part(f, i->hcl->name, i->hcl->item->bytes,
		      h->hcl.runtime_data);
	if (h->claims.vm_unique_id.n == 0)
		return rp_skip(f, "absent: the paravisor's claims name no "
				  "vmUniqueId");
	ev_show(i->m.vm_id, vm, sizeof(vm));
	ev_show(h->claims.vm_unique_id, unique, sizeof(unique));
	f->shown = true;
	rp_set_want(f, "%s", unique);
	rp_set_got(f, "%s%s", vm,
		   i->match == RP_VM_SWAPPED
			   ? ", the first three fields byte-swapped"
			   : "");
	if (i->match == RP_VM_EQUAL || i->match == RP_VM_SWAPPED)
		return RP_PASS;
	return rp_fail(f, i->match == RP_VM_NO_ID
				  ? "value: vmId or vmUniqueId is no GUID"
				  : "mismatch: the document is about another "
				    "VM than the paravisor's claims");
}
