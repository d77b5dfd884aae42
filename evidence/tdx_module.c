/* SPDX-License-Identifier: Apache-2.0 */
/* The TDX module in TCB info: the old member and the identities by version. */
#include "evidence/tdx_module.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"
#include "evidence/limits.h"

static const char object[] = "tcb-info.tdx-module-identity";

/* "TDX_XX", two hex digits; case does not count (dcap page 6, E3). */
static enum ev_code parse_id(const struct ev_node *v, uint8_t *version,
			     struct ev_error *err)
{
	static const char prefix[] = "tdx_";
	struct ev_span id;
	bool fits;

	if (ev_node_get_str(v, object, "id", &id, err) != EV_OK)
		return err->code;
	fits = id.n == 6;
	for (size_t i = 0; fits && i < 4; i++) {
		uint8_t c = id.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c + ('a' - 'A'));
		fits = c == (uint8_t)prefix[i];
	}
	if (!fits || !ev_hex_decode(ev_span_sub(id, 4, 2), version, 1))
		return ev_fail_text(err, EV_VALUE, object, "id", 0,
				    "TDX_ and two hex digits", id);
	return EV_OK;
}

static enum ev_code parse_identity(const struct ev_node *v,
				   struct ev_module_identity *out,
				   struct ev_error *err)
{
	if (parse_id(v, &out->version, err) != EV_OK ||
	    ev_node_get_hex(v, object, "mrsigner", out->mrsigner, 48, err) !=
		    EV_OK ||
	    ev_node_get_hex(v, object, "attributes", out->attributes, 8, err) !=
		    EV_OK ||
	    ev_node_get_hex(v, object, "attributesMask", out->attributes_mask,
			    8, err) != EV_OK)
		return err->code;
	return ev_isvsvn_levels_parse(v, object, &out->levels, &out->n_levels,
				      err);
}

static bool version_stands_before(const struct ev_module_identity *modules,
				  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (modules[i].version == modules[n].version)
			return true;
	}
	return false;
}

void ev_module_identities_free(struct ev_module_identity *modules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(modules[i].levels);
	free(modules);
}

static enum ev_code fill(const struct ev_node *array, struct ev_tcb_info *info,
			 struct ev_error *err)
{
	const struct ev_node *v = ev_node_inside(array);

	for (size_t i = 0; i < info->n_modules; i++, v = ev_node_next(v)) {
		if (parse_identity(v, &info->modules[i], err) != EV_OK)
			return err->code;
		if (version_stands_before(info->modules, i))
			return ev_fail(err, EV_DUPLICATE, object, "id", 0,
				       "each id once", "one twice");
	}
	return EV_OK;
}

enum ev_code ev_module_identities_parse(const struct ev_node *obj,
					struct ev_tcb_info *info,
					struct ev_error *err)
{
	const struct ev_node *array;

	/* Absent in TCB info issued before 2024. */
	if (ev_node_member(obj, "tdxModuleIdentities") == NULL)
		return EV_OK;
	if (ev_node_get_array(obj, "tcb-info", "tdxModuleIdentities",
			      EV_TDX_MODULES_MAX, &array, err) != EV_OK)
		return err->code;
	info->has_modules = true;
	if (array->n == 0)
		return EV_OK;
	info->modules = calloc(array->n, sizeof(*info->modules));
	if (info->modules == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	info->n_modules = array->n;
	return fill(array, info, err);
}

enum ev_code ev_tdx_module_parse(const struct ev_node *obj,
				 struct ev_tcb_info *info, struct ev_error *err)
{
	static const char module_object[] = "tcb-info.tdx-module";
	uint8_t mask[8]; /* must be there; nothing is judged by it */
	const struct ev_node *module;

	if (ev_node_get_object(obj, "tcb-info", "tdxModule", &module, err) !=
		    EV_OK ||
	    ev_node_get_hex(module, module_object, "mrsigner",
			    info->module_mrsigner, 48, err) != EV_OK ||
	    ev_node_get_hex(module, module_object, "attributes",
			    info->module_attributes, 8, err) != EV_OK ||
	    ev_node_get_hex(module, module_object, "attributesMask", mask, 8,
			    err) != EV_OK)
		return err->code;
	info->has_module = true;
	return EV_OK;
}
