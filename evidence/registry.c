/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of a registry, and what its token says. */
#include "evidence/registry.h"

#include "evidence/show.h"

static const char object[] = "registry";
static const size_t REPLY_MAX = (size_t)1 << 20;

static struct ev_span claim(const struct ev_jwt *t, const char *name)
{
	const char *const path[] = { name, NULL };
	struct ev_span value = { NULL, 0 };

	ev_jwt_text(t, path, &value);
	return value;
}

static enum ev_code parse(struct ev_registry *r, struct ev_error *err)
{
	const struct ev_node *root = r->nodes.root;

	if (ev_node_get_str(root, object, "machineId", &r->machine_id, err) !=
		    EV_OK ||
	    ev_node_get_str(root, object, "label", &r->label, err) != EV_OK ||
	    ev_node_get_str(root, object, "jwt", &r->jwt, err) != EV_OK ||
	    ev_jwt_parse(r->jwt, &r->token, err) != EV_OK)
		return err->code;
	r->issuer = claim(&r->token, "iss");
	r->token_machine_id = claim(&r->token, "machine_id");
	r->quote_hash = claim(&r->token, "quote_hash");
	return EV_OK;
}

enum ev_code ev_registry_parse(struct ev_span item, struct ev_registry *out,
			       struct ev_error *err)
{
	struct ev_registry r = { .label = { NULL, 0 } };

	if (ev_nodes_parse(item, REPLY_MAX, object, &r.nodes, err) != EV_OK)
		return err->code;
	if (parse(&r, err) != EV_OK) {
		ev_registry_free(&r);
		return err->code;
	}
	*out = r;
	return EV_OK;
}

void ev_registry_free(struct ev_registry *registry)
{
	ev_nodes_free(&registry->nodes);
	ev_jwt_free(&registry->token);
	*registry = (struct ev_registry){ .label = { NULL, 0 } };
}

enum ev_code ev_show_registry(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err)
{
	struct ev_registry r;

	if (ev_registry_parse(item, &r, err) != EV_OK)
		return err->code;
	if (w != NULL) {
		ev_write_foreign(w, "machineId", r.machine_id);
		ev_write_foreign(w, "label", r.label);
		ev_write_foreign(w, "jwt", r.jwt);
		ev_write_foreign(w, "header", r.token.header);
		ev_write_foreign(w, "payload", r.token.payload);
	}
	ev_registry_free(&r);
	return EV_OK;
}
