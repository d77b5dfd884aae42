/* SPDX-License-Identifier: Apache-2.0 */
/* Enclave identity, version 2. */
#include "evidence/qe_identity.h"

#include "evidence/signed_json.h"

#include <stdlib.h>

static const char object[] = "qe-identity";

static const char *const id_words[] = {
	[EV_ENCLAVE_QE] = "QE",
	[EV_ENCLAVE_TD_QE] = "TD_QE",
	[EV_ENCLAVE_QVE] = "QVE",
	[EV_ENCLAVE_QAE] = "QAE",
};

const char *ev_enclave_id_word(enum ev_enclave_id id)
{
	assert(id <= EV_ENCLAVE_QAE);
	return id_words[id];
}

static enum ev_code parse_id(const struct ev_node *obj,
			     struct ev_qe_identity *q, struct ev_error *err)
{
	struct ev_span id;
	uint64_t version;

	if (ev_node_get_u64(obj, object, "version", INT64_MAX, &version, err) !=
		    EV_OK ||
	    ev_node_get_str(obj, object, "id", &id, err) != EV_OK)
		return err->code;
	if (version != 2)
		return ev_fail_u64(err, EV_VALUE, object, "version", 0, 2,
				   version);
	for (unsigned i = 0; i <= EV_ENCLAVE_QAE; i++) {
		if (!ev_span_eq(id, ev_span_str(id_words[i])))
			continue;
		q->id = (enum ev_enclave_id)i;
		return EV_OK;
	}
	return ev_fail_text(err, EV_VALUE, object, "id", 0,
			    "QE, TD_QE, QVE or QAE", id);
}

/* The hex is the report's four bytes, and those are little-endian. */
static enum ev_code get_u32(const struct ev_node *v, const char *name,
			    uint32_t *out, struct ev_error *err)
{
	uint8_t b[4];

	if (ev_node_get_hex(v, object, name, b, sizeof(b), err) != EV_OK)
		return err->code;
	*out = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	       (uint32_t)b[3] << 24;
	return EV_OK;
}

static enum ev_code parse_enclave(const struct ev_node *v,
				  struct ev_qe_identity *q,
				  struct ev_error *err)
{
	uint64_t isvprodid;

	if (get_u32(v, "miscselect", &q->miscselect, err) != EV_OK ||
	    get_u32(v, "miscselectMask", &q->miscselect_mask, err) != EV_OK ||
	    ev_node_get_hex(v, object, "attributes", q->attributes, 16, err) !=
		    EV_OK ||
	    ev_node_get_hex(v, object, "attributesMask", q->attributes_mask, 16,
			    err) != EV_OK ||
	    ev_node_get_hex(v, object, "mrsigner", q->mrsigner, 32, err) !=
		    EV_OK ||
	    ev_node_get_u64(v, object, "isvprodid", UINT16_MAX, &isvprodid,
			    err) != EV_OK)
		return err->code;
	q->isvprodid = (uint16_t)isvprodid;
	return EV_OK;
}

static enum ev_code parse_members(const struct ev_node *obj,
				  struct ev_qe_identity *q,
				  struct ev_error *err)
{
	if (parse_id(obj, q, err) != EV_OK ||
	    ev_node_get_time(obj, object, "issueDate", &q->issue_date, err) !=
		    EV_OK ||
	    ev_node_get_time(obj, object, "nextUpdate", &q->next_update, err) !=
		    EV_OK ||
	    ev_node_get_u64(obj, object, "tcbEvaluationDataNumber", UINT32_MAX,
			    &q->eval_number, err) != EV_OK ||
	    parse_enclave(obj, q, err) != EV_OK)
		return err->code;
	return ev_isvsvn_levels_parse(obj, object, &q->levels, &q->n_levels,
				      err);
}

enum ev_code ev_qe_identity_parse(struct ev_span item,
				  struct ev_qe_identity *out,
				  struct ev_error *err)
{
	struct ev_qe_identity q = { .item = item };
	struct ev_signed_json envelope;

	if (ev_signed_json_parse(item, "enclaveIdentity", object, &envelope,
				 err) != EV_OK)
		return err->code;
	q.nodes = envelope.nodes;
	q.signed_slice = envelope.slice;
	q.signature_hex = envelope.signature_hex;
	memcpy(q.signature, envelope.signature, sizeof(q.signature));
	if (parse_members(envelope.root, &q, err) != EV_OK) {
		ev_qe_identity_free(&q);
		return err->code;
	}
	*out = q;
	return EV_OK;
}

void ev_qe_identity_free(struct ev_qe_identity *identity)
{
	free(identity->levels);
	ev_nodes_free(&identity->nodes);
	*identity = (struct ev_qe_identity){ 0 };
}
