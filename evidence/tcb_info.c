/* SPDX-License-Identifier: Apache-2.0 */
/* TCB info, versions 2 and 3: members, levels in order. */
#include "evidence/tcb_info.h"

#include "evidence/limits.h"
#include "evidence/signed_json.h"
#include "evidence/tdx_module.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char object[] = "tcb-info";
static const char level_object[] = "tcb-info.level";

#define N_COMPONENTS 16

/* v3: an array of 16 objects with member svn. */
static enum ev_code parse_components(const struct ev_node *tcb,
				     const char *name,
				     uint8_t out[N_COMPONENTS],
				     struct ev_error *err)
{
	const struct ev_node *array, *v;

	if (ev_node_get_array(tcb, level_object, name, N_COMPONENTS, &array,
			      err) != EV_OK)
		return err->code;
	if (array->n != N_COMPONENTS)
		return ev_fail_u64(err, EV_VALUE, level_object, name, 0,
				   N_COMPONENTS, array->n);
	v = ev_node_inside(array);
	for (size_t i = 0; i < N_COMPONENTS; i++, v = ev_node_next(v)) {
		uint64_t svn;

		if (ev_node_get_u64(v, level_object, "svn", UINT8_MAX, &svn,
				    err) != EV_OK)
			return err->code;
		out[i] = (uint8_t)svn;
	}
	return EV_OK;
}

/* v2: members sgxtcbcomp01svn to sgxtcbcomp16svn. */
static enum ev_code parse_components_v2(const struct ev_node *tcb,
					uint8_t out[N_COMPONENTS],
					struct ev_error *err)
{
	/* A refusal keeps the name, so it must be static. */
	static const char *const names[N_COMPONENTS] = {
		"sgxtcbcomp01svn", "sgxtcbcomp02svn", "sgxtcbcomp03svn",
		"sgxtcbcomp04svn", "sgxtcbcomp05svn", "sgxtcbcomp06svn",
		"sgxtcbcomp07svn", "sgxtcbcomp08svn", "sgxtcbcomp09svn",
		"sgxtcbcomp10svn", "sgxtcbcomp11svn", "sgxtcbcomp12svn",
		"sgxtcbcomp13svn", "sgxtcbcomp14svn", "sgxtcbcomp15svn",
		"sgxtcbcomp16svn",
	};

	for (size_t i = 0; i < N_COMPONENTS; i++) {
		uint64_t svn;

		if (ev_node_get_u64(tcb, level_object, names[i], UINT8_MAX,
				    &svn, err) != EV_OK)
			return err->code;
		out[i] = (uint8_t)svn;
	}
	return EV_OK;
}

static enum ev_code parse_tcb(const struct ev_node *tcb,
			      const struct ev_tcb_info *info,
			      struct ev_tcb_level *out, struct ev_error *err)
{
	uint64_t pcesvn;

	if (ev_node_get_u64(tcb, level_object, "pcesvn", UINT16_MAX, &pcesvn,
			    err) != EV_OK)
		return err->code;
	out->pcesvn = (uint16_t)pcesvn;
	if (info->version == 2)
		return parse_components_v2(tcb, out->sgx, err);
	if (parse_components(tcb, "sgxtcbcomponents", out->sgx, err) != EV_OK)
		return err->code;
	if (info->tee == EV_TEE_SGX)
		return EV_OK;
	return parse_components(tcb, "tdxtcbcomponents", out->tdx, err);
}

/* Descending by SGX components, PCESVN, TDX components; 0: the same TCB. */
static int compare_tcb(const struct ev_tcb_level *x,
		       const struct ev_tcb_level *y)
{
	int order = memcmp(y->sgx, x->sgx, N_COMPONENTS);

	if (order != 0)
		return order;
	if (x->pcesvn != y->pcesvn)
		return x->pcesvn > y->pcesvn ? -1 : 1;
	return memcmp(y->tdx, x->tdx, N_COMPONENTS);
}

static int compare(const void *a, const void *b)
{
	const struct ev_tcb_level *x = a, *y = b;
	int order = compare_tcb(x, y);

	if (order != 0)
		return order;
	return (x->position > y->position) - (x->position < y->position);
}

static enum ev_code fill_levels(const struct ev_node *array,
				struct ev_tcb_info *info, struct ev_error *err)
{
	const struct ev_node *v = ev_node_inside(array);

	for (size_t i = 0; i < info->n_levels; i++, v = ev_node_next(v)) {
		struct ev_tcb_level *l = &info->levels[i];
		const struct ev_node *tcb;

		l->position = i;
		if (ev_node_get_object(v, level_object, "tcb", &tcb, err) !=
			    EV_OK ||
		    parse_tcb(tcb, info, l, err) != EV_OK ||
		    ev_tcb_level_status(v, level_object, &l->date, &l->status,
					err) != EV_OK ||
		    ev_advisories_parse(v, level_object, &l->advisories, err) !=
			    EV_OK)
			return err->code;
	}
	return EV_OK;
}

static enum ev_code parse_levels(const struct ev_node *obj,
				 struct ev_tcb_info *info, struct ev_error *err)
{
	const struct ev_node *array;

