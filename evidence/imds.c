/* SPDX-License-Identifier: Apache-2.0 */
/* Azure's attested document: the layers around its JSON, and what that says. */
#include "evidence/imds.h"

#include "evidence/base/base64.h"
#include "evidence/base/json.h"
#include "evidence/base/time.h"
#include "evidence/limits.h"

#include <stdlib.h>

static const char object[] = "imds";

/* RFC 5652, 4: 1.2.840.113549.1.7.1, id-data. */
static const uint8_t data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
				0x0d, 0x01, 0x07, 0x01 };

static enum ev_code refuse(struct ev_error *err, const char *field,
			   const char *want, const char *found)
{
	return ev_fail(err, EV_SYNTAX, object, field, 0, want, found);
}

static enum ev_code read_text(const struct ev_node *content, const char *name,
			      struct ev_span *out, struct ev_error *err)
{
	return ev_node_get_str(content, object, name, out, err);
}

static enum ev_code read_optional(const struct ev_node *content,
				  const char *name, struct ev_span *out,
				  struct ev_error *err)
{
	if (ev_node_member(content, name) == NULL)
		return EV_OK;
	return read_text(content, name, out, err);
}

static enum ev_code read_instant(const struct ev_node *times, const char *name,
				 int64_t *out, struct ev_error *err)
{
	struct ev_span text;

	if (read_text(times, name, &text, err) != EV_OK)
		return err->code;
	if (!ev_time_parse_imds(text, out))
		return ev_fail_text(err, EV_SYNTAX, object, name, 0,
				    "MM/DD/YY HH:MM:SS -0000", text);
	return EV_OK;
}

static enum ev_code read_content(struct ev_imds *m, struct ev_error *err)
{
	const struct ev_node *content, *times;

	if (ev_nodes_parse(m->cms.content, EV_COLLATERAL_MAX, object, &m->nodes,
			   err) != EV_OK)
		return err->code;
	content = m->nodes.root;
	if (content->type != EV_NODE_OBJECT)
		return refuse(err, "content", "an object",
			      ev_node_type_word(content));
	if (read_text(content, "nonce", &m->nonce, err) != EV_OK ||
	    read_text(content, "vmId", &m->vm_id, err) != EV_OK ||
	    ev_node_get_object(content, object, "timeStamp", &times, err) !=
		    EV_OK ||
	    read_instant(times, "createdOn", &m->created, err) != EV_OK ||
	    read_instant(times, "expiresOn", &m->expires, err) != EV_OK)
		return err->code;
	if (read_optional(content, "subscriptionId", &m->subscription_id,
			  err) != EV_OK ||
	    read_optional(content, "licenseType", &m->license_type, err) !=
		    EV_OK)
		return err->code;
	return read_optional(content, "sku", &m->sku, err);
}

static enum ev_code read_message(struct ev_span message, struct ev_imds *m,
				 struct ev_error *err)
{
	if (ev_cms_parse(message, 0, &m->cms, err) != EV_OK)
		return err->code;
	if (!ev_span_eq(m->cms.content_type, EV_SPAN(data)))
		return ev_fail_bytes(err, EV_VALUE, object, "eContentType", 0,
				     "that of data", m->cms.content_type);
	return read_content(m, err);
}

/* text: base64 as the member says it, escapes undone. */
static enum ev_code open_signature(struct ev_span text, struct ev_imds *m,
				   struct ev_error *err)
{
	size_t n = 0;

	m->decoded = malloc(ev_base64_decoded_max(text.n));
	if (m->decoded == NULL)
		return ev_fail_trouble(err, object, "memory");
	if (!ev_base64_decode(EV_BASE64_STD, text, m->decoded, &n))
		return refuse(err, "signature", "base64", "another text");
	return read_message(ev_span_of(m->decoded, n), m, err);
}

static enum ev_code open_reply(const json_t *body, struct ev_imds *m,
			       struct ev_error *err)
{
	struct ev_span encoding, text;

	if (!json_is_object(body))
		return refuse(err, "text", "an object",
			      ev_json_type_word(body));
	if (ev_json_get_str(body, object, "encoding", &encoding, err) != EV_OK)
		return err->code;
	if (!ev_span_eq(encoding, EV_SPAN_LITERAL("pkcs7")))
		return ev_fail_text(err, EV_VALUE, object, "encoding", 0,
				    "pkcs7", encoding);
	if (ev_json_get_str(body, object, "signature", &text, err) != EV_OK)
		return err->code;
	/* A name that is spelled with an escape has no place to show. */
	if (!ev_json_member(m->item, "signature", &m->signature))
		return ev_fail(err, EV_MISSING, object, "signature", 0,
			       "an object with it, once", "none");
	m->signature = ev_span_sub(m->signature, 1, m->signature.n - 2);
	return open_signature(text, m, err);
}

static enum ev_code give(struct ev_imds *m, struct ev_imds *out,
			 struct ev_error *err)
{
	if (err->code == EV_OK)
		*out = *m;
	else
		ev_imds_free(m);
	return err->code;
}

enum ev_code ev_imds_parse(struct ev_span item, struct ev_imds *out,
			   struct ev_error *err)
{
	ev_auto_json json_t *body = NULL;
	struct ev_imds m = { .item = item };

	if (ev_json_parse(item, EV_COLLATERAL_MAX, object, &body, err) == EV_OK)
		open_reply(body, &m, err);
	return give(&m, out, err);
}

enum ev_code ev_imds_message_parse(struct ev_span item, struct ev_imds *out,
				   struct ev_error *err)
{
	struct ev_imds m = { .item = item, .signature = item };

	read_message(item, &m, err);
	return give(&m, out, err);
}

void ev_imds_free(struct ev_imds *imds)
{
	ev_nodes_free(&imds->nodes);
	free(imds->decoded);
	*imds = (struct ev_imds){ .decoded = NULL };
}

bool ev_imds_is_document(struct ev_span message)
{
	struct ev_error none = { 0 };
	struct ev_span member;
	struct ev_cms cms;

	return ev_cms_parse(message, 0, &cms, &none) == EV_OK &&
	       ev_json_member(cms.content, "vmId", &member) &&
	       ev_json_member(cms.content, "nonce", &member);
}
