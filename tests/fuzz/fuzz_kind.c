/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the table of kinds.  The first byte selects the row, the rest
 * is the item; built with FUZZ_KIND, all bytes are an item of that kind. */
#include "evidence/kind.h"

#include "tests/fuzz/target.h"

#include <stdlib.h>

/* What is shown must be JSON that the writer accepts, and the answer must be
 * the same without a writer. */
static void show(const struct ev_kind *kind, struct ev_span item)
{
	struct ev_error err = { 0 }, again = { 0 };
	struct ev_writer *w = ev_writer_new();
	enum ev_code code;
	char *text;
	size_t n;

	if (w == NULL)
		abort();
	ev_write_object(w, NULL);
	code = kind->show(item, w, &err);
	ev_write_end(w);
	if (code != err.code || kind->show(item, NULL, &again) != code)
		abort();
	text = ev_writer_finish(w, &n);
	if (code == EV_OK && text == NULL)
		abort();
	free(text);
	ev_writer_free(w);
}

static const struct ev_kind *select_kind(struct ev_span *item)
{
#ifdef FUZZ_KIND
	(void)item;
	return ev_kind_find(EV_SPAN_LITERAL(FUZZ_KIND));
#else
	const struct ev_kind *kind;

	if (item->n == 0)
		return NULL;
	kind = &ev_kinds[item->p[0] % ev_n_kinds];
	*item = ev_span_sub(*item, 1, item->n - 1);
	return kind;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ev_span item = ev_span_of(bytes, n);
	const struct ev_kind *kind = select_kind(&item);

	ev_kind_recognise(item);
	if (kind != NULL && kind->show != NULL && item.n <= kind->max_size)
		show(kind, item);
	return 0;
}
