/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attested document of Azure's instance metadata service: CMS SignedData
 * (cms.h) whose content is JSON, and around it, as it was received, JSON
 * {"encoding":"pkcs7","signature":BASE64}.  Read, never verified here: a
 * document that is merely read is one that anybody can have made.
 */
#ifndef EV_IMDS_H
#define EV_IMDS_H

#include "evidence/base/json_node.h"
#include "evidence/cms.h"

struct ev_imds {
	struct ev_span item;
	/* Base64 text, where it stands in item; of a bare message, item. */
	struct ev_span signature;
	struct ev_cms cms;
	uint8_t *decoded;      /* owned, what cms borrows from; NULL: item */
	struct ev_nodes nodes; /* owned, of cms.content */
	struct ev_span nonce, vm_id;
	/* p NULL where a document has none: those of 2019 do not. */
	struct ev_span subscription_id, license_type, sku;
	int64_t created, expires;
};

/* Refuses another encoding, what is no SignedData over data, a content that
 * is no JSON object, has a member twice, or has no nonce, no vmId, no two
 * times.  Free with ev_imds_free. */
enum ev_code ev_imds_parse(struct ev_span item, struct ev_imds *out,
			   struct ev_error *err);
/* The same of the message alone. */
enum ev_code ev_imds_message_parse(struct ev_span item, struct ev_imds *out,
				   struct ev_error *err);
void ev_imds_free(struct ev_imds *imds);

/* Whether a bare message says that it is an attested document: its content is
 * a JSON object with vmId and nonce.  Any other CMS says no. */
bool ev_imds_is_document(struct ev_span message);

#endif