	if (ev_node_get_array(obj, object, "tcbLevels", EV_TCB_LEVELS_MAX,
			      &array, err) != EV_OK)
		return err->code;
	if (array->n == 0)
		return ev_fail(err, EV_MISSING, object, "tcbLevels", 0,
			       "a level", "none");
	info->levels = calloc(array->n, sizeof(*info->levels));
	if (info->levels == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	info->n_levels = array->n;
	if (fill_levels(array, info, err) != EV_OK)
		return err->code;
	qsort(info->levels, info->n_levels, sizeof(*info->levels), compare);
	for (size_t i = 1; i < info->n_levels; i++) {
		if (compare_tcb(&info->levels[i - 1], &info->levels[i]) == 0)
			return ev_fail(err, EV_DUPLICATE, object, "tcbLevels",
				       0, "each TCB once", "one twice");
	}
	return EV_OK;
}

/* Version 2 knows SGX alone and has no id. */
static enum ev_code parse_id(const struct ev_node *obj,
			     struct ev_tcb_info *info, struct ev_error *err)
{
	struct ev_span id;
	char found[24];

	if (ev_node_get_u64(obj, object, "version", INT64_MAX, &info->version,
			    err) != EV_OK)
		return err->code;
	if (info->version != 2 && info->version != 3) {
		snprintf(found, sizeof(found), "%" PRIu64, info->version);
		return ev_fail(err, EV_VALUE, object, "version", 0, "2 or 3",
			       found);
	}
	info->tee = EV_TEE_SGX;
	if (info->version == 2)
		return EV_OK;
	if (ev_node_get_str(obj, object, "id", &id, err) != EV_OK)
		return err->code;
	if (ev_span_eq(id, EV_SPAN_LITERAL("TDX")))
		info->tee = EV_TEE_TDX;
	else if (!ev_span_eq(id, EV_SPAN_LITERAL("SGX")))
		return ev_fail_text(err, EV_VALUE, object, "id", 0,
				    "SGX or TDX", id);
	return EV_OK;
}

static enum ev_code parse_scalars(const struct ev_node *obj,
				  struct ev_tcb_info *info,
				  struct ev_error *err)
{
	uint64_t tcb_type; /* 0 is the only order of components there is */

	if (ev_node_get_time(obj, object, "issueDate", &info->issue_date,
			     err) != EV_OK ||
	    ev_node_get_time(obj, object, "nextUpdate", &info->next_update,
			     err) != EV_OK ||
	    ev_node_get_hex(obj, object, "fmspc", info->fmspc,
			    sizeof(info->fmspc), err) != EV_OK ||
	    ev_node_get_hex(obj, object, "pceId", info->pceid,
			    sizeof(info->pceid), err) != EV_OK ||
	    ev_node_get_u64(obj, object, "tcbType", 0, &tcb_type, err) != EV_OK)
		return err->code;
	return ev_node_get_u64(obj, object, "tcbEvaluationDataNumber",
			       UINT32_MAX, &info->eval_number, err);
}

/* TDX info describes the module; version 3 for SGX must not. */
static enum ev_code parse_modules(const struct ev_node *obj,
				  struct ev_tcb_info *info,
				  struct ev_error *err)
{
	static const char *const names[] = { "tdxModule",
					     "tdxModuleIdentities" };

	for (size_t i = 0; i < 2 && info->tee == EV_TEE_SGX; i++) {
		if (info->version == 3 && ev_node_member(obj, names[i]) != NULL)
			return ev_fail(err, EV_VALUE, object, names[i], 0,
				       "nothing where id is SGX", "a member");
	}
	if (info->tee == EV_TEE_SGX)
		return EV_OK;
	if (ev_tdx_module_parse(obj, info, err) != EV_OK)
		return err->code;
	return ev_module_identities_parse(obj, info, err);
}

enum ev_code ev_tcb_info_parse(struct ev_span item, struct ev_tcb_info *out,
			       struct ev_error *err)
{
	struct ev_tcb_info info = { .item = item };
	struct ev_signed_json envelope;

	if (ev_signed_json_parse(item, "tcbInfo", object, &envelope, err) !=
	    EV_OK)
		return err->code;
	info.nodes = envelope.nodes;
	info.signed_slice = envelope.slice;
	info.signature_hex = envelope.signature_hex;
	memcpy(info.signature, envelope.signature, sizeof(info.signature));
	if (parse_id(envelope.root, &info, err) != EV_OK ||
	    parse_scalars(envelope.root, &info, err) != EV_OK ||
	    parse_modules(envelope.root, &info, err) != EV_OK ||
	    parse_levels(envelope.root, &info, err) != EV_OK) {
		ev_tcb_info_free(&info);
		return err->code;
	}
	*out = info;
	return EV_OK;
}

void ev_tcb_info_free(struct ev_tcb_info *info)
{
	ev_module_identities_free(info->modules, info->n_modules);
	free(info->levels);
	ev_nodes_free(&info->nodes);
	*info = (struct ev_tcb_info){ 0 };
}
