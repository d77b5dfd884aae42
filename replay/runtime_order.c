/* SPDX-License-Identifier: Apache-2.0 */
/* Members of the runtime claims in the order in which they were hashed. */
#include "replay/runtime_order.h"

/* Names that stand in more than one object stand in one order in each, so
 * that an order is one list. */
#define ROOT "keys", "vm-configuration", "user-data"
#define KEY  "kid", "key_ops", "kty", "e", "n"

static const struct {
	const char *name;
	const char *const *members; /* up to NULL */
} orders[] = {
	{ "legacy HCL",
	  (const char *const[]){ ROOT, KEY, "console-enabled", "current-time",
				 "root-cert-thumbprint", "secure-boot",
				 "secure-boot-template-id", "tpm-enabled",
				 "tpm-persisted", "vmUniqueId", NULL } },
	{ "OpenHCL",
	  (const char *const[]){ ROOT, KEY, "current-time",
				 "root-cert-thumbprint", "console-enabled",
				 "interactive-console-enabled", "secure-boot",
				 "tpm-enabled", "tpm-persisted",
				 "filtered-vpci-devices-allowed", "vmUniqueId",
				 "vmgs-provisioner", "id", "signer",
				 "hardware-sealing-policy", NULL } },
};

const size_t rp_n_runtime_orders = sizeof(orders) / sizeof(orders[0]);

const char *rp_runtime_order_name(size_t order)
{
	return orders[order].name;
}

struct rebuild {
	struct ev_span text;
	const char *const *members;
	struct ev_buffer *out;
	const char *unknown;
};

static const char *find_unknown(const struct rebuild *r,
				const struct ev_node *object)
{
	const struct ev_node *v = ev_node_inside(object);

	for (uint32_t i = 0; i < object->n; i++, v = ev_node_next(v)) {
		const char *name = (const char *)v->name.p;
		size_t k = 0;

		while (r->members[k] != NULL &&
		       strcmp(r->members[k], name) != 0)
			k++;
		if (r->members[k] == NULL)
			return name;
	}
	return NULL;
}

/* Depth is the parser's matter, 32 at most. */
static void rebuild(struct rebuild *r, const struct ev_node *v)
{
	bool object = v->type == EV_NODE_OBJECT;
	const struct ev_node *next = ev_node_inside(v);
	size_t n = 0;

	if (!object && v->type != EV_NODE_ARRAY) {
		ev_buffer_add(r->out, ev_span_sub(r->text, v->at, v->size));
		return;
	}
	if (object)
		r->unknown = find_unknown(r, v);
	ev_buffer_add_byte(r->out, object ? '{' : '[');
	for (size_t k = 0;
	     r->unknown == NULL && (object ? r->members[k] != NULL : k < v->n);
	     k++) {
		const struct ev_node *in = next;

		if (object)
			in = ev_node_member(v, r->members[k]);
		else
			next = ev_node_next(next);
		if (in == NULL)
			continue;
		if (n++ > 0)
			ev_buffer_add_byte(r->out, ',');
		if (object)
			ev_buffer_printf(r->out, "\"%s\":", r->members[k]);
		rebuild(r, in);
	}
	ev_buffer_add_byte(r->out, object ? '}' : ']');
}

bool rp_runtime_rebuild(const struct ev_node *v, struct ev_span text,
			size_t order, struct ev_buffer *out,
			const char **unknown)
{
	struct rebuild r = { .text = text,
			     .members = orders[order].members,
			     .out = out };

	rebuild(&r, v);
	*unknown = r.unknown;
	return r.unknown == NULL;
}
