/* SPDX-License-Identifier: Apache-2.0 */
/* A report explained by the images at hand. */
#include "audit/explanation.h"

#include <stdlib.h>

/* Differs, then not comparable, then a match. */
static int worse(int a, int b)
{
	if (a == 1 || b == 1)
		return 1;
	return a > b ? a : b;
}

static enum ev_code explain_all(struct au_explanation *e,
				struct ev_crypto *crypto, struct ev_error *err)
{
	for (size_t i = 0; i < e->measured.n; i++) {
		struct au_explanation_item *item = &e->item[i];
		const struct au_measured *m = &e->measured.item[i];
		int status;

		if (au_explain(e->images, m, crypto, &item->explained, err) !=
		    EV_OK)
			return err->code;
		au_outside_read(m, &item->outside);
		status = au_result_status(item->explained.result);
		if (i == 0 || worse(status, e->status) != e->status ||
		    (status == e->status &&
		     item->explained.result > e->result)) {
			e->status = status;
			e->result = item->explained.result;
		}
	}
	return EV_OK;
}

enum ev_code au_explanation_make(const json_t *report, struct au_images *images,
				 struct ev_crypto *crypto,
				 struct au_explanation *out,
				 struct ev_error *err)
{
	*out = (struct au_explanation){ .report = report,
					.images = images,
					.result = AU_NOT_COMPARABLE };
	out->status = au_result_status(out->result);
	if (au_measured_read(report, &out->measured, err) != EV_OK)
		return err->code;
	out->item = calloc(out->measured.n + 1, sizeof(*out->item));
	if (out->item == NULL)
		ev_fail_trouble(err, "report", "out of memory");
	else if (explain_all(out, crypto, err) == EV_OK)
		return EV_OK;
	au_explanation_free(out);
	return err->code;
}

void au_explanation_free(struct au_explanation *e)
{
	au_measured_free(&e->measured);
	free(e->item);
	*e = (struct au_explanation){ 0 };
}
