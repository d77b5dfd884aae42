/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the identity document of igvmfilegen. */
#include "audit/corim/build_identity.h"

#include "evidence/base/json_node.h"

static const char object[] = "build identity";

static const struct {
	const char *platform, *member, *svn;
	size_t size;
} measurements[] = {
	{ "tdx", "tdx_mrtd", "tdx_isvsvn", 48 },
	{ "snp", "snp_ld", "snp_isvsvn", 48 },
	{ "vbs", "vbs_boot_digest", "vbs_isvsvn", 32 },
};

static bool is_uuid(struct ev_span text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		uint8_t c = text.p[i];

		if (dash ? c != '-'
			 : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return text.n == 36;
}

static enum ev_code read_class(const struct ev_node *document,
			       struct au_build_identity *id,
			       struct ev_error *err)
{
	const struct ev_node *environment = NULL;
	struct ev_span text;

	if (ev_node_get_object(document, object, "environment", &environment,
			       err) != EV_OK ||
	    ev_node_get_str(environment, object, "class_id", &text, err) !=
		    EV_OK)
		return err->code;
	if (!is_uuid(text))
		return ev_fail_text(err, EV_VALUE, object, "class_id", 0,
				    "a UUID in lower case", text);
	memcpy(id->class_id, text.p, text.n);
	id->class_id[text.n] = '\0';
	return EV_OK;
}

static enum ev_code read_debug(const struct ev_node *endorsement, bool *out,
			       struct ev_error *err)
{
	const struct ev_node *info = NULL, *debug;

	if (ev_node_get_object(endorsement, object, "build_info", &info, err) !=
	    EV_OK)
		return err->code;
	debug = ev_node_member(info, "debug_build");
	if (debug == NULL)
		return ev_fail(err, EV_MISSING, object, "debug_build", 0,
			       "true or false", "none");
	if (debug->type != EV_NODE_TRUTH)
		return ev_fail(err, EV_SYNTAX, object, "debug_build", 0,
			       "true or false", ev_node_type_word(debug));
	*out = debug->truth;
	return EV_OK;
}

static enum ev_code read_series(const struct ev_node *v,
				struct au_build_series *s, struct ev_error *err)
{
	const struct ev_node *reference = NULL, *endorsement = NULL;
	size_t n = 0, which = 0;

	if (ev_node_get_object(v, object, "reference", &reference, err) !=
		    EV_OK ||
	    ev_node_get_object(v, object, "endorsement", &endorsement, err) !=
		    EV_OK)
		return err->code;
	for (size_t i = 0; i < sizeof(measurements) / sizeof(measurements[0]);
	     i++)
		if (ev_node_member(reference, measurements[i].member) != NULL) {
			which = i;
			n++;
		}
	if (n != 1)
		return ev_fail(err, n == 0 ? EV_MISSING : EV_DUPLICATE, object,
			       "reference", 0,
			       "one of tdx_mrtd, snp_ld, vbs_boot_digest",
			       n == 0 ? "none" : "more");
	s->platform = measurements[which].platform;
	s->member = measurements[which].member;
	s->size = measurements[which].size;
	if (ev_node_get_hex(reference, object, s->member, s->value, s->size,
			    err) != EV_OK ||
	    ev_node_get_u64(endorsement, object, measurements[which].svn,
			    UINT32_MAX, &s->svn, err) != EV_OK)
		return err->code;
	return read_debug(endorsement, &s->debug_build, err);
}

static enum ev_code read_document(const struct ev_node *document,
				  struct au_build_identity *id,
				  struct ev_error *err)
{
	const struct ev_node *list = NULL, *v;

	if (document->type != EV_NODE_OBJECT)
		return ev_fail(err, EV_SYNTAX, object, "document", 0,
			       "an object", ev_node_type_word(document));
	if (read_class(document, id, err) != EV_OK ||
	    ev_node_get_array(document, object, "series", AU_BUILD_SERIES_MAX,
			      &list, err) != EV_OK)
		return err->code;
	if (list->n == 0)
		return ev_fail(err, EV_MISSING, object, "series", 0,
			       "at least one", "none");
	v = ev_node_inside(list);
	for (uint32_t i = 0; i < list->n; i++, v = ev_node_next(v)) {
		if (read_series(v, &id->series[i], err) != EV_OK)
			return err->code;
		id->n_series++;
	}
	return EV_OK;
}

enum ev_code au_build_identity_parse(struct ev_span text,
				     struct au_build_identity *out,
				     struct ev_error *err)
{
	struct au_build_identity id = { 0 };
	struct ev_nodes nodes = { 0 };

	if (ev_nodes_parse(text, AU_BUILD_IDENTITY_MAX, object, &nodes, err) ==
	    EV_OK)
		read_document(nodes.root, &id, err);
	ev_nodes_free(&nodes);
	if (err->code == EV_OK)
		*out = id;
	return err->code;
}
