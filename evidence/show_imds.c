/* SPDX-License-Identifier: Apache-2.0 */
/* CMS SignedData and attested documents as JSON.  Offsets are those of the
 * message, which is the item itself or decoded from it. */
#include "evidence/imds.h"
#include "evidence/name.h"
#include "evidence/show.h"
#include "evidence/show_field.h"

static uint64_t offset_in(struct ev_span message, struct ev_span part)
{
	return (uint64_t)(part.p - message.p);
}

static void show_oid(struct ev_writer *w, const char *name, struct ev_span oid)
{
	char text[80];

	ev_oid_format(oid, text, sizeof(text));
	ev_write_str(w, name, text);
}

static void show_digest(struct ev_writer *w, const struct ev_cms *m)
{
	bool misnamed = false;
	const char *digest = ev_cms_digest(m, &misnamed);

	show_oid(w, "digest_algorithm", m->digest_algorithm);
	if (digest != NULL)
		ev_write_str(w, "digest", digest);
	if (misnamed)
		ev_write_str(w, "digest_note",
			     "a signature algorithm stands where a digest's "
			     "should");
}

static void show_signer(struct ev_writer *w, const struct ev_cms *m)
{
	char name[EV_NAME_TEXT];

	ev_write_object(w, "signer");
	ev_name_format(m->issuer, name);
	ev_write_str(w, "issuer", name);
	ev_write_hex(w, "serial", m->serial);
	show_digest(w, m);
	show_oid(w, "signature_algorithm", m->signature_algorithm);
	ev_write_bool(w, "certificate_in_message", m->signer >= 0);
	if (m->signed_attributes.p != NULL)
		ev_show_extent(w, "signed_attributes",
			       offset_in(m->message, m->signed_attributes),
			       m->signed_attributes.n);
	ev_show_hex(w, "signature", offset_in(m->message, m->signature),
		    m->signature);
	ev_write_end(w);
}

static void show_message(struct ev_writer *w, const struct ev_cms *m)
{
	show_oid(w, "content_type", m->content_type);
	ev_show_extent(w, "content", offset_in(m->message, m->content),
		       m->content.n);
	ev_write_array(w, "certificates");
	for (size_t i = 0; i < m->n_certs; i++) {
		ev_write_object(w, NULL);
		ev_show_extent(w, "der", offset_in(m->message, m->cert[i]),
			       m->cert[i].n);
		ev_write_end(w);
	}
	ev_write_end(w);
	show_signer(w, m);
}

static void show_document(struct ev_writer *w, const struct ev_imds *m)
{
	const struct {
		const char *name;
		struct ev_span text;
	} texts[] = {
		{ "nonce", m->nonce },
		{ "vmId", m->vm_id },
		{ "subscriptionId", m->subscription_id },
		{ "licenseType", m->license_type },
		{ "sku", m->sku },
	};

	ev_write_object(w, "document");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].text.p != NULL)
			ev_write_foreign(w, texts[i].name, texts[i].text);
	ev_write_time(w, "createdOn", m->created);
	ev_write_time(w, "expiresOn", m->expires);
	ev_show_text(w, "json", offset_in(m->cms.message, m->cms.content),
		     m->cms.content);
	ev_write_end(w);
	show_message(w, &m->cms);
}

enum ev_code ev_show_imds_attested(struct ev_span item, struct ev_writer *w,
				   struct ev_error *err)
{
	struct ev_imds m;

	if (ev_imds_parse(item, &m, err) != EV_OK)
		return err->code;
	if (w != NULL) {
		ev_show_extent(w, "message_base64",
			       offset_in(item, m.signature), m.signature.n);
		ev_write_int(w, "message_size", (int64_t)m.cms.message.n);
		show_document(w, &m);
	}
	ev_imds_free(&m);
	return EV_OK;
}

enum ev_code ev_show_cms(struct ev_span item, struct ev_writer *w,
			 struct ev_error *err)
{
	struct ev_imds m;
	struct ev_cms cms;

	if (ev_cms_parse(item, 0, &cms, err) != EV_OK)
		return err->code;
	if (!ev_imds_is_document(item)) {
		if (w != NULL)
			show_message(w, &cms);
		return EV_OK;
	}
	if (ev_imds_message_parse(item, &m, err) != EV_OK)
		return err->code;
	if (w != NULL)
		show_document(w, &m);
	ev_imds_free(&m);
	return EV_OK;
}
