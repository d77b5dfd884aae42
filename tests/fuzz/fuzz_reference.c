/* SPDX-License-Identifier: Apache-2.0 */
/* Reference manifests: what is read is written again as it was. */
#include "audit/references/reference.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct au_reference ref = { 0 };
	struct ev_error err = { 0 };
	char *text = NULL;
	size_t size = 0;

	if (au_reference_parse(ev_span_of(bytes, n), &ref, &err) != EV_OK)
		return 0;
	if (au_reference_write(ref.document, &text, &size, &err) == EV_OK)
		assert(ev_span_eq(ev_span_of(text, size),
				  ev_span_of(bytes, n)));
	else
		assert(err.code == EV_TROUBLE);
	free(text);
	au_reference_free(&ref);
	return 0;
}
