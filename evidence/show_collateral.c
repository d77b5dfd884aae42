/* SPDX-License-Identifier: Apache-2.0 */
/* TCB info and QE identity as JSON; levels in the order of evaluation. */
#include "evidence/qe_identity.h"
#include "evidence/show.h"
#include "evidence/show_field.h"

#define HEX(w, name, array) ev_write_hex(w, name, EV_SPAN(array))

static void show_envelope(struct ev_writer *w, struct ev_span item,
			  struct ev_span slice, struct ev_span signature)
{
	ev_show_extent(w, "signed", (uint64_t)(slice.p - item.p), slice.n);
	ev_show_text(w, "signature", (uint64_t)(signature.p - item.p),
		     signature);
}

static void show_advisories(struct ev_writer *w, const struct ev_advisories *a)
{
	ev_write_array(w, "advisoryIDs");
	for (size_t i = 0; i < a->n; i++)
		ev_write_foreign(w, NULL, a->id[i]);
	ev_write_end(w);
}

static void show_isvsvn_levels(struct ev_writer *w,
			       const struct ev_isvsvn_level *levels, size_t n)
{
	ev_write_array(w, "tcbLevels");
	for (size_t i = 0; i < n; i++) {
		ev_write_object(w, NULL);
		ev_write_int(w, "isvsvn", levels[i].isvsvn);
		ev_write_time(w, "tcbDate", levels[i].date);
		ev_write_str(w, "tcbStatus",
			     ev_tcb_status_word(levels[i].status));
		show_advisories(w, &levels[i].advisories);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void show_levels(struct ev_writer *w, const struct ev_tcb_info *info)
{
	ev_write_array(w, "tcbLevels");
	for (size_t i = 0; i < info->n_levels; i++) {
		const struct ev_tcb_level *l = &info->levels[i];

		ev_write_object(w, NULL);
		HEX(w, "sgxtcbcomponents", l->sgx);
		if (info->tee == EV_TEE_TDX)
			HEX(w, "tdxtcbcomponents", l->tdx);
		ev_write_int(w, "pcesvn", l->pcesvn);
		ev_write_time(w, "tcbDate", l->date);
		ev_write_str(w, "tcbStatus", ev_tcb_status_word(l->status));
		show_advisories(w, &l->advisories);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void show_modules(struct ev_writer *w, const struct ev_tcb_info *info)
{
	if (info->has_module) {
		ev_write_object(w, "tdxModule");
		HEX(w, "mrsigner", info->module_mrsigner);
		HEX(w, "attributes", info->module_attributes);
		ev_write_end(w);
	}
	if (!info->has_modules)
		return;
	ev_write_array(w, "tdxModuleIdentities");
	for (size_t i = 0; i < info->n_modules; i++) {
		const struct ev_module_identity *m = &info->modules[i];

		ev_write_object(w, NULL);
		ev_write_int(w, "version", m->version);
		HEX(w, "mrsigner", m->mrsigner);
		HEX(w, "attributes", m->attributes);
		HEX(w, "attributesMask", m->attributes_mask);
		show_isvsvn_levels(w, m->levels, m->n_levels);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void show_tcb_info(struct ev_writer *w, const struct ev_tcb_info *info)
{
	show_envelope(w, info->item, info->signed_slice, info->signature_hex);
	ev_write_str(w, "id", info->tee == EV_TEE_TDX ? "TDX" : "SGX");
	ev_write_int(w, "version", (int64_t)info->version);
	ev_write_time(w, "issueDate", info->issue_date);
	ev_write_time(w, "nextUpdate", info->next_update);
	HEX(w, "fmspc", info->fmspc);
	HEX(w, "pceId", info->pceid);
	ev_write_int(w, "tcbEvaluationDataNumber", (int64_t)info->eval_number);
	show_modules(w, info);
	show_levels(w, info);
}

enum ev_code ev_show_tcb_info(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err)
{
	struct ev_tcb_info info;

	if (ev_tcb_info_parse(item, &info, err) != EV_OK)
		return err->code;
	if (w != NULL)
		show_tcb_info(w, &info);
	ev_tcb_info_free(&info);
	return EV_OK;
}

static void show_qe_identity(struct ev_writer *w,
			     const struct ev_qe_identity *q)
{
	show_envelope(w, q->item, q->signed_slice, q->signature_hex);
	ev_write_str(w, "id", ev_enclave_id_word(q->id));
	ev_write_time(w, "issueDate", q->issue_date);
	ev_write_time(w, "nextUpdate", q->next_update);
	ev_write_int(w, "tcbEvaluationDataNumber", (int64_t)q->eval_number);
	ev_write_int(w, "miscselect", q->miscselect);
	ev_write_int(w, "miscselectMask", q->miscselect_mask);
	HEX(w, "attributes", q->attributes);
	HEX(w, "attributesMask", q->attributes_mask);
	HEX(w, "mrsigner", q->mrsigner);
	ev_write_int(w, "isvprodid", q->isvprodid);
	show_isvsvn_levels(w, q->levels, q->n_levels);
}

enum ev_code ev_show_qe_identity(struct ev_span item, struct ev_writer *w,
				 struct ev_error *err)
{
	struct ev_qe_identity q;

	if (ev_qe_identity_parse(item, &q, err) != EV_OK)
		return err->code;
	if (w != NULL)
		show_qe_identity(w, &q);
	ev_qe_identity_free(&q);
	return EV_OK;
}
